#include "daemons/master/core/stake.h"

#include "daemons/master/cluster/wire.h"

namespace meseta::master {

namespace {
using Proto = google::protobuf::RepeatedPtrField<mesos::v1::Resource>;

bool isPreRefinement(const mesos::v1::Resource &resource)
{
    return resource.has_role() || resource.has_reservation();
}

void toPostRefinement(mesos::v1::Resource &resource)
{
    if (resource.role() == "*" && !resource.has_reservation())
        return resource.clear_role();
    const Resources refined(resource);
    if (const Proto proto = refined.proto(); proto.size() == 1)
        resource = proto.Get(0);
}

// Field numbers of mesos.internal.RunTaskMessage.
constexpr int FrameworkField = 2;
constexpr int PidField = 3;
constexpr int TaskField = 4;
constexpr int ResourceVersionsField = 5;
constexpr int LaunchExecutorField = 6;

/// Framework and resource versions go in as bytes that are kept; only the task is serialized.
void sendRunTask(Core &core, const Stake &stake, mesos::v1::TaskInfo &task, bool launchExecutor)
{
    const Agent &agent = stake.agent;
    if (!agent.capabilities.multiRole || !agent.capabilities.reservationRefinement) {
        adaptToAgent(agent, *task.mutable_resources());
        if (task.has_executor())
            adaptToAgent(agent, *task.mutable_executor()->mutable_resources());
    }
    std::string body;
    body.reserve(stake.framework.infoBytes.size() + task.ByteSizeLong() + 96);
    wire::appendBytes(FrameworkField, stake.framework.infoBytes, body);
    wire::appendBytes(
        PidField, stake.framework.pid.isEmpty() ? "@0.0.0.0:0" : stake.framework.pid.text(), body);
    wire::appendMessage(TaskField, task, body);
    appendResourceVersions(agent, ResourceVersionsField, body);
    wire::appendNumber(LaunchExecutorField, launchExecutor ? 1 : 0, body);
    core.outbox.send("master", agent.pid, "mesos.internal.RunTaskMessage", std::move(body));
}

void launchTask(Core &core, Stake &stake, mesos::v1::TaskInfo &task)
{
    const bool launchExecutor =
        !task.has_executor() || ensureExecutor(core, stake, task.executor());
    startTask(core, stake, task);
    sendRunTask(core, stake, task, launchExecutor);
}
} // namespace

void prepareResources(Proto &resources, const std::string &role)
{
    for (mesos::v1::Resource &resource : resources) {
        if (isPreRefinement(resource))
            toPostRefinement(resource);
        if (!resource.has_allocation_info())
            resource.mutable_allocation_info()->set_role(role);
    }
}

void prepareTask(mesos::v1::TaskInfo &task, const Stake &stake)
{
    prepareResources(*task.mutable_resources(), stake.role);
    if (task.has_executor()) {
        mesos::v1::ExecutorInfo &executor = *task.mutable_executor();
        prepareResources(*executor.mutable_resources(), stake.role);
        if (!executor.has_framework_id())
            executor.mutable_framework_id()->set_value(stake.framework.id);
    }
    if (task.has_health_check() && !task.health_check().has_type()) {
        mesos::v1::HealthCheck &check = *task.mutable_health_check();
        if (check.has_command() && !check.has_http())
            check.set_type(mesos::v1::HealthCheck::COMMAND);
        else if (check.has_http() && !check.has_command())
            check.set_type(mesos::v1::HealthCheck::HTTP);
    }
}

TaskContext taskContext(const Stake &stake)
{
    const Framework *framework = &stake.framework;
    const Agent *agent = &stake.agent;
    TaskContext context{stake.framework.info,
                        stake.agent.info,
                        AgentCapabilities::names(agent->capabilityList),
                        {},
                        {},
                        {},
                        {}};
    context.isActiveTask = [framework](const std::string &id) {
        return framework->tasks.contains(id);
    };
    context.isUnreachableTask = [framework](const std::string &id) {
        return framework->unreachableTasks.find(id) != nullptr;
    };
    const auto parsed = std::make_shared<std::map<std::string, mesos::v1::ExecutorInfo>>();
    context.runningExecutor = [framework, agent,
                               parsed](const std::string &id) -> const mesos::v1::ExecutorInfo * {
        if (!agent->hasExecutor(framework->id, id))
            return nullptr;
        const auto [at, isNew] = parsed->try_emplace(id);
        if (isNew)
            at->second = agent->executors.at(framework->id).at(id).toProto();
        return &at->second;
    };
    return context;
}

bool ensureExecutor(Core &core, Stake &stake, const mesos::v1::ExecutorInfo &executor)
{
    if (stake.agent.hasExecutor(stake.framework.id, executor.executor_id().value()))
        return false;
    core.cluster.addExecutor(stake.framework, stake.agent, executor);
    stake.offered -= Resources(executor.resources());
    return true;
}

void startTask(Core &core, Stake &stake, const mesos::v1::TaskInfo &task)
{
    const Task &added = core.cluster.addTask(stake.framework, stake.agent,
                                             std::make_unique<Task>(task, stake.framework.id));
    stake.offered -= Resources(task.resources());
    core.events.publish(TaskAdded{&added});
}

void adaptToAgent(const Agent &agent, Proto &resources)
{
    Resources adapted(resources);
    if (!agent.capabilities.multiRole)
        adapted.unallocate();
    resources =
        agent.capabilities.reservationRefinement ? adapted.proto() : adapted.preRefinement();
}

void appendResourceVersions(const Agent &agent, int field, std::string &out)
{
    mesos::internal::ResourceVersionUUID version;
    if (!agent.resourceVersion.empty()) {
        version.mutable_uuid()->set_value(agent.resourceVersion);
        wire::appendMessage(field, version, out);
    }
    for (const auto &[id, provider] : agent.providers) {
        version.mutable_resource_provider_id()->set_value(id);
        version.mutable_uuid()->set_value(provider.resourceVersion);
        wire::appendMessage(field, version, out);
    }
}

void launchTasks(Core &core, Stake &stake, mesos::v1::Offer::Operation::Launch &launch)
{
    TaskContext context = taskContext(stake);
    for (mesos::v1::TaskInfo &task : *launch.mutable_task_infos()) {
        prepareTask(task, stake);
        context.offered = std::move(stake.offered);
        const Result<> valid = validateTask(task, context);
        stake.offered = std::move(context.offered);
        if (valid)
            launchTask(core, stake, task);
        else
            failLaunch(core, stake.framework, task,
                       {{},
                        mesos::v1::TASK_ERROR,
                        valid.error().message,
                        mesos::v1::TaskStatus::REASON_TASK_INVALID,
                        {},
                        {},
                        {}});
    }
}

} // namespace meseta::master
