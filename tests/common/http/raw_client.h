#pragma once

#include <QByteArray>
#include <QList>

namespace meseta::test {

/// A client that says exactly the given bytes and shows exactly the bytes that come back. It waits
/// by running the event loop, so that it can talk to a server of the same thread.
class RawClient
{
public:
    explicit RawClient(quint16 port);
    explicit RawClient(const QByteArray &unixPath);
    ~RawClient();
    RawClient(const RawClient &) = delete;
    RawClient &operator=(const RawClient &) = delete;

    bool isConnected() const { return m_fd >= 0; }
    void send(const QByteArray &bytes); ///< all of it, however long the server takes
    int sendSome(const QByteArray &bytes); ///< what the kernel takes now
    void sendOneByOne(const QByteArray &bytes);
    void finishSending();
    void reset(); ///< breaks the connection without a goodbye

    /// Waits until this has come, and returns all that came so far, including it; what it got at
    /// the end of the time.
    QByteArray readUntil(const QByteArray &mark, int milliseconds = 5000);
    QByteArray readBytes(qsizetype count, int milliseconds = 5000);
    QByteArray readToEnd(int milliseconds = 5000);
    QByteArray arrived(); ///< what has come until now, without waiting; it stays unread
    bool isClosed(int milliseconds =
                      5000); ///< the server has ended the connection; what came before stays unread

    /// One answer with Content-Length, chunks or no body, taken off what has come.
    struct Answer
    {
        QByteArray statusLine;
        QList<QByteArray> headerLines;
        QByteArray body; ///< chunks joined
        QList<QByteArray> chunks; ///< as they were cut

        int status() const { return statusLine.mid(9, 3).toInt(); }
        QByteArray header(const QByteArray &name) const;
    };
    Answer readAnswer(bool headOnly = false, int milliseconds = 5000);

    QByteArray buffered; ///< what has come and was not taken yet

private:
    bool pull();

    int m_fd = -1;
    bool m_ended = false;
};

/// Whether a request on a connection of its own is answered. What the server was sent before is
/// dealt with by then, and what it wrote before can be read: for tests in which nothing else is to
/// happen.
bool answersAnother(quint16 port);

} // namespace meseta::test
