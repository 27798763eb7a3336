#pragma once

#include <functional>

#include <QObject>
#include <QThreadPool>
#include <QTimer>

#include "common/base/clock.h"

namespace meseta::agent {

/// For isolators that look at their containers every so often, and longer than the agent may be
/// held up: on a thread of their own, one look at a time.
class BackgroundLook
{
public:
    using Report = std::function<void()>;

    /// `due` is called every `interval` while this goes, but not during a look.
    BackgroundLook(Duration interval, std::function<void()> due);
    /// Waits for the look that goes on; what it would report is dropped. Declare it behind all that
    /// a look uses.
    ~BackgroundLook();

    void start(); ///< nothing when it goes already
    void stop() { m_timer.stop(); }
    /// Runs `look` on the thread, and what it returns on this one.
    void run(std::function<Report()> look);

private:
    bool m_looking = false;
    QTimer m_timer;
    QThreadPool m_worker;
    QObject m_context;
};

} // namespace meseta::agent
