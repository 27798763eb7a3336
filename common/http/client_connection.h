#pragma once

#include <chrono>
#include <memory>

#include <http_parser.h>

#include "common/http/connection.h"
#include "common/http/message.h"
#include "common/http/tls_session.h"

namespace meseta::http {

/// The client's end of one connection: reads answers. Serves one user at a time and may wait in a
/// pool in between.
class ClientConnection final : public Connection::Owner
{
public:
    class User
    {
    public:
        virtual ~User() = default;
        virtual void connectionReady() = 0;
        virtual void answerHead(const Response &head) = 0;
        virtual void answerData(const char *data, qsizetype size) = 0;
        /// The answer is whole; the connection may serve again when `reusable`.
        virtual void answerComplete(bool reusable) = 0;
        virtual void connectionBroken(const QByteArray &reason) = 0;
    };

    ClientConnection();
    ~ClientConnection() override;

    Result<> connectToIp(const QByteArray &ip, quint16 port);
    Result<> connectToUnixSocket(const QByteArray &path);

    /// Speaks TLS on the connection that is made next.
    void secure(std::unique_ptr<TlsSession> session) { m_tls = std::move(session); }

    void setUser(User *user) { m_user = user; }
    /// Makes ready for the next answer; `headOnly`: it has no body whatever its headers say.
    void expectAnswer(bool headOnly);
    void write(const QByteArray &bytes);
    void pauseReading(bool paused) { m_connection->pauseReading(paused); }
    qint64 backlog() const { return m_connection ? m_connection->backlog() : 0; }
    bool isUsable() const { return m_connection && m_connection->isOpen() && !m_spoiled; }
    bool hasAnswerBegun() const { return m_answerBegun; }
    void close();

    std::chrono::steady_clock::time_point idleSince;
    /// Told when a connection without user is of no more use.
    std::function<void(ClientConnection *)> onSpoiled;

private:
    struct Callbacks;
    void connected() override;
    void received(const char *data, qsizetype size) override;
    void ended() override;
    void failed(const QByteArray &reason) override;
    void decrypt(const char *data, qsizetype size);
    void parse(const char *data, qsizetype size);
    void finishField();
    void broken(const QByteArray &reason);
    void spoil();

    std::unique_ptr<Connection> m_connection;
    std::unique_ptr<TlsSession> m_tls;
    http_parser m_parser;
    Response m_head;
    QByteArray m_name;
    QByteArray m_value;
    qint64 m_headBytes = 0;
    User *m_user = nullptr;
    bool m_inValue = false;
    bool m_headOnly = false;
    bool m_answerBegun = false;
    bool m_answerDone = false;
    bool m_spoiled = false;
    bool m_secured = false; // the handshake is done
};

} // namespace meseta::http
