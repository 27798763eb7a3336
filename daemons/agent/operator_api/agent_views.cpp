#include "daemons/agent/operator_api/agent_views.h"

namespace meseta::agent {

using mesos::v1::agent::Response;

namespace {

void addTasks(const Executor &executor, const std::string &frameworkId, Response::GetTasks &view)
{
    for (const auto &task : executor.queued)
        *view.add_queued_tasks() = makeTask(task, frameworkId);
    for (const auto &[id, task] : executor.launched)
        *view.add_launched_tasks() = task;
    for (const auto &[id, task] : executor.terminated)
        *view.add_terminated_tasks() = task;
    for (const auto &task : executor.completed)
        *view.add_completed_tasks() = task;
}

void addFramework(const Framework &framework, Response::GetTasks &view)
{
    for (const auto &[id, executor] : framework.executors)
        addTasks(*executor, framework.id(), view);
    for (const auto &executor : framework.completedExecutors)
        addTasks(*executor, framework.id(), view);
}

void addFramework(const Framework &framework, Response::GetExecutors &view)
{
    for (const auto &[id, executor] : framework.executors)
        *view.add_executors()->mutable_executor_info() = executor->info;
    for (const auto &executor : framework.completedExecutors)
        *view.add_completed_executors()->mutable_executor_info() = executor->info;
}

} // namespace

Response::GetTasks tasksView(const AgentState &state)
{
    Response::GetTasks view;
    for (const auto &[id, framework] : state.frameworks)
        addFramework(*framework, view);
    for (const auto &framework : state.completedFrameworks)
        addFramework(*framework, view);
    return view;
}

Response::GetExecutors executorsView(const AgentState &state)
{
    Response::GetExecutors view;
    for (const auto &[id, framework] : state.frameworks)
        addFramework(*framework, view);
    for (const auto &framework : state.completedFrameworks)
        addFramework(*framework, view);
    return view;
}

Response::GetFrameworks frameworksView(const AgentState &state)
{
    Response::GetFrameworks view;
    for (const auto &[id, framework] : state.frameworks)
        *view.add_frameworks()->mutable_framework_info() = framework->info;
    for (const auto &framework : state.completedFrameworks)
        *view.add_completed_frameworks()->mutable_framework_info() = framework->info;
    return view;
}

Response::GetState stateView(const AgentState &state)
{
    Response::GetState view;
    *view.mutable_get_tasks() = tasksView(state);
    *view.mutable_get_executors() = executorsView(state);
    *view.mutable_get_frameworks() = frameworksView(state);
    return view;
}

} // namespace meseta::agent
