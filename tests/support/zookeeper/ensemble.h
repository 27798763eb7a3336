#pragma once

#include <memory>
#include <vector>

#include <QTemporaryDir>

#include "tests/support/server_process.h"

namespace meseta::test {

/// A real ZooKeeper ensemble on loopback: Debian's `zookeeper`, one Java process to a server with a
/// small heap. Sessions may be as short as two ticks of 200 ms.
class ZookeeperEnsemble
{
public:
    explicit ZookeeperEnsemble(int servers);
    ~ZookeeperEnsemble();

    /// Starts all and waits until they have a quorum.
    Result<> start();
    /// Starts one (0 …) that was stopped; waits until it serves clients, unless too few run.
    Result<> startServer(int index, bool waitUntilServing = true);
    void stopServer(int index); ///< SIGKILL
    void signalServer(int index, int number) { m_servers.at(index).process->signal(number); }
    bool isServing(int index) const; ///< answers clients: part of a quorum
    bool isLeader(int index) const;

    int count() const { return static_cast<int>(m_servers.size()); }
    quint16 port(int index) const { return m_servers.at(index).clientPort; }
    qint64 pid(int index) const { return m_servers.at(index).process->pid(); }
    /// "zk://127.0.0.1:1,127.0.0.1:2/path"
    QString url(const QString &path, const QString &credentials = {}) const;

    /// Where servers listen, instead of 127.0.0.1; for tests with networks of their own.
    void setAddress(const QString &address) { m_address = address; }

private:
    struct Server
    {
        std::unique_ptr<ServerProcess> process;
        quint16 clientPort = 0;
        quint16 quorumPort = 0;
        quint16 electionPort = 0;
        QString folder;
    };
    Result<> writeConfiguration(int index) const;
    QByteArray status(int index) const;

    QTemporaryDir m_folder;
    QString m_address = QStringLiteral("127.0.0.1");
    std::vector<Server> m_servers;
};

/// Whether Java and ZooKeeper are installed.
bool hasZookeeper();

} // namespace meseta::test
