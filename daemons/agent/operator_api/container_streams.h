#pragma once

#include <memory>
#include <set>
#include <string>

#include <QObject>

#include "common/endpoints/operator_call.h"
#include "daemons/agent/containerizer/containerizer.h"
#include "daemons/agent/operator_api/attach_input.h"

namespace meseta::agent {

class Agent;

/// Who is attached to which container: any number of readers of its output (up to a bound), one
/// writer to its input. Source: Mesos operator HTTP API, ATTACH_CONTAINER_*; I/O switchboard.
class ContainerStreams
{
public:
    using Responder = std::shared_ptr<http::Responder>;

    ContainerStreams(Agent &agent, Clock &clock, Duration heartbeat);

    /// Answers ATTACH_CONTAINER_OUTPUT.
    void attachOutput(const mesos::v1::ContainerID &id, const CallForm &form,
                      const Responder &responder);
    /// The container of a session has started: answers with its output, and ends it when the client
    /// leaves.
    void openSession(const mesos::v1::ContainerID &id, const CallForm &form,
                     const Responder &responder);
    /// For ATTACH_CONTAINER_INPUT.
    tl::expected<JoinedInput, http::Response> joinInput(const mesos::v1::ContainerID &id);

private:
    using Socket = tl::expected<containerizer::FileDescriptor, http::Response>;

    Socket join(const mesos::v1::ContainerID &id, Containerizer::Stream stream) const;
    Containerizer *containerizerOf(const mesos::v1::ContainerID &id) const;
    bool isCrowded(const std::string &key) const;
    bool stream(const mesos::v1::ContainerID &id, const CallForm &form, const Responder &responder,
                std::function<void()> clientGone);

    Agent &m_agent;
    Clock &m_clock;
    Duration m_heartbeat;
    std::shared_ptr<std::set<std::string>> m_writers; ///< keys of containers that have one
    QObject m_outputs; ///< parent of the streams, each of which goes by itself; named by container
};

} // namespace meseta::agent
