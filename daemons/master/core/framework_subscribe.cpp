#include "daemons/master/core/frameworks.h"

#include "daemons/master/core/inverse_offers.h"
#include "daemons/master/core/offers.h"
#include "daemons/master/core/past_tasks.h"

namespace meseta::master {

namespace {

void connect(Framework &framework, const Connection &connection)
{
    framework.stream = connection.stream;
    framework.streamId = connection.streamId;
    framework.pid = connection.pid;
    framework.state = Framework::State::Active;
}

void refuse(Core &core, const Connection &connection, const Subscription &wish,
            const std::string &why)
{
    Framework nobody(wish.info, 0, 0);
    connect(nobody, connection);
    core.sink(nobody).error(nobody, why);
    core.sink(nobody).close(nobody);
    qInfo("Refusing the subscription of framework '%s' (%s): %s", wish.info.name().c_str(),
          wish.info.id().value().c_str(), why.c_str());
}

Result<> validate(const Core &core, const Subscription &wish)
{
    const FrameworkRules rules{core.options.roles, core.options.rootSubmissions};
    if (auto valid = validateFrameworkInfo(wish.info, rules); !valid)
        return valid;
    if (auto valid = validateSuppressedRoles(wish.suppressedRoles, wish.info); !valid)
        return valid;
    return validateOfferConstraints(wish.constraints, wish.info, core.options.constraints);
}

void beat(Core &core, Framework &framework)
{
    core.sink(framework).heartbeat(framework);
    const auto interval =
        std::chrono::duration_cast<Duration>(std::chrono::duration<double>(HeartbeatSeconds));
    framework.heartbeatTimer =
        core.after(interval, [&core, id = framework.id, stream = framework.stream] {
            Framework *still = core.cluster.framework(id);
            if (still && still->connected() && still->stream == stream)
                beat(core, *still);
        });
}

/// Tells the scheduler that it is subscribed, and starts its heartbeats.
void welcome(Core &core, Framework &framework, bool again = false)
{
    countFor(core.figures, framework, "calls");
    countFor(core.figures, framework, "calls/subscribe");
    core.sink(framework).subscribed(framework, core.info, again);
    core.clock.cancel(framework.heartbeatTimer);
    if (framework.stream != 0)
        beat(core, framework);
    else
        core.outbox.link(framework.pid);
}

void setWish(Framework &framework, const Subscription &wish)
{
    framework.suppressedRoles = {wish.suppressedRoles.begin(), wish.suppressedRoles.end()};
    framework.offerConstraints = wish.constraints;
    framework.principal = wish.info.principal();
}

void subscribeNew(Core &core, const Connection &connection, const Subscription &wish)
{
    if (connection.stream == 0) {
        for (const auto &[id, known] : core.cluster.frameworks()) {
            if (known->connected() && known->stream == 0 && known->pid == connection.pid)
                return core.sink(*known).subscribed(*known, core.info,
                                                    false); // a driver that missed the answer
        }
    }
    mesos::v1::FrameworkInfo info = wish.info;
    info.mutable_id()->set_value(core.newFrameworkId());
    Framework &framework = core.cluster.addFramework(info);
    setWish(framework, wish);
    connect(framework, connection);
    framework.registeredTime = framework.reregisteredTime = core.clock.sinceEpoch();
    core.allocator->addFramework(allocatorView(framework));
    core.events.publish(FrameworkAdded{&framework});
    welcome(core, framework);
    qInfo("Framework %s ('%s') subscribed", framework.id.c_str(), framework.info.name().c_str());
}

/// Takes the new description; `user` and `checkpoint` stay as they were.
void takeDescription(Framework &framework, const Subscription &wish)
{
    mesos::v1::FrameworkInfo info = wish.info;
    info.set_user(framework.info.user());
    info.set_checkpoint(framework.info.checkpoint());
    framework.setInfo(info);
    setWish(framework, wish);
}

void tellAgents(Core &core, const Framework &framework)
{
    mesos::internal::UpdateFrameworkMessage message;
    message.mutable_framework_id()->set_value(framework.id);
    message.set_pid(framework.pid.isEmpty() ? "@0.0.0.0:0" : framework.pid.text());
    *message.mutable_framework_info() = framework.info;
    for (const auto &[id, agent] : core.cluster.agents())
        core.send(agent->pid, message);
}

/// Offers for roles the framework no longer has are taken back.
void rescindForeignRoles(Core &core, Framework &framework)
{
    const OfferSet offers = framework.offers;
    for (Offer *offer : offers) {
        if (!framework.roles.contains(offer->role))
            rescindOffer(core, *offer);
    }
}

void dropOldConnection(Core &core, Framework &framework, const Connection &connection)
{
    const bool sameDriver =
        connection.stream == 0 && framework.stream == 0 && framework.pid == connection.pid;
    if (!framework.connected() || sameDriver)
        return;
    core.sink(framework).error(framework, "Framework failed over");
    core.sink(framework).close(framework);
}

/// A scheduler takes over a framework that is known here: the newest instance wins.
void failOver(Core &core, Framework &framework, const Connection &connection,
              const Subscription &wish)
{
    const bool wasRecovered = framework.recovered();
    const bool again = !wasRecovered && !wish.force;
    core.patience.cancel(framework.failoverTimer);
    framework.failoverTimer = 0;
    if (again) {
        removeOffersOf(core, framework, true);
    } else {
        dropOldConnection(core, framework, connection);
        removeOffersOf(core, framework, false);
    }
    forgetInverseOffersTo(core, framework.id);
    takeDescription(framework, wish);
    connect(framework, connection);
    framework.reregisteredTime = core.clock.sinceEpoch();
    if (wasRecovered)
        framework.registeredTime = framework.reregisteredTime;
    core.allocator->updateFramework(allocatorView(framework));
    core.allocator->activateFramework(framework.id);
    core.events.publish(FrameworkUpdated{&framework});
    welcome(core, framework, again);
    makeInverseOffersTo(core, framework);
    tellAgents(core, framework);
    qInfo("Framework %s ('%s') subscribed again", framework.id.c_str(),
          framework.info.name().c_str());
}

} // namespace

AllocatorFramework allocatorView(const Framework &framework)
{
    AllocatorFramework view;
    view.id = framework.id;
    view.roles = framework.roles;
    view.suppressedRoles = framework.suppressedRoles;
    view.capabilities = FrameworkCapabilities::names(framework.info);
    view.offerFilters = {framework.info.offer_filters().begin(),
                         framework.info.offer_filters().end()};
    view.offerConstraints = framework.offerConstraints;
    view.active = framework.active();
    return view;
}

void subscribe(Core &core, const Connection &connection, const Subscription &wish)
{
    if (const auto valid = validate(core, wish); !valid)
        return refuse(core, connection, wish, valid.error().message);
    const std::string &id = wish.info.id().value();
    core.figures.count(id.empty() ? "messages_register_framework"
                                  : "messages_reregister_framework");
    if (id.empty())
        return subscribeNew(core, connection, wish);
    if (core.cluster.completedFramework(id)) // Mesos' words: schedulers start anew on reading them
        return refuse(core, connection, wish, "Framework has been removed");
    Framework *known = core.cluster.framework(id);
    if (!known)
        known = &recoverFramework(core, wish.info);
    else if (const auto valid = validateFrameworkResubscribe(known->info, wish.info); !valid)
        return refuse(core, connection, wish, valid.error().message);
    const bool otherDriver = !wish.force && !known->recovered() && known->pid != connection.pid;
    if (otherDriver)
        return refuse(core, connection, wish, "Framework failed over");
    failOver(core, *known, connection, wish);
}

Framework &recoverFramework(Core &core, const mesos::v1::FrameworkInfo &info)
{
    Framework &framework = core.cluster.addFramework(info);
    framework.state = Framework::State::Recovered;
    framework.principal = info.principal();
    framework.registeredTime = framework.reregisteredTime = core.clock.sinceEpoch();
    core.allocator->addFramework(allocatorView(framework));
    core.events.publish(FrameworkAdded{&framework});
    handOverPastTasks(core, framework);
    return framework;
}

tl::expected<void, Refusal> updateFramework(Core &core, Framework &framework,
                                            const mesos::v1::scheduler::Call::UpdateFramework &call)
{
    const auto refused = [](const std::string &prefix, const Error &error) {
        return tl::unexpected<Refusal>(Refusal{400, prefix + error.message});
    };
    const Subscription wish{call.framework_info(), call.suppressed_roles(),
                            call.offer_constraints(), true};
    const FrameworkRules rules{core.options.roles, core.options.rootSubmissions};
    if (auto valid = validateFrameworkInfo(wish.info, rules); !valid)
        return refused("This FrameworkInfo is refused: ", valid.error());
    if (auto valid = validateFrameworkUpdate(framework.info, wish.info); !valid)
        return refused("The changes to FrameworkInfo are refused: ", valid.error());
    if (auto valid = validateSuppressedRoles(wish.suppressedRoles, wish.info); !valid)
        return refused("UPDATE_FRAMEWORK is refused: ", valid.error());
    if (auto valid =
            validateOfferConstraints(wish.constraints, wish.info, core.options.constraints);
        !valid)
        return refused("UPDATE_FRAMEWORK is refused: ", valid.error());

    const std::string before = framework.infoBytes;
    framework.setInfo(wish.info);
    setWish(framework, wish);
    rescindForeignRoles(core, framework);
    core.allocator->updateFramework(allocatorView(framework));
    core.events.publish(FrameworkUpdated{&framework});
    if (framework.infoBytes != before)
        tellAgents(core, framework);
    return {};
}

} // namespace meseta::master
