#pragma once

#include <QtTest>

#include "common/base/simulated_clock.h"
#include "common/messages/transport.h"
#include "daemons/agent/checkpoint/reader.h"
#include "daemons/agent/core/agent.h"
#include "kept_files.h"

namespace meseta::agent {

/// Writes down what the agent sends, one line a message: "RunTaskMessage -> executor(1)@…".
class RecordingOutbox final : public AgentOutbox
{
public:
    void send(const messages::Pid &to, const google::protobuf::Message &message) override;
    void link(const messages::Pid &peer) override { lines.push_back("link " + peer.text()); }
    void relink(const messages::Pid &peer) override { lines.push_back("relink " + peer.text()); }
    void persist(std::vector<CheckpointChange> changes,
                 std::function<void(const Result<> &)> done) override;
    void finish(int exitCode, const std::string &) override
    {
        lines.push_back("finish " + std::to_string(exitCode));
    }

    std::vector<std::string> take() { return std::exchange(lines, {}); }

    /// Whether what is asked for is kept; nothing is answered meanwhile when not.
    void keep(bool on);
    /// The agent is gone: it is answered no more.
    void orphan();

    Clock *clock = nullptr; ///< for answers
    KeptFiles files;
    std::string refusal; ///< set: nothing can be kept, for this reason
    std::vector<std::string> lines;
    std::vector<mesos::internal::StatusUpdate> updates; ///< of the StatusUpdateMessages, in order
    mesos::internal::ReregisterSlaveMessage reregistration; ///< the last one

private:
    struct Ask
    {
        std::vector<CheckpointChange> changes;
        std::function<void(const Result<> &)> done;
    };
    void answer(const Ask &ask);
    std::vector<Ask> m_held;
    bool m_holding = false;
    int m_agent = 0; ///< the how manieth it is
};

/// A containerizer whose containers do what the test says.
class FakeContainerizer final : public Containerizer
{
public:
    explicit FakeContainerizer(SimulatedClock &clock, std::string name = "mesos")
        : m_clock(clock), m_name(name)
    { }

    std::string name() const override { return m_name; }
    bool supports(const std::optional<mesos::v1::ContainerInfo> &container) const override;
    Result<> ready() const override { return unreachable ? fail(*unreachable) : Result<>(); }
    void launch(const ContainerSpec &spec, ContainerEvents events) override;
    bool recover(const ContainerSpec &spec, ContainerEvents events) override;
    void forget(const std::string &containerId) override { forgotten.push_back(containerId); }
    void kill(const std::string &containerId, Duration grace) override;
    void destroy(const std::string &containerId) override;
    bool sharesWithNested() const override { return shares; }
    void update(const std::string &containerId, const ContainerResources &resources,
                std::function<void(Result<>)> done) override;
    void usage(const std::string &containerId,
               std::function<void(Result<mesos::v1::ResourceStatistics>)> done) override;
    std::optional<mesos::v1::ContainerStatus> status(const std::string &containerId) const override;
    void exec(const std::string &, const mesos::v1::CommandInfo &, Duration,
              std::function<void(Result<int>)>) override
    { }
    void cleanOrphans(const std::vector<std::string> &,
                      std::function<void(Result<int>)> done) override
    {
        done(0);
    }

    // What a test makes happen to the newest container, or the one of a task.
    void start(const std::string &taskId = {});
    void progress(const std::string &message, std::uint64_t done, std::uint64_t total);
    void exitWith(int waitStatus, const std::string &taskId = {});
    void end(const ContainerTermination &termination, const std::string &taskId = {});

    struct Run
    {
        ContainerSpec spec;
        ContainerEvents events;
        bool ended = false;
        ContainerTermination termination = {};
    };
    Run &run(const std::string &taskId = {});
    Run &runOf(const std::string &containerId);
    void endRun(Run &one, const ContainerTermination &termination);

    std::vector<Run> runs;
    std::vector<std::string> calls; ///< "kill 3secs", "destroy"
    std::vector<std::string> forgotten; ///< container ids
    struct Update
    {
        std::string containerId;
        ContainerResources resources;
    };
    std::vector<Update> updates;
    std::optional<std::string> updateProblem; ///< why an update fails
    bool shares = false; ///< isolators let nested containers live in what their parents have
    std::optional<std::string> unreachable;
    bool obeysKill = true; ///< a kill ends the container by SIGTERM
    bool obeysDestroy = true;

private:
    void endLater(const std::string &containerId, int signal);

