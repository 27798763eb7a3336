// A scheduler on libmesos' driver beside our master: what it is sent, and what an agent is sent
// for it, are the recorded messages in the recorded order (tests/golden/daemon-messages,
// l-v0-driver). Scheduler and agent are played by this test.

#include <QtTest>

#include "tests/support/daemons.h"
#include "tests/system/golden/message_replay.h"

using namespace meseta::test;
using namespace Qt::StringLiterals;

class TestGoldenDriver : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isServedAsRecorded();
};

void TestGoldenDriver::isServedAsRecorded()
{
    constexpr int kLongerPorts = 2; // ours may take a byte more than 15050 and 15051
    Cluster cluster;
    const auto started = cluster.startMaster();
    QVERIFY2(started, started ? "" : started.error().message.c_str());
    MessagePeer agent;
    MessagePeer scheduler;
    Likeness likeness;
    likeness.learn(u"15050"_s, QString::number(cluster.masterPort()));
    likeness.learn(u"15051"_s, QString::number(agent.port()));
    likeness.learn(u"46173"_s, QString::number(scheduler.port()));
    likeness.learn(u"C1"_s, u"8c9d3a3e-3f0f-4e86-9d0a-6d6c0"_s); // makes a PID as long as recorded
    likeness.learn(u"C2"_s, u"3f0a8f7e-7a77-4c55-9a3a-4d1d0f8e6b21"_s);

    const Recording recording(u"l-v0-driver"_s);
    int told = 0;
    int expected = 0;
    for (const Row &row : recording.rows()) {
        const QString from = row.text("from").section(u'@', 0, 0);
        const QString to = row.text("to").section(u'@', 0, 0);
        const auto peer = [&](const QString &name) -> MessagePeer & {
            return name.startsWith("scheduler"_L1) ? scheduler : agent;
        };
        const bool fromMaster = from == u"master"_s || from.startsWith("slave-observer"_L1);
        const bool toMaster = to == u"master"_s || to.startsWith("slave-observer"_L1);
        if (!fromMaster && !toMaster) // among the others
            continue;
        const QStringList differences = fromMaster
            ? expect(peer(to), likeness, row, kLongerPorts)
            : tell(peer(from), likeness, row, cluster.masterPort());
        QVERIFY2(differences.isEmpty(),
                 qPrintable(u"line %1: %2\n"_s.arg(row.line).arg(differences.join(u"; "_s))
                            + QString::fromUtf8(cluster.logTails())));
        ++(fromMaster ? expected : told);
    }
    QCOMPARE(told, 17);
    QCOMPARE(expected, 15);

    // Nothing else was sent but pings and, when the allocator came round before the teardown, what
    // the killed task had used.
    const QStringList others{u"PingSlaveMessage"_s, u"ResourceOffersMessage"_s};
    for (const MessagePeer *peer : {&agent, &scheduler}) {
        for (const MessagePeer::Message &message : peer->received)
            QVERIFY2(others.contains(message.name), qPrintable(message.name));
    }
}

QTEST_GUILESS_MAIN(TestGoldenDriver)
#include "tst_golden_driver.moc"
