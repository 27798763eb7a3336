#include "gui/inspect/log_source.h"

namespace meseta::console {

namespace {

constexpr int followMs = 1000;
constexpr qint64 windowPart = 256 * 1024;
constexpr qint64 searchPart = 1024 * 1024;

} // namespace

LogSource::LogSource(QObject *parent) : QObject(parent)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(followMs);
    connect(&m_timer, &QTimer::timeout, this, &LogSource::readTail);
}

void LogSource::open(const QString &agent, const QString &path)
{
    close();
    m_reader.setAgent(agent);
    m_path = path;
    m_followed = true;
    readTail();
}

void LogSource::close()
{
    m_timer.stop();
    m_reader.setAgent({});
    m_path.clear();
    m_needle.clear();
    m_fileSize = 0;
    m_busy = false;
    m_document.reset(0);
    Q_EMIT restarted();
}

void LogSource::ask(qint64 offset, qint64 length,
                    std::function<void(const FileReader::Part &)> done)
{
    m_busy = true;
    m_reader.read(m_path, std::max<qint64>(0, offset), length,
                  [this, done = std::move(done)](Result<FileReader::Part> part) {
                      m_busy = false;
                      if (!part) {
                          Q_EMIT problem(QString::fromStdString(part.error().message));
                          m_timer.start();
                          return;
                      }
                      Q_EMIT problem({});
                      m_fileSize = part->fileSize;
                      done(*part);
                  });
}

/// The size first, when nothing is known; then what is beyond the window, until it is at the end.
void LogSource::readTail()
{
    if (m_path.isEmpty() || m_busy)
        return m_timer.start();
    const bool first = m_document.isEmpty();
    const bool wantsMore = first || m_followed;
    const qint64 offset = first ? m_fileSize : m_document.end();
    ask(offset, wantsMore ? windowPart : 0,
        [this](const FileReader::Part &part) { takeTail(part); });
}

void LogSource::takeTail(const FileReader::Part &part)
{
    if (part.fileSize < m_document.end()) { // it was emptied or rotated
        m_document.reset(0);
        Q_EMIT restarted();
    }
    if (m_document.isEmpty() && part.fileSize > 0) {
        jumpToEnd();
        return;
    }
    if (!part.bytes.isEmpty())
        m_document.append(part.bytes);
    Q_EMIT changed();
    if (m_followed && m_document.end() < m_fileSize && !part.bytes.isEmpty())
        readTail();
    else
        m_timer.start();
}

void LogSource::jumpToEnd()
{
    m_followed = true;
    jumpTo(m_fileSize);
}

void LogSource::jumpTo(qint64 offset)
{
    if (m_path.isEmpty())
        return;
    if (m_busy) { // when the answer under way has come
        QTimer::singleShot(20, this, [this, offset, path = m_path] {
            if (path == m_path)
                jumpTo(offset);
        });
        return;
    }
    m_timer.stop();
    const qint64 from = std::max<qint64>(0, std::min(offset, m_fileSize) - windowPart / 2);
    ask(from, windowPart, [this, from](const FileReader::Part &part) {
        QByteArray bytes = part.bytes;
        qsizetype drop = 0;
        if (from > 0) { // begin with a whole line
            drop = bytes.indexOf('\n') + 1;
            bytes.remove(0, drop);
        }
        m_document.reset(from + drop);
        m_document.append(bytes);
        Q_EMIT restarted();
        Q_EMIT changed();
        m_timer.start();
    });
}

void LogSource::fetchBefore()
{
    if (m_busy || m_path.isEmpty() || m_document.start() <= 0)
        return;
    const qint64 end = m_document.start(), from = std::max<qint64>(0, end - windowPart);
    ask(from, end - from, [this, from, end](const FileReader::Part &part) {
        QByteArray bytes = part.bytes;
        if (from > 0)
            bytes.remove(0, bytes.indexOf('\n') + 1);
        if (end == m_document.start() && from + part.bytes.size() == end)
            m_document.prepend(bytes);
        Q_EMIT changed();
        m_timer.start();
    });
}

void LogSource::fetchAfter()
{
    if (m_busy || m_path.isEmpty() || isAtEnd())
        return;
    const qint64 from = m_document.end();
    ask(from, windowPart, [this, from](const FileReader::Part &part) {
        if (from == m_document.end())
            m_document.append(part.bytes);
        Q_EMIT changed();
        m_timer.start();
    });
}

void LogSource::setFollowed(bool followed)
{
    m_followed = followed;
    if (followed && isOpen() && !isAtEnd())
        jumpToEnd();
}

void LogSource::search(const QString &text, qint64 from, bool forward)
{
    if (text.isEmpty() || m_path.isEmpty())
        return;
    m_needle = text.toLower().toUtf8();
    m_searchAt = m_searchBegan = from;
    m_searchForward = forward;
    m_searchWrapped = false;
    searchOn();
}

void LogSource::stopSearch()
{
    m_needle.clear();
}

bool LogSource::isSearched() const
{
    if (m_searchForward)
        return m_searchAt >= (m_searchWrapped ? m_searchBegan : m_fileSize);
    return m_searchAt <= (m_searchWrapped ? m_searchBegan : 0);
}

bool LogSource::wrapSearch()
{
    const bool isAll = m_searchForward ? m_searchBegan <= 0 : m_searchBegan >= m_fileSize;
    if (m_searchWrapped || isAll)
        return false;
    m_searchWrapped = true;
    m_searchAt = m_searchForward ? 0 : m_fileSize;
    return true;
}

void LogSource::searchOn()
{
    if (m_needle.isEmpty())
        return;
    if (m_busy) {
        QTimer::singleShot(20, this, &LogSource::searchOn);
        return;
    }
    if (isSearched() && !wrapSearch()) {
        m_needle.clear();
        m_timer.start();
        return Q_EMIT notFound();
    }
    const qint64 overlap = m_needle.size() - 1;
    const qint64 from = m_searchForward ? m_searchAt : std::max<qint64>(0, m_searchAt - searchPart);
    const qint64 length = m_searchForward ? searchPart : m_searchAt - from + overlap;
    ask(from, length, [this, from](const FileReader::Part &part) {
        if (m_needle.isEmpty())
            return m_timer.start();
        takeSearched(from, part.bytes.toLower());
    });
}

void LogSource::takeSearched(qint64 from, const QByteArray &bytes)
{
    const qsizetype at = m_searchForward ? bytes.indexOf(m_needle) : bytes.lastIndexOf(m_needle);
    if (at >= 0) {
        m_needle.clear();
        m_timer.start();
        return Q_EMIT found(from + at, m_searchWrapped);
    }
    const qint64 step = std::max<qint64>(1, bytes.size() - (m_needle.size() - 1));
    const bool isEnd = bytes.isEmpty() || from + bytes.size() >= m_fileSize;
    m_searchAt = !m_searchForward ? from : isEnd ? m_fileSize : from + step;
    Q_EMIT searched(m_searchAt);
    searchOn();
}

} // namespace meseta::console
