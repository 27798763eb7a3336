#include "daemons/agent/core/agent_state.h"

#include "common/resources/task_state.h"
#include "daemons/agent/core/agent_config.h"

namespace meseta::agent {

using mesos::v1::AgentInfo;
using mesos::v1::Task;
using mesos::v1::TaskInfo;
using mesos::v1::TaskStatus;

std::vector<AgentInfo::Capability> defaultCapabilities()
{
    using Capability = AgentInfo::Capability;
    std::vector<Capability> all;
    for (auto type : {Capability::MULTI_ROLE, Capability::HIERARCHICAL_ROLE,
                      Capability::RESERVATION_REFINEMENT, Capability::RESOURCE_PROVIDER,
                      Capability::RESIZE_VOLUME, Capability::AGENT_OPERATION_FEEDBACK,
                      Capability::AGENT_DRAINING, Capability::TASK_RESOURCE_LIMITS})
        all.emplace_back().set_type(type);
    return all;
}

AgentInfo agentInfo(const AgentConfig &config)
{
    AgentInfo info;
    info.set_hostname(config.hostname);
    info.set_port(config.self.port);
    *info.mutable_resources() = config.resources.proto();
    info.mutable_attributes()->Assign(config.attributes.begin(), config.attributes.end());
    if (config.domain)
        *info.mutable_domain() = *config.domain;
    return info;
}

Resources Executor::allocated() const
{
    Resources sum(info.resources());
    for (const TaskInfo &task : queued)
        sum += Resources(task.resources());
    for (const auto &[id, task] : launched)
        sum += Resources(task.resources());
    return sum;
}

bool Executor::hasTask(const std::string &taskId) const
{
    const auto isIt = [&taskId](const auto &task) { return task.task_id().value() == taskId; };
    return launched.contains(taskId) || terminated.contains(taskId)
        || std::any_of(queued.begin(), queued.end(), isIt)
        || std::any_of(completed.begin(), completed.end(), isIt);
}

std::vector<std::string> Executor::queuedWith(const std::string &taskId) const
{
    for (const auto &group : queuedGroups) {
        if (std::find(group.begin(), group.end(), taskId) != group.end())
            return group;
    }
    return {taskId};
}

bool Framework::hasCapability(mesos::v1::FrameworkInfo::Capability::Type type) const
{
    return std::any_of(info.capabilities().begin(), info.capabilities().end(),
                       [type](const auto &capability) { return capability.type() == type; });
}

bool Framework::isPartitionAware() const
{
    return hasCapability(mesos::v1::FrameworkInfo::Capability::PARTITION_AWARE);
}

Executor *Framework::executor(const std::string &executorId) const
{
    const auto it = executors.find(executorId);
    return it == executors.end() ? nullptr : it->second.get();
}

Executor *Framework::executorOfTask(const std::string &taskId) const
{
    for (const auto &[id, executor] : executors) {
        if (executor->launched.count(taskId) || executor->terminated.count(taskId))
            return executor.get();
        for (const TaskInfo &task : executor->queued) {
            if (task.task_id().value() == taskId)
                return executor.get();
        }
    }
    return nullptr;
}

Framework *AgentState::framework(const std::string &frameworkId) const
{
    const auto it = frameworks.find(frameworkId);
    return it == frameworks.end() ? nullptr : it->second.get();
}

Executor *AgentState::executor(const std::string &frameworkId, const std::string &executorId) const
{
    const Framework *owner = framework(frameworkId);
    return owner ? owner->executor(executorId) : nullptr;
}

Executor *AgentState::run(const std::string &frameworkId, const std::string &executorId,
                          const std::string &containerId) const
{
    Executor *found = executor(frameworkId, executorId);
    return found && found->containerId == containerId ? found : nullptr;
}

Executor *AgentState::executorByContainer(const std::string &containerId) const
{
    for (const auto &[frameworkId, owner] : frameworks) {
        for (const auto &[id, executor] : owner->executors) {
            if (executor->containerId == containerId)
                return executor.get();
        }
    }
    return nullptr;
}

std::vector<std::string> AgentState::liveContainers() const
{
    std::vector<std::string> ids;
    for (const auto &[frameworkId, owner] : frameworks) {
        for (const auto &[id, executor] : owner->executors) {
            if (executor->state != Executor::State::Terminated)
                ids.push_back(executor->containerId);
        }
    }
    return ids;
}

Resources AgentState::allocated() const
{
    Resources sum;
    for (const auto &[frameworkId, owner] : frameworks) {
        for (const auto &[id, executor] : owner->executors) {
            if (executor->state != Executor::State::Terminated)
                sum += executor->allocated();
        }
    }
    return sum;
}

bool isTerminal(mesos::v1::TaskState state)
{
    return isTerminalState(state);
}

void recordStatus(Task &task, const TaskStatus &status)
{
    if (task.statuses_size() > 0
        && task.statuses(task.statuses_size() - 1).state() == status.state())
        task.mutable_statuses()->RemoveLast();
    TaskStatus *kept = task.add_statuses();
    *kept = status;
    kept->clear_data(); // may be big, and nobody asks the agent for it again
    task.set_state(status.state());
}

Task makeTask(const TaskInfo &info, const std::string &frameworkId)
{
    Task task;
    task.set_name(info.name());
    *task.mutable_task_id() = info.task_id();
    task.mutable_framework_id()->set_value(frameworkId);
    *task.mutable_agent_id() = info.agent_id();
    task.set_state(mesos::v1::TASK_STAGING);
    *task.mutable_resources() = info.resources();
    *task.mutable_limits() = info.limits();
    if (info.has_executor())
        *task.mutable_executor_id() = info.executor().executor_id();
    if (info.has_labels())
        *task.mutable_labels() = info.labels();
    if (info.has_discovery())
        *task.mutable_discovery() = info.discovery();
    if (info.has_container())
        *task.mutable_container() = info.container();
    if (info.has_health_check())
        *task.mutable_health_check() = info.health_check();
    if (info.has_kill_policy())
        *task.mutable_kill_policy() = info.kill_policy();
    if (info.has_command() && info.command().has_user())
        task.set_user(info.command().user());
    else if (info.executor().command().has_user())
        task.set_user(info.executor().command().user());
    return task;
}

} // namespace meseta::agent
