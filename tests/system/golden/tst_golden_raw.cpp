// A registration and the first ping as they were on the wire, every byte in both directions
// (tests/golden/daemon-messages/raw-registration.txt). What differs in each run is put in or out of
// the bytes first: ports, ids, the Date header.

#include <QtTest>

#include "tests/support/daemons.h"

using namespace meseta::test;
using namespace Qt::StringLiterals;

namespace {

const QByteArray kMasterPort = "15050";
const QByteArray kAgentPort = "15051";
const QByteArray kAgentPortField("\x40\xcb\x75", 3); // SlaveInfo.port
const QByteArray kMasterId = "c85dbce1-5850-4eb1-9743-1a9d1a810456";

/// The bytes of the dump's conversation in one direction.
QByteArray recorded(const QByteArray &direction)
{
    QFile file(qEnvironmentVariable("MESETA_SOURCE_DIR")
               + u"/tests/golden/daemon-messages/raw-registration.txt"_s);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QByteArray bytes;
    bool wanted = false;
    while (!file.atEnd()) {
        const QByteArray line = file.readLine();
        if (line.startsWith("###"))
            wanted = line.contains(direction);
        else if (wanted)
            bytes += QByteArray::fromHex(line.mid(8, 48));
    }
    return bytes;
}

/// The first `count` HTTP messages.
QByteArray messages(const QByteArray &bytes, int count)
{
    qsizetype at = 0;
    for (int i = 0; i < count; ++i) {
        const qsizetype head = bytes.indexOf("\r\n\r\n", at);
        if (head < 0)
            return {};
        const bool chunked = bytes.mid(at, head - at).contains("chunked");
        at = head + 4;
        if (chunked) {
            const qsizetype last = bytes.indexOf("\r\n0\r\n\r\n", at);
            if (last < 0)
                return {};
            at = last + 7;
        }
    }
    return bytes.left(at);
}

QByteArray withoutDate(const QByteArray &head)
{
    const qsizetype at = head.indexOf("Date: ");
    const qsizetype end = head.indexOf("\r\n", at);
    return at < 0 ? head : head.left(at) + head.mid(end + 2);
}

/// The other end: keeps what comes, and answers each message as Mesos does.
class Listener
{
public:
    Listener()
    {
        // The recorded port takes two bytes in a message: one that does, too.
        for (quint16 port = 10001; port < 16384 && !m_server.isListening(); ++port)
            m_server.listen(QHostAddress::LocalHost, port);
        QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] {
            QTcpSocket *socket = m_server.nextPendingConnection();
            QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket] {
                const int before = count();
                bytes += socket->readAll();
                for (int i = before; i < count(); ++i)
                    socket->write("HTTP/1.1 202 Accepted\r\nDate: Sun, 22 Nov 2026 16:46:37 "
                                  "GMT\r\nContent-Length: 0\r\n\r\n");
            });
        });
    }

    quint16 port() const { return m_server.serverPort(); }
    int count() const
    {
        int number = 0;
        while (!messages(bytes, number + 1).isEmpty())
            ++number;
        return number;
    }

    QByteArray bytes;

private:
    QTcpServer m_server;
};

/// Where two messages begin to differ, in words; empty when they do not.
QString firstDifference(const QByteArray &ours, const QByteArray &theirs)
{
    if (ours == theirs)
        return {};
    qsizetype at = 0;
    while (at < ours.size() && at < theirs.size() && ours[at] == theirs[at])
        ++at;
    const auto around = [at](const QByteArray &bytes) {
        return QString::fromLatin1(bytes.mid(std::max<qsizetype>(0, at - 8), 32).toHex(' '));
    };
    return u"at byte %1: ours %2, recorded %3"_s.arg(at).arg(around(ours), around(theirs));
}

/// SlaveInfo.port as a field of a message.
QByteArray portField(quint16 port)
{
    QByteArray field("\x40");
    for (; port >= 0x80; port >>= 7)
        field += char((port & 0x7f) | 0x80);
    return field + char(port);
}

} // namespace

class TestGoldenRaw : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void ourMasterRegistersAnAgentByteForByte();
    void ourAgentRegistersByteForByte();
};

