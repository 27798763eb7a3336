#pragma once

#include <memory>

#include "common/codec/media_type.h"
#include "common/http/server.h"
#include "mesos/v1/agent/agent.pb.h"

namespace meseta::agent {

class Agent;

/// The calls on containers inside those of executors: launch, wait, kill and remove, under their
/// present names (LAUNCH_CONTAINER …) and their older ones (LAUNCH_NESTED_CONTAINER …). Containers
/// of their own (LAUNCH_CONTAINER without a parent) are not offered. Source: Mesos operator HTTP
/// API of agents, nested containers.
class NestedCalls
{
public:
    explicit NestedCalls(Agent &agent) : m_agent(agent) { }

    static bool handles(mesos::v1::agent::Call::Type type);

    /// Answers one of those calls, now or when the container has started or ended.
    void answer(const mesos::v1::agent::Call &call, codec::MediaType accept,
                const std::shared_ptr<http::Responder> &responder);

    /// Whether a container of this id runs: an executor's, or one inside.
    bool runs(const mesos::v1::ContainerID &id) const;

private:
    struct Launch;
    using Responder = std::shared_ptr<http::Responder>;

    void launch(const Launch &launch, const Responder &responder);
    void wait(const mesos::v1::ContainerID &id, bool oldName, codec::MediaType accept,
              const Responder &responder);
    http::Response kill(const mesos::v1::ContainerID &id, int signal);
    http::Response remove(const mesos::v1::ContainerID &id);

    Agent &m_agent;
};

} // namespace meseta::agent
