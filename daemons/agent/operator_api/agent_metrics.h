#pragma once

namespace meseta {
class Clock;
class MetricsRegistry;
} // namespace meseta

namespace meseta::agent {

class Agent;
class DiskSandboxes;

/// The agent's metrics under Mesos' names ("slave/tasks_running", "slave/cpus_used" …). Source:
/// Mesos monitoring, agent.
void addAgentMetrics(MetricsRegistry &metrics, const Agent &agent, Clock &clock);

/// gc/path_removals_*, slave/executor_directory_max_allowed_age_secs.
void addCollectionMetrics(MetricsRegistry &metrics, const DiskSandboxes &sandboxes);

} // namespace meseta::agent
