// The answering half of a server's connection.
#include "common/http/server_connection.h"

#include <utility>

#include <QLoggingCategory>
#include <QThreadPool>

namespace meseta::http {

namespace {

Q_LOGGING_CATEGORY(logHttp, "meseta.http", QtInfoMsg)

constexpr qsizetype gzipFrom = 1024;
constexpr qsizetype gzipApartFrom = 256 * 1024; // would hold the event loop for milliseconds

Response packed(Response response)
{
    response.body = gzip(response.body);
    Headers headers({{"Content-Encoding", "gzip"}});
    for (const auto &[name, value] : response.headers.fields())
        headers.add(name, value);
    response.headers = std::move(headers);
    return response;
}

} // namespace

void ServerConnection::answer(const std::shared_ptr<Place> &place, Response response)
{
    AnswerForm form;
    form.headOnly = place->headOnly;
    if (leavesBodyUnread(*place)) {
        place->keepAlive = false;
        place->refused = true;
    }
    if (place->refused)
        form.connection = "close";
    else if (place->saidKeepAlive)
        form.connection = "keep-alive";
    if (hasToken(response.headers.value("Connection"), "close"))
        place->keepAlive = false;
    const bool pack = place->gzipAdmitted && response.body.size() >= gzipFrom
        && !response.headers.has("Content-Encoding");
    if (pack && response.body.size() >= gzipApartFrom)
        packInBackground(place, std::move(response), form);
    else
        sendWhole(place, pack ? packed(std::move(response)) : response, form);
}

void ServerConnection::packInBackground(const std::shared_ptr<Place> &place, Response response,
                                        AnswerForm form)
{
    place->state = Place::State::Packing;
    QThreadPool::globalInstance()->start([place, form, source = std::move(response),
                                          home = Reactor::current()]() mutable {
        Reactor *const reactor = home.get();
        // The last hold on the reactor travels home with the result: it is not ended from a worker
        // thread.
        auto bringHome = [place, form, result = packed(std::move(source)), home = std::move(home)] {
            if (place->connection != nullptr)
                place->connection->sendWhole(place, result, form);
        };
        QMetaObject::invokeMethod(reactor, std::move(bringHome), Qt::QueuedConnection);
    });
}

void ServerConnection::sendWhole(const std::shared_ptr<Place> &place, const Response &response,
                                 const AnswerForm &form)
{
    place->state = Place::State::Complete;
    QByteArray bytes = answerHead(response, form);
    constexpr qsizetype joinBelow = 4096;
    const bool withBody = !form.headOnly && !response.body.isEmpty();
    if (withBody && response.body.size() <= joinBelow)
        bytes += response.body;
    put(*place, bytes);
    if (withBody && response.body.size() > joinBelow)
        put(*place, response.body);
    pump();
}

void ServerConnection::startStream(const std::shared_ptr<Place> &place, const Response &head)
{
    AnswerForm form;
    form.chunked = !place->http10;
    form.untilClose = place->http10;
    place->chunked = form.chunked;
    if (form.untilClose)
        place->keepAlive = false;
    place->state = Place::State::Streaming;
    put(*place, answerHead(head, form));
    if (place->headOnly)
        finish(*place);
    else if (!head.body.isEmpty())
        put(*place, place->chunked ? chunkHead(head.body.size()) + head.body + "\r\n" : head.body);
}

void ServerConnection::put(Place &place, const QByteArray &bytes)
{
    if (m_phase == Phase::Dead)
        return;
    if (!m_places.empty() && m_places.front().get() == &place) {
        if (m_connection.backlog() == 0)
            m_progressAt = std::chrono::steady_clock::now();
        m_connection.write(bytes);
        return;
    }
    place.held.push_back(bytes);
    place.heldBytes += bytes.size();
}

void ServerConnection::finish(Place &place)
{
    place.state = Place::State::Complete;
    place.stream.reset();
    pump();
}

qint64 ServerConnection::backlog(const Place &place) const
{
    return !m_places.empty() && m_places.front().get() == &place ? m_connection.backlog()
                                                                 : place.heldBytes;
}

bool ServerConnection::checkBacklog(const Place &place)
{
    if (backlog(place) <= m_host.limits().streamBacklogBytes)
        return true;
    qCWarning(logHttp, "cutting off %s: it has let %lld bytes of a stream pile up",
              m_peerAddress.constData(), static_cast<long long>(backlog(place)));
    abandon("it does not read its stream");
    return false;
}

/// Moves on to the answers that are next in order.
void ServerConnection::pump()
{
    while (!m_places.empty() && m_phase == Phase::Open) {
        const std::shared_ptr<Place> place = m_places.front();
        const auto held = std::exchange(place->held, {});
        place->heldBytes = 0;
        for (const QByteArray &bytes : held)
            put(*place, bytes);
        if (std::exchange(place->wantsContinue, false) && place->state == Place::State::Waiting)
            m_connection.write("HTTP/1.1 100 Continue\r\n\r\n");
        if (place->state != Place::State::Complete)
            break;
        place->connection = nullptr;
        m_places.pop_front();
        if (!place->keepAlive)
            return closeInOrder();
    }
    if (m_peerEnded && m_places.empty())
        return closeInOrder();
    if (m_parser.isPaused() && !m_feeding && !m_inputDone)
        m_host.resumeSoon(this);
}

void ServerConnection::closeInOrder()
{
    if (m_phase != Phase::Open)
        return;
    m_phase = Phase::Draining;
    m_inputDone = true;
    m_connection.pauseReading(false);
    if (m_connection.backlog() == 0)
        linger();
}

} // namespace meseta::http
