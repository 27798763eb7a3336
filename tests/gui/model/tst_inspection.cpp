#include <QTest>

#include "gui/model/decisions.h"
#include "gui/model/inspection.h"
#include "gui/model/replica.h"
#include "tests/gui/support/sample_cluster.h"

using namespace meseta::console;
using Kind = ObjectRef::Kind;

namespace {

QString fieldOf(const Inspection &shown, const QString &name)
{
    for (const InspectionSection &section : shown.sections) {
        for (const InspectionField &field : section.fields) {
            if (field.name == name)
                return field.value;
        }
    }
    return {};
}

ObjectRef linkOf(const Inspection &shown, const QString &name)
{
    for (const InspectionSection &section : shown.sections) {
        for (const InspectionField &field : section.fields) {
            if (field.name == name)
                return field.link;
        }
    }
    return {};
}

} // namespace

/// What the inspectors say, and that their links lead there and back.
class InspectionTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void aTaskTellsItsLife();
    void aBiographyBeginsWithTheOffer();
    void updatesTellWhetherTheyWereAcknowledged();
    void whoLeadsIsAnEvent();
    void linksLeadBothWays();
    void anAgentShowsWhatIsUsedAndOffered();
    void offersKeepTheirHistory();
    void rolesAreSummedUp();
    void whatIsGoneSaysSo();
    void aDecisionIsALadder();
    void aSecondSnapshotTellsOnlyWhatChanged();

private:
    std::unique_ptr<Replica> m_replica;
};

void InspectionTest::init()
{
    QLocale::setDefault(QLocale::c());
    m_replica = std::make_unique<Replica>();
    m_replica->setFlushInterval(std::chrono::milliseconds(0));
    auto first = sample::snapshot();
    auto *state = sample::state(first);
    *state->mutable_get_agents()->add_agents() = sample::agent("A", 4, 1);
    *state->mutable_get_frameworks()->add_frameworks() = sample::framework("F", "marathon", "web");
    m_replica->apply(first);
    m_replica->apply(
        sample::taskAdded(sample::task("t", "F", "A", mesos::v1::TASK_STAGING, "web"), 1001));
    m_replica->apply(
        sample::taskUpdated("t", "F", mesos::v1::TASK_STARTING, 1002, "Pulling redis"));
    m_replica->apply(sample::taskUpdated("t", "F", mesos::v1::TASK_RUNNING, 1005));
    m_replica->setNow(1065);
}

void InspectionTest::aTaskTellsItsLife()
{
    const Inspection task = inspect({Kind::Task, QStringLiteral("F/t")}, *m_replica);
    QVERIFY(task.exists);
    QCOMPARE(task.title, QStringLiteral("t"));
    QCOMPARE(task.subtitle, QStringLiteral("running"));
    QStringList told;
    for (const BiographyStep &step : task.biography)
        told << QStringLiteral("%1 %2 %3").arg(step.time).arg(step.title).arg(step.seconds);
    QCOMPARE(told,
             (QStringList{QStringLiteral("1001 sent to host-A 1"),
                          QStringLiteral("1002 starting 3"), QStringLiteral("1005 running -1")}));
    QCOMPARE(fieldOf(task, QStringLiteral("Ran for")), QStringLiteral("1 min"));
    QVERIFY(task.plainText().contains(QStringLiteral("Pulling redis")));
}

void InspectionTest::aBiographyBeginsWithTheOffer()
{
    m_replica->apply(sample::offerAdded(sample::offer("O1", "F", "A", 2), 1010));
    m_replica->apply(sample::offerRemoved("O1", sample::Event::OfferRemoved::ACCEPTED, 1012));
    m_replica->apply(sample::taskAdded(sample::task("u", "F", "A", mesos::v1::TASK_STAGING), 1012));
    sample::Event pull;
    pull.set_type(sample::Event::TASK_PROGRESS);
    pull.mutable_task_progress()->mutable_framework_id()->set_value("F");
    pull.mutable_task_progress()->mutable_task_id()->set_value("u");
    for (const int percent : {10, 90}) {
        pull.set_time(1013 + percent / 100.0);
        pull.mutable_task_progress()->set_message("redis: " + std::to_string(percent) + " %");
        m_replica->apply(pull);
    }
    // An agent of ours says it in an update as well, which is no further step.
    auto told = sample::taskUpdated("u", "F", mesos::v1::TASK_STARTING, 1014);
    auto *status = told.mutable_event()->mutable_task_updated()->mutable_status();
    status->set_message("redis: 95 %");
    auto *label = status->mutable_labels()->add_labels();
    label->set_key("meseta.pull.done");
    label->set_value("95");
    m_replica->apply(told);
    pull.set_time(1014.1);
    pull.mutable_task_progress()->set_message("redis: 95 %");
    m_replica->apply(pull);
    auto healthy = sample::taskUpdated("u", "F", mesos::v1::TASK_RUNNING, 1016);
    healthy.mutable_event()->mutable_task_updated()->mutable_status()->set_healthy(true);
    m_replica->apply(healthy);
    QStringList steps;
    const Inspection task = inspect({Kind::Task, QStringLiteral("F/u")}, *m_replica);
    for (const BiographyStep &step : task.biography)
        steps << QString::number(step.time) + QLatin1Char(' ') + step.title;
    QCOMPARE(steps,
             (QStringList{QStringLiteral("1010 host-A was offered"),
                          QStringLiteral("1012 marathon accepted the offer"),
                          QStringLiteral("1012 sent to host-A"),
                          QStringLiteral("1013.1 fetching the image"),
                          QStringLiteral("1016 running, healthy")}));
    QCOMPARE(task.biography.at(1).text, QStringLiteral("after 2 s"));
    QCOMPARE(task.biography.at(3).text, QStringLiteral("redis: 95 %"));
}

