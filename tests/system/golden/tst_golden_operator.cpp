// What operators, dashboards and exporters were told by Apache Mesos is what they are told here:
// each read of the recordings in tests/golden/operator and tests/golden/legacy is asked of a
// cluster in the same state, and the answers compared.

#include <csignal>

#include <QtTest>

#include "tests/system/golden/json_parts.h"
#include "tests/system/golden/operator_expectations.h"
#include "tests/system/golden/role_scheduler.h"
#include "tests/support/signals.h"

using namespace meseta::test;
using namespace meseta::test::parts;
using namespace Qt::StringLiterals;

namespace {

/// The recorded body; "..." is in it where the recorder kept a part only.
QJsonValue recordedBody(const Row &row)
{
    if (row.value("response").isArray())
        return row.value("response");
    QJsonObject body = row.value("response").toObject();
    if (body.value("note"_L1) == QJsonValue(u"ids only"_s)) {
        QJsonArray agents;
        for (const QJsonValue &agent : body.value("agents"_L1).toArray())
            agents.append(
                QJsonObject{{u"agent_info"_s, QJsonObject{{u"id"_s, agent}, {u"..."_s, true}}},
                            {u"..."_s, true}});
        return QJsonObject{{u"type"_s, u"GET_AGENTS"_s},
                           {u"get_agents"_s, QJsonObject{{u"agents"_s, agents}, {u"..."_s, true}}}};
    }
    if (row.text("note").contains("only frameworks kept"_L1))
        body.insert(u"..."_s, true);
    return body;
}

} // namespace

class TestGoldenOperator : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void readsAsRecorded_data();
    void readsAsRecorded();
    void sumsOfRoles();
    void tellsChangesAsRecorded();
    void readsAfterwardsAsRecorded();
    void cleanup();

private:
    void tellMaster();
    QStringList ask(const QString &file, const Row &row);
    QStringList unexpected(const QString &file, const QString &request,
                           const QStringList &differences);
    void readAll(const QString &file);
    QString agentId(size_t index);

    std::unique_ptr<Cluster> m_cluster;
    std::unique_ptr<RoleScheduler> m_scheduler;
    std::unique_ptr<EventStream> m_operator;
    Likeness m_likeness;
};

#define MUST(result)                                                                               \
    do {                                                                                           \
        const auto done = (result);                                                                \
        QVERIFY2(done, done ? "" : done.error().message.c_str());                                  \
    } while (false)

QString TestGoldenOperator::agentId(size_t index)
{
    return id(member(member(operatorCall(m_cluster->agentPort(index), json("{'type':'GET_AGENT'}")),
                            "get_agent"_L1),
                     "agent_info"_L1),
              "id"_L1);
}

void TestGoldenOperator::initTestCase()
{
    m_cluster = std::make_unique<Cluster>();
    MUST(m_cluster->startMaster());
    const QString usualBackoff = u"--registration_backoff_factor=1secs"_s; // told by /flags
    MUST(m_cluster->startAgent(
        {usualBackoff, u"--attributes=rack:r7;slots:4;zone:east;range:[1-5]"_s}));
    MUST(m_cluster->startAgent({usualBackoff}));
    m_operator = std::make_unique<EventStream>(m_cluster->masterPort(), "/api/v1",
                                               json("{'type':'SUBSCRIBE'}"));
    QTRY_VERIFY((m_operator->poll(), m_operator->events.size() >= 2));

    m_scheduler = std::make_unique<RoleScheduler>(*m_cluster);
    QVERIFY(m_scheduler->subscribe());
    const QString master = m_scheduler->frameworkId.left(36);
    for (const QString &recorded : {u"87ebd5b9-d4fd-4f5c-88db-3497dd04c662"_s, u"M1"_s}) {
        m_likeness.learn(recorded, master);
        m_likeness.learn(recorded + u"-0000"_s, m_scheduler->frameworkId);
        m_likeness.learn(recorded + u"-S0"_s, agentId(0));
        m_likeness.learn(recorded + u"-S1"_s, agentId(1));
    }
    m_likeness.learn(u"15250"_s, QString::number(m_cluster->masterPort()));
    m_likeness.learn(u"15251"_s, QString::number(m_cluster->agentPort(0)));
    m_likeness.learn(u"15252"_s, QString::number(m_cluster->agentPort(1)));
    m_likeness.learn(u"<work_dir1>"_s, m_cluster->agent(0).workDir());

    QVERIFY(m_scheduler->launch(
        u"*"_s, agentId(0),
        json("{'name':'fin','task_id':{'value':'fin'},'command':{'value':'sleep 0.3'}}"),
        u"TASK_FINISHED"_s));
    QVERIFY(m_scheduler->launch(
        u"r1"_s, agentId(0),
        json("{'name':'bad','task_id':{'value':'bad'},'command':{'value':'sleep 0.2; exit 3'}}"),
        u"TASK_FAILED"_s));
    QVERIFY(m_scheduler->launch(u"r1"_s, agentId(0),
                                json("{'name':'run1','task_id':{'value':'run1'},'command':{'value':"
                                     "'echo out; echo err >&2; sleep 1000'},"
                                     "'labels':{'labels':[{'key':'k','value':'v'}]},'discovery':{'"
                                     "visibility':'EXTERNAL','name':'run1svc'}}"),
                                u"TASK_RUNNING"_s));
    QVERIFY(m_scheduler->launch(
        u"*"_s, agentId(1),
        json("{'name':'run2','task_id':{'value':'run2'},'command':{'value':'sleep 1000'}}"),
        u"TASK_RUNNING"_s, u"dx"_s));
    tellMaster();
    constexpr double allCpus = 7.7;
    QVERIFY(m_scheduler->holdOffers(allCpus));
}

