#pragma once

#include <functional>
#include <memory>

#include <QObject>

#include "common/http/connection.h"
#include "common/messages/pid.h"

namespace meseta::messages {

/// The outgoing connection to one address, shared by all processes there. Messages leave in order,
/// without waiting for answers; answers are read and forgotten.
class Peer final : public QObject, private http::Connection::Owner
{
    Q_OBJECT
public:
    /// `lost` is told once, when the connection has broken, could not be made, or has done its
    /// work; it may delete the peer through `deleteLater` only.
    Peer(std::string host, std::uint16_t port, qint64 queueLimit, std::function<void(Peer *)> lost);
    ~Peer() override;

    void send(const QByteArray &bytes);
    void setKept(bool kept); ///< a linked address; others close once all is sent
    /// The connection ends and nobody is told.
    void drop();
    /// As `drop`, and what is under way is taken back.
    void cut();

    bool isUsable() const { return m_phase == Phase::Connecting || m_phase == Phase::Open; }
    /// All is sent; only the receiver's last answers are waited for.
    bool isClosing() const { return m_phase == Phase::Closing; }
    /// There was a connection; without, nobody has listened at the address.
    bool wasConnected() const { return m_wasConnected; }
    const QString &problem() const { return m_problem; }

private:
    enum class Phase { Connecting, Open, Closing, Overfull, Over };

    void connectTo(const QByteArray &ip);
    void closeWhenIdle();
    void lose(const QString &problem);

    void connected() override;
    void received(const char *, qsizetype) override { }
    void ended() override;
    void drained() override;
    void failed(const QByteArray &reason) override;

    std::string m_host;
    std::uint16_t m_port;
    qint64 m_queueLimit;
    std::function<void(Peer *)> m_lost;
    std::unique_ptr<http::Connection> m_connection;
    QByteArray m_waiting; // until there is a connection
    QString m_problem;
    Phase m_phase = Phase::Connecting;
    bool m_kept = false;
    bool m_wasConnected = false;
};

} // namespace meseta::messages
