#include <QTest>

#include "gui/model/fragmentation.h"
#include "gui/model/replica.h"
#include "tests/gui/support/sample_cluster.h"

using namespace meseta::console;

/// What fits now, and what of the free resources lies where nothing of that size does.
class FragmentationTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void anEmptyClusterHoldsNothing();
    void whatIsFreeInPiecesHoldsLess();
    void drainedAgentsHoldNothing();
    void tellsTheLargestTask();

private:
    void put(const std::string &id, double cpus, double memory, double usedCpus, double usedMemory,
             bool deactivated = false);

    std::unique_ptr<Replica> m_replica;
};

void FragmentationTest::init()
{
    m_replica = std::make_unique<Replica>();
    m_replica->setFlushInterval(std::chrono::milliseconds(0));
}

void FragmentationTest::put(const std::string &id, double cpus, double memory, double usedCpus,
                            double usedMemory, bool deactivated)
{
    sample::Event event;
    event.set_type(sample::Event::AGENT_CHANGED);
    auto *agent = event.mutable_agent_changed();
    *agent = sample::agent(id, 0);
    agent->clear_total_resources();
    agent->set_deactivated(deactivated);
    sample::addScalar(agent->mutable_total_resources(), "cpus", cpus);
    sample::addScalar(agent->mutable_total_resources(), "mem", memory);
    sample::addScalar(agent->mutable_allocated_resources(), "cpus", usedCpus);
    sample::addScalar(agent->mutable_allocated_resources(), "mem", usedMemory);
    m_replica->apply(event);
}

void FragmentationTest::anEmptyClusterHoldsNothing()
{
    const Fragmentation none = fragmentationFor({1, 1024}, *m_replica);
    QCOMPARE(none.fits, 0);
    QCOMPARE(none.ideal, 0);
    QCOMPARE(none.lost(), 0.0);
    QVERIFY(none.worst.isEmpty());
}

/// Two agents with half a CPU free each hold no task of one CPU, one machine with all of it would.
void FragmentationTest::whatIsFreeInPiecesHoldsLess()
{
    put("A", 4, 4096, 3.5, 2048);
    put("B", 4, 4096, 3.5, 2048);
    put("C", 4, 4096, 2, 2048);
    const Fragmentation now = fragmentationFor({1, 512}, *m_replica);
    QCOMPARE(now.fits, 2); // on C
    QCOMPARE(now.ideal, 3);
    QVERIFY(qFuzzyCompare(now.lost(), 1.0 / 3));
    QCOMPARE(now.stranded.cpus, 1.0);
    QCOMPARE(now.stranded.memory, 5120.0);
    QCOMPARE(now.worst.size(), 3);
    QVERIFY(now.worst.first().agentId != QStringLiteral("C"));
    QCOMPARE(timesOn(*m_replica->agents().find(QStringLiteral("C")), {0.1, 1}), 20);
}

void FragmentationTest::drainedAgentsHoldNothing()
{
    put("A", 4, 4096, 0, 0, true);
    QCOMPARE(fragmentationFor({1, 512}, *m_replica).fits, 0);
    QCOMPARE(fragmentationFor({1, 512}, *m_replica).free.cpus, 0.0);
}

void FragmentationTest::tellsTheLargestTask()
{
    put("A", 8, 1024, 0, 0);
    put("B", 2, 8192, 0, 0);
    const Fragmentation now = fragmentationFor({1, 1024}, *m_replica);
    QCOMPARE(now.mostCpus.agentId, QStringLiteral("A"));
    QCOMPARE(now.mostCpus.amounts.memory, 1024.0);
    QCOMPARE(now.mostMemory.agentId, QStringLiteral("B"));
    QCOMPARE(now.fits, 3);
    QCOMPARE(now.ideal, 9);
}

QTEST_GUILESS_MAIN(FragmentationTest)
#include "tst_fragmentation.moc"
