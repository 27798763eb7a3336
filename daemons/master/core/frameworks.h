#pragma once

#include <string>

#include "daemons/master/core/core.h"

namespace meseta::master {

/// How a scheduler is reached: an HTTP stream with its Mesos-Stream-Id, or the address of a
/// libmesos driver.
struct Connection
{
    StreamHandle stream = 0;
    std::string streamId;
    messages::Pid pid;
};

/// What a scheduler asks for when it subscribes.
struct Subscription
{
    mesos::v1::FrameworkInfo info;
    google::protobuf::RepeatedPtrField<std::string> suppressedRoles;
    mesos::v1::scheduler::OfferConstraints constraints;
    bool force = true; ///< drivers only: whether to push out another instance
};

/// Subscribes a new framework, one that comes back, or one this master has never seen that says it
/// has an id. What cannot be is answered by an ERROR event, after which the stream ends. Source:
/// Mesos scheduler API, SUBSCRIBE.
void subscribe(Core &core, const Connection &connection, const Subscription &wish);

/// A call that is refused, in the terms of HTTP.
struct Refusal
{
    int status = 400;
    std::string text;
};

/// UPDATE_FRAMEWORK: replaces description, suppressed roles and offer constraints.
tl::expected<void, Refusal>
updateFramework(Core &core, Framework &framework,
                const mesos::v1::scheduler::Call::UpdateFramework &call);

/// A framework known from an agent only: it counts as recovered until it subscribes.
Framework &recoverFramework(Core &core, const mesos::v1::FrameworkInfo &info);

/// The connection broke: no offers, and the failover timeout runs.
void frameworkDisconnected(Core &core, Framework &framework);

/// A driver that was aborted stays connected, and gets no offers any more.
void deactivateFramework(Core &core, Framework &framework);

/// Ends a framework for good: its tasks are killed everywhere, its stream ends, it is among the
/// completed ones.
void removeFramework(Core &core, Framework &framework);

/// The framework loses what it runs on an agent that is disconnected, because it does not
/// checkpoint.
void removeFrameworkFrom(Core &core, Agent &agent, Framework &framework);

/// The master forgets an executor; what it held is free.
void removeExecutor(Core &core, Agent &agent, Framework &framework, const std::string &executorId);

AllocatorFramework allocatorView(const Framework &framework);

/// Whether a framework of this principal is known.
bool hasPrincipal(const Core &core, const std::string &principal);

/// How the names of the counters of a principal's drivers begin ("principals/<name>/").
std::string principalFigures(const std::string &principal);

} // namespace meseta::master
