#pragma once

#include <string>
#include <utility>

#include <QByteArray>

namespace meseta::master {

/// A big answer in the making. Pieces are written into a small text that stays warm in the cache
/// and are moved to the answer in blocks, so that the answer's memory is touched once and never
/// copied again.
class AnswerBuffer
{
public:
    AnswerBuffer() { m_text.reserve(spillBytes + spillBytes / 4); }

    /// Append here; call `spill` between elements.
    std::string &text() { return m_text; }

    void spill()
    {
        if (m_text.size() >= spillBytes)
            flush();
    }

    /// What the answer will come to, when that is known.
    void reserve(std::size_t bytes) { m_bytes.reserve(qsizetype(bytes)); }

    /// The answer; the buffer is empty after.
    QByteArray take()
    {
        flush();
        return std::exchange(m_bytes, {});
    }

private:
    static constexpr std::size_t spillBytes = 64 * 1024;

    void flush()
    {
        m_bytes.append(m_text.data(), qsizetype(m_text.size()));
        m_text.clear();
    }

    std::string m_text;
    QByteArray m_bytes;
};

} // namespace meseta::master
