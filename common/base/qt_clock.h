#pragma once

#include <QSocketNotifier>

#include "common/base/timer_queue.h"

namespace meseta {

/// The clock of the daemons: wall clock and CLOCK_BOOTTIME of the system, which goes on while the
/// machine is suspended: what was due meanwhile, such as a leader's lease, is due on waking. Timers
/// run on the event loop of the thread that made it. All of them share one timerfd, so thousands
/// are cheap. Never early.
class QtClock final : public Clock
{
public:
    QtClock();
    ~QtClock() override;

    Duration sinceEpoch() const override;
    Duration monotonic() const override;
    TimerId after(Duration delay, std::function<void()> callback) override;
    void cancel(TimerId id) override;

private:
    void arm();
    void runDue();

    TimerQueue m_timers;
    int m_timer; ///< timerfd on CLOCK_BOOTTIME
    QSocketNotifier m_fired;
    Duration m_armedFor{-1}; ///< when m_timer fires; negative: not armed
    bool m_running = false;
};

} // namespace meseta
