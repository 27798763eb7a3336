#include "common/resources/resources.h"
#include "common/validation/calls.h"
#include "common/validation/ids.h"
#include "mesos/v1/agent/agent.pb.h"

namespace meseta {

using mesos::v1::ContainerID;
using mesos::v1::ContainerInfo;
using mesos::v1::agent::Call;

namespace {

bool isSecondLevel(const ContainerID &id)
{
    return id.has_parent() && id.parent().has_parent();
}

bool refusesSharedCgroups(const ContainerInfo &container)
{
    return container.linux_info().has_share_cgroups() && !container.linux_info().share_cgroups();
}

Result<> validateNestedId(const ContainerID &id, const std::string &call)
{
    if (auto valid = validateContainerId(id, call + ".container_id"); !valid)
        return valid;
    if (!id.has_parent())
        return fail("'" + call + ".container_id.parent' is missing");
    return {};
}

/// What all launches have: `command` and `container`.
template <typename Launch> Result<> validateLaunched(const Launch &launch, const std::string &call)
{
    if (auto valid = validateCommand(launch.command()); !valid)
        return fail(valid.error().within("'" + call + ".command' is invalid"));
    if (!launch.has_container())
        return {};
    if (auto valid = validateContainer(launch.container()); !valid)
        return fail(valid.error().within("'" + call + ".container' is invalid"));
    return {};
}

Result<> refuseOwnCgroups(const std::string &call)
{
    return fail("'" + call
                + ".container.linux_info.share_cgroups' must not be false here: only containers of "
                  "the first "
                  "nested level can have cgroups of their own");
}

Result<> validateNested(const Call::LaunchNestedContainer &launch)
{
    const std::string call = "launch_nested_container";
    if (auto valid = validateNestedId(launch.container_id(), call); !valid)
        return valid;
    if (auto valid = validateLaunched(launch, call); !valid)
        return valid;
    return isSecondLevel(launch.container_id()) && refusesSharedCgroups(launch.container())
        ? refuseOwnCgroups(call)
        : Result<>();
}

Result<> validateSession(const Call::LaunchNestedContainerSession &launch)
{
    const std::string call = "launch_nested_container_session";
    if (auto valid = validateNestedId(launch.container_id(), call); !valid)
        return valid;
    if (auto valid = validateLaunched(launch, call); !valid)
        return valid;
    return refusesSharedCgroups(launch.container()) ? refuseOwnCgroups(call) : Result<>();
}

Result<> validateStandaloneResources(const Resources &resources)
{
    if (!resources.reserved().empty())
        return fail("'launch_container.resources' hold a reservation: a container without a parent "
                    "takes unreserved ones");
    if (!resources.persistentVolumes().empty())
        return fail("'launch_container.resources' hold a persistent volume: a container without a "
                    "parent takes none");
    if (!resources.revocable().empty())
        return fail("'launch_container.resources' are revocable: a container without a parent "
                    "takes others");
    return {};
}

Result<> validateSecondLevel(const Call::LaunchContainer &launch)
{
    if (launch.resources_size() > 0)
        return fail("'launch_container.resources' are only for containers one level below their "
                    "executor: leave it out");
    if (launch.limits_size() > 0)
        return fail("'launch_container.limits' are only for containers one level below their "
                    "executor: leave it out");
    return refusesSharedCgroups(launch.container()) ? refuseOwnCgroups("launch_container")
                                                    : Result<>();
}

Result<> validateLaunch(const Call::LaunchContainer &launch)
{
    if (auto valid = validateContainerId(launch.container_id(), "launch_container.container_id");
        !valid)
        return valid;
    if (auto valid = Resources::validate(launch.resources()); !valid)
        return fail(valid.error().within("'launch_container.resources'"));
    if (auto valid = validateGpus(launch.resources()); !valid)
        return fail(valid.error().within("'launch_container.resources'"));
    const bool isNested = launch.container_id().has_parent();
    if (auto valid = isNested ? Result<>() : validateStandaloneResources(launch.resources());
        !valid)
        return valid;
    if (auto valid = validateLaunched(launch, "launch_container"); !valid)
        return valid;
    if (isSecondLevel(launch.container_id()))
        return validateSecondLevel(launch);
    if (!isNested && launch.container().linux_info().has_share_cgroups()
        && launch.container().linux_info().share_cgroups())
        return fail("'launch_container.container.linux_info.share_cgroups' is true, but there is "
                    "no parent to share with");
    return {};
}

Result<> validateAttachInput(const Call::AttachContainerInput &input)
{
    if (!input.has_type())
        return fail("'attach_container_input.type' is missing");
    if (input.type() == Call::AttachContainerInput::UNKNOWN)
        return fail("'attach_container_input.type' must be CONTAINER_ID or PROCESS_IO");
    if (input.type() == Call::AttachContainerInput::CONTAINER_ID)
        return validateContainerId(input.container_id(), "attach_container_input.container_id");
    return {};
}

Result<> requireNoProviderId(bool hasId, const std::string &call)
{
    if (!hasId)
        return {};
    return fail("'" + call
                + ".info.id' is set: leave it out, the agent gives resource providers their ids");
}

bool needsNoMember(Call::Type type)
{
    return type == Call::PRUNE_IMAGES
        || (type != Call::GET_METRICS && Call::Type_Name(type).starts_with("GET_"));
}

} // namespace

Result<> validateAgentCall(const Call &call)
{
    if (!call.has_type())
        return fail("'type' is missing");
    if (needsNoMember(call.type()))
        return {};
    if (auto valid = requireMember(call, Call::Type_Name(call.type())); !valid)
        return valid;
    switch (call.type()) {
    case Call::LAUNCH_NESTED_CONTAINER:
        return validateNested(call.launch_nested_container());
    case Call::WAIT_NESTED_CONTAINER:
        return validateNestedId(call.wait_nested_container().container_id(),
                                "wait_nested_container");
    case Call::KILL_NESTED_CONTAINER:
        return validateNestedId(call.kill_nested_container().container_id(),
                                "kill_nested_container");
    case Call::REMOVE_NESTED_CONTAINER:
        return validateNestedId(call.remove_nested_container().container_id(),
                                "remove_nested_container");
    case Call::LAUNCH_NESTED_CONTAINER_SESSION:
        return validateSession(call.launch_nested_container_session());
    case Call::ATTACH_CONTAINER_INPUT:
        return validateAttachInput(call.attach_container_input());
    case Call::ATTACH_CONTAINER_OUTPUT:
        return validateContainerId(call.attach_container_output().container_id(),
                                   "attach_container_output.container_id");
    case Call::LAUNCH_CONTAINER:
        return validateLaunch(call.launch_container());
    case Call::WAIT_CONTAINER:
        return validateContainerId(call.wait_container().container_id(),
                                   "wait_container.container_id");
    case Call::KILL_CONTAINER:
        return validateContainerId(call.kill_container().container_id(),
                                   "kill_container.container_id");
    case Call::REMOVE_CONTAINER:
        return validateContainerId(call.remove_container().container_id(),
                                   "remove_container.container_id");
    case Call::ADD_RESOURCE_PROVIDER_CONFIG:
        return requireNoProviderId(call.add_resource_provider_config().info().has_id(),
                                   "add_resource_provider_config");
    case Call::UPDATE_RESOURCE_PROVIDER_CONFIG:
        return requireNoProviderId(call.update_resource_provider_config().info().has_id(),
                                   "update_resource_provider_config");
    default:
        return {};
    }
}

} // namespace meseta
