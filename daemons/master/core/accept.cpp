#include "daemons/master/core/calls.h"

#include "daemons/master/core/inverse_offers.h"
#include "daemons/master/core/offers.h"
#include "daemons/master/core/operations.h"
#include "daemons/master/core/stake.h"

namespace meseta::master {

namespace {

using Accept = mesos::v1::scheduler::Call::Accept;
using Operation = mesos::v1::Offer::Operation;

/// The first rule that a list of offers breaks. Source: Mesos scheduler API, ACCEPT.
Result<> validateOffers(const Core &core, const Framework &framework, const Accept &accept)
{
    if (accept.offer_ids_size() == 0)
        return fail("accept.offer_ids is empty: name at least one offer");
    std::set<std::string> seen;
    const Offer *first = nullptr;
    for (const mesos::v1::OfferID &id : accept.offer_ids()) {
        const std::string named = "offer " + id.value();
        if (!seen.insert(id.value()).second)
            return fail(named + " is listed twice in accept.offer_ids");
        const Offer *offer = core.cluster.offer(id.value());
        if (!offer)
            return fail(named + " is no longer valid");
        if (offer->framework != &framework)
            return fail(named + " was made to framework " + offer->framework->id + ", not to "
                        + framework.id);
        if (!first)
            first = offer;
        if (offer->role != first->role)
            return fail(named + " is for role '" + offer->role + "' and offer " + first->id
                        + " for role '" + first->role + "': accept offers of one role at a time");
        if (offer->agent != first->agent)
            return fail(named + " is of agent " + offer->agent->id + " and offer " + first->id
                        + " of agent " + first->agent->id
                        + ": accept offers of one agent at a time");
    }
    return {};
}

void dropTask(Core &core, Framework &framework, const mesos::v1::TaskInfo &task,
              const std::string &why)
{
    MadeStatus made{.taskId = {},
                    .state = orLost(framework, mesos::v1::TASK_DROPPED),
                    .message = "The task was not launched, the offers cannot be used: " + why,
                    .reason = mesos::v1::TaskStatus::REASON_INVALID_OFFERS};
    failLaunch(core, framework, task, std::move(made));
}

void refuseOperation(Core &core, Framework &framework, const Operation &operation,
                     const std::string &why)
{
    qWarning("Dropping %s of framework %s: %s", Operation::Type_Name(operation.type()).c_str(),
             framework.id.c_str(), why.c_str());
    countOperation(core.figures, operation.type(), mesos::v1::OPERATION_ERROR);
    if (!operation.has_id())
        return;
    mesos::v1::OperationStatus status;
    *status.mutable_operation_id() = operation.id();
    status.set_state(mesos::v1::OPERATION_ERROR);
    status.set_message(why);
    core.sink(framework).operation(framework, status);
}

void dropAll(Core &core, Framework &framework, const Accept &accept, const std::string &why)
{
    for (const mesos::v1::OfferID &id : accept.offer_ids()) {
        Offer *offer = core.cluster.offer(id.value());
        if (offer && offer->framework == &framework)
            discardOffer(core, *offer);
    }
    for (const Operation &operation : accept.operations()) {
        if (operation.type() == Operation::LAUNCH) {
            for (const mesos::v1::TaskInfo &task : operation.launch().task_infos())
                dropTask(core, framework, task, why);
        } else if (operation.type() == Operation::LAUNCH_GROUP) {
            for (const mesos::v1::TaskInfo &task : operation.launch_group().task_group().tasks())
                dropTask(core, framework, task, why);
        } else {
            refuseOperation(core, framework, operation, "the offers cannot be used: " + why);
        }
    }
}

void refuseLaunch(Core &core, Framework &framework, const Operation &operation,
                  const std::string &why)
{
    const auto tell = [&](const auto &tasks, mesos::v1::TaskStatus::Reason reason) {
        for (const mesos::v1::TaskInfo &task : tasks)
            failLaunch(core, framework, task, {{}, mesos::v1::TASK_ERROR, why, reason, {}, {}, {}});
    };
    if (operation.type() == Operation::LAUNCH)
        tell(operation.launch().task_infos(), mesos::v1::TaskStatus::REASON_TASK_INVALID);
    else
        tell(operation.launch_group().task_group().tasks(),
             mesos::v1::TaskStatus::REASON_TASK_GROUP_INVALID);
}

/// What was not used is refused; what operations made of it can be had at once.
void giveBack(Core &core, const Stake &stake, std::optional<Duration> refuse)
{
    const Resources untouched = stake.offered - stake.produced;
    const Resources made = stake.offered - untouched;
    if (!untouched.empty())
        core.allocator->recover(stake.framework.id, stake.agent.id, untouched, refuse);
    if (!made.empty())
        core.allocator->recover(stake.framework.id, stake.agent.id, made, std::nullopt);
    if (stake.agent.unavailability)
        makeInverseOffersTo(core, stake.framework);
}

void perform(Core &core, Stake &stake, Operation &operation)
{
    const bool launches =
        operation.type() == Operation::LAUNCH || operation.type() == Operation::LAUNCH_GROUP;
    const Result<> form = validateOperationForm(operation);
    if (!form && launches)
        return refuseLaunch(core, stake.framework, operation, form.error().message);
    if (!form)
        return refuseOperation(core, stake.framework, operation, form.error().message);
    countFor(core.figures, stake.framework, "operations");
    if (launches)
        countFor(core.figures, stake.framework,
                 operation.type() == Operation::LAUNCH ? "operations/launch"
                                                       : "operations/launch_group");
    if (operation.type() == Operation::LAUNCH)
        return launchTasks(core, stake, *operation.mutable_launch());
    if (operation.type() == Operation::LAUNCH_GROUP)
        return launchGroup(core, stake, *operation.mutable_launch_group());
    if (const Result<> done = performOperation(core, stake, operation); !done)
        refuseOperation(core, stake.framework, operation, done.error().message);
}

} // namespace

void failLaunch(Core &core, Framework &framework, const mesos::v1::TaskInfo &task, MadeStatus why)
{
    why.taskId = task.task_id().value();
    why.agentId = task.agent_id().value();
    if (task.has_executor() && task.executor().has_executor_id())
        why.executorId = task.executor().executor_id().value();
    if (why.state == mesos::v1::TASK_ERROR)
        core.figures.count("tasks_error");
    else
        core.figures.count(why.state == mesos::v1::TASK_LOST ? "tasks_lost" : "tasks_dropped");
    forwardUpdate(core, framework, makeUpdate(core, framework, std::move(why)), nullptr);
}

void acceptOffers(Core &core, Framework &framework, Accept &accept)
{
    for (const Operation &operation : accept.operations()) {
        if (operation.type() == Operation::LAUNCH) // without tasks it only declines
            core.figures.count(operation.launch().task_infos().empty() ? "messages_decline_offers"
                                                                       : "messages_launch_tasks");
    }
    if (const auto valid = validateOffers(core, framework, accept); !valid)
        return dropAll(core, framework, accept, valid.error().message);
    const Offer &first = *core.cluster.offer(accept.offer_ids(0).value());
    Stake stake{framework, *first.agent, first.role, {}, {}};
    for (const mesos::v1::OfferID &id : accept.offer_ids())
        stake.offered += consumeOffer(core, *core.cluster.offer(id.value()));
    for (Operation &operation : *accept.mutable_operations())
        perform(core, stake, operation);
    giveBack(core, stake, refuseDuration(accept.filters()));
}

void declineOffers(Core &core, Framework &framework,
                   const mesos::v1::scheduler::Call::Decline &decline)
{
    core.figures.count("messages_decline_offers");
    const std::optional<Duration> refuse = refuseDuration(decline.filters());
    for (const mesos::v1::OfferID &id : decline.offer_ids()) {
        Offer *offer = core.cluster.offer(id.value());
        if (offer && offer->framework == &framework)
            declineOffer(core, *offer, refuse);
    }
}

} // namespace meseta::master