void TestGoldenRaw::ourMasterRegistersAnAgentByteForByte()
{
    Cluster cluster;
    const auto started = cluster.startMaster();
    QVERIFY2(started, started ? "" : started.error().message.c_str());
    const QByteArray master = QByteArray::number(cluster.masterPort());
    QCOMPARE(master.size(), kMasterPort.size());
    Listener agent;
    const QByteArray agentPort = QByteArray::number(agent.port());
    QCOMPARE(agentPort.size(), kAgentPort.size());

    QByteArray registration = messages(recorded("-> 127.0.0.1:15050 "), 1);
    QVERIFY(registration.contains("RegisterSlaveMessage"));
    registration.replace(kAgentPortField, portField(agent.port()));
    registration.replace(kMasterPort, master).replace(kAgentPort, agentPort);
    RawClient client(cluster.masterPort());
    client.send(registration);
    const RawClient::Answer answer = client.readAnswer();
    QByteArray head = answer.statusLine + "\r\n";
    for (const QByteArray &line : answer.headerLines)
        head += line + "\r\n";
    QCOMPARE(withoutDate(head + "\r\n"), withoutDate(messages(recorded("127.0.0.1:15050 -> "), 1)));

    QTRY_COMPARE(agent.count(), 2); // that it is registered, and the first ping
    const QByteArray id = agent.bytes.mid(agent.bytes.indexOf("-S0") - 36, 36);
    QByteArray ours = agent.bytes;
    ours.replace(master, kMasterPort).replace(agentPort, kAgentPort).replace(id, kMasterId);
    QByteArray theirs = messages(recorded("-> 127.0.0.1:15051 "), 2);
    if (ours != theirs) { // which of the two goes first is chance in Mesos
        const qsizetype first = messages(theirs, 1).size();
        theirs = theirs.mid(first) + theirs.left(first);
    }
    QCOMPARE(ours, theirs);
}

void TestGoldenRaw::ourAgentRegistersByteForByte()
{
    Listener master;
    QTemporaryDir folder;
    Daemon agent(u"mesos-agent"_s, folder.path());
    const auto started =
        agent.start({u"--master=127.0.0.1:%1"_s.arg(master.port()),
                     u"--runtime_dir=%1/run"_s.arg(folder.path()), u"--no-systemd_enable_support"_s,
                     u"--launcher=posix"_s, u"--isolation=posix/cpu,posix/mem"_s,
                     u"--registration_backoff_factor=10ms"_s,
                     u"--resources=cpus:4;mem:2048;disk:4096;ports:[31000-32000]"_s});
    QVERIFY2(started, started ? "" : started.error().message.c_str());
    QTRY_VERIFY_WITH_TIMEOUT(master.count() >= 1, 30000);
    QByteArray ours = messages(master.bytes, 1);
    QByteArray theirs = messages(recorded("-> 127.0.0.1:15050 "), 1);
    const QByteArray field = portField(agent.port());
    ours.replace(field, kAgentPortField);
    const auto chunkHead = [](qsizetype size) {
        return "\r\n\r\n" + QByteArray::number(size, 16) + "\r\n";
    };
    constexpr qsizetype recordedSize = 0xaf;
    const qsizetype longer = field.size() - kAgentPortField.size();
    ours.replace(chunkHead(recordedSize + longer), chunkHead(recordedSize));
    // The first field of the body, SlaveInfo, begins with its number and its length.
    const qsizetype length =
        ours.indexOf(chunkHead(recordedSize)) + chunkHead(recordedSize).size() + 1;
    ours[length] = char(ours.at(length) - longer);
    ours.replace(QByteArray::number(master.port()), kMasterPort);
    ours.replace(QByteArray::number(agent.port()), kAgentPort);
    ours.replace("1.11.0", "1.12.0"); // versions of one length
    // The last field of the body is the resource version, 16 bytes of chance.
    const auto withoutUuid = [](QByteArray bytes) {
        const qsizetype end = bytes.lastIndexOf("\r\n0\r\n\r\n");
        return bytes.replace(end - 16, 16, QByteArray(16, 'u'));
    };
    QCOMPARE(firstDifference(withoutUuid(ours), withoutUuid(theirs)), QString());
}

QTEST_GUILESS_MAIN(TestGoldenRaw)
#include "tst_golden_raw.moc"
