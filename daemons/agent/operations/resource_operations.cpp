#include "daemons/agent/operations/resource_operations.h"

#include "common/base/random.h"
#include "common/resources/conversions.h"
#include "daemons/agent/core/agent_log.h"

namespace meseta::agent {

using namespace mesos::internal;
using Operation = mesos::v1::Offer::Operation;

namespace {

/// What a reserved resource or a volume was made of when the agent was started.
Resources originOf(const mesos::v1::Resource &resource)
{
    Resources origin = Resources(resource).withoutVolumes();
    while (!origin.dynamicallyReserved().empty())
        origin = origin.popReservation();
    return origin;
}

std::vector<Conversion> unallocated(std::vector<Conversion> conversions)
{
    for (Conversion &conversion : conversions) {
        conversion.consumed.unallocate();
        conversion.converted.unallocate();
    }
    return conversions;
}

} // namespace

ResourceOperations::ResourceOperations(AgentContext context, const AgentState &state,
                                       SandboxStore &store)
    : m_context(context), m_state(state), m_store(store), m_total(context.config.resources)
{ }

ResourceOperations::~ResourceOperations()
{
    for (const auto &[uuid, retry] : m_retries)
        m_context.clock.cancel(retry.timer);
}

Result<> ResourceOperations::recover(const slave::ResourceState &kept)
{
    Resources total(m_context.config.resources);
    for (const mesos::v1::Resource &resource : kept.resources()) {
        const Resources origin = originOf(resource);
        if (!total.contains(origin))
            return fail("'" + Resources(resource).text()
                        + "' was reserved or made a volume on this agent, and its resources ("
                        + total.text()
                        + ") do not have it any more; give the agent at least what it had in "
                          "--resources, or unreserve and destroy first");
        total -= origin;
        total += Resources(resource);
    }
    m_total = std::move(total);
    m_checkpointed = m_total.needingCheckpoint();
    for (const mesos::v1::Operation &operation : kept.operations()) {
        m_operations[operation.uuid().value()] = operation;
        m_retries[operation.uuid().value()].kept = true;
    }
    return {};
}

/// Converts the resources; nothing is kept yet. Gives what became of the operation.
mesos::v1::OperationStatus ResourceOperations::carryOut(const Message &message)
{
    mesos::v1::OperationStatus status;
    const auto ended = [&status](mesos::v1::OperationState state, const std::string &why) {
        status.set_state(state);
        status.set_message(why);
        return status;
    };
    const ResourceVersionUUID &version = message.resource_version_uuid();
    if (version.has_resource_provider_id())
        return ended(mesos::v1::OPERATION_DROPPED,
                     "the resource provider " + version.resource_provider_id().value()
                         + " is not on this agent");
    if (version.uuid().value() != m_state.resourceVersion)
        return ended(mesos::v1::OPERATION_DROPPED,
                     "the agent's resources have changed since the operation was planned");
    const Result<std::vector<Conversion>> conversions = conversionsOf(message.operation_info());
    if (!conversions)
        return ended(mesos::v1::OPERATION_ERROR, conversions.error().message);
    Result<Resources> total = converted(m_total, unallocated(*conversions));
    if (!total) {
        qCCritical(agentLog, "cannot carry out %s: %s",
                   Operation::Type_Name(message.operation_info().type()).c_str(),
                   total.error().message.c_str());
        return ended(mesos::v1::OPERATION_FAILED, total.error().message);
    }
    if (message.operation_info().type() == Operation::CREATE) {
        for (const mesos::v1::Resource &volume : message.operation_info().create().volumes()) {
            if (const Result<> made = m_store.makeVolume(volume); !made)
                return ended(mesos::v1::OPERATION_FAILED, made.error().message);
        }
    }
    m_total = std::move(*total);
    m_checkpointed = m_total.needingCheckpoint();
    status.set_state(mesos::v1::OPERATION_FINISHED);
    return status;
}

void ResourceOperations::apply(const Message &message)
{
    const std::string &uuid = message.operation_uuid().value();
    if (m_operations.contains(uuid))
        return;
    mesos::v1::OperationStatus status = carryOut(message);
    status.mutable_uuid()->set_value(m_context.random.uuidBytes());
    *status.mutable_agent_id() = m_state.info.id();
    if (message.operation_info().has_id())
        *status.mutable_operation_id() = message.operation_info().id();
    mesos::v1::Operation &operation = m_operations[uuid];
    if (message.has_framework_id())
        *operation.mutable_framework_id() = message.framework_id();
    *operation.mutable_agent_id() = m_state.info.id();
    *operation.mutable_info() = message.operation_info();
    *operation.mutable_uuid() = message.operation_uuid();
    *operation.mutable_latest_status() = status;
    *operation.add_statuses() = status;
    m_retries[uuid];
    keep([this, uuid] { conclude(uuid); });
}

/// It is kept that the operation was carried out: now the rest may follow.
void ResourceOperations::conclude(const std::string &uuid)
{
    const auto at = m_operations.find(uuid);
    if (at == m_operations.end())
        return;
    const mesos::v1::Operation &operation = at->second;
    if (operation.info().type() == Operation::DESTROY
        && operation.latest_status().state() == mesos::v1::OPERATION_FINISHED) {
        for (const mesos::v1::Resource &volume : operation.info().destroy().volumes())
            m_store.removeVolume(volume);
    }
    m_retries[uuid].kept = true;
    tell(uuid);
}

void ResourceOperations::keep(std::function<void()> then)
{
    slave::ResourceState state;
    for (const auto &[uuid, operation] : m_operations)
        *state.add_operations() = operation;
    *state.mutable_resources() = m_checkpointed.proto();
    CheckpointChange change{CheckpointChange::Kind::Record, keptAt,
                            state.SerializePartialAsString(), true};
    std::vector<CheckpointChange> changes;
    changes.push_back(std::move(change));
    m_context.outbox.persist(
        std::move(changes),
        [this, alive = std::weak_ptr<bool>(m_alive), then](const Result<> &kept) {
            if (alive.expired())
                return;
            if (!kept) // the agent could not say later what it says now
                return m_context.outbox.finish(
                    1, "cannot keep reservations and volumes: " + kept.error().message);
            if (then)
                then();
        });
}

void ResourceOperations::tell(const std::string &uuid)
{
    const auto at = m_operations.find(uuid);
    if (at == m_operations.end() || !m_retries[uuid].kept)
        return;
    if (m_state.lifecycle == AgentState::Lifecycle::Running) {
        const mesos::v1::Operation &operation = at->second;
        UpdateOperationStatusMessage message;
        if (operation.has_framework_id())
            *message.mutable_framework_id() = operation.framework_id();
        *message.mutable_slave_id() = m_state.info.id();
        *message.mutable_status() = operation.latest_status();
        *message.mutable_latest_status() = operation.latest_status();
        *message.mutable_operation_uuid() = operation.uuid();
        m_context.outbox.send(m_context.config.master, message);
    }
    tellLater(uuid);
}

void ResourceOperations::tellLater(const std::string &uuid)
{
    Retry &retry = m_retries[uuid];
    m_context.clock.cancel(retry.timer);
    retry.timer = m_context.clock.after(retry.next, [this, uuid] {
        m_retries[uuid].timer = 0;
        tell(uuid);
    });
    retry.next = std::min(retry.next * 2, longestRetry);
}

void ResourceOperations::masterIsBack()
{
    for (auto &[uuid, retry] : m_retries) {
        retry.next = firstRetry;
        tell(uuid);
    }
}

void ResourceOperations::acknowledged(const AcknowledgeOperationStatusMessage &message)
{
    const std::string &uuid = message.operation_uuid().value();
    const auto at = m_operations.find(uuid);
    if (at == m_operations.end()
        || at->second.latest_status().uuid().value() != message.status_uuid().value())
        return;
    m_context.clock.cancel(m_retries[uuid].timer);
    m_retries.erase(uuid);
    m_operations.erase(at);
    keep({});
}

void ResourceOperations::reconcile(const ReconcileOperationsMessage &message)
{
    for (const auto &asked : message.operations()) {
        if (m_operations.contains(asked.operation_uuid().value()))
            continue;
        UpdateOperationStatusMessage answer;
        if (message.has_framework_id())
            *answer.mutable_framework_id() = message.framework_id();
        *answer.mutable_slave_id() = m_state.info.id();
        *answer.mutable_operation_uuid() = asked.operation_uuid();
        answer.mutable_status()->set_state(mesos::v1::OPERATION_DROPPED);
        if (asked.has_operation_id())
            *answer.mutable_status()->mutable_operation_id() = asked.operation_id();
        *answer.mutable_latest_status() = answer.status();
        m_context.outbox.send(m_context.config.master, answer);
    }
}

} // namespace meseta::agent
