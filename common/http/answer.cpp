#include "common/http/answer.h"

#include <utility>

#include "common/http/server_connection.h"
#include "common/http/wire.h"

namespace meseta::http {

PlaceResponder::~PlaceResponder()
{
    if (m_place && m_place->connection != nullptr && m_place->state == Place::State::Waiting)
        m_place->connection->answer(m_place, Response::text(500));
}

void PlaceResponder::send(Response response)
{
    const auto place = std::exchange(m_place, nullptr);
    if (place && place->connection != nullptr && place->state == Place::State::Waiting)
        place->connection->answer(place, std::move(response));
}

std::shared_ptr<ResponseStream> PlaceResponder::stream(Response head)
{
    const auto place = std::exchange(m_place, nullptr);
    if (!place || place->connection == nullptr || place->state != Place::State::Waiting)
        return std::make_shared<ClosedStream>();
    place->connection->startStream(place, head);
    if (place->state == Place::State::Complete)
        return std::make_shared<ClosedStream>();
    auto handle = std::make_shared<StreamHandle>(place);
    place->stream = handle;
    return handle;
}

StreamHandle::~StreamHandle()
{
    end();
}

bool StreamHandle::write(const QByteArray &chunk)
{
    if (!isOpen())
        return false;
    if (chunk.isEmpty()) // would be the mark of the end
        return true;
    constexpr qsizetype copyBelow = 4096; // larger chunks are shared among all who are sent them
    if (!m_place->chunked) {
        m_place->connection->put(*m_place, chunk);
    } else if (chunk.size() < copyBelow) {
        m_place->connection->put(*m_place, chunkHead(chunk.size()) + chunk + "\r\n");
    } else {
        m_place->connection->put(*m_place, chunkHead(chunk.size()));
        m_place->connection->put(*m_place, chunk);
        m_place->connection->put(*m_place, "\r\n");
    }
    return m_place->connection->checkBacklog(*m_place);
}

void StreamHandle::end()
{
    if (!isOpen())
        return;
    if (m_place->chunked)
        m_place->connection->put(*m_place, lastChunk());
    m_place->connection->finish(*m_place);
}

void StreamHandle::abort()
{
    if (!isOpen())
        return;
    m_place->stream.reset(); // who aborts needs no news of it
    m_place->connection->abandon("aborted");
}

bool StreamHandle::isOpen() const
{
    return m_place->connection != nullptr && m_place->state == Place::State::Streaming;
}

qint64 StreamHandle::backlog() const
{
    return isOpen() ? m_place->connection->backlog(*m_place) : 0;
}

} // namespace meseta::http
