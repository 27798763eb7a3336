#include <QTest>

#include "tests/daemons/master/support/test_master.h"

using namespace meseta;
using namespace meseta::master;
using namespace meseta::master::test;
using namespace Qt::StringLiterals;

/// How agents join, are watched, break, come back and leave.
class TestMasterAgents : public QObject
{
    Q_OBJECT

    /// The agent answers no pings for so long that it is given up.
    static void loseAgent(TestMaster &t) { t.clock.advance(91s); } // it answered its first ping

    static mesos::internal::ReregisterSlaveMessage
    backWith(TestMaster &t, const std::string &agent, const mesos::v1::Task &task,
             const mesos::v1::FrameworkInfo &framework)
    {
        auto message = t.reregistration({}, agent);
        *message.add_tasks() = task;
        *message.add_frameworks() = framework;
        return message;
    }

    /// What an agent says of a task it was sent, or asked about, and does not run.
    static mesos::internal::StatusUpdateMessage
    dropped(const std::string &taskId, const std::string &agent, mesos::v1::TaskStatus::Reason why)
    {
        mesos::internal::StatusUpdateMessage message;
        auto &update = *message.mutable_update();
        update.mutable_framework_id()->set_value("M-0000");
        update.mutable_slave_id()->set_value(agent);
        update.set_timestamp(1);
        update.set_uuid("0123456789abcdef");
        update.mutable_status()->mutable_task_id()->set_value(taskId);
        update.mutable_status()->set_state(mesos::v1::TASK_DROPPED);
        update.mutable_status()->set_source(mesos::v1::TaskStatus::SOURCE_AGENT);
        update.mutable_status()->set_reason(why);
        return message;
    }

private Q_SLOTS:
    void registration()
    {
        TestMaster t;
        t.registerAgent({});
        COMPARE_LINES(t.take(), u"slave(1)@10.0.0.1:5051: SlaveRegisteredMessage M-S0"_s,
                      u"slave(1)@10.0.0.1:5051: PingSlaveMessage connected"_s);
        const auto registered = t.outbox.last<mesos::internal::SlaveRegisteredMessage>();
        QCOMPARE(registered.connection().total_ping_timeout_seconds(), 75.0);
        QVERIFY(t.outbox.attached().contains("slave-observer(1)"));
        const Agent &agent = *t.master.cluster().agent("M-S0");
        QCOMPARE(agent.info.port(), 5051);
        QCOMPARE(agent.total.scalar("cpus"), 4.0);
        QVERIFY(agent.active);
    }

    void aRepeatedRegistrationIsAnsweredAgain()
    {
        TestMaster t;
        t.registerAgent({});
        t.take();
        t.registerAgent({});
        COMPARE_LINES(t.take(), u"slave(1)@10.0.0.1:5051: SlaveRegisteredMessage M-S0"_s);
    }

