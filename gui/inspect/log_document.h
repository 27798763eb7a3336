#pragma once

#include <vector>

#include <QByteArray>

namespace meseta::console {

/// A window of a file, cut into lines. It never holds more than `maxBytes`, however large the file:
/// what is added at one end pushes out the other.
class LogDocument
{
public:
    static constexpr qsizetype maxBytes = 2 * 1024 * 1024;
    static constexpr qsizetype longestLine =
        4096; ///< longer ones are cut, so that each can be shown

    void reset(qint64 offset); ///< empty, at that place of the file
    void append(const QByteArray &bytes); ///< what follows the window
    void prepend(const QByteArray &bytes); ///< what comes before it

    qint64 start() const { return m_start; }
    qint64 end() const { return m_start + m_bytes.size(); }
    bool isEmpty() const { return m_bytes.isEmpty(); }
    const QByteArray &bytes() const { return m_bytes; }

    int lineCount() const { return static_cast<int>(m_lines.size()); }
    QByteArrayView line(int index) const; ///< without its end
    qint64 offsetOf(int index) const; ///< in the file
    int lineAt(qint64 offset) const; ///< the line that holds it; the nearest when none does

private:
    void cut();

    qint64 m_start = 0;
    QByteArray m_bytes;
    std::vector<qsizetype> m_lines; // where each begins in m_bytes
};

} // namespace meseta::console
