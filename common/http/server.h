#pragma once

#include <functional>
#include <memory>

#include <QHostAddress>
#include <QObject>

#include "common/base/result.h"
#include "common/http/message.h"

namespace meseta::http {

/// The sending side of a streamed answer (Transfer-Encoding: chunked). Shared by the handler that
/// feeds it and the connection that drains it; outlives the connection harmlessly.
class ResponseStream
{
public:
    virtual ~ResponseStream() = default;

    /// Sends one HTTP chunk. False when the stream is closed, or was cut because the reader let
    /// more than `Limits::streamBacklogBytes` pile up.
    virtual bool write(const QByteArray &chunk) = 0;

    /// Ends the answer in order. Dropping the stream does the same.
    virtual void end() = 0;

    /// Closes the connection at once.
    virtual void abort() = 0;

    virtual bool isOpen() const = 0;

    /// Bytes given to `write` that the peer has not taken yet.
    virtual qint64 backlog() const = 0;

    /// Called once, when the stream ends for any reason other than `end` or `abort`. Never called
    /// from inside `write`.
    std::function<void()> onClosed;

    /// Called when the kernel has taken all that was written: the time to write more of something
    /// large.
    std::function<void()> onDrained;
};

/// A body that arrives piece by piece, for routes registered as streaming (ATTACH_CONTAINER_INPUT).
/// The handler sets the functions before it returns. Setting none says that the body is not wanted:
/// up to 64 KB of it are read and dropped, so that the connection can go on; of a longer one, or
/// one that does not end within `Limits::requestTimeout`, the connection closes once the request is
/// answered (413 and 408 when the handler has not answered by then).
class RequestStream
{
public:
    virtual ~RequestStream() = default;
    /// Stops (true) or resumes reading from the client: backpressure.
    virtual void pause(bool paused) = 0;
    std::function<void(const QByteArray &)> onData;
    std::function<void(bool complete)> onEnd; ///< complete is false when the connection broke
};

/// Answers one request: exactly one of `send` and `stream`, now or later. Answers of one connection
/// leave in the order of their requests however late each is given. Dropping it unanswered gives a
/// 500.
class Responder
{
public:
    virtual ~Responder() = default;
    virtual void send(Response response) = 0;
    /// Starts a chunked answer with this head.
    virtual std::shared_ptr<ResponseStream> stream(Response head) = 0;
};

using Handler = std::function<void(const Request &, std::shared_ptr<Responder>)>;
using StreamingHandler = std::function<void(const Request &, std::shared_ptr<RequestStream>,
                                            std::shared_ptr<Responder>)>;

struct Limits
{
    qint64 headerBytes = 64 * 1024;
    qint64 bodyBytes = 256LL * 1024 * 1024; ///< also after inflating
    qint64 allBodiesBytes =
        1024LL * 1024 * 1024; ///< of all requests that are arriving; more are answered 503
    qint64 streamBacklogBytes = 64LL * 1024 * 1024;
    int connections = 15000;
    int pipelinedRequests = 1024;
    std::chrono::milliseconds requestTimeout{60000}; ///< from a request's first byte to its last
    std::chrono::milliseconds idleTimeout{0}; ///< between requests of a connection; 0: none
    std::chrono::milliseconds halfClosedTimeout{
        5000}; ///< how long answers stay due to a client that sends no more
    std::chrono::milliseconds writeTimeout{
        60000}; ///< longest time a plain answer makes no progress; streams: no limit
};

/// An HTTP/1.1 server on Qt's event loop (RFC 9112), with the routing of Mesos daemons: longest
/// prefix, a leading process name ("/master/state", "/slave(1)/state") optional for the delegate.
/// Source: Mesos HTTP API, protocol rules.
class Server : public QObject
{
    Q_OBJECT
public:
    explicit Server(QObject *parent = nullptr);
    ~Server() override;

    void setLimits(const Limits &limits);

    /// The process whose routes also answer without its name: "master", "slave(1)".
    void setDelegate(const QByteArray &process);

    /// Routes "/<process><path>". Longest prefix wins. `path` "" or "/" is the process itself: for
    /// the delegate exactly that ("/" and "/master"), for others also all below it that has no
    /// route ("/help/master/state").
    void route(const QByteArray &process, const QByteArray &path, Handler handler);
    void routeStreaming(const QByteArray &process, const QByteArray &path,
                        StreamingHandler handler);

    /// Answers what no route matched (static files of a web UI); default 404.
    void setFallback(Handler handler);

    /// Takes requests that are daemon messages (POST with a libprocess User-Agent or a
    /// Libprocess-From header) before any routing. The handler answers as any other.
    void setMessageHandler(Handler handler);

    /// Sees each request before its route; returning a response ends it there (firewall,
    /// authentication). `fullPath` is set; for a streaming route the body has not come yet. Not
    /// asked about daemon messages.
    void setFilter(std::function<std::optional<Response>(const Request &)> filter);

    /// Listens on address:port (port 0: any). The error names the address, the reason and the flag
    /// to change.
    Result<> listen(const QHostAddress &address, quint16 port);
    Result<> listenLocal(const QString &socketPath);
    quint16 port() const;
    /// Stops listening; connections that are open stay.
    void stopListening();
    int connectionCount() const;

    struct Private;

private:
    std::unique_ptr<Private> d;
};

} // namespace meseta::http
