// What executors that others wrote were told by the agent of Apache Mesos is what they are told by
// mesos-agent: the recorded custom executor (tests/golden/executor) is played by this test, beside
// its scheduler.

#include <QtTest>

#include "tests/system/framework.h"

using namespace meseta::test;
using namespace Qt::StringLiterals;

namespace {

const QByteArray kPath = "/api/v1/executor";

QRegularExpression where(const char *pattern)
{
    return QRegularExpression(QLatin1String(pattern));
}

/// Where we differ from the recordings, or do not play them, and why.
const std::vector<Expected> &expectations()
{
    static const std::vector<Expected> all{
        {u"executor/custom-executor"_s,
         where("environment.(LC_CTYPE|MESOS_NATIVE_[A-Z_]+|_|SHLVL|OLDPWD)[ :.]"),
         u"the interpreter's and the C++ library's own variables; we have no such library"_s},
    };
    return all;
}

QString typeOf(const QJsonObject &object)
{
    return object.value("type"_L1).toString();
}

QJsonObject eventOf(const Row &row)
{
    if (row.has("raw_chunk"))
        return QJsonDocument::fromJson(row.text("raw_chunk").section(u'\n', 2).toUtf8().trimmed())
            .object();
    return row.value("event").toObject();
}

} // namespace

class TestGoldenExecutor : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void isAnsweredAsRecorded();
    void itsSchedulerIsToldAsRecorded();

private:
    void learnIds(const QJsonObject &offer);
    bool accept(const QString &recordedOffer, const Row &row);
    void schedulerActs(const QString &event);
    QJsonObject takeEvent(const QString &type);
    QJsonObject takeStatus(const QJsonObject &expected);
    void playCall(const Row &row);
    void playEvent(const Row &row);
    void compareEnvironment(const Row &row);
    void report(const QString &file, const Row &row, const QStringList &differences);

    std::unique_ptr<Cluster> m_cluster;
    std::unique_ptr<Framework> m_framework;
    std::unique_ptr<EventStream> m_stream;
    Transcript m_executor;
    Transcript m_scheduler;
    Likeness m_likeness;
    QStringList m_differences;
    std::vector<Row> m_acknowledgements;
    std::vector<QJsonObject> m_statuses; ///< that came and were not compared yet
};

void TestGoldenExecutor::initTestCase()
{
    m_executor = *Transcript::load(u"executor/custom-executor"_s);
    m_scheduler = *Transcript::load(u"executor/custom-executor-scheduler-side"_s);
    m_cluster = std::make_unique<Cluster>();
    const auto master = m_cluster->startMaster({u"--allocation_interval=50ms"_s});
    QVERIFY2(master, master ? "" : master.error().message.c_str());
    const auto agent = m_cluster->startAgent();
    QVERIFY2(agent, agent ? "" : agent.error().message.c_str());
    m_framework =
        std::make_unique<Framework>(*m_cluster, u"fw"_s,
                                    json("{'roles':['*'],'checkpoint':true,'failover_timeout':600,'"
                                         "capabilities':[{'type':'PARTITION_AWARE'},"
                                         "{'type':'MULTI_ROLE'},{'type':'TASK_KILLING_STATE'},{'"
                                         "type':'RESERVATION_REFINEMENT'}]}"));
    QVERIFY(!m_framework->await("SUBSCRIBED").isEmpty());
}

void TestGoldenExecutor::learnIds(const QJsonObject &offer)
{
    const QString agent = offer.value("agent_id"_L1).toObject().value("value"_L1).toString();
    for (const QString &master : {u"M1"_s, u"416619d6-4f2c-4972-94b0-9ccbdac60a9c"_s}) {
        m_likeness.learn(master + u"-0000"_s, m_framework->id());
        m_likeness.learn(master + u"-S0"_s, agent);
    }
    m_likeness.learn(u"15351"_s, QString::number(m_cluster->agentPort()));
}

/// Plays the recorded ACCEPT on what is on offer; the executor's command is one that waits and
/// cannot be ended by SIGTERM.
bool TestGoldenExecutor::accept(const QString &recordedOffer, const Row &row)
{
    const QJsonObject offer = m_framework->awaitOffer();
    learnIds(offer);
    m_likeness.learn(recordedOffer, offer.value("id"_L1).toObject().value("value"_L1).toString());
    QByteArray call = QJsonDocument(m_likeness.translate(row.value("call")).toObject())
                          .toJson(QJsonDocument::Compact);
    call.replace("exec /usr/bin/python3 <scratch>/myexec.py full <scratch>/ex/log.jsonl",
                 "env > environment; trap '' TERM; while :; do sleep 1; done");
    return m_framework->call(QJsonDocument::fromJson(call).object()) == 202;
}

