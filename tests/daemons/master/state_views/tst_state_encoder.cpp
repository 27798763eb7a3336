#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include "common/codec/json.h"
#include "common/codec/record_io.h"
#include "daemons/master/cluster/cluster.h"
#include "daemons/master/state_views/cluster_views.h"
#include "daemons/master/state_views/role_figures.h"
#include "daemons/master/state_views/state_encoder.h"

using namespace meseta;
using namespace meseta::master;
using codec::MediaType;
using mesos::v1::master::Event;
using mesos::v1::master::Response;

namespace {

/// Agents with tasks that have run for a while.
std::unique_ptr<Cluster> makeCluster(int tasks)
{
    auto cluster = std::make_unique<Cluster>(Cluster::Limits{});
    mesos::v1::FrameworkInfo info;
    info.set_user("root");
    info.set_name("golden");
    info.add_roles("*");
    info.mutable_id()->set_value("M1-0000");
    info.add_capabilities()->set_type(mesos::v1::FrameworkInfo::Capability::MULTI_ROLE);
    Framework &framework = cluster->addFramework(info);
    framework.registeredTime = std::chrono::seconds(1'700'000'000);
    Agent *agent = nullptr;
    for (int i = 0; i < tasks; ++i) {
        if (i % 100 == 0) {
            auto fresh = std::make_unique<Agent>();
            fresh->id = "M1-S" + std::to_string(i / 100);
            fresh->info.set_hostname("agent" + std::to_string(i / 100) + ".example");
            fresh->info.mutable_id()->set_value(fresh->id);
            fresh->pid = {"slave(1)", "10.0.0.1", std::uint16_t(1024 + i / 100)};
            fresh->total = *Resources::parse("cpus:64;mem:65536;ports:[31000-32000]");
            *fresh->info.mutable_resources() = fresh->total.proto();
            fresh->version = "1.11.0";
            agent = &cluster->addAgent(std::move(fresh));
        }
        mesos::v1::TaskInfo task;
        task.set_name("task-" + std::to_string(i));
        task.mutable_task_id()->set_value("task-" + std::to_string(i) + "-of-the-service");
        task.mutable_agent_id()->set_value(agent->id);
        *task.mutable_resources() = Resources::parse("cpus:0.1;mem:32")->allocated("*").proto();
        auto &label = *task.mutable_labels()->add_labels();
        label.set_key("service");
        label.set_value("web");
        Task &added =
            cluster->addTask(framework, *agent, std::make_unique<Task>(task, framework.id));
        for (const auto state : {mesos::v1::TASK_STARTING, mesos::v1::TASK_RUNNING}) {
            mesos::v1::TaskStatus status;
            status.mutable_task_id()->set_value(task.task_id().value());
            status.set_state(state);
            status.set_source(mesos::v1::TaskStatus::SOURCE_EXECUTOR);
            status.mutable_agent_id()->set_value(agent->id);
            status.set_timestamp(1700000000.25 + i);
            status.set_uuid("0123456789abcdef");
            status.mutable_container_status()->mutable_container_id()->set_value(
                "8d788afd-8be0-4fc3-b328-1a01ac344ad9");
            status.mutable_container_status()
                ->add_network_infos()
                ->add_ip_addresses()
                ->set_ip_address("10.0.0.1");
            added.setState(state);
            added.addStatus(status);
        }
    }
    return cluster;
}

/// The same state made the plain way, object by object.
Response::GetState plainState(const Cluster &cluster)
{
    Response::GetState state;
    forEachTask(cluster, TaskList::Active, [&](const Task &task) {
        *state.mutable_get_tasks()->add_tasks() = task.toProto();
    });
    state.mutable_get_executors();
    for (const auto &[id, framework] : cluster.frameworks())
        *state.mutable_get_frameworks()->add_frameworks() = frameworkView(*framework);
    for (const auto &[id, agent] : cluster.agents())
        *state.mutable_get_agents()->add_agents() = agentView(*agent);
    return state;
}

std::string record(const QByteArray &framed)
{
    codec::RecordDecoder decoder(1024 * 1024 * 1024);
    const auto records = decoder.feed({framed.constData(), std::size_t(framed.size())});
    return records && records->size() == 1 && decoder.atBoundary() ? records->front()
                                                                   : std::string();
}

} // namespace

class StateEncoderTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void protobufIsWhatObjectsWouldGive()
    {
        const auto cluster = makeCluster(250);
        Response wanted;
        wanted.set_type(Response::GET_STATE);
        *wanted.mutable_get_state() = plainState(*cluster);
        const QByteArray bytes =
            StateEncoder(*cluster, MediaType::Protobuf).answer(Response::GET_STATE);
        QCOMPARE(bytes.toStdString(), wanted.SerializeAsString());
    }

    void jsonIsWhatObjectsWouldGive()
    {
        const auto cluster = makeCluster(250);
        const QByteArray json = StateEncoder(*cluster, MediaType::Json).answer(Response::GET_STATE);
        QVERIFY(!QJsonDocument::fromJson(json).isNull());
        Response read, wanted;
        QVERIFY(codec::parseJson(json.toStdString(), read));
        wanted.set_type(Response::GET_STATE);
        *wanted.mutable_get_state() = plainState(*cluster);
        QCOMPARE(codec::toJson(read), codec::toJson(wanted));
    }

