#include <QTest>

#include "daemons/master/agents/agents.h"
#include "daemons/master/agents/draining.h"
#include "daemons/master/operator_api/stream_events.h"
#include "tests/daemons/master/core/kept_registry.h"

using namespace meseta;
using namespace meseta::master;
using namespace meseta::master::test;
using namespace Qt::StringLiterals;

/// What a master knows that takes over from one that died.
class TestMasterRecovery : public QObject
{
    Q_OBJECT

    static AgentSpec host(std::uint16_t port)
    {
        AgentSpec spec;
        spec.port = port;
        return spec;
    }

    static google::protobuf::RepeatedPtrField<mesos::v1::quota::QuotaConfig> quota(double cpus)
    {
        google::protobuf::RepeatedPtrField<mesos::v1::quota::QuotaConfig> configs;
        configs.Add()->set_role("web");
        (*configs.Mutable(0)->mutable_guarantees())["cpus"].set_value(cpus);
        return configs;
    }

    /// Which agents the operator's stream says are removed, from now on, and why.
    static std::shared_ptr<QStringList> removalsTold(TestMaster &t)
    {
        auto told = std::make_shared<QStringList>();
        t.master.core().events.observe([told](const ClusterEvent &change) {
            for (const auto &event : mesetaEvents(change)) {
                const auto &removed = event.agent_removed();
                if (event.has_agent_removed())
                    *told << QString::fromStdString(
                        removed.agent_id().value() + ' '
                        + ::meseta::v1::Event::AgentRemoved::Why_Name(removed.why()));
            }
        });
        return told;
    }

private Q_SLOTS:
    void anAgentIsOutOnceThatIsKept()
    {
        KeptBytes kept;
        ScriptedStorage *storage = nullptr;
        TestMaster t(named("M"), [&](Clock &clock) -> std::unique_ptr<Registry> {
            auto made = std::make_unique<ScriptedStorage>(kept);
            storage = made.get();
            storage->answerAtOnce();
            return std::make_unique<Registrar>(std::move(made), clock, RegistrarOptions{},
                                               [](const std::string &) {});
        });
        const std::string agent = t.addAgent();
        QVERIFY(t.master.core().registry->storedBytes() > 0);
        t.subscribe();
        t.take();
        storage->answerLater();
        mesos::internal::UnregisterSlaveMessage message;
        message.mutable_slave_id()->set_value(agent);
        t.fromAgent(message);
        COMPARE_LINES(t.take(), u"stream 1: RESCIND M-O0"_s);
        QVERIFY(t.master.cluster().agent(agent));
        storage->answerAll();
        COMPARE_LINES(t.take(), u"stream 1: FAILURE M-S0"_s);
        QVERIFY(!t.master.cluster().agent(agent));
    }

    void agentsAreAwaited()
    {
        KeptBytes kept;
        std::string agent;
        {
            TestMaster old(named("M"), on(kept));
            agent = old.addAgent();
        }
        TestMaster t(named("N"), on(kept));
        QVERIFY(t.master.recovered());
        QCOMPARE(t.master.cluster().recoveredAgents.size(), std::size_t(1));
        QCOMPARE(t.master.cluster().recoveredAgents.at(agent).hostname(), std::string("host"));
        QCOMPARE(t.addAgent(host(5052)), std::string("N-S0"));

        auto message = t.reregistration({}, agent);
        mesos::v1::Task &task = *message.add_tasks();
        task.set_name("t1");
        task.mutable_task_id()->set_value("t1");
        task.mutable_framework_id()->set_value("M-0000");
        task.mutable_agent_id()->set_value(agent);
        task.set_state(mesos::v1::TASK_RUNNING);
        *task.mutable_resources() = resources("cpus:1;mem:64");
        SchedulerSpec spec;
        spec.id = "M-0000";
        *message.add_frameworks() = TestMaster::info(spec);
        t.take();
        t.fromAgent(message);
        COMPARE_LINES(t.take(), u"slave(1)@10.0.0.1:5051: SlaveReregisteredMessage M-S0"_s,
                      u"slave(1)@10.0.0.1:5051: PingSlaveMessage connected"_s);
        QVERIFY(t.master.cluster().recoveredAgents.empty());
        QVERIFY(t.master.cluster().framework("M-0000")->recovered());
        QVERIFY(t.master.cluster().task("M-0000", "t1"));

        t.subscribe(spec);
        t.clock.advance(11min);
        QVERIFY(t.master.cluster().unreachable.size() <= 2); // silent ones only
        QVERIFY(!t.take().filter(u"TASK_LOST"_s).isEmpty()
                || t.master.cluster().task("M-0000", "t1") == nullptr);
    }

