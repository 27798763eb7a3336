#pragma once

#include <memory>

#include "common/endpoints/operator_call.h"
#include "common/http/server.h"
#include "daemons/agent/containerizer/containerizer.h"
#include "daemons/agent/operator_api/container_streams.h"
#include "daemons/agent/operator_api/standalone_records.h"
#include "mesos/v1/agent/agent.pb.h"

namespace meseta::agent {

class Agent;

struct Executor;

/// The calls on containers that operators launch: inside those of executors, and standalone ones
/// (LAUNCH_CONTAINER without a parent). Launch, wait, kill and remove, under their present names
/// (LAUNCH_CONTAINER …) and their older ones (LAUNCH_NESTED_CONTAINER …); and sessions. Source:
/// Mesos operator HTTP API of agents, nested and standalone containers.
class NestedCalls
{
public:
    NestedCalls(Agent &agent, ContainerStreams &streams);

    /// Takes up the standalone containers of an earlier agent.
    void recover();

    static bool handles(mesos::v1::agent::Call::Type type);

    /// Answers one of those calls, now or when the container has started or ended.
    void answer(const mesos::v1::agent::Call &call, const CallForm &form,
                const std::shared_ptr<http::Responder> &responder);

private:
    struct Launch;
    using Responder = std::shared_ptr<http::Responder>;

    bool runs(const mesos::v1::ContainerID &id) const;
    void launch(const Launch &launch, const Responder &responder);
    tl::expected<ContainerSpec, http::Response> describe(const Launch &launch) const;
    tl::expected<ContainerSpec, http::Response> describeNested(const Launch &launch) const;
    ContainerSpec describeStandalone(const Launch &launch) const;
    std::string parentSandbox(const mesos::v1::ContainerID &id) const;
    std::string sandboxOf(const mesos::v1::ContainerID &id) const;
    void wait(const mesos::v1::ContainerID &id, bool oldName, codec::MediaType accept,
              const Responder &responder);
    http::Response kill(const mesos::v1::ContainerID &id, int signal);
    http::Response remove(const mesos::v1::ContainerID &id);

    Agent &m_agent;
    ContainerStreams &m_streams;
    StandaloneRecords m_records;
};

} // namespace meseta::agent
