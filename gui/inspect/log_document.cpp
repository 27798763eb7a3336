#include "gui/inspect/log_document.h"

#include <algorithm>
#include <cstring>

namespace meseta::console {

void LogDocument::reset(qint64 offset)
{
    m_start = offset;
    m_bytes.clear();
    m_lines.clear();
}

void LogDocument::append(const QByteArray &bytes)
{
    m_bytes += bytes;
    if (m_bytes.size() > maxBytes) {
        qsizetype drop = m_bytes.size() - maxBytes;
        const qsizetype newline = m_bytes.indexOf('\n', drop);
        if (newline >= 0 && newline - drop < longestLine)
            drop = newline + 1; // whole lines go
        m_bytes.remove(0, drop);
        m_start += drop;
    }
    cut();
}

void LogDocument::prepend(const QByteArray &bytes)
{
    m_bytes.prepend(bytes);
    m_start -= bytes.size();
    if (m_bytes.size() > maxBytes)
        m_bytes.truncate(maxBytes);
    cut();
}

void LogDocument::cut()
{
    m_lines.clear();
    const char *data = m_bytes.constData();
    const qsizetype size = m_bytes.size();
    for (qsizetype at = 0; at < size;) {
        m_lines.push_back(at);
        const qsizetype room = std::min(longestLine, size - at);
        const auto *newline =
            static_cast<const char *>(std::memchr(data + at, '\n', static_cast<std::size_t>(room)));
        at = newline ? newline - data + 1 : at + room;
    }
}

QByteArrayView LogDocument::line(int index) const
{
    const qsizetype from = m_lines[static_cast<std::size_t>(index)];
    qsizetype to =
        index + 1 < lineCount() ? m_lines[static_cast<std::size_t>(index) + 1] : m_bytes.size();
    if (to > from && m_bytes[to - 1] == '\n')
        --to;
    if (to > from && m_bytes[to - 1] == '\r')
        --to;
    return QByteArrayView(m_bytes).sliced(from, to - from);
}

qint64 LogDocument::offsetOf(int index) const
{
    return index < lineCount() ? m_start + m_lines[static_cast<std::size_t>(index)] : end();
}

int LogDocument::lineAt(qint64 offset) const
{
    const auto after = std::upper_bound(m_lines.begin(), m_lines.end(), offset - m_start);
    return std::max(0, static_cast<int>(after - m_lines.begin()) - 1);
}

} // namespace meseta::console
