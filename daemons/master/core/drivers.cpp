#include "daemons/master/core/drivers.h"

#include "daemons/master/core/calls.h"
#include "mesos/internal/scheduler_driver.pb.h"

namespace meseta::master {

namespace {

using Call = mesos::v1::scheduler::Call;

void sendError(Core &core, const messages::Pid &to, const std::string &text)
{
    mesos::internal::FrameworkErrorMessage message;
    message.set_message(text);
    core.send(to, message);
}

void subscribeDriver(Core &core, const messages::Pid &from,
                     const mesos::scheduler::Call::Subscribe &call)
{
    Subscription wish{call.framework_info(), call.suppressed_roles(), call.offer_constraints(),
                      call.force()};
    subscribe(core, Connection{0, {}, from}, wish);
}

/// The framework a driver speaks for; null when it is not its own, or not connected.
Framework *frameworkOf(Core &core, const messages::Pid &from, const std::string &id)
{
    Framework *framework = core.cluster.framework(id);
    if (!framework || framework->pid != from || framework->stream != 0) {
        qWarning("Dropping a call for framework %s from %s: it is not the framework's driver",
                 id.c_str(), from.text().c_str());
        return nullptr;
    }
    if (!framework->connected()) {
        sendError(core, from, "Framework disconnected");
        return nullptr;
    }
    return framework;
}

void handle(Core &core, const messages::Pid &from, Call &call)
{
    if (const auto valid = validateSchedulerCall(call); !valid) {
        qWarning("Dropping a call of driver %s: %s", from.text().c_str(),
                 valid.error().message.c_str());
        core.figures.count("invalid_scheduler_calls");
        return;
    }
    const bool wantsFeedback = call.type() == Call::ACKNOWLEDGE_OPERATION_STATUS
        || call.type() == Call::RECONCILE_OPERATIONS;
    Framework *framework = frameworkOf(core, from, call.framework_id().value());
    if (!framework || wantsFeedback)
        return;
    if (const auto done = handleCall(core, *framework, call); !done)
        sendError(core, from, done.error().text);
}

bool receiveCall(Core &core, const messages::Pid &from, const std::string &body)
{
    mesos::scheduler::Call call;
    if (!call.ParseFromString(body)) {
        qWarning("Dropping a mesos.scheduler.Call of %s that does not parse", from.text().c_str());
        return true;
    }
    if (call.type() == Call::SUBSCRIBE) {
        if (call.has_subscribe())
            subscribeDriver(core, from, call.subscribe());
        return true;
    }
    Call v1; // but for SUBSCRIBE both are the same on the wire
    call.clear_subscribe();
    if (v1.ParseFromString(call.SerializeAsString()))
        handle(core, from, v1);
    return true;
}

Call callOf(Call::Type type, const mesos::v1::FrameworkID &id)
{
    Call call;
    call.set_type(type);
    *call.mutable_framework_id() = id;
    return call;
}

// --- What drivers before mesos.scheduler.Call send.

void old(Core &core, const messages::Pid &from,
         const mesos::internal::RegisterFrameworkMessage &message)
{
    mesos::scheduler::Call::Subscribe call;
    *call.mutable_framework_info() = message.framework();
    subscribeDriver(core, from, call);
}

void old(Core &core, const messages::Pid &from,
         const mesos::internal::ReregisterFrameworkMessage &message)
{
    mesos::scheduler::Call::Subscribe call;
    *call.mutable_framework_info() = message.framework();
    call.set_force(message.failover());
    subscribeDriver(core, from, call);
}

void old(Core &core, const messages::Pid &from,
         const mesos::internal::UnregisterFrameworkMessage &message)
{
    Call call = callOf(Call::TEARDOWN, message.framework_id());
    handle(core, from, call);
}

void old(Core &core, const messages::Pid &from,
         const mesos::internal::DeactivateFrameworkMessage &message)
{
    core.figures.count("messages_deactivate_framework");
    if (Framework *framework = frameworkOf(core, from, message.framework_id().value()))
        deactivateFramework(core, *framework);
}

void old(Core &core, const messages::Pid &from, const mesos::internal::LaunchTasksMessage &message)
{
    Call call = callOf(Call::ACCEPT, message.framework_id());
    *call.mutable_accept()->mutable_offer_ids() = message.offer_ids();
    *call.mutable_accept()->mutable_filters() = message.filters();
    mesos::v1::Offer::Operation &operation = *call.mutable_accept()->add_operations();
    operation.set_type(mesos::v1::Offer::Operation::LAUNCH);
    *operation.mutable_launch()->mutable_task_infos() = message.tasks();
    handle(core, from, call);
}

void old(Core &core, const messages::Pid &from, const mesos::internal::ReviveOffersMessage &message)
{
    Call call = callOf(Call::REVIVE, message.framework_id());
    *call.mutable_revive()->mutable_roles() = message.roles();
    handle(core, from, call);
}

void old(Core &core, const messages::Pid &from, const mesos::internal::KillTaskMessage &message)
{
    Call call = callOf(Call::KILL, message.framework_id());
    *call.mutable_kill()->mutable_task_id() = message.task_id();
    handle(core, from, call);
}

void old(Core &core, const messages::Pid &from,
         const mesos::internal::StatusUpdateAcknowledgementMessage &message)
{
    Call call = callOf(Call::ACKNOWLEDGE, message.framework_id());
    *call.mutable_acknowledge()->mutable_agent_id() = message.slave_id();
    *call.mutable_acknowledge()->mutable_task_id() = message.task_id();
    call.mutable_acknowledge()->set_uuid(message.uuid());
    handle(core, from, call);
}

void old(Core &core, const messages::Pid &from,
         const mesos::internal::ReconcileTasksMessage &message)
{
    Call call = callOf(Call::RECONCILE, message.framework_id());
    call.mutable_reconcile();
    for (const mesos::v1::TaskStatus &status : message.statuses()) {
        Call::Reconcile::Task &task = *call.mutable_reconcile()->add_tasks();
        *task.mutable_task_id() = status.task_id();
        if (status.has_agent_id())
            *task.mutable_agent_id() = status.agent_id();
    }
    handle(core, from, call);
}

void old(Core &core, const messages::Pid &from,
         const mesos::internal::FrameworkToExecutorMessage &message)
{
    Call call = callOf(Call::MESSAGE, message.framework_id());
    *call.mutable_message()->mutable_agent_id() = message.slave_id();
    *call.mutable_message()->mutable_executor_id() = message.executor_id();
    call.mutable_message()->set_data(message.data());
    handle(core, from, call);
}

void old(Core &core, const messages::Pid &from, const mesos::internal::SubmitSchedulerRequest &)
{
    mesos::internal::SubmitSchedulerResponse answer;
    answer.set_okay(false);
    core.send(from, answer);
}

template <typename Message>
bool receiveOld(Core &core, const messages::Pid &from, const std::string &name,
                const std::string &body)
{
    if (name != Message::descriptor()->full_name())
        return false;
    Message message;
    if (message.ParseFromString(body))
        old(core, from, message);
    return true;
}

/// The principal of the framework whose driver is at this address; empty when there is none.
std::string principalAt(const Core &core, const messages::Pid &from)
{
    for (const auto &[id, framework] : core.cluster.frameworks()) {
        if (framework->stream == 0 && framework->pid == from)
            return framework->info.principal();
    }
    return {};
}

bool dispatch(Core &core, const messages::Pid &from, const std::string &name,
              const std::string &body)
{
    using namespace mesos::internal;
    if (name == mesos::scheduler::Call::descriptor()->full_name())
        return receiveCall(core, from, body);
    return receiveOld<RegisterFrameworkMessage>(core, from, name, body)
        || receiveOld<ReregisterFrameworkMessage>(core, from, name, body)
        || receiveOld<UnregisterFrameworkMessage>(core, from, name, body)
        || receiveOld<DeactivateFrameworkMessage>(core, from, name, body)
        || receiveOld<LaunchTasksMessage>(core, from, name, body)
        || receiveOld<ReviveOffersMessage>(core, from, name, body)
        || receiveOld<KillTaskMessage>(core, from, name, body)
        || receiveOld<StatusUpdateAcknowledgementMessage>(core, from, name, body)
        || receiveOld<ReconcileTasksMessage>(core, from, name, body)
        || receiveOld<FrameworkToExecutorMessage>(core, from, name, body)
        || receiveOld<SubmitSchedulerRequest>(core, from, name, body);
}

} // namespace

bool receiveFromDriver(Core &core, const messages::Pid &from, const std::string &name,
                       const std::string &body)
{
    // The message may end the framework: whose it is has to be known before.
    const std::string principal = principalAt(core, from);
    if (principal.empty())
        return dispatch(core, from, name, body);
    core.figures.count(principalFigures(principal) + "messages_received");
    const bool known = dispatch(core, from, name, body);
    if (hasPrincipal(core, principal))
        core.figures.count(principalFigures(principal) + "messages_processed");
    return known;
}

bool driverExited(Core &core, const messages::Pid &from)
{
    for (const auto &[id, framework] : core.cluster.frameworks()) {
        if (framework->stream != 0 || framework->pid != from || !framework->connected())
            continue;
        core.sink(*framework).error(*framework, "Framework disconnected");
        frameworkDisconnected(core, *framework);
        return true;
    }
    return false;
}

} // namespace meseta::master