    void oneThatIsGoneBeforeItComesBackIsTold()
    {
        KeptBytes kept;
        {
            TestMaster old(named("M"), on(kept));
            old.addAgent();
        }
        TestMaster t(named("N"), on(kept));
        const auto told = removalsTold(t);
        markGone(t.master.core(), "M-S0");
        t.clock.settle();
        QCOMPARE(*told, QStringList{u"M-S0 GONE"_s});
        QVERIFY(t.master.cluster().recoveredAgents.empty());
    }

    void thoseThatDoNotComeBackAreUnreachable()
    {
        KeptBytes kept;
        {
            TestMaster old(named("M"), on(kept));
            old.addAgent();
            old.addAgent(host(5052));
        }
        MasterOptions options = named("N");
        options.agentRemovalInterval = 60s;
        TestMaster t(options, on(kept));
        const auto told = removalsTold(t);
        t.subscribe();
        t.take();
        t.clock.advance(10min);
        QCOMPARE(*told, QStringList{u"M-S0 UNREACHABLE"_s});
        QCOMPARE(t.master.cluster().unreachable.size(), std::size_t(1));
        QVERIFY(t.take().contains(u"stream 1: FAILURE M-S0"_s));
        t.clock.advance(61s);
        QCOMPARE(t.master.cluster().unreachable.size(), std::size_t(2));
        QCOMPARE(told->size(), 2);
        QVERIFY(t.master.cluster().recoveredAgents.empty());

        TestMaster third(named("O"), on(kept));
        QCOMPARE(third.master.cluster().unreachable.size(), std::size_t(2));
        third.fromAgent(third.reregistration({}, "M-S0"));
        QVERIFY(third.master.cluster().agent("M-S0"));
        QCOMPARE(third.master.cluster().unreachable.size(), std::size_t(1));
    }

    void tooManyMissingEndTheMasterInstead()
    {
        KeptBytes kept;
        {
            TestMaster old(named("M"), on(kept));
            for (std::uint16_t port = 5051; port < 5055; ++port)
                old.addAgent(host(port));
        }
        MasterOptions options = named("N");
        options.recoveryRemovalLimit = 0.5;
        TestMaster t(options, on(kept));
        std::string why;
        t.master.onGivingUp([&why](const std::string &given) { why = given; });
        t.fromAgent(t.reregistration({}, "M-S0"));
        t.clock.advance(10min);
        QVERIFY(why.find("3 of 4 agents") != std::string::npos);
        QCOMPARE(t.master.cluster().recoveredAgents.size(), std::size_t(3));
    }

    void goneStaysGone()
    {
        KeptBytes kept;
        {
            TestMaster old(named("M"), on(kept));
            old.addAgent();
            QVERIFY(old.master.markAgentGone("M-S0"));
            QVERIFY(!old.master.markAgentGone("M-S7"));
        }
        TestMaster t(named("N"), on(kept));
        t.fromAgent(t.reregistration({}, "M-S0"));
        COMPARE_LINES(
            t.take(),
            u"slave(1)@10.0.0.1:5051: ShutdownMessage An operator has declared this agent gone for ever"_s);
    }

    void anAgentThatIsAwayCanBeMarkedGone()
    {
        KeptBytes kept;
        {
            TestMaster old(named("M"), on(kept));
            old.addAgent();
        }
        TestMaster t(named("N"), on(kept));
        QVERIFY(t.master.markAgentGone("M-S0"));
        QVERIFY(t.master.cluster().recoveredAgents.empty());
        QVERIFY(t.master.cluster().gone.find("M-S0"));
    }

