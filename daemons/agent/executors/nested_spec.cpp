#include "daemons/agent/executors/nested_spec.h"

#include "daemons/agent/executors/executor_environment.h"

namespace meseta::agent {

namespace {

constexpr double bytesPerMegabyte = 1024.0 * 1024.0;

} // namespace

ContainerSpec nestedSpec(const AgentState &state, const Executor &executor,
                         const mesos::v1::CommandInfo &command)
{
    ContainerSpec spec;
    spec.command = command;
    spec.user = command.has_user() && !executor.user.empty() ? command.user() : executor.user;
    spec.frameworkId = executor.frameworkId;
    spec.executorId = executor.id();
    spec.agentId = state.id();
    return spec;
}

ContainerSpec groupTaskSpec(const AgentConfig &config, const AgentState &state,
                            const Framework &framework, const Executor &executor,
                            const mesos::v1::TaskInfo &task)
{
    ContainerSpec spec = nestedSpec(state, executor, task.command());
    spec.checkpoint = framework.info.checkpoint();
    if (task.has_container())
        spec.container = task.container();
    spec.taskId = task.task_id().value();
    addVariables(task.command().environment(), spec.environment);
    spec.environment["MESOS_ALLOCATION_ROLE"] = allocationRole(task);
    spec.environment["MESOS_CONTAINER_IP"] = config.self.ip;
    const Resources resources(task.resources());
    const Resources::Proto list = resources.proto();
    spec.resources.assign(list.begin(), list.end());
    spec.cpus = resources.scalar("cpus");
    spec.memBytes = resources.scalar("mem") * bytesPerMegabyte;
    if (const auto cpus = task.limits().find("cpus"); cpus != task.limits().end())
        spec.cpusLimit = cpus->second.value();
    if (const auto mem = task.limits().find("mem"); mem != task.limits().end())
        spec.memLimitBytes = mem->second.value() * bytesPerMegabyte;
    return spec;
}

} // namespace meseta::agent
