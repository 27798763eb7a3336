// The bytes of daemon messages, against those recorded between a master and an agent of Apache
// Mesos.
#include <QTest>

#include "common/messages/wire_format.h"

using namespace meseta::messages;

namespace {

const Pid master{"master", "127.0.0.1", 15050};
const Pid agent{"slave(1)", "127.0.0.1", 15051};

meseta::http::Request withHeaders(const meseta::http::Headers &headers)
{
    meseta::http::Request request;
    request.method = "POST";
    request.headers = headers;
    return request;
}

} // namespace

class TestMessageWire : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void writesABodyAsOneChunk()
    {
        const Pid observer{"slave-observer(1)", "127.0.0.1", 15050};
        QCOMPARE(encodeMessage(observer, agent, "mesos.internal.PingSlaveMessage", "\x08\x01"),
                 "POST /slave(1)/mesos.internal.PingSlaveMessage HTTP/1.1\r\n"
                 "User-Agent: libprocess/slave-observer(1)@127.0.0.1:15050\r\n"
                 "Libprocess-From: slave-observer(1)@127.0.0.1:15050\r\n"
                 "Connection: Keep-Alive\r\n"
                 "Host: 127.0.0.1:15051\r\n"
                 "Transfer-Encoding: chunked\r\n"
                 "\r\n"
                 "2\r\n\x08\x01\r\n0\r\n\r\n");
    }

    void writesTheLengthOfTheChunkInLowerCaseHexadecimal()
    {
        const QByteArray bytes = encodeMessage(agent, master, "mesos.internal.RegisterSlaveMessage",
                                               std::string(0xaf, 'b'));
        QVERIFY(bytes.endsWith("chunked\r\n\r\naf\r\n" + QByteArray(0xaf, 'b') + "\r\n0\r\n\r\n"));
    }

    void saysNothingOfAnEmptyBody()
    {
        const Pid observer{"slave-observer(1)", "127.0.0.1", 15050};
        QCOMPARE(encodeMessage(agent, observer, "mesos.internal.PongSlaveMessage", ""),
                 "POST /slave-observer(1)/mesos.internal.PongSlaveMessage HTTP/1.1\r\n"
                 "User-Agent: libprocess/slave(1)@127.0.0.1:15051\r\n"
                 "Libprocess-From: slave(1)@127.0.0.1:15051\r\n"
                 "Connection: Keep-Alive\r\n"
                 "Host: 127.0.0.1:15050\r\n"
                 "\r\n");
    }

    void leavesOutAnEmptyReceiver()
    {
        QVERIFY(encodeMessage(agent, Pid{"", "1.2.3.4", 5}, "x.Y", "")
                    .startsWith("POST /x.Y HTTP/1.1\r\n"));
    }

    void findsTheSender_data()
    {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("userAgent");
        QTest::addColumn<bool>("told");
        QTest::addColumn<QByteArray>("sender");
        QTest::newRow("both: the first wins")
            << QByteArray("a@1.1.1.1:1") << QByteArray("libprocess/b@2.2.2.2:2") << true
            << QByteArray("a@1.1.1.1:1");
        QTest::newRow("from") << QByteArray("a@1.1.1.1:1") << QByteArray() << true
                              << QByteArray("a@1.1.1.1:1");
        QTest::newRow("agent") << QByteArray() << QByteArray("libprocess/b@2.2.2.2:2") << true
                               << QByteArray("b@2.2.2.2:2");
        QTest::newRow("no pid") << QByteArray("x") << QByteArray() << true << QByteArray();
        QTest::newRow("bare agent")
            << QByteArray() << QByteArray("libprocess/") << false << QByteArray();
        QTest::newRow("other agent")
            << QByteArray() << QByteArray("curl/8") << false << QByteArray();
    }

    void findsTheSender()
    {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, userAgent);
        QFETCH(bool, told);
        QFETCH(QByteArray, sender);
        meseta::http::Headers headers;
        if (!userAgent.isEmpty())
            headers.add("user-agent", userAgent);
        if (!from.isEmpty())
            headers.add("LIBPROCESS-FROM", from);
        const auto found = senderOf(withHeaders(headers));
        QCOMPARE(found.has_value(), told);
        QCOMPARE(QByteArray::fromStdString(found.value_or(Pid()).text()), sender);
    }

    void findsTheTarget()
    {
        QCOMPARE(targetOf("/slave(1)/mesos.internal.X")->id, "slave(1)");
        QCOMPARE(targetOf("/slave(1)/mesos.internal.X")->name, "mesos.internal.X");
        QCOMPARE(targetOf("/mesos.internal.X")->id, "");
        QVERIFY(!targetOf("/master/"));
        QVERIFY(!targetOf("/"));
    }
};

QTEST_GUILESS_MAIN(TestMessageWire)
#include "tst_message_wire.moc"