void TestGoldenExecutor::report(const QString &file, const Row &row, const QStringList &differences)
{
    for (const QString &difference : differences) {
        const QString text = u"line %1 %2"_s.arg(row.line).arg(difference);
        const auto known =
            std::find_if(expectations().begin(), expectations().end(), [&](const Expected &entry) {
                return entry.file == file && entry.where.match(text).hasMatch();
            });
        if (known != expectations().end())
            qInfo("%s %s -- %s", qPrintable(file), qPrintable(text.left(160)),
                  qPrintable(known->reason));
        else
            m_differences += text;
    }
}

void TestGoldenExecutor::compareEnvironment(const Row &row)
{
    const QString path =
        u"/frameworks/%1/executors/ex1/runs/latest/environment"_s.arg(m_framework->id());
    QStringList lines;
    QTRY_VERIFY((lines = getJson(m_cluster->agentPort(),
                                 "/files/read?offset=0&length=20000&path=" + path.toUtf8())
                             .value("data"_L1)
                             .toString()
                             .split(u'\n'))
                    .size()
                > 5);
    QJsonObject ours;
    for (const QString &line : lines) {
        if (line.contains(u'='))
            ours.insert(line.section(u'=', 0, 0), line.section(u'=', 1));
    }
    report(m_executor.name, row,
           m_likeness.compare(u"environment"_s, row.value("environment"), ours));
}

/// What makes the agent send this event.
void TestGoldenExecutor::schedulerActs(const QString &event)
{
    static const QHash<QString, QString> calls{{u"LAUNCH"_s, u"ACCEPT"_s},
                                               {u"MESSAGE"_s, u"MESSAGE"_s},
                                               {u"KILL"_s, u"KILL"_s},
                                               {u"SHUTDOWN"_s, u"SHUTDOWN"_s}};
    for (const Row &row : m_scheduler.rows) {
        const QJsonObject call = row.value("call").toObject();
        if (!calls.contains(event) || typeOf(call) != calls.value(event)
            || (event == u"LAUNCH"_s && row.line < 4))
            continue;
        if (event == u"LAUNCH"_s)
            QVERIFY(accept(u"M1-O1"_s, row));
        else
            QVERIFY2(m_framework->call(m_likeness.translate(call).toObject()) == 202,
                     QJsonDocument(m_likeness.translate(call).toObject())
                         .toJson(QJsonDocument::Compact));
        return;
    }
}

QJsonObject TestGoldenExecutor::takeEvent(const QString &type)
{
    auto &events = m_stream->events;
    auto at = events.end();
    const bool came = QTest::qWaitFor(
        [&] {
            m_stream->poll();
            at = std::find_if(events.begin(), events.end(),
                              [&](const QJsonObject &event) { return typeOf(event) == type; });
            return at != events.end();
        },
        30000);
    if (!came)
        return {};
    const QJsonObject event = *at;
    events.erase(at);
    return event;
}

void TestGoldenExecutor::playCall(const Row &row)
{
    QByteArray accept = "Accept: application/json";
    QByteArray content = "Content-Type: application/json";
    for (const Row &before :
         m_executor.rows) { // the remark before a call says what is odd about it
        if (before.line != row.line - 1)
            continue;
        if (before.text("note") == u"Accept text/html"_s)
            accept = "Accept: text/html";
        if (before.text("note") == u"Content-Type text/plain"_s)
            content = "Content-Type: text/plain";
    }
    const QJsonValue call = m_likeness.translate(row.value("call"));
    const QByteArray body = call.isString()
        ? call.toString().toUtf8()
        : QJsonDocument(call.toObject()).toJson(QJsonDocument::Compact);
    const Answer answer =
        exchange(m_cluster->agentPort(), "POST " + kPath, {content, accept}, body);
    QStringList ours{QString::fromLatin1(answer.statusLine)};
    for (const QByteArray &line : answer.headerLines)
        ours += QString::fromLatin1(line);
    const bool hasText = !row.text("response_body").isEmpty();
    QStringList differences =
        m_likeness.compareHeads(fullHead(row.value("response_head"), hasText), ours);
    if (hasText == answer.body.isEmpty())
        differences += u"body: recorded \"%1\", ours \"%2\""_s.arg(row.text("response_body"),
                                                                   QString::fromUtf8(answer.body));
    report(m_executor.name, row, differences);
}

void TestGoldenExecutor::playEvent(const Row &row)
{
    const QJsonObject recorded = eventOf(row);
    const QString type = typeOf(recorded);
    if (type == u"ACKNOWLEDGED"_s) { // comes when the scheduler has acknowledged; written down
                                     // before the call it answers
        m_acknowledgements.push_back(row);
        return;
    }
    const bool first = recorded.value("launch"_L1)
                           .toObject()
                           .value("task"_L1)
                           .toObject()
                           .value("name"_L1)
                           .toString()
        == u"t1"_s;
    if (!first)
        schedulerActs(type);
    const QJsonObject ours = takeEvent(type);
    report(m_executor.name, row,
           ours.isEmpty() ? QStringList{type + u" did not come"_s}
                          : m_likeness.compare(u"event"_s, recorded, ours));
}

