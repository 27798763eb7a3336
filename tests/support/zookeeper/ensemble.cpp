#include "tests/support/zookeeper/ensemble.h"

#include <csignal>

#include <QDir>
#include <QFile>
#include <QStandardPaths>
#include <QTcpSocket>

namespace meseta::test {

namespace {

const QString classPath =
    QStringLiteral("/etc/zookeeper/conf_example:/usr/share/java/zookeeper.jar");

} // namespace

bool hasZookeeper()
{
    return !QStandardPaths::findExecutable(QStringLiteral("java")).isEmpty()
        && QFile::exists(QStringLiteral("/usr/share/java/zookeeper.jar"));
}

ZookeeperEnsemble::ZookeeperEnsemble(int servers)
{
    for (int i = 0; i < servers; ++i) {
        Server server;
        server.clientPort = freePort();
        server.quorumPort = freePort();
        server.electionPort = freePort();
        server.folder = m_folder.filePath(QString::number(i));
        m_servers.push_back(std::move(server));
    }
}

ZookeeperEnsemble::~ZookeeperEnsemble()
{
    for (const Server &server : m_servers) {
        if (server.process)
            server.process->signal(SIGKILL); // nothing of it is kept
    }
}

Result<> ZookeeperEnsemble::writeConfiguration(int index) const
{
    const Server &server = m_servers.at(index);
    QDir().mkpath(server.folder + QStringLiteral("/data"));
    QByteArray text = "tickTime=200\ninitLimit=20\nsyncLimit=10\nadmin.enableServer=false\n"
                      "4lw.commands.whitelist=*\nforceSync=no\nmaxClientCnxns=0\n";
    text += "dataDir=" + server.folder.toUtf8() + "/data\n";
    text += "clientPort=" + QByteArray::number(server.clientPort) + "\n";
    text += "clientPortAddress=" + m_address.toUtf8() + "\n";
    for (int i = 0; count() > 1 && i < count(); ++i) {
        const Server &other = m_servers.at(i);
        text += "server." + QByteArray::number(i + 1) + "=" + m_address.toUtf8() + ":"
            + QByteArray::number(other.quorumPort) + ":" + QByteArray::number(other.electionPort)
            + "\n";
    }
    QFile file(server.folder + QStringLiteral("/zoo.cfg"));
    QFile id(server.folder + QStringLiteral("/data/myid"));
    if (!file.open(QIODevice::WriteOnly) || !id.open(QIODevice::WriteOnly))
        return fail("cannot write below " + server.folder.toStdString());
    file.write(text);
    id.write(QByteArray::number(index + 1));
    return {};
}

Result<> ZookeeperEnsemble::startServer(int index, bool waitUntilServing)
{
    Server &server = m_servers.at(index);
    if (auto written = writeConfiguration(index); !written)
        return written;
    server.process = std::make_unique<ServerProcess>();
    return server.process->start(
        QStringLiteral("java"),
        {QStringLiteral("-Xmx96m"), QStringLiteral("-XX:+UseSerialGC"),
         QStringLiteral("-XX:TieredStopAtLevel=1"),
         QStringLiteral("-Dzookeeper.electionPortBindRetry=0"), QStringLiteral("-cp"), classPath,
         QStringLiteral("org.apache.zookeeper.server.quorum.QuorumPeerMain"),
         server.folder + QStringLiteral("/zoo.cfg")},
        [&] { return !waitUntilServing || isServing(index); }, 60000);
}

Result<> ZookeeperEnsemble::start()
{
    for (int i = 0; i < count(); ++i) {
        // One alone has no quorum: the last one's service tells that the others have one too.
        if (auto started = startServer(i, i + 1 == count()); !started)
            return started;
    }
    return {};
}

void ZookeeperEnsemble::stopServer(int index)
{
    std::unique_ptr<ServerProcess> process = std::move(m_servers.at(index).process);
    if (process)
        process->signal(SIGKILL);
}

QByteArray ZookeeperEnsemble::status(int index) const
{
    QTcpSocket socket;
    socket.connectToHost(m_address, port(index));
    if (!socket.waitForConnected(2000))
        return {};
    socket.write("srvr");
    QByteArray said;
    while (socket.waitForReadyRead(2000))
        said += socket.readAll();
    return said;
}

bool ZookeeperEnsemble::isServing(int index) const
{
    return status(index).contains("Mode:");
}

bool ZookeeperEnsemble::isLeader(int index) const
{
    return status(index).contains("Mode: leader");
}

QString ZookeeperEnsemble::url(const QString &path, const QString &credentials) const
{
    QStringList servers;
    for (const Server &server : m_servers)
        servers += QStringLiteral("%1:%2").arg(m_address).arg(server.clientPort);
    const QString user = credentials.isEmpty() ? QString() : credentials + u'@';
    return QStringLiteral("zk://%1%2%3").arg(user, servers.join(u','), path);
}

} // namespace meseta::test
