#include "agent_harness.h"

using namespace meseta;
using namespace meseta::agent;
using namespace mesos::internal;
using namespace std::chrono_literals;

class TestRegistration : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void registersAndTellsItsResourceVersion();
    void repeatsUntilAnswered();
    void answersPings();
    void comesBackWhenPingsStop();
    void launchesThatComeTooLateAreNotTaken();
    void launchesForAnotherAgentAtItsAddressAreNotTaken();
    void comesBackAtOnceWhenTheConnectionBreaks();
    void looksForAnAbsentMasterAboutEverySecond();
    void comesBackWhenTheMasterLostIt();
    void listsItsTasksWhenItComesBack();
    void answerToAnAgentThatDiedIsNotItsOwn();
    void followsAnotherLeader();
    void waitsWhileNoMasterLeads();
    void leavesWhenTheMasterGivesAnotherId();
    void ignoresStrangers();
    void unregistersOnRequest();
    void reconcilesTasksItDoesNotKnow();
};

void TestRegistration::registersAndTellsItsResourceVersion()
{
    Harness h;
    h.agent->start();
    h.clock.advance(1s);
    const auto lines = h.outbox.take();
    QVERIFY(lines.size() >= 2);
    QCOMPARE(lines[0], std::string("relink master@127.0.0.1:5050"));
    QCOMPARE(lines[1], std::string("RegisterSlaveMessage"));
    SlaveRegisteredMessage registered;
    registered.mutable_slave_id()->set_value("M-S0");
    h.fromMaster(registered);
    QCOMPARE(joined(h.outbox.take()), std::string("UpdateSlaveMessage"));
    h.clock.advance(60s);
    QCOMPARE(joined(h.outbox.take()), std::string()); // no further attempt
}

void TestRegistration::repeatsUntilAnswered()
{
    Harness h;
    h.agent->start();
    h.clock.advance(600s);
    const auto sent = h.outbox.take().size() - 1; // one of them is the link
    QVERIFY2(sent >= 12 && sent <= 60,
             qPrintable(QString::number(sent))); // waits grow to a minute at most
}

void TestRegistration::answersPings()
{
    Harness h;
    h.registerAgent();
    PingSlaveMessage ping;
    ping.set_connected(true);
    h.from({"slave-observer(3)", "127.0.0.1", 5050}, ping);
    QCOMPARE(joined(h.outbox.take()), std::string("PongSlaveMessage -> slave-observer(3)"));
}

void TestRegistration::comesBackWhenPingsStop()
{
    Harness h;
    h.registerAgent();
    h.clock.advance(74s);
    QCOMPARE(joined(h.outbox.take()), std::string());
    h.clock.advance(1s);
    QVERIFY(joined(h.outbox.take())
                .starts_with("relink master@127.0.0.1:5050, ReregisterSlaveMessage"));
}

/// The master may have told that the task is lost since it sent the launch.
void TestRegistration::launchesThatComeTooLateAreNotTaken()
{
    Harness h;
    h.registerAgent();
    h.clock.advance(76s); // no ping
    h.outbox.take();
    h.launch(h.task("t"));
    QVERIFY(h.agent->state().frameworks.empty());
    SlaveReregisteredMessage answer;
    answer.mutable_slave_id()->set_value(h.agentId);
    h.fromMaster(answer);
    h.launch(h.task("t"));
    QCOMPARE(h.agent->state().frameworks.size(), std::size_t(1));
}

/// The master may have registered this address a second time, for an attempt that took long.
void TestRegistration::launchesForAnotherAgentAtItsAddressAreNotTaken()
{
    Harness h;
    h.registerAgent();
    mesos::v1::TaskInfo task = h.task("t");
    task.mutable_agent_id()->set_value("another");
    h.launch(task);
    QVERIFY(h.agent->state().frameworks.empty());
    h.launch(h.task("t"));
    QCOMPARE(h.agent->state().frameworks.size(), std::size_t(1));
}

void TestRegistration::comesBackAtOnceWhenTheConnectionBreaks()
{
    Harness h;
    h.registerAgent();
    h.agent->linkBroken(h.config.master);
    h.clock.settle();
    QVERIFY(joined(h.outbox.take())
                .starts_with("relink master@127.0.0.1:5050, ReregisterSlaveMessage"));
    SlaveReregisteredMessage answer;
    answer.mutable_slave_id()->set_value(h.agentId);
    h.fromMaster(answer);
    QCOMPARE(joined(h.outbox.take()), std::string("UpdateSlaveMessage"));
}

void TestRegistration::looksForAnAbsentMasterAboutEverySecond()
{
    Harness h;
    h.registerAgent();
    int attempts = 0;
    h.agent->linkBroken(h.config.master);
    for (int second = 0; second < 60; ++second) {
        h.clock.advance(1s);
        for (const auto &line : h.outbox.take()) {
            if (line.starts_with("relink")) {
                ++attempts;
                h.agent->linkBroken(h.config.master); // refused
            }
        }
    }
    QVERIFY2(attempts >= 30 && attempts <= 150, qPrintable(QString::number(attempts)));
}

void TestRegistration::comesBackWhenTheMasterLostIt()
{
    Harness h;
    h.registerAgent();
    PingSlaveMessage ping;
    ping.set_connected(false);
    h.from({"slave-observer(1)", "127.0.0.1", 5050}, ping);
    QVERIFY(joined(h.outbox.take())
                .starts_with("PongSlaveMessage -> slave-observer(1), ReregisterSlaveMessage"));
}

