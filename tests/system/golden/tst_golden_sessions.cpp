// Sessions in a running task, streams attached to them and refusals of both, as Apache Mesos' agent
// answered them (tests/golden/operator/agent-session-streams).

#include <map>

#include <QtTest>

#include "tests/system/framework.h"
#include "tests/system/golden/json_parts.h"

using namespace meseta::test;
using namespace meseta::test::parts;
using namespace Qt::StringLiterals;

namespace {

/// The id that the recording has for the task's container.
const QString kRecordedParent = u"8d788afd-8be0-4fc3-b328-1a01ac344ad9"_s;

constexpr int patience = 20000;

/// Status line and headers without what differs in every run. Their order is left out: Mesos passes
/// some heads through from another process, in whose order they then are.
QStringList comparable(const QStringList &head)
{
    QStringList lines;
    for (const QString &line : head) {
        const bool differs = line.startsWith(u"Date: "_s)
            || (line.startsWith(u"Content-Length: "_s) && line != u"Content-Length: 0"_s);
        lines += differs ? line.section(u' ', 0, 0) : line;
    }
    lines.sort();
    return lines;
}

QStringList recordedHead(const Row &row)
{
    QStringList head;
    for (const QJsonValue &line : row.value("response_head").toArray())
        head += line.toString();
    return comparable(head);
}

QStringList headOf(const Answer &answer)
{
    QStringList head{QString::fromLatin1(answer.statusLine)};
    for (const QByteArray &line : answer.headerLines)
        head += QString::fromLatin1(line);
    return comparable(head);
}

/// Header lines of a recorded request that say what is wanted back.
QByteArray acceptLines(const Row &row)
{
    QByteArray lines;
    for (const QJsonValue &line : row.value("request_head").toArray()) {
        if (line.toString().contains(u"Accept: "_s))
            lines += line.toString().toLatin1() + "\r\n";
    }
    return lines;
}

/// "STDOUT one two": all that came on one stream of a container, and where it changed to another.
struct Output
{
    QString text;
    QString last;

    void add(const QJsonObject &processIo)
    {
        const QJsonObject data = member(processIo, "data"_L1);
        const QString stream = data.value("type"_L1).toString();
        if (stream != last)
            text += stream + u' ';
        last = stream;
        text +=
            QString::fromUtf8(QByteArray::fromBase64(data.value("data"_L1).toString().toLatin1()));
    }

    QString comparable() const
    {
        static const QRegularExpression terminal(u"/dev/pts/\\d+"_s);
        return QString(text).replace(terminal, u"/dev/pts/0"_s);
    }
};

/// One of our answers beside what was recorded of it.
struct Played
{
    std::unique_ptr<EventStream> ours;
    Output recorded;
    Output told;

    void poll()
    {
        ours->poll();
        for (const QJsonObject &event : ours->events)
            told.add(event);
        ours->events.clear();
    }
};

} // namespace

class TestGoldenSessions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void answersAsRecorded();

private:
    void play(const Row &row);
    void playStream(const Row &row);
    void playClosing(const Row &row, Played &played);
    void playRaw(const Row &row);
    void playCall(const Row &row);

    Cluster m_cluster;
    Likeness m_likeness;
    std::map<QString, Played> m_streams;
    std::unique_ptr<Framework> m_framework;
};

void TestGoldenSessions::initTestCase()
{
    const auto master = m_cluster.startMaster();
    QVERIFY2(master, master ? "" : master.error().message.c_str());
    const auto agent = m_cluster.startAgent();
    QVERIFY2(agent, agent ? "" : agent.error().message.c_str());
    m_framework = std::make_unique<Framework>(m_cluster, u"golden"_s);
    QVERIFY(!m_framework->await("SUBSCRIBED").isEmpty());
    QVERIFY(m_framework->launch("run", u"sleep 1000"_s));
    QString parent;
    for (QJsonObject status; status.value("state"_L1).toString() != u"TASK_RUNNING"_s;) {
        status = m_framework->awaitStatus();
        QVERIFY(!status.isEmpty());
        parent = id(member(status, "container_status"_L1), "container_id"_L1);
    }
    m_likeness.learn(kRecordedParent, parent);
}

