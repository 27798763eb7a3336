// What Apache Mesos' agents said to their master is what mesos-agent says: the masters of
// recordings in tests/golden/daemon-messages are played against our agent.

#include <QtTest>

#include "tests/system/golden/agent_replay.h"

using namespace meseta::test;
using namespace Qt::StringLiterals;

class TestGoldenAgent : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void speaksAsRecorded_data();
    void speaksAsRecorded();
    void comesBackAsRecorded_data();
    void comesBackAsRecorded();
    void isTakenBackAsRecorded();
    void drainsAsRecorded();

private:
    std::unique_ptr<QTemporaryDir> m_folder;
};

#define MUST(result)                                                                               \
    do {                                                                                           \
        const auto done = (result);                                                                \
        QVERIFY2(done, done ? "" : done.error().message.c_str());                                  \
    } while (false)
#define PLAY(replay, from, to)                                                                     \
    do {                                                                                           \
        const QStringList found = (replay).play(from, to);                                         \
        if (!found.isEmpty())                                                                      \
            qWarning("%s", (replay).agent().logTail().constData());                                \
        QVERIFY2(found.isEmpty(), qPrintable(found.join(u"; "_s)));                                \
    } while (false)

void TestGoldenAgent::speaksAsRecorded_data()
{
    QTest::addColumn<QString>("recording");
    QTest::addColumn<QString>("to"); ///< the note where to stop
    QTest::newRow("registers, answers pings") << u"a-register-ping"_s << QString();
    QTest::newRow("runs a task") << u"b2-command-task-http-executor"_s << QString();
    QTest::newRow("ends a framework with a task and a group") << u"f-teardown"_s << QString();
    QTest::newRow("kills a task, kills another that does not obey")
        << u"c-task-killed"_s << QString();
}

void TestGoldenAgent::speaksAsRecorded()
{
    QFETCH(QString, recording);
    QFETCH(QString, to);
    AgentReplay replay(recording, m_folder->path());
    MUST(replay.start());
    PLAY(replay, QString(), to);
}

void TestGoldenAgent::comesBackAsRecorded_data()
{
    QTest::addColumn<QString>("recording");
    QTest::newRow("its tasks are not checkpointed") << u"d2-agent-kill9-no-checkpoint"_s;
    QTest::newRow("its task and its group go on") << u"d-agent-kill9-restart"_s;
}

/// The agent is killed and started again.
void TestGoldenAgent::comesBackAsRecorded()
{
    QFETCH(QString, recording);
    AgentReplay replay(recording, m_folder->path());
    MUST(replay.start());
    PLAY(replay, QString(), u"agent gets SIGKILL"_s);
    MUST(replay.restart());
    PLAY(replay, u"agent gets SIGKILL"_s, QString());
}

/// Its master dies while a task and a group run, and is started again. The recorded agent noticed
/// when no ping had come for 75 s; ours is told that it is not connected any more.
void TestGoldenAgent::isTakenBackAsRecorded()
{
    AgentReplay replay(u"e-master-restart"_s, m_folder->path());
    MUST(replay.start());
    PLAY(replay, QString(), u"master gets SIGKILL"_s);
    const QStringList lost = replay.lose();
    QVERIFY2(lost.isEmpty(), qPrintable(lost.join(u"; "_s)));
    PLAY(replay, u"master gets SIGKILL"_s, QString());
}

void TestGoldenAgent::drainsAsRecorded()
{
    AgentReplay replay(u"j-drain-agent"_s, m_folder->path());
    MUST(replay.start());
    PLAY(replay, QString(), QString());
    QTRY_VERIFY_WITH_TIMEOUT(!replay.agent().isRunning(), 30000);
}

QTEST_GUILESS_MAIN(TestGoldenAgent)
#include "tst_golden_agent.moc"
