#include <QJsonArray>
#include <QTemporaryDir>

#include "daemons/master/operator_api/legacy_forms.h"
#include "operator_bench.h"

using namespace meseta;
using namespace meseta::master;
using http::Request;

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

mesos::v1::Attribute textAttribute(const char *name, const char *value)
{
    mesos::v1::Attribute attribute;
    attribute.set_name(name);
    attribute.set_type(mesos::v1::Value::TEXT);
    attribute.mutable_text()->set_value(value);
    return attribute;
}

mesos::v1::Attribute scalarAttribute(const char *name, double value)
{
    mesos::v1::Attribute attribute;
    attribute.set_name(name);
    attribute.set_type(mesos::v1::Value::SCALAR);
    attribute.mutable_scalar()->set_value(value);
    return attribute;
}

constexpr auto agentKeys =
    "active attributes capabilities deactivated hostname id offered_resources pid port "
    "registered_time "
    "reserved_resources resources unreserved_resources used_resources version";
constexpr auto frameworkKeys = "active capabilities checkpoint completed_tasks connected executors "
                               "failover_timeout hostname id name "
                               "offer_constraints offered_resources offers principal recovered "
                               "registered_time resources roles tasks "
                               "unreachable_tasks unregistered_time used_resources user webui_url";
constexpr auto counterKeys = "TASK_ERROR TASK_FAILED TASK_FINISHED TASK_KILLED TASK_KILLING "
                             "TASK_LOST TASK_RUNNING TASK_STAGING "
                             "TASK_STARTING TASK_UNREACHABLE";

} // namespace

