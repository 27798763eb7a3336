#include "agent_harness.h"

#include <csignal>

#include "common/base/duration_text.h"

namespace meseta::agent {

using namespace mesos::internal;

std::string joined(const std::vector<std::string> &lines)
{
    std::string text;
    for (const auto &line : lines)
        text += (text.empty() ? "" : ", ") + line;
    return text;
}

ContainerTermination exited(int waitStatus)
{
    ContainerTermination termination;
    termination.waitStatus = waitStatus;
    return termination;
}

void RecordingOutbox::send(const messages::Pid &to, const google::protobuf::Message &message)
{
    std::string line = message.GetDescriptor()->name();
    if (const auto *update = dynamic_cast<const StatusUpdateMessage *>(&message)) {
        updates.push_back(update->update());
        line = update->update().status().task_id().value() + " "
            + mesos::v1::TaskState_Name(update->update().status().state());
    } else if (const auto *again = dynamic_cast<const ReregisterSlaveMessage *>(&message)) {
        reregistration = *again;
    } else if (to.id != "master") {
        line += " -> " + to.id;
    }
    lines.push_back(line);
}

void RecordingOutbox::persist(std::vector<CheckpointChange> changes,
                              std::function<void(const Result<> &)> done)
{
    Ask ask{std::move(changes), std::move(done)};
    if (m_holding)
        m_held.push_back(std::move(ask));
    else
        answer(ask);
}

void RecordingOutbox::answer(const Ask &ask)
{
    for (const CheckpointChange &change : ask.changes) {
        if (refusal.empty())
            files.apply(change);
    }
    clock->after(Duration::zero(), [this, done = ask.done, refusal = refusal, agent = m_agent] {
        if (agent == m_agent)
            done(refusal.empty() ? Result<>() : fail(refusal));
    });
}

void RecordingOutbox::keep(bool on)
{
    m_holding = !on;
    for (const Ask &ask : std::exchange(m_held, {}))
        answer(ask);
}

void RecordingOutbox::orphan()
{
    ++m_agent;
    m_held.clear();
    m_holding = false;
}

bool FakeContainerizer::recover(const ContainerSpec &spec, ContainerEvents events)
{
    for (Run &one : runs) {
        if (one.spec.containerId != spec.containerId)
            continue;
        one.events = std::move(events);
        m_clock.after(Duration::zero(), [this, id = spec.containerId] {
            for (const Run &again : runs) {
                if (again.spec.containerId != id)
                    continue;
                mesos::v1::ContainerStatus status;
                status.set_executor_pid(4711);
                if (again.ended)
                    again.events.ended(again.termination);
                else
                    again.events.started(status);
            }
        });
        return true;
    }
    return false;
}

bool FakeContainerizer::supports(const std::optional<mesos::v1::ContainerInfo> &container) const
{
    const bool isDocker = container && container->type() == mesos::v1::ContainerInfo::DOCKER;
    return isDocker == (m_name == "docker");
}

void FakeContainerizer::launch(const ContainerSpec &spec, ContainerEvents events)
{
    runs.push_back({spec, std::move(events)});
}

FakeContainerizer::Run &FakeContainerizer::run(const std::string &taskId)
{
    if (taskId.empty())
        return runs.back();
    return *std::find_if(runs.rbegin(), runs.rend(),
                         [&](const Run &one) { return one.spec.taskId == taskId; });
}

void FakeContainerizer::start(const std::string &taskId)
{
    mesos::v1::ContainerStatus status;
    status.set_executor_pid(4711);
    run(taskId).events.started(status);
}

void FakeContainerizer::progress(const std::string &message, std::uint64_t done,
                                 std::uint64_t total)
{
    runs.back().events.progress(message, done, total);
}

void FakeContainerizer::exitWith(int waitStatus, const std::string &taskId)
{
    end(exited(waitStatus), taskId);
}

void FakeContainerizer::end(const ContainerTermination &termination, const std::string &taskId)
{
    endRun(run(taskId), termination);
}

void FakeContainerizer::endRun(Run &one, const ContainerTermination &termination)
{
    if (std::exchange(one.ended, true))
        return;
    one.termination = termination;
    if (const auto ended = one.events.ended)
        ended(termination);
    m_clock.settle();
}

void FakeContainerizer::kill(const std::string &containerId, Duration grace)
{
    calls.push_back("kill " + durationText(grace));
    for (Run &one : runs) {
        if (one.spec.containerId != containerId || !obeysKill)
            continue;
        endLater(containerId, SIGTERM);
    }
}

void FakeContainerizer::destroy(const std::string &containerId)
{
    calls.push_back("destroy");
    for (Run &one : runs) {
        if (one.spec.containerId != containerId || !obeysDestroy)
            continue;
        endLater(containerId, SIGKILL);
    }
}

void FakeContainerizer::endLater(const std::string &containerId, int signal)
{
    m_clock.after(Duration::zero(), [this, containerId, signal] {
        ContainerTermination termination = exited(signal);
        termination.killed = true;
        endRun(runOf(containerId), termination);
    });
}

FakeContainerizer::Run &FakeContainerizer::runOf(const std::string &containerId)
{
    return *std::find_if(runs.rbegin(), runs.rend(),
                         [&](const Run &one) { return one.spec.containerId == containerId; });
}

void FakeContainerizer::update(const std::string &containerId, const ContainerResources &resources,
                               std::function<void(Result<>)> done)
{
    updates.push_back({containerId, resources});
    done(updateProblem ? fail(*updateProblem) : Result<>());
}

void FakeContainerizer::usage(const std::string &,
                              std::function<void(Result<mesos::v1::ResourceStatistics>)> done)
{
    mesos::v1::ResourceStatistics statistics;
    statistics.set_timestamp(1);
    statistics.set_mem_rss_bytes(4096);
    m_clock.after(Duration::zero(), [statistics, done = std::move(done)] { done(statistics); });
}

std::optional<mesos::v1::ContainerStatus>
FakeContainerizer::status(const std::string &containerId) const
{
    for (const Run &one : runs) {
        if (one.spec.containerId == containerId && !one.ended) {
            mesos::v1::ContainerStatus status;
            status.set_executor_pid(4711);
            return status;
        }
    }
    return std::nullopt;
}

std::string RecordingSink::text() const
{
    std::vector<std::string> lines;
    for (const auto &event : events) {
        std::string line = mesos::v1::executor::Event::Type_Name(event.type());
        if (event.has_launch())
            line += " " + event.launch().task().task_id().value();
        if (event.has_kill())
            line += " " + event.kill().task_id().value();
        if (event.has_acknowledged())
            line += " " + event.acknowledged().task_id().value();
        lines.push_back(line);
    }
    if (closed)
        lines.push_back("closed");
    return joined(lines);
}

Harness::Harness()
{
    QLoggingCategory::setFilterRules(
        QStringLiteral("meseta.*.debug=false\nmeseta.*.info=false\nmeseta.*.warning=false"));
    config.self = {"slave(1)", "127.0.0.1", 5051};
    config.master = {"master", "127.0.0.1", 5050};
    config.hostname = "agent.example";
    config.version = "1.11.0";
    config.capabilities = defaultCapabilities();
    config.launcherDir = "/usr/libexec/mesos";
    config.resources = *Resources::parse("cpus:4;mem:2048;disk:4096;ports:[31000-32000]");
    outbox.clock = &clock;
    config.bootId = "this one";
    services.containerizers = {&docker, &plain};
    services.sandboxes = &sandboxes;
    services.fetcher = &fetcher;
    agent = std::make_unique<Agent>(clock, random, outbox, config, services);
}

void Harness::registerAgent()
{
    agent->start();
    clock.advance(std::chrono::seconds(1));
    SlaveRegisteredMessage registered;
    registered.mutable_slave_id()->set_value(agentId);
    registered.mutable_connection()->set_total_ping_timeout_seconds(75);
    fromMaster(registered);
    outbox.take();
}

void Harness::crash()
{
    agent.reset();
    outbox.orphan();
    for (FakeContainerizer *containerizer : {&plain, &docker}) {
        for (auto &run : containerizer->runs)
            run.events = {};
    }
    outbox.take();
}

void Harness::recover(bool rebooted)
{
    if (rebooted)
        outbox.files.files["meta/boot_id"] = "that one";
    ReaderOptions options{"meta", outbox.files.latestAgent(), config.bootId, true,
                          config.maxCompletedExecutorsPerFramework};
    const auto earlier = readAgent(outbox.files, options);
    if (!earlier)
        qFatal("%s", earlier.error().message.c_str());
    agent = std::make_unique<Agent>(clock, random, outbox, config, services);
    agent->recover(*earlier);
}

void Harness::restart(bool rebooted)
{
    recover(rebooted);
    agent->start();
    clock.settle();
}

void Harness::reregister()
{
    SlaveReregisteredMessage message;
    message.mutable_slave_id()->set_value(agentId);
    message.mutable_connection()->set_total_ping_timeout_seconds(75);
    fromMaster(message);
}

void Harness::from(const messages::Pid &peer, const google::protobuf::Message &message)
{
    agent->receive(
        {peer, config.self, message.GetDescriptor()->full_name(), message.SerializeAsString()});
    clock.settle();
}

void Harness::fromMaster(const google::protobuf::Message &message)
{
    from(config.master, message);
}

mesos::v1::FrameworkInfo Harness::framework() const
{
    using Capability = mesos::v1::FrameworkInfo::Capability;
    mesos::v1::FrameworkInfo info;
    info.set_user("root");
    info.set_name("tests");
    info.mutable_id()->set_value(frameworkId);
    info.set_checkpoint(checkpoint);
    for (auto type : {Capability::PARTITION_AWARE, Capability::TASK_KILLING_STATE})
        info.add_capabilities()->set_type(type);
    return info;
}

mesos::v1::TaskInfo Harness::task(const std::string &id) const
{
    mesos::v1::TaskInfo info;
    info.set_name(id);
    info.mutable_task_id()->set_value(id);
    info.mutable_agent_id()->set_value(agentId);
    *info.mutable_resources() = Resources::parse("cpus:1;mem:64")->allocated("web").proto();
    info.mutable_command()->set_value("true");
    return info;
}

mesos::v1::TaskInfo Harness::executorTask(const std::string &id,
                                          const std::string &executorId) const
{
    mesos::v1::TaskInfo info = task(id);
    info.clear_command();
    auto *executor = info.mutable_executor();
    executor->set_type(mesos::v1::ExecutorInfo::CUSTOM);
    executor->mutable_executor_id()->set_value(executorId);
    executor->mutable_framework_id()->set_value(frameworkId);
    executor->mutable_command()->set_value("./executor");
    *executor->mutable_resources() = Resources::parse("cpus:0.1;mem:32")->allocated("web").proto();
    return info;
}

RunTaskMessage Harness::runTask(const mesos::v1::TaskInfo &task, bool launchExecutor) const
{
    RunTaskMessage message;
    *message.mutable_framework() = framework();
    *message.mutable_task() = task;
    message.set_pid("@0.0.0.0:0");
    message.set_launch_executor(launchExecutor);
    message.add_resource_version_uuids()->mutable_uuid()->set_value(agent->state().resourceVersion);
    return message;
}

void Harness::kill(const std::string &taskId, std::optional<Duration> grace)
{
    KillTaskMessage message;
    message.mutable_framework_id()->set_value(frameworkId);
    message.mutable_task_id()->set_value(taskId);
    if (grace)
        message.mutable_kill_policy()->mutable_grace_period()->set_nanoseconds(grace->count());
    fromMaster(message);
}

std::string Harness::drain()
{
    std::vector<std::string> seen;
    clock.settle();
    while (acknowledged < outbox.updates.size()) {
        const StatusUpdate update = outbox.updates[acknowledged++];
        seen.push_back(update.status().task_id().value() + " "
                       + mesos::v1::TaskState_Name(update.status().state()));
        StatusUpdateAcknowledgementMessage message;
        *message.mutable_slave_id() = update.slave_id();
        *message.mutable_framework_id() = update.framework_id();
        *message.mutable_task_id() = update.status().task_id();
        message.set_uuid(update.uuid());
        fromMaster(message);
    }
    return joined(seen);
}

std::shared_ptr<RecordingSink> Harness::subscribe(const std::string &executorId,
                                                  const mesos::v1::executor::Call::Subscribe &call)
{
    auto sink = std::make_shared<RecordingSink>();
    agent->subscribe(*agent->state().framework(frameworkId), *executor(executorId), call, sink);
    clock.settle();
    return sink;
}

mesos::v1::TaskStatus Harness::status(const std::string &taskId, mesos::v1::TaskState state)
{
    mesos::v1::TaskStatus status;
    status.mutable_task_id()->set_value(taskId);
    status.set_state(state);
    status.set_source(mesos::v1::TaskStatus::SOURCE_EXECUTOR);
    status.set_uuid(random.uuidBytes());
    return status;
}

} // namespace meseta::agent
