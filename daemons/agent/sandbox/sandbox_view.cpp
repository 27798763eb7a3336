#include "daemons/agent/sandbox/sandbox_view.h"

#include <filesystem>

#include "common/resources/persistent_volume.h"
#include "daemons/agent/core/agent_state.h"

namespace meseta::agent {

namespace {

using Elsewhere = FileService::Elsewhere;
using mesos::v1::Task;
using mesos::v1::Volume;
using SandboxPath = Volume::Source::SandboxPath;

/// The first part of a path that begins with a slash, and what follows it with its slash.
struct Way
{
    explicit Way(const std::string &path)
    {
        const auto end = path.find('/', 1);
        first = path.empty() ? path : path.substr(1, end == std::string::npos ? end : end - 1);
        rest = end == std::string::npos ? std::string() : path.substr(end);
    }

    std::string first, rest;
};

/// The run that a sandbox belongs to, whether it goes on or not.
struct FoundRun
{
    const Executor *executor = nullptr;
    bool isLive = false;
};

const Executor *among(const std::deque<std::unique_ptr<Executor>> &ended, const std::string &run)
{
    for (const auto &executor : ended) {
        if (executor->containerId == run)
            return executor.get();
    }
    return nullptr;
}

/// `…/frameworks/<framework>/executors/<executor>/runs/<run>`
FoundRun runOf(const AgentState &state, const std::string &folder)
{
    const std::filesystem::path path(folder);
    const auto executorFolder = path.parent_path().parent_path();
    const auto frameworkFolder = executorFolder.parent_path().parent_path();
    if (path.parent_path().filename() != "runs"
        || executorFolder.parent_path().filename() != "executors")
        return {};
    const std::string run = path.filename(), framework = frameworkFolder.filename();
    if (const Executor *live = state.run(framework, executorFolder.filename(), run))
        return {live, true};
    if (const Framework *known = state.framework(framework))
        return {among(known->completedExecutors, run), false};
    for (const auto &over : state.completedFrameworks) {
        if (over->id() == framework)
            return {among(over->completedExecutors, run), false};
    }
    return {};
}

std::string containerOf(const Task &task)
{
    for (auto status = task.statuses().rbegin(); status != task.statuses().rend(); ++status) {
        if (status->container_status().has_container_id())
            return status->container_status().container_id().value();
    }
    return {};
}

const Task *taskOf(const Executor &executor, const std::string &id)
{
    for (const auto *tasks : {&executor.launched, &executor.terminated}) {
        if (const auto found = tasks->find(id); found != tasks->end())
            return &found->second;
    }
    for (const Task &task : executor.completed) {
        if (task.task_id().value() == id)
            return &task;
    }
    return nullptr;
}

const Task *taskIn(const Executor &executor, const std::string &container)
{
    for (const auto &[id, task] : executor.launched) {
        if (containerOf(task) == container)
            return &task;
    }
    return nullptr;
}

/// The folder of the volume that one of these resources puts at this place.
template <typename List>
std::optional<std::string> volumeAt(const List &resources, const std::string &place,
                                    const std::string &workDir)
{
    for (const mesos::v1::Resource &resource : resources) {
        const auto &disk = resource.disk();
        if (disk.has_persistence() && disk.has_volume() && !place.empty()
            && disk.volume().container_path() == place)
            return persistentVolumePath(workDir, resource);
    }
    return std::nullopt;
}

std::optional<Elsewhere> inTask(const Executor &executor, const Task &task, const Way &way,
                                const std::string &workDir)
{
    if (const auto folder = volumeAt(task.resources(), way.first, workDir))
        return Elsewhere{*folder, way.rest};
    // A volume of the executor's that the task shares.
    for (const Volume &volume : task.container().volumes()) {
        const SandboxPath &shared = volume.source().sandbox_path();
        if (volume.container_path() != way.first || shared.type() != SandboxPath::PARENT)
            continue;
        if (const auto folder = volumeAt(executor.info.resources(), shared.path(), workDir))
            return Elsewhere{*folder, way.rest};
    }
    return std::nullopt;
}

std::optional<Elsewhere> inRun(const FoundRun &run, const std::string &below,
                               const std::string &workDir)
{
    const Way way(below);
    if (!run.isLive)
        return std::nullopt;
    if (way.first == "containers") {
        const Way nested(way.rest);
        const Task *task = nested.rest.empty() ? nullptr : taskIn(*run.executor, nested.first);
        return task ? inTask(*run.executor, *task, Way(nested.rest), workDir) : std::nullopt;
    }
    // Those of tasks of a group are in the sandboxes of the tasks alone.
    const auto folder = run.executor->isDefault
        ? volumeAt(run.executor->info.resources(), way.first, workDir)
        : volumeAt(run.executor->allocated().proto(), way.first, workDir);
    return folder ? std::optional(Elsewhere{*folder, way.rest}) : std::nullopt;
}

} // namespace

std::optional<Elsewhere> seenInSandbox(const AgentState &state, const std::string &workDir,
                                       const std::string &folder, const std::string &below)
{
    const FoundRun run = runOf(state, folder);
    if (!run.executor)
        return std::nullopt;
    const Way way(below), task(way.rest);
    if (!run.executor->isDefault || way.first != "tasks" || task.first.empty())
        return inRun(run, below, workDir);
    const Task *found = taskOf(*run.executor, task.first);
    if (!found || containerOf(*found).empty())
        return std::nullopt;
    const std::string real = "/containers/" + containerOf(*found) + task.rest;
    const auto further = inRun(run, real, workDir);
    return further ? further : Elsewhere{folder, real};
}

} // namespace meseta::agent
