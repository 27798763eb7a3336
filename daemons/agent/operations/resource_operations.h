#pragma once

#include <map>
#include <string>

#include "common/resources/resources.h"
#include "daemons/agent/core/agent_context.h"
#include "daemons/agent/core/agent_state.h"
#include "daemons/agent/sandbox/sandbox_store.h"
#include "mesos/internal/messages.pb.h"
#include "mesos/internal/resource_state.pb.h"

namespace meseta::agent {

/// Reservations and volumes of the agent's own resources: carries out what the master asks for,
/// keeps the outcome for a later agent before anyone is told, and tells the status of each
/// operation again and again until it is acknowledged. Source: Mesos daemon messages
/// (ApplyOperationMessage), operation feedback, reservations, persistent volumes.
class ResourceOperations
{
public:
    ResourceOperations(AgentContext context, const AgentState &state, SandboxStore &store);
    ~ResourceOperations();

    /// Where a later agent finds it, below `<work_dir>/meta`. Source: Mesos work_dir layout.
    static constexpr const char *keptAt = "resources/resources_and_operations.state";

    /// Takes up what an earlier agent kept, whatever its id was. An error when its reservations and
    /// volumes do not fit the resources this agent was started with.
    Result<> recover(const mesos::internal::slave::ResourceState &kept);

    void apply(const mesos::internal::ApplyOperationMessage &message);
    void acknowledged(const mesos::internal::AcknowledgeOperationStatusMessage &message);
    /// Tells of operations that the master asks about and that are not known here.
    void reconcile(const mesos::internal::ReconcileOperationsMessage &message);
    /// The master is there (again): what was not acknowledged is told at once.
    void masterIsBack();

    /// What the master has to know of: dynamic reservations and persistent volumes.
    const Resources &checkpointed() const { return m_checkpointed; }
    const Resources &total() const { return m_total; }
    /// Not yet acknowledged, by uuid.
    const std::map<std::string, mesos::v1::Operation> &operations() const { return m_operations; }

    static constexpr Duration firstRetry = std::chrono::seconds(10);
    static constexpr Duration longestRetry = std::chrono::minutes(10);

private:
    using Message = mesos::internal::ApplyOperationMessage;

    mesos::v1::OperationStatus carryOut(const Message &message);
    void conclude(const std::string &uuid);
    void tell(const std::string &uuid);
    void tellLater(const std::string &uuid);
    void keep(std::function<void()> then);

    AgentContext m_context;
    const AgentState &m_state;
    SandboxStore &m_store;
    Resources m_total; ///< as it was started, with all conversions since
    Resources m_checkpointed;
    std::map<std::string, mesos::v1::Operation> m_operations;
    struct Retry
    {
        Clock::TimerId timer = 0;
        Duration next = firstRetry;
        bool kept = false; ///< may be told
    };
    std::map<std::string, Retry> m_retries; ///< by uuid
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace meseta::agent