    SimulatedClock &m_clock;
    std::string m_name;
};

class FakeFetcher final : public UriFetcher
{
public:
    void fetch(FetchRequest request, std::function<void(Result<>)> done) override
    {
        requests.push_back(std::move(request));
        answers.push_back(std::move(done));
    }
    void cancel(const std::string &) override { ++cancelled; }

    std::vector<FetchRequest> requests;
    std::vector<std::function<void(Result<>)>> answers;
    int cancelled = 0;
};

class FakeSandboxes final : public SandboxStore
{
public:
    Result<std::string> create(const SandboxId &id, const std::string &) override
    {
        if (!problem.empty())
            return fail(problem);
        return "/var/lib/mesos/" + id.executorId + "/runs/latest";
    }
    Result<std::string> createNested(const std::string &parentSandbox,
                                     const std::string &containerId, const std::string &) override
    {
        if (!problem.empty())
            return fail(problem);
        return parentSandbox + "/containers/" + containerId;
    }
    void retire(const SandboxId &id) override { retired.push_back(id.executorId); }
    void agentRegistered(const mesos::v1::AgentInfo &) override { }

    std::string problem;
    std::vector<std::string> retired;
};

class RecordingSink final : public ExecutorEventSink
{
public:
    void send(const mesos::v1::executor::Event &event) override { events.push_back(event); }
    void close() override { closed = true; }

    /// "SUBSCRIBED, LAUNCH t1"
    std::string text() const;

    std::vector<mesos::v1::executor::Event> events;
    bool closed = false;
};

/// An agent between a pretended master and pretended containers.
class Harness
{
public:
    Harness();
    ~Harness() { agent.reset(); }

    /// Starts it and answers its registration; the outbox is empty afterwards.
    void registerAgent();

    /// The agent dies as by kill -9; what runs in containers goes on.
    void crash();
    /// A new agent of the same work_dir; `rebooted`: after the machine was. Not registered yet.
    void restart(bool rebooted = false);
    /// The first half of that: it has read what was kept, and does not try to register yet.
    void recover(bool rebooted = false);
    /// The master takes it back.
    void reregister();

    /// Delivers a message of the master.
    void fromMaster(const google::protobuf::Message &message);
    void from(const messages::Pid &peer, const google::protobuf::Message &message);

    mesos::v1::FrameworkInfo framework() const;
    mesos::v1::TaskInfo task(const std::string &id) const;
    mesos::v1::TaskInfo executorTask(const std::string &id, const std::string &executorId) const;
    mesos::internal::RunTaskMessage runTask(const mesos::v1::TaskInfo &task,
                                            bool launchExecutor = true) const;
    void launch(const mesos::v1::TaskInfo &task, bool launchExecutor = true)
    {
        fromMaster(runTask(task, launchExecutor));
    }
    void kill(const std::string &taskId, std::optional<Duration> grace = {});

    /// Acknowledges what is outstanding until nothing is; gives the states seen, "t1 TASK_STARTING,
    /// t1 TASK_RUNNING".
    std::string drain();

    std::shared_ptr<RecordingSink> subscribe(const std::string &executorId,
                                             const mesos::v1::executor::Call::Subscribe &call = {});
    mesos::v1::TaskStatus status(const std::string &taskId, mesos::v1::TaskState state);
    Executor *executor(const std::string &id) { return agent->state().executor(frameworkId, id); }

    const std::string frameworkId = "M-0000";
    const std::string agentId = "M-S0";
    SimulatedClock clock;
    SeededRandom random{7};
    RecordingOutbox outbox;
    FakeContainerizer plain{clock, "mesos"};
    FakeContainerizer docker{clock, "docker"};
    FakeFetcher fetcher;
    FakeSandboxes sandboxes;
    AgentConfig config;
    LaunchServices services;
    bool checkpoint = false; ///< what `framework()` and `launch` say
    std::unique_ptr<Agent> agent;
    std::size_t acknowledged = 0; ///< of `outbox.updates`
};

std::string joined(const std::vector<std::string> &lines);
ContainerTermination exited(int waitStatus);

} // namespace meseta::agent
