#include "common/http/server_connection.h"

#include <utility>

#include <QLoggingCategory>

namespace meseta::http {

namespace {

Q_LOGGING_CATEGORY(logHttp, "meseta.http", QtInfoMsg)

constexpr qint64 readNoMoreAbove = 4LL * 1024 * 1024; // bytes of answers the client has not taken
constexpr std::chrono::seconds lingerTime{2};
constexpr qsizetype reserveAtMost = 1024 * 1024;
constexpr qint64 dropAtMost = 64LL * 1024; // of a body nobody wants, rather than close

} // namespace

struct ServerConnection::Current
{
    RequestHead head;
    Router::Match match;
    std::shared_ptr<Place> place;
    std::shared_ptr<IncomingStream> stream;
    std::unique_ptr<Gunzip> gunzip;
    qint64 dropped = 0; ///< bytes of a body that nobody wants
};

ServerConnection::ServerConnection(Host &host, int fd, QByteArray peerAddress)
    : m_host(host)
    , m_connection(*this, fd)
    , m_parser(*this, host.limits().headerBytes)
    , m_peerAddress(std::move(peerAddress))
    , m_since(std::chrono::steady_clock::now())
    , m_progressAt(m_since)
{ }

ServerConnection::~ServerConnection()
{
    for (const auto &place : m_places)
        place->connection = nullptr;
    if (m_current && m_current->stream)
        m_current->stream->detach();
}

void ServerConnection::received(const char *data, qsizetype size)
{
    if (m_phase != Phase::Open || m_inputDone)
        return; // read and dropped, so that the answer is not lost to a reset
    feed(data, size);
}

void ServerConnection::feed(const char *data, qsizetype size)
{
    m_feeding = true;
    while (size > 0 && m_phase == Phase::Open && !m_inputDone) {
        if (m_parser.isPaused()) {
            if (mustPause()) {
                m_rest.append(data, size);
                m_connection.pauseReading(true);
                break;
            }
            m_parser.resume();
        }
        const qsizetype used = m_parser.feed(data, size);
        data += used;
        size -= used;
        if (m_parser.problem().status != 0)
            refuse(m_parser.problem().status, m_parser.problem().text);
        else if (used == 0 && !m_parser.isPaused())
            break;
    }
    m_feeding = false;
    const bool inRequest = m_parser.isInside();
    if (!inRequest || !m_inRequest)
        m_since = std::chrono::steady_clock::now();
    m_inRequest = inRequest;
}

bool ServerConnection::mustPause() const
{
    return int(m_places.size()) >= m_host.limits().pipelinedRequests
        || m_connection.backlog() > readNoMoreAbove;
}

void ServerConnection::resume()
{
    if (m_feeding || m_phase != Phase::Open || !m_parser.isPaused() || m_inputDone || mustPause())
        return;
    const QByteArray rest = std::exchange(m_rest, {});
    m_connection.pauseReading(m_bodyPaused);
    feed(rest.constData(), rest.size());
}

std::shared_ptr<Place> ServerConnection::addPlace(const RequestHead &head)
{
    const Request &request = head.request;
    auto place = std::make_shared<Place>();
    place->connection = this;
    place->keepAlive = request.keepAlive;
    place->headOnly = request.method == "HEAD";
    place->http10 = head.http10;
    place->saidKeepAlive = head.http10 && request.keepAlive;
    place->gzipAdmitted = admitsGzip(request.headers.value("Accept-Encoding"));
    m_places.push_back(place);
    return place;
}

bool ServerConnection::head(RequestHead head)
{
    head.request.peerAddress = m_peerAddress;
    auto place = addPlace(head);
    startBody(std::move(head), std::move(place));
    Current &current = *m_current;
    const Request &request = current.head.request;
    const bool streaming = current.match.route != nullptr && current.match.route->streaming;
    const qint64 limit = m_host.limits().bodyBytes;
    if (!streaming && current.head.contentLength.value_or(0) > limit)
        return refuseBody(413,
                          "The body is larger than the " + QByteArray::number(limit)
                              + " bytes this server takes.");
    const QByteArray coding = request.headers.value("Content-Encoding").trimmed().toLower();
    if (coding == "gzip" || coding == "x-gzip")
        current.gunzip = std::make_unique<Gunzip>(streaming ? INT64_MAX : limit);
    if (!streaming && current.head.contentLength)
        current.head.request.body.reserve(
            std::min<qsizetype>(*current.head.contentLength, reserveAtMost));
    const bool hasBody = current.head.chunked || current.head.contentLength.value_or(0) > 0;
    if (hasBody && !current.head.http10
        && hasToken(request.headers.value("Expect"), "100-continue")) {
        current.place->wantsContinue = true;
        pump();
    }
    if (streaming)
        startStreamingBody();
    return m_phase == Phase::Open && m_current;
}

void ServerConnection::startStreamingBody()
{
    const auto stream = std::make_shared<IncomingStream>(this);
    const auto place = m_current->place;
    m_current->stream = stream;
    m_host.serveStreaming(m_current->match, m_current->head.request, stream,
                          std::make_shared<PlaceResponder>(place));
    if (m_phase != Phase::Open || place->state == Place::State::Waiting || place->keepAlive
        || !leavesBodyUnread(*place))
        return;
    // Refused at once, while earlier answers are due: nothing more is read.
    stream->detach();
    m_current.reset();
    m_inputDone = true;
}

/// Whether an answer comes before the body of its request, which nobody wants and which is known to
/// be long: the connection then closes after it. A chunked one is read and dropped, up to a bound.
bool ServerConnection::leavesBodyUnread(const Place &place) const
{
    if (!m_current || m_current->place.get() != &place || !m_current->stream)
        return false;
    return isUnwanted() && m_current->head.contentLength.value_or(0) > dropAtMost;
}

/// Whether the body that is arriving was given to a handler that does not want it.
bool ServerConnection::isUnwanted() const
{
    return m_current && m_current->stream && !m_current->stream->onData
        && !m_current->stream->onEnd;
}

void ServerConnection::startBody(RequestHead head, std::shared_ptr<Place> place)
{
    m_current = std::make_unique<Current>();
    m_current->head = std::move(head);
    m_current->place = std::move(place);
    m_current->match = m_host.match(m_current->head.request);
}

bool ServerConnection::body(const char *data, qsizetype size)
{
    if (m_phase != Phase::Open || !m_current)
        return false;
    if (!m_current->gunzip)
        return takeBody(QByteArray::fromRawData(data, size));
    QByteArray plain;
    switch (m_current->gunzip->feed(data, size, plain)) {
    case Gunzip::State::TooLarge:
        return refuseBody(413,
                          "The body unpacks to more than the "
                              + QByteArray::number(m_host.limits().bodyBytes)
                              + " bytes this server takes.");
    case Gunzip::State::Malformed:
        return refuseBody(400, "The body says Content-Encoding: gzip but is no valid gzip data.");
    case Gunzip::State::More:
    case Gunzip::State::Done:
        break;
    }
    return plain.isEmpty() || takeBody(plain);
}

bool ServerConnection::takeBody(const QByteArray &bytes)
{
    if (isUnwanted()) {
        m_current->dropped += bytes.size();
        return m_current->dropped <= dropAtMost
            || refuseBody(413, "The request was refused, and its body does not end.");
    }
    if (const auto stream = m_current->stream) {
        if (stream->onData)
            stream->onData(
                QByteArray(bytes.constData(), bytes.size())); // may outlive the read buffer
        return m_phase == Phase::Open;
    }
    QByteArray &body = m_current->head.request.body;
    if (body.size() + bytes.size() > m_host.limits().bodyBytes)
        return refuseBody(413,
                          "The body is larger than the "
                              + QByteArray::number(m_host.limits().bodyBytes)
                              + " bytes this server takes.");
    m_bodyHeld += bytes.size();
    if (m_host.countBodies(bytes.size()) > m_host.limits().allBodiesBytes)
        return refuseBody(503, "This server is taking in as much as it can hold; try again later.");
    body.append(bytes);
    return true;
}

void ServerConnection::releaseBody()
{
    m_host.countBodies(-std::exchange(m_bodyHeld, 0));
}

bool ServerConnection::complete()
{
    if (m_phase != Phase::Open || !m_current)
        return false;
    const bool cutShort = m_current->gunzip && m_current->gunzip->state() == Gunzip::State::More;
    if (cutShort) {
        refuseBody(400,
                   "The body says Content-Encoding: gzip but ends in the middle of the gzip data.");
        return false;
    }
    const auto current = std::exchange(m_current, nullptr);
    releaseBody();
    m_since =
        std::chrono::steady_clock::now(); // for the next request, if it has begun in the same piece
    current->place->wantsContinue = false;
    m_inputDone = !current->head.request.keepAlive;
    if (current->stream) {
        current->stream->detach();
        m_bodyPaused = false;
        if (current->stream->onEnd)
            current->stream->onEnd(true);
    } else {
        m_host.serve(current->match, current->head.request,
                     std::make_shared<PlaceResponder>(current->place));
    }
    return m_phase == Phase::Open && !m_inputDone && !mustPause();
}

void ServerConnection::turnAway()
{
    refuse(503, "This server has as many connections as it takes; try again later.");
}

void ServerConnection::refuse(int status, const QByteArray &text)
{
    if (m_current) {
        refuseBody(status, text);
        return;
    }
    m_inputDone = true;
    auto place = std::make_shared<Place>();
    place->connection = this;
    place->keepAlive = false;
    place->refused = true;
    m_places.push_back(place);
    answer(place, Response::text(status, text));
}

/// Refuses the request whose body is arriving; what follows cannot be told apart any more, so the
/// connection closes.
bool ServerConnection::refuseBody(int status, const QByteArray &text)
{
    const auto current = std::exchange(m_current, nullptr);
    releaseBody();
    m_inputDone = true;
    if (current->stream) {
        current->stream->detach();
        if (current->stream->onEnd)
            current->stream->onEnd(false);
    }
    current->place->keepAlive = false;
    current->place->refused = true;
    if (current->place->connection == nullptr)
        closeInOrder(); // it has been answered already
    else if (current->place->state == Place::State::Waiting)
        answer(current->place, Response::text(status, text));
    return false;
}

/// Closing while input is unread would reset the connection and could take the last answer with it
/// (RFC 9112 §9.6).
void ServerConnection::linger()
{
    m_phase = Phase::Lingering;
    m_since = std::chrono::steady_clock::now();
    m_connection.shutdownWriting();
    if (m_peerEnded)
        abandon("done");
}

void ServerConnection::drained()
{
    if (m_phase == Phase::Draining)
        return linger();
    resume();
    const auto stream = m_places.empty() ? nullptr : m_places.front()->stream.lock();
    if (!stream || !stream->onDrained)
        return;
    const auto drainedCallback = stream->onDrained; // it may replace itself
    drainedCallback();
}

void ServerConnection::ended()
{
    m_peerEnded = true;
    m_inputDone = true;
    const bool answersDue =
        !m_places.empty() && !m_current && m_places.front()->state != Place::State::Streaming;
    m_since = std::chrono::steady_clock::now();
    if (m_phase == Phase::Lingering || (m_phase == Phase::Open && !answersDue))
        abandon("closed by the client");
}

void ServerConnection::failed(const QByteArray &reason)
{
    abandon(reason.constData());
}

void ServerConnection::abandon(const char *why)
{
    if (m_phase == Phase::Dead)
        return;
    qCDebug(logHttp, "connection of %s ends: %s", m_peerAddress.constData(), why);
    m_phase = Phase::Dead;
    m_connection.close();
    releaseBody();
    for (const auto &place : std::exchange(m_places, {})) {
        place->connection = nullptr;
        if (auto stream = place->stream.lock())
            m_mourners.push_back(std::move(stream));
    }
    if (m_current && m_current->stream) {
        m_brokenBody = m_current->stream;
        m_brokenBody->detach();
    }
    m_host.bury(this);
}

void ServerConnection::mourn()
{
    if (const auto body = std::exchange(m_brokenBody, nullptr); body && body->onEnd)
        body->onEnd(false);
    for (const auto &stream : std::exchange(m_mourners, {})) {
        if (const auto closed = std::exchange(stream->onClosed, nullptr))
            closed();
    }
}

void ServerConnection::pauseBody(bool paused)
{
    m_bodyPaused = paused;
    if (m_phase == Phase::Open && !m_parser.isPaused())
        m_connection.pauseReading(paused);
}

void ServerConnection::checkTimes(Instant now)
{
    const Limits &limits = m_host.limits();
    const auto passed = [now](std::chrono::milliseconds limit, Instant since) {
        return limit.count() > 0 && now - since > limit;
    };
    if (m_phase == Phase::Dead)
        return;
    if (m_connection.sent() != m_progressSent) {
        m_progressSent = m_connection.sent();
        m_progressAt = now;
    }
    const bool streaming = !m_places.empty() && m_places.front()->state == Place::State::Streaming;
    if (m_phase == Phase::Lingering) {
        if (passed(lingerTime, m_since))
            abandon("it does not close");
    } else if (m_peerEnded && m_connection.backlog() == 0
               && passed(limits.halfClosedTimeout, m_since)) {
        abandon("gone, it seems"); // a client that has left looks like one that has only finished
                                   // sending
    } else if (m_connection.backlog() > 0 && !streaming
               && passed(limits.writeTimeout, m_progressAt)) {
        abandon("it does not read its answer");
    } else if (m_phase == Phase::Open && m_inRequest
               && (!m_current || !m_current->stream || isUnwanted())) {
        if (passed(limits.requestTimeout, m_since) && !m_inputDone)
            refuse(408,
                   "The request was not complete within "
                       + QByteArray::number(qint64(limits.requestTimeout.count())) + " ms.");
    } else if (m_phase == Phase::Open && m_places.empty() && passed(limits.idleTimeout, m_since)) {
        abandon("idle");
    }
}

} // namespace meseta::http