/// The writes that came before the recorded reads.
void TestGoldenOperator::tellMaster()
{
    const auto tell = [this](QByteArray call) {
        call.replace("AGENT", agentId(0).toUtf8());
        return postJson(m_cluster->masterPort(), "/api/v1", json(call)).status();
    };
    const auto scalar = [](const QByteArray &name, const QByteArray &value) {
        return "'name':'" + name + "','type':'SCALAR','scalar':{'value':" + value + "},";
    };
    const QByteArray refined = "'reservations':[{'type':'DYNAMIC','role':'r1','principal':'ops'}]";
    const QByteArray disk =
        "'disk':{'persistence':{'id':'vol1','principal':'ops'},'volume':{'mode':"
        "'RW','container_path':'data'}}";
    const auto ofAgent = [](const QByteArray &rest) {
        return "{'agent_id':{'value':'AGENT'}," + rest + "}";
    };
    QCOMPARE(tell("{'type':'RESERVE_RESOURCES','reserve_resources':"
                  + ofAgent("'resources':[{" + scalar("cpus", "1") + refined + "},{"
                            + scalar("mem", "256") + refined + "},{" + scalar("disk", "256")
                            + refined + "}]")
                  + "}"),
             202);
    QCOMPARE(tell("{'type':'CREATE_VOLUMES','create_volumes':"
                  + ofAgent("'volumes':[{" + scalar("disk", "64") + refined + "," + disk + "}]")
                  + "}"),
             202);
    QCOMPARE(tell("{'type':'GROW_VOLUME','grow_volume':"
                  + ofAgent("'volume':{" + scalar("disk", "64") + refined + "," + disk
                            + "},'addition':{" + scalar("disk", "32") + refined + "}")
                  + "}"),
             202);
    QCOMPARE(tell("{'type':'SHRINK_VOLUME','shrink_volume':"
                  + ofAgent("'volume':{" + scalar("disk", "96") + refined + "," + disk
                            + "},'subtract':{'value':32}")
                  + "}"),
             202);
    QTRY_COMPARE_WITH_TIMEOUT(getJson(m_cluster->masterPort(), "/metrics/snapshot")
                                  .value("master/operations/finished"_L1)
                                  .toInt(),
                              4, 30000);
    QCOMPARE(tell("{'type':'UPDATE_WEIGHTS','update_weights':{'weight_infos':[{'role':'r1',"
                  "'weight':2.5}]}}"),
             200);
    QCOMPARE(tell("{'type':'UPDATE_QUOTA','update_quota':{'quota_configs':[{'role':'*',"
                  "'guarantees':{'cpus':{'value':1}}},{'role':'r1','guarantees':{'cpus':{'value':2}"
                  ",'mem':{'value':512}},'limits':{'cpus':{'value':4},'mem':{'value':1024}}}]}}"),
             200);
    QCOMPARE(
        tell("{'type':'UPDATE_MAINTENANCE_SCHEDULE','update_maintenance_schedule':{'schedule':{"
             "'windows':[{'machine_ids':[{'hostname':'m9','ip':'10.9.9.9'}],'unavailability':{'"
             "start':{"
             "'nanoseconds':1795370821809890048},'duration':{'nanoseconds':7200000000000}}}]}}}"),
        200);
}

