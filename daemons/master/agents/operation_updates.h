#pragma once

#include "daemons/master/core/core.h"

namespace meseta::master {

/// The agent tells what became of an operation. The framework that asked for feedback is told and
/// acknowledges it; else the master does. Source: Mesos operation feedback.
void updateOperationStatus(Core &core,
                           const mesos::internal::UpdateOperationStatusMessage &message);

/// The agent lists the operations it knows: those this master has not heard of are taken over, and
/// it is asked about those it does not list.
void reconcileOperationsWith(Core &core, Agent &agent,
                             const mesos::internal::UpdateSlaveMessage &message);

} // namespace meseta::master
