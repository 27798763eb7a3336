#include "daemons/agent/executor_api/executor_stream.h"

#include "common/codec/message_codec.h"
#include "common/codec/record_io.h"

namespace meseta::agent {

using mesos::v1::executor::Event;

ExecutorStream::ExecutorStream(std::shared_ptr<http::ResponseStream> stream, codec::MediaType type,
                               Clock &clock)
    : m_stream(std::move(stream)), m_type(type), m_clock(clock)
{
    armHeartbeat();
}

ExecutorStream::~ExecutorStream()
{
    m_clock.cancel(m_heartbeat);
}

void ExecutorStream::armHeartbeat()
{
    m_heartbeat = m_clock.after(heartbeatInterval, [this] {
        m_heartbeat = 0;
        if (!m_stream->isOpen())
            return;
        Event event;
        event.set_type(Event::HEARTBEAT);
        send(event);
        armHeartbeat();
    });
}

void ExecutorStream::send(const Event &event)
{
    m_stream->write(QByteArray::fromStdString(codec::encodeRecord(codec::encode(event, m_type))));
}

void ExecutorStream::close()
{
    m_clock.cancel(m_heartbeat);
    m_heartbeat = 0;
    m_stream->end();
}

} // namespace meseta::agent
