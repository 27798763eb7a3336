#pragma once

#include <functional>

#include "common/base/clock.h"

namespace meseta {

/// How much a daemon logs: glog's verbosity (0 is usual, GLOG_v sets it at start), raised for a
/// while by operators. Source: Mesos /logging/toggle, SET_LOGGING_LEVEL.
class LoggingLevel
{
public:
    /// `apply` puts a level into force; it is not called for `original`.
    LoggingLevel(Clock &clock, unsigned original, std::function<void(unsigned)> apply);
    ~LoggingLevel();
    LoggingLevel(const LoggingLevel &) = delete;
    LoggingLevel &operator=(const LoggingLevel &) = delete;

    unsigned current() const { return m_current; }
    unsigned original() const { return m_original; }

    /// Sets the level; after `duration` it goes back to the original one. A later call replaces the
    /// time as well.
    void set(unsigned level, Duration duration);

private:
    Clock &m_clock;
    const unsigned m_original;
    unsigned m_current;
    std::function<void(unsigned)> m_apply;
    Clock::TimerId m_revert = 0;
};

} // namespace meseta
