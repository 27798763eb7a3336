#include <QSignalSpy>
#include <QTest>

#include "gui/inspect/cluster_usage.h"
#include "gui/model/replica.h"
#include "tests/gui/support/fake_agent.h"
#include "tests/gui/support/sample_cluster.h"

using namespace meseta::console;
using mesos::v1::agent::Call;

namespace {

constexpr std::chrono::milliseconds betweenRounds{50};

/// One container that has used so many CPU seconds when it was measured.
void measure(FakeAgent &agent, double time, double cpuSeconds, int mebibytes)
{
    agent.containers.Clear();
    auto *container = agent.containers.add_containers();
    container->mutable_framework_id()->set_value("F");
    container->mutable_executor_id()->set_value("t");
    container->mutable_container_id()->set_value("c");
    auto *used = container->mutable_resource_statistics();
    used->set_timestamp(time);
    used->set_cpus_user_time_secs(cpuSeconds);
    used->set_mem_rss_bytes(static_cast<std::uint64_t>(mebibytes) << 20);
}

} // namespace

/// What a cluster really uses, asked of its agents.
class ClusterUsageTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void sumsUpWhatAgentsMeasure();
    void agentsThatDoNotAnswerAreLeftOut();
    void inactiveAgentsAreNotAsked();
    void restsWhenNobodyLooks();

private:
    void show(std::initializer_list<const FakeAgent *> agents, bool active = true);

    std::unique_ptr<Replica> m_replica;
    std::unique_ptr<FakeAgent> m_first, m_second;
};

void ClusterUsageTest::init()
{
    m_replica = std::make_unique<Replica>();
    // New ones: a question of the test before may still be on its way to the old.
    m_first = std::make_unique<FakeAgent>();
    m_second = std::make_unique<FakeAgent>();
}

void ClusterUsageTest::show(std::initializer_list<const FakeAgent *> agents, bool active)
{
    auto first = sample::snapshot();
    int number = 0;
    for (const FakeAgent *place : agents) {
        auto agent = sample::agent("S" + std::to_string(number++), 8);
        agent.set_pid(place->pid());
        agent.set_active(active);
        *sample::state(first)->mutable_get_agents()->add_agents() = agent;
    }
    m_replica->apply(first);
    m_replica->flush();
}

/// A rate needs two measurements; an agent without containers uses nothing from the first on.
void ClusterUsageTest::sumsUpWhatAgentsMeasure()
{
    m_first->beforeAnswer = [this, asked = 0]() mutable {
        measure(*m_first, 1000 + 10 * asked, 50 + 15 * asked, 400);
        ++asked;
    };
    show({m_first.get(), m_second.get()});
    ClusterUsage usage(*m_replica, nullptr, betweenRounds);
    usage.start();
    QTRY_COMPARE_WITH_TIMEOUT(usage.sum().measured, 2, 20000);
    QVERIFY(m_first->asked(Call::GET_CONTAINERS) >= 2);
    QCOMPARE(usage.sum().agents, 2);
    QCOMPARE(usage.sum().cpus, 1.5); // 15 s of work in each 10 s
    QCOMPARE(usage.sum().memory, 400.0);
}

void ClusterUsageTest::agentsThatDoNotAnswerAreLeftOut()
{
    m_second->silent = true;
    show({m_first.get(), m_second.get()});
    ClusterUsage usage(*m_replica, nullptr, betweenRounds);
    usage.start();
    QTRY_COMPARE_WITH_TIMEOUT(usage.sum().measured, 1, 20000);
    QCOMPARE(usage.sum().agents, 2); // the sum says of how many it is
}

void ClusterUsageTest::inactiveAgentsAreNotAsked()
{
    show({m_first.get()}, false);
    const int before = m_first->asked(Call::GET_CONTAINERS);
    ClusterUsage usage(*m_replica, nullptr, betweenRounds);
    QSignalSpy changes(&usage, &ClusterUsage::changed);
    usage.start();
    QTRY_VERIFY_WITH_TIMEOUT(changes.size() >= 2, 20000);
    QCOMPARE(m_first->asked(Call::GET_CONTAINERS), before);
    QCOMPARE(usage.sum().agents, 0);
}

void ClusterUsageTest::restsWhenNobodyLooks()
{
    show({m_first.get()});
    ClusterUsage usage(*m_replica, nullptr, betweenRounds);
    usage.start();
    QTRY_COMPARE_WITH_TIMEOUT(usage.sum().measured, 1, 20000);
    usage.stop();
    QCOMPARE(usage.sum().measured, 0);
    QSignalSpy changes(&usage, &ClusterUsage::changed);
    QVERIFY(!changes.wait(10 * static_cast<int>(betweenRounds.count())));
}

QTEST_GUILESS_MAIN(ClusterUsageTest)
#include "tst_cluster_usage.moc"
