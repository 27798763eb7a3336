#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include <QObject>

#include "common/base/result.h"
#include "common/http/message.h"

namespace meseta::http {

/// Where to connect: a TCP host and port, or a unix socket.
struct Endpoint
{
    QString host;
    quint16 port = 0;
    QString unixSocket; ///< wins over host and port
    bool tls = false; ///< needs a client with `setTls`; the certificate has to name the host

    static Endpoint tcp(QString host, quint16 port) { return {std::move(host), port, {}}; }
    static Endpoint unixPath(QString path) { return {{}, 0, std::move(path)}; }
};

/// "127.0.0.1:5050", or the path of a unix socket.
QString describe(const Endpoint &endpoint);

class TlsProvider;

/// One exchange whose answer may be read as it comes. Deleting it, also from one of its signals,
/// closes the connection.
class Exchange : public QObject
{
    Q_OBJECT
public:
    ~Exchange() override = default;
    /// Sends a piece of the request body, which is chunked then. The first piece comes before
    /// control is back in the event loop, or the request says `Transfer-Encoding: chunked`; a
    /// request that does neither is sent whole.
    virtual void write(const QByteArray &chunk) = 0;
    virtual void finishBody() = 0;
    /// Bytes of the request that the peer has not taken yet.
    virtual qint64 backlog() const = 0;
    /// Stops (true) or resumes reading from the peer: backpressure.
    virtual void pause(bool paused) = 0;

Q_SIGNALS:
    void head(const meseta::http::Response &head); ///< status and headers; body empty
    void data(const QByteArray &bytes);
    void finished(); ///< the answer is complete
    void failed(const QString &reason); ///< cannot connect, broken, too slow: names the endpoint;
                                        ///< no further signal
};

struct CallOptions
{
    std::chrono::milliseconds timeout{
        30000}; ///< `call`: for the whole answer; `open`: for its head; 0: none
    std::chrono::milliseconds inactivity{0}; ///< longest silence of the peer; 0: none
    qint64 maxBodyBytes = 512LL * 1024 * 1024; ///< of `call`
};

/// HTTP/1.1 client on Qt's event loop, over TCP or a unix socket. Keeps idle connections per
/// endpoint. Never blocks, follows no redirects. Callbacks come from the event loop, never from
/// inside `call`; none comes once the client is gone.
class Client : public QObject
{
    Q_OBJECT
public:
    using Callback = std::function<void(Result<Response>)>;

    explicit Client(QObject *parent = nullptr);
    ~Client() override;

    /// What endpoints with `tls` are reached by; without it they fail.
    void setTls(std::shared_ptr<TlsProvider> provider);

    /// Sends a request and gives the whole answer. Method, target, headers and body of `request`
    /// are used.
    void call(const Endpoint &endpoint, Request request, Callback done,
              const CallOptions &options = {});

    /// Opens an exchange for streamed answers (or bodies). The caller owns it.
    std::unique_ptr<Exchange> open(const Endpoint &endpoint, Request request,
                                   const CallOptions &options = {});

    struct Private;

private:
    std::unique_ptr<Private> d;
};

} // namespace meseta::http
