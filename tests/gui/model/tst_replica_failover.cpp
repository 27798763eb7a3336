#include <QTest>

#include "gui/model/replica.h"
#include "tests/gui/support/sample_cluster.h"

using namespace meseta::console;

/// What the replica shows between the snapshot of a new leader and the return of the agents.
class ReplicaFailoverTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void keepsWhatRanUntilItsAgentTells();
    void forgetsWhatTheAgentDoesNotBring();
    void forgetsWhatIsGivenUp();

private:
    void failOver();
    void agentBack(const std::string &id);
    bool has(const char *task) const
    {
        return m_replica->tasks().find(QStringLiteral("F/") + QLatin1String(task)) != nullptr;
    }

    std::unique_ptr<Replica> m_replica;
};

/// Two agents with a task each.
void ReplicaFailoverTest::init()
{
    m_replica = std::make_unique<Replica>();
    auto first = sample::snapshot();
    auto *state = sample::state(first);
    for (const char *id : {"A", "B"})
        *state->mutable_get_agents()->add_agents() = sample::agent(id, 4);
    *state->mutable_get_frameworks()->add_frameworks() = sample::framework("F", "f");
    for (const auto &[task, agent] : {std::pair("a", "A"), std::pair("b", "B")})
        *state->mutable_get_tasks()->add_tasks() =
            sample::task(task, "F", agent, mesos::v1::TASK_RUNNING);
    m_replica->apply(first);
}

/// The next leader has read its registry and heard of nobody yet.
void ReplicaFailoverTest::failOver()
{
    auto next = sample::snapshot();
    for (const char *id : {"A", "B"})
        *sample::state(next)->mutable_get_agents()->add_recovered_agents() =
            sample::agent(id, 4).agent_info();
    m_replica->apply(next);
}

void ReplicaFailoverTest::agentBack(const std::string &id)
{
    auto back = sample::mesosEvent(mesos::v1::master::Event::AGENT_ADDED, 1002);
    *back.mutable_event()->mutable_agent_added()->mutable_agent() = sample::agent(id, 4);
    m_replica->apply(back);
}

void ReplicaFailoverTest::keepsWhatRanUntilItsAgentTells()
{
    failOver();
    QCOMPARE(m_replica->agents().size(), 2);
    QVERIFY(has("a") && has("b"));
    const FrameworkRow *framework = m_replica->frameworks().find(QStringLiteral("F"));
    QVERIFY(framework);
    QVERIFY(framework->recovered && !framework->connected);
    m_replica->apply(sample::taskAdded(sample::task("a", "F", "A", mesos::v1::TASK_RUNNING), 1001));
    agentBack("A");
    QVERIFY(has("a") && has("b"));
    QCOMPARE(m_replica->figures().runningTasks, 2);
}

void ReplicaFailoverTest::forgetsWhatTheAgentDoesNotBring()
{
    failOver();
    agentBack("A");
    QVERIFY(!has("a"));
    QVERIFY(has("b"));
    QVERIFY(m_replica->frameworks().find(QStringLiteral("F"))); // B may yet bring it
    agentBack("B");
    QVERIFY(!has("b"));
    QVERIFY(!m_replica->frameworks().find(QStringLiteral("F")));
    QCOMPARE(m_replica->figures().runningTasks, 0);
}

void ReplicaFailoverTest::forgetsWhatIsGivenUp()
{
    failOver();
    sample::Event removed;
    removed.set_type(sample::Event::AGENT_REMOVED);
    removed.set_time(1010);
    removed.mutable_agent_removed()->mutable_agent_id()->set_value("A");
    removed.mutable_agent_removed()->set_why(sample::Event::AgentRemoved::UNREACHABLE);
    m_replica->apply(removed);
    QVERIFY(!has("a"));
    QVERIFY(has("b"));
}

QTEST_GUILESS_MAIN(ReplicaFailoverTest)
#include "tst_replica_failover.moc"
