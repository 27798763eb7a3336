#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>

#include <google/protobuf/repeated_ptr_field.h>

#include "common/base/result.h"
#include "common/resources/resources.h"
#include "common/validation/ids.h"

namespace mesos::v1 {
class AgentInfo;
class ExecutorInfo;
class FrameworkInfo;
class Offer_Operation;
class TaskGroupInfo;
class TaskInfo;
namespace master {
class Call;
}
namespace scheduler {
class Call;
class OfferConstraints;
} // namespace scheduler
} // namespace mesos::v1

/// What the master refuses, and why. Pure functions: nothing here changes or remembers anything.
/// The rules and their order are those of the Mesos 1.11 master; the sentences are ours.
namespace meseta::master {

/// The shape of a scheduler call (`type`, `framework_id`, the member of the call, ids equal, uuid).
/// Tasks are not looked into. The error goes after "This scheduler::Call is refused: " in a 400.
Result<> validateSchedulerCall(const mesos::v1::scheduler::Call &call);

/// The shape of an operator call. The error goes after "This master::Call is refused: " in a
/// 400.
Result<> validateMasterCall(const mesos::v1::master::Call &call);

/// How this master was started, as far as frameworks are concerned.
struct FrameworkRules
{
    std::optional<std::set<std::string>> roleWhitelist; ///< --roles, none when the flag is unset
    bool rootSubmissions = true; ///< --root_submissions
};

/// SUBSCRIBE and UPDATE_FRAMEWORK: the FrameworkInfo alone. The error is the text of the ERROR
/// event.
Result<> validateFrameworkInfo(const mesos::v1::FrameworkInfo &info,
                               const FrameworkRules &rules = {});

/// SUBSCRIBE of a known framework: only `principal` must stay ("Changing framework's principal is
/// not allowed."); a changed `user` or `checkpoint` is for the caller to put back.
Result<> validateFrameworkResubscribe(const mesos::v1::FrameworkInfo &known,
                                      const mesos::v1::FrameworkInfo &given);

/// UPDATE_FRAMEWORK: `principal`, `user` and `checkpoint` must stay. After "FrameworkInfo update is
/// not valid: ".
Result<> validateFrameworkUpdate(const mesos::v1::FrameworkInfo &known,
                                 const mesos::v1::FrameworkInfo &given);

/// Suppressed roles must be among the framework's roles.
Result<> validateSuppressedRoles(const google::protobuf::RepeatedPtrField<std::string> &suppressed,
                                 const mesos::v1::FrameworkInfo &info);

/// Limits on the regular expressions of offer constraints (--offer_constraints_re2_max_mem,
/// …_max_program_size).
struct ConstraintLimits
{
    std::int64_t re2MaxMemoryBytes = 4096;
    int re2MaxProgramSize = 100;
};

/// Offer constraints must be for roles of the framework and well formed, their patterns RE2 within
/// the limits.
Result<> validateOfferConstraints(const mesos::v1::scheduler::OfferConstraints &constraints,
                                  const mesos::v1::FrameworkInfo &info,
                                  const ConstraintLimits &limits = {});

/// What a task is measured against.
struct TaskContext
{
    const mesos::v1::FrameworkInfo &framework; ///< with its id
    const mesos::v1::AgentInfo &agent; ///< of the offers, with its id
    std::set<std::string>
        agentCapabilities; ///< names of AgentInfo.Capability.Type: "TASK_RESOURCE_LIMITS"
    Resources offered; ///< what is left of the offers, allocated to their role

    /// Whether the framework has a task of this id that is not yet terminal.
    std::function<bool(const std::string &taskId)> isActiveTask;
    std::function<bool(const std::string &taskId)> isUnreachableTask;

    /// The framework's executor of this id on the agent, null when it has none there.
    std::function<const mesos::v1::ExecutorInfo *(const std::string &executorId)> runningExecutor;

    /// `share_cgroups` of the tasks of that executor, nothing when it has none. May be left unset.
    std::function<std::optional<bool>(const std::string &executorId)> sharesCgroups = {};
};

/// One task of a LAUNCH, its resources already allocated to the offer's role and its executor's
/// `framework_id` filled in. The error is the message of TASK_ERROR, REASON_TASK_INVALID.
Result<> validateTask(const mesos::v1::TaskInfo &task, const TaskContext &context);

/// A LAUNCH_GROUP: the executor and all tasks (same preparation, but `framework_id` is the
/// scheduler's business). The error is the message of TASK_ERROR, REASON_TASK_GROUP_INVALID, for
/// every task of the group.
Result<> validateTaskGroup(const mesos::v1::TaskGroupInfo &group,
                           const mesos::v1::ExecutorInfo &executor, const TaskContext &context);

/// What ACCEPT asks of each operation before anything else: its member present, resources well
/// formed, no `id` on LAUNCH and LAUNCH_GROUP. A launch that fails here gives TASK_ERROR as above;
/// any other operation is refused (OPERATION_ERROR if it has an id).
Result<> validateOperationForm(const mesos::v1::Offer_Operation &operation);

/// What RESERVE … DESTROY_DISK are measured against.
struct OperationContext
{
    const mesos::v1::FrameworkInfo *framework = nullptr; ///< none: the operator asks
    std::optional<std::string> principal; ///< as authenticated, or the framework's
    std::set<std::string> agentCapabilities;
    Resources checkpointed; ///< the agent's dynamic reservations and volumes, unallocated (CREATE,
                            ///< DESTROY)
    Resources used; ///< by running and pending tasks and executors of the agent (DESTROY)
};

/// RESERVE, UNRESERVE, CREATE, DESTROY, GROW_VOLUME, SHRINK_VOLUME, CREATE_DISK, DESTROY_DISK.
/// Whether the resources are there is not looked at: applying the operation to the offer tells
/// that.
Result<> validateOperation(const mesos::v1::Offer_Operation &operation,
                           const OperationContext &context);

/// An operation with an `id` wants feedback: the framework must be on HTTP, the agent capable of
/// it.
Result<> validateOperationFeedback(const mesos::v1::Offer_Operation &operation,
                                   bool frameworkOnHttp,
                                   const std::set<std::string> &agentCapabilities);

/// AgentInfo as an agent registers it: id (when it has one), resources.
Result<> validateAgentInfo(const mesos::v1::AgentInfo &info);

} // namespace meseta::master
