#pragma once

#include <optional>
#include <string>

#include "daemons/master/core/core.h"

namespace meseta::master {

/// Draining: an agent gets no offers, its tasks are killed, and it is left drained or gone.
/// Deactivating only keeps offers away. Both outlast the master, and the agent's being away.
/// Source: Mesos agent draining, DRAIN_AGENT, DEACTIVATE_AGENT, REACTIVATE_AGENT.

/// What the registry says of an agent, registered or not.
struct AgentMarks
{
    bool deactivated = false;
    std::optional<mesos::v1::DrainInfo> drainInfo;
};
AgentMarks marksOf(const Core &core, const std::string &agentId);

// `done` comes when it is kept for good; an error when the registry knows no such agent by then.
void drainAgent(Core &core, const std::string &agentId, const mesos::v1::DrainConfig &config,
                Registry::Done done);
void deactivateAgent(Core &core, const std::string &agentId, Registry::Done done);
void reactivateAgent(Core &core, const std::string &agentId, Registry::Done done);

/// An agent that comes back is as it is marked.
void takeMarks(Core &core, Agent &agent);
/// Tells the agent to drain, if it is to.
void sendDrain(Core &core, const Agent &agent);
/// An agent that drains and runs nothing any more is drained, or marked gone if that was asked for.
void settleDraining(Core &core, const std::string &agentId);

} // namespace meseta::master