/// How free resources are shared among the offers to two roles is chance, but not their sum.
void TestGoldenOperator::sumsOfRoles()
{
    auto transcript = Transcript::load(u"legacy/master"_s);
    MUST(transcript);
    const auto row =
        std::find_if(transcript->rows.begin(), transcript->rows.end(),
                     [](const Row &one) { return one.text("request") == u"GET /roles"_s; });
    QVERIFY(row != transcript->rows.end());
    const auto sums = [](const QJsonObject &document, QLatin1String what) {
        std::map<QString, double> all;
        for (const QJsonValue &role : document.value("roles"_L1).toArray()) {
            const QJsonObject amounts = role.toObject().value(what).toObject();
            for (auto one = amounts.begin(); one != amounts.end(); ++one)
                all[one.key()] += one.value().toDouble();
        }
        return all;
    };
    const QJsonObject recorded = row->value("response").toObject();
    const QJsonObject ours = getJson(m_cluster->masterPort(), "/roles");
    for (const auto what : {"resources"_L1, "offered"_L1, "allocated"_L1}) {
        for (const auto &[name, amount] : sums(recorded, what)) {
            // The recorder had not been offered the second agent's ports yet.
            if (name != u"ports"_s)
                QCOMPARE(sums(ours, what).at(name), amount);
        }
    }
}

void TestGoldenOperator::cleanup()
{
    if (QTest::currentTestFailed())
        qWarning("%s", m_cluster->logTails().constData());
}

QStringList TestGoldenOperator::unexpected(const QString &file, const QString &request,
                                           const QStringList &differences)
{
    QStringList left;
    const std::vector<Expected> &all = operatorExpectations();
    for (const QString &difference : differences) {
        const QString text = request + u' ' + difference;
        const auto known = std::find_if(all.begin(), all.end(), [&](const Expected &entry) {
            return (entry.file.isEmpty() || entry.file == file)
                && entry.where.match(text).hasMatch();
        });
        if (known == all.end())
            left += text;
        else
            qInfo("%s %s -- %s", qPrintable(file), qPrintable(text.left(160)),
                  qPrintable(known->reason));
    }
    return left;
}

QStringList TestGoldenOperator::ask(const QString &file, const Row &row)
{
    const bool second =
        row.text("note").startsWith("agent 2"_L1) || row.text("note").startsWith("second agent"_L1);
    const quint16 port = row.text("server") == "master"_L1 ? m_cluster->masterPort()
                                                           : m_cluster->agentPort(second ? 1 : 0);
    const bool isCall = row.value("request").isObject();
    const QString name = isCall
        ? QString::fromUtf8(
            QJsonDocument(row.value("request").toObject()).toJson(QJsonDocument::Compact))
        : row.text("request");
    if (unexpected(file, name.left(120), {u"skipped"_s}).isEmpty())
        return {};
    const Answer answer = isCall
        ? postJson(port, "/api/v1", m_likeness.translate(row.value("request")).toObject())
        : exchange(port, m_likeness.translate(row.text("request")).toUtf8());
    QJsonArray head{row.text("status")};
    for (const QJsonValue &line : row.value("headers").toArray())
        head.append(line);
    const bool hasJson = row.has("response") && !row.has("response_text");
    if (head.size() == 1 && hasJson)
        head = {row.text("status"), u"Content-Type: application/json"_s, u"Content-Length: 1"_s};
    QStringList ours{QString::fromLatin1(answer.statusLine)};
    for (const QByteArray &line : answer.headerLines)
        ours += QString::fromLatin1(line);
    const QJsonValue recordedHead = head.size() == 1 ? head.at(0) : QJsonValue(head);
    QStringList differences =
        m_likeness.compareHeads(fullHead(recordedHead, row.has("response_text")), ours);
    const auto document = QJsonDocument::fromJson(answer.body);
    const QJsonValue body =
        document.isArray() ? QJsonValue(document.array()) : QJsonValue(document.object());
    if (row.value("response").isObject() || row.value("response").isArray())
        differences += m_likeness.compare(u"body"_s, recordedBody(row), body);
    else if (row.text("response_text").isEmpty() != answer.body.isEmpty() && !row.has("response"))
        differences += u"body: recorded \"%1\", ours \"%2\""_s.arg(
            row.text("response_text"), QString::fromUtf8(answer.body).left(200));
    return unexpected(file, name.left(120), differences);
}

void TestGoldenOperator::readAll(const QString &file)
{
    auto transcript = Transcript::load(file);
    MUST(transcript);
    QStringList differences;
    for (const Row &row : transcript->rows) {
        if (row.has("request"))
            differences += ask(file, row);
    }
    for (const QString &difference : differences)
        qWarning("%s", qPrintable(difference));
    QCOMPARE(differences.size(), 0);
}

