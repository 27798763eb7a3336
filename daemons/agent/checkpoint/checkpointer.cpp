#include "daemons/agent/checkpoint/checkpointer.h"

#include <google/protobuf/wrappers.pb.h>

#include "daemons/agent/core/agent_log.h"
#include "daemons/agent/registration/slave_info.h"

namespace meseta::agent {

using mesos::internal::StatusUpdateRecord;
using Kind = CheckpointChange::Kind;

namespace {

CheckpointChange record(std::string path, const google::protobuf::MessageLite &message)
{
    return {Kind::Record, std::move(path), message.SerializeAsString()};
}

CheckpointChange text(std::string path, std::string content)
{
    return {Kind::Text, std::move(path), std::move(content)};
}

} // namespace

Checkpointer::Checkpointer(AgentContext context, const AgentState &state)
    : m_context(context), m_state(state)
{ }

void Checkpointer::persist(std::vector<CheckpointChange> changes, Done done)
{
    m_context.outbox.persist(std::move(changes), [done = std::move(done)](const Result<> &kept) {
        if (!kept)
            qCCritical(agentLog) << "cannot keep for a later agent:"
                                 << kept.error().message.c_str();
        if (done)
            done(kept);
    });
}

layout::FrameworkPath Checkpointer::pathOf(const Framework &framework) const
{
    return {m_state.id(), framework.id()};
}

layout::RunPath Checkpointer::pathOf(const Framework &framework, const Executor &executor) const
{
    return {{pathOf(framework), executor.id()}, executor.containerId};
}

void Checkpointer::agent()
{
    CheckpointChange info = record(layout::agentInfo(m_state.id()), toSlaveInfo(m_state.info));
    info.survivesPowerCut = true;
    persist({info, {Kind::Link, layout::latestAgent, layout::agent(m_state.id()), true}}, {});
}

void Checkpointer::bootId(const std::string &id)
{
    CheckpointChange change = text(layout::bootId, id);
    change.survivesPowerCut = true; // or a start of the machine would not be noticed
    persist({std::move(change)}, {});
}

void Checkpointer::drain()
{
    if (!m_state.isRegistered())
        return;
    const std::string path = layout::drainConfig(m_state.id());
    CheckpointChange change =
        m_state.drain ? record(path, *m_state.drain) : CheckpointChange{Kind::Remove, path, {}};
    change.survivesPowerCut = m_state.drain.has_value();
    persist({change}, {});
}

void Checkpointer::forgetAgent(Done done)
{
    persist({{Kind::Remove, layout::latestAgent, {}}}, std::move(done));
}

std::vector<CheckpointChange> Checkpointer::frameworkChanges(const Framework &framework) const
{
    const layout::FrameworkPath path = pathOf(framework);
    return {record(path.info(), framework.info),
            text(path.pid(), framework.pid ? framework.pid->text() : "@0.0.0.0:0")};
}

void Checkpointer::framework(const Framework &framework)
{
    if (!framework.info.checkpoint())
        return;
    m_kept.insert(framework.id());
    persist(frameworkChanges(framework), {});
}

CheckpointChange Checkpointer::taskChange(const Framework &framework, const Executor &executor,
                                          const mesos::v1::TaskInfo &task) const
{
    KeptTask kept{makeTask(task, framework.id()), task, m_context.clock.sinceEpoch()};
    const bool grouped = std::any_of(
        executor.queuedGroups.begin(), executor.queuedGroups.end(), [&task](const auto &ids) {
            return std::find(ids.begin(), ids.end(), task.task_id().value()) != ids.end();
        });
    if (grouped)
        kept.group = executor.queuedWith(task.task_id().value()).front();
    return {Kind::Record, pathOf(framework, executor).taskInfo(task.task_id().value()),
            encodeTask(kept)};
}

void Checkpointer::launch(const Framework &framework, const Executor &executor,
                          const mesos::v1::TaskInfo &task, Done done)
{
    if (!framework.info.checkpoint())
        return done({});
    const layout::RunPath run = pathOf(framework, executor);
    std::vector<CheckpointChange> changes;
    if (m_kept.insert(framework.id()).second)
        changes = frameworkChanges(framework);
    changes.push_back(record(run.executor.info(), executor.info));
    changes.push_back(text(run.executor.forCommandTask(), executor.isCommand ? "1" : "0"));
    changes.push_back(taskChange(framework, executor, task));
    changes.push_back({Kind::Link, run.latest(), run.folder()});
    persist(std::move(changes), std::move(done));
}

void Checkpointer::task(const Framework &framework, const Executor &executor,
                        const mesos::v1::TaskInfo &task, Done done)
{
    if (!framework.info.checkpoint())
        return done({});
    std::vector<CheckpointChange> changes;
    const std::string &id = task.task_id().value();
    const bool again = std::any_of(executor.completed.begin(), executor.completed.end(),
                                   [&id](const auto &one) { return one.task_id().value() == id; });
    if (again) // what there was under this id must not be taken for its own
        changes.push_back({Kind::Remove, pathOf(framework, executor).task(id), {}});
    changes.push_back(taskChange(framework, executor, task));
    persist(std::move(changes), std::move(done));
}

void Checkpointer::driver(const Framework &framework, const Executor &executor,
                          const messages::Pid &pid, Done done)
{
    if (!framework.info.checkpoint())
        return done({});
    const layout::RunPath path = pathOf(framework, executor);
    google::protobuf::StringValue again;
    again.set_value(pid.text());
    persist({text(path.driverPid(), pid.text()), record(path.driverRecord(), again)},
            std::move(done));
}

void Checkpointer::http(const Framework &framework, const Executor &executor, Done done)
{
    if (!framework.info.checkpoint())
        return done({});
    persist({text(pathOf(framework, executor).httpMarker(), {})}, std::move(done));
}

void Checkpointer::exited(const Framework &framework, const Executor &executor, Done done)
{
    if (!framework.info.checkpoint() || !executor.isKept)
        return done({});
    persist({text(pathOf(framework, executor).exitMarker(), {})}, std::move(done));
}

void Checkpointer::forked(const Framework &framework, const Executor &executor, std::uint32_t pid)
{
    if (framework.info.checkpoint())
        persist({text(pathOf(framework, executor).forkedPid(), std::to_string(pid))}, {});
}

void Checkpointer::update(const Framework &framework, const Executor &executor,
                          const mesos::internal::StatusUpdate &update, Done done)
{
    if (!framework.info.checkpoint())
        return done({});
    StatusUpdateRecord kept;
    kept.set_type(StatusUpdateRecord::UPDATE);
    *kept.mutable_update() = update;
    const layout::RunPath run = pathOf(framework, executor);
    const std::string &taskId = update.status().task_id().value();
    // Without these a later agent could not tell the update.
    const std::vector<std::string> with{run.executor.framework.info(), run.executor.info(),
                                        run.executor.forCommandTask(), run.taskInfo(taskId)};
    persist({{Kind::Append, run.taskUpdates(taskId), kept.SerializeAsString(), true, with}},
            std::move(done));
}

void Checkpointer::acknowledgement(const Framework &framework, const Executor &executor,
                                   const std::string &taskId, const std::string &uuid, Done done)
{
    if (!framework.info.checkpoint())
        return done({});
    StatusUpdateRecord kept;
    kept.set_type(StatusUpdateRecord::ACK);
    kept.set_uuid(uuid);
    persist({{Kind::Append, pathOf(framework, executor).taskUpdates(taskId),
              kept.SerializeAsString(), true}},
            std::move(done));
}

void Checkpointer::ending(const Framework &framework, const Executor &executor,
                          const std::string &taskId, const TaskEnding &ending, Done done)
{
    if (!framework.info.checkpoint())
        return done({});
    persist({{Kind::Record, pathOf(framework, executor).taskKill(taskId), encodeEnding(ending)}},
            std::move(done));
}

void Checkpointer::over(const Framework &framework, const Executor &executor, Done done)
{
    if (!framework.info.checkpoint())
        return done({});
    const auto now = std::chrono::duration<double>(m_context.clock.sinceEpoch());
    persist({text(pathOf(framework, executor).sentinel(), std::to_string(now.count()))},
            std::move(done));
}

void Checkpointer::forgetTask(const Framework &framework, const Executor &executor,
                              const std::string &taskId)
{
    if (framework.info.checkpoint())
        persist({{Kind::Remove, pathOf(framework, executor).task(taskId), {}}}, {});
}

void Checkpointer::forget(const Framework &framework, Executor &run)
{
    if (!framework.info.checkpoint() || !std::exchange(run.isKept, false))
        return;
    bool others = !framework.executors.empty();
    bool sameExecutor = false;
    const auto look = [&](const Executor &other) {
        others = others || other.isKept;
        sameExecutor = sameExecutor || (other.isKept && other.id() == run.id());
    };
    for (const auto &[id, live] : framework.executors)
        look(*live);
    for (const auto &ended : framework.completedExecutors)
        look(*ended);
    const layout::RunPath path = pathOf(framework, run);
    if (!others)
        forget(framework);
    else
        persist({{Kind::Remove, sameExecutor ? path.folder() : path.executor.folder(), {}}}, {});
}

void Checkpointer::forget(const Framework &framework)
{
    m_kept.erase(framework.id());
    if (framework.info.checkpoint())
        persist({{Kind::Remove, pathOf(framework).folder(), {}}}, {});
}

void Checkpointer::remove(const std::vector<std::string> &leftovers)
{
    std::vector<CheckpointChange> changes;
    for (const std::string &path : leftovers)
        changes.push_back({Kind::Remove, path, {}});
    if (!changes.empty())
        persist(std::move(changes), {});
}

} // namespace meseta::agent
