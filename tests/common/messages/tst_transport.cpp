// Messages between processes: delivery, order, links and their end.
#include <array>
#include <cerrno>

#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/messages/transport.h"
#include "tests/common/http/http_fixture.h"
#include "tests/common/http/raw_client.h"

using namespace meseta::messages;
using meseta::test::RawClient;
using meseta::test::withoutDate;

namespace {

/// A daemon with one process that keeps what it gets.
class Daemon
{
public:
    explicit Daemon(const std::string &id, quint16 port = 0)
        : listening(server.listen(QHostAddress::LocalHost, port).has_value())
        , transport(std::make_unique<Transport>(server, Pid{"", "127.0.0.1", server.port()}))
        , pid(transport->pid(id))
    {
        transport->attach(id, [this](Envelope envelope) { got.push_back(std::move(envelope)); });
        QObject::connect(transport.get(), &Transport::exited, transport.get(),
                         [this](const Pid &peer) { exited.push_back(peer); });
    }

    void send(const Pid &to, const std::string &body)
    {
        transport->send(pid.id, to, "x.Message", body);
    }

    meseta::http::Server server;
    bool listening;
    std::unique_ptr<Transport> transport;
    Pid pid;
    std::vector<Envelope> got;
    std::vector<Pid> exited;
};

/// Takes connections, keeps what comes, and never answers.
class Mute
{
public:
    Mute()
    {
        server.listen(QHostAddress::LocalHost);
        QObject::connect(&server, &QTcpServer::newConnection, &server, [this] {
            QTcpSocket *socket = server.nextPendingConnection();
            sockets.push_back(socket);
            QObject::connect(socket, &QTcpSocket::readyRead, &server, [this, socket] {
                if (reads)
                    got += socket->readAll();
            });
            QObject::connect(socket, &QTcpSocket::disconnected, &server,
                             [this] { ++disconnected; });
        });
    }
    Pid pid(const std::string &id) const { return Pid{id, "127.0.0.1", server.serverPort()}; }

    QTcpServer server;
    std::vector<QTcpSocket *> sockets;
    QByteArray got;
    int disconnected = 0;
    bool reads = true;
};

/// A master that has asked for links to these processes, all at one address that never answers.
struct Linked
{
    explicit Linked(std::initializer_list<const char *> ids)
    {
        for (const char *id : ids)
            master.transport->link(peer.pid(id));
    }
    /// By one connection for all.
    bool isConnected()
    {
        return QTest::qWaitFor([this] { return peer.sockets.size() == 1; }, 20000);
    }

    Mute peer;
    Daemon master{"master"};
};

/// Takes one connection and reads from it only when asked to.
class Sluggish : public QTcpServer
{
public:
    Sluggish() { listen(QHostAddress::LocalHost); }
    ~Sluggish() override { ::close(m_fd); }
    Pid pid(const std::string &id) const { return Pid{id, "127.0.0.1", serverPort()}; }

    bool hasSomething() const
    {
        int bytes = 0;
        return m_fd >= 0 && ::ioctl(m_fd, FIONREAD, &bytes) == 0 && bytes > 0;
    }
    /// Reads all there is. Whether the connection turned out to be reset, by now or earlier.
    bool readsAReset()
    {
        std::array<char, 65536> buffer;
        ssize_t size = 0;
        while ((size = ::recv(m_fd, buffer.data(), buffer.size(), MSG_DONTWAIT)) > 0)
            m_read += size;
        m_reset = m_reset || (size < 0 && errno == ECONNRESET);
        return m_reset;
    }
    qint64 read() const { return m_read; }

private:
    void incomingConnection(qintptr descriptor) override { m_fd = static_cast<int>(descriptor); }

    int m_fd = -1;
    qint64 m_read = 0;
    bool m_reset = false;
};

Pid nobody()
{
    QTcpServer unused;
    unused.listen(QHostAddress::LocalHost);
    return Pid{"master", "127.0.0.1", unused.serverPort()};
}

} // namespace

