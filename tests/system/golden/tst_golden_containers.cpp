// The calls on containers inside those of executors, and on standalone ones, as Apache Mesos' agent
// answered them (tests/golden/operator/agent-containers).

#include <QtTest>

#include "tests/system/framework.h"
#include "tests/system/golden/json_parts.h"

using namespace meseta::test;
using namespace meseta::test::parts;
using namespace Qt::StringLiterals;

namespace {

/// The only member of a call beside its type.
QJsonObject payload(const QJsonObject &call)
{
    for (auto member = call.begin(); member != call.end(); ++member) {
        if (member.value().isObject())
            return member.value().toObject();
    }
    return {};
}

/// What this moment alone decides: a pid, and when it was.
QJsonObject withoutChance(const QJsonObject &answer)
{
    const QJsonArray containers = member(answer, "get_containers"_L1)["containers"_L1].toArray();
    QJsonArray out;
    for (const QJsonValue &one : containers) {
        QJsonObject container = one.toObject();
        QJsonObject status = member(container, "container_status"_L1);
        status["executor_pid"_L1] = status.value("executor_pid"_L1).toInt() > 1;
        container["container_status"_L1] = status;
        QJsonObject statistics = member(container, "resource_statistics"_L1);
        statistics["timestamp"_L1] = statistics.value("timestamp"_L1).toDouble() > 1;
        // Ours tell what the processes use, too; there no isolator was at work.
        for (const char *extra : {"processes", "threads", "cpus_user_time_secs",
                                  "cpus_system_time_secs", "mem_rss_bytes"})
            statistics.remove(QLatin1StringView(extra));
        container["resource_statistics"_L1] = statistics;
        out += container;
    }
    return {{"containers"_L1, out}};
}

/// The recording shows only the container it is about.
QJsonObject onlyStandalone(const QJsonObject &answer)
{
    QJsonArray out;
    for (const QJsonValue &one : member(answer, "get_containers"_L1)["containers"_L1].toArray()) {
        if (!one.toObject().contains("executor_id"_L1))
            out += one;
    }
    return {{"get_containers"_L1, QJsonObject{{"containers"_L1, out}}}};
}

QStringList headOf(const Answer &answer)
{
    QStringList head{QString::fromLatin1(answer.statusLine)};
    for (const QByteArray &line : answer.headerLines)
        head += QString::fromLatin1(line);
    return head;
}

} // namespace

class TestGoldenContainers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answersAsRecorded();

private:
    Cluster m_cluster;
    Likeness m_likeness;
};

void TestGoldenContainers::answersAsRecorded()
{
    auto transcript = Transcript::load(u"operator/agent-containers"_s);
    QVERIFY2(transcript, transcript ? "" : transcript.error().message.c_str());
    const auto master = m_cluster.startMaster();
    QVERIFY2(master, master ? "" : master.error().message.c_str());
    const auto agent = m_cluster.startAgent();
    QVERIFY2(agent, agent ? "" : agent.error().message.c_str());
    Framework framework(m_cluster, u"golden"_s);
    QVERIFY(!framework.await("SUBSCRIBED").isEmpty());
    QVERIFY(framework.launch("run", u"sleep 1000"_s));
    QString parent;
    for (QJsonObject status; status.value("state"_L1).toString() != u"TASK_RUNNING"_s;) {
        status = framework.awaitStatus();
        QVERIFY(!status.isEmpty());
        parent = id(member(status, "container_status"_L1), "container_id"_L1);
    }
    m_likeness.learn(u"C1"_s, parent);

    int played = 0;
    for (const Row &row : transcript->rows) {
        if (!row.has("request"))
            continue;
        const QJsonObject call = row.value("request").toObject();
        const Answer answer =
            postJson(m_cluster.agentPort(), "/api/v1", m_likeness.translate(call).toObject());
        QJsonArray head{row.text("status")};
        if (row.has("response"))
            head = {row.text("status"), u"Content-Type: application/json"_s,
                    u"Content-Length: 1"_s};
        QStringList differences = m_likeness.compareHeads(
            fullHead(head.size() == 1 ? head.at(0) : QJsonValue(head), row.has("response_text")),
            headOf(answer));
        const QJsonObject body = QJsonDocument::fromJson(answer.body).object();
        const QString type = call.value("type"_L1).toString();
        const bool standalone = payload(call).value("show_standalone"_L1).toBool();
        // Of the nested ones the recorder kept none.
        const bool leftOut = type == u"GET_CONTAINERS"_s && !standalone;
        if (type == u"WAIT_CONTAINER"_s
            && row.has("response")) // how soon it heard its signal is chance there
            QVERIFY(payload(body).value("exit_status"_L1).isDouble());
        else if (standalone)
            differences +=
                m_likeness.compare(u"body"_s, withoutChance(row.value("response").toObject()),
                                   withoutChance(onlyStandalone(body)));
        else if (row.has("response") && !leftOut)
            differences += m_likeness.compare(u"body"_s, row.value("response"), body);
        else if (!leftOut && row.text("response_text").isEmpty() != answer.body.isEmpty())
            differences += u"body: recorded \"%1\", ours \"%2\""_s.arg(
                row.text("response_text"), QString::fromUtf8(answer.body));
        QVERIFY2(differences.isEmpty(),
                 qPrintable(u"line %1 %2 %3: %4"_s.arg(row.line).arg(type, row.text("note"),
                                                                     differences.join(u"; "_s))));
        ++played;
    }
    QCOMPARE(played, 34);
}

QTEST_GUILESS_MAIN(TestGoldenContainers)
#include "tst_golden_containers.moc"
