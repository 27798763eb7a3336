#pragma once

#include <string>

#include "daemons/master/core/core.h"

namespace meseta::master {

/// What agents say, and what becomes of them. Source: Mesos daemon messages between agent and
/// master.

void registerAgent(Core &core, const messages::Pid &from,
                   const mesos::internal::RegisterSlaveMessage &message);
void reregisterAgent(Core &core, const messages::Pid &from,
                     const mesos::internal::ReregisterSlaveMessage &message);
/// Asks a registered agent what became of every task of it: launches may not have reached it.
void askOfTasks(Core &core, const Agent &agent);
void unregisterAgent(Core &core, const messages::Pid &from,
                     const mesos::internal::UnregisterSlaveMessage &message);

/// Oversubscribed resources, resource providers, resource versions.
void updateAgent(Core &core, const mesos::internal::UpdateSlaveMessage &message);

void statusUpdate(Core &core, const mesos::internal::StatusUpdateMessage &message);
void executorExited(Core &core, const mesos::internal::ExitedExecutorMessage &message);
void executorMessage(Core &core, const mesos::internal::ExecutorToFrameworkMessage &message);

/// An agent knows of a framework that this master has removed: it is told so.
void shutDownIfCompleted(Core &core, const Agent &agent, const std::string &frameworkId);

/// Has an agent shut down everything and end.
void shutDown(Core &core, const messages::Pid &to, const std::string &why);

/// The link to the agent broke: no offers, and frameworks that do not checkpoint lose their tasks
/// there. The agent has `agentReregisterTimeout` to come back, as long as it answers pings.
void agentDisconnected(Core &core, Agent &agent);

/// Starts to ping the agent. Too many pings without a pong make it unreachable.
void watchAgent(Core &core, Agent &agent);
/// Asks whether it lives before the next ping is due.
void pingNow(Core &core, Agent &agent);
/// A pong came for one of the local processes that ping.
void pong(Core &core, const std::string &observerId);

/// Runs `act` when the next agent may be marked unreachable (--agent_removal_rate_limit): at once
/// when it can be now.
void whenRemovalAllowed(Core &core, std::function<void()> act);

/// The agent is given up for now; it may come back.
void markUnreachable(Core &core, Agent &agent, const std::string &why);
/// The agent gets no more offers; once that it is out is kept for good, its tasks are lost and
/// `then` is called. Nothing happens, and `then` is not called, while the registry changes it.
void removeAgent(Core &core, Agent &agent, AgentRemoved::Why why, const std::string &message,
                 std::function<void()> then = {});
/// Calls `act` when no agent other than this one is registered at the address. One that was has
/// been replaced: two processes cannot be at one address, and each would seem alive by the other's
/// pongs.
void whenFree(Core &core, const messages::Pid &at, const std::string &agentId,
              std::function<void()> act);
/// By an operator: the agent must never come back, wherever it is now. `done` comes when that is
/// kept for good.
void markGone(Core &core, const std::string &agentId, std::function<void()> done = {});
/// Whether the registry knows the agent, registered or not, as one that may come back.
bool isKnown(const Core &core, const std::string &agentId);

/// Takes over what was read from the registry: agents that are to come back, agents that are
/// unreachable or gone, roles, maintenance. Nothing is told or decided yet.
void recoverCluster(Core &core);
/// This master leads from now on: agents that do not come back in time are given up, and offers
/// wait for them when there are quotas. Source: Mesos master recovery.
void awaitRecoveredAgents(Core &core);
/// Forgets agents that have been unreachable or gone for too long, here and in the registry.
void pruneAgents(Core &core);

/// The common parts of registration: what the master keeps of an agent.
mesos::v1::AgentInfo agentInfo(const mesos::SlaveInfo &info);
/// Resources as registered, with what was reserved and made into volumes since.
Resources totalResources(const mesos::v1::AgentInfo &info, const Resources &checkpointed);
void addAgentToAllocator(Core &core, const Agent &agent);
Result<> validateVersion(const std::string &version);
/// A fault domain needs one at the master, and may be asked for.
Result<> validateDomain(const Core &core, const mesos::SlaveInfo &slave);

} // namespace meseta::master
