#pragma once

#include <deque>
#include <functional>
#include <memory>

#include "common/base/clock.h"

namespace meseta::master {

/// What stands between a master and everything that could move it, as long as that master is the
/// one of the present term: it lets things through while the master acts, holds them back while it
/// does not (yet, or in a pause), and drops them when it is over.
class TermGate
{
public:
    /// `acts` is asked before each thing.
    explicit TermGate(std::function<bool()> acts) : m_acts(std::move(acts)) { }

    bool isOpen() const { return !m_closed && m_acts(); }

    /// Does it now, or later, or never. False: dropped, as it is over or too much is held back.
    bool pass(std::function<void()> thing);

    /// The master acts from now on: what was held back is done, in its order.
    void release();
    /// For good.
    void close();

    static constexpr std::size_t maxHeld = 100000;

private:
    std::function<bool()> m_acts;
    std::deque<std::function<void()>> m_held;
    bool m_closed = false;
    bool m_releasing = false;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

/// The clock of a master within its term: its timers go off through the gate, and end with it.
class TermClock final : public Clock
{
public:
    TermClock(Clock &clock, TermGate &gate);
    ~TermClock() override;

    Duration sinceEpoch() const override { return m_clock.sinceEpoch(); }
    Duration monotonic() const override { return m_clock.monotonic(); }
    TimerId after(Duration delay, std::function<void()> callback) override;
    void cancel(TimerId id) override;

private:
    struct Timers;
    Clock &m_clock;
    TermGate &m_gate;
    std::shared_ptr<Timers> m_timers;
};

} // namespace meseta::master
