#include "daemons/agent/core/past_tasks.h"
#include "recovery_harness.h"

using namespace meseta;
using namespace meseta::agent;
using namespace std::chrono_literals;

namespace {

/// Sandboxes that are there until the test has them collected.
class LastingSandboxes final : public SandboxStore
{
public:
    Result<std::string> create(const SandboxId &id, const std::string &) override
    {
        return path(id);
    }
    Result<std::string> createNested(const std::string &parent, const std::string &id,
                                     const std::string &) override
    {
        return parent + "/containers/" + id;
    }
    std::string adopt(const SandboxId &id) override { return path(id); }
    std::string showEnded(const SandboxId &id) override { return path(id); }
    void retire(const SandboxId &id) override { retired.push_back(id); }
    void agentRegistered(const mesos::v1::AgentInfo &) override { }

    static std::string path(const SandboxId &id) { return "/sandboxes/" + id.containerId; }

    std::vector<SandboxId> retired;
};

struct Bench : RecoveryHarness
{
    Bench() { useSandboxes(); }
    void useSandboxes()
    {
        crash();
        services.sandboxes = &lasting;
        restart();
        reregister();
        clock.settle();
        outbox.take();
    }
    void runToItsEnd(const std::string &id, int exitStatus = 0)
    {
        run(task(id));
        plain.exitWith(exitStatus << 8, id);
        drain();
        clock.settle();
        clock.advance(1s);
    }
    void launchOf(const std::string &framework, const std::string &taskId)
    {
        auto message = runTask(task(taskId));
        message.mutable_framework()->mutable_id()->set_value(framework);
        fromMaster(message);
    }
    /// An executor of a framework's own that subscribed.
    void startExecutor(const std::string &taskId)
    {
        launch(executorTask(taskId, "ex"));
        plain.start();
        subscribe("ex");
    }
    void tell(const std::string &taskId, mesos::v1::TaskState state)
    {
        agent->update(*agent->state().framework(frameworkId), *executor("ex"),
                      status(taskId, state));
        clock.settle();
        clock.advance(1ms);
    }
    /// To a new master.
    void tellAgain()
    {
        agent->masterDetected(config.master);
        clock.settle();
        clock.advance(3s);
        reregister();
    }
    /// After its end.
    void comeBack()
    {
        crash();
        restart();
        reregister();
        clock.settle();
    }
    /// As the agent lists them.
    std::vector<const Executor *> listed() const
    {
        std::vector<const Executor *> all;
        const auto add = [&all](const Framework &framework) {
            for (const auto &[id, executor] : framework.executors)
                all.push_back(executor.get());
            for (const auto &executor : framework.completedExecutors)
                all.push_back(executor.get());
        };
        for (const auto &[id, framework] : agent->state().frameworks)
            add(*framework);
        for (const auto &framework : agent->state().completedFrameworks)
            add(*framework);
        return all;
    }
    std::string executors() const
    {
        std::vector<std::string> ids;
        for (const Executor *one : listed()) {
            if (one->state == Executor::State::Terminated)
                ids.push_back(one->id());
        }
        return joined(ids);
    }
    std::string tasks() const
    {
        std::vector<std::string> lines;
        for (const Executor *one : listed()) {
            for (const auto &task : one->completed)
                lines.push_back(task.task_id().value() + " "
                                + mesos::v1::TaskState_Name(task.state()));
        }
        return joined(lines);
    }
    int completedFrameworks() const
    {
        return static_cast<int>(agent->state().completedFrameworks.size());
    }
    const Executor &lastEnded() const
    {
        return *agent->state().completedFrameworks.back()->completedExecutors.back();
    }

    LastingSandboxes lasting;
};

/// "framework: task STATE, task STATE; framework: ..." of what is told as over.
std::string pastTasks(const mesos::internal::ReregisterSlaveMessage &message)
{
    std::string text;
    for (const auto &framework : message.completed_frameworks()) {
        std::vector<std::string> tasks;
        for (const auto &task : framework.tasks())
            tasks.push_back(task.task_id().value() + " " + mesos::v1::TaskState_Name(task.state()));
        text += (text.empty() ? "" : "; ") + framework.framework_info().id().value() + ": "
            + joined(tasks);
    }
    return text;
}

} // namespace

