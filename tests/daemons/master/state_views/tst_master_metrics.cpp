#include <QTest>

#include "common/base/random.h"
#include "common/base/simulated_clock.h"
#include "daemons/master/allocator/allocator.h"
#include "daemons/master/cluster/cluster.h"
#include "daemons/master/cluster/figures.h"
#include "daemons/master/core/registry.h"
#include "daemons/master/state_views/master_facts.h"
#include "daemons/master/state_views/master_metrics.h"
#include "daemons/master/state_views/metric_names.h"

using namespace meseta;
using namespace meseta::master;

class MasterMetricsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        m_cluster = std::make_unique<Cluster>(Cluster::Limits{});
        m_figures = Figures();
        m_metrics = std::make_unique<MetricsRegistry>(m_clock);
        MasterFacts facts;
        facts.info.set_id("M1");
        facts.leader = facts.info;
        facts.startTime = m_clock.seconds();
        addMasterMetrics(*m_metrics,
                         {*m_cluster, m_figures, m_allocator, m_clock, [facts] { return facts; },
                          [] { return std::size_t(2); }, [] { return std::size_t(3); },
                          [] { return std::size_t(77); }, true});
    }

    void everyCounterIsThereFromTheStart()
    {
        const MetricsRegistry::Snapshot snapshot = m_metrics->snapshot();
        for (const std::string &name : masterCounterNames()) {
            QVERIFY2(snapshot.count("master/" + name), name.c_str());
            QCOMPARE(snapshot.at("master/" + name), 0.0);
        }
        for (const char *name :
             {"master/cpus_total", "master/gpus_revocable_percent", "master/slaves_active",
              "master/frameworks_inactive", "master/tasks_staging", "master/tasks_unreachable",
              "master/outstanding_offers", "master/uptime_secs", "master/event_queue_messages",
              "allocator/mesos/allocation_runs", "registrar/queued_operations"})
            QVERIFY2(snapshot.count(name), name);
        QCOMPARE(snapshot.at("master/elected"), 1.0);
        QCOMPARE(snapshot.at("master/operator_event_stream_subscribers"), 2.0);
        QCOMPARE(snapshot.at("registrar/queued_operations"), 3.0);
    }

    void countsAreTaken()
    {
        m_figures.count("messages_kill_task", 3);
        m_figures.count("frameworks/F/calls/kill", 2);
        m_figures.count("something_new");
        addFramework("F", "my app");
        const MetricsRegistry::Snapshot snapshot = m_metrics->snapshot();
        QCOMPARE(snapshot.at("master/messages_kill_task"), 3.0);
        QCOMPARE(snapshot.at("master/something_new"), 1.0);
        QCOMPARE(snapshot.at("master/frameworks/my%20app/F/calls/kill"), 2.0);
        QCOMPARE(snapshot.count("master/frameworks/F/calls/kill"), std::size_t(0));
        QCOMPARE(snapshot.at("master/frameworks/my%20app/F/tasks/active/task_running"), 0.0);
        QCOMPARE(snapshot.at("master/frameworks/my%20app/F/tasks/terminal/task_gone_by_operator"),
                 0.0);
        for (const std::string &name : frameworkCounterNames())
            QVERIFY2(snapshot.count("master/frameworks/my%20app/F/" + name), name.c_str());
    }

    void endedTasksAreCountedForGood()
    {
        m_figures.count("frameworks/F/tasks/terminal/task_finished", 5000); // a history is shorter
        addFramework("F", "f");
        const MetricsRegistry::Snapshot snapshot = m_metrics->snapshot();
        QCOMPARE(snapshot.at("master/frameworks/f/F/tasks/terminal/task_finished"), 5000.0);
        QCOMPARE(snapshot.at("master/frameworks/f/F/tasks/terminal/task_failed"), 0.0);
        QCOMPARE(snapshot.at("master/frameworks/f/F/tasks/active/task_running"), 0.0);
        QVERIFY(!snapshot.count("master/frameworks/f/F/tasks/terminal/task_running"));
    }

    void messagesOfPrincipals()
    {
        m_figures.count("principals/ops/messages_received", 7);
        m_figures.count("principals/ops/messages_processed", 6);
        addFramework("F", "f").info.set_principal("ops");
        const MetricsRegistry::Snapshot snapshot = m_metrics->snapshot();
        QCOMPARE(snapshot.at("frameworks/ops/messages_received"), 7.0);
        QCOMPARE(snapshot.at("frameworks/ops/messages_processed"), 6.0);
        QVERIFY(!snapshot.count("master/principals/ops/messages_received"));
    }

    void countsOfAFrameworkGoWithIt()
    {
        m_figures.count("frameworks/F/calls/kill", 2);
        m_figures.count("frameworks/F2/calls/kill", 2);
        m_figures.forget("frameworks/F/");
        QCOMPARE(m_figures.value("frameworks/F/calls/kill"), std::uint64_t(0));
        QCOMPARE(m_figures.value("frameworks/F2/calls/kill"), std::uint64_t(2));
    }

    void timesOfTheRegistry()
    {
        struct KeptRegistry final : MemoryRegistry
        {
            using MemoryRegistry::tellFetched;
            using MemoryRegistry::tellStored;
        } registry;
        registry.tellFetched(std::chrono::milliseconds(9)); // read before anybody looks
        registry.observe(
            [this](Duration took) { m_metrics->record("registrar/state_fetch_ms", took); },
            [this](Duration took) { m_metrics->record("registrar/state_store_ms", took); });
        for (const int took : {2, 4, 6})
            registry.tellStored(std::chrono::milliseconds(took));
        const MetricsRegistry::Snapshot snapshot = m_metrics->snapshot();
        QCOMPARE(snapshot.at("registrar/state_fetch_ms"), 9.0);
        QVERIFY(!snapshot.count("registrar/state_fetch_ms/count")); // as Mesos: from two on
        QCOMPARE(snapshot.at("registrar/state_store_ms"), 6.0);
        QCOMPARE(snapshot.at("registrar/state_store_ms/count"), 3.0);
        QCOMPARE(snapshot.at("registrar/state_store_ms/min"), 2.0);
        QCOMPARE(snapshot.at("registrar/state_store_ms/max"), 6.0);
        QCOMPARE(snapshot.at("registrar/state_store_ms/p50"), 4.0);
    }

    void resourcesInUse()
    {
        Framework &framework = addFramework("F", "f");
        auto fresh = std::make_unique<Agent>();
        fresh->id = "A";
        fresh->pid = {"slave(1)", "10.0.0.1", 5051};
        fresh->total = *Resources::parse("cpus:4;mem:2048");
        Agent &agent = m_cluster->addAgent(std::move(fresh));
        mesos::v1::TaskInfo task;
        task.set_name("t");
        task.mutable_task_id()->set_value("t");
        task.mutable_agent_id()->set_value("A");
        *task.mutable_resources() = Resources::parse("cpus:1;mem:512")->allocated("*").proto();
        m_cluster->addTask(framework, agent, std::make_unique<Task>(task, "F"))
            .setState(mesos::v1::TASK_RUNNING);
        const MetricsRegistry::Snapshot snapshot = m_metrics->snapshot();
        QCOMPARE(snapshot.at("master/cpus_total"), 4.0);
        QCOMPARE(snapshot.at("master/cpus_used"), 1.0);
        QCOMPARE(snapshot.at("master/cpus_percent"), 0.25);
        QCOMPARE(snapshot.at("master/gpus_percent"), 0.0);
        QCOMPARE(snapshot.at("master/tasks_running"), 1.0);
        QCOMPARE(snapshot.at("allocator/mesos/resources/mem/offered_or_allocated"), 512.0);
        QCOMPARE(snapshot.at("allocator/mesos/quota/roles/*/resources/cpus/consumed"), 1.0);
        QCOMPARE(snapshot.at("allocator/mesos/quota/roles//resources/cpus/consumed"), 1.0);
    }

    void uptimeGoesOn()
    {
        m_clock.advance(std::chrono::seconds(30));
        QCOMPARE(m_metrics->snapshot().at("master/uptime_secs"), 30.0);
    }

private:
    Framework &addFramework(const char *id, const char *name)
    {
        mesos::v1::FrameworkInfo info;
        info.mutable_id()->set_value(id);
        info.set_name(name);
        info.set_user("u");
        info.add_roles("*");
        return m_cluster->addFramework(info);
    }

    SimulatedClock m_clock;
    SeededRandom m_random{1};
    Allocator m_allocator{AllocatorOptions{}, m_clock, m_random,
                          [](const std::vector<Allocation> &) {}};
    std::unique_ptr<Cluster> m_cluster;
    Figures m_figures;
    std::unique_ptr<MetricsRegistry> m_metrics;
};

QTEST_GUILESS_MAIN(MasterMetricsTest)
#include "tst_master_metrics.moc"
