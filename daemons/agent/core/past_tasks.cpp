#include "daemons/agent/core/past_tasks.h"

#include <algorithm>
#include <vector>

namespace meseta::agent {

namespace {

using Tasks = std::vector<const mesos::v1::Task *>;

/// Oldest first, as far as it is known.
Tasks pastTasksOf(const Framework &framework)
{
    Tasks tasks;
    for (const auto &executor : framework.completedExecutors) {
        for (const auto &[id, task] : executor->terminated)
            tasks.push_back(&task);
        for (const auto &task : executor->completed)
            tasks.push_back(&task);
    }
    for (const auto &[id, executor] : framework.executors) {
        for (const auto &task : executor->completed)
            tasks.push_back(&task);
    }
    return tasks;
}

struct Past
{
    const Framework *framework;
    Tasks tasks;
};

/// Leaves the newest; what frameworks are limited to together goes to those that ended last.
void limit(std::vector<Past> &all)
{
    std::size_t left = maxPastTasks;
    for (auto past = all.rbegin(); past != all.rend(); ++past) {
        const std::size_t most = std::min(maxPastTasksPerFramework, left);
        if (past->tasks.size() > most)
            past->tasks.erase(past->tasks.begin(), past->tasks.end() - std::ptrdiff_t(most));
        left -= past->tasks.size();
    }
}

} // namespace

void addPastTasks(const AgentState &state, mesos::internal::ReregisterSlaveMessage &message)
{
    std::vector<Past> all;
    for (const auto &framework : state.completedFrameworks)
        all.push_back({framework.get(), pastTasksOf(*framework)});
    for (const auto &[id, framework] : state.frameworks) {
        Past past{framework.get(), pastTasksOf(*framework)};
        if (framework->state != Framework::State::Terminating && !past.tasks.empty())
            all.push_back(std::move(past));
    }
    limit(all);
    for (const Past &past : all) {
        auto &told = *message.add_completed_frameworks();
        *told.mutable_framework_info() = past.framework->info;
        if (past.framework->pid)
            told.set_pid(past.framework->pid->text());
        for (const mesos::v1::Task *task : past.tasks) {
            auto &copy = *told.add_tasks();
            copy = *task;
            *copy.mutable_resources() = Resources(task->resources()).preRefinement();
        }
    }
}

} // namespace meseta::agent
