#include "daemons/agent/containerizer/plain_launch.h"

#include <unistd.h>

#include "daemons/agent/containerizer/user_lookup.h"

namespace meseta::agent {

using containerizer::LaunchSpec;
using mesos::v1::CommandInfo;
using mesos::v1::ContainerInfo;

namespace {

Result<> addVariables(const CommandInfo &command, std::map<std::string, std::string> &environment)
{
    for (const auto &variable : command.environment().variables()) {
        if (variable.type() == mesos::v1::Environment::Variable::SECRET)
            return fail("the environment variable '" + variable.name()
                        + "' is a SECRET, and this agent has no secret resolver: "
                          "give it a value");
        environment.insert_or_assign(variable.name(), variable.value());
    }
    return {};
}

Result<> addCommand(const CommandInfo &command, LaunchSpec &description)
{
    if (command.shell()) {
        if (!command.has_value())
            return fail("Shell specified but no command value provided: set command.value, or "
                        "command.shell to false");
        description.file = "/bin/sh";
        description.arguments = {"sh", "-c", command.value()};
        return {};
    }
    if (!command.has_value() || command.value().empty())
        return fail("No executable is found: with command.shell=false and no image, command.value "
                    "must name the program");
    description.file = command.value();
    description.arguments.assign(command.arguments().begin(), command.arguments().end());
    return {};
}

Result<> addUser(const std::string &name, LaunchSpec &description)
{
    if (name.empty())
        return {};
    const auto ids = lookUpUser(name);
    if (!ids)
        return fail(ids.error());
    if (isCurrentUser(*ids) && ids->uid != 0)
        return {};
    if (::geteuid() != 0)
        return fail(
            "cannot run as the user '" + name
            + "': the agent does not run as root; start it as root or with --switch_user=false");
    description.switchUser = true;
    description.uid = ids->uid;
    description.gid = ids->gid;
    description.groups = ids->groups;
    return {};
}

Result<LaunchSpec> describe(const ContainerSpec &spec, const CommandInfo &command,
                                   std::map<std::string, std::string> environment,
                                   const SandboxLogLimits &logs)
{
    LaunchSpec description;
    if (auto added = addVariables(command, environment); !added)
        return fail(added.error());
    if (auto added = addCommand(command, description); !added)
        return fail(added.error());
    if (auto added = addUser(spec.user, description); !added)
        return fail(added.error());

    environment.insert_or_assign("MESOS_SANDBOX", spec.sandbox);
    environment.emplace("PATH", defaultPath);
    for (const auto &[name, value] : environment)
        description.environment.push_back(name + "=" + value);
    description.directory = spec.sandbox;
    const auto limits = logs.overriddenBy(spec.command.environment());
    description.maxStdoutBytes = limits.maxStdoutBytes;
    description.maxStderrBytes = limits.maxStderrBytes;
    description.keepLogs = limits.keep;
    return description;
}

} // namespace

std::optional<std::string> unsupportedInPlain(const ContainerInfo &container)
{
    if (container.mesos().has_image())
        return "container.mesos.image: the agent has no image provider; use the Docker "
               "containerizer for images";
    if (container.volumes_size() > 0)
        return "container.volumes: a plain container has no file system of its own; use paths of "
               "the host";
    if (container.has_tty_info())
        return "container.tty_info: a plain container has no terminal";
    if (container.has_hostname())
        return "container.hostname: a plain container shares the hostname of the agent";
    for (const auto &network : container.network_infos()) {
        if (network.has_name())
            return "container.network_infos: no CNI network named '" + network.name()
                + "' is known to this agent";
    }
    return std::nullopt;
}

Result<LaunchSpec> describeLaunch(const ContainerSpec &spec, const SandboxLogLimits &logs)
{
    if (spec.container) {
        if (const auto refusal = unsupportedInPlain(*spec.container))
            return fail("this agent's Mesos containerizer cannot do what the task asks for in "
                        + *refusal);
    }
    return describe(spec, spec.command, spec.environment, logs);
}

Result<LaunchSpec> describeExec(const ContainerSpec &spec, const CommandInfo &command,
                                       const SandboxLogLimits &logs)
{
    auto environment = spec.environment;
    if (auto added = addVariables(spec.command, environment); !added)
        return fail(added.error());
    return describe(spec, command, std::move(environment), logs);
}

} // namespace meseta::agent