    void drainedAgentsComeBackDrained()
    {
        KeptBytes kept;
        {
            TestMaster old(named("M"), on(kept));
            const std::string agent = old.addAgent();
            drainAgent(old.master.core(), agent, {}, [](const Result<> &) {});
            old.take();
        }
        TestMaster t(named("N"), on(kept));
        t.fromAgent(t.reregistration({}, "M-S0"));
        COMPARE_LINES(t.take(), u"slave(1)@10.0.0.1:5051: DrainSlaveMessage"_s,
                      u"slave(1)@10.0.0.1:5051: SlaveReregisteredMessage M-S0"_s,
                      u"slave(1)@10.0.0.1:5051: PingSlaveMessage connected"_s);
        const Agent &agent = *t.master.cluster().agent("M-S0");
        QVERIFY(agent.deactivated && !agent.active);
        QCOMPARE(agent.drainInfo->state(), mesos::v1::DRAINED);
        t.subscribe();
        QVERIFY(t.take().filter(u"OFFERS"_s).isEmpty());
    }

    void quotasAndWeightsAreBack()
    {
        KeptBytes kept;
        MasterOptions options = named("M");
        options.weights = {{"web", 3.0}};
        {
            TestMaster old(options, on(kept));
            old.addAgent();
            old.master.core().registry->apply(registry::updateQuota(quota(2)), {});
        }
        options = named("N");
        options.weights = {{"web", 5.0}, {"ads", 2.0}};
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"--weights is ignored"_s));
        TestMaster t(options, on(kept));
        QCOMPARE(t.master.cluster().weights, (std::map<std::string, double>{{"web", 3.0}}));
        QCOMPARE(t.master.cluster().quotas.count("web"), std::size_t(1));
    }

    void withQuotasOffersWaitForTheAgents()
    {
        KeptBytes kept;
        {
            TestMaster old(named("M"), on(kept));
            for (std::uint16_t port = 5051; port < 5056; ++port)
                old.addAgent(host(port));
            old.master.core().registry->apply(registry::updateQuota(quota(1)), {});
        }
        TestMaster t(named("N"), on(kept));
        t.subscribe();
        for (std::uint16_t i = 0; i < 3; ++i)
            t.fromAgent(t.reregistration(host(std::uint16_t(5051 + i)), "M-S" + std::to_string(i)),
                        host(std::uint16_t(5051 + i)));
        QVERIFY(t.take().filter(u"OFFERS"_s).isEmpty());
        t.fromAgent(t.reregistration(host(5054), "M-S3"), host(5054)); // four fifths are back
        QVERIFY(!t.take().filter(u"OFFERS"_s).isEmpty());
    }

    void messagesWaitUntilTheRegistryIsRead()
    {
        KeptBytes kept;
        ScriptedStorage *storage = nullptr;
        TestMaster t(named("M"), [&](Clock &clock) -> std::unique_ptr<Registry> {
            auto made = std::make_unique<ScriptedStorage>(kept);
            storage = made.get();
            return std::make_unique<Registrar>(std::move(made), clock, RegistrarOptions{},
                                               [](const std::string &) {});
        });
        QVERIFY(!t.master.recovered());
        t.registerAgent({});
        COMPARE_LINES(t.take());
        storage->answerAll();
        QVERIFY(t.master.recovered());
        t.registerAgent({});
        COMPARE_LINES(t.take()); // not told before it is kept
        storage->answerAll();
        COMPARE_LINES(t.take(), u"slave(1)@10.0.0.1:5051: SlaveRegisteredMessage M-S0"_s,
                      u"slave(1)@10.0.0.1:5051: PingSlaveMessage connected"_s);
    }

    void oldMarksAreForgotten()
    {
        KeptBytes kept;
        MasterOptions options = named("M");
        options.recordMaxAge = 1h;
        TestMaster t(options, on(kept));
        t.addAgent();
        t.master.markAgentGone("M-S0");
        const RegistryRecords &records = t.master.core().registry->records();
        t.clock.advance(50min);
        QCOMPARE(records.count(registry_keys::Gone), std::size_t(1));
        t.clock.advance(30min);
        QCOMPARE(records.count(registry_keys::Gone), std::size_t(0));
        QVERIFY(!t.master.cluster().gone.find("M-S0"));
    }
};

QTEST_APPLESS_MAIN(TestMasterRecovery)
#include "tst_master_recovery.moc"
