#include "common/endpoints/logging_level.h"

#include <utility>

namespace meseta {

LoggingLevel::LoggingLevel(Clock &clock, unsigned original, std::function<void(unsigned)> apply)
    : m_clock(clock), m_original(original), m_current(original), m_apply(std::move(apply))
{ }

LoggingLevel::~LoggingLevel()
{
    m_clock.cancel(m_revert);
}

void LoggingLevel::set(unsigned level, Duration duration)
{
    m_clock.cancel(m_revert);
    m_revert = 0;
    m_current = level;
    if (m_apply)
        m_apply(level);
    if (level == m_original)
        return;
    m_revert = m_clock.after(duration, [this] {
        m_revert = 0;
        m_current = m_original;
        if (m_apply)
            m_apply(m_original);
    });
}

} // namespace meseta