/// What was over when an agent died is listed by the next one, as long as the agent that died would
/// have listed it.
class TestAgentHistory : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatWasOverIsListed();
    void nothingOfItIsRunOrToldAgain();
    void whatIsOverIsToldToTheMaster();
    void noMoreIsToldThanAMasterRemembers();
    void listsTheNewestUpToTheLimit();
    void frameworksBeyondTheLimitAreForgotten();
    void aFrameworkComesBackWithItsHistory();
    void aCollectedSandboxTakesItsRecordsAlong();
    void oneOfSeveralIsCollected();
    void ofAnExecutorsRunsTheLastIsListed();
    void endedTasksOfALivingExecutorAreListed();
    void aTaskIdMayBeUsedAgain();
    void aLivingExecutorsTasksAreBounded();
    void damageStopsNothing();
    void manyReadersFindWhatOneFinds();
    void aRebootChangesNothing();
};

void TestAgentHistory::whatWasOverIsListed()
{
    Bench b;
    b.runToItsEnd("good");
    b.runToItsEnd("bad", 3);
    const std::string folder = b.lastEnded().directory;
    b.comeBack();
    QCOMPARE(b.completedFrameworks(), 1);
    QCOMPARE(b.executors(), std::string("good, bad"));
    QCOMPARE(b.tasks(), std::string("good TASK_FINISHED, bad TASK_FAILED"));
    QVERIFY(b.agent->state().frameworks.empty());
    QVERIFY(!folder.empty());
    QCOMPARE(b.lastEnded().directory, folder); // the sandbox can still be read
    QCOMPARE(b.lastEnded().state, Executor::State::Terminated);
}

void TestAgentHistory::nothingOfItIsRunOrToldAgain()
{
    Bench b;
    b.runToItsEnd("t");
    const auto updates = b.outbox.updates.size();
    b.comeBack();
    QCOMPARE(b.plain.runs.size(), std::size_t(1));
    QCOMPARE(b.outbox.updates.size(), updates);
    QCOMPARE(b.outbox.reregistration.tasks_size(), 0);
    QCOMPARE(b.outbox.reregistration.frameworks_size(), 0);
    QCOMPARE(b.outbox.reregistration.completed_frameworks_size(), 1);
}

/// Of a framework that has nothing left here, and of one that has.
void TestAgentHistory::whatIsOverIsToldToTheMaster()
{
    Bench b;
    b.runToItsEnd("good");
    b.runToItsEnd("bad", 3);
    b.tellAgain();
    const auto told = [&b] { return pastTasks(b.outbox.reregistration); };
    QCOMPARE(told(), b.frameworkId + ": good TASK_FINISHED, bad TASK_FAILED");
    QCOMPARE(b.outbox.reregistration.frameworks_size(), 0);
    QVERIFY(b.outbox.reregistration.completed_frameworks(0).tasks(0).statuses_size() > 0);

    b.startExecutor("one");
    b.tell("one", mesos::v1::TASK_RUNNING);
    b.tell("one", mesos::v1::TASK_FINISHED);
    b.drain();
    b.clock.settle();
    b.tellAgain();
    QCOMPARE(b.outbox.reregistration.frameworks_size(), 1);
    QCOMPARE(told(), b.frameworkId + ": good TASK_FINISHED, bad TASK_FAILED, one TASK_FINISHED");
    b.comeBack();
    QCOMPARE(told(), b.frameworkId + ": good TASK_FINISHED, bad TASK_FAILED, one TASK_FINISHED");
}

void TestAgentHistory::noMoreIsToldThanAMasterRemembers()
{
    AgentState state;
    const auto add = [&state](const std::string &id, std::size_t tasks) {
        auto executor = std::make_unique<Executor>();
        for (std::size_t i = 0; i < tasks; ++i)
            executor->completed.emplace_back().mutable_task_id()->set_value(std::to_string(i));
        auto framework = std::make_unique<Framework>();
        framework->info.mutable_id()->set_value(id);
        framework->completedExecutors.push_back(std::move(executor));
        state.completedFrameworks.push_back(std::move(framework));
    };
    for (int i = 0; i < 12; ++i) // the oldest has the lowest number
        add(std::to_string(i), maxPastTasksPerFramework + 3);
    mesos::internal::ReregisterSlaveMessage message;
    addPastTasks(state, message);
    QCOMPARE(message.completed_frameworks_size(), 12);
    QCOMPARE(message.completed_frameworks(0).tasks_size(), 0);
    QCOMPARE(message.completed_frameworks(1).tasks_size(), 0);
    for (int i = 2; i < 12; ++i) {
        const auto &tasks = message.completed_frameworks(i).tasks();
        QCOMPARE(std::size_t(tasks.size()), maxPastTasksPerFramework);
        QCOMPARE(tasks[0].task_id().value(), std::string("3"));
    }
}

