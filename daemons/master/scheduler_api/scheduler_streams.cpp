#include "daemons/master/scheduler_api/scheduler_streams.h"

#include "common/codec/message_codec.h"
#include "common/codec/record_io.h"
#include "mesos/v1/scheduler/scheduler.pb.h"

namespace meseta::master {

SchedulerStreams::~SchedulerStreams()
{
    for (const auto &[handle, entry] : m_streams)
        entry.stream->onClosed = nullptr;
}

SchedulerStreams::Handle SchedulerStreams::add(std::shared_ptr<http::ResponseStream> stream,
                                               codec::MediaType type)
{
    const Handle handle = m_next++;
    stream->onClosed = [this, handle] {
        if (m_streams.erase(handle) > 0)
            m_closed(handle);
    };
    m_streams.emplace(handle, Entry{std::move(stream), type});
    return handle;
}

void SchedulerStreams::send(Handle handle, const mesos::v1::scheduler::Event &event)
{
    const auto at = m_streams.find(handle);
    if (at == m_streams.end())
        return;
    const std::string record = codec::encodeRecord(codec::encode(event, at->second.type));
    at->second.stream->write(QByteArray(record.data(), static_cast<qsizetype>(record.size())));
}

void SchedulerStreams::end(Handle handle)
{
    const auto at = m_streams.find(handle);
    if (at == m_streams.end())
        return;
    const std::shared_ptr<http::ResponseStream> stream = std::move(at->second.stream);
    m_streams.erase(at);
    stream->onClosed = nullptr;
    stream->end();
}

void SchedulerStreams::endAll()
{
    while (!m_streams.empty())
        end(m_streams.begin()->first);
}

} // namespace meseta::master