void TestGoldenSessions::answersAsRecorded()
{
    auto transcript = Transcript::load(u"operator/agent-session-streams"_s);
    QVERIFY2(transcript, transcript ? "" : transcript.error().message.c_str());
    int played = 0;
    for (const Row &row : transcript->rows) {
        play(row);
        QVERIFY2(!QTest::currentTestFailed(), qPrintable(u"in line %1"_s.arg(row.line)));
        ++played;
    }
    QCOMPARE(played, 49);
    QCOMPARE(m_streams.size(), 6);
}

void TestGoldenSessions::play(const Row &row)
{
    if (row.has("stream"))
        playStream(row);
    else if (row.has("request_headers"))
        playRaw(row);
    else if (row.has("call"))
        playCall(row);
}

void TestGoldenSessions::playStream(const Row &row)
{
    Played &played = m_streams[row.text("stream")];
    if (row.has("call")) {
        QVERIFY(!played.ours);
        played.ours = std::make_unique<EventStream>(
            m_cluster.agentPort(), "/api/v1", m_likeness.translate(row.value("call")).toObject(),
            acceptLines(row));
    } else if (row.has("response_head")) {
        QTRY_VERIFY_WITH_TIMEOUT((played.poll(), played.ours->hasHead()), patience);
        QCOMPARE(comparable(played.ours->head), recordedHead(row));
    } else if (row.has("raw_chunk")) {
        // "<chunk length>\r\n<record length>\n<record>\r\n"
        const QString record = row.text("raw_chunk").section(u'\n', 2).trimmed();
        played.recorded.add(QJsonDocument::fromJson(record.toUtf8()).object());
        QTRY_VERIFY2_WITH_TIMEOUT(
            (played.poll(), played.told.comparable().startsWith(played.recorded.comparable())),
            qPrintable(played.told.text), patience);
    } else if (row.has("closed")) {
        playClosing(row, played);
    }
}

void TestGoldenSessions::playClosing(const Row &row, Played &played)
{
    if (row.text("closed") == u"eof"_s) // by the client
        return played.ours->close();
    QTRY_VERIFY_WITH_TIMEOUT((played.poll(), played.ours->ended), patience);
    QCOMPARE(played.told.comparable(), played.recorded.comparable());
    QVERIFY(!played.ours->badlyFramed); // one record in each chunk
}

void TestGoldenSessions::playRaw(const Row &row)
{
    const QByteArray body = m_likeness.translate(row.text("request_body")).toUtf8();
    QByteArray lines;
    for (const QJsonValue &header : row.value("request_headers").toArray())
        lines += header[0].toString().toLatin1() + ": " + header[1].toString().toLatin1() + "\r\n";
    RawClient client(m_cluster.agentPort());
    client.send("POST /api/v1 HTTP/1.1\r\nHost: a\r\n" + lines
                + "Content-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body);
    const Answer answer = client.readAnswer(false, patience);
    QVERIFY2(headOf(answer) == recordedHead(row),
             qPrintable(row.text("note") + u": "_s + headOf(answer).join(u", "_s)));
    QCOMPARE(answer.body.isEmpty(), row.text("response_body").isEmpty());
}

void TestGoldenSessions::playCall(const Row &row)
{
    const QJsonArray recorded = row.value("response").toArray();
    const Answer answer = postJson(m_cluster.agentPort(), "/api/v1",
                                   m_likeness.translate(row.value("call")).toObject());
    QCOMPARE(QString::fromLatin1(answer.statusLine), recorded.at(0).toString());
    QCOMPARE(QString::fromUtf8(answer.body), recorded.at(1).toString());
}

QTEST_GUILESS_MAIN(TestGoldenSessions)
#include "tst_golden_sessions.moc"
