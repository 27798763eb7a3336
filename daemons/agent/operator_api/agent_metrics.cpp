#include "daemons/agent/operator_api/agent_metrics.h"

#include "common/endpoints/metrics_registry.h"
#include "daemons/agent/core/agent.h"
#include "daemons/agent/sandbox/disk_sandboxes.h"

namespace meseta::agent {

namespace {

using Snapshot = MetricsRegistry::Snapshot;

void fillExecutors(const AgentState &state, Snapshot &out)
{
    double registering = 0, running = 0, terminating = 0;
    for (const auto &[frameworkId, framework] : state.frameworks) {
        for (const auto &[id, executor] : framework->executors) {
            registering += executor->state == Executor::State::Registering;
            running += executor->state == Executor::State::Running;
            terminating += executor->state == Executor::State::Terminating;
        }
    }
    out["slave/executors_registering"] = registering;
    out["slave/executors_running"] = running;
    out["slave/executors_terminating"] = terminating;
    out["slave/executors_terminated"] = static_cast<double>(state.counters.executorsTerminated);
    out["slave/executors_preempted"] = 0;
    out["slave/frameworks_active"] = static_cast<double>(state.frameworks.size());
}

void fillTasks(const AgentState &state, Snapshot &out)
{
    double staging = 0, starting = 0, running = 0, killing = 0;
    for (const auto &[frameworkId, framework] : state.frameworks) {
        for (const auto &[id, executor] : framework->executors) {
            staging += static_cast<double>(executor->queued.size());
            for (const auto &[taskId, task] : executor->launched) {
                staging += task.state() == mesos::v1::TASK_STAGING;
                starting += task.state() == mesos::v1::TASK_STARTING;
                running += task.state() == mesos::v1::TASK_RUNNING;
                killing += task.state() == mesos::v1::TASK_KILLING;
            }
        }
    }
    out["slave/tasks_staging"] = staging;
    out["slave/tasks_starting"] = starting;
    out["slave/tasks_running"] = running;
    out["slave/tasks_killing"] = killing;
    const AgentCounters &counters = state.counters;
    out["slave/tasks_finished"] = static_cast<double>(counters.tasksFinished);
    out["slave/tasks_failed"] = static_cast<double>(counters.tasksFailed);
    out["slave/tasks_killed"] = static_cast<double>(counters.tasksKilled);
    out["slave/tasks_lost"] = static_cast<double>(counters.tasksLost);
    out["slave/tasks_gone"] = static_cast<double>(counters.tasksGone);
    out["slave/valid_status_updates"] = static_cast<double>(counters.validStatusUpdates);
    out["slave/invalid_status_updates"] = static_cast<double>(counters.invalidStatusUpdates);
    out["slave/valid_framework_messages"] = static_cast<double>(counters.validFrameworkMessages);
    out["slave/invalid_framework_messages"] =
        static_cast<double>(counters.invalidFrameworkMessages);
    out["slave/container_launch_errors"] = static_cast<double>(counters.containerLaunchErrors);
}

void fillResources(const Agent &agent, Snapshot &out)
{
    const Resources &total = agent.config().resources;
    const Resources used = agent.state().allocated();
    for (const char *name : {"cpus", "gpus", "mem", "disk"}) {
        const std::string prefix = std::string("slave/") + name;
        const double all = total.scalar(name);
        const double taken = used.scalar(name);
        out[prefix + "_total"] = all;
        out[prefix + "_used"] = taken;
        out[prefix + "_percent"] = all > 0 ? taken / all : 0;
        out[prefix + "_revocable_total"] = 0;
        out[prefix + "_revocable_used"] = 0;
        out[prefix + "_revocable_percent"] = 0;
    }
}

} // namespace

void addAgentMetrics(MetricsRegistry &metrics, const Agent &agent, Clock &clock)
{
    metrics.source([&agent, &clock](Snapshot &out) {
        const AgentState &state = agent.state();
        fillExecutors(state, out);
        fillTasks(state, out);
        fillResources(agent, out);
        out["slave/registered"] = state.lifecycle == AgentState::Lifecycle::Running;
        out["slave/uptime_secs"] = clock.seconds() - state.startTime;
        out["slave/recovery_errors"] = static_cast<double>(state.counters.recoveryErrors);
        if (state.counters.recoverySeconds)
            out["slave/recovery_time_secs"] = *state.counters.recoverySeconds;
        out["containerizer/mesos/container_destroy_errors"] =
            static_cast<double>(state.counters.containerDestroyErrors);
    });
}

void addCollectionMetrics(MetricsRegistry &metrics, const DiskSandboxes &sandboxes)
{
    metrics.source([&sandboxes](Snapshot &out) {
        const CollectionFigures figures = sandboxes.figures();
        out["gc/path_removals_succeeded"] = static_cast<double>(figures.succeeded);
        out["gc/path_removals_failed"] = static_cast<double>(figures.failed);
        out["gc/path_removals_pending"] = static_cast<double>(figures.pending);
        out["slave/executor_directory_max_allowed_age_secs"] =
            std::chrono::duration<double>(figures.maxAge).count();
    });
}

} // namespace meseta::agent
