#include <QTest>

#include "daemons/master/agents/draining.h"
#include "tests/daemons/master/core/kept_registry.h"

using namespace meseta;
using namespace meseta::master;
using namespace meseta::master::test;
using namespace Qt::StringLiterals;

/// Draining, deactivating and reactivating agents.
class TestMasterDraining : public QObject
{
    Q_OBJECT

    static void drain(TestMaster &t, const std::string &agent, bool markGone = false)
    {
        mesos::v1::DrainConfig config;
        config.mutable_max_grace_period()->set_nanoseconds(2000000000);
        config.set_mark_gone(markGone);
        drainAgent(t.master.core(), agent, config, [](const Result<> &done) { QVERIFY(done); });
    }

private Q_SLOTS:
    void anAgentIsDrainedWhenNothingIsLeft()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.run(one, "M-O0", TestMaster::task("t1", agent, "cpus:1;mem:64"));
        drain(t, agent);
        COMPARE_LINES(t.take(), u"slave(1)@10.0.0.1:5051: DrainSlaveMessage"_s);
        const Agent &there = *t.master.cluster().agent(agent);
        QCOMPARE(t.outbox.last<mesos::internal::DrainSlaveMessage>()
                     .config()
                     .max_grace_period()
                     .nanoseconds(),
                 2000000000);
        QVERIFY(there.deactivated && !there.active && there.estimatedDrainStart);
        QCOMPARE(there.drainInfo->state(), mesos::v1::DRAINING);

        const std::string uuid = t.update(agent, t.on(one).id, "t1", mesos::v1::TASK_KILLED);
        t.take();
        QCOMPARE(there.drainInfo->state(), mesos::v1::DRAINING);
        t.acknowledge(one, agent, "t1", uuid);
        t.take();
        QCOMPARE(there.drainInfo->state(), mesos::v1::DRAINED);
        QCOMPARE(marksOf(t.master.core(), agent).drainInfo->state(), mesos::v1::DRAINED);
        t.clock.advance(10s);
        QVERIFY(t.take().filter(u"OFFERS"_s).isEmpty());

        reactivateAgent(t.master.core(), agent, [](const Result<> &done) { QVERIFY(done); });
        QVERIFY(!t.take().filter(u"OFFERS"_s).isEmpty());
        QVERIFY(!there.drainInfo && there.active && !there.deactivated);
    }

    void anIdleAgentIsDrainedAtOnce()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        drain(t, agent);
        QCOMPARE(t.master.cluster().agent(agent)->drainInfo->state(), mesos::v1::DRAINED);
    }

    void offersAreTakenBack()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        t.subscribe();
        t.take();
        deactivateAgent(t.master.core(), agent, [](const Result<> &done) { QVERIFY(done); });
        COMPARE_LINES(t.take(), u"stream 1: RESCIND M-O0"_s);
        QVERIFY(!t.master.cluster().agent(agent)->drainInfo);
    }

    void aDrainedAgentMayBeMarkedGone()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.run(one, "M-O0", TestMaster::task("t1", agent));
        drain(t, agent, true);
        t.take();
        const std::string uuid =
            t.update(agent, t.on(one).id, "t1", mesos::v1::TASK_GONE_BY_OPERATOR);
        t.acknowledge(one, agent, "t1", uuid);
        const QStringList lines = t.take();
        QVERIFY(lines.contains(
            u"slave(1)@10.0.0.1:5051: ShutdownMessage An operator has declared this agent gone for ever"_s));
        QVERIFY(lines.contains(u"stream 1: FAILURE M-S0"_s));
        QVERIFY(t.master.cluster().gone.find(agent));
    }

    void anAgentThatComesBackGoesOnDraining()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.run(one, "M-O0", TestMaster::task("t1", agent));
        drain(t, agent);
        t.take();
        t.master.exited(TestMaster::pidOf({}));
        t.take();
        auto message = t.reregistration({}, agent);
        *message.add_tasks() = t.master.cluster().task(t.on(one).id, "t1")->toProto();
        *message.add_frameworks() = t.on(one).info;
        t.fromAgent(message);
        const QStringList lines = t.take();
        QVERIFY(lines.indexOf(u"slave(1)@10.0.0.1:5051: SlaveReregisteredMessage M-S0"_s)
                < lines.indexOf(u"slave(1)@10.0.0.1:5051: DrainSlaveMessage"_s));
        QVERIFY(!t.master.cluster().agent(agent)->active);
    }

    /// An agent that is away keeps what was asked for: it drains when it is back, and only then is
    /// it marked gone. Until then its tasks may well run.
    void anUnreachableAgentIsMarkedGoneOnceItIsBackAndDrained()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.run(one, "M-O0", TestMaster::task("t1", agent));
        const mesos::v1::Task running = t.master.cluster().task(t.on(one).id, "t1")->toProto();
        t.clock.advance(90s);
        t.take();
        QVERIFY(t.master.cluster().unreachable.find(agent));

        drain(t, agent, true);
        QCOMPARE(t.take(), QStringList()); // nobody to tell, nothing to end
        QVERIFY(t.master.cluster().unreachable.find(agent));
        QVERIFY(!t.master.cluster().gone.find(agent));
        QCOMPARE(marksOf(t.master.core(), agent).drainInfo->state(), mesos::v1::DRAINING);

        auto message = t.reregistration({}, agent);
        *message.add_tasks() = running;
        *message.add_frameworks() = t.on(one).info;
        t.fromAgent(message);
        QVERIFY(t.take().contains(u"slave(1)@10.0.0.1:5051: DrainSlaveMessage"_s));
        const Agent &back = *t.master.cluster().agent(agent);
        QVERIFY(back.deactivated && !back.active);
        QCOMPARE(back.drainInfo->state(), mesos::v1::DRAINING);

        const std::string uuid =
            t.update(agent, t.on(one).id, "t1", mesos::v1::TASK_GONE_BY_OPERATOR);
        t.acknowledge(one, agent, "t1", uuid);
        t.take();
        QVERIFY(t.master.cluster().gone.find(agent));
    }

    void anUnreachableAgentWithoutTasksIsGoneAsSoonAsItIsBack()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        t.clock.advance(90s);
        drain(t, agent, true);
        QVERIFY(!t.master.cluster().gone.find(agent));
        t.fromAgent(t.reregistration({}, agent));
        t.take();
        QVERIFY(t.master.cluster().gone.find(agent));
    }

    void unknownAgentsAreRefused()
    {
        TestMaster t;
        bool refused = false;
        drainAgent(t.master.core(), "S9", {}, [&](const Result<> &done) { refused = !done; });
        QVERIFY(refused);
    }
};

QTEST_APPLESS_MAIN(TestMasterDraining)
#include "tst_master_draining.moc"
