#include "daemons/master/validation/executor_info.h"

#include <google/protobuf/util/message_differencer.h>

#include "common/validation/calls.h"
#include "daemons/master/validation/resource_rules.h"
#include "mesos/v1/cluster.pb.h"
#include "mesos/v1/container.pb.h"
#include "mesos/v1/task.pb.h"

namespace meseta::master {

using mesos::v1::CommandInfo;
using mesos::v1::ContainerInfo;
using mesos::v1::Environment;
using mesos::v1::ExecutorInfo;

namespace {

Result<> validateDefault(const ExecutorInfo &executor)
{
    if (executor.has_command())
        return fail("'ExecutorInfo.command' is set on an executor of type DEFAULT: leave it out, "
                    "the agent brings its own");
    if (executor.has_container() && executor.container().type() != ContainerInfo::MESOS)
        return fail("'ExecutorInfo.container.type' has to be MESOS on an executor of type DEFAULT");
    if (executor.container().mesos().has_image())
        return fail("'ExecutorInfo.container.mesos.image' is set on an executor of type DEFAULT: "
                    "give the tasks images instead");
    return {};
}

Result<> validateType(const ExecutorInfo &executor)
{
    if (executor.type() == ExecutorInfo::DEFAULT)
        return validateDefault(executor);
    if (executor.type() == ExecutorInfo::CUSTOM && !executor.has_command())
        return fail("'ExecutorInfo.command' is missing: an executor of type CUSTOM needs it");
    return {};
}

Result<> validateDescription(const ExecutorInfo &executor)
{
    if (auto valid = validateType(executor); !valid)
        return valid;
    if (auto valid = validateId(executor.executor_id().value(), "executor_id"); !valid)
        return valid;
    if (executor.shutdown_grace_period().nanoseconds() < 0)
        return fail("'ExecutorInfo.shutdown_grace_period' is negative; it has to be 0 or more");
    if (auto valid = validateCommand(executor.command()); !valid)
        return fail(valid.error().within("'ExecutorInfo.command' is invalid"));
    if (auto valid =
            executor.has_container() ? validateContainer(executor.container()) : Result<>();
        !valid)
        return fail(valid.error().within("'ExecutorInfo.container' is invalid"));
    return {};
}

Result<> validateFrameworkId(const ExecutorInfo &executor, const std::string &framework)
{
    if (!executor.has_framework_id())
        return fail("'ExecutorInfo.framework_id' is missing");
    if (executor.framework_id().value() != framework)
        return fail("'ExecutorInfo.framework_id' is '" + executor.framework_id().value()
                    + "', but the framework is '" + framework + "'");
    return {};
}

Result<> validateExecutorResources(const Resources::Proto &resources)
{
    if (auto valid = rules::wellFormed(resources); !valid)
        return valid;
    if (auto valid = rules::uniquePersistenceIds(resources); !valid)
        return valid;
    if (auto valid = rules::allocatedToOneRole(resources); !valid)
        return valid;
    return rules::revocableApart(resources);
}

bool isEquivalent(const google::protobuf::Message &a, const google::protobuf::Message &b)
{
    using google::protobuf::util::MessageDifferencer;
    MessageDifferencer differencer;
    differencer.set_message_field_comparison(MessageDifferencer::EQUIVALENT);
    differencer.TreatAsSet(
        CommandInfo::descriptor()->FindFieldByNumber(CommandInfo::kUrisFieldNumber));
    differencer.TreatAsSet(
        Environment::descriptor()->FindFieldByNumber(Environment::kVariablesFieldNumber));
    return differencer.Compare(a, b);
}

} // namespace

bool isSameExecutor(const ExecutorInfo &a, const ExecutorInfo &b)
{
    return a.has_type() == b.has_type() && a.type() == b.type()
        && a.executor_id().value() == b.executor_id().value() && a.data() == b.data()
        && a.framework_id().value() == b.framework_id().value() && a.name() == b.name()
        && a.source() == b.source() && Resources(a.resources()) == Resources(b.resources())
        && isEquivalent(a.command(), b.command()) && isEquivalent(a.container(), b.container())
        && isEquivalent(a.discovery(), b.discovery());
}

Result<> validateExecutorCgroups(const ExecutorInfo &executor)
{
    const auto &info = executor.container().linux_info();
    if (info.has_share_cgroups() && info.share_cgroups())
        return fail("'ExecutorInfo.container.linux_info.share_cgroups' must not be true: an "
                    "executor has no container to share "
                    "cgroups with");
    return {};
}

Result<> validateExecutor(const ExecutorInfo &executor, const TaskContext &context)
{
    if (auto valid = validateDescription(executor); !valid)
        return valid;
    if (auto valid = validateFrameworkId(executor, context.framework.id().value()); !valid)
        return valid;
    if (auto valid = validateExecutorResources(executor.resources()); !valid)
        return fail(valid.error().within("the executor's resources"));
    const std::string &id = executor.executor_id().value();
    const ExecutorInfo *running = context.runningExecutor ? context.runningExecutor(id) : nullptr;
    if (running && !isSameExecutor(*running, executor))
        return fail("The description differs from that of the running executor '" + id
                    + "' of the same id: send the same description, or use another id");
    return {};
}

} // namespace meseta::master
