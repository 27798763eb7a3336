// What operators were answered by Apache Mesos to calls that change something, and how it refused
// them, is what they are answered here (tests/golden/operator/writes, tests/golden/legacy/writes).

#include <QtTest>

#include "tests/system/framework.h"
#include "tests/system/golden/json_parts.h"

using namespace meseta::test;
using namespace meseta::test::parts;
using namespace Qt::StringLiterals;

namespace {

QRegularExpression where(const char *pattern)
{
    return QRegularExpression(QLatin1String(pattern));
}

/// Where we differ from the recordings and why. Matched against "request path: what".
const std::vector<Expected> &differing()
{
    static const std::vector<Expected> all{
        {u"legacy/writes"_s, where("^GET /tasks.* body"),
         u"the tasks of that cluster; tst_golden_operator compares them"_s},
    };
    return all;
}

const Expected *find(const std::vector<Expected> &list, const QString &file, const QString &text)
{
    const auto at = std::find_if(list.begin(), list.end(), [&](const Expected &entry) {
        return entry.file == file && entry.where.match(text).hasMatch();
    });
    return at == list.end() ? nullptr : &*at;
}

QStringList headOf(const Answer &answer)
{
    QStringList head{QString::fromLatin1(answer.statusLine)};
    for (const QByteArray &line : answer.headerLines)
        head += QString::fromLatin1(line);
    return head;
}

QStringList recordedHead(const Row &row)
{
    QJsonArray head{row.text("status")};
    for (const QJsonValue &line : row.value("headers").toArray())
        head.append(line);
    const bool hasText = row.has("response_text");
    if (head.size() == 1 && row.has("response") && !hasText)
        head = {row.text("status"), u"Content-Type: application/json"_s, u"Content-Length: 1"_s};
    return fullHead(head.size() == 1 ? head.at(0) : QJsonValue(head), hasText);
}

/// What the recorder kept of an answer.
QJsonObject kept(const Row &row, QJsonObject body)
{
    if (!row.text("note").startsWith("second agent"_L1))
        return body;
    QJsonArray agents;
    for (const QJsonValue &agent : member(body, "get_agents"_L1).value("agents"_L1).toArray()) {
        QJsonObject part;
        for (const auto name : {"active"_L1, "deactivated"_L1, "pid"_L1})
            part.insert(name, agent.toObject().value(name));
        part.insert("id"_L1, part.value("pid"_L1)); // tells them apart
        agents.append(part);
    }
    return {{u"get_agents"_s, QJsonObject{{u"agents"_s, agents}}}};
}

} // namespace

class TestGoldenWrites : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void answersAsRecorded_data();
    void answersAsRecorded();

private:
    QStringList play(const QString &file, const Row &row);

    Cluster m_cluster;
    Likeness m_likeness;
    int m_compared = 0;
};

void TestGoldenWrites::initTestCase()
{
    const auto master = m_cluster.startMaster();
    QVERIFY2(master, master ? "" : master.error().message.c_str());
    for (const auto number : {"0"_L1, "1"_L1}) {
        const auto agent = m_cluster.startAgent();
        QVERIFY2(agent, agent ? "" : agent.error().message.c_str());
        const size_t index = number == "0"_L1 ? 0 : 1;
        const QString agentId =
            id(member(member(operatorCall(m_cluster.agentPort(index), json("{'type':'GET_AGENT'}")),
                             "get_agent"_L1),
                      "agent_info"_L1),
               "id"_L1);
        QVERIFY(!agentId.isEmpty());
        for (const auto recorded : {"87ebd5b9-d4fd-4f5c-88db-3497dd04c662"_L1, "M1"_L1})
            m_likeness.learn(recorded + u"-S"_s + number, agentId);
        m_likeness.learn(u"1525%1"_s.arg(index + 1), QString::number(m_cluster.agentPort(index)));
    }
    m_likeness.learn(u"15250"_s, QString::number(m_cluster.masterPort()));
}

QStringList TestGoldenWrites::play(const QString &file, const Row &row)
{
    const bool isCall = row.value("request").isObject();
    const QString request = isCall
        ? QString::fromUtf8(
            QJsonDocument(row.value("request").toObject()).toJson(QJsonDocument::Compact))
        : row.text("request");
    const QByteArray body = m_likeness.translate(row.text("request_body")).toUtf8();
    const Answer answer = isCall
        ? postJson(m_cluster.masterPort(), "/api/v1",
                   m_likeness.translate(row.value("request")).toObject())
        : exchange(m_cluster.masterPort(), m_likeness.translate(request).toUtf8(), {}, body);
    QStringList differences = m_likeness.compareHeads(recordedHead(row), headOf(answer));
    if (row.value("response").isObject())
        differences += m_likeness.compare(u"body"_s, kept(row, row.value("response").toObject()),
                                          kept(row, QJsonDocument::fromJson(answer.body).object()));
    else if (row.text("response_text").isEmpty() != answer.body.isEmpty())
        differences += u"body: recorded \"%1\", ours \"%2\""_s.arg(
            row.text("response_text"), QString::fromUtf8(answer.body).left(200));
    ++m_compared;
    const QString name =
        u"line %1 %2 %3"_s.arg(row.line).arg(request.left(160), row.text("request_body").left(60));
    QStringList left;
    for (const QString &difference : differences) {
        if (const Expected *known = find(differing(), file, request + u' ' + difference))
            qInfo("%s %s %s -- %s", qPrintable(file), qPrintable(name),
                  qPrintable(difference.left(160)), qPrintable(known->reason));
        else
            left += name + u' ' + difference;
    }
    return left;
}

void TestGoldenWrites::answersAsRecorded_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<int>("rows");
    QTest::addRow("operator") << u"operator/writes"_s << 66;
    QTest::addRow("legacy") << u"legacy/writes"_s << 69;
}

void TestGoldenWrites::answersAsRecorded()
{
    QFETCH(QString, file);
    QFETCH(int, rows);
    auto transcript = Transcript::load(file);
    QVERIFY2(transcript, transcript ? "" : transcript.error().message.c_str());
    m_compared = 0;
    QStringList differences;
    for (const Row &row : transcript->rows) {
        if (row.has("request"))
            differences += play(file, row);
    }
    for (const QString &difference : differences)
        qWarning("%s", qPrintable(difference));
    QCOMPARE(differences.size(), 0);
    QCOMPARE(m_compared, rows);
}

QTEST_GUILESS_MAIN(TestGoldenWrites)
#include "tst_golden_writes.moc"
