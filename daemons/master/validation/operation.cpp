#include "daemons/master/validation/operation.h"

#include "daemons/master/validation/resource_rules.h"

namespace meseta::master {

using Operation = mesos::v1::Offer_Operation;

namespace operations {

Result<> validateForAgent(const mesos::v1::Resource &resource,
                          const std::set<std::string> &agentCapabilities)
{
    const std::string role = rules::reservationRole(resource);
    if (role.find('/') != std::string::npos && !agentCapabilities.contains("HIERARCHICAL_ROLE"))
        return fail("'" + rules::text(resource) + "' is for the hierarchical role '" + role
                    + "', but the agent lacks the capability HIERARCHICAL_ROLE");
    if (rules::isRefined(resource) && !agentCapabilities.contains("RESERVATION_REFINEMENT"))
        return fail(
            "'" + rules::text(resource)
            + "' refines a reservation, but the agent lacks the capability RESERVATION_REFINEMENT");
    return {};
}

} // namespace operations

namespace {

/// Whether the resources of an operation are a resource provider's.
bool isOnProvider(const Operation &operation)
{
    const auto first = [](const Resources::Proto &resources) {
        return !resources.empty() && resources.Get(0).has_provider_id();
    };
    switch (operation.type()) {
    case Operation::RESERVE:
        return first(operation.reserve().resources());
    case Operation::UNRESERVE:
        return first(operation.unreserve().resources());
    case Operation::CREATE:
        return first(operation.create().volumes());
    case Operation::DESTROY:
        return first(operation.destroy().volumes());
    case Operation::GROW_VOLUME:
        return operation.grow_volume().volume().has_provider_id();
    case Operation::SHRINK_VOLUME:
        return operation.shrink_volume().volume().has_provider_id();
    case Operation::CREATE_DISK:
        return operation.create_disk().source().has_provider_id();
    case Operation::DESTROY_DISK:
        return operation.destroy_disk().source().has_provider_id();
    default:
        return false;
    }
}

} // namespace

Result<> validateOperation(const Operation &operation, const OperationContext &context)
{
    switch (operation.type()) {
    case Operation::RESERVE:
        return operations::validateReserve(operation.reserve(), context);
    case Operation::UNRESERVE:
        return operations::validateUnreserve(operation.unreserve());
    case Operation::CREATE:
        return operations::validateCreate(operation.create(), context);
    case Operation::DESTROY:
        return operations::validateDestroy(operation.destroy(), context);
    case Operation::GROW_VOLUME:
        return operations::validateGrow(operation.grow_volume(), context);
    case Operation::SHRINK_VOLUME:
        return operations::validateShrink(operation.shrink_volume(), context);
    case Operation::CREATE_DISK:
        return operations::validateCreateDisk(operation.create_disk());
    case Operation::DESTROY_DISK:
        return operations::validateDestroyDisk(operation.destroy_disk());
    default:
        return {};
    }
}

Result<> validateOperationFeedback(const Operation &operation, bool frameworkOnHttp,
                                   const std::set<std::string> &agentCapabilities)
{
    if (!operation.has_id())
        return {};
    if (!frameworkOnHttp)
        return fail("the operation has an 'id', but feedback on operations is only for schedulers "
                    "on the HTTP API");
    if (!agentCapabilities.contains("RESOURCE_PROVIDER"))
        return fail(
            "the operation has an 'id', but the agent lacks the capability RESOURCE_PROVIDER");
    if (!isOnProvider(operation) && !agentCapabilities.contains("AGENT_OPERATION_FEEDBACK"))
        return fail("the operation has an 'id', but the agent lacks the capability "
                    "AGENT_OPERATION_FEEDBACK on its own resources");
    return {};
}

} // namespace meseta::master
