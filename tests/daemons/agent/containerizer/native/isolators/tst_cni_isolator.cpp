// Networks by CNI plugins: the files of networks, and real plugins in a network namespace of this
// test's own.

#include <csignal>

#include <QStandardPaths>
#include <QTcpSocket>
#include <QTest>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemons/agent/containerizer/native/isolators/cni/cni_isolator.h"
#include "daemons/agent/containerizer/native/isolators/cni/network_namespace.h"
#include "tests/daemons/agent/containerizer/native/isolators/isolator_fixture.h"
#include "tests/support/missing.h"
#include "tests/support/mounts.h"

using namespace meseta;
using namespace meseta::agent;

namespace {

const std::string pluginPath = "/usr/lib/cni";
constexpr int containerPort = 8000;

/// A process in a network namespace of its own; told to, it greets whoever connects to it.
class Resident
{
public:
    Resident()
    {
        int ready[2], go[2];
        if (::pipe2(ready, O_CLOEXEC) != 0 || ::pipe2(go, O_CLOEXEC) != 0)
            return;
        m_pid = ::fork();
        if (m_pid == 0)
            live(ready[1], go[0]);
        char byte = 0;
        [[maybe_unused]] const auto count = ::read(ready[0], &byte, 1);
        for (const int fd : {ready[0], ready[1], go[0]})
            ::close(fd);
        m_go = go[1];
    }
    ~Resident() { end(); }

