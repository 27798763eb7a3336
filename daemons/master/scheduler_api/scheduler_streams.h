#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>

#include "common/codec/media_type.h"
#include "common/http/server.h"

namespace mesos::v1::scheduler {
class Event;
}

namespace meseta::master {

/// The open event streams of HTTP schedulers: RecordIO, one record to an HTTP chunk, in the form
/// each asked for.
class SchedulerStreams
{
public:
    using Handle = std::uint64_t;

    /// `closed` is told of streams that end from the other side.
    explicit SchedulerStreams(std::function<void(Handle)> closed) : m_closed(std::move(closed)) { }
    ~SchedulerStreams();
    SchedulerStreams(const SchedulerStreams &) = delete;
    SchedulerStreams &operator=(const SchedulerStreams &) = delete;

    Handle add(std::shared_ptr<http::ResponseStream> stream, codec::MediaType type);
    void send(Handle handle, const mesos::v1::scheduler::Event &event);
    void end(Handle handle);
    void endAll();

private:
    struct Entry
    {
        std::shared_ptr<http::ResponseStream> stream;
        codec::MediaType type;
    };

    std::function<void(Handle)> m_closed;
    std::unordered_map<Handle, Entry> m_streams;
    Handle m_next = 1;
};

} // namespace meseta::master
