#pragma once

#include <QObject>
#include <QTimer>

#include "gui/inspect/file_reader.h"
#include "gui/inspect/log_document.h"

namespace meseta::console {

/// A file of a sandbox of any size, looked at through a window: the end is followed, earlier and
/// later parts are fetched when somebody scrolls there, and a text is searched for range by range.
/// One question is under way at a time.
class LogSource : public QObject
{
    Q_OBJECT
public:
    explicit LogSource(QObject *parent = nullptr);

    void open(const QString &agent, const QString &path); ///< at its end, followed
    void close();
    bool isOpen() const { return !m_path.isEmpty(); }
    const LogDocument &document() const { return m_document; }
    qint64 fileSize() const { return m_fileSize; }
    bool isAtEnd() const { return m_document.end() >= m_fileSize; }

    void fetchBefore(); ///< more at the front of the window
    void fetchAfter();
    void jumpTo(qint64 offset); ///< a window around there
    void jumpToEnd();
    void setFollowed(bool followed); ///< reads what is added at the end

    /// Looks for a text (case does not matter) from an offset, forward or backward, through the
    /// whole file: from its other end on when this one is reached. `found` or `notFound` answers.
    void search(const QString &text, qint64 from, bool forward);
    void stopSearch();
    bool isSearching() const { return !m_needle.isEmpty(); }

Q_SIGNALS:
    void changed(); ///< the window or the size of the file
    void restarted(); ///< another window: what was shown is somewhere else
    void problem(const QString &reason); ///< empty when it works again
    void found(qint64 offset, bool wrapped); ///< wrapped: only past the file's end or beginning
    void notFound();
    void searched(qint64 offset); ///< how far it has come

private:
    void readTail();
    void ask(qint64 offset, qint64 length, std::function<void(const FileReader::Part &)> done);
    void searchOn();
    bool isSearched() const; ///< up to the end that it goes to, or to where it began
    bool wrapSearch(); ///< goes on at the other end; false: it has been there
    void takeSearched(qint64 from, const QByteArray &bytes);
    void takeTail(const FileReader::Part &part);

    FileReader m_reader;
    LogDocument m_document;
    QTimer m_timer;
    QString m_path;
    qint64 m_fileSize = 0;
    bool m_busy = false;
    bool m_followed = true;
    QByteArray m_needle; // lower case
    qint64 m_searchAt = 0;
    qint64 m_searchBegan = 0;
    bool m_searchWrapped = false;
    bool m_searchForward = true;
};

} // namespace meseta::console
