#include "daemons/agent/executors/executor_environment.h"

#include "common/base/duration_text.h"

namespace meseta::agent {

namespace {

const char *defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

} // namespace

std::string allocationRole(const mesos::v1::TaskInfo &task)
{
    for (const auto &resource : task.resources()) {
        if (resource.has_allocation_info())
            return resource.allocation_info().role();
    }
    return "*";
}

Duration shutdownGrace(const AgentConfig &config, const mesos::v1::ExecutorInfo &executor)
{
    return executor.has_shutdown_grace_period()
        ? Duration(executor.shutdown_grace_period().nanoseconds())
        : config.executorShutdownGracePeriod;
}

void addVariables(const mesos::v1::Environment &variables, Environment &environment)
{
    for (const auto &variable : variables.variables()) {
        if (variable.has_value())
            environment[variable.name()] = variable.value();
        else if (variable.has_secret() && variable.secret().has_value())
            environment[variable.name()] = variable.secret().value().data();
    }
}

Environment executorEnvironment(const AgentConfig &config, const std::string &agentId,
                                const Framework &framework, const Executor &executor)
{
    Environment environment;
    if (config.executorEnvironment)
        environment = *config.executorEnvironment;
    environment.emplace("PATH", defaultPath);
    if (!config.nativeLibrary.empty()) {
        environment["MESOS_NATIVE_JAVA_LIBRARY"] = config.nativeLibrary;
        environment["MESOS_NATIVE_LIBRARY"] = config.nativeLibrary;
    }
    environment["LIBPROCESS_PORT"] = "0";
    environment["LIBPROCESS_IP"] = config.self.ip;
    environment["MESOS_FRAMEWORK_ID"] = framework.id();
    environment["MESOS_EXECUTOR_ID"] = executor.id();
    environment["MESOS_DIRECTORY"] = executor.directory;
    environment["MESOS_SLAVE_ID"] = agentId;
    environment["MESOS_SLAVE_PID"] = config.self.text();
    environment["MESOS_AGENT_ENDPOINT"] = config.self.address();
    environment["MESOS_HTTP_COMMAND_EXECUTOR"] = "0";
    environment["MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD"] =
        durationText(shutdownGrace(config, executor.info));
    environment["MESOS_CHECKPOINT"] = framework.info.checkpoint() ? "1" : "0";
    if (framework.info.checkpoint()) {
        environment["MESOS_RECOVERY_TIMEOUT"] = durationText(config.recoveryTimeout);
        environment["MESOS_SUBSCRIPTION_BACKOFF_MAX"] =
            durationText(config.executorReregistrationTimeout);
    }
    if (!executor.isCommand)
        addVariables(executor.info.command().environment(), environment);
    return environment;
}

Environment taskEnvironment(const AgentConfig &config, const std::string &agentId,
                            const Framework &framework, const Executor &executor,
                            const mesos::v1::TaskInfo &task)
{
    Environment environment;
    if (!executor.isDocker)
        environment = executorEnvironment(config, agentId, framework, executor);
    addVariables(task.command().environment(), environment);
    environment["MESOS_ALLOCATION_ROLE"] = allocationRole(task);
    return environment;
}

} // namespace meseta::agent
