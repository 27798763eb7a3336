#pragma once

#include "daemons/master/core/core.h"
#include "daemons/master/core/frameworks.h"

namespace meseta::master {

/// The calls of a subscribed framework, after their form was checked. Source: Mesos scheduler API,
/// Calls. What cannot be done is told by events (TASK_ERROR, TASK_DROPPED …) or, where Mesos drops
/// it, only logged.

void acceptOffers(Core &core, Framework &framework, mesos::v1::scheduler::Call::Accept &accept);
void declineOffers(Core &core, Framework &framework,
                   const mesos::v1::scheduler::Call::Decline &decline);
void revive(Core &core, Framework &framework, const mesos::v1::scheduler::Call::Revive &call);
void suppress(Core &core, Framework &framework, const mesos::v1::scheduler::Call::Suppress &call);
void killTask(Core &core, Framework &framework, const mesos::v1::scheduler::Call::Kill &kill);
void shutdownExecutor(Core &core, Framework &framework,
                      const mesos::v1::scheduler::Call::Shutdown &call);
void acknowledge(Core &core, Framework &framework,
                 const mesos::v1::scheduler::Call::Acknowledge &call);
void reconcile(Core &core, Framework &framework, const mesos::v1::scheduler::Call::Reconcile &call);
void reconcileOperations(Core &core, Framework &framework,
                         const mesos::v1::scheduler::Call::ReconcileOperations &call);
void sendToExecutor(Core &core, Framework &framework,
                    const mesos::v1::scheduler::Call::Message &call);

/// Any call but SUBSCRIBE, by its type. Only UPDATE_FRAMEWORK can be refused. The call is taken
/// apart.
tl::expected<void, Refusal> handleCall(Core &core, Framework &framework,
                                       mesos::v1::scheduler::Call &call);

} // namespace meseta::master
