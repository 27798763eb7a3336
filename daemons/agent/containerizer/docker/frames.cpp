#include "daemons/agent/containerizer/docker/frames.h"

#include <algorithm>

#include <QtEndian>

namespace meseta::agent {

namespace {

constexpr qsizetype headBytes = 8;
constexpr qsizetype longestTime = 64;

} // namespace

bool DockerFrames::feed(const QByteArray &bytes, const Sink &sink)
{
    if (m_broken)
        return false;
    m_buffer += bytes;
    while (!m_broken) {
        if (m_left == 0 && !readHead())
            break;
        if (m_timePending && !readTime())
            break;
        const auto part = std::min<qsizetype>(m_left, m_buffer.size());
        if (part == 0 && m_left > 0)
            break;
        if (part > 0)
            sink({m_stream, m_buffer.left(part), m_time, std::exchange(m_first, false)});
        m_buffer.remove(0, part);
        m_left -= static_cast<std::uint32_t>(part);
    }
    return !m_broken;
}

bool DockerFrames::readHead()
{
    if (m_buffer.size() < headBytes)
        return false;
    const auto stream = static_cast<unsigned char>(m_buffer[0]);
    m_broken = stream > 2 || m_buffer[1] != 0 || m_buffer[2] != 0 || m_buffer[3] != 0;
    if (m_broken)
        return false;
    m_stream = static_cast<Stream>(stream);
    m_left = qFromBigEndian<std::uint32_t>(m_buffer.constData() + 4);
    m_buffer.remove(0, headBytes);
    m_timePending = m_timed && m_left > 0;
    m_first = true;
    return true;
}

bool DockerFrames::readTime()
{
    const auto space = m_buffer.left(std::min<qsizetype>(m_left, longestTime)).indexOf(' ');
    if (space < 0) {
        m_broken = std::min<qsizetype>(m_left, longestTime) <= m_buffer.size();
        return false;
    }
    m_time = m_buffer.left(space);
    m_buffer.remove(0, space + 1);
    m_left -= static_cast<std::uint32_t>(space + 1);
    m_timePending = false;
    return true;
}

} // namespace meseta::agent
