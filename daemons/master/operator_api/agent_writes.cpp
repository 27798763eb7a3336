#include "daemons/master/operator_api/agent_writes.h"

#include "daemons/master/agents/agents.h"
#include "daemons/master/agents/draining.h"
#include "daemons/master/agents/maintenance.h"
#include "daemons/master/core/operations.h"

namespace meseta::master {

using mesos::v1::master::Call;
using Operation = mesos::v1::Offer::Operation;

namespace {

/// What was checked before and is refused by the registry nevertheless went away meanwhile.
Registry::Done answeringWith(const Written &written)
{
    return [written](const Result<> &done) {
        if (done)
            written({});
        else
            written(refused(409, done.error().message));
    };
}

/// Agents in a maintenance schedule are drained by that.
bool isScheduled(const Core &core, const std::string &agentId)
{
    const Agent *agent = core.cluster.agent(agentId);
    return agent && agent->unavailability;
}

bool canDrain(const Core &core, const std::string &agentId)
{
    const Agent *agent = core.cluster.agent(agentId);
    return !agent || agent->capabilities.draining;
}

mesos::v1::DrainConfig configOf(const Call::DrainAgent &call)
{
    mesos::v1::DrainConfig config;
    if (call.has_max_grace_period())
        config.mutable_max_grace_period()->set_nanoseconds(
            call.max_grace_period().seconds() * 1'000'000'000 + call.max_grace_period().nanos());
    config.set_mark_gone(call.mark_gone()); // told in either case, as Mesos does
    return config;
}

Operation operationOf(const Call &call)
{
    Operation operation;
    switch (call.type()) {
    case Call::RESERVE_RESOURCES:
        operation.set_type(Operation::RESERVE);
        *operation.mutable_reserve()->mutable_resources() = call.reserve_resources().resources();
        *operation.mutable_reserve()->mutable_source() = call.reserve_resources().source();
        break;
    case Call::UNRESERVE_RESOURCES:
        operation.set_type(Operation::UNRESERVE);
        *operation.mutable_unreserve()->mutable_resources() =
            call.unreserve_resources().resources();
        break;
    case Call::CREATE_VOLUMES:
        operation.set_type(Operation::CREATE);
        *operation.mutable_create()->mutable_volumes() = call.create_volumes().volumes();
        break;
    case Call::DESTROY_VOLUMES:
        operation.set_type(Operation::DESTROY);
        *operation.mutable_destroy()->mutable_volumes() = call.destroy_volumes().volumes();
        break;
    case Call::GROW_VOLUME:
        operation.set_type(Operation::GROW_VOLUME);
        *operation.mutable_grow_volume()->mutable_volume() = call.grow_volume().volume();
        *operation.mutable_grow_volume()->mutable_addition() = call.grow_volume().addition();
        break;
    default:
        operation.set_type(Operation::SHRINK_VOLUME);
        *operation.mutable_shrink_volume()->mutable_volume() = call.shrink_volume().volume();
        *operation.mutable_shrink_volume()->mutable_subtract() = call.shrink_volume().subtract();
        break;
    }
    return operation;
}

const std::string &agentOf(const Call &call)
{
    switch (call.type()) {
    case Call::RESERVE_RESOURCES:
        return call.reserve_resources().agent_id().value();
    case Call::UNRESERVE_RESOURCES:
        return call.unreserve_resources().agent_id().value();
    case Call::CREATE_VOLUMES:
        return call.create_volumes().agent_id().value();
    case Call::DESTROY_VOLUMES:
        return call.destroy_volumes().agent_id().value();
    case Call::GROW_VOLUME:
        return call.grow_volume().agent_id().value();
    default:
        return call.shrink_volume().agent_id().value();
    }
}

} // namespace

void markAgentGone(Core &core, const Call::MarkAgentGone &call, const Written &written)
{
    const std::string &agentId = call.agent_id().value();
    if (core.cluster.gone.find(agentId))
        return written({});
    if (!isKnown(core, agentId))
        return written(refused(404, "Agent '" + agentId + "' not found"));
    if (core.changingAgents.count(agentId) > 0)
        return written(refused(
            503, "Agent '" + agentId + "' is changing its state just now; try again in a moment"));
    markGone(core, agentId, [written] { written({}); });
}

void drainAgent(Core &core, const Call::DrainAgent &call, const Written &written)
{
    const std::string &agentId = call.agent_id().value();
    if (!isKnown(core, agentId))
        return written(refused(400, "Unknown agent"));
    if (call.max_grace_period().seconds() < 0 || call.max_grace_period().nanos() < 0)
        return written(refused(400, "'max_grace_period' is negative; it must be 0 or more"));
    if (isScheduled(core, agentId))
        return written(refused(400,
                               "Agent '" + agentId
                                   + "' drains by the maintenance schedule it is in; take its "
                                     "machine out of that to drain it here"));
    if (!canDrain(core, agentId))
        return written(
            refused(400,
                    "Agent '" + agentId
                        + "' lacks the capability AGENT_DRAINING; upgrade it, or mark it gone"));
    if (core.changingAgents.count(agentId) > 0)
        return written(refused(409, "The agent is about to be gone for ever"));
    drainAgent(core, agentId, configOf(call), answeringWith(written));
}

void deactivateAgent(Core &core, const Call::DeactivateAgent &call, const Written &written)
{
    const std::string &agentId = call.agent_id().value();
    if (!isKnown(core, agentId))
        return written(refused(400, "Unknown agent"));
    deactivateAgent(core, agentId, answeringWith(written));
}

void reactivateAgent(Core &core, const Call::ReactivateAgent &call, const Written &written)
{
    const std::string &agentId = call.agent_id().value();
    const AgentMarks marks = marksOf(core, agentId);
    if (!marks.deactivated)
        return written(refused(400, "The agent is active already"));
    if (marks.drainInfo && marks.drainInfo->state() == mesos::v1::DRAINING)
        return written(refused(400, "The agent still drains: reactivate it when that is over"));
    reactivateAgent(core, agentId, answeringWith(written));
}

void updateSchedule(Core &core, const Call::UpdateMaintenanceSchedule &call, const Written &written)
{
    if (const auto valid = validateSchedule(core, call.schedule()); !valid)
        return written(refused(400, valid.error().message));
    updateSchedule(core, call.schedule(), answeringWith(written));
}

void startMaintenance(Core &core, const Call::StartMaintenance &call, const Written &written)
{
    if (const auto valid = validateStart(core, call.machines()); !valid)
        return written(refused(400, valid.error().message));
    startMaintenance(core, call.machines(), answeringWith(written));
}

void stopMaintenance(Core &core, const Call::StopMaintenance &call, const Written &written)
{
    if (const auto valid = validateStop(core, call.machines()); !valid)
        return written(refused(400, valid.error().message));
    stopMaintenance(core, call.machines(), answeringWith(written));
}

void changeResources(Core &core, const Call &call, const Written &written)
{
    Agent *agent = core.cluster.agent(agentOf(call));
    if (!agent)
        return written(refused(400, "There is no agent of this id"));
    written(performForOperator(core, *agent, operationOf(call)));
}

} // namespace meseta::master