/// The GET endpoints over HTTP: their keys and types are those recorded from Mesos.
class LegacyEndpointsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        m_bench = std::make_unique<OperatorBench>();
        m_agent = m_bench->addAgent("cpus:4;mem:2048;disk:4096;ports:[31000-32000];cpus(r1):1",
                                    {textAttribute("rack", "r7"), scalarAttribute("slots", 4)});
        m_framework = m_bench->subscribe("golden", {"*", "r1"});
        QVERIFY(m_bench->launch(m_framework, "run"));
        m_bench->clock.advance(std::chrono::seconds(1));
        m_bench->update(m_framework, "run", mesos::v1::TASK_RUNNING);
        QVERIFY(m_bench->launch(m_framework, "done"));
        m_bench->clock.advance(std::chrono::seconds(1));
        m_bench->update(m_framework, "done", mesos::v1::TASK_FINISHED);
    }

    void state()
    {
        const QJsonObject state = m_bench->getJson("/state").object();
        QCOMPARE(keys(state),
                 list("activated_slaves build_date build_time build_user capabilities cluster "
                      "completed_frameworks "
                      "deactivated_slaves elected_time flags frameworks hostname id leader "
                      "leader_info orphan_tasks pid "
                      "recovered_slaves slaves start_time unreachable_slaves "
                      "unregistered_frameworks version"));
        QCOMPARE(keys(state[str("leader_info")]), list("hostname id pid port"));
        QCOMPARE(state[str("flags")][str("port")].toString(), str("5050"));
        QCOMPARE(state[str("activated_slaves")].toDouble(), 1.0);
        QCOMPARE(state[str("capabilities")].toArray().size(), 3);
        QCOMPARE(keys(state[str("slaves")][0]), list(agentKeys));
        QCOMPARE(keys(state[str("frameworks")][0]), list(frameworkKeys));
    }

    void agentsShowResourcesAsNumbersAndRangesAsText()
    {
        const QJsonObject agent = m_bench->getJson("/slaves").object()[str("slaves")][0].toObject();
        QCOMPARE(keys(agent),
                 list((QByteArray(agentKeys)
                       + " reserved_resources_full unreserved_resources_full used_resources_full "
                         "offered_resources_full")
                          .constData()));
        const QJsonObject resources = agent[str("resources")].toObject();
        QCOMPARE(keys(resources), list("cpus disk gpus mem ports"));
        QCOMPARE(resources[str("cpus")].toDouble(), 5.0);
        QCOMPARE(resources[str("gpus")].toDouble(), 0.0);
        QCOMPARE(resources[str("ports")].toString(), str("[31000-32000]"));
        QCOMPARE(keys(agent[str("used_resources")]), list("cpus disk gpus mem"));
        QCOMPARE(agent[str("used_resources")][str("cpus")].toDouble(), 0.1);
        QCOMPARE(agent[str("attributes")].toObject(),
                 (QJsonObject{{str("rack"), str("r7")}, {str("slots"), 4.0}}));
        QCOMPARE(agent[str("reserved_resources")][str("r1")][str("cpus")].toDouble(), 1.0);
        QCOMPARE(agent[str("reserved_resources_full")][str("r1")][0][str("role")].toString(),
                 str("r1"));
        QCOMPARE(agent[str("unreserved_resources_full")][0][str("role")].toString(), str("*"));
        QCOMPARE(m_bench->getJson("/slaves?slave_id=nope").object()[str("slaves")].toArray().size(),
                 0);
        QCOMPARE(m_bench->getJson("/slaves?slave_id=" + QByteArray::fromStdString(m_agent))
                     .object()[str("slaves")]
                     .toArray()
                     .size(),
                 1);
    }

    void zeroesAreWrittenAsDoubles()
    {
        QVERIFY(m_bench->get("/slaves").body.contains("\"gpus\":0.0"));
        QVERIFY(m_bench->get("/state-summary").body.contains("\"TASK_KILLED\":0,"));
    }

    void frameworksAndTheirTasks()
    {
        const QJsonObject all = m_bench->getJson("/frameworks").object();
        QCOMPARE(keys(all), list("completed_frameworks frameworks unregistered_frameworks"));
        const QJsonObject framework = all[str("frameworks")][0].toObject();
        QVERIFY(!framework.contains(str("pid")));
        QVERIFY(!framework.contains(str("reregistered_time")));
        const QJsonObject task = framework[str("tasks")][0].toObject();
        QCOMPARE(
            keys(task),
            list("executor_id framework_id id labels name resources role slave_id state statuses"));
        QCOMPARE(task[str("executor_id")].toString(), QString());
        QCOMPARE(task[str("state")].toString(), str("TASK_RUNNING"));
        QCOMPARE(task[str("labels")].toArray(),
                 (QJsonArray{QJsonObject{{str("key"), str("k")}, {str("value"), str("v")}}}));
        const QJsonObject status = task[str("statuses")][0].toObject();
        QCOMPARE(keys(status), list("container_status state timestamp"));
        QCOMPARE(keys(status[str("container_status")]), list("container_id"));
        QCOMPARE(framework[str("completed_tasks")][0][str("id")].toString(), str("done"));
        QCOMPARE(keys(framework[str("offers")][0]),
                 list("allocation_info framework_id id resources slave_id"));
        QCOMPARE(m_bench->getJson("/frameworks?framework_id=nope")
                     .object()[str("frameworks")]
                     .toArray()
                     .size(),
                 0);
    }

    void executorsOfFrameworks()
    {
        QVERIFY(m_bench->launch(m_framework, "custom", "cpus:0.1;mem:32", "dx"));
        const QJsonObject executor = m_bench->getJson("/frameworks")
                                         .object()[str("frameworks")][0][str("executors")][0]
                                         .toObject();
        QCOMPARE(keys(executor),
                 list("command executor_id framework_id name resources role slave_id"));
        QVERIFY(executor[str("command")][str("argv")].isArray());
        QVERIFY(executor[str("command")][str("uris")].isArray());
    }

    void stateSummaryCountsTasks()
    {
        const QJsonObject summary = m_bench->getJson("/state-summary").object();
        QCOMPARE(keys(summary), list("cluster frameworks hostname slaves"));
        const QJsonObject agent = summary[str("slaves")][0].toObject();
        QCOMPARE(keys(agent),
                 list((QByteArray(agentKeys) + ' ' + counterKeys + " framework_ids").constData()));
        QCOMPARE(agent[str("TASK_RUNNING")].toInt(), 1);
        QCOMPARE(agent[str("TASK_FINISHED")].toInt(), 1);
        QCOMPARE(agent[str("framework_ids")][0].toString().toStdString(), m_framework);
        const QJsonObject framework = summary[str("frameworks")][0].toObject();
        QCOMPARE(keys(framework),
                 list((QByteArray("active capabilities connected hostname id name "
                                  "offered_resources recovered slave_ids "
                                  "used_resources webui_url ")
                       + counterKeys)
                          .constData()));
        QCOMPARE(framework[str("slave_ids")][0].toString().toStdString(), m_agent);
    }

    void tasksInOrderWithLimits()
    {
        const auto ids = [this](const char *query) {
            QStringList out;
            const QJsonArray tasks =
                m_bench->getJson(QByteArray("/tasks") + query).object()[str("tasks")].toArray();
            for (const QJsonValue &task : tasks)
                out << task[str("id")].toString();
            return out;
        };
        QCOMPARE(ids(""), (QStringList{str("done"), str("run")}));
        QCOMPARE(ids("?order=asc"), (QStringList{str("run"), str("done")}));
        QCOMPARE(ids("?limit=1&order=asc"), (QStringList{str("run")}));
        QCOMPARE(ids("?limit=1&offset=1"), (QStringList{str("run")}));
        QCOMPARE(ids("?offset=7"), QStringList());
        QCOMPARE(ids("?limit=zz").size(), 2);
        QCOMPARE(ids("?limit=-1").size(), 2);
        QCOMPARE(ids("?task_id=run"), (QStringList{str("run")}));
        QCOMPARE(ids("?framework_id=nope"), QStringList());
    }

    void rolesWithQuantities()
    {
        const QJsonArray roles = m_bench->getJson("/roles").object()[str("roles")].toArray();
        QCOMPARE(roles.size(), 2);
        QCOMPARE(keys(roles[1]),
                 list("allocated frameworks name offered quota reserved resources weight"));
        QCOMPARE(keys(roles[1][str("quota")]), list("consumed guarantee limit role"));
        QCOMPARE(roles[1][str("name")].toString(), str("r1"));
        QCOMPARE(roles[1][str("reserved")][str("cpus")].toDouble(), 1.0);
        double ports = 0;
        for (const QJsonValue &role : roles)
            ports += role[str("offered")][str("ports")].toDouble();
        QCOMPARE(ports, 1001.0); // ranges are told by the number of their elements
    }

    void weightsGetAndPut()
    {
        QCOMPARE(m_bench->get("/weights").body, QByteArray("[]"));
        QCOMPARE(m_bench->request("PUT", "/weights", R"([{"role":"r1","weight":2.5}])").status,
                 200);
        QCOMPARE(m_bench->get("/weights").body, QByteArray(R"([{"role":"r1","weight":2.5}])"));
        QCOMPARE(m_bench->request("PUT", "/weights", "{}").status, 400);
        QCOMPARE(m_bench->request("PUT", "/weights", "zz").status, 400);
        QCOMPARE(m_bench->request("PUT", "/weights", "[]").status, 200);
        QCOMPARE(m_bench->request("PUT", "/weights", R"([{"role":"r1","weight":-3}])").status, 400);
        const http::Response refused = m_bench->request("POST", "/weights", "[]");
        QCOMPARE(refused.status, 405);
        QCOMPARE(refused.headers.value("Allow"), QByteArray("GET, PUT"));
    }

    void readOnlyDocuments()
    {
        QCOMPARE(m_bench->get("/quota").body, QByteArray("{}"));
        QCOMPARE(m_bench->get("/maintenance/schedule").body, QByteArray("{}"));
        QCOMPARE(m_bench->get("/maintenance/status").body, QByteArray("{}"));
        const QJsonObject registry = m_bench->getJson("/registrar(1)/registry").object();
        QCOMPARE(keys(registry), list("master slaves"));
        QCOMPARE(keys(registry[str("slaves")][str("slaves")][0]), list("deactivated info"));
        QCOMPARE(
            registry[str("slaves")][str("slaves")][0][str("info")][str("resources")][0][str("role")]
                .toString(),
            str("*"));
        const QJsonObject constraints =
            m_bench->getJson("/allocator/offer_constraints_debug").object();
        QCOMPARE(keys(constraints[str("frameworks")][QString::fromStdString(m_framework)]),
                 list("excluded_by_attribute_constraints suppressed_roles"));
    }

    void teardown()
    {
        QCOMPARE(m_bench->get("/teardown").status, 405);
        QCOMPARE(m_bench->request("POST", "/teardown").status, 400);
        QCOMPARE(m_bench->request("POST", "/teardown", "frameworkId=nope").status, 400);
        QCOMPARE(m_bench
                     ->request("POST", "/teardown",
                               "frameworkId=" + QByteArray::fromStdString(m_framework))
                     .status,
                 200);
        QVERIFY(m_bench->master.cluster().frameworks().empty());
        const QJsonObject all = m_bench->getJson("/frameworks").object();
        QVERIFY(all[str("completed_frameworks")][0][str("unregistered_time")].toDouble() > 0);
    }

    void writesCheckTheirFormFirst_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("names"); ///< what the answer must name
        const auto row = [](const char *what, const char *method, const char *path,
                            const char *body, const char *names) {
            QTest::addRow("%s %s %s", method, path, what)
                << QByteArray(method) << QByteArray(path) << QByteArray(body) << QByteArray(names);
        };
        for (const char *path : {"/reserve", "/unreserve"}) {
            row("empty", "POST", path, "", "slaveId");
            row("agent only", "POST", path, "slaveId=S1", "resources");
            row("no list", "POST", path, "slaveId=S1&resources=%7B%7D", "resources");
            row("no JSON", "POST", path, "slaveId=S1&resources=zz", "resources");
        }
        for (const char *path : {"/create-volumes", "/destroy-volumes"}) {
            row("empty", "POST", path, "", "slaveId");
            row("agent only", "POST", path, "slaveId=S1", "volumes");
            row("no JSON", "POST", path, "slaveId=S1&volumes=zz", "volumes");
        }
        row("bad source", "POST", "/reserve", "slaveId=S1&resources=[]&source=zz", "source");
        row("empty", "POST", "/teardown", "", "frameworkId");
        row("no JSON", "POST", "/quota", "zz", "quota");
        row("no role", "DELETE", "/quota", "", "/quota/<role>");
        row("no role", "DELETE", "/quota/", "", "/quota/<role>");
        row("no JSON", "POST", "/maintenance/schedule", "zz", "schedule");
        for (const char *path : {"/machine/up", "/machine/down"}) {
            row("no list", "POST", path, "{}", "machines");
            row("no JSON", "POST", path, "zz", "machines");
        }
    }

    void writesCheckTheirFormFirst()
    {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, names);
        const http::Response answer = m_bench->request(method, path, body);
        QCOMPARE(answer.status, 400);
        QVERIFY2(answer.body.contains(names), answer.body.constData());
    }

    void methodsThatNoEndpointHas_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("allowed");
        for (const char *path : {"/reserve", "/unreserve", "/create-volumes", "/destroy-volumes",
                                 "/machine/up", "/machine/down", "/teardown"})
            QTest::newRow(path) << QByteArray("GET") << QByteArray(path) << QByteArray("POST");
        QTest::newRow("/quota") << QByteArray("PUT") << QByteArray("/quota")
                                << QByteArray("GET, POST, DELETE");
        QTest::newRow("/maintenance/schedule")
            << QByteArray("DELETE") << QByteArray("/maintenance/schedule")
            << QByteArray("GET, POST");
        QTest::newRow("/maintenance/status")
            << QByteArray("POST") << QByteArray("/maintenance/status") << QByteArray("GET");
    }

    void methodsThatNoEndpointHas()
    {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, allowed);
        const http::Response answer = m_bench->request(method, path);
        QCOMPARE(answer.status, 405);
        QCOMPARE(answer.headers.value("Allow"), allowed);
    }

    /// Well formed, they are the calls of the operator API: what those refuse is refused here.
    void writesAreCallsOfTheOperatorApi()
    {
        const auto form = [](const Request &request, auto parse) { return *parse(request); };
        Request request;
        request.body =
            "slaveId=S1&resources=%5B%7B%22name%22%3A%22cpus%22%2C%22type%22%3A%22SCALAR%22%2C"
            "%22scalar%22%3A%7B%22value%22%3A0.5%7D%7D%5D";
        auto call = form(request, reserveForm);
        QCOMPARE(call.type(), mesos::v1::master::Call::RESERVE_RESOURCES);
        QCOMPARE(call.reserve_resources().agent_id().value(), std::string("S1"));
        QCOMPARE(call.reserve_resources().resources(0).scalar().value(), 0.5);
        QCOMPARE(form(request, unreserveForm).unreserve_resources().resources_size(), 1);

        request.body.replace("resources=", "volumes=");
        QCOMPARE(form(request, createVolumesForm).create_volumes().volumes_size(), 1);
        QCOMPARE(form(request, destroyVolumesForm).destroy_volumes().volumes_size(), 1);

        request.fullPath = "/master/quota/eng/web";
        QCOMPARE(form(request, removeQuotaForm).remove_quota().role(), std::string("eng/web"));
        request.body = R"({"role":"eng","guarantee":[],"force":true})";
        QVERIFY(form(request, setQuotaForm).set_quota().quota_request().force());
        request.body = R"([{"hostname":"h"},{"ip":"10.0.0.1"}])";
        QCOMPARE(form(request, machinesDownForm).start_maintenance().machines_size(), 2);
        QCOMPARE(form(request, machinesUpForm).stop_maintenance().machines(1).ip(),
                 std::string("10.0.0.1"));
        request.body = "{}";
        QVERIFY(form(request, scheduleForm).update_maintenance_schedule().has_schedule());
    }

    void everyDocumentSpeaksJsonp_data()
    {
        QTest::addColumn<QByteArray>("path");
        for (const char *path :
             {"/state", "/master/state", "/state-summary", "/slaves", "/frameworks", "/tasks",
              "/roles", "/quota", "/weights", "/maintenance/schedule", "/maintenance/status",
              "/flags", "/version", "/registrar(1)/registry", "/allocator/offer_constraints_debug",
              "/system/stats.json", "/metrics/snapshot", "/files/debug"})
            QTest::newRow(path) << QByteArray(path);
    }

    void everyDocumentSpeaksJsonp()
    {
        QFETCH(QByteArray, path);
        const http::Response answer = m_bench->get(path + "?jsonp=cb");
        QCOMPARE(answer.status, 200);
        QCOMPARE(answer.headers.value("Content-Type"), QByteArray("text/javascript"));
        QVERIFY(answer.body.startsWith("cb(") && answer.body.endsWith(')'));
        const QByteArray json = answer.body.mid(3, answer.body.size() - 4);
        QVERIFY(!QJsonDocument::fromJson(json).isNull());
    }

    void redirectOfTheLeaderItself()
    {
        const http::Response answer = m_bench->get("/redirect");
        QCOMPARE(answer.status, 307);
        QCOMPARE(answer.headers.value("Location"), QByteArray("//127.0.0.1:5050"));
        QCOMPARE(m_bench->get("/master/redirect").status, 307);
        QCOMPARE(m_bench->get("/redirect/state").status, 404);
    }

    void servesItsWebFolder()
    {
        QTemporaryDir dir;
        QVERIFY(QDir(dir.path()).mkpath(str("web/app")));
        const auto write = [&dir](const char *name, const char *text) {
            QFile file(dir.filePath(str(name)));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(text);
        };
        write("web/index.html", "<html>");
        write("web/app/app.js", "run()");
        write("secret", "not yours");
        OperatorApiOptions options;
        options.webuiDir = dir.filePath(str("web")).toStdString();
        OperatorBench bench(1, options);
        QCOMPARE(bench.get("/").body, QByteArray("<html>"));
        QCOMPARE(bench.get("/").headers.value("Content-Type"), QByteArray("text/html"));
        QCOMPARE(bench.get("/app/app.js").headers.value("Content-Type"),
                 QByteArray("application/javascript"));
        QCOMPARE(bench.get("/app/none.js").status, 404);
        QCOMPARE(bench.get("/../secret").status, 404);
        QCOMPARE(bench.get("/app/%2e%2e/%2e%2e/secret").status, 404);
        QCOMPARE(bench.get("/state").status, 200);
    }

private:
    std::unique_ptr<OperatorBench> m_bench;
    std::string m_agent;
    std::string m_framework;
};

QTEST_GUILESS_MAIN(LegacyEndpointsTest)
#include "tst_legacy_endpoints.moc"
