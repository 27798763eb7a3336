#include <QTest>

#include "tests/daemons/master/support/test_master.h"

using namespace meseta::master;
using namespace meseta::master::test;
using namespace Qt::StringLiterals;

/// How frameworks come, fail over, are away and go.
class TestMasterSubscribe : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aNewFrameworkIsWelcomedAndHearsHeartbeats()
    {
        TestMaster t;
        const StreamHandle one = t.subscribe();
        COMPARE_LINES(t.take(), u"stream 1: SUBSCRIBED M-0000"_s, u"stream 1: HEARTBEAT"_s);
        const auto &subscribed = t.outbox.events[one].front().subscribed();
        QCOMPARE(subscribed.heartbeat_interval_seconds(), 15.0);
        QCOMPARE(subscribed.master_info().pid(), "master@10.0.0.9:5050");
        QCOMPARE(subscribed.master_info().ip(), 0x0900000au); // network byte order
        QCOMPARE(subscribed.master_info().hostname(), "master.example.com");
        t.clock.advance(14s);
        COMPARE_LINES(t.take());
        t.clock.advance(16s);
        COMPARE_LINES(t.take(), u"stream 1: HEARTBEAT"_s, u"stream 1: HEARTBEAT"_s);
    }

    void idsCount()
    {
        TestMaster t;
        t.subscribe();
        t.subscribe();
        QVERIFY(t.take().contains(u"stream 2: SUBSCRIBED M-0001"_s));
    }

    void aDescriptionThatBreaksARuleIsAnErrorOnTheStream()
    {
        TestMaster t;
        mesos::v1::FrameworkInfo info = TestMaster::info({});
        info.set_failover_timeout(1e300);
        t.master.subscribe({1, "id", {}}, {info, {}, {}, true});
        const QStringList lines = t.take();
        QCOMPARE(lines.size(), 2);
        QVERIFY2(lines[0].startsWith(u"stream 1: ERROR "_s)
                     && lines[0].contains(u"failover_timeout"_s),
                 qPrintable(lines[0]));
        QCOMPARE(lines[1], u"stream 1: end"_s);
        QVERIFY(t.master.cluster().frameworks().empty());
    }

    void theNewestSchedulerWins()
    {
        TestMaster t;
        t.addAgent();
        t.subscribe({.failoverTimeout = 60});
        t.take();
        const StreamHandle two =
            t.subscribe({.name = "renamed", .id = "M-0000", .failoverTimeout = 60});
        COMPARE_LINES(t.take(), u"stream 1: ERROR Framework failed over"_s, u"stream 1: end"_s,
                      u"stream 2: SUBSCRIBED M-0000"_s, u"stream 2: HEARTBEAT"_s,
                      u"slave(1)@10.0.0.1:5051: UpdateFrameworkMessage"_s,
                      u"stream 2: OFFERS M-O1 of M-S0 cpus:4; mem:4096"_s);
        QCOMPARE(t.on(two).info.name(), "renamed");
        t.master.streamClosed(1); // the old connection has no say any more
        QVERIFY(t.on(two).active());
    }

    void whoChangesThePrincipalIsRefused()
    {
        TestMaster t;
        t.subscribe({.failoverTimeout = 60, .principal = "alice"});
        t.take();
        t.subscribe({.id = "M-0000", .principal = "mallory"});
        const QStringList lines = t.take();
        QVERIFY2(lines.first().startsWith(u"stream 2: ERROR "_s), qPrintable(lines.first()));
        QCOMPARE(t.on(1).principal, "alice");
    }

    void userAndCheckpointStay()
    {
        TestMaster t;
        t.subscribe({.checkpoint = true, .failoverTimeout = 60});
        const StreamHandle two = t.subscribe({.id = "M-0000", .checkpoint = false});
        QVERIFY(t.on(two).info.checkpoint());
    }

    void aFrameworkOfAnotherMasterIsTakenIn()
    {
        TestMaster t;
        t.addAgent();
        t.subscribe({.id = "other-0007"});
        const QStringList lines = t.take();
        QCOMPARE(lines.first(), u"stream 1: SUBSCRIBED other-0007"_s);
        QVERIFY(lines.contains(u"stream 1: OFFERS M-O0 of M-S0 cpus:4; mem:4096"_s));
    }

    void aTornDownFrameworkIsOver()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.run(one, "M-O0", TestMaster::task("t1", agent));
        Call teardown;
        teardown.set_type(Call::TEARDOWN);
        t.call(one, teardown);
        COMPARE_LINES(t.take(), u"slave(1)@10.0.0.1:5051: ShutdownFrameworkMessage"_s,
                      u"stream 1: end"_s);
        const Framework *completed = t.master.cluster().completedFramework("M-0000");
        QVERIFY(completed);
        QCOMPARE(completed->completedTasks.find("t1")->state(), mesos::v1::TASK_KILLED);
        QCOMPARE(t.master.cluster().taskCount(), 0u);
        QVERIFY(t.master.cluster().agent(agent)->totalUsed().empty());
        t.clock.advance(1min);
        QVERIFY(!t.take().filter(u"stream"_s).contains(u"stream 1: HEARTBEAT"_s));

        t.subscribe({.id = "M-0000"});
        COMPARE_LINES(t.take(), u"stream 2: ERROR Framework has been removed"_s,
                      u"stream 2: end"_s);
    }

    void aDisconnectedFrameworkHasItsTimeout()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe({.failoverTimeout = 30});
        t.take();
        t.run(one, "M-O0", TestMaster::task("t1", agent));
        t.master.streamClosed(one);
        t.update(agent, "M-0000", "t1", mesos::v1::TASK_FAILED); // nobody hears it
        COMPARE_LINES(t.take());
        QCOMPARE(t.master.cluster().framework("M-0000")->state, Framework::State::Disconnected);
        t.clock.advance(29s);
        t.pong();
        t.outbox.take();
        t.subscribe({.id = "M-0000", .failoverTimeout = 30});
        t.clock.advance(5s);
        QVERIFY(t.master.cluster().framework("M-0000")->active());
    }

    void theTimeoutEndsIt()
    {
        TestMaster t;
        t.addAgent();
        const StreamHandle one = t.subscribe({.failoverTimeout = 30});
        t.take();
        t.master.streamClosed(one);
        t.clock.advance(29s);
        QVERIFY(t.master.cluster().framework("M-0000"));
        t.clock.advance(2s);
        QVERIFY(t.master.cluster().completedFramework("M-0000"));
        QVERIFY(t.take().contains(u"slave(1)@10.0.0.1:5051: ShutdownFrameworkMessage"_s));
    }

    void withoutATimeoutItEndsAtOnce()
    {
        TestMaster t;
        const StreamHandle one = t.subscribe();
        t.take();
        t.master.streamClosed(one);
        t.take();
        QVERIFY(t.master.cluster().completedFramework("M-0000"));
    }

    void offersOfADisconnectedFrameworkGoToOthers()
    {
        TestMaster t;
        t.addAgent();
        const StreamHandle one = t.subscribe({.failoverTimeout = 60});
        t.take();
        t.subscribe({.name = "other"});
        t.take();
        t.master.streamClosed(one);
        COMPARE_LINES(t.take(), u"stream 2: OFFERS M-O1 of M-S0 cpus:4; mem:4096"_s);
    }

    void updateFrameworkReplacesTheDescription()
    {
        TestMaster t;
        t.addAgent();
        const StreamHandle one = t.subscribe({.roles = {"a", "b"}});
        t.take();
        const std::string offered =
            t.on(one).offers.size() == 1 ? (*t.on(one).offers.begin())->role : "";
        const std::string other = offered == "a" ? "b" : "a";
        Call update;
        update.set_type(Call::UPDATE_FRAMEWORK);
        *update.mutable_update_framework()->mutable_framework_info() =
            TestMaster::info({.name = "renamed", .id = "M-0000", .roles = {other}});
        QVERIFY(t.call(one, update).has_value());
        QCOMPARE(t.on(one).info.name(), "renamed");
        const QStringList lines = t.take();
        QCOMPARE(lines[0], u"stream 1: RESCIND M-O0"_s);
        QVERIFY(lines.contains(u"slave(1)@10.0.0.1:5051: UpdateFrameworkMessage"_s));
        QCOMPARE((*t.on(one).offers.begin())->role, other);
    }

    void updateFrameworkRefuses_data()
    {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("prefix");
        QTest::newRow("user") << u"user"_s << u"The changes to FrameworkInfo are refused: "_s;
        QTest::newRow("principal")
            << u"principal"_s << u"The changes to FrameworkInfo are refused: "_s;
        QTest::newRow("checkpoint")
            << u"checkpoint"_s << u"The changes to FrameworkInfo are refused: "_s;
        QTest::newRow("failover_timeout")
            << u"failover_timeout"_s << u"This FrameworkInfo is refused: "_s;
        QTest::newRow("suppressed") << u"suppressed"_s << u"UPDATE_FRAMEWORK is refused: "_s;
    }
    void updateFrameworkRefuses()
    {
        QFETCH(QString, field);
        QFETCH(QString, prefix);
        TestMaster t;
        const StreamHandle one = t.subscribe();
        Call update;
        update.set_type(Call::UPDATE_FRAMEWORK);
        mesos::v1::FrameworkInfo &info =
            *update.mutable_update_framework()->mutable_framework_info();
        info = t.on(one).info;
        if (field == u"user"_s)
            info.set_user("nobody");
        else if (field == u"principal"_s)
            info.set_principal("x");
        else if (field == u"checkpoint"_s)
            info.set_checkpoint(false);
        else if (field == u"failover_timeout"_s)
            info.set_failover_timeout(1e300);
        else
            update.mutable_update_framework()->add_suppressed_roles("elsewhere");
        const auto refused = t.call(one, update);
        QVERIFY(!refused.has_value());
        QCOMPARE(refused.error().status, 400);
        QVERIFY2(QString::fromStdString(refused.error().text).startsWith(prefix),
                 refused.error().text.c_str());
    }

    void completedFrameworksAreBounded()
    {
        MasterOptions options;
        options.limits.completedFrameworks = 3;
        TestMaster t(options);
        for (int i = 0; i < 5; ++i) {
            const StreamHandle stream = t.subscribe();
            t.master.teardown(t.on(stream).id);
        }
        QCOMPARE(t.master.cluster().completedFrameworks().size(), 3u);
        QVERIFY(!t.master.cluster().completedFramework("M-0000"));
        QVERIFY(t.master.cluster().completedFramework("M-0004"));
    }
};

QTEST_GUILESS_MAIN(TestMasterSubscribe)
#include "tst_master_subscribe.moc"
