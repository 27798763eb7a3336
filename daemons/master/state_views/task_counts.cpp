#include "daemons/master/state_views/task_counts.h"

#include "daemons/master/cluster/cluster.h"

namespace meseta::master {

TaskTable tabulateTasks(const Cluster &cluster)
{
    TaskTable table;
    for (const auto &[id, framework] : cluster.frameworks()) {
        TaskCounts &counts = table.byFramework[id];
        std::set<std::string> &agents = table.agentsOfFramework[id];
        const auto count = [&](const Task &task) {
            const auto agent = table.byAgent.try_emplace(std::string(task.agentId())).first;
            ++agent->second[task.state()];
            ++counts[task.state()];
            if (agents.insert(agent->first).second)
                table.frameworksOfAgent[agent->first].insert(id);
        };
        for (const auto &entry : framework->tasks)
            count(*entry.second);
        for (const auto &task : framework->unreachableTasks)
            count(*task);
        for (const auto &task : framework->completedTasks)
            count(*task);
    }
    return table;
}

void countMembers(const TaskCounts *counts, codec::JsonWriter &json)
{
    for (const mesos::v1::TaskState state : countedStates) {
        const auto found = counts ? counts->find(state) : TaskCounts::const_iterator();
        json.member(mesos::v1::TaskState_Name(state),
                    counts && found != counts->end() ? found->second : std::uint64_t(0));
    }
}

} // namespace meseta::master
