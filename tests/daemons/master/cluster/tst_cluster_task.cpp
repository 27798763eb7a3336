#include <QTest>

#include "daemons/master/cluster/task.h"

using namespace meseta;
using namespace meseta::master;

namespace {

mesos::v1::TaskInfo fullInfo()
{
    mesos::v1::TaskInfo info;
    info.set_name("a name");
    info.mutable_task_id()->set_value("t1");
    info.mutable_agent_id()->set_value("M-S0");
    *info.mutable_resources() =
        Resources::parse("cpus:1;mem:64;ports:[1-2]").value().allocated("web").proto();
    info.mutable_command()->set_user("bob");
    info.mutable_labels()->add_labels()->set_key("k");
    info.mutable_discovery()->set_visibility(mesos::v1::DiscoveryInfo::CLUSTER);
    info.mutable_container()->set_type(mesos::v1::ContainerInfo::DOCKER);
    info.mutable_health_check()->set_type(mesos::v1::HealthCheck::TCP);
    info.mutable_kill_policy()->mutable_grace_period()->set_nanoseconds(7);
    (*info.mutable_limits())["mem"].set_value(128);
    (*info.mutable_limits())["cpus"].set_value(2);
    return info;
}

mesos::v1::TaskStatus status(mesos::v1::TaskState state, double time)
{
    mesos::v1::TaskStatus status;
    status.mutable_task_id()->set_value("t1");
    status.set_state(state);
    status.set_timestamp(time);
    return status;
}

} // namespace

/// A task kept as bytes says what the message would say.
class TestClusterTask : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void itIsTheMessageItDescribes()
    {
        Task task(fullInfo(), "M-0000");
        const mesos::v1::Task proto = task.toProto();
        QVERIFY(proto.IsInitialized());
        QCOMPARE(proto.framework_id().value(), "M-0000");
        QCOMPARE(proto.user(), "bob");
        QCOMPARE(proto.state(), mesos::v1::TASK_STAGING);
        QCOMPARE(proto.kill_policy().grace_period().nanoseconds(), 7);
        QCOMPARE(proto.limits().at("mem").value(), 128.0);
        QCOMPARE(proto.container().type(), mesos::v1::ContainerInfo::DOCKER);
        QCOMPARE(proto.resources_size(), 3);
        QVERIFY(!proto.has_executor_id());
        QCOMPARE(std::string(task.id()), "t1");
        QCOMPARE(std::string(task.name()), "a name");
        QCOMPARE(std::string(task.agentId()), "M-S0");
        QCOMPARE(std::string(task.executorId()), "");
        QCOMPARE(task.allocationRole(), "web");
        QCOMPARE(task.resources().scalar("mem"), 64.0);
    }

    /// The bytes are those protobuf would write, so that an answer is a copy.
    void itsBytesAreCanonical()
    {
        mesos::v1::TaskInfo info = fullInfo();
        info.clear_limits(); // maps have no order of their own
        info.mutable_executor()->mutable_executor_id()->set_value("e");
        Task task(info, "M-0000");
        task.setState(mesos::v1::TASK_RUNNING);
        task.addStatus(status(mesos::v1::TASK_STARTING, 1));
        task.addStatus(status(mesos::v1::TASK_RUNNING, 2));
        task.setStatusUpdate(mesos::v1::TASK_RUNNING, "0123456789abcdef");
        std::string bytes;
        task.appendTo(bytes);
        QCOMPARE(bytes, task.toProto().SerializeAsString());
        QCOMPARE(bytes.size(), task.serializedSize());
        QCOMPARE(std::string(task.executorId()), "e");
    }

    void theSameTaskFromAReport()
    {
        Task first(fullInfo(), "M-0000");
        first.setState(mesos::v1::TASK_RUNNING);
        first.addStatus(status(mesos::v1::TASK_RUNNING, 2));
        first.setStatusUpdate(mesos::v1::TASK_RUNNING, "0123456789abcdef");
        const Task second(first.toProto());
        std::string a;
        std::string b;
        first.appendTo(a);
        second.appendTo(b);
        QCOMPARE(a, b);
    }

    void statusesOfOneStateTakeEachOthersPlace()
    {
        Task task(fullInfo(), "M-0000");
        QVERIFY(!task.lastStatus());
        task.addStatus(status(mesos::v1::TASK_STARTING, 1));
        mesos::v1::TaskStatus sick = status(mesos::v1::TASK_RUNNING, 2);
        sick.set_healthy(false);
        task.addStatus(sick);
        mesos::v1::TaskStatus well = status(mesos::v1::TASK_RUNNING, 3);
        well.set_healthy(true);
        well.set_data("a great deal of data");
        task.addStatus(well);
        const mesos::v1::Task proto = task.toProto();
        QCOMPARE(proto.statuses_size(), 2);
        QVERIFY(proto.statuses(1).healthy());
        QVERIFY(!proto.statuses(1).has_data());
        QCOMPARE(task.lastStatus()->timestamp(), 3.0);
        QCOMPARE(task.firstStatusTime(), 1.0);
    }

    void itCostsItsBytes()
    {
        const Task task(fullInfo(), "M-0000");
        QVERIFY(sizeof(Task) < 320);
        QVERIFY(task.serializedSize() < 300);
    }

    void historyForgetsTheOldest()
    {
        TaskHistory history(3);
        for (int i = 0; i < 5; ++i) {
            mesos::v1::TaskInfo info = fullInfo();
            info.mutable_task_id()->set_value("t" + std::to_string(i));
            history.add(std::make_unique<Task>(info, "M-0000"));
        }
        QCOMPARE(history.size(), 3u);
        QVERIFY(!history.find("t1"));
        QVERIFY(history.find("t2"));
        QVERIFY(history.take("t3"));
        QVERIFY(!history.find("t3"));
        QCOMPARE(history.size(), 2u);
        QVERIFY(!history.take("t3"));
    }

    void aSecondTaskOfOneIdInTheHistory()
    {
        TaskHistory history(2);
        for (const char *name : {"first", "second", "third"}) {
            mesos::v1::TaskInfo info = fullInfo();
            info.set_name(name);
            history.add(std::make_unique<Task>(info, "M-0000"));
        }
        QCOMPARE(std::string(history.find("t1")->name()), "third");
        QCOMPARE(history.size(), 2u);
    }
};

QTEST_GUILESS_MAIN(TestClusterTask)
#include "tst_cluster_task.moc"
