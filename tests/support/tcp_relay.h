#pragma once

#include <functional>

#include <QTcpServer>
#include <QTcpSocket>

namespace meseta::test {

/// Passes TCP connections on to another port of this machine, in the test's own event loop: counts
/// what goes through, slows it down, and cuts it off.
class TcpRelay : public QObject
{
    Q_OBJECT
public:
    explicit TcpRelay(quint16 target);
    ~TcpRelay() override;

    quint16 port() const { return m_server.serverPort(); }
    /// "127.0.0.1:5002".
    QString host() const { return QStringLiteral("127.0.0.1:%1").arg(port()); }

    /// Ends every connection that is open, at once.
    void cut();

    /// Called once, when so many bytes have come back from the target.
    void whenReceived(qint64 bytes, std::function<void()> then);

    const QByteArray &sent() const { return m_sent; } ///< by clients
    qint64 received() const { return m_received; } ///< from the target

private:
    void accepted();
    void passBack(QTcpSocket *client, QTcpSocket *target);

    quint16 m_target;
    QTcpServer m_server;
    QList<QTcpSocket *> m_open;
    QByteArray m_sent;
    qint64 m_received = 0;
    qint64 m_mark = -1;
    std::function<void()> m_then;
};

} // namespace meseta::test