void TestRegistration::listsItsTasksWhenItComesBack()
{
    Harness h;
    h.registerAgent();
    h.launch(h.task("command"));
    h.plain.start();
    h.launch(h.executorTask("custom", "ex"));
    h.agent->linkBroken(h.config.master);
    h.clock.settle();
    const ReregisterSlaveMessage &message = h.outbox.reregistration;
    QCOMPARE(message.slave().id().value(), h.agentId);
    QCOMPARE(message.frameworks_size(), 1);
    QCOMPARE(message.tasks_size(), 2);
    QCOMPARE(message.tasks(0).task_id().value(), std::string("command"));
    QCOMPARE(message.tasks(0).state(), mesos::v1::TASK_RUNNING);
    QCOMPARE(message.tasks(1).state(), mesos::v1::TASK_STAGING);
    QCOMPARE(message.executor_infos_size(), 1); // not those made up for command tasks
    QCOMPARE(message.executor_infos(0).executor_id().value(), std::string("ex"));
}

void TestRegistration::answerToAnAgentThatDiedIsNotItsOwn()
{
    Harness h;
    h.registerAgent();
    h.launch(h.task("t")); // its framework does not checkpoint: it ends with the agent
    h.crash();
    h.recover();
    h.outbox.take();
    SlaveReregisteredMessage answer;
    answer.mutable_slave_id()->set_value(h.agentId);
    h.fromMaster(answer);
    QCOMPARE(joined(h.outbox.take()), std::string());
    h.agent->start();
    h.clock.advance(1s);
    QVERIFY2(joined(h.outbox.take()).find("ReregisterSlaveMessage") != std::string::npos,
             "the master believes in what the dead agent told until this one tells otherwise");
    QCOMPARE(h.outbox.reregistration.tasks_size(), 0);
    h.fromMaster(answer);
    QVERIFY(joined(h.outbox.take()).starts_with("UpdateSlaveMessage"));
}

void TestRegistration::followsAnotherLeader()
{
    Harness h;
    h.registerAgent();
    h.outbox.take();
    const messages::Pid next{"master", "127.0.0.2", 5050};
    h.agent->masterDetected(next);
    QCOMPARE(joined(h.outbox.take()), std::string()); // not all agents in the same moment
    h.clock.advance(1s);
    QVERIFY(joined(h.outbox.take())
                .starts_with("relink master@127.0.0.2:5050, ReregisterSlaveMessage"));

    SlaveReregisteredMessage answer;
    answer.mutable_slave_id()->set_value(h.agentId);
    h.fromMaster(answer); // the old master has nothing to say any more
    QVERIFY(h.agent->state().lifecycle == AgentState::Lifecycle::Disconnected);
    h.from(next, answer);
    QVERIFY(h.agent->state().lifecycle == AgentState::Lifecycle::Running);
    h.outbox.take();
    h.agent->linkBroken(h.config.master); // the old one's link
    h.clock.settle();
    QCOMPARE(joined(h.outbox.take()), std::string());
}

void TestRegistration::waitsWhileNoMasterLeads()
{
    Harness h;
    h.registerAgent();
    h.outbox.take();
    h.agent->masterDetected({});
    h.clock.advance(3600s);
    QCOMPARE(joined(h.outbox.take()), std::string());
    SlaveReregisteredMessage answer;
    answer.mutable_slave_id()->set_value(h.agentId);
    h.fromMaster(answer);
    QVERIFY(h.agent->state().lifecycle == AgentState::Lifecycle::Disconnected);
    h.agent->masterDetected(h.config.master);
    h.clock.advance(1s);
    QVERIFY(joined(h.outbox.take()).find("ReregisterSlaveMessage") != std::string::npos);
}

void TestRegistration::leavesWhenTheMasterGivesAnotherId()
{
    Harness h;
    h.registerAgent();
    SlaveReregisteredMessage answer;
    answer.mutable_slave_id()->set_value("M-S9");
    h.fromMaster(answer);
    QCOMPARE(joined(h.outbox.take()), std::string("finish 1"));
}

void TestRegistration::ignoresStrangers()
{
    Harness h;
    h.registerAgent();
    h.from({"master", "10.0.0.1", 5050}, h.runTask(h.task("t")));
    QVERIFY(h.plain.runs.empty());
    h.from({"scheduler-1", "127.0.0.1", 5050}, ShutdownMessage());
    QCOMPARE(joined(h.outbox.take()), std::string());
}

void TestRegistration::unregistersOnRequest()
{
    Harness h;
    h.registerAgent();
    h.launch(h.task("t"));
    h.plain.start();
    h.drain();
    h.outbox.take();
    h.agent->shutdown(Agent::Departure::ForGood, "SIGUSR1");
    h.clock.settle();
    QCOMPARE(joined(h.outbox.take()), std::string("UnregisterSlaveMessage, finish 0"));
}

void TestRegistration::reconcilesTasksItDoesNotKnow()
{
    Harness h;
    h.registerAgent();
    SlaveReregisteredMessage answer;
    answer.mutable_slave_id()->set_value(h.agentId);
    ReconcileTasksMessage *asked = answer.add_reconciliations();
    asked->mutable_framework_id()->set_value(h.frameworkId);
    *asked->mutable_framework() = h.framework();
    auto *status = asked->add_statuses();
    status->mutable_task_id()->set_value("lost");
    status->set_state(mesos::v1::TASK_RUNNING);
    h.fromMaster(answer);
    QCOMPARE(h.outbox.updates.size(), std::size_t(1));
    QCOMPARE(h.outbox.updates[0].status().state(), mesos::v1::TASK_DROPPED);
    QCOMPARE(h.outbox.updates[0].status().reason(), mesos::v1::TaskStatus::REASON_RECONCILIATION);
}

QTEST_GUILESS_MAIN(TestRegistration)
#include "tst_registration.moc"