/// The next update of an agent tells that the one before was acknowledged; the master's memory
/// tells it of the last.
void InspectionTest::updatesTellWhetherTheyWereAcknowledged()
{
    const auto update = [&](mesos::v1::TaskState state, double time, const char *uuid) {
        auto event = sample::taskUpdated("t", "F", state, time);
        event.mutable_event()->mutable_task_updated()->mutable_status()->set_uuid(uuid);
        m_replica->apply(event);
    };
    const auto lastTexts = [&] {
        QStringList texts;
        for (const BiographyStep &step :
             inspect({Kind::Task, QStringLiteral("F/t")}, *m_replica).biography)
            texts << step.text;
        return texts.mid(texts.size() - 2);
    };
    update(mesos::v1::TASK_RUNNING, 1010, "1");
    update(mesos::v1::TASK_FINISHED, 1011, "2");
    QVERIFY(lastTexts().first().endsWith(QStringLiteral("acknowledged")));
    QVERIFY(lastTexts().last().contains(QStringLiteral("sent to marathon")));
    sample::Event removed;
    removed.set_type(sample::Event::TASK_REMOVED);
    removed.mutable_task_removed()->mutable_framework_id()->set_value("F");
    removed.mutable_task_removed()->mutable_task_id()->set_value("t");
    m_replica->apply(removed);
    QVERIFY(lastTexts().last().endsWith(QStringLiteral("acknowledged")));
}

void InspectionTest::whoLeadsIsAnEvent()
{
    const auto lead = [&](const char *host, std::uint64_t stamp, std::uint32_t back, bool all) {
        sample::Event event;
        event.set_type(sample::Event::LEADERSHIP);
        event.set_time(1020);
        auto *told = event.mutable_leadership();
        told->mutable_leader()->set_id(host);
        told->mutable_leader()->set_ip(0);
        told->mutable_leader()->set_port(5050);
        told->mutable_leader()->set_hostname(host);
        told->set_elected_stamp(stamp);
        told->set_registry_seconds(0.25);
        told->set_agents_known(2);
        told->set_agents_back(back);
        if (all)
            told->set_all_agents_seconds(1.5);
        m_replica->apply(event);
    };
    const auto words = [&] {
        QStringList kinds;
        m_replica->events().forEach([&](const EventRow &event) {
            const QString kind = eventKindWord(event.kind);
            if (kind.startsWith(QStringLiteral("leader")))
                kinds << kind;
        });
        return kinds;
    };
    lead("one", 1, 2, true); // it led before the console came
    QCOMPARE(words(), QStringList());
    lead("two", 2, 0, false);
    lead("two", 2, 1, false);
    lead("two", 2, 2, true);
    QCOMPARE(words(),
             (QStringList{QStringLiteral("leader.elected"), QStringLiteral("leader.agents_back")}));
    m_replica->events().forEach([&](const EventRow &event) {
        if (event.kind == EventRow::Kind::LeaderElected)
            QCOMPARE(eventText(event),
                     QStringLiteral("two:5050 was elected to lead, and read its registry in "
                                    "250 ms"));
    });
}

void InspectionTest::linksLeadBothWays()
{
    const ObjectRef task{Kind::Task, QStringLiteral("F/t")};
    const Inspection shown = inspect(task, *m_replica);
    for (const char *name : {"Agent", "Framework"}) {
        const ObjectRef there = linkOf(shown, QString::fromLatin1(name));
        QVERIFY(there.isValid());
        QCOMPARE(linkOf(inspect(there, *m_replica), QStringLiteral("t")), task);
    }
    m_replica->flush();
    const ObjectRef role = linkOf(shown, QStringLiteral("Role"));
    QCOMPARE(linkOf(inspect(role, *m_replica), QStringLiteral("t")), task);
    QCOMPARE(eventsOf(task, *m_replica, 10).size(), 3);
}

void InspectionTest::anAgentShowsWhatIsUsedAndOffered()
{
    auto changed = sample::agent("A", 4, 1);
    sample::addScalar(changed.mutable_offered_resources(), "cpus", 3);
    sample::Event event;
    event.set_type(sample::Event::AGENT_CHANGED);
    *event.mutable_agent_changed() = changed;
    m_replica->apply(event);
    const Inspection agent = inspect({Kind::Agent, QStringLiteral("A")}, *m_replica);
    QCOMPARE(fieldOf(agent, QStringLiteral("CPUs")), QStringLiteral("1 of 4, 3 on offer"));
    const Look look = agent.sections.first().fields.first().look;
    QCOMPARE(look.used, 0.25);
    QCOMPARE(look.offered, 0.75);
}