    void subscribedRecordsAreFramed()
    {
        const auto cluster = makeCluster(120);
        Event event;
        QVERIFY(event.ParseFromString(
            record(StateEncoder(*cluster, MediaType::Protobuf).subscribedRecord(15))));
        QCOMPARE(event.type(), Event::SUBSCRIBED);
        QCOMPARE(event.subscribed().heartbeat_interval_seconds(), 15.0);
        QCOMPARE(event.subscribed().get_state().SerializeAsString(),
                 plainState(*cluster).SerializeAsString());
        Event fromJson;
        QVERIFY(codec::parseJson(
            record(StateEncoder(*cluster, MediaType::Json).subscribedRecord(15)), fromJson));
        QCOMPARE(codec::toJson(fromJson), codec::toJson(event));

        ::meseta::v1::Event::Subscribed rest;
        rest.set_cluster("c");
        rest.set_heartbeat_interval_seconds(15);
        ::meseta::v1::Event ours;
        QVERIFY(ours.ParseFromString(
            record(StateEncoder(*cluster, MediaType::Protobuf).mesetaSubscribedRecord(3.5, rest))));
        QCOMPARE(ours.time(), 3.5);
        QCOMPARE(ours.subscribed().cluster(), std::string("c"));
        QCOMPARE(ours.subscribed().get_state().get_tasks().tasks_size(), 120);
        ::meseta::v1::Event oursFromJson;
        QVERIFY(codec::parseJson(
            record(StateEncoder(*cluster, MediaType::Json).mesetaSubscribedRecord(3.5, rest)),
            oursFromJson));
        QCOMPARE(codec::toJson(oursFromJson), codec::toJson(ours));
    }

    void recordsKeepTheirBytes()
    {
        QCOMPARE(recordOf("abc"), QByteArray("3\nabc"));
        QCOMPARE(recordOf(QByteArray()), QByteArray("0\n"));
        const QByteArray big(1000000, 'x');
        QCOMPARE(recordOf(big), "1000000\n" + big);
    }

    /// MESETA_TASKS=100000 tells how long a big cluster takes.
    void bigClustersComeWhole()
    {
        const int tasks = (qEnvironmentVariableIsSet("MESETA_TASKS")
                               ? qEnvironmentVariableIntValue("MESETA_TASKS")
                               : 5000);
        const auto cluster = makeCluster(tasks);
        QElapsedTimer timer;
        timer.start();
        const QByteArray binary =
            StateEncoder(*cluster, MediaType::Protobuf).answer(Response::GET_STATE);
        const qint64 binaryMs = timer.restart();
        const QByteArray json = StateEncoder(*cluster, MediaType::Json).answer(Response::GET_STATE);
        const qint64 jsonMs = timer.elapsed();
        qInfo("%d tasks: protobuf %lld bytes in %lld ms, JSON %lld bytes in %lld ms", tasks,
              static_cast<long long>(binary.size()), static_cast<long long>(binaryMs),
              static_cast<long long>(json.size()), static_cast<long long>(jsonMs));
        Response read;
        QVERIFY(read.ParseFromArray(binary.constData(), int(binary.size())));
        QCOMPARE(read.get_state().get_tasks().tasks_size(), tasks);
        QCOMPARE(json.count("\"task_id\":{\"value\":\"task-"),
                 tasks * 3); // the task and its two statuses
    }

    void rolesIncludeThoseAbove()
    {
        Cluster cluster(Cluster::Limits{});
        mesos::v1::FrameworkInfo info;
        info.mutable_id()->set_value("F");
        info.set_user("u");
        info.set_name("n");
        info.add_roles("eng/web");
        info.add_capabilities()->set_type(mesos::v1::FrameworkInfo::Capability::MULTI_ROLE);
        cluster.addFramework(info);
        cluster.weights["ops"] = 3;
        auto agent = std::make_unique<Agent>();
        agent->id = "A";
        agent->pid = {"slave(1)", "10.0.0.1", 5051};
        agent->total = *Resources::parse("cpus(eng/db):2;cpus:1");
        cluster.addAgent(std::move(agent));
        std::vector<std::string> names;
        for (const RoleFigures &role : roleFigures(cluster))
            names.push_back(role.name);
        QCOMPARE(names, (std::vector<std::string>{"eng", "eng/db", "eng/web", "ops"}));
        const RoleFigures top = roleFigures(cluster).front();
        QCOMPARE(top.reserved, (Quantities{{"cpus", 2000}}));
        QCOMPARE(top.consumed, (Quantities{{"cpus", 2000}}));
        QVERIFY(top.frameworks.empty());
    }

    void quantitiesCountElements()
    {
        QCOMPARE(countedQuantities(*Resources::parse("cpus:1.5;ports:[1-10,20-20];racks:{a,b}")),
                 (Quantities{{"cpus", 1500}, {"ports", 11000}, {"racks", 2000}}));
    }
};

QTEST_GUILESS_MAIN(StateEncoderTest)
#include "tst_state_encoder.moc"
