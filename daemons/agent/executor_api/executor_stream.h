#pragma once

#include <memory>

#include "common/base/clock.h"
#include "common/codec/media_type.h"
#include "common/http/server.h"
#include "daemons/agent/executors/event_link.h"

namespace meseta::agent {

/// The answer to one SUBSCRIBE: events as RecordIO in the form the executor asked for, a heartbeat
/// every 30 minutes.
class ExecutorStream final : public ExecutorEventSink
{
public:
    static constexpr Duration heartbeatInterval = std::chrono::minutes(30);

    ExecutorStream(std::shared_ptr<http::ResponseStream> stream, codec::MediaType type,
                   Clock &clock);
    ~ExecutorStream() override;

    void send(const mesos::v1::executor::Event &event) override;
    void close() override;

private:
    void armHeartbeat();

    std::shared_ptr<http::ResponseStream> m_stream;
    codec::MediaType m_type;
    Clock &m_clock;
    Clock::TimerId m_heartbeat = 0;
};

} // namespace meseta::agent
