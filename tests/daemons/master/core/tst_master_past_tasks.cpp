#include <QTest>

#include "daemons/master/operator_api/stream_events.h"
#include "tests/daemons/master/core/kept_registry.h"

using namespace meseta;
using namespace meseta::master;
using namespace meseta::master::test;
using namespace Qt::StringLiterals;

/// What agents tell a new master of tasks that ended under the one before.
class TestMasterPastTasks : public QObject
{
    Q_OBJECT

    /// "M-0000", as the first master named its first framework; agent "M-S0" is one of its.
    static SchedulerSpec framework()
    {
        SchedulerSpec spec;
        spec.id = "M-0000";
        return spec;
    }

    static mesos::v1::Task past(const std::string &id, double end,
                                mesos::v1::TaskState state = mesos::v1::TASK_FINISHED)
    {
        mesos::v1::Task task;
        task.set_name(id);
        task.mutable_task_id()->set_value(id);
        task.mutable_framework_id()->set_value("M-0000");
        task.mutable_agent_id()->set_value("M-S0");
        task.set_state(state);
        *task.mutable_resources() = resources("cpus:1;mem:64");
        auto &status = *task.add_statuses();
        status.mutable_task_id()->set_value(id);
        status.set_state(state);
        status.set_timestamp(end);
        return task;
    }

    static void bring(TestMaster &t, const std::vector<mesos::v1::Task> &tasks)
    {
        auto message = t.reregistration({}, "M-S0");
        auto &told = *message.add_completed_frameworks();
        *told.mutable_framework_info() = TestMaster::info(framework());
        for (const auto &task : tasks)
            *told.add_tasks() = task;
        t.fromAgent(message);
    }

    static QStringList completed(const TestMaster &t, const std::string &id = "M-0000")
    {
        QStringList ids;
        if (const Framework *known = t.master.cluster().framework(id)) {
            for (const auto &task : known->completedTasks)
                ids << QString::fromStdString(std::string(task->id()));
        }
        return ids;
    }

    /// What the operator's stream tells of tasks, from now on.
    static std::shared_ptr<QStringList> toldOf(TestMaster &t)
    {
        auto told = std::make_shared<QStringList>();
        t.master.core().events.observe([told](const ClusterEvent &change) {
            for (const auto &event : mesetaEvents(change)) {
                if (event.event().has_task_added())
                    *told << u"added "_s
                            + QString::fromStdString(
                                 event.event().task_added().task().task_id().value());
                if (event.has_task_removed())
                    *told << u"removed "_s
                            + QString::fromStdString(event.task_removed().task_id().value());
            }
        });
        return told;
    }

    /// A master that took over, and awaits the agent of the one before.
    struct Successor
    {
        explicit Successor(MasterOptions options = named("N"))
        {
            {
                TestMaster old(named("M"), on(kept));
                old.addAgent();
            }
            t.emplace(std::move(options), on(kept));
        }
        KeptBytes kept;
        std::optional<TestMaster> t;
    };

private Q_SLOTS:
    void joinAFrameworkThatIsBack()
    {
        Successor next;
        TestMaster &t = *next.t;
        const StreamHandle stream = t.subscribe(framework());
        const auto told = toldOf(t);
        bring(t, {past("a", 10), past("b", 20, mesos::v1::TASK_FAILED)});
        QCOMPARE(completed(t), (QStringList{u"a"_s, u"b"_s}));
        QCOMPARE(t.on(stream).completedTasks.find("b")->state(), mesos::v1::TASK_FAILED);
        QCOMPARE(t.on(stream).completedTasks.find("b")->lastStatus()->timestamp(), 20.0);
        QCOMPARE(*told, (QStringList{u"added a"_s, u"removed a"_s, u"added b"_s, u"removed b"_s}));
        QVERIFY(t.on(stream).tasks.empty());
        QVERIFY(t.on(stream).used.empty()); // they hold nothing
    }

    void waitForAFrameworkThatIsNot()
    {
        Successor next;
        TestMaster &t = *next.t;
        const auto told = toldOf(t);
        bring(t, {past("a", 10), past("b", 20)});
        QVERIFY(!t.master.cluster().framework("M-0000"));
        QCOMPARE(*told, QStringList());
        t.subscribe(framework());
        QCOMPARE(completed(t), (QStringList{u"a"_s, u"b"_s}));
        QCOMPARE(told->size(), 4);
        QVERIFY(t.master.cluster().pastTasks.empty());
    }