    pid_t pid() const { return m_pid; }
    void serve() const { QCOMPARE(::write(m_go, "x", 1), 1); }
    void end()
    {
        if (m_pid <= 0)
            return;
        ::kill(m_pid, SIGKILL);
        ::waitpid(std::exchange(m_pid, -1), nullptr, 0);
        ::close(m_go);
    }

private:
    [[noreturn]] static void live(int ready, int go)
    {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        char byte = 'x';
        if (::unshare(CLONE_NEWNET) != 0 || ::write(ready, &byte, 1) != 1
            || ::read(go, &byte, 1) != 1)
            ::_exit(1);
        const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(containerPort);
        if (::bind(server, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0
            || ::listen(server, 8) != 0)
            ::_exit(2);
        for (;;) {
            const int client = ::accept(server, nullptr, nullptr);
            if (client < 0 || ::write(client, "hello", 5) != 5)
                ::_exit(3);
            ::close(client);
        }
    }

    pid_t m_pid = -1;
    int m_go = -1;
};

QByteArray greetingFrom(const std::string &address, quint16 port)
{
    QByteArray text;
    const auto ask = [&] {
        QTcpSocket socket;
        socket.connectToHost(QString::fromStdString(address), port);
        return socket.waitForConnected(500) && socket.waitForReadyRead(1000)
            && !(text = socket.readAll()).isEmpty();
    };
    [&] { QTRY_VERIFY_WITH_TIMEOUT(ask(), 10'000); }();
    return text;
}

const QByteArray bridge = R"({"name": "net1", "type": "bridge", "bridge": "mesetabr0",
    "isGateway": true, "ipMasq": false, "ipam": {"type": "host-local", "dataDir": "%DATA%",
    "ranges": [[{"subnet": "10.99.1.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]},
    "cniVersion": "0.3.1"})";

} // namespace

class TestCniIsolator : public QObject
{
    Q_OBJECT
    std::unique_ptr<IsolatorFixture> m_fixture;
    containerizer::LaunchSpec m_launch;

    void writeNetwork(const char *file, QByteArray json) const
    {
        json.replace("%DATA%", m_fixture->folder.path().toUtf8() + "/ipam");
        QFile f(m_fixture->folder.filePath(QStringLiteral("cni/") + QString::fromLatin1(file)));
        QVERIFY(f.open(QIODevice::WriteOnly));
        f.write(json);
    }
    CniPlaces places() const { return {m_fixture->path("cni"), pluginPath}; }
    std::string state() const { return m_fixture->path("run") + "/state"; }
    CniOptions options() const
    {
        CniOptions o;
        o.places = places();
        o.stateDirectory = state();
        return o;
    }
    IsolatedContainer container(const std::string &id, const char *network = "net1") const
    {
        auto c = m_fixture->container(id);
        auto &info = c.spec.container.emplace();
        info.set_type(mesos::v1::ContainerInfo::MESOS);
        info.add_network_infos()->set_name(network);
        return c;
    }
    Result<> isolate(CniIsolator &isolator, const IsolatedContainer &c) const
    {
        return answerOf([&](Done done) { isolator.isolate(c, std::move(done)); });
    }
    std::string addressOf(CniIsolator &isolator, const IsolatedContainer &c) const
    {
        mesos::v1::ContainerStatus status;
        isolator.status(c, status);
        return status.network_infos_size() == 1 && status.network_infos(0).ip_addresses_size() == 1
            ? status.network_infos(0).ip_addresses(0).ip_address()
            : std::string();
    }
    QByteArray fileOf(const std::string &id, const char *name) const
    {
        QFile file(QString::fromStdString(state() + "/" + id + "/" + name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    bool nothingIsLeft() const
    {
        return QDir(QString::fromStdString(state())).isEmpty()
            && test::mountsOf({QString::fromStdString(state())}).isEmpty()
            && QDir(m_fixture->folder.filePath(QStringLiteral("ipam/net1")))
                   .entryList({QStringLiteral("10.*")}, QDir::Files)
                   .isEmpty();
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (::geteuid() != 0 || !QFileInfo(QStringLiteral("/usr/lib/cni/bridge")).exists())
            MESETA_MISSING(QStringLiteral("needs root and the CNI plugins in /usr/lib/cni"));
        // Nothing of this happens in the machine's own network and mounts.
        QCOMPARE(::unshare(CLONE_NEWNET | CLONE_NEWNS), 0);
        QCOMPARE(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
        QVERIFY(bringUpLoopback("/proc/thread-self/ns/net"));
    }
    void init()
    {
        m_fixture = std::make_unique<IsolatorFixture>();
        m_launch = {};
        QDir(m_fixture->folder.path()).mkpath(QStringLiteral("cni"));
        QDir(m_fixture->folder.path()).mkpath(QStringLiteral("run/state"));
        writeNetwork("net1.conf", bridge);
    }

    void networksAreFoundByName()
    {
        writeNetwork("broken.conf", "{");
        writeNetwork("noplugin.conf", R"({"name": "net9", "type": "teleport"})");
        QCOMPARE(findCniNetwork(places(), "net1")->plugins.size(), std::size_t(1));
        const auto missing = findCniNetwork(places(), "net9");
        QVERIFY(!missing);
        const std::string words = missing.error().message;
        QVERIFY2(words.starts_with("Unknown CNI network 'net9'"), words.c_str());
        QVERIFY(words.find("broken.conf is left out") != std::string::npos);
        QVERIFY(words.find("the plugin 'teleport' is not in /usr/lib/cni") != std::string::npos);
        QVERIFY(findCniNetwork({}, "x").error().message.find("--network_cni_config_dir")
                != std::string::npos);
    }

    void namesThatLeadElsewhereAreRefused()
    {
        writeNetwork("evil.conf", R"({"name": "../../evil", "type": "bridge"})");
        QVERIFY(!findCniNetwork(places(), "../../evil"));
        writeNetwork("evil2.conf", R"({"name": "evil2", "type": "../../../bin/sh"})");
        QVERIFY(!findCniNetwork(places(), "evil2"));
    }

    void pluginsAreToldWhatTheTaskAskedFor()
    {
        writeNetwork("list.conflist", R"({"name": "list", "cniVersion": "0.4.0", "plugins": [
            {"type": "bridge"}, {"type": "portmap", "capabilities": {"portMappings": true}}]})");
        mesos::v1::NetworkInfo info;
        info.set_name("list");
        auto *mapping = info.add_port_mappings();
        mapping->set_host_port(31000);
        mapping->set_container_port(80);
        mapping->set_protocol("UDP");
        const auto network = forContainer(*findCniNetwork(places(), "list"), info);
        QVERIFY(network);
        const QJsonObject first = network->plugins[0], second = network->plugins[1];
        QCOMPARE(first[u"name"].toString(), QStringLiteral("list"));
        QCOMPARE(first[u"cniVersion"].toString(), QStringLiteral("0.4.0"));
        QCOMPARE(first[u"args"][u"org.apache.mesos"][u"network_info"][u"name"].toString(),
                 QStringLiteral("list"));
        QVERIFY(!first.contains(u"runtimeConfig"));
        const QJsonValue ports = second[u"runtimeConfig"][u"portMappings"][0];
        QCOMPARE(ports[u"hostPort"].toInt(), 31000);
        QCOMPARE(ports[u"containerPort"].toInt(), 80);
        QCOMPARE(ports[u"protocol"].toString(), QStringLiteral("udp"));
    }

    void mesosPortMapperBecomesItsDelegateAndPortmap()
    {
        writeNetwork("mapped.conf", R"({"name": "mapped", "type": "mesos-cni-port-mapper",
            "chain": "X", "excludeDevices": ["br0"], "delegate": {"type": "bridge"}})");
        const auto network = findCniNetwork(places(), "mapped");
        QVERIFY2(network, network ? "" : network.error().message.c_str());
        QCOMPARE(network->plugins.size(), std::size_t(2));
        QCOMPARE(network->plugins[0][u"type"].toString(), QStringLiteral("bridge"));
        QCOMPARE(network->plugins[1][u"type"].toString(), QStringLiteral("portmap"));
        QCOMPARE(network->plugins[1][u"conditionsV4"][2].toString(), QStringLiteral("br0"));
    }

    void answersOfEveryVersionAreRead()
    {
        const auto old = CniResult::of(R"({"ip4": {"ip": "10.0.0.2/24"}, "ip6": {"ip": "fd::2/64"},
            "dns": {"nameservers": ["10.0.0.1"], "domain": "d", "search": ["a", "b"]}})");
        QCOMPARE(old->addresses, (std::vector<std::string>{"10.0.0.2", "fd::2"}));
        QCOMPARE(old->dns.resolvConf(), std::string("domain d\nsearch a b\nnameserver 10.0.0.1\n"));
        const auto later =
            CniResult::of(R"({"ips": [{"address": "fd::2/64"}, {"address": "10.0.0.2/24"}]})");
        QCOMPARE(later->addresses, (std::vector<std::string>{"10.0.0.2", "fd::2"}));
        QVERIFY(!CniResult::of("oops"));
    }

    void aContainerIsReachableAndLeavesNothing()
    {
        CniIsolator isolator(options());
        auto c = container("abc");
        c.spec.container->set_hostname("box");
        QVERIFY(prepare(isolator, c, m_launch));
        QVERIFY(m_launch.has(CLONE_NEWNET) && m_launch.has(CLONE_NEWUTS)
                && m_launch.has(CLONE_NEWNS));
        QVERIFY(m_launch.awaitIsolation);
        QCOMPARE(m_launch.hostname, std::string("box"));
        QCOMPARE(m_launch.environmentValue("LIBPROCESS_IP"), std::string("0.0.0.0"));
        Resident resident;
        c.pid = resident.pid();
        const auto isolated = isolate(isolator, c);
        QVERIFY2(isolated, isolated ? "" : isolated.error().message.c_str());
        const std::string address = addressOf(isolator, c);
        QVERIFY2(address.starts_with("10.99.1."), address.c_str());
        QCOMPARE(fileOf("abc", "hostname"), QByteArray("box\n"));
        QCOMPARE(fileOf("abc", "hosts"),
                 QByteArray("127.0.0.1 localhost\n") + address.c_str() + " box\n");
        QVERIFY(fileOf("abc", "net1/network.conf").contains("org.apache.mesos"));
        resident.serve();
        QCOMPARE(greetingFrom(address, containerPort), QByteArray("hello"));
        resident.end();
        QVERIFY(cleanUp(isolator, c));
        QVERIFY(nothingIsLeft());
        QVERIFY(cleanUp(isolator, c));
    }

    void portsOfTheHostLeadIntoTheContainer()
    {
        if (QStandardPaths::findExecutable(QStringLiteral("iptables")).isEmpty()
            && !QFileInfo(QStringLiteral("/usr/sbin/iptables")).exists())
            MESETA_MISSING(QStringLiteral("needs iptables"));
        QByteArray delegate = bridge;
        writeNetwork("mapped.conf",
                     QByteArray(R"({"name": "mapped",
            "type": "mesos-cni-port-mapper", "chain": "M", "delegate": )")
                         + delegate.replace("\"name\": \"net1\",", "") + "}");
        CniIsolator isolator(options());
        auto c = container("mapped", "mapped");
        auto *mapping = c.spec.container->mutable_network_infos(0)->add_port_mappings();
        mapping->set_host_port(31999);
        mapping->set_container_port(containerPort);
        QVERIFY(prepare(isolator, c, m_launch));
        Resident resident;
        c.pid = resident.pid();
        const auto isolated = isolate(isolator, c);
        QVERIFY2(isolated, isolated ? "" : isolated.error().message.c_str());
        resident.serve();
        QCOMPARE(greetingFrom("10.99.1.1", 31999), QByteArray("hello")); // the bridge's address
        mesos::v1::ContainerStatus status;
        isolator.status(c, status);
        QCOMPARE(status.network_infos(0).port_mappings(0).host_port(), 31999u);
        resident.end();
        QVERIFY(cleanUp(isolator, c));
        QVERIFY(QDir(QString::fromStdString(state())).isEmpty());
    }

    void nameServersComeFromThePluginOrTheFlag()
    {
        auto o = options();
        o.defaultDns = CniDns{{"10.0.0.53"}, "", {"example.test"}, {}};
        CniIsolator isolator(o);
        auto c = container("dns");
        QVERIFY(prepare(isolator, c, m_launch));
        Resident resident;
        c.pid = resident.pid();
        QVERIFY(isolate(isolator, c));
        QCOMPARE(fileOf("dns", "resolv.conf"),
                 QByteArray("search example.test\nnameserver 10.0.0.53\n"));
        QVERIFY(cleanUp(isolator, c));
    }

    void theNextAgentDetachesWhatItDoesNotKnow()
    {
        auto orphan = container("orphan"), kept = container("kept");
        Resident one, two;
        orphan.pid = one.pid();
        kept.pid = two.pid();
        std::string address;
        {
            CniIsolator earlier(options());
            for (const auto *c : {&orphan, &kept}) {
                QVERIFY(prepare(earlier, *c, m_launch));
                QVERIFY(isolate(earlier, *c));
            }
            address = addressOf(earlier, kept);
        }
        one.end(); // the namespace is still held
        CniIsolator isolator(options());
        QVERIFY(recover(isolator, {&kept}));
        QVERIFY(!QFileInfo::exists(QString::fromStdString(state() + "/orphan")));
        QCOMPARE(addressOf(isolator, kept), address);
        QVERIFY(cleanUp(isolator, kept));
        QVERIFY(nothingIsLeft());
    }

    void aCrashBeforeThePluginRanLeavesNothing()
    {
        {
            CniIsolator earlier(options());
            QVERIFY(prepare(earlier, container("half"), m_launch));
        }
        CniIsolator isolator(options());
        QVERIFY(recover(isolator, {}, {"half"}));
        QVERIFY(nothingIsLeft());
    }

    void whatThePluginSaysIsTold()
    {
        writeNetwork("bad.conf", R"({"name": "bad", "type": "bridge", "cniVersion": "0.3.1",
            "bridge": "mesetabr1", "ipam": {"type": "host-local", "subnet": "not a subnet"}})");
        CniIsolator isolator(options());
        auto c = container("bad", "bad");
        QVERIFY(prepare(isolator, c, m_launch));
        Resident resident;
        c.pid = resident.pid();
        const auto isolated = isolate(isolator, c);
        QVERIFY(!isolated);
        const std::string words = isolated.error().message;
        QVERIFY2(words.starts_with("joining the network 'bad': the CNI plugin bridge failed: "),
                 words.c_str());
        QVERIFY2(words.find("not a subnet") != std::string::npos, words.c_str());
        resident.end();
        QVERIFY(!cleanUp(isolator, c)); // the plugin cannot detach either
        QVERIFY(nothingIsLeft());
    }

    void nestedContainersLiveInTheOutermostOnesNetwork()
    {
        CniIsolator isolator(options());
        auto outer = container("outer");
        QVERIFY(prepare(isolator, outer, m_launch));
        outer.pid = 4711;
        auto inner = m_fixture->container("outer.inner");
        inner.parent = &outer;
        containerizer::LaunchSpec launch;
        QVERIFY(prepare(isolator, inner, launch));
        QCOMPARE(launch.joinNamespaces.size(), std::size_t(2));
        QCOMPARE(launch.joinNamespaces[0].path, state() + "/outer/ns");
        QCOMPARE(launch.joinNamespaces[1].path, std::string("/proc/4711/ns/uts"));
        QVERIFY(!launch.has(CLONE_NEWNET));
        QVERIFY(cleanUp(isolator, outer));
    }

    void onlyOneInterfaceInANetwork()
    {
        CniIsolator isolator(options());
        auto c = container("twice");
        c.spec.container->add_network_infos()->set_name("net1");
        const auto prepared = prepare(isolator, c, m_launch);
        QVERIFY(!prepared);
        QVERIFY(prepared.error().message.starts_with(
            "The container asks for the CNI network 'net1' multiple times"));
    }

    void halfOfTheFlagsIsRefusedAtStart()
    {
        IsolatorFixture half({"--network_cni_plugins_dir=/usr/lib/cni"});
        const auto made = makeIsolators(half.context);
        QVERIFY(!made);
        QVERIFY(made.error().message.find("--network_cni_config_dir is missing")
                != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestCniIsolator)
#include "tst_cni_isolator.moc"
