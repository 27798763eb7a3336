#pragma once

#include <functional>
#include <map>
#include <string>

#include "common/endpoints/metrics_registry.h"
#include "daemons/master/allocator/allocator.h"

namespace meseta::master {

class Cluster;
class Figures;
struct MasterFacts;

/// What the master's metrics are made from at each snapshot. The references outlive the registry's
/// last snapshot.
struct MetricSources
{
    const Cluster &cluster;
    const Figures &figures;
    const Allocator &allocator;
    const Clock &clock;
    std::function<MasterFacts()> facts;
    std::function<std::size_t()> streamSubscribers; ///< of the operator event streams
    std::function<std::size_t()> queuedRegistryChanges;
    std::function<std::size_t()> registryBytes; ///< as stored
    bool perFramework = true; ///< --publish_per_framework_metrics
};

/// Adds master/*, allocator/*, registrar/* and frameworks/* under Mesos' names; nothing is counted
/// twice, nothing kept. Source: Mesos monitoring.
void addMasterMetrics(MetricsRegistry &metrics, MetricSources sources);

} // namespace meseta::master