    void areNotListedTwice()
    {
        Successor next;
        TestMaster &t = *next.t;
        t.subscribe(framework());
        bring(t, {past("a", 10), past("a", 11)});
        QCOMPARE(completed(t), QStringList{u"a"_s});
        t.clock.advance(std::chrono::minutes(20)); // it was unreachable, and is back
        QVERIFY(!t.master.cluster().agent("M-S0"));
        t.subscribe(framework());
        bring(t, {past("a", 10), past("b", 12)});
        QVERIFY(t.master.cluster().agent("M-S0"));
        QCOMPARE(completed(t), (QStringList{u"a"_s, u"b"_s}));
    }

    void onlyWhatEndedThereIsTaken()
    {
        Successor next;
        TestMaster &t = *next.t;
        t.subscribe(framework());
        auto foreign = past("foreign", 1), other = past("other", 2);
        foreign.mutable_agent_id()->set_value("M-S7");
        other.mutable_framework_id()->set_value("M-0001");
        auto message = t.reregistration({}, "M-S0");
        *message.add_frameworks() = TestMaster::info(framework());
        *message.add_tasks() = past("again", 3, mesos::v1::TASK_RUNNING); // the id is used again
        auto &told = *message.add_completed_frameworks();
        *told.mutable_framework_info() = TestMaster::info(framework());
        for (const auto &task : {foreign, other, past("again", 1),
                                 past("runs", 4, mesos::v1::TASK_RUNNING), past("good", 5)})
            *told.add_tasks() = task;
        t.fromAgent(message);
        QCOMPARE(completed(t), QStringList{u"good"_s});
        QVERIFY(t.master.cluster().task("M-0000", "again"));
    }

    /// Agents tell of reservations in the form of Mesos before 1.4.
    void whatTheyHadIsToldAsOfOthers()
    {
        Successor next;
        TestMaster &t = *next.t;
        const StreamHandle stream = t.subscribe(framework());
        auto task = past("a", 10);
        const Resources had = Resources::parse("cpus:1;disk(web):8").value();
        *task.mutable_resources() = had.preRefinement();
        QVERIFY(task.resources(0).has_role());
        bring(t, {task});
        const mesos::v1::Task told = t.on(stream).completedTasks.find("a")->toProto();
        QCOMPARE(Resources(told.resources()), had);
        for (const auto &resource : told.resources()) {
            QVERIFY(!resource.has_role());
            QCOMPARE(resource.reservations_size(), resource.name() == "disk" ? 1 : 0);
        }
    }

    void theNewestAreKept()
    {
        MasterOptions options = named("N");
        options.limits.completedTasksPerFramework = 3;
        options.limits.completedFrameworks = 1;
        Successor next(options);
        TestMaster &t = *next.t;
        t.subscribe(framework());
        bring(t, {past("d", 40), past("b", 20), past("a", 10), past("c", 30), past("e", 5)});
        QCOMPARE(completed(t), (QStringList{u"b"_s, u"c"_s, u"d"_s}));
    }

    /// Frameworks that never come back are no more than those that are over may be.
    void frameworksThatStayAwayAreBounded()
    {
        MasterOptions options = named("N");
        options.limits.completedFrameworks = 2;
        Successor next(options);
        auto message = next.t->reregistration({}, "M-S0");
        for (const char *id : {"M-0001", "M-0002", "M-0003"}) {
            auto &told = *message.add_completed_frameworks();
            SchedulerSpec spec;
            spec.id = id;
            *told.mutable_framework_info() = TestMaster::info(spec);
            *told.add_tasks() = past("a", 10);
            told.mutable_tasks(0)->mutable_framework_id()->set_value(id);
        }
        next.t->fromAgent(message);
        QCOMPARE(next.t->master.cluster().pastTasks.size(), std::size_t(2));
    }
};

QTEST_GUILESS_MAIN(TestMasterPastTasks)
#include "tst_master_past_tasks.moc"
