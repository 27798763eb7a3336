#include <QTest>

#include "gui/model/blast_radius.h"
#include "gui/model/inspection.h"
#include "gui/model/replica.h"
#include "tests/gui/support/sample_cluster.h"

using namespace meseta::console;
using Kind = ObjectRef::Kind;

namespace {

ObjectRef taskRef(const char *id)
{
    return {Kind::Task, QStringLiteral("F/") + QString::fromLatin1(id)};
}

ObjectRef theirs()
{
    return {Kind::Task, QStringLiteral("G/u")};
}

ObjectRef agentRef(const char *id)
{
    return {Kind::Agent, QString::fromLatin1(id)};
}

} // namespace

/// What a deed will touch, for one object and for many: exactly that and nothing else.
class BlastRadiusTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void drainingTwoAgentsTouchesTheirTasksAndOffersOnly();
    void whatCannotBeDoneIsLeftOutAndSaysWhy();
    void tasksOfOthersAreTheirs();
    void killingCanBeUndoneWhenAllIsRemembered();
    void tearingDownTakesOffersToo();
    void severalAreSummedUp();
    void unreservingTouchesWhatIsFreeOfIt();

private:
    OwnTasks own(std::initializer_list<const char *> remembered) const;

    std::unique_ptr<Replica> m_replica;
};

/// Agents A, B, C; t1 and t2 run on A and B, t3 has ended on A, u of another framework runs on C.
void BlastRadiusTest::init()
{
    m_replica = std::make_unique<Replica>();
    m_replica->setFlushInterval(std::chrono::milliseconds(0));
    auto first = sample::snapshot();
    auto *state = sample::state(first);
    for (const char *id : {"A", "B", "C"})
        *state->mutable_get_agents()->add_agents() = sample::agent(id, 4, 1);
    *state->mutable_get_frameworks()->add_frameworks() = sample::framework("F", "ours");
    *state->mutable_get_frameworks()->add_frameworks() = sample::framework("G", "theirs");
    auto *tasks = state->mutable_get_tasks();
    *tasks->add_tasks() = sample::task("t1", "F", "A", mesos::v1::TASK_RUNNING);
    *tasks->add_tasks() = sample::task("t2", "F", "B", mesos::v1::TASK_RUNNING);
    *tasks->add_completed_tasks() = sample::task("t3", "F", "A", mesos::v1::TASK_FINISHED);
    *tasks->add_tasks() = sample::task("u", "G", "C", mesos::v1::TASK_RUNNING);
    m_replica->apply(first);
    m_replica->apply(sample::offerAdded(sample::offer("O1", "F", "A", 1), 1001));
    m_replica->apply(sample::offerAdded(sample::offer("O2", "G", "C", 1), 1001));
}

OwnTasks BlastRadiusTest::own(std::initializer_list<const char *> remembered) const
{
    QStringList ids;
    for (const char *id : remembered)
        ids << QString::fromLatin1(id);
    return {QStringLiteral("F"), [ids](const QString &id) { return ids.contains(id); }};
}

void BlastRadiusTest::drainingTwoAgentsTouchesTheirTasksAndOffersOnly()
{
    const BlastRadius radius =
        blastRadius(Deed::Drain, {agentRef("A"), agentRef("B")}, *m_replica, own({}));
    QCOMPARE(radius.question, QStringLiteral("Drain 2 agent(s)?"));
    QCOMPARE(radius.objects.size(), 2);
    QCOMPARE(radius.objectNames.size(), 2);
    QList<ObjectRef> tasks = radius.tasks;
    std::sort(tasks.begin(), tasks.end(),
              [](const ObjectRef &a, const ObjectRef &b) { return a.key < b.key; });
    QCOMPARE(tasks, (QList<ObjectRef>{taskRef("t1"), taskRef("t2")}));
    QCOMPARE(radius.offers, (QList<ObjectRef>{{Kind::Offer, QStringLiteral("O1")}}));
    QCOMPARE(radius.offerNames, QStringList{QStringLiteral("offer of host-A to ours")});
    QVERIFY(radius.undo.isEmpty());
    const BlastRadius off =
        blastRadius(Deed::Deactivate, {agentRef("A"), agentRef("B")}, *m_replica, own({}));
    QVERIFY(off.tasks.isEmpty()); // they run on
    QCOMPARE(off.undo, QStringLiteral("Reactivate"));
}

void BlastRadiusTest::whatCannotBeDoneIsLeftOutAndSaysWhy()
{
    const BlastRadius radius =
        blastRadius(Deed::Kill, {taskRef("t1"), taskRef("t3"), theirs()}, *m_replica, own({"t1"}));
    QCOMPARE(radius.objects, (QList<ObjectRef>{taskRef("t1")}));
    QCOMPARE(radius.question, QStringLiteral("Kill t1?"));
    QCOMPARE(radius.names, QStringList{QStringLiteral("t1 on host-A")});
    QCOMPARE(radius.leftOut.size(), 2);
    QCOMPARE(radius.leftOut.first().why, QStringLiteral("It has ended."));
    QVERIFY(radius.leftOut.last().why.contains(QStringLiteral("theirs")));
    const BlastRadius none =
        blastRadius(Deed::Reactivate, {agentRef("A"), agentRef("gone")}, *m_replica, own({}));
    QVERIFY(none.objects.isEmpty());
    QCOMPARE(none.leftOut.size(), 2);
}