void TestAgentHistory::listsTheNewestUpToTheLimit()
{
    Bench b;
    b.config.maxCompletedExecutorsPerFramework = 3;
    b.comeBack();
    for (const char *id : {"e", "d", "c", "b", "a"}) // not in the order of the names
        b.runToItsEnd(id);
    QCOMPARE(b.executors(), std::string("c, b, a"));
    QCOMPARE(b.outbox.files.ending("executor.info").size(), std::size_t(3));
    b.comeBack();
    QCOMPARE(b.executors(), std::string("c, b, a"));
    b.config.maxCompletedExecutorsPerFramework = 1; // fewer than there are
    b.comeBack();
    QCOMPARE(b.executors(), std::string("a"));
    QCOMPARE(b.outbox.files.ending("executor.info").size(), std::size_t(1));
}

void TestAgentHistory::frameworksBeyondTheLimitAreForgotten()
{
    Bench b;
    for (std::size_t i = 0; i < maxCompletedFrameworks + 2; ++i) {
        const std::string id = std::to_string(i);
        b.launchOf("F" + id, "t" + id);
        b.plain.start("t" + id);
        b.plain.exitWith(0, "t" + id);
        mesos::internal::ShutdownFrameworkMessage end;
        end.mutable_framework_id()->set_value("F" + id);
        b.fromMaster(end);
        b.clock.advance(1s);
    }
    const auto expected = static_cast<int>(maxCompletedFrameworks);
    QCOMPARE(b.completedFrameworks(), expected);
    QCOMPARE(b.outbox.files.ending("framework.info").size(), maxCompletedFrameworks);
    b.comeBack();
    QCOMPARE(b.completedFrameworks(), expected);
    QCOMPARE(b.agent->state().completedFrameworks.front()->id(), std::string("F2"));
    QCOMPARE(b.agent->state().completedFrameworks.back()->id(),
             "F" + std::to_string(maxCompletedFrameworks + 1));
}

void TestAgentHistory::aFrameworkComesBackWithItsHistory()
{
    Bench b;
    b.runToItsEnd("before");
    b.comeBack();
    b.run(b.task("now"));
    b.drain();
    QCOMPARE(b.completedFrameworks(), 0);
    QCOMPARE(b.executors(), std::string("before"));
    b.comeBack();
    QCOMPARE(b.executors(), std::string("before"));
    QVERIFY(b.executor("now") && !b.executor("now")->launched.empty());
}

void TestAgentHistory::aCollectedSandboxTakesItsRecordsAlong()
{
    Bench b;
    b.runToItsEnd("t");
    QCOMPARE(b.lasting.retired.size(), std::size_t(1));
    b.lasting.onCollected(b.lasting.retired.front());
    QCOMPARE(b.outbox.files.files.size(), std::size_t(3)); // boot_id, latest, slave.info
    b.comeBack();
    QCOMPARE(b.completedFrameworks(), 0);
}

void TestAgentHistory::oneOfSeveralIsCollected()
{
    Bench b;
    b.runToItsEnd("old");
    b.runToItsEnd("new");
    b.run(b.task("alive"));
    b.drain();
    b.lasting.onCollected(b.lasting.retired.front());
    b.comeBack();
    QCOMPARE(b.executors(), std::string("new"));
    QVERIFY(b.executor("alive"));
}

void TestAgentHistory::ofAnExecutorsRunsTheLastIsListed()
{
    Bench b;
    b.runToItsEnd("t", 1);
    b.runToItsEnd("t", 0);
    b.comeBack();
    QCOMPARE(b.tasks(), std::string("t TASK_FINISHED"));
    b.run(b.task("t"));
    b.drain();
    b.comeBack();
    QVERIFY(b.executor("t"));
    b.plain.exitWith(0, "t");
    QCOMPARE(b.drain(), std::string("t TASK_FINISHED"));
    b.clock.settle();
    b.comeBack();
    QCOMPARE(b.outbox.files.ending("executor.sentinel").size(), std::size_t(1));
}

