#include <QSignalSpy>
#include <QTest>

#include "gui/model/replica.h"

using namespace meseta::console;
using Ours = ::meseta::v1::Event;

namespace {

void addScalar(google::protobuf::RepeatedPtrField<mesos::v1::Resource> *resources, const char *name,
               double value)
{
    auto *resource = resources->Add();
    resource->set_name(name);
    resource->set_type(mesos::v1::Value::SCALAR);
    resource->mutable_scalar()->set_value(value);
}

mesos::v1::master::Response::GetAgents::Agent agent(const char *id, double cpus, double used = 0)
{
    mesos::v1::master::Response::GetAgents::Agent agent;
    agent.mutable_agent_info()->mutable_id()->set_value(id);
    agent.mutable_agent_info()->set_hostname("host-" + std::string(id));
    agent.set_active(true);
    agent.set_version("1.11.0");
    agent.set_pid("slave(1)@127.0.0.1:5051");
    addScalar(agent.mutable_total_resources(), "cpus", cpus);
    addScalar(agent.mutable_allocated_resources(), "cpus", used);
    return agent;
}

Ours snapshotOf(std::initializer_list<mesos::v1::master::Response::GetAgents::Agent> agents)
{
    Ours event;
    event.set_type(Ours::SUBSCRIBED);
    for (const auto &one : agents)
        *event.mutable_subscribed()->mutable_get_state()->mutable_get_agents()->add_agents() = one;
    return event;
}

Ours taskAdded(const char *id, mesos::v1::TaskState state)
{
    Ours event;
    event.set_type(Ours::MESOS);
    event.mutable_event()->set_type(mesos::v1::master::Event::TASK_ADDED);
    auto *task = event.mutable_event()->mutable_task_added()->mutable_task();
    task->set_name(id);
    task->mutable_task_id()->set_value(id);
    task->mutable_framework_id()->set_value("F");
    task->mutable_agent_id()->set_value("A");
    task->set_state(state);
    return event;
}

Ours taskUpdated(const char *id, mesos::v1::TaskState state, const char *message)
{
    Ours event;
    event.set_type(Ours::MESOS);
    event.mutable_event()->set_type(mesos::v1::master::Event::TASK_UPDATED);
    auto *update = event.mutable_event()->mutable_task_updated();
    update->mutable_framework_id()->set_value("F");
    update->mutable_status()->mutable_task_id()->set_value(id);
    update->mutable_status()->set_state(state);
    update->mutable_status()->set_message(message);
    update->mutable_status()->set_timestamp(100);
    update->set_state(state);
    return event;
}

} // namespace

class ReplicaTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void takesASnapshotAtOnce();
    void tellsManyChangesOnce();
    void followsATaskThroughItsLife();
    void keepsEndedTasksOnShow();
    void aRowThatCameAndWentIsNeverTold();
    void removesAgentsAndOffers();
    void ignoresUpdatesOfUnknownTasks();
    void aSnapshotCanBeForgottenInSteps();
    void tellsOneKindOfRowsInAFrame();
};

void ReplicaTest::takesASnapshotAtOnce()
{
    Replica replica;
    RowChanges told;
    connect(&replica, &Replica::agentsChanged, this,
            [&](const RowChanges &changes) { told = changes; });
    replica.apply(snapshotOf({agent("A", 4), agent("B", 2, 1)}));
    replica.flush();
    QCOMPARE(told.added.size(), std::size_t(2));
    QCOMPARE(replica.agents().size(), 2);
    QCOMPARE(replica.figures().total.cpus, 6.0);
    QCOMPARE(replica.figures().allocated.cpus, 1.0);
    QCOMPARE(replica.agents().find(QStringLiteral("A"))->address, QStringLiteral("127.0.0.1:5051"));
}

void ReplicaTest::tellsManyChangesOnce()
{
    Replica replica;
    replica.apply(snapshotOf({agent("A", 4)}));
    replica.flush();
    int told = 0;
    RowChanges last;
    connect(&replica, &Replica::agentsChanged, this, [&](const RowChanges &changes) {
        ++told;
        last = changes;
    });
    for (int used = 0; used < 4; ++used) {
        Ours event;
        event.set_type(Ours::AGENT_CHANGED);
        *event.mutable_agent_changed() = agent("A", 4, used);
        replica.apply(event);
    }
    QCOMPARE(told, 0);
    QTRY_COMPARE(told, 1); // by the flush timer
    QCOMPARE(last.changed.size(), std::size_t(1));
    QCOMPARE(replica.agents().find(QStringLiteral("A"))->allocated.cpus, 3.0);
}

void ReplicaTest::followsATaskThroughItsLife()
{
    Replica replica;
    replica.apply(snapshotOf({agent("A", 4)}));
    replica.apply(taskAdded("t", mesos::v1::TASK_STAGING));
    replica.apply(taskUpdated("t", mesos::v1::TASK_STARTING, "Pulling image"));
    replica.apply(taskUpdated("t", mesos::v1::TASK_RUNNING, ""));
    const TaskRow *task =
        replica.tasks().find(Replica::taskKey(QStringLiteral("F"), QStringLiteral("t")));
    QVERIFY(task);
    QCOMPARE(task->state, mesos::v1::TASK_RUNNING);
    QCOMPARE(task->hostname, QStringLiteral("host-A"));
    QCOMPARE(task->executorId, QStringLiteral("t"));
    QCOMPARE(task->steps.size(), 2);
    QCOMPARE(task->steps.first().message, QStringLiteral("Pulling image"));
    QCOMPARE(replica.figures().runningTasks, 1);
}

