#include <QJsonArray>

#include "operator_bench.h"

#include "common/codec/json.h"

using namespace meseta;
using namespace meseta::master;

namespace {

QString str(const char *text)
{
    return QString::fromLatin1(text);
}

QStringList keys(const QJsonValue &value)
{
    QStringList out = value.toObject().keys();
    out.sort();
    return out;
}

QStringList list(const char *words)
{
    QStringList out = str(words).split(QLatin1Char(' '));
    out.sort();
    return out;
}

} // namespace

/// POST /api/v1 and POST /meseta/v1 over HTTP, against what Mesos was recorded to answer.
class OperatorCallsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        m_bench = std::make_unique<OperatorBench>();
        m_agent = m_bench->addAgent();
        m_framework = m_bench->subscribe("golden", {"*", "r1"});
    }

    void emptyClusterHasEmptyLists()
    {
        OperatorBench bench;
        QCOMPARE(
            bench.post("{\"type\":\"GET_TASKS\"}").body,
            QByteArray(
                R"({"type":"GET_TASKS","get_tasks":{"tasks":[],"unreachable_tasks":[],"completed_tasks":[]}})"));
        QCOMPARE(bench.post("{\"type\":\"GET_AGENTS\"}").body,
                 QByteArray(
                     R"({"type":"GET_AGENTS","get_agents":{"agents":[],"recovered_agents":[]}})"));
        QCOMPARE(
            bench.post("{\"type\":\"GET_FRAMEWORKS\"}").body,
            QByteArray(
                R"({"type":"GET_FRAMEWORKS","get_frameworks":{"frameworks":[],"completed_frameworks":[]}})"));
        QCOMPARE(bench.post("{\"type\":\"GET_EXECUTORS\"}").body,
                 QByteArray(R"({"type":"GET_EXECUTORS","get_executors":{"executors":[]}})"));
        QCOMPARE(bench.post("{\"type\":\"GET_OPERATIONS\"}").body,
                 QByteArray(R"({"type":"GET_OPERATIONS","get_operations":{}})"));
        QCOMPARE(
            bench.post("{\"type\":\"GET_STATE\"}").body,
            QByteArray(
                R"({"type":"GET_STATE","get_state":{"get_tasks":{"tasks":[],"unreachable_tasks":[],"completed_tasks":[]},)"
                R"("get_executors":{"executors":[]},"get_frameworks":{"frameworks":[],"completed_frameworks":[]},)"
                R"("get_agents":{"agents":[],"recovered_agents":[]}}})"));
        QCOMPARE(
            bench.post("{\"type\":\"GET_MAINTENANCE_SCHEDULE\"}").body,
            QByteArray(
                R"({"type":"GET_MAINTENANCE_SCHEDULE","get_maintenance_schedule":{"schedule":{}}})"));
        QCOMPARE(
            bench.post("{\"type\":\"GET_MAINTENANCE_STATUS\"}").body,
            QByteArray(
                R"({"type":"GET_MAINTENANCE_STATUS","get_maintenance_status":{"status":{}}})"));
    }

    void masterAndVersion()
    {
        const QJsonObject told = m_bench->ask("GET_MASTER")[str("get_master")].toObject();
        QCOMPARE(keys(told), list("elected_time master_info start_time"));
        QCOMPARE(keys(told[str("master_info")]),
                 list("address capabilities hostname id ip pid port version"));
        QCOMPARE(
            m_bench->ask("GET_VERSION")[str("get_version")][str("version_info")][str("version")]
                .toString(),
            str("1.11.0"));
        QCOMPARE(m_bench->post("{\"type\":\"GET_HEALTH\"}").body,
                 QByteArray(R"({"type":"GET_HEALTH","get_health":{"healthy":true}})"));
        QCOMPARE(
            m_bench->ask("GET_FLAGS")[str("get_flags")][str("flags")][0][str("name")].toString(),
            str("cluster"));
    }

    void agents()
    {
        QVERIFY(m_bench->launch(m_framework, "t1"));
        const QJsonObject agent =
            m_bench->ask("GET_AGENTS")[str("get_agents")][str("agents")][0].toObject();
        QCOMPARE(keys(agent),
                 list("active agent_info allocated_resources capabilities deactivated "
                      "offered_resources pid "
                      "registered_time total_resources version"));
        QCOMPARE(keys(agent[str("agent_info")]), list("checkpoint hostname id port resources"));
        QCOMPARE(agent[str("total_resources")][0][str("role")].toString(), str("*"));
        QVERIFY(!agent[str("agent_info")][str("resources")][0].toObject().contains(str("role")));
        QCOMPARE(agent[str("allocated_resources")][0][str("scalar")][str("value")].toDouble(), 0.1);
        QCOMPARE(agent[str("pid")].toString(), str("slave(1)@127.0.0.1:15251"));
        QCOMPARE(agent[str("capabilities")].toArray().size(), 8);
    }

    void frameworksCurrentAndPast()
    {
        QVERIFY(m_bench->launch(m_framework, "t1"));
        const QJsonObject framework =
            m_bench->ask("GET_FRAMEWORKS")[str("get_frameworks")][str("frameworks")][0].toObject();
        QCOMPARE(keys(framework),
                 list("active allocated_resources connected framework_info offer_constraints "
                      "offered_resources offers "
                      "recovered registered_time reregistered_time"));
        QCOMPARE(framework[str("registered_time")], framework[str("reregistered_time")]);
        QCOMPARE(keys(framework[str("offers")][0]),
                 list("agent_id allocation_info framework_id hostname id resources url"));

        QCOMPARE(teardown(m_framework).status, 200);
        const QJsonObject past = m_bench->ask("GET_FRAMEWORKS")[str("get_frameworks")].toObject();
        QVERIFY(past[str("frameworks")].toArray().isEmpty());
        QCOMPARE(keys(past[str("completed_frameworks")][0]),
                 list("active connected framework_info offer_constraints recovered registered_time "
                      "reregistered_time unregistered_time"));
        const QJsonArray tasks =
            m_bench->ask("GET_TASKS")[str("get_tasks")][str("completed_tasks")].toArray();
        QCOMPARE(tasks.size(), 1);
        QCOMPARE(tasks[0][str("state")].toString(), str("TASK_KILLED"));
        QCOMPARE(teardown(m_framework).status, 400);
    }

    void tasks()
    {
        QVERIFY(m_bench->launch(m_framework, "t1"));
        QJsonObject task = m_bench->ask("GET_TASKS")[str("get_tasks")][str("tasks")][0].toObject();
        QCOMPARE(keys(task), list("agent_id framework_id labels name resources state task_id"));
        m_bench->update(m_framework, "t1", mesos::v1::TASK_RUNNING);
        task = m_bench->ask("GET_TASKS")[str("get_tasks")][str("tasks")][0].toObject();
        QCOMPARE(keys(task),
                 list("agent_id framework_id labels name resources state status_update_state "
                      "status_update_uuid statuses task_id"));
        QCOMPARE(task[str("resources")][0][str("allocation_info")][str("role")].isString(), true);
    }

    void executors()
    {
        QVERIFY(m_bench->launch(m_framework, "t1", "cpus:0.1;mem:32", "custom"));
        const QJsonObject executor =
            m_bench->ask("GET_EXECUTORS")[str("get_executors")][str("executors")][0].toObject();
        QCOMPARE(keys(executor), list("agent_id executor_info"));
        QCOMPARE(executor[str("agent_id")][str("value")].toString().toStdString(), m_agent);
        QCOMPARE(m_bench->askProtobuf("GET_EXECUTORS")
                     .get_executors()
                     .executors(0)
                     .executor_info()
                     .executor_id()
                     .value(),
                 std::string("custom"));
    }

    void protobufAndJsonTellTheSame_data()
    {
        QTest::addColumn<QByteArray>("type");
        for (const char *type :
             {"GET_STATE", "GET_AGENTS", "GET_FRAMEWORKS", "GET_EXECUTORS", "GET_TASKS",
              "GET_ROLES", "GET_WEIGHTS", "GET_QUOTA", "GET_MASTER", "GET_VERSION", "GET_FLAGS"})
            QTest::newRow(type) << QByteArray(type);
    }

    void protobufAndJsonTellTheSame()
    {
        QFETCH(QByteArray, type);
        m_bench->launch(m_framework, "t1");
        m_bench->launch(m_framework, "t2", "cpus:0.1;mem:32", "custom");
        m_bench->launch(m_framework, "t3");
        m_bench->update(m_framework, "t1", mesos::v1::TASK_RUNNING);
        m_bench->update(m_framework, "t3", mesos::v1::TASK_FINISHED);
        m_bench->post(
            R"({"type":"UPDATE_WEIGHTS","update_weights":{"weight_infos":[{"role":"r1","weight":2.5}]}})");
        const mesos::v1::master::Response binary = m_bench->askProtobuf(type.constData());
        QVERIFY(binary.IsInitialized());
        mesos::v1::master::Response text;
        const http::Response answer = m_bench->post("{\"type\":\"" + type + "\"}");
        QVERIFY(codec::parseJson(answer.body.toStdString(), text));
        QCOMPARE(codec::toJson(text),
                 codec::toJson(binary)); // declared defaults are set by reading JSON
    }

    void rolesWeightsQuota()
    {
        QCOMPARE(
            m_bench
                ->post(
                    R"({"type":"UPDATE_WEIGHTS","update_weights":{"weight_infos":[{"role":"r1","weight":2.5}]}})")
                .status,
            200);
        QCOMPARE(
            m_bench
                ->post(
                    R"({"type":"UPDATE_QUOTA","update_quota":{"quota_configs":[{"role":"r1","guarantees":{"cpus":{"value":2}},)"
                    R"("limits":{"cpus":{"value":4},"mem":{"value":1024}}}]}})")
                .status,
            200);
        QCOMPARE(
            m_bench->post("{\"type\":\"GET_WEIGHTS\"}").body,
            QByteArray(
                R"({"type":"GET_WEIGHTS","get_weights":{"weight_infos":[{"weight":2.5,"role":"r1"}]}})"));
        const QJsonObject status =
            m_bench->ask("GET_QUOTA")[str("get_quota")][str("status")].toObject();
        QCOMPARE(status[str("infos")][0][str("guarantee")].toArray().size(), 1);
        QCOMPARE(status[str("configs")][0][str("limits")][str("mem")][str("value")].toDouble(),
                 1024.0);
        const QJsonArray roles =
            m_bench->ask("GET_ROLES")[str("get_roles")][str("roles")].toArray();
        QCOMPARE(roles.size(), 2);
        QCOMPARE(roles[0][str("name")].toString(), str("*"));
        QCOMPARE(roles[1][str("weight")].toDouble(), 2.5);
        QCOMPARE(roles[1][str("frameworks")][0][str("value")].toString().toStdString(),
                 m_framework);

        QCOMPARE(
            m_bench
                ->post(
                    R"({"type":"UPDATE_QUOTA","update_quota":{"quota_configs":[{"role":"r1"}]}})")
                .status,
            200);
        QVERIFY(m_bench->ask("GET_QUOTA")[str("get_quota")][str("status")].toObject().isEmpty());
    }

    void weightsAndQuotaRefuse_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("names"); // what the text must name
        const auto weights = [](const char *info) {
            return QByteArray(R"({"type":"UPDATE_WEIGHTS","update_weights":{"weight_infos":[)")
                + info + "]}}";
        };
        const auto quota = [](const char *config) {
            return QByteArray(R"({"type":"UPDATE_QUOTA","update_quota":{"quota_configs":[)")
                + config + "]}}";
        };
        QTest::newRow("weight 0") << weights(R"({"role":"r1","weight":0})") << QByteArray("r1");
        QTest::newRow("bad role") << weights(R"({"role":"-bad","weight":1})") << QByteArray("-bad");
        QTest::newRow("guarantee over limit") << quota(
            R"({"role":"r1","guarantees":{"cpus":{"value":9}},"limits":{"cpus":{"value":1}}})")
                                              << QByteArray("cpus");
        QTest::newRow("over capacity")
            << quota(R"({"role":"r2","guarantees":{"cpus":{"value":900}}})") << QByteArray("force");
        QTest::newRow("nested role")
            << quota(R"({"role":"a/b","guarantees":{"cpus":{"value":1}}})") << QByteArray("a/b");
        QTest::newRow("bad quota role")
            << quota(R"({"role":"a b","limits":{"cpus":{"value":0.5}}})") << QByteArray("a b");
        QTest::newRow("negative") << quota(R"({"role":"r2","limits":{"cpus":{"value":-1}}})")
                                  << QByteArray("cpus");
    }

    void weightsAndQuotaRefuse()
    {
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, names);
        const http::Response answer = m_bench->post(body);
        QCOMPARE(answer.status, 400);
        QVERIFY2(answer.body.contains(names), answer.body.constData());
        QVERIFY(m_bench->master.cluster().quotas.empty());
    }

    void limitUnderConsumptionNeedsForce()
    {
        QVERIFY(m_bench->launch(m_framework, "t1", "cpus:1;mem:32"));
        const std::string role =
            m_bench->master.cluster().task(m_framework, "t1")->allocationRole();
        const QByteArray config =
            QByteArray(R"("quota_configs":[{"role":"$","limits":{"cpus":{"value":0.5}}}]}})")
                .replace("$", QByteArray::fromStdString(role));
        QCOMPARE(
            m_bench->post(QByteArray(R"({"type":"UPDATE_QUOTA","update_quota":{)") + config).status,
            400);
        QCOMPARE(m_bench
                     ->post(QByteArray(R"({"type":"UPDATE_QUOTA","update_quota":{"force":true,)")
                            + config)
                     .status,
                 200);
    }

    void missingMembersAndUnsupportedCalls_data()
    {
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<int>("status");
        for (const char *type :
             {"SET_LOGGING_LEVEL", "LIST_FILES", "READ_FILE", "UPDATE_WEIGHTS", "CREATE_VOLUMES",
              "UPDATE_QUOTA", "SET_QUOTA", "REMOVE_QUOTA", "TEARDOWN", "MARK_AGENT_GONE",
              "DRAIN_AGENT", "DEACTIVATE_AGENT", "GET_METRICS", "UPDATE_MAINTENANCE_SCHEDULE",
              "START_MAINTENANCE", "GROW_VOLUME"})
            QTest::newRow(type) << QByteArray(type) << 400;
        QTest::newRow("NO_SUCH_CALL") << QByteArray("NO_SUCH_CALL") << 400;
        QTest::newRow("UNKNOWN") << QByteArray("UNKNOWN") << 501;
    }

    void missingMembersAndUnsupportedCalls()
    {
        QFETCH(QByteArray, type);
        QFETCH(int, status);
        const http::Response answer = m_bench->post("{\"type\":\"" + type + "\"}");
        QCOMPARE(answer.status, status);
        QCOMPARE(answer.headers.value("Content-Type"), QByteArray("text/plain; charset=utf-8"));
    }

    void agentsMarkedGone()
    {
        const auto gone = [this](const std::string &id) { return m_bench->markGone(id).status; };
        QCOMPARE(gone("nope"), 404);
        QCOMPARE(gone(m_agent), 200);
        QCOMPARE(gone(m_agent), 200);
        QVERIFY(m_bench->master.cluster().agents().empty());
    }

    void longerPathsAndPrefixesAnswerAlike()
    {
        for (const char *path : {"/api/v1", "/api/v1/", "/master/api/v1", "/api/v1/anything"})
            QCOMPARE(m_bench->post("{\"type\":\"GET_HEALTH\"}", path).status, 200);
        QCOMPARE(m_bench->get("/api/v1").status, 405);
    }

    void metricsHaveMesosNames()
    {
        QVERIFY(m_bench->launch(m_framework, "t1"));
        m_bench->update(m_framework, "t1", mesos::v1::TASK_RUNNING);
        const auto response = m_bench->post("{\"type\":\"GET_METRICS\",\"get_metrics\":{}}");
        std::map<QString, double> metrics;
        const QJsonArray list =
            QJsonDocument::fromJson(response.body)[str("get_metrics")][str("metrics")].toArray();
        for (const QJsonValue &metric : list)
            metrics[metric[str("name")].toString()] = metric[str("value")].toDouble();
        QCOMPARE(metrics.at(str("master/tasks_running")), 1.0);
        QCOMPARE(metrics.at(str("master/cpus_total")), 4.0);
        QCOMPARE(metrics.at(str("master/cpus_used")), 0.1);
        QCOMPARE(metrics.at(str("master/slaves_active")), 1.0);
        QCOMPARE(metrics.at(str("master/frameworks_active")), 1.0);
        QCOMPARE(metrics.at(str("master/elected")), 1.0);
        QCOMPARE(metrics.at(str("master/messages_kill_task")), 0.0);
        QCOMPARE(metrics.at(str("master/operations/create_disk/gone_by_operator")), 0.0);
        const QString own = str("master/frameworks/golden/") + QString::fromStdString(m_framework);
        QCOMPARE(metrics.at(own + str("/tasks/active/task_running")), 1.0);
        QCOMPARE(metrics.at(own + str("/roles/r1/suppressed")), 0.0);
        QVERIFY(metrics.count(own + str("/calls/accept_inverse_offers")));
        QVERIFY(metrics.count(str("system/load_1min")));
        QVERIFY(metrics.count(str("allocator/mesos/resources/cpus/offered_or_allocated")));
    }

    void ourOwnCalls()
    {
        const QJsonObject offers =
            QJsonDocument::fromJson(m_bench->post("{\"type\":\"GET_OFFERS\"}", "/meseta/v1").body)
                .object();
        QCOMPARE(offers[str("offers")].toArray().size(),
                 int(m_bench->master.cluster().offers().size()));
        QCOMPARE(keys(offers[str("offers")][0]), list("offer offered_time"));
        const http::Response decisions = m_bench->post(
            "{\"type\":\"GET_OFFER_DECISIONS\",\"get_offer_decisions\":{\"limit\":1}}",
            "/meseta/v1");
        QCOMPARE(decisions.status, 200);
        QCOMPARE(QJsonDocument::fromJson(decisions.body)[str("decisions")].toArray().size(), 1);
        QCOMPARE(m_bench->post("{}", "/meseta/v1").status, 400);
        QCOMPARE(m_bench->post("{\"type\":\"UNKNOWN\"}", "/meseta/v1").status, 501);
        QCOMPARE(m_bench->get("/meseta/v1").status, 405);
    }

    void followersSendToTheLeader()
    {
        mesos::v1::MasterInfo leader = m_bench->master.info();
        leader.set_id("M2");
        leader.set_hostname("other.example");
        leader.set_port(5055);
        m_bench->api.setLeader(leader, std::nullopt);
        const http::Response call = m_bench->post("{\"type\":\"GET_HEALTH\"}");
        QCOMPARE(call.status, 307);
        QCOMPARE(call.headers.value("Location"), QByteArray("//other.example:5055/master/api/v1"));
        QCOMPARE(m_bench->get("/state?a=b").headers.value("Location"),
                 QByteArray("//other.example:5055/master/state?a=b"));
        QCOMPARE(m_bench->get("/redirect").headers.value("Location"),
                 QByteArray("//other.example:5055"));
        QCOMPARE(m_bench->get("/redirect/x").status, 404);
        QCOMPARE(m_bench->get("/version").status, 200);
        QCOMPARE(m_bench->get("/health").status, 200);
        m_bench->api.setLeader(std::nullopt, std::nullopt);
        QCOMPARE(m_bench->get("/state").status, 503);
        QCOMPARE(m_bench->get("/redirect").status, 503);
    }

    void recoveringMasterSays503()
    {
        m_bench->api.setRecovered(false);
        QCOMPARE(m_bench->post("{\"type\":\"GET_HEALTH\"}").status, 503);
        QCOMPARE(m_bench->post("zz").status, 503);
        QCOMPARE(m_bench->get("/state").status, 200);
    }

private:
    http::Response teardown(const std::string &id) { return m_bench->teardown(id); }

    std::unique_ptr<OperatorBench> m_bench;
    std::string m_agent;
    std::string m_framework;
};

QTEST_GUILESS_MAIN(OperatorCallsTest)
#include "tst_operator_calls.moc"