class TestTransport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void deliversAMessage()
    {
        Daemon master("master");
        Daemon agent("slave(1)");
        mesos::internal::PingSlaveMessage ping;
        ping.set_connected(true);
        master.transport->send("master", agent.pid, ping);
        QTRY_COMPARE(agent.got.size(), size_t(1));
        QCOMPARE(agent.got[0].name, "mesos.internal.PingSlaveMessage");
        QCOMPARE(agent.got[0].body, ping.SerializeAsString());
        QCOMPARE(agent.got[0].from.text(), master.pid.text());
        QCOMPARE(agent.got[0].to.text(), agent.pid.text());
    }

    void keepsTheOrderAlsoBeforeTheConnectionStands()
    {
        Daemon master("master");
        Daemon agent("slave(1)");
        master.transport->link(agent.pid);
        for (int i = 0; i < 1000; ++i)
            master.send(agent.pid, std::to_string(i));
        QTRY_COMPARE(agent.got.size(), size_t(1000));
        for (int i = 0; i < 1000; ++i)
            QCOMPARE(agent.got[size_t(i)].body, std::to_string(i));
        QCOMPARE(agent.server.connectionCount(), 1);
    }

    void answersLikeMesos_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<QByteArray>("answer");
        const QByteArray accepted = "HTTP/1.1 202 Accepted\r\nDate: D\r\nContent-Length: 0\r\n\r\n";
        const QByteArray notFound =
            "HTTP/1.1 404 Not Found\r\nDate: D\r\nContent-Type: text/plain; charset=utf-8\r\n"
            "Content-Length: 14\r\n\r\n404 Not Found.";
        const auto row = [](const char *name, const QByteArray &request, const QByteArray &answer) {
            QTest::newRow(name) << request << answer;
        };
        row("as libprocess writes it",
            "POST /master/x.Y HTTP/1.1\r\nUser-Agent: libprocess/a@1.2.3.4:5\r\nLibprocess-From: "
            "a@1.2.3.4:5\r\n"
            "Connection: Keep-Alive\r\nHost: h:1\r\nTransfer-Encoding: "
            "chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
            accepted);
        row("with a length",
            "POST /master/x.Y HTTP/1.1\r\nlibprocess-from: a@1.2.3.4:5\r\ncontent-length: "
            "4\r\n\r\nbody",
            accepted);
        row("only User-Agent",
            "POST /master/x.Y HTTP/1.1\r\nUser-Agent: libprocess/a@1.2.3.4:5\r\nContent-Length: "
            "4\r\n\r\nbody",
            accepted);
        row("percent-encoded",
            "POST /m%61ster/x.Y HTTP/1.1\r\nLibprocess-From: a@1.2.3.4:5\r\nContent-Length: "
            "4\r\n\r\nbody",
            accepted);
        row("sender is no pid",
            "POST /master/x.Y HTTP/1.1\r\nLibprocess-From: x\r\nContent-Length: 4\r\n\r\nbody",
            accepted);
        row("unknown process",
            "POST /nobody/x.Y HTTP/1.1\r\nLibprocess-From: x\r\nContent-Length: 4\r\n\r\nbody",
            notFound);
        row("no process",
            "POST /x.Y HTTP/1.1\r\nLibprocess-From: x\r\nContent-Length: 4\r\n\r\nbody", notFound);
    }

    void answersLikeMesos()
    {
        QFETCH(QByteArray, request);
        QFETCH(QByteArray, answer);
        Daemon master("master");
        RawClient client(master.server.port());
        client.send(request);
        QCOMPARE(withoutDate(client.readBytes(answer.size() - 1 + 29)),
                 answer); // "D" stands for 29 letters and a space
        QCOMPARE(master.got.size(), size_t(answer.contains("202") ? 1 : 0));
        if (!master.got.empty()) {
            QCOMPARE(master.got[0].name, "x.Y");
            QCOMPARE(master.got[0].body, "body");
        }
    }

    void takesAMessageWithoutAnyBody()
    {
        Daemon master("master");
        RawClient client(master.server.port());
        client.send("POST /master/x.Y HTTP/1.1\r\nLibprocess-From: a@1.2.3.4:5\r\n\r\n"
                    "POST /master/x.Z HTTP/1.1\r\nLibprocess-From: a@1.2.3.4:5\r\n\r\n");
        QTRY_COMPARE(master.got.size(), size_t(2));
        QCOMPARE(master.got[1].name, "x.Z");
        QCOMPARE(master.got[1].body, "");
    }

    void refusesASenderThatSaysNothing()
    {
        Daemon master("master");
        RawClient client(master.server.port());
        client.send("POST /master/x.Y HTTP/1.1\r\nUser-Agent: libprocess/\r\n\r\n");
        QCOMPARE(client.readAnswer().status(), 500);
    }

    void comparesAddressesOnlyWhenTold()
    {
        Daemon master("master");
        const QByteArray message =
            "POST /master/x.Y HTTP/1.1\r\nLibprocess-From: a@1.2.3.4:5\r\n\r\n";
        RawClient client(master.server.port());
        client.send(message);
        QCOMPARE(client.readAnswer().status(), 202);
        master.transport->setPeerAddressCheck(true);
        client.send(message);
        QCOMPARE(client.readAnswer().status(), 400);
        client.send(QByteArray(message).replace("1.2.3.4", "127.0.0.1"));
        QCOMPARE(client.readAnswer().status(), 202);
    }

    void deliversAtHomeWithoutASocketAndNotAtOnce()
    {
        Daemon master("master");
        master.send(master.pid, "hello");
        QVERIFY(master.got.empty());
        QTRY_COMPARE(master.got.size(), size_t(1));
        QCOMPARE(master.got[0].body, "hello");
        QCOMPARE(master.server.connectionCount(), 0);
    }

    void closesAConnectionThatIsNotLinkedWhenAllIsSent()
    {
        Mute peer;
        Daemon master("master");
        master.send(peer.pid("slave(1)"), "one");
        master.send(peer.pid("slave(2)"), "two");
        QTRY_COMPARE(peer.disconnected, 1);
        QCOMPARE(peer.sockets.size(), size_t(1));
        QVERIFY(peer.got.contains("POST /slave(1)/x.Message")
                && peer.got.contains("POST /slave(2)/x.Message"));
        master.send(peer.pid("slave(1)"), "three");
        QTRY_COMPARE(peer.sockets.size(), size_t(2));
        QVERIFY(master.exited.empty());
    }

    void keepsALinkedConnectionAndSendsNothingToMakeIt()
    {
        Linked linked({"slave(1)", "slave(2)"});
        auto &[peer, master] = linked;
        QVERIFY(linked.isConnected());
        master.send(peer.pid("slave(1)"), "one");
        QTRY_VERIFY(peer.got.endsWith("3\r\none\r\n0\r\n\r\n"));
        QVERIFY(peer.got.startsWith("POST /slave(1)/x.Message "));
        QCOMPARE(peer.got.count("POST "), 1);
        master.send(peer.pid("slave(2)"), "two");
        QTRY_VERIFY(peer.got.endsWith("3\r\ntwo\r\n0\r\n\r\n"));
        QCOMPARE(peer.disconnected, 0);
        QCOMPARE(peer.sockets.size(), size_t(1));
    }

    void tellsTheEndOfEachLinkedProcessThere()
    {
        Linked linked({"slave(2)", "slave(1)", "slave(1)"});
        auto &[peer, master] = linked;
        QVERIFY(linked.isConnected());
        peer.sockets[0]->abort();
        QTRY_COMPARE(master.exited.size(), size_t(2));
        QCOMPARE(master.exited[0].id, "slave(1)");
        QCOMPARE(master.exited[1].id, "slave(2)");
        master.transport->link(nobody());
        QTRY_COMPARE(master.exited.size(), size_t(3)); // and of nothing else before it
        QCOMPARE(master.exited[2].id, "master");
    }

    void tellsThatALinkCouldNotBeMade()
    {
        Daemon agent("slave(1)");
        const Pid master = nobody();
        agent.transport->link(master);
        QVERIFY(agent.exited.empty());
        QTRY_COMPARE(agent.exited.size(), size_t(1));
        QCOMPARE(agent.exited[0].text(), master.text());
    }

    void losesAMessageToNobodyWithoutAWord()
    {
        Daemon agent("slave(1)");
        agent.send(nobody(), "lost");
        Pid linked = nobody();
        linked.id = "linked";
        agent.transport->link(linked); // ends after the message is lost
        QTRY_COMPARE(agent.exited.size(), size_t(1));
        QCOMPARE(agent.exited[0].id, "linked");
    }

    void linksAgainAfterThePeerIsBack()
    {
        Daemon agent("slave(1)");
        auto master = std::make_unique<Daemon>("master");
        const Pid pid = master->pid;
        agent.transport->link(pid);
        agent.send(pid, "one");
        QTRY_COMPARE(master->got.size(), size_t(1));
        master.reset();
        QTRY_COMPARE(agent.exited.size(), size_t(1));

        Daemon again("master", pid.port);
        QVERIFY(again.listening);
        agent.transport->link(pid);
        agent.send(pid, "two");
        QTRY_COMPARE(again.got.size(), size_t(1));
        QCOMPARE(again.got[0].body, "two");
    }

    void replacesAConnectionOnRelinkWithoutAnEnd()
    {
        Linked linked({"slave(1)"});
        auto &[peer, master] = linked;
        QVERIFY(linked.isConnected());
        master.transport->relink(peer.pid("slave(1)"));
        QTRY_COMPARE(peer.sockets.size(), size_t(2));
        QTRY_COMPARE(peer.disconnected, 1);
        QVERIFY(master.exited.empty());
        peer.sockets[1]->abort();
        QTRY_COMPARE(master.exited.size(), size_t(1));
    }

    void closesOnUnlinkOfTheLastProcessThere()
    {
        Linked linked({"slave(1)", "slave(2)"});
        auto &[peer, master] = linked;
        QVERIFY(linked.isConnected());
        master.transport->unlink(peer.pid("slave(1)"));
        master.send(peer.pid("slave(2)"), "one");
        QTRY_VERIFY(peer.got.endsWith("3\r\none\r\n0\r\n\r\n"));
        QCOMPARE(peer.disconnected, 0);
        QCOMPARE(peer.sockets.size(), size_t(1));
        master.transport->unlink(peer.pid("slave(2)"));
        QTRY_COMPARE(peer.disconnected, 1);
        QVERIFY(master.exited.empty());
    }

    void takesBackWhatIsUnderWayWhenItCuts()
    {
        Sluggish peer;
        Daemon master("master");
        master.transport->link(peer.pid("slave(1)"));
        const std::string launch(1024 * 1024, 'x');
        for (int i = 0; i < 64; ++i) // more than both kernels keep
            master.send(peer.pid("slave(1)"), launch);
        QTRY_VERIFY(peer.hasSomething());
        master.transport->cut(peer.pid("slave(1)"));
        QTRY_VERIFY(peer.readsAReset());
        QVERIFY2(peer.read() < 32 * 1024 * 1024, qPrintable(QString::number(peer.read())));
        QVERIFY(master.exited.empty());
    }

    void cutsNobodyElseAtTheAddress()
    {
        Linked linked({"slave(1)", "slave(2)"});
        auto &[peer, master] = linked;
        QVERIFY(linked.isConnected());
        master.send(peer.pid("slave(2)"), "one");
        master.transport->cut(peer.pid("slave(1)"));
        QTRY_VERIFY(peer.got.endsWith("3\r\none\r\n0\r\n\r\n"));
        QCOMPARE(peer.disconnected, 0);
    }

    void tellsTheEndOfALinkedProcessAtHome()
    {
        Daemon daemon("master");
        daemon.transport->attach("helper", [](const Envelope &) {});
        daemon.transport->link(daemon.transport->pid("helper"));
        daemon.transport->detach("helper");
        QTRY_COMPARE(daemon.exited.size(), size_t(1));
        QCOMPARE(daemon.exited[0].id, "helper");
        daemon.transport->link(daemon.transport->pid("ghost"));
        QTRY_COMPARE(daemon.exited.size(), size_t(2));
    }

    void answers404OnceDetached()
    {
        Daemon master("master");
        master.transport->detach("master");
        RawClient client(master.server.port());
        client.send("POST /master/x.Y HTTP/1.1\r\nLibprocess-From: a@1.2.3.4:5\r\n\r\n");
        QCOMPARE(client.readAnswer().status(), 404);
    }

    void cutsOffAPeerThatLetsMessagesPileUp()
    {
        Mute peer;
        peer.reads = false;
        peer.server.setMaxPendingConnections(1);
        Daemon master("master");
        master.transport->setQueueLimit(2 * 1024 * 1024);
        master.transport->link(peer.pid("slave(1)"));
        QTRY_COMPARE(peer.sockets.size(), size_t(1));
        peer.sockets[0]->setReadBufferSize(1024);
        const std::string body(256 * 1024, 'a');
        for (int i = 0; i < 200 && master.exited.empty(); ++i) {
            master.send(peer.pid("slave(1)"), body);
            QCoreApplication::processEvents();
        }
        QTRY_COMPARE(master.exited.size(), size_t(1));
        // What comes after is a new beginning.
        peer.reads = true;
        master.send(peer.pid("slave(1)"), "again");
        QTRY_COMPARE(peer.sockets.size(), size_t(2));
    }

    void drainsTheAnswersOfThePeer()
    {
        Daemon master("master");
        Daemon agent("slave(1)");
        master.transport->link(agent.pid);
        for (int round = 0; round < 20; ++round) {
            for (int i = 0; i < 1000; ++i)
                master.send(agent.pid, "x");
            QTRY_COMPARE(agent.got.size(), size_t((round + 1) * 1000));
        }
        QVERIFY(master.exited.empty());
    }

    void resolvesHostNames()
    {
        Daemon master("master");
        Daemon agent("slave(1)");
        master.send(Pid{"slave(1)", "localhost", agent.pid.port}, "by name");
        QTRY_COMPARE(agent.got.size(), size_t(1));
        const Pid unknown{"slave(1)", "no-such-host.invalid", 5051};
        master.transport->link(unknown);
        QTRY_COMPARE_WITH_TIMEOUT(master.exited.size(), size_t(1), 20000);
        QCOMPARE(master.exited[0].text(), unknown.text());
    }

    void mayDetachItselfWhileReceiving()
    {
        Daemon master("master");
        master.transport->attach("once",
                                 [&](const Envelope &) { master.transport->detach("once"); });
        RawClient client(master.server.port());
        const QByteArray message =
            "POST /once/x.Y HTTP/1.1\r\nLibprocess-From: a@1.2.3.4:5\r\n\r\n";
        client.send(message + message);
        QCOMPARE(client.readAnswer().status(), 202);
        QCOMPARE(client.readAnswer().status(), 404);
    }
};

QTEST_GUILESS_MAIN(TestTransport)
#include "tst_transport.moc"