void TestGoldenExecutor::isAnsweredAsRecorded()
{
    const auto launch = std::find_if(m_scheduler.rows.begin(), m_scheduler.rows.end(),
                                     [](const Row &row) { return row.has("call"); });
    QVERIFY(accept(u"M1-O0"_s, *launch));
    bool away = false; // the agent was killed and restarted there: see the agent's own tests
    for (const Row &row : m_executor.rows) {
        const QString stream = row.text("stream");
        if (row.text("closed") == u"eof"_s && std::exchange(away, true) == false)
            qInfo("executor/custom-executor from line %d: the agent's restart is not played here; "
                  "what follows goes on with the first stream",
                  row.line);
        if (typeOf(eventOf(row)) == u"KILL"_s)
            away = false;
        if (away)
            continue;
        const QJsonObject call = row.value("call").toObject();
        if (row.has("environment")) {
            compareEnvironment(row);
        } else if (!stream.isEmpty() && typeOf(call) == u"SUBSCRIBE"_s) {
            m_stream = std::make_unique<EventStream>(m_cluster->agentPort(), kPath,
                                                     m_likeness.translate(call).toObject());
            QTRY_VERIFY((m_stream->poll(), m_stream->hasHead()));
        } else if (row.has("call") && stream.isEmpty()) {
            playCall(row);
        } else if (row.has("response_head") && !stream.isEmpty()) {
            report(m_executor.name, row,
                   m_likeness.compareHeads(fullHead(row.value("response_head"), false),
                                           m_stream->head));
        } else if (row.has("response_head")) { // the GET
            const Answer answer = exchange(m_cluster->agentPort(), "GET " + kPath);
            QCOMPARE(answer.status(), 405);
        } else if (!eventOf(row).isEmpty()) {
            playEvent(row);
        }
    }
    for (const QString &difference : std::exchange(m_differences, {}))
        QTest::qFail(qPrintable(difference), __FILE__, __LINE__);
}

/// The status of this task in this state; updates of several tasks may come in any order.
QJsonObject TestGoldenExecutor::takeStatus(const QJsonObject &expected)
{
    const auto same = [&](const QJsonObject &status) {
        return status.value("task_id"_L1) == expected.value("task_id"_L1)
            && status.value("state"_L1) == expected.value("state"_L1);
    };
    for (;;) {
        if (const auto at = std::find_if(m_statuses.begin(), m_statuses.end(), same);
            at != m_statuses.end()) {
            const QJsonObject status = *at;
            m_statuses.erase(at);
            return status;
        }
        m_statuses.push_back(m_framework->awaitStatus());
        if (m_statuses.back().isEmpty())
            return {};
    }
}

void TestGoldenExecutor::itsSchedulerIsToldAsRecorded()
{
    for (const Row &row : m_scheduler.rows) {
        const QJsonObject recorded = eventOf(row);
        const QString type = typeOf(recorded);
        const QString message = recorded.value("update"_L1)
                                    .toObject()
                                    .value("status"_L1)
                                    .toObject()
                                    .value("message"_L1)
                                    .toString();
        if ((type != u"UPDATE"_s && type != u"MESSAGE"_s && type != u"FAILURE"_s)
            || message.startsWith("made while"_L1))
            continue;
        if (type == u"UPDATE"_s) {
            const QJsonObject expected =
                recorded.value("update"_L1).toObject().value("status"_L1).toObject();
            report(m_scheduler.name, row,
                   m_likeness.compare(u"status"_s, expected, takeStatus(expected)));
        } else {
            report(m_scheduler.name, row,
                   m_likeness.compare(u"event"_s, recorded,
                                      m_framework->await(type.toLatin1().constData())));
        }
    }
    for (const Row &row : m_acknowledgements) {
        const QJsonObject recorded = eventOf(row);
        const QString sent =
            recorded.value("acknowledged"_L1).toObject().value("uuid"_L1).toString();
        if (sent == u"nLIK2MaVRPCc77SJtPUGYw=="_s) // of the update made while the agent was away
            continue;
        m_likeness.learn(sent, sent); // the executor's own bytes come back
        report(m_executor.name, row,
               m_likeness.compare(u"event"_s, recorded, takeEvent(u"ACKNOWLEDGED"_s)));
    }
    for (const QString &difference : std::exchange(m_differences, {}))
        QTest::qFail(qPrintable(difference), __FILE__, __LINE__);
}

QTEST_GUILESS_MAIN(TestGoldenExecutor)
#include "tst_golden_executor.moc"
