#include "daemons/master/core/operations.h"

#include <algorithm>
#include <cctype>
#include <cstring>

#include "common/base/random.h"
#include "common/resources/conversions.h"
#include "daemons/master/core/offers.h"
#include "daemons/master/core/operation_parts.h"
#include "daemons/master/core/status_updates.h"

namespace meseta::master {

namespace {

using Operation = mesos::v1::Offer::Operation;

OperationContext contextOf(const Agent &agent, const Framework *framework)
{
    OperationContext context;
    if (framework) {
        context.framework = &framework->info;
        if (framework->info.has_principal())
            context.principal = framework->info.principal();
    }
    context.agentCapabilities = AgentCapabilities::names(agent.capabilityList);
    context.checkpointed = agent.checkpointed;
    context.used = agent.totalUsed();
    return context;
}

bool isOfProvider(const ResourceEntry &entry)
{
    mesos::v1::Resource resource;
    entry.write(resource);
    return resource.has_provider_id();
}

/// What the agent has changed shape.
void changeTotal(Agent &agent, const Resources &from, const Resources &to)
{
    agent.total -= from.unallocated().withoutSharedCopies();
    agent.total += to.unallocated().withoutSharedCopies();
    agent.checkpointed =
        agent.total.filtered([](const ResourceEntry &entry) { return !isOfProvider(entry); })
            .needingCheckpoint();
}

void tellOldAgent(Core &core, const Agent &agent)
{
    mesos::internal::CheckpointResourcesMessage message;
    *message.mutable_resources() = agent.capabilities.reservationRefinement
        ? agent.checkpointed.proto()
        : agent.checkpointed.preRefinement();
    core.send(agent.pid, message);
}

/// The provider whose resources an operation is about; empty for the agent's own.
std::string providerOf(Operation operation)
{
    std::string id;
    changeResources(operation, [&id](Resources::Proto &list) {
        if (id.empty() && !list.empty())
            id = list.Get(0).provider_id().value();
    });
    return id;
}

void send(Core &core, Agent &agent, const Framework *framework, const Operation &operation,
          Resources held)
{
    if (!agent.capabilities.resourceProvider)
        return tellOldAgent(core, agent);
    const std::string uuid = core.random.uuidBytes();
    AgentOperation &kept = agent.operations[uuid];
    kept.held = std::move(held);
    if (framework)
        kept.proto.mutable_framework_id()->set_value(framework->id);
    kept.proto.mutable_agent_id()->set_value(agent.id);
    *kept.proto.mutable_info() = operation;
    kept.proto.mutable_uuid()->set_value(uuid);
    kept.proto.mutable_latest_status()->set_state(mesos::v1::OPERATION_PENDING);
    if (operation.has_id())
        *kept.proto.mutable_latest_status()->mutable_operation_id() = operation.id();

    mesos::internal::ApplyOperationMessage message;
    if (framework)
        message.mutable_framework_id()->set_value(framework->id);
    *message.mutable_operation_info() = operation;
    message.mutable_operation_uuid()->set_value(uuid);
    const std::string provider = providerOf(operation);
    if (const auto at = agent.providers.find(provider); at != agent.providers.end()) {
        message.mutable_resource_version_uuid()->mutable_resource_provider_id()->set_value(
            provider);
        message.mutable_resource_version_uuid()->mutable_uuid()->set_value(
            at->second.resourceVersion);
    } else {
        message.mutable_resource_version_uuid()->mutable_uuid()->set_value(agent.resourceVersion);
    }
    core.send(agent.pid, message);
    core.events.publish(AgentChanged{&agent});
}

/// Offers of a shared volume that goes are taken back.
void rescindOffersWith(Core &core, Agent &agent, const Resources &volumes)
{
    const OfferSet offers = agent.offers;
    for (Offer *offer : offers) {
        for (const ResourceEntry &volume : volumes.entries()) {
            Resources one;
            one.add(volume);
            if (!offer->resources.unallocated().contains(one))
                continue;
            rescindOffer(core, *offer);
            break;
        }
    }
}

Result<> performSpeculative(Core &core, Stake &stake, const Operation &operation)
{
    const Result<std::vector<Conversion>> conversions = conversionsOf(operation);
    if (!conversions)
        return fail(conversions.error());
    Result<Resources> after = converted(stake.offered, *conversions);
    if (!after)
        return fail(after.error().within("the accepted offers"));
    if (operation.type() == Operation::DESTROY)
        rescindOffersWith(core, stake.agent,
                          Resources(operation.destroy().volumes()).unallocated().shared());
    stake.offered = std::move(*after);
    for (const Conversion &conversion : *conversions) {
        core.allocator->transform(stake.framework.id, stake.agent.id, conversion.consumed,
                                  conversion.converted);
        changeTotal(stake.agent, conversion.consumed, conversion.converted);
        stake.produced -= conversion.consumed;
        stake.produced += conversion.converted;
    }
    send(core, stake.agent, &stake.framework, operation, {});
    return {};
}

/// What an operation takes whose outcome the agent tells.
Result<Resources> consumedBy(const Operation &operation)
{
    if (operation.type() == Operation::CREATE_DISK)
        return Resources(operation.create_disk().source());
    if (operation.type() == Operation::DESTROY_DISK)
        return Resources(operation.destroy_disk().source());
    const Result<std::vector<Conversion>> conversions = conversionsOf(operation);
    if (!conversions)
        return fail(conversions.error());
    return conversions->front().consumed;
}

Result<> performAwaited(Core &core, Stake &stake, const Operation &operation)
{
    const Result<Resources> consumed = consumedBy(operation);
    if (!consumed)
        return fail(consumed.error());
    if (!stake.offered.contains(*consumed))
        return fail("the accepted offers have '" + stake.offered.text()
                    + "', which does not contain '" + consumed->text() + "'");
    if (!stake.agent.capabilities.resourceProvider)
        return fail("the agent lacks the capability RESOURCE_PROVIDER");
    stake.offered -= *consumed;
    stake.produced -= *consumed;
    core.cluster.holdFor(stake.framework.id, stake.agent, *consumed);
    send(core, stake.agent, &stake.framework, operation, *consumed);
    return {};
}

/// What an operation that went well turned its resources into.
Resources outcomeOf(const AgentOperation &operation)
{
    const mesos::v1::OperationStatus &status = operation.proto.latest_status();
    if (status.converted_resources_size() == 0) {
        const auto conversions = conversionsOf(operation.proto.info());
        return conversions ? conversions->front().converted : operation.held;
    }
    Resources made = Resources(status.converted_resources()).unallocated();
    const auto byRole = operation.held.byAllocationRole();
    if (!byRole.empty())
        made.allocate(byRole.begin()->first);
    return made;
}

/// The framework is gone: what the operation took is free, or held by others by now.
void settleWithoutFramework(Core &core, Agent &agent, const Resources &from, const Resources &to)
{
    rescindOffersOf(core, agent);
    if (const auto changed =
            core.allocator->transformAvailable(agent.id, from.unallocated(), to.unallocated());
        !changed)
        qWarning("An operation on agent %s changed what is used by now: %s", agent.id.c_str(),
                 changed.error().message.c_str());
    else
        changeTotal(agent, from, to);
}

} // namespace

Result<> performOperation(Core &core, Stake &stake, Operation &operation)
{
    changeResources(operation,
                    [&stake](Resources::Proto &list) { prepareResources(list, stake.role); });
    const OperationContext context = contextOf(stake.agent, &stake.framework);
    Result<> valid = validateOperation(operation, context);
    if (valid)
        valid = validateOperationFeedback(operation, stake.framework.pid.isEmpty(),
                                          context.agentCapabilities);
    if (!valid)
        return valid;
    return isSpeculative(operation.type()) ? performSpeculative(core, stake, operation)
                                           : performAwaited(core, stake, operation);
}

tl::expected<void, Refusal> performForOperator(Core &core, Agent &agent, Operation operation)
{
    const auto refuse = [](int status, const std::string &text) {
        return tl::unexpected<Refusal>(Refusal{status, text});
    };
    const std::string invalid = "Invalid " + Operation::Type_Name(operation.type())
        + " operation on agent " + agent.id + " (" + agent.info.hostname() + "): ";
    Result<> valid = validateOperationForm(operation);
    if (valid) {
        changeResources(operation, [](Resources::Proto &list) { list = Resources(list).proto(); });
        valid = validateOperation(operation, contextOf(agent, nullptr));
    }
    if (!valid)
        return refuse(400, invalid + valid.error().message);
    const Result<std::vector<Conversion>> conversions = conversionsOf(operation);
    if (!conversions)
        return refuse(400, invalid + conversions.error().message);
    if (const auto possible = converted(agent.total.unallocated(), *conversions); !possible)
        return refuse(409, possible.error().within("agent " + agent.id).message);
    constexpr Duration refusal = std::chrono::seconds(5); // the default filter
    for (const Conversion &conversion : *conversions) {
        Result<> changed =
            core.allocator->transformAvailable(agent.id, conversion.consumed, conversion.converted);
        while (!changed && !agent.offers.empty()) {
            rescindOffer(core, **agent.offers.begin(), OfferRemoved::Why::Rescinded, refusal);
            changed = core.allocator->transformAvailable(agent.id, conversion.consumed,
                                                         conversion.converted);
        }
        if (!changed)
            return refuse(409, changed.error().message);
        changeTotal(agent, conversion.consumed, conversion.converted);
    }
    send(core, agent, nullptr, operation, {});
    core.events.publish(AgentChanged{&agent});
    return {};
}

void settleOperation(Core &core, Agent &agent, AgentOperation &operation)
{
    if (operation.held.empty())
        return;
    const Resources held = std::exchange(operation.held, {});
    const bool finished = operation.proto.latest_status().state() == mesos::v1::OPERATION_FINISHED;
    AgentOperation before = operation;
    before.held = held;
    const Resources outcome = finished ? outcomeOf(before) : held;
    const std::string frameworkId = operation.frameworkId();
    if (!core.cluster.framework(frameworkId)) {
        if (finished)
            settleWithoutFramework(core, agent, held, outcome);
        return;
    }
    core.cluster.letGo(frameworkId, agent, held);
    if (finished) {
        core.allocator->transform(frameworkId, agent.id, held, outcome);
        changeTotal(agent, held, outcome);
    }
    core.allocator->recover(frameworkId, agent.id, outcome, std::nullopt);
}

void sendAcknowledgement(Core &core, const Agent &agent, const AgentOperation &operation,
                         const std::string &statusUuid)
{
    mesos::internal::AcknowledgeOperationStatusMessage message;
    message.mutable_status_uuid()->set_value(statusUuid);
    *message.mutable_operation_uuid() = operation.proto.uuid();
    if (const std::string provider = providerOf(operation.proto.info()); !provider.empty())
        message.mutable_resource_provider_id()->set_value(provider);
    core.send(agent.pid, message);
}

void acknowledgeOperation(Core &core, Framework &framework,
                          const mesos::v1::scheduler::Call::AcknowledgeOperationStatus &call)
{
    core.figures.count("messages_operation_status_update_acknowledgement");
    Agent *agent = core.cluster.agent(call.agent_id().value());
    const auto drop = [&](const char *why) {
        core.figures.count("invalid_operation_status_update_acknowledgements");
        qWarning("Dropping an acknowledgement for operation '%s' of framework %s: %s",
                 call.operation_id().value().c_str(), framework.id.c_str(), why);
    };
    if (!agent || !agent->connected)
        return drop("its agent is not connected");
    const auto at =
        std::find_if(agent->operations.begin(), agent->operations.end(), [&](const auto &entry) {
            return entry.second.frameworkId() == framework.id
                && entry.second.proto.info().id().value() == call.operation_id().value();
        });
    if (at == agent->operations.end())
        return drop("it is not known");
    core.figures.count("valid_operation_status_update_acknowledgements");
    sendAcknowledgement(core, *agent, at->second, call.uuid());
    const mesos::v1::OperationStatus &latest = at->second.proto.latest_status();
    if (isTerminal(latest.state()) && latest.uuid().value() == call.uuid()) {
        agent->operations.erase(at);
        core.events.publish(AgentChanged{agent});
        agentGotQuiet(core, agent->id);
    }
}

void countOperation(Figures &figures, Operation::Type type, mesos::v1::OperationState state)
{
    const auto lower = [](std::string name) {
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        return name;
    };
    const std::string outcome =
        lower(mesos::v1::OperationState_Name(state)).substr(std::strlen("operation_"));
    figures.count("operations/" + outcome);
    figures.count("operations/" + lower(Operation::Type_Name(type)) + "/" + outcome);
}

void abandonOperationsOf(Core &core, Framework &framework)
{
    for (const auto &[agentId, agent] : core.cluster.agents()) {
        for (auto &[uuid, operation] : agent->operations) {
            if (operation.frameworkId() != framework.id)
                continue;
            core.cluster.letGo(framework.id, *agent, operation.held);
            core.allocator->recover(framework.id, agentId, operation.held, std::nullopt);
            operation.proto.clear_framework_id();
        }
    }
}

void endOperations(Core &core, Agent &agent, AgentRemoved::Why why)
{
    const auto state = why == AgentRemoved::Why::Unreachable
        ? mesos::v1::OPERATION_UNREACHABLE
        : mesos::v1::OPERATION_GONE_BY_OPERATOR;
    for (const auto &[uuid, operation] : agent.operations) {
        countOperation(core.figures, operation.proto.info().type(), state);
        Framework *framework = core.cluster.framework(operation.frameworkId());
        if (!framework)
            continue;
        core.cluster.letGo(framework->id, agent, operation.held);
        core.allocator->recover(framework->id, agent.id, operation.held, std::nullopt);
        if (!operation.wantsFeedback())
            continue;
        mesos::v1::OperationStatus status;
        *status.mutable_operation_id() = operation.proto.info().id();
        status.mutable_agent_id()->set_value(agent.id);
        status.set_state(state);
        core.sink(*framework).operation(*framework, status);
    }
    agent.operations.clear();
}

} // namespace meseta::master
