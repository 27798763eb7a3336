// Checks ask a container at its own loopback address: sockets made in its network namespace, here
// that of a process with one of its own.

#include <csignal>

#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemons/agent/checks/checker.h"
#include "daemons/agent/containerizer/container_sockets.h"
#include "daemons/agent/containerizer/native/isolators/cni/network_namespace.h"
#include "tests/support/missing.h"

using namespace meseta;
using namespace meseta::agent;
using namespace std::chrono_literals;

namespace {

constexpr std::uint16_t servedPort = 8000;

/// A process that does nothing; with `apart`, in a network namespace of its own.
class Resident
{
public:
    explicit Resident(bool apart)
    {
        int ready[2];
        if (::pipe2(ready, O_CLOEXEC) != 0)
            return;
        m_pid = ::fork();
        if (m_pid == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            if ((apart && ::unshare(CLONE_NEWNET) != 0) || ::write(ready[1], "x", 1) != 1)
                ::_exit(1);
            for (;;)
                ::pause();
        }
        ::close(ready[1]);
        char byte = 0;
        m_ready = ::read(ready[0], &byte, 1) == 1;
        ::close(ready[0]);
    }
    ~Resident()
    {
        if (m_pid > 0 && ::kill(m_pid, SIGKILL) == 0)
            ::waitpid(m_pid, nullptr, 0);
    }
    Resident(const Resident &) = delete;
    Resident &operator=(const Resident &) = delete;

    bool isReady() const { return m_ready; }
    pid_t pid() const { return m_pid; }
    std::string network() const { return "/proc/" + std::to_string(m_pid) + "/ns/net"; }

private:
    pid_t m_pid = -1;
    bool m_ready = false;
};

/// Its one container lives in the network of a process.
class OneContainer : public Containerizer
{
public:
    pid_t process = 0;

    std::string name() const override { return "one"; }
    bool supports(const std::optional<mesos::v1::ContainerInfo> &) const override { return true; }
    Result<> ready() const override { return {}; }
    void launch(const ContainerSpec &, ContainerEvents) override { }
    void kill(const std::string &, Duration) override { }
    void destroy(const std::string &) override { }
    void usage(const std::string &,
               std::function<void(Result<mesos::v1::ResourceStatistics>)>) override
    { }
    std::optional<mesos::v1::ContainerStatus> status(const std::string &) const override
    {
        return {};
    }
    pid_t networkProcess(const std::string &) const override { return process; }
    void exec(const std::string &, const mesos::v1::CommandInfo &, Duration,
              std::function<void(Result<int>)>) override
    { }
    void cleanOrphans(const std::vector<std::string> &, std::function<void(Result<int>)>) override
    { }
};

/// A descriptor that listens on 127.0.0.1 in this network.
int listenerIn(const std::string &network, std::uint16_t port)
{
    int server = -1;
    const auto made = inNetworkNamespace(network, [&]() -> Result<> {
        server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::bind(server, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0
            || ::listen(server, 8) != 0)
            return fail("cannot listen");
        return {};
    });
    return made ? server : -1;
}

} // namespace

class TestContainerSockets : public QObject
{
    Q_OBJECT

    OneContainer m_containerizer;
    std::optional<ProbeResult> m_result;

    Prober::Done noting()
    {
        m_result.reset();
        return [this](ProbeResult result) { m_result = std::move(result); };
    }
    std::shared_ptr<Prober> prober()
    {
        return makeProber(
            {}, [this](int family) { return containerSocket("c1", m_containerizer, family); });
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (::geteuid() != 0)
            MESETA_MISSING(QStringLiteral("network namespaces take root"));
    }

    void askContainersOnTheirOwnLoopback()
    {
        const Resident resident(true);
        QVERIFY(resident.isReady());
        m_containerizer.process = resident.pid();
        const auto up = bringUpLoopback(resident.network());
        QVERIFY2(up, up ? "" : up.error().message.c_str());
        QTcpServer server;
        const int listener = listenerIn(resident.network(), servedPort);
        QVERIFY(listener >= 0 && server.setSocketDescriptor(listener));
        connect(&server, &QTcpServer::newConnection, this, [&server] {
            QTcpSocket *socket = server.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket,
                    [socket] { socket->write("HTTP/1.1 204 No Content\r\n\r\n"); });
        });
        const auto asker = prober();

        asker->tcp(servedPort, false, 5s, noting());
        QTRY_VERIFY(m_result.has_value());
        QVERIFY2(m_result->tcpConnected == std::optional(true), m_result->failure.c_str());

        asker->http({"http", servedPort, "/health", false}, 5s, noting());
        QTRY_VERIFY(m_result.has_value());
        QVERIFY2(m_result->httpCode == std::optional(204), m_result->failure.c_str());

        asker->http({"http", 8001, "/health", false}, 5s, noting());
        QTRY_VERIFY(m_result.has_value());
        QCOMPARE(m_result->failure,
                 std::string("no connection to 127.0.0.1:8001: Connection refused"));
    }

    void askContainersOfTheHostsNetworkThere()
    {
        const Resident resident(false);
        QVERIFY(resident.isReady());
        m_containerizer.process = resident.pid();
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        const auto asker = prober();
        asker->tcp(server.serverPort(), false, 5s, noting());
        QTRY_VERIFY(m_result.has_value());
        QVERIFY2(m_result->tcpConnected == std::optional(true), m_result->failure.c_str());
    }

    void sayWhyThereIsNone()
    {
        const auto asker = prober();
        m_containerizer.process = 0;
        asker->tcp(servedPort, false, 5s, noting());
        QTRY_VERIFY(m_result.has_value());
        QCOMPARE(m_result->tcpConnected, std::optional(false));
        QCOMPARE(m_result->failure,
                 std::string("no connection to 127.0.0.1:8000: its container does not run"));

        {
            const Resident gone(true);
            m_containerizer.process = gone.pid();
        }
        asker->tcp(servedPort, false, 5s, noting());
        QTRY_VERIFY(m_result.has_value());
        QVERIFY2(m_result->failure.find("cannot enter the network namespace") != std::string::npos,
                 m_result->failure.c_str());
        QVERIFY2(m_result->failure.find("No such file or directory") != std::string::npos,
                 m_result->failure.c_str());
    }
};

QTEST_GUILESS_MAIN(TestContainerSockets)
#include "tst_container_sockets.moc"
