#pragma once

#include <deque>
#include <string>

#include "common/base/clock.h"

namespace meseta::simulation {

/// What happened lately in a simulated cluster, and the first thing that should not have happened.
class Transcript
{
public:
    Transcript(const Clock &clock, std::size_t linesKept) : m_clock(clock), m_linesKept(linesKept)
    { }

    void note(const std::string &line);
    bool isKept() const { return m_linesKept > 0; }
    /// A promise is broken. The first one is kept; the episode should end.
    void violated(const std::string &promise);

    bool failed() const { return !m_violation.empty(); }
    const std::string &violation() const { return m_violation; }
    /// The last lines, oldest first.
    std::string text() const;

private:
    const Clock &m_clock;
    std::size_t m_linesKept;
    std::deque<std::string> m_lines;
    std::string m_violation;
};

} // namespace meseta::simulation
