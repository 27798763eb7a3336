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

    static Endpoint tcp(QString host, quint16 port) { return {std::move(host), port, {}}; }
    static Endpoint unixPath(QString path) { return {{}, 0, std::move(path)}; }
};

/// One exchange whose answer may be read as it comes. Deleting it closes the connection.
class Exchange : public QObject
{
    Q_OBJECT
public:
    ~Exchange() override = default;
    /// Sends a further piece of a request body that was opened with `Client::open` and no Content-Length.
    virtual void write(const QByteArray &chunk) = 0;
    virtual void finishBody() = 0;
    /// Stops (true) or resumes reading from the peer: backpressure.
    virtual void pause(bool paused) = 0;

Q_SIGNALS:
    void head(const meseta::http::Response &head); ///< status and headers; body empty
    void data(const QByteArray &bytes);
    void finished();                       ///< the answer is complete
    void failed(const QString &reason);    ///< cannot connect, broken, too big, too slow; no further signal
};

struct CallOptions
{
    std::chrono::milliseconds timeout{30000};      ///< 0: none
    std::chrono::milliseconds inactivity{0};       ///< for streams: longest silence; 0: none
    qint64 maxBodyBytes = 512LL * 1024 * 1024;
};

/// HTTP/1.1 client on Qt's event loop, over TCP or a unix socket. Keeps idle connections per endpoint.
class Client : public QObject
{
    Q_OBJECT
public:
    using Callback = std::function<void(Result<Response>)>;

    explicit Client(QObject *parent = nullptr);
    ~Client() override;

    /// Sends a request and gives the whole answer. Method, target, headers and body of `request` are used.
    void call(const Endpoint &endpoint, Request request, Callback done, const CallOptions &options = {});

    /// Opens an exchange for streamed answers (or bodies). The caller owns it.
    std::unique_ptr<Exchange> open(const Endpoint &endpoint, Request request, const CallOptions &options = {});

    struct Private;

private:
    std::unique_ptr<Private> d;
};

} // namespace meseta::http