/// Of two CPUs that were reserved for a role at run time a task holds one.
void BlastRadiusTest::unreservingTouchesWhatIsFreeOfIt()
{
    using Info = mesos::v1::Resource::ReservationInfo;
    const auto cpus = [](double amount, Info::Type type) {
        mesos::v1::Resource resource;
        resource.set_name("cpus");
        resource.set_type(mesos::v1::Value::SCALAR);
        resource.mutable_scalar()->set_value(amount);
        resource.add_reservations()->set_type(type);
        resource.mutable_reservations(0)->set_role("web");
        return resource;
    };
    const auto with = [&](const char *id, double reserved, double used, Info::Type type) {
        meseta::v1::Event event;
        event.set_type(meseta::v1::Event::AGENT_CHANGED);
        auto &agent = *event.mutable_agent_changed();
        agent = sample::agent(id, 4, 0);
        *agent.add_total_resources() = cpus(reserved, type);
        if (used > 0) {
            *agent.add_allocated_resources() = cpus(used, type);
            agent.mutable_allocated_resources()->rbegin()->mutable_allocation_info()->set_role(
                "web");
        }
        m_replica->apply(event);
    };
    with("A", 2, 1, Info::DYNAMIC);
    with("B", 2, 2, Info::DYNAMIC);
    with("C", 2, 0, Info::STATIC);
    auto toWeb = sample::offer("O3", "F", "A", 1);
    toWeb.mutable_allocation_info()->set_role("web");
    m_replica->apply(sample::offerAdded(toWeb, 1002));
    const BlastRadius radius = blastRadius(
        Deed::Unreserve, {agentRef("A"), agentRef("B"), agentRef("C")}, *m_replica, own({}));
    QCOMPARE(radius.objects, (QList<ObjectRef>{agentRef("A")}));
    QVERIFY2(radius.consequence.contains(QStringLiteral("web: 1 CPU")),
             qPrintable(radius.consequence));
    QCOMPARE(radius.offers, (QList<ObjectRef>{{Kind::Offer, QStringLiteral("O3")}}));
    QVERIFY(radius.tasks.isEmpty());
    QCOMPARE(radius.leftOut.size(), 2);
    const auto free = freeReservations(agentRef("A"), *m_replica);
    QCOMPARE(free.size(), 1);
    QCOMPARE(free.at(0).scalar().value(), 1.0);
    QVERIFY(!free.at(0).has_allocation_info());
}

void BlastRadiusTest::tasksOfOthersAreTheirs()
{
    for (const Deed deed : {Deed::Kill, Deed::Restart}) {
        QVERIFY(whyNot(deed, theirs(), *m_replica, own({"u"})).contains(u"theirs"));
        QVERIFY(!whyNot(deed, theirs(), *m_replica, {}).isEmpty());
    }
    QVERIFY(whyNot(Deed::Kill, taskRef("t1"), *m_replica, own({})).isEmpty());
    // What a task was launched with is on this machine, or nowhere.
    QVERIFY(whyNot(Deed::Restart, taskRef("t1"), *m_replica, own({})).contains(u"remembered"));
    QVERIFY(whyNot(Deed::Restart, taskRef("t1"), *m_replica, own({"t1"})).isEmpty());
}

void BlastRadiusTest::killingCanBeUndoneWhenAllIsRemembered()
{
    const QList<ObjectRef> both{taskRef("t1"), taskRef("t2")};
    QVERIFY(blastRadius(Deed::Kill, both, *m_replica, own({"t1"})).undo.isEmpty());
    QCOMPARE(blastRadius(Deed::Kill, both, *m_replica, own({"t1", "t2"})).undo,
             QStringLiteral("Launch again"));
    QVERIFY(blastRadius(Deed::Restart, both, *m_replica, own({"t1", "t2"})).undo.isEmpty());
}

void BlastRadiusTest::tearingDownTakesOffersToo()
{
    const BlastRadius radius =
        blastRadius(Deed::TearDown, ObjectRef{Kind::Framework, QStringLiteral("G")}, *m_replica);
    QCOMPARE(radius.tasks, QList<ObjectRef>{theirs()});
    QCOMPARE(radius.offers.size(), 1);
    QCOMPARE(radius.question, QStringLiteral("Tear down theirs?"));
}

void BlastRadiusTest::severalAreSummedUp()
{
    const Inspection two = inspectAll({agentRef("A"), agentRef("B")}, *m_replica);
    QVERIFY(two.exists);
    QCOMPARE(two.title, QStringLiteral("2 agent(s)"));
    QCOMPARE(two.sections.first().fields.first().value, QStringLiteral("8 CPUs, 8 GiB"));
    QCOMPARE(two.sections.last().fields.size(), 2);
    QCOMPARE(two.sections.last().fields.first().link, agentRef("A"));
    QVERIFY(!inspectAll({agentRef("X"), agentRef("Y")}, *m_replica).exists);
    QCOMPARE(inspectAll({agentRef("A")}, *m_replica).title,
             inspect(agentRef("A"), *m_replica).title);
}

QTEST_GUILESS_MAIN(BlastRadiusTest)
#include "tst_blast_radius.moc"
