#include "daemons/agent/executors/container_spec.h"

#include "daemons/agent/executors/container_updates.h"
#include "daemons/agent/executors/executor_environment.h"

namespace meseta::agent {

using mesos::v1::CommandInfo;
using mesos::v1::ExecutorInfo;
using mesos::v1::TaskInfo;

namespace {

constexpr double executorCpus = 0.1;
constexpr double executorMemMegabytes = 32;
constexpr double bytesPerMegabyte = 1024.0 * 1024.0;

std::string shortened(const std::string &text)
{
    return text.size() > 15 ? text.substr(0, 12) + "..." : text;
}

/// The command as the executor's name shows it.
std::string commandText(const CommandInfo &command)
{
    if (command.shell())
        return "sh -c '" + shortened(command.value()) + "'";
    std::string text = command.value();
    for (int i = command.arguments().empty() ? 0 : 1; i < command.arguments_size(); ++i)
        text += " " + command.arguments(i);
    return shortened(text);
}

void addScalar(ExecutorInfo &info, const char *name, double value, const mesos::v1::Resource *like)
{
    mesos::v1::Resource *resource = info.add_resources();
    resource->set_name(name);
    resource->set_type(mesos::v1::Value::SCALAR);
    resource->mutable_scalar()->set_value(value);
    if (like && like->has_allocation_info())
        *resource->mutable_allocation_info() = like->allocation_info();
}

void setResources(const Resources &resources, ContainerSpec &spec)
{
    const Resources::Proto list = resources.proto();
    spec.resources.assign(list.begin(), list.end());
    spec.cpus = resources.scalar("cpus");
    spec.memBytes = resources.scalar("mem") * bytesPerMegabyte;
}

ContainerSpec commonSpec(const AgentState &state, const Framework &framework,
                         const Executor &executor)
{
    ContainerSpec spec;
    spec.containerId = executor.containerId;
    spec.sandbox = executor.directory;
    spec.user = executor.user;
    spec.frameworkId = framework.id();
    spec.executorId = executor.id();
    spec.agentId = state.id();
    spec.checkpoint = framework.info.checkpoint();
    return spec;
}

} // namespace

ExecutorInfo makeCommandExecutorInfo(const AgentConfig &config, const std::string &frameworkId,
                                     const TaskInfo &task)
{
    ExecutorInfo info;
    const std::string &taskId = task.task_id().value();
    info.mutable_executor_id()->set_value(taskId);
    info.mutable_framework_id()->set_value(frameworkId);
    const bool docker =
        task.container().type() == mesos::v1::ContainerInfo::DOCKER && task.has_container();
    const std::string program = docker ? "mesos-docker-executor" : "mesos-executor";
    CommandInfo *command = info.mutable_command();
    command->set_shell(false);
    command->set_value(config.launcherDir + "/" + program);
    command->add_arguments(program);
    command->add_arguments("--launcher_dir=" + config.launcherDir);
    if (task.command().has_user())
        command->set_user(task.command().user());
    if (task.has_container())
        *info.mutable_container() = task.container();
    const mesos::v1::Resource *like = task.resources().empty() ? nullptr : &task.resources(0);
    addScalar(info, "cpus", executorCpus, like);
    addScalar(info, "mem", executorMemMegabytes, like);
    info.set_name("Command Executor (Task: " + taskId + ") (Command: " + commandText(task.command())
                  + ")");
    info.set_source(taskId);
    if (task.has_discovery())
        *info.mutable_discovery() = task.discovery();
    if (task.has_labels())
        *info.mutable_labels() = task.labels();
    if (task.kill_policy().has_grace_period()) {
        // The kill's own grace, and a second each to reap and to tell.
        const auto extra = std::chrono::nanoseconds(std::chrono::seconds(2)).count();
        info.mutable_shutdown_grace_period()->set_nanoseconds(
            task.kill_policy().grace_period().nanoseconds() + extra);
    }
    return info;
}

std::string commandUser(const AgentConfig &config, const mesos::v1::FrameworkInfo &framework,
                        const CommandInfo &command)
{
    if (!config.switchUser)
        return {};
    return command.has_user() ? command.user() : framework.user();
}

ContainerSpec executorSpec(const AgentConfig &config, const AgentState &state,
                           const Framework &framework, const Executor &executor)
{
    ContainerSpec spec = commonSpec(state, framework, executor);
    spec.command = executor.info.command();
    if (executor.info.has_container())
        spec.container = executor.info.container();
    spec.environment = executorEnvironment(config, state.id(), framework, executor);
    const ContainerResources resources = containerResources(config, executor);
    spec.resources = resources.requests;
    spec.cpus = resources.cpus;
    spec.memBytes = resources.memBytes;
    spec.cpusLimit = resources.cpusLimit;
    spec.memLimitBytes = resources.memLimitBytes;
    spec.isExecutor = true;
    return spec;
}

ContainerSpec taskSpec(const AgentConfig &config, const AgentState &state,
                       const Framework &framework, const Executor &executor, const TaskInfo &task)
{
    ContainerSpec spec = commonSpec(state, framework, executor);
    spec.command = task.command();
    if (executor.info.has_container()) // the task's, or the agent's default
        spec.container = executor.info.container();
    spec.environment = taskEnvironment(config, state.id(), framework, executor, task);
    Resources resources(task.resources());
    if (!executor.isDocker)
        resources += Resources(executor.info.resources());
    setResources(resources, spec);
    const auto limit = [&task](const char *name) -> std::optional<double> {
        const auto it = task.limits().find(name);
        return it == task.limits().end() ? std::nullopt : std::optional<double>(it->second.value());
    };
    spec.cpusLimit = limit("cpus");
    if (const auto mem = limit("mem"))
        spec.memLimitBytes = *mem * bytesPerMegabyte;
    spec.taskId = task.task_id().value();
    return spec;
}

std::optional<mesos::v1::ContainerInfo> containerOf(const Executor &executor)
{
    if (!executor.info.has_container())
        return std::nullopt;
    return executor.info.container();
}

std::string hostUser(const SandboxStore &sandboxes,
                     const std::optional<mesos::v1::ContainerInfo> &container,
                     const std::string &user)
{
    const bool ofImage = container && container->mesos().has_image();
    return ofImage && !user.empty() && !sandboxes.knowsUser(user) ? std::string() : user;
}

} // namespace meseta::agent