void TestAgentHistory::endedTasksOfALivingExecutorAreListed()
{
    Bench b;
    b.startExecutor("one");
    b.tell("one", mesos::v1::TASK_FINISHED);
    b.launch(b.executorTask("two", "ex"), false);
    b.tell("two", mesos::v1::TASK_RUNNING);
    b.drain();
    b.comeBack();
    QCOMPARE(b.tasks(), std::string("one TASK_FINISHED"));
    QCOMPARE(b.executor("ex")->launched.size(), std::size_t(1));
}

void TestAgentHistory::aTaskIdMayBeUsedAgain()
{
    Bench b;
    b.startExecutor("t");
    b.tell("t", mesos::v1::TASK_FAILED);
    QCOMPARE(b.drain(), std::string("t TASK_FAILED"));
    b.launch(b.executorTask("t", "ex"), false);
    b.tell("t", mesos::v1::TASK_RUNNING);
    QCOMPARE(b.drain(), std::string("t TASK_RUNNING"));
    b.comeBack();
    QCOMPARE(b.executor("ex")->launched.size(), std::size_t(1)); // it has not ended again
    QCOMPARE(b.executor("ex")->launched.at("t").state(), mesos::v1::TASK_RUNNING);
}

void TestAgentHistory::aLivingExecutorsTasksAreBounded()
{
    Bench b;
    b.startExecutor("t0");
    b.tell("t0", mesos::v1::TASK_FINISHED);
    b.drain();
    for (std::size_t i = 1; i < maxCompletedTasksPerExecutor + 3; ++i) {
        const std::string id = "t" + std::to_string(i);
        b.launch(b.executorTask(id, "ex"), false);
        b.tell(id, mesos::v1::TASK_FINISHED);
        b.drain();
    }
    QCOMPARE(b.outbox.files.ending("task.info").size(), maxCompletedTasksPerExecutor);
    b.comeBack();
    QCOMPARE(b.executor("ex")->completed.size(), maxCompletedTasksPerExecutor);
    QCOMPARE(b.executor("ex")->completed.front().task_id().value(), std::string("t3"));
}

void TestAgentHistory::damageStopsNothing()
{
    for (const char *file : {"task.info", "task.updates", "executor.info", "framework.info"}) {
        Bench b;
        b.runToItsEnd("t");
        b.crash();
        const auto paths = b.outbox.files.ending(file);
        QCOMPARE(paths.size(), std::size_t(1));
        std::string &bytes = b.outbox.files.files[paths.front()];
        bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x20);
        b.restart(); // with --strict
        b.reregister();
        QCOMPARE(b.agent->state().counters.recoveryErrors, std::uint64_t(1));
        b.comeBack();
    }
}

/// In the same order, with what is damaged.
void TestAgentHistory::manyReadersFindWhatOneFinds()
{
    Bench b;
    for (int i = 0; i < 12; ++i) {
        const std::string id = std::to_string(i);
        b.launchOf("F" + id, "t" + id);
        b.plain.exitWith(0, "t" + id);
        b.drain();
        b.clock.settle();
    }
    b.launchOf("F5", "lives");
    b.clock.settle();
    KeptFiles &files = b.outbox.files;
    const auto infos = files.ending("framework.info");
    QCOMPARE(infos.size(), std::size_t(12));
    files.files[infos[3]].resize(5);
    files.files[infos[8]].resize(5);
    const auto found = [&files](unsigned threads) {
        ReaderOptions options{"meta", files.latestAgent(), {}, true};
        options.threads = threads;
        const auto agent = readAgent(files, options);
        std::vector<std::string> lines;
        for (const auto &framework : agent->frameworks) {
            lines.push_back(framework.info.id().value());
            for (const auto *runs : {&framework.runs, &framework.history}) {
                for (const auto &run : *runs)
                    lines.push_back(run.info.executor_id().value());
            }
        }
        lines.insert(lines.end(), agent->errors.begin(), agent->errors.end());
        lines.insert(lines.end(), agent->leftovers.begin(), agent->leftovers.end());
        return joined(lines);
    };
    const std::string one = found(1);
    QVERIFY(one.find("lives") != std::string::npos);
    QVERIFY(one.find(infos[3]) != std::string::npos);
    for (const unsigned threads : {2u, 4u, 40u})
        QCOMPARE(found(threads), one);
}

void TestAgentHistory::aRebootChangesNothing()
{
    Bench b;
    b.runToItsEnd("t");
    b.crash();
    b.restart(true);
    b.reregister();
    QCOMPARE(b.tasks(), std::string("t TASK_FINISHED"));
}

QTEST_GUILESS_MAIN(TestAgentHistory)
#include "tst_agent_history.moc"