void InspectionTest::offersKeepTheirHistory()
{
    m_replica->apply(sample::offerAdded(sample::offer("O1", "F", "A", 3), 1010));
    m_replica->apply(sample::offerAdded(sample::offer("O2", "F", "A", 1), 1010));
    m_replica->apply(sample::offerRemoved("O1", sample::Event::OfferRemoved::DECLINED, 1014));
    const OfferFlowRow *flow = m_replica->offerFlows().find(QStringLiteral("F/*"));
    QVERIFY(flow);
    QCOMPARE(flow->made, 2);
    QCOMPARE(flow->held, 1);
    QCOMPARE(flow->declined, 1);
    QCOMPARE(flow->meanHold(), 4.0);
    const Inspection offer = inspect({Kind::Offer, QStringLiteral("O2")}, *m_replica);
    QCOMPARE(offer.subtitle, QStringLiteral("held for 55 s"));
    QCOMPARE(linkOf(offer, QStringLiteral("Held by")).key, QStringLiteral("F"));
    const auto events = eventsOf({Kind::Framework, QStringLiteral("F")}, *m_replica, 1);
    QCOMPARE(eventText(events.first()), QStringLiteral("marathon declined an offer of host-A"));
}

void InspectionTest::rolesAreSummedUp()
{
    m_replica->setRoleSettings({{QStringLiteral("web"), {2, QStringLiteral("4 CPUs"), {}}}});
    m_replica->flush();
    const RoleRow *role = m_replica->roles().find(QStringLiteral("web"));
    QVERIFY(role);
    QCOMPARE(role->frameworks, 1);
    QCOMPARE(role->tasks, 1);
    QCOMPARE(role->share, 0.25);
    const Inspection shown = inspect({Kind::Role, QStringLiteral("web")}, *m_replica);
    QCOMPARE(fieldOf(shown, QStringLiteral("Weight")), QStringLiteral("2"));
    QCOMPARE(fieldOf(shown, QStringLiteral("Guarantee")), QStringLiteral("4 CPUs"));
}

void InspectionTest::whatIsGoneSaysSo()
{
    const Inspection gone = inspect({Kind::Agent, QStringLiteral("never")}, *m_replica);
    QVERIFY(!gone.exists);
    QCOMPARE(gone.kind, QStringLiteral("Agent"));
}

void InspectionTest::aDecisionIsALadder()
{
    using Decision = ::meseta::v1::OfferDecision;
    Decision decision;
    decision.mutable_framework_id()->set_value("F");
    decision.mutable_agent_id()->set_value("A");
    decision.set_role("web");
    decision.set_gate(Decision::QUOTA);
    decision.set_detail("limit 4 CPUs, 4 in use");
    const DecisionLadder ladder = ladderOf(decision, *m_replica);
    QCOMPARE(ladder.framework, QStringLiteral("marathon"));
    QVERIFY(!ladder.offered);
    QCOMPARE(ladder.steps.size(), 11);
    QCOMPARE(ladder.steps.at(5).answer, GateStep::Answer::Passed);
    QCOMPARE(ladder.steps.at(6).answer, GateStep::Answer::Stopped);
    QCOMPARE(ladder.steps.at(6).detail, QStringLiteral("limit 4 CPUs, 4 in use"));
    QCOMPARE(ladder.steps.at(7).answer, GateStep::Answer::NotAsked);
    decision.set_gate(Decision::OFFERED);
    const DecisionLadder made = ladderOf(decision, *m_replica);
    QVERIFY(made.offered);
    const auto counts = countGates({ladder, made, ladder});
    QCOMPARE(counts.size(), 2);
    QCOMPARE(counts.at(1).pairs, 2);
}

void InspectionTest::aSecondSnapshotTellsOnlyWhatChanged()
{
    m_replica->flush();
    RowChanges told;
    connect(m_replica.get(), &Replica::agentsChanged, this,
            [&](const RowChanges &changes) { told = changes; });
    auto next = sample::snapshot();
    auto *state = sample::state(next);
    *state->mutable_get_agents()->add_agents() = sample::agent("A", 4, 1);
    *state->mutable_get_agents()->add_agents() = sample::agent("B", 8);
    *state->mutable_get_frameworks()->add_frameworks() = sample::framework("F", "marathon", "web");
    m_replica->apply(next); // of a master that does not know the task
    m_replica->flush();
    QVERIFY(!told.reset);
    QCOMPARE(told.added.size(), std::size_t(1));
    QVERIFY(!m_replica->tasks().find(QStringLiteral("F/t")));
    QCOMPARE(m_replica->figures().runningTasks, 0);
}

QTEST_GUILESS_MAIN(InspectionTest)
#include "tst_inspection.moc"
