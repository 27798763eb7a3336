#pragma once

#include "daemons/master/core/core.h"
#include "mesos/internal/messages.pb.h"

namespace meseta::master {

/// What ended on an agent under an earlier master joins the completed tasks of its framework. Those
/// of a framework that is not known wait for it, within the limits of what is completed (Mesos
/// drops them); those of one that was removed here are left out, and so is whatever is known
/// already. Source: Mesos master, addSlave.
void takePastTasks(Core &core, const Agent &agent,
                   const mesos::internal::ReregisterSlaveMessage &message);

/// Gives a framework that has come back what agents told before it came.
void handOverPastTasks(Core &core, Framework &framework);

} // namespace meseta::master