void ReplicaTest::keepsEndedTasksOnShow()
{
    Replica replica;
    replica.apply(snapshotOf({agent("A", 4)}));
    replica.apply(taskAdded("t", mesos::v1::TASK_RUNNING));
    replica.apply(taskUpdated("t", mesos::v1::TASK_FAILED, "exit 1"));
    Ours removed;
    removed.set_type(Ours::TASK_REMOVED);
    removed.mutable_task_removed()->mutable_framework_id()->set_value("F");
    removed.mutable_task_removed()->mutable_task_id()->set_value("t");
    replica.apply(removed);
    const TaskRow *task = replica.tasks().find(QStringLiteral("F/t"));
    QVERIFY(task);
    QVERIFY(task->removed);
    QCOMPARE(task->message, QStringLiteral("exit 1"));
    QCOMPARE(replica.figures().failedTasks, 1);
}

void ReplicaTest::aRowThatCameAndWentIsNeverTold()
{
    RowStore<AgentRow> store;
    store.touch(QStringLiteral("A"));
    store.remove(QStringLiteral("A"));
    QVERIFY(store.flush().isEmpty());
    store.touch(QStringLiteral("B"));
    const RowChanges changes = store.flush();
    QCOMPARE(changes.added.size(), std::size_t(1));
    QCOMPARE(store.slotCount(), 1); // the slot is used again
}

void ReplicaTest::removesAgentsAndOffers()
{
    Replica replica;
    replica.apply(snapshotOf({agent("A", 4)}));
    Ours offered;
    offered.set_type(Ours::OFFER_ADDED);
    auto *offer = offered.mutable_offer_added()->mutable_offer();
    offer->mutable_id()->set_value("O1");
    offer->mutable_framework_id()->set_value("F");
    offer->mutable_agent_id()->set_value("A");
    offer->set_hostname("host-A");
    replica.apply(offered);
    replica.flush();
    QCOMPARE(replica.offers().size(), 1);

    RowChanges offers;
    connect(&replica, &Replica::offersChanged, this,
            [&](const RowChanges &changes) { offers = changes; });
    Ours gone;
    gone.set_type(Ours::OFFER_REMOVED);
    gone.mutable_offer_removed()->mutable_offer_id()->set_value("O1");
    replica.apply(gone);
    Ours left;
    left.set_type(Ours::AGENT_REMOVED);
    left.mutable_agent_removed()->mutable_agent_id()->set_value("A");
    replica.apply(left);
    replica.flush();
    QCOMPARE(offers.removed.size(), std::size_t(1));
    QCOMPARE(replica.offers().size(), 0);
    QCOMPARE(replica.agents().size(), 0);
}

void ReplicaTest::ignoresUpdatesOfUnknownTasks()
{
    Replica replica;
    replica.apply(taskUpdated("nobody", mesos::v1::TASK_RUNNING, ""));
    QCOMPARE(replica.tasks().size(), 0);
}

void ReplicaTest::aSnapshotCanBeForgottenInSteps()
{
    Replica replica;
    replica.apply(snapshotOf({agent("A", 4)}));
    for (int i = 0; i < 100; ++i)
        replica.apply(taskAdded(("t" + std::to_string(i)).c_str(), mesos::v1::TASK_RUNNING));
    replica.apply(taskAdded("ended", mesos::v1::TASK_FINISHED));
    SnapshotHead head;
    head.tasks = 5;
    replica.beginSnapshot(head); // of a master that knows none of them
    QVERIFY(replica.loading());
    QCOMPARE(replica.loading()->ofTasks, 5);
    int steps = 1;
    while (!replica.endSnapshot(30))
        ++steps;
    QVERIFY2(steps > 10 && steps < 40, qPrintable(QString::number(steps)));
    QCOMPARE(replica.tasks().size(), 1); // those that ended stay on show
    QCOMPARE(replica.agents().size(), 0);
    QVERIFY(!replica.loading());
}

void ReplicaTest::tellsOneKindOfRowsInAFrame()
{
    Replica replica;
    replica.setFlushInterval(std::chrono::milliseconds(1));
    QStringList order;
    connect(&replica, &Replica::agentsChanged, this, [&] { order << QStringLiteral("agents"); });
    connect(&replica, &Replica::tasksChanged, this, [&] { order << QStringLiteral("tasks"); });
    connect(&replica, &Replica::flushed, this, [&] { order << QStringLiteral("flushed"); });
    replica.apply(snapshotOf({agent("A", 4)}));
    replica.apply(taskAdded("t", mesos::v1::TASK_RUNNING));
    QTRY_COMPARE(order.size(), 3);
    QCOMPARE(order.join(QLatin1Char(' ')), QStringLiteral("agents tasks flushed"));
}

QTEST_GUILESS_MAIN(ReplicaTest)
#include "tst_replica.moc"
