#include <QTest>

#include "tests/daemons/master/support/test_master.h"

using namespace meseta::master;
using namespace meseta::master::test;
using namespace Qt::StringLiterals;

/// Who is offered what, and how offers end.
class TestMasterOffers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// The figure of every introduction to Mesos.
    void theFigureEveryReaderKnows()
    {
        TestMaster t;
        const std::string agent = t.addAgent({.resources = "cpus:4;mem:4096"});
        const StreamHandle one = t.subscribe({.name = "framework 1"});
        COMPARE_LINES(t.take(), u"stream 1: SUBSCRIBED M-0000"_s, u"stream 1: HEARTBEAT"_s,
                      u"stream 1: OFFERS M-O0 of M-S0 cpus:4; mem:4096"_s);

        t.accept(one, {"M-O0"},
                 {TestMaster::task("task 1", agent, "cpus:2;mem:1024"),
                  TestMaster::task("task 2", agent, "cpus:1;mem:2048")});
        COMPARE_LINES(t.take(), u"slave(1)@10.0.0.1:5051: RunTaskMessage task 1 launch_executor"_s,
                      u"slave(1)@10.0.0.1:5051: RunTaskMessage task 2 launch_executor"_s);

        t.subscribe({.name = "framework 2"});
        COMPARE_LINES(t.take(), u"stream 2: SUBSCRIBED M-0001"_s, u"stream 2: HEARTBEAT"_s,
                      u"stream 2: OFFERS M-O1 of M-S0 cpus:1; mem:1024"_s);
    }

    void aFreedResourceIsOfferedAtOnce()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.run(one, "M-O0", TestMaster::task("t1", agent, "cpus:4;mem:4096"));
        t.subscribe({.name = "waiting"});
        t.take();

        t.update(agent, "M-0000", "t1", mesos::v1::TASK_FINISHED);
        const QStringList lines = t.take(); // no time passes
        QCOMPARE(lines.size(), 2);
        QCOMPARE(lines[0], u"stream 1: UPDATE t1 TASK_FINISHED by EXECUTOR to acknowledge"_s);
        QVERIFY2(lines[1].endsWith(u"OFFERS M-O1 of M-S0 cpus:4; mem:4096"_s),
                 qPrintable(lines[1]));
    }

    void aDeclinedOfferComesBackWhenItsFilterEnds()
    {
        TestMaster t;
        t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.decline(one, "M-O0", 10);
        t.clock.advance(9s);
        COMPARE_LINES(t.take());
        t.clock.advance(2s);
        COMPARE_LINES(t.take(), u"stream 1: OFFERS M-O1 of M-S0 cpus:4; mem:4096"_s);
    }

    void reviveEndsFiltersAndSuppressionEndsOffers()
    {
        TestMaster t;
        t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.decline(one, "M-O0", 1000);
        Call revive;
        revive.set_type(Call::REVIVE);
        t.call(one, revive);
        COMPARE_LINES(t.take(), u"stream 1: OFFERS M-O1 of M-S0 cpus:4; mem:4096"_s);

        Call suppress;
        suppress.set_type(Call::SUPPRESS);
        t.call(one, suppress);
        t.decline(one, "M-O1", 0);
        t.clock.advance(10s);
        COMPARE_LINES(t.take());
        QCOMPARE(t.on(one).suppressedRoles, std::set<std::string>{"*"});
        t.call(one, revive);
        COMPARE_LINES(t.take(), u"stream 1: OFFERS M-O2 of M-S0 cpus:4; mem:4096"_s);
    }

    void aCallForAForeignRoleIsDropped()
    {
        TestMaster t;
        t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        Call suppress;
        suppress.set_type(Call::SUPPRESS);
        suppress.mutable_suppress()->add_roles("*");
        suppress.mutable_suppress()->add_roles("elsewhere");
        QTest::ignoreMessage(QtWarningMsg,
                             QRegularExpression(u"not subscribed to role 'elsewhere'"_s));
        t.call(one, suppress);
        QVERIFY(t.on(one).suppressedRoles.empty());
    }

    void anOfferTimesOut()
    {
        MasterOptions options;
        options.offerTimeout = 30s;
        TestMaster t(options);
        t.addAgent();
        t.subscribe();
        t.take();
        t.clock.advance(29s);
        t.pong();
        t.outbox.take();
        t.clock.advance(1s);
        QStringList lines = t.take();
        lines.removeAll(u"stream 1: HEARTBEAT"_s);
        lines.removeAll(u"slave(1)@10.0.0.1:5051: PingSlaveMessage connected"_s);
        COMPARE_LINES(lines, u"stream 1: RESCIND M-O0"_s,
                      u"stream 1: OFFERS M-O1 of M-S0 cpus:4; mem:4096"_s);
    }

    void offersOfADisconnectedAgentAreRescinded()
    {
        TestMaster t;
        t.addAgent();
        t.subscribe();
        t.take();
        t.master.exited(TestMaster::pidOf({}));
        QVERIFY(t.take().contains(u"stream 1: RESCIND M-O0"_s));
        QVERIFY(t.master.cluster().offers().empty());
    }

    void anOfferSaysWhereAndForWhom()
    {
        TestMaster t;
        t.addAgent({.resources = "cpus:4;mem:4096;ephemeral_ports:[1-9]",
                    .hostname = "worker.example.com"});
        const StreamHandle one = t.subscribe({.roles = {"a/b"}});
        t.take();
        const mesos::v1::Offer &offer = t.outbox.events[one].back().offers().offers(0);
        QCOMPARE(offer.hostname(), "worker.example.com");
        QCOMPARE(offer.url().scheme(), "http");
        QCOMPARE(offer.url().address().ip(), "10.0.0.1");
        QCOMPARE(offer.url().address().hostname(), "worker.example.com");
        QCOMPARE(offer.url().address().port(), 5051);
        QCOMPARE(offer.url().path(), "/slave(1)");
        QCOMPARE(offer.allocation_info().role(), "a/b");
        QCOMPARE(offer.resources_size(), 2); // ephemeral ports are the agent's own business
        for (const auto &resource : offer.resources())
            QCOMPARE(resource.allocation_info().role(), "a/b");
        QCOMPARE(offer.executor_ids_size(), 0);
    }

    void oldFrameworksGetTheOldForm()
    {
        TestMaster t;
        t.addAgent();
        const StreamHandle one = t.subscribe({.multiRole = false});
        t.take();
        const mesos::v1::Offer &offer = t.outbox.events[one].back().offers().offers(0);
        QVERIFY(!offer.has_allocation_info());
        for (const auto &resource : offer.resources()) {
            QVERIFY(!resource.has_allocation_info());
            const auto *role = resource.GetDescriptor()->FindFieldByName("role");
            QCOMPARE(resource.GetReflection()->GetString(resource, role), "*");
        }
    }

    void anOfferNamesTheFrameworksExecutorsOnTheAgent()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.accept(one, {"M-O0"}, {TestMaster::taskWithExecutor("t1", agent, "worker")}, 0);
        t.clock.advance(2s);
        t.take();
        const mesos::v1::Offer &offer = t.outbox.events[one].back().offers().offers(0);
        QCOMPARE(offer.executor_ids_size(), 1);
        QCOMPARE(offer.executor_ids(0).value(), "worker");
    }
};

QTEST_GUILESS_MAIN(TestMasterOffers)
#include "tst_master_offers.moc"
