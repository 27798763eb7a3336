#pragma once

#include <QPointer>
#include <QTimer>

#include "common/http/client.h"
#include "common/http/client_connection.h"

namespace meseta::http {

/// Connections that wait for their next use, by endpoint.
class ConnectionPool
{
public:
    ConnectionPool();
    ~ConnectionPool();
    std::unique_ptr<ClientConnection> take(const Endpoint &endpoint);
    void setTls(std::shared_ptr<TlsProvider> provider) { m_tls = std::move(provider); }
    const std::shared_ptr<TlsProvider> &tls() const { return m_tls; }
    void give(const Endpoint &endpoint, std::unique_ptr<ClientConnection> connection);

    /// Deletes a connection once none of its functions is running.
    static void retire(std::unique_ptr<ClientConnection> connection);

private:
    void drop(ClientConnection *connection);
    void dropOld();

    std::shared_ptr<Reactor> m_reactor = Reactor::current();
    std::map<QString, std::vector<std::unique_ptr<ClientConnection>>> m_idle;
    QTimer m_sweep;
    std::shared_ptr<TlsProvider> m_tls;
};

class ClientExchange final : public Exchange, private ClientConnection::User
{
    Q_OBJECT
public:
    ClientExchange(std::weak_ptr<ConnectionPool> pool, Endpoint endpoint, Request request,
                   const CallOptions &options);
    ~ClientExchange() override;

    void write(const QByteArray &chunk) override;
    void finishBody() override;
    void pause(bool paused) override;
    qint64 backlog() const override;

    /// The time limit holds for the whole answer, not only its head.
    void limitWholeAnswer() { m_limitWhole = true; }

private:
    void start();
    void obtainConnection(bool mayReuse);
    void resolve();
    void connectTo(const QByteArray &ip);
    Result<> secure();
    void sendRequest();
    QByteArray requestHead() const;
    void fail(const QString &reason);
    void retire();
    void heard();

    void connectionReady() override;
    void answerHead(const Response &head) override;
    void answerData(const char *data, qsizetype size) override;
    void answerComplete(bool reusable) override;
    void connectionBroken(const QByteArray &reason) override;

    std::shared_ptr<Reactor> m_reactor = Reactor::current();
    std::weak_ptr<ConnectionPool> m_pool;
    Endpoint m_endpoint;
    Request m_request;
    CallOptions m_options;
    std::unique_ptr<ClientConnection> m_connection;
    QByteArray m_unsentBody; // chunks written before the connection was there
    QTimer m_deadline;
    QTimer m_silence;
    bool m_chunked = false;
    bool m_bodyDone = true;
    bool m_sent = false;
    bool m_reused = false;
    bool m_paused = false;
    bool m_limitWhole = false;
    bool m_over = false;
};

} // namespace meseta::http
