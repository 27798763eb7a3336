#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemons/master/cluster/cluster_event.h"
#include "meseta/v1/meseta.pb.h"
#include "mesos/v1/master/master.pb.h"

namespace meseta::master {

/// An event of the Mesos operator stream as serialized mesos.v1.master.Event; nothing for changes
/// that stream does not tell. Source: Mesos operator event stream.
std::optional<std::string> mesosEvent(const ClusterEvent &event);

/// What our own stream tells beside the Mesos event: offers, removals, progress, and framework
/// changes that Mesos keeps to itself (these as a Mesos event of type FRAMEWORK_UPDATED). Changes
/// of agents are gathered elsewhere. `time` is not set.
std::vector<::meseta::v1::Event> mesetaEvents(const ClusterEvent &event);

/// The agents whose GET_AGENTS entry the event changes.
std::vector<std::string> agentsTouched(const ClusterEvent &event);

} // namespace meseta::master
