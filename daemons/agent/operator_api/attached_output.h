#pragma once

#include <functional>
#include <memory>

#include <QObject>
#include <QSocketNotifier>

#include "common/base/clock.h"
#include "common/codec/media_type.h"
#include "common/http/server.h"
#include "daemons/containerizer/file_descriptor.h"
#include "mesos/v1/agent/agent.pb.h"

namespace meseta::agent {

/// Passes the output of one container on to one client: a record of ProcessIO for each piece, in an
/// HTTP chunk of its own, and a heartbeat now and then. Source: Mesos operator HTTP API,
/// ATTACH_CONTAINER_OUTPUT.
///
/// A client that does not read costs no more than a bound: a session's container is held up until
/// it reads on; the stream of any other container is cut off, so that the container goes on.
class AttachedOutput : public QObject
{
public:
    struct Options
    {
        codec::MediaType type = codec::MediaType::Json; ///< of the records
        bool session = false;
        Duration heartbeat = std::chrono::seconds(30);
        std::function<void()> clientGone = {}; ///< called once, when it leaves before the end
    };

    AttachedOutput(containerizer::FileDescriptor socket,
                   std::shared_ptr<http::ResponseStream> stream, Options options, Clock &clock);
    ~AttachedOutput() override;

    /// Unread bytes of a session after which its container is held up.
    static constexpr qint64 holdBackBytes = 256 * 1024;
    /// Unread bytes of another stream after which it is cut off.
    static constexpr qint64 cutOffBytes = 4 * 1024 * 1024;

private:
    void read();
    bool readOne();
    void write(const mesos::v1::agent::ProcessIO &message);
    void checkBacklog();
    void armHeartbeat();
    void clientGone();
    void over();

    containerizer::FileDescriptor m_socket;
    std::shared_ptr<http::ResponseStream> m_stream; ///< null when all is over
    Options m_options;
    Clock &m_clock;
    Clock::TimerId m_heartbeat = 0;
    QSocketNotifier m_readable;
};

} // namespace meseta::agent
