#include "daemons/agent/executors/container_updates.h"

#include "daemons/agent/core/agent_log.h"

namespace meseta::agent {

namespace {

constexpr double bytesPerMegabyte = 1024.0 * 1024.0;

/// One resource of an executor and its tasks.
struct Sum
{
    const char *name;
    double request = 0; ///< of all
    double limit = 0; ///< of tasks; the request, of those without one
    bool limited = false; ///< some task sets a limit
    bool unlimited = false; ///< some task sets none of its own, though it asks for something

    template <typename Task> void add(const Task &task)
    {
        const double wanted = Resources(task.resources()).scalar(name);
        const auto own = task.limits().find(name);
        const bool has = own != task.limits().end();
        request += wanted;
        limit += has ? own->second.value() : wanted;
        limited = limited || has;
        unlimited = unlimited || (!has && wanted > 0);
    }
};

Sum sumOf(const char *name, const Executor &executor)
{
    Sum sum{name};
    for (const auto &task : executor.queued)
        sum.add(task);
    for (const auto &[id, task] : executor.launched)
        sum.add(task);
    const double own = Resources(executor.info.resources()).scalar(name);
    sum.request += own;
    sum.limit += own;
    return sum;
}

} // namespace

ContainerResources containerResources(const AgentConfig &config, const Executor &executor)
{
    const Sum cpus = sumOf("cpus", executor);
    const Sum mem = sumOf("mem", executor);
    ContainerResources all;
    const Resources::Proto list = executor.allocated().proto();
    all.requests.assign(list.begin(), list.end());
    all.cpus = cpus.request;
    all.memBytes = mem.request * bytesPerMegabyte;
    // Without a quota for everybody, tasks that set no limit must not be held back by the sum.
    if (cpus.limited && (config.cgroupsEnableCfs || !cpus.unlimited))
        all.cpusLimit = cpus.limit;
    if (mem.limited)
        all.memLimitBytes = mem.limit * bytesPerMegabyte;
    return all;
}

ContainerUpdates::ContainerUpdates(AgentContext context, AgentState &state,
                                   ExecutorLifecycle &lifecycle)
    : m_context(context), m_state(state), m_lifecycle(lifecycle)
{ }

void ContainerUpdates::apply(const Executor &executor, std::function<void(Executor &)> then)
{
    const auto go = [this, frameworkId = executor.frameworkId, id = executor.id(),
                     run = executor.containerId, then = std::move(then)](const Result<> &updated) {
        Executor *current = m_state.run(frameworkId, id, run);
        if (!current || current->state == Executor::State::Terminated)
            return;
        if (!updated)
            failed(*current, updated.error());
        else if (then)
            then(*current);
    };
    // A command's container has its one task's resources from the start to the end.
    if (executor.containerLaunched && !executor.isCommand
        && executor.state != Executor::State::Terminated)
        executor.containerizer->update(executor.containerId,
                                       containerResources(m_context.config, executor), go);
    else
        go({});
}

void ContainerUpdates::failed(Executor &executor, const Error &error)
{
    const std::string why = "What the container of executor '" + executor.id()
        + "' may use could not be changed for its tasks: " + error.message;
    qCWarning(agentLog) << why.c_str();
    const bool aware = m_state.framework(executor.frameworkId)->isPartitionAware();
    m_lifecycle.destroy(executor,
                        TerminationCause{aware ? mesos::v1::TASK_GONE : mesos::v1::TASK_LOST,
                                         mesos::v1::TaskStatus::REASON_CONTAINER_UPDATE_FAILED,
                                         why});
}

} // namespace meseta::agent