    /// It was sent before the connection broke: the agent may know by now that it is registered.
    void aLateRegistrationReplacesNobody()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.run(one, "M-O0", TestMaster::task("t1", agent));
        t.master.exited(TestMaster::pidOf({}));
        t.take();
        t.registerAgent({});
        // Asked of the task, whose launch it may not have heard; the ping has it register again.
        COMPARE_LINES(t.take(), u"slave(1)@10.0.0.1:5051: SlaveRegisteredMessage M-S0"_s,
                      u"slave(1)@10.0.0.1:5051: SlaveReregisteredMessage M-S0"_s,
                      u"slave(1)@10.0.0.1:5051: PingSlaveMessage disconnected"_s);
        QVERIFY(t.master.cluster().agent("M-S0"));
    }

    void aNewAgentAtTheAddressOfABrokenOneReplacesIt()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.run(one, "M-O0", TestMaster::task("t1", agent));
        t.master.exited(TestMaster::pidOf({}));
        AgentSpec another;
        another.process = "fedcba9876543210";
        t.registerAgent(another);
        const QStringList lines = t.take();
        QVERIFY(lines.contains(u"stream 1: UPDATE t1 TASK_LOST REASON_AGENT_REMOVED by MASTER"_s));
        QVERIFY(lines.contains(u"stream 1: FAILURE M-S0"_s));
        QVERIFY(lines.contains(u"slave(1)@10.0.0.1:5051: SlaveRegisteredMessage M-S1"_s));
        QVERIFY(!t.master.cluster().agent("M-S0"));
    }

    void oldAndNamelessVersionsAreIgnored()
    {
        for (const char *version : {"0.28.2", "", "new"}) {
            TestMaster t;
            mesos::internal::RegisterSlaveMessage message;
            message.mutable_slave()->set_hostname("h");
            message.set_version(version);
            QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"Ignoring the registration"_s));
            t.fromAgent(message);
            COMPARE_LINES(t.take());
        }
    }

    void checkpointedReservationsCount()
    {
        TestMaster t;
        mesos::internal::RegisterSlaveMessage message;
        message.mutable_slave()->set_hostname("h");
        message.set_version("1.11.0");
        *message.mutable_slave()->mutable_resources() = resources("cpus:4;mem:1024");
        mesos::v1::Resource &reserved = *message.add_checkpointed_resources();
        reserved = resources("cpus:1").Get(0);
        auto &reservation = *reserved.add_reservations();
        reservation.set_type(mesos::v1::Resource::ReservationInfo::DYNAMIC);
        reservation.set_role("web");
        t.fromAgent(message);
        const Agent &agent = *t.master.cluster().agent("M-S0");
        QCOMPARE(agent.total.unreserved().scalar("cpus"), 3.0);
        QCOMPARE(agent.total.reservedTo("web").scalar("cpus"), 1.0);
    }

    void pingsGoOnAndPongsKeepItAlive()
    {
        TestMaster t;
        t.addAgent();
        for (int i = 0; i < 10; ++i) {
            t.clock.advance(15s);
            COMPARE_LINES(t.take(), u"slave(1)@10.0.0.1:5051: PingSlaveMessage connected"_s);
            t.pong();
        }
        QVERIFY(t.master.cluster().agent("M-S0"));
    }

    void fiveUnansweredPingsMakeItUnreachable()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe({.name = "aware"});
        t.take();
        t.run(one, "M-O0", TestMaster::task("t1", agent));
        t.clock.advance(74s);
        QVERIFY(t.master.cluster().agent(agent));
        t.outbox.take();
        t.clock.advance(16s);
        QStringList lines = t.take();
        lines.removeAll(u"stream 1: HEARTBEAT"_s);
        // The fifth, which nobody answers, and a last one before the agent is given up.
        QCOMPARE(lines.removeAll(u"slave(1)@10.0.0.1:5051: PingSlaveMessage connected"_s), 2);
        COMPARE_LINES(lines,
                      u"stream 1: UPDATE t1 TASK_UNREACHABLE REASON_AGENT_REMOVED by MASTER"_s,
                      u"stream 1: FAILURE M-S0"_s);
        QVERIFY(!t.master.cluster().agent(agent));
        QVERIFY(t.master.cluster().unreachable.find(agent));
        QVERIFY(t.outbox.attached().empty());
        // A launch still under way to it must not start there.
        QCOMPARE(t.outbox.cuts, std::vector<std::string>{"slave(1)@10.0.0.1:5051"});
        QVERIFY(t.on(one).unreachableTasks.find("t1"));
        QCOMPARE(t.master.figures().value("tasks_unreachable"), 1u);
    }

    void frameworksThatDoNotKnowPartitionsLoseTheirTasks()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe({.partitionAware = false});
        t.take();
        t.run(one, "M-O0", TestMaster::task("t1", agent));
        loseAgent(t);
        QVERIFY(
            t.take().contains(u"stream 1: UPDATE t1 TASK_LOST REASON_AGENT_REMOVED by MASTER"_s));
        QVERIFY(t.outbox.events[one].size() > 0);
        QVERIFY(t.on(one).unreachableTasks.find("t1"));
    }

    /// A registration that was under way for long made a second one of it: nobody but the first is
    /// there, whose pongs would keep the second alive.
    void anAgentThatComesBackReplacesTheOneAtItsAddress()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        AgentSpec another;
        another.process = "fedcba9876543210";
        t.registerAgent(another);
        QVERIFY(!t.master.cluster().agent("M-S0"));
        QVERIFY(t.master.cluster().agent("M-S1"));
        t.take();
        t.fromAgent(t.reregistration({}, agent));
        QVERIFY(t.take().contains(u"slave(1)@10.0.0.1:5051: SlaveReregisteredMessage M-S0"_s));
        QVERIFY(t.master.cluster().agent("M-S0"));
        QCOMPARE(t.master.cluster().agentAt(TestMaster::pidOf({})),
                 t.master.cluster().agent("M-S0"));
        QVERIFY(!t.master.cluster().agent("M-S1"));
    }

    void anUnreachableAgentComesBackWithItsTasks()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.run(one, "M-O0", TestMaster::task("t1", agent, "cpus:1;mem:128"));
        const mesos::v1::Task known = t.master.cluster().task("M-0000", "t1")->toProto();
        loseAgent(t);
        t.take();
        t.fromAgent(backWith(t, agent, known, t.on(one).info));
        const QStringList lines = t.take();
        COMPARE_LINES(lines,
                      u"stream 1: UPDATE t1 TASK_RUNNING REASON_AGENT_REREGISTERED by MASTER"_s,
                      u"slave(1)@10.0.0.1:5051: SlaveReregisteredMessage M-S0"_s,
                      u"slave(1)@10.0.0.1:5051: UpdateFrameworkMessage"_s,
                      u"slave(1)@10.0.0.1:5051: PingSlaveMessage connected"_s,
                      u"stream 1: OFFERS M-O1 of M-S0 cpus:3; mem:3968"_s);
        QVERIFY(!t.master.cluster().unreachable.find(agent));
        QVERIFY(!t.on(one).unreachableTasks.find("t1"));
        QCOMPARE(t.master.cluster().agent(agent)->totalUsed().scalar("cpus"), 1.0);
    }

    void anAgentOfAnotherMasterBringsItsFrameworks()
    {
        TestMaster t;
        mesos::v1::Task task;
        task.set_name("t1");
        task.mutable_task_id()->set_value("t1");
        task.mutable_framework_id()->set_value("other-0003");
        task.mutable_agent_id()->set_value("other-S1");
        task.set_state(mesos::v1::TASK_RUNNING);
        *task.mutable_resources() = Resources(resources("cpus:1;mem:128")).allocated("*").proto();
        t.fromAgent(backWith(t, "other-S1", task, TestMaster::info({.id = "other-0003"})));
        QCOMPARE(t.master.cluster().framework("other-0003")->state, Framework::State::Recovered);
        QVERIFY(t.master.cluster().task("other-0003", "t1"));
        t.take();

        t.subscribe({.id = "other-0003"});
        QVERIFY(t.take().contains(u"stream 1: OFFERS M-O0 of other-S1 cpus:3; mem:3968"_s));
    }

    void aKnownAgentIsAskedAboutTasksItForgot()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.run(one, "M-O0", TestMaster::task("t1", agent));
        t.fromAgent(t.reregistration({}, agent));
        const auto message = t.outbox.last<mesos::internal::SlaveReregisteredMessage>();
        QCOMPARE(message.reconciliations_size(), 1);
        QCOMPARE(message.reconciliations(0).framework_id().value(), "M-0000");
        QCOMPARE(message.reconciliations(0).framework().id().value(), "M-0000");
        QCOMPARE(message.reconciliations(0).statuses(0).task_id().value(), "t1");
        QCOMPARE(message.reconciliations(0).statuses(0).state(), mesos::v1::TASK_RUNNING);
    }

    void executorsAKnownAgentForgotAreForgotten()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.run(one, "M-O0", TestMaster::taskWithExecutor("t1", agent, "worker"));
        QCOMPARE(t.master.cluster().agent(agent)->totalUsed().scalar("cpus"), 1.5);
        t.fromAgent(t.reregistration({}, agent));
        QCOMPARE(t.master.cluster().agent(agent)->totalUsed().scalar("cpus"), 1.0);
    }

    void executorsOfLaunchesOnTheirWayAreKept()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.accept(one, {"M-O0"}, {TestMaster::taskWithExecutor("t1", agent, "worker")}, 1000);
        t.fromAgent(t.reregistration({}, agent)); // sent before the launch arrived there
        QCOMPARE(t.master.cluster().agent(agent)->totalUsed().scalar("cpus"), 1.5);
        QVERIFY(t.master.cluster().agent(agent)->hasExecutor("M-0000", "worker"));
    }

    void executorsThatEndedUnderATaskTheAgentListsAreForgotten()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.accept(one, {"M-O0"}, {TestMaster::taskWithExecutor("t1", agent, "worker")}, 1000);
        mesos::v1::Task task = t.master.cluster().task("M-0000", "t1")->toProto();
        task.set_state(mesos::v1::TASK_FAILED); // its update is still to come
        t.fromAgent(backWith(t, agent, task, t.on(one).info));
        QCOMPARE(t.master.cluster().agent(agent)->totalUsed().scalar("cpus"), 1.0);
    }

    void anAgentThatDropsATaskIsAskedForItsExecutors()
    {
        using mesos::v1::TaskStatus;
        for (const auto reason :
             {TaskStatus::REASON_RECONCILIATION, TaskStatus::REASON_EXECUTOR_TERMINATED}) {
            TestMaster t;
            const std::string agent = t.addAgent();
            const StreamHandle one = t.subscribe();
            t.take();
            t.accept(one, {"M-O0"}, {TestMaster::taskWithExecutor("t1", agent, "worker")}, 1000);
            t.fromAgent(t.reregistration({}, agent)); // the launch was lost
            t.take();
            t.fromAgent(dropped("t1", agent, reason));
            QVERIFY(t.take().contains(u"slave(1)@10.0.0.1:5051: PingSlaveMessage disconnected"_s));
            t.fromAgent(t.reregistration({}, agent)); // what the agent does on such a ping
            QVERIFY(t.master.cluster().agent(agent)->totalUsed().empty());
        }
    }

    /// The word of an agent that was killed arrives after the next one has started at its address,
    /// which takes the answer for its own.
    void theWordOfAnEarlierProcessIsNotTheLast()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.run(one, "M-O0", TestMaster::task("t1", agent));
        const AgentSpec next{.process = "the next process"};
        mesos::internal::UpdateSlaveMessage update;
        update.mutable_slave_id()->set_value(agent);
        update.mutable_resource_version_uuid()->set_value("0123456789abcdef");
        t.fromAgent(update);
        COMPARE_LINES(t.take());
        update.mutable_resource_version_uuid()->set_value(next.process);
        t.fromAgent(update);
        COMPARE_LINES(t.take(), u"slave(1)@10.0.0.1:5051: PingSlaveMessage disconnected"_s);
        t.fromAgent(t.reregistration(next, agent)); // what the agent does on such a ping
        const auto told = t.outbox.last<mesos::internal::SlaveReregisteredMessage>();
        QCOMPARE(told.reconciliations_size(), 1);
        QCOMPARE(told.reconciliations(0).statuses(0).task_id().value(), "t1");
        t.take();
        t.fromAgent(update);
        COMPARE_LINES(t.take());
    }

    void aBrokenLinkStopsOffersUntilTheAgentIsBack()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        t.subscribe();
        t.take();
        t.master.exited(TestMaster::pidOf({}));
        QVERIFY(t.take().contains(u"stream 1: RESCIND M-O0"_s));
        t.clock.advance(15s);
        QVERIFY(t.take().contains(u"slave(1)@10.0.0.1:5051: PingSlaveMessage disconnected"_s));
        t.pong();
        t.fromAgent(t.reregistration({}, agent));
        QVERIFY(t.take().contains(u"stream 1: OFFERS M-O1 of M-S0 cpus:4; mem:4096"_s));
    }

    void aBrokenLinkHasTheAgentAskedAtOnce()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        t.clock.advance(10s); // five before the next ping is due
        t.pong();
        t.take();
        t.master.exited(TestMaster::pidOf({}));
        COMPARE_LINES(t.take(), u"slave(1)@10.0.0.1:5051: PingSlaveMessage disconnected"_s);
        t.clock.advance(14s);
        COMPARE_LINES(t.take());
        t.clock.advance(1s);
        COMPARE_LINES(t.take(), u"slave(1)@10.0.0.1:5051: PingSlaveMessage disconnected"_s);
        t.clock.advance(60s); // one that answers nothing is given up after five pings, as ever
        QVERIFY(!t.master.cluster().agent(agent));
    }

    void anAgentThatPongsButStaysAwayIsGivenUp()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        t.master.exited(TestMaster::pidOf({}));
        for (int i = 0; i < 39; ++i) {
            t.clock.advance(15s);
            t.pong();
        }
        QVERIFY(t.master.cluster().agent(agent));
        t.clock.advance(15s);
        QVERIFY(!t.master.cluster().agent(agent));
    }

    void frameworksThatDoNotCheckpointLoseTheirTasksWithTheLink()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe({.checkpoint = false});
        t.take();
        t.run(one, "M-O0", TestMaster::task("t1", agent));
        t.master.exited(TestMaster::pidOf({}));
        COMPARE_LINES(t.take(),
                      u"stream 1: UPDATE t1 TASK_LOST REASON_AGENT_DISCONNECTED by MASTER"_s,
                      u"slave(1)@10.0.0.1:5051: PingSlaveMessage disconnected"_s);
        QVERIFY(!t.master.cluster().task("M-0000", "t1"));
        QVERIFY(t.master.cluster().agent(agent)->totalUsed().empty());
    }

    void tasksThatOutlivedTheLinkAreTakenBack()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe({.checkpoint = false});
        t.take();
        t.run(one, "M-O0", TestMaster::task("t1", agent));
        auto message = t.reregistration({}, agent);
        *message.add_frameworks() = t.on(one).info;
        *message.add_tasks() = t.master.cluster().task("M-0000", "t1")->toProto();
        t.master.exited(TestMaster::pidOf({}));
        t.take();
        t.fromAgent(message);
        QVERIFY(t.take().contains(
            u"stream 1: UPDATE t1 TASK_RUNNING REASON_AGENT_REREGISTERED by MASTER"_s));
        QVERIFY(t.master.cluster().task("M-0000", "t1"));
        QCOMPARE(t.master.cluster().agent(agent)->totalUsed().scalar("cpus"), 1.0);
        QCOMPARE(t.master.allocator().consumed("*").at("cpus"), 4000); // used and offered
    }

    void aNewAgentAtTheAddressOfOneThatSeemsToLiveReplacesIt()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        mesos::internal::RegisterSlaveMessage message;
        message.mutable_slave()->set_hostname("host");
        message.set_version("1.11.0");
        message.mutable_resource_version_uuid()->set_value("another 16 bytes");
        *message.mutable_slave()->mutable_resources() = resources("cpus:2;mem:512");
        t.fromAgent(message);
        QVERIFY(t.take().contains(u"slave(1)@10.0.0.1:5051: SlaveRegisteredMessage M-S1"_s));
        QVERIFY(!t.master.cluster().agent(agent));
        QCOMPARE(t.master.cluster().agent("M-S1")->total.scalar("cpus"), 2.0);
    }

    void anotherHostWithTheIdIsShutDown()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        t.fromAgent(t.reregistration({.hostname = "impostor"}, agent));
        QVERIFY(t.take().contains(
            u"slave(1)@10.0.0.1:5051: ShutdownMessage An agent that comes back has to have the address and hostname it had"_s));
        t.fromAgent(t.reregistration({}, agent)); // the true one is not harmed
        QVERIFY(t.take().contains(u"slave(1)@10.0.0.1:5051: SlaveReregisteredMessage M-S0"_s));
    }

    void aGoneAgentMayNotComeBack()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.run(one, "M-O0", TestMaster::task("t1", agent));
        QVERIFY(t.master.markAgentGone(agent));
        COMPARE_LINES(
            t.take(),
            u"slave(1)@10.0.0.1:5051: ShutdownMessage An operator has declared this agent gone for ever"_s,
            u"stream 1: UPDATE t1 TASK_GONE_BY_OPERATOR REASON_AGENT_REMOVED_BY_OPERATOR by MASTER"_s,
            u"stream 1: FAILURE M-S0"_s);
        t.fromAgent(t.reregistration({}, agent));
        COMPARE_LINES(
            t.take(),
            u"slave(1)@10.0.0.1:5051: ShutdownMessage An operator has declared this agent gone for ever"_s);
        QVERIFY(t.master.markAgentGone(agent));
        QVERIFY(!t.master.markAgentGone("never seen"));
    }

    void anAgentThatUnregistersTakesItsTasksAlong()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.run(one, "M-O0", TestMaster::task("t1", agent));
        mesos::internal::UnregisterSlaveMessage message;
        message.mutable_slave_id()->set_value(agent);
        t.fromAgent(message, {.port = 9999}); // not from there
        COMPARE_LINES(t.take());
        t.fromAgent(message);
        COMPARE_LINES(t.take(), u"stream 1: UPDATE t1 TASK_LOST REASON_AGENT_REMOVED by MASTER"_s,
                      u"stream 1: FAILURE M-S0"_s);
        QVERIFY(t.on(one).completedTasks.find("t1"));
    }

    void anUpdateOfACompletedFrameworkIsAnsweredWithItsEnd()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        t.subscribe();
        t.master.teardown("M-0000");
        t.take();
        t.update(agent, "M-0000", "t1", mesos::v1::TASK_LOST); // else it is told again and again
        COMPARE_LINES(t.take(), u"slave(1)@10.0.0.1:5051: ShutdownFrameworkMessage"_s);
        t.update(agent, "M-0007", "t1", mesos::v1::TASK_LOST); // this one may still come
        COMPARE_LINES(t.take());
    }

    void tasksOfACompletedFrameworkAreEnded()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.run(one, "M-O0", TestMaster::task("t1", agent));
        const mesos::v1::FrameworkInfo framework = t.on(one).info;
        const mesos::v1::Task task = t.master.cluster().task("M-0000", "t1")->toProto();
        loseAgent(t);
        t.master.teardown("M-0000");
        t.take();
        t.fromAgent(backWith(t, agent, task, framework));
        QVERIFY(t.take().contains(u"slave(1)@10.0.0.1:5051: ShutdownFrameworkMessage"_s));
        QCOMPARE(t.master.cluster().taskCount(), 0u);
    }

    void removalsAreRateLimited()
    {
        MasterOptions options;
        options.agentRemovalInterval = 60s;
        TestMaster t(options);
        t.addAgent();
        t.addAgent({.port = 5052});
        t.clock.advance(91s);
        QCOMPARE(t.master.cluster().agents().size(), 1u);
        t.clock.advance(60s);
        QCOMPARE(t.master.cluster().agents().size(), 0u);
    }

    void oversubscribedResourcesAreOfferedToWhoCanTakeThem()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        mesos::internal::UpdateSlaveMessage update;
        update.mutable_slave_id()->set_value(agent);
        update.set_update_oversubscribed_resources(true);
        mesos::v1::Resource &extra = *update.add_oversubscribed_resources();
        extra = resources("cpus:2").Get(0);
        extra.mutable_revocable();
        t.fromAgent(update);
        QCOMPARE(t.master.cluster().agent(agent)->total.revocable().scalar("cpus"), 2.0);
        t.subscribe();
        QVERIFY(t.take().contains(
            u"stream 1: OFFERS M-O0 of M-S0 cpus:4; mem:4096"_s)); // not REVOCABLE_RESOURCES
    }

    void aFollowerDropsMessages()
    {
        SimulatedClock clock;
        SeededRandom random(1);
        RecordingOutbox outbox;
        MasterOptions options;
        options.pid = {"master", "10.0.0.9", 5050};
        Master master(options, clock, random, outbox);
        mesos::internal::RegisterSlaveMessage message;
        message.mutable_slave()->set_hostname("h");
        message.set_version("1.11.0");
        master.receive({"slave(1)", "10.0.0.1", 5051}, "master", message.GetTypeName(),
                       message.SerializeAsString());
        QVERIFY(outbox.posts.empty());
        QCOMPARE(master.figures().value("dropped_messages"), 1u);
    }
};

QTEST_GUILESS_MAIN(TestMasterAgents)
#include "tst_master_agents.moc"
