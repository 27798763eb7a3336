#include "tests/simulation/transcript.h"

#include <cstdio>

namespace meseta::simulation {

void Transcript::note(const std::string &line)
{
    if (m_linesKept == 0)
        return;
    char time[32];
    std::snprintf(time, sizeof time, "%11.4f  ",
                  std::chrono::duration<double>(m_clock.monotonic()).count());
    m_lines.push_back(time + line);
    if (m_lines.size() > m_linesKept)
        m_lines.pop_front();
}

void Transcript::violated(const std::string &promise)
{
    note("BROKEN: " + promise);
    if (m_violation.empty())
        m_violation = promise;
}

std::string Transcript::text() const
{
    std::string all;
    for (const std::string &line : m_lines)
        all += line + "\n";
    return all;
}

} // namespace meseta::simulation
