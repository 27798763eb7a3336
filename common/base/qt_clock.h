#pragma once

#include <QTimer>

#include "common/base/timer_queue.h"

namespace meseta {

/// The clock of the daemons: wall clock and CLOCK_MONOTONIC of the system, timers on the event loop
/// of the thread that made it. All timers share one QTimer, so thousands of them are cheap.
/// Resolution: a millisecond, never early.
class QtClock final : public Clock
{
public:
    QtClock();

    Duration sinceEpoch() const override;
    Duration monotonic() const override;
    TimerId after(Duration delay, std::function<void()> callback) override;
    void cancel(TimerId id) override;

private:
    void arm();
    void runDue();

    TimerQueue m_timers;
    QTimer m_timer;
    Duration m_armedFor{-1}; ///< when m_timer fires; negative: not armed
    bool m_running = false;
};

} // namespace meseta