void TestGoldenOperator::readsAsRecorded_data()
{
    QTest::addColumn<QString>("file");
    for (const char *file :
         {"operator/master-reads", "operator/agent-reads", "legacy/master", "legacy/agent"})
        QTest::addRow("%s", file) << QString::fromLatin1(file);
}

void TestGoldenOperator::readsAsRecorded()
{
    QFETCH(QString, file);
    readAll(file);
}

void TestGoldenOperator::tellsChangesAsRecorded()
{
    const QString file = u"operator/master-subscribe"_s;
    QJsonObject update{{u"type"_s, u"UPDATE_FRAMEWORK"_s}};
    m_scheduler->name = "golden-2";
    update.insert("update_framework"_L1, QJsonObject{{u"framework_info"_s, m_scheduler->info()}});
    QVERIFY(m_scheduler->call(update));
    m_scheduler->disconnect();
    QVERIFY(m_scheduler->subscribe());
    QVERIFY(m_scheduler->call("{'type':'KILL','kill':{'task_id':{'value':'run1'}}}"));
    QVERIFY(m_scheduler->waitFor(
        [&] { return m_scheduler->states.value(u"run1"_s) == u"TASK_KILLED"_s; }));
    MUST(m_cluster->startAgent());
    m_likeness.learn(u"M1-S2"_s, agentId(2));
    m_likeness.learn(u"15253"_s, QString::number(m_cluster->agentPort(2)));
    QVERIFY(signalProcess(m_cluster->agent(2).pid(), SIGUSR1));
    QTRY_VERIFY_WITH_TIMEOUT(!m_cluster->agent(2).isRunning(), 30000);
    const QByteArray gone = "{'type':'MARK_AGENT_GONE','mark_agent_gone':{'agent_id':{'value':'"
        + agentId(1).toUtf8() + "'}}}";
    QCOMPARE(postJson(m_cluster->masterPort(), "/api/v1", json(gone)).status(), 200);
    QVERIFY(m_scheduler->waitFor(
        [&] { return m_scheduler->states.value(u"run2"_s) == u"TASK_GONE_BY_OPERATOR"_s; }));
    const QByteArray teardown = "{'type':'TEARDOWN','teardown':{'framework_id':{'value':'"
        + m_scheduler->frameworkId.toUtf8() + "'}}}";
    QCOMPARE(postJson(m_cluster->masterPort(), "/api/v1", json(teardown)).status(), 200);

    auto transcript = Transcript::load(file);
    MUST(transcript);
    QStringList differences;
    bool heartbeat = false;
    for (const Row &row : transcript->rows) {
        QJsonObject recorded = row.value("event").toObject();
        if (row.has("raw_chunk"))
            recorded =
                QJsonDocument::fromJson(row.text("raw_chunk").section(u'\n', 2).toUtf8().trimmed())
                    .object();
        const QString type = recorded.value("type"_L1).toString();
        if (recorded.isEmpty() || (type == u"HEARTBEAT"_s && std::exchange(heartbeat, true)))
            continue;
        const auto is = [&](const QJsonObject &event) {
            const auto task = [](const QJsonObject &e) {
                return id(member(member(e, "task_updated"_L1), "status"_L1), "task_id"_L1)
                    + id(member(member(e, "task_added"_L1), "task"_L1), "task_id"_L1);
            };
            return event.value("type"_L1) == recorded.value("type"_L1)
                && task(event) == task(recorded);
        };
        auto &events = m_operator->events;
        auto at = events.end();
        const bool came = QTest::qWaitFor(
            [&] {
                m_operator->poll();
                at = std::find_if(events.begin(), events.end(), is);
                return at != events.end();
            },
            30000);
        const QString name = u"line %1 %2"_s.arg(row.line).arg(type);
        differences += unexpected(file, name,
                                  came ? m_likeness.compare(u"event"_s, recorded, *at)
                                       : QStringList{u"did not come"_s});
        if (came)
            events.erase(at);
    }
    for (const QJsonObject &event : m_operator->events) {
        if (event.value("type"_L1).toString() != "HEARTBEAT"_L1)
            differences += unexpected(
                file, u"not recorded"_s,
                {QString::fromUtf8(QJsonDocument(event).toJson(QJsonDocument::Compact)).left(400)});
    }
    for (const QString &difference : differences)
        qWarning("%s", qPrintable(difference));
    QCOMPARE(differences.size(), 0);
}

void TestGoldenOperator::readsAfterwardsAsRecorded()
{
    readAll(u"operator/master-after"_s);
}

QTEST_GUILESS_MAIN(TestGoldenOperator)
#include "tst_golden_operator.moc"
