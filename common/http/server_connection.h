#pragma once

#include <chrono>
#include <list>
#include <memory>

#include "common/http/answer.h"
#include "common/http/connection.h"
#include "common/http/gzip.h"
#include "common/http/request_parser.h"
#include "common/http/router.h"
#include "common/http/wire.h"

namespace meseta::http {

class IncomingStream;

/// One client of a server: reads its requests, hands them out, and sends the answers in the order
/// of the requests.
class ServerConnection final : public Connection::Owner, public RequestParser::Sink
{
public:
    using Instant = std::chrono::steady_clock::time_point;

    /// What the server does for its connections.
    class Host
    {
    public:
        virtual ~Host() = default;
        virtual const Limits &limits() const = 0;
        /// Counts bytes of bodies that are arriving, in and (negative) out; the sum of all
        /// connections.
        virtual qint64 countBodies(qint64 bytes) = 0;
        virtual Router::Match match(Request &request) const = 0;
        virtual void serve(const Router::Match &match, const Request &request,
                           const std::shared_ptr<Responder> &responder) = 0;
        virtual void serveStreaming(const Router::Match &match, const Request &request,
                                    const std::shared_ptr<RequestStream> &body,
                                    const std::shared_ptr<Responder> &responder) = 0;
        /// The connection has ended; `mourn` and delete it once control is back in the event loop.
        virtual void bury(ServerConnection *connection) = 0;
        /// Calls `resume` of the connection once control is back in the event loop: a handler that
        /// answers is not called again from inside its own answer.
        virtual void resumeSoon(ServerConnection *connection) = 0;
    };

    ServerConnection(Host &host, int fd, QByteArray peerAddress);
    ~ServerConnection() override;

    /// Called now and then; ends what has taken too long.
    void checkTimes(Instant now);
    /// Answers 503 unasked and closes.
    void turnAway();
    void resume();
    /// Tells the handlers of open streams that they are closed.
    void mourn();

    /// For the answering side.
    void answer(const std::shared_ptr<Place> &place, Response response);
    void startStream(const std::shared_ptr<Place> &place, const Response &head);
    void put(Place &place, const QByteArray &bytes);
    void finish(Place &place);
    bool checkBacklog(const Place &place);
    qint64 backlog(const Place &place) const;
    void abandon(const char *why);

    /// For the reading side.
    void pauseBody(bool paused);

private:
    enum class Phase { Open, Draining, Lingering, Dead };
    struct Current;

    void received(const char *data, qsizetype size) override;
    void ended() override;
    void drained() override;
    void failed(const QByteArray &reason) override;

    bool head(RequestHead head) override;
    bool body(const char *data, qsizetype size) override;
    bool complete() override;

    void feed(const char *data, qsizetype size);
    bool mustPause() const;
    void refuse(int status, const QByteArray &text);
    bool refuseBody(int status, const QByteArray &text);
    std::shared_ptr<Place> addPlace(const RequestHead &head);
    void startBody(RequestHead head, std::shared_ptr<Place> place);
    void startStreamingBody();
    bool leavesBodyUnread(const Place &place) const;
    bool isUnwanted() const;
    bool takeBody(const QByteArray &bytes);
    void releaseBody();
    void packInBackground(const std::shared_ptr<Place> &place, Response response, AnswerForm form);
    void sendWhole(const std::shared_ptr<Place> &place, const Response &response,
                   const AnswerForm &form);
    void pump();
    void closeInOrder();
    void linger();

    Host &m_host;
    Connection m_connection;
    RequestParser m_parser;
    std::list<std::shared_ptr<Place>> m_places;
    std::unique_ptr<Current> m_current; // the request whose body is arriving
    QByteArray m_rest; // bytes that wait while the parser is paused
    QByteArray m_peerAddress;
    std::vector<std::shared_ptr<StreamHandle>> m_mourners;
    std::shared_ptr<IncomingStream> m_brokenBody;
    Instant m_since; // of the current request, of silence, or of lingering
    Instant m_progressAt; // when the peer last took bytes
    qint64 m_progressSent = 0;
    qint64 m_bodyHeld = 0;
    Phase m_phase = Phase::Open;
    bool m_inRequest = false;
    bool m_inputDone = false;
    bool m_peerEnded = false;
    bool m_feeding = false;
    bool m_bodyPaused = false;
};

/// The body of a request on a streaming route.
class IncomingStream final : public RequestStream
{
public:
    explicit IncomingStream(ServerConnection *connection) : m_connection(connection) { }
    void pause(bool paused) override
    {
        if (m_connection != nullptr)
            m_connection->pauseBody(paused);
    }
    void detach() { m_connection = nullptr; }

private:
    ServerConnection *m_connection;
};

} // namespace meseta::http
