#include <QProcess>
#include <QtTest>

#include "tests/support/daemons.h"
#include "tests/support/missing.h"
#include "tests/support/zookeeper/ensemble.h"

using namespace meseta;
using namespace meseta::test;

/// What masters with a user and a password in --zk leave in ZooKeeper, read back with ZooKeeper's
/// own command-line client: others may read it all, and change nothing.
class TestHaAcl : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nodesBelongToTheUserOfTheUrl()
    {
        if (!hasZookeeper())
            MESETA_MISSING(QStringLiteral("ZooKeeper (apt install zookeeper)"));
        const auto started = m_ensemble.start();
        QVERIFY2(started, started ? "" : started.error().message.c_str());
        Daemon master(QStringLiteral("mesos-master"), m_folder.filePath(QStringLiteral("m")));
        const auto up = master.start(
            {QStringLiteral("--quorum=1"),
             QStringLiteral("--zk=")
                 + m_ensemble.url(QStringLiteral("/mesos"), QStringLiteral("keeper:secret"))});
        QVERIFY2(up, up ? "" : up.error().message.c_str());
        // Writes to the registry, once it leads.
        const auto weights = json("{'type':'UPDATE_WEIGHTS','update_weights':{'weight_infos':"
                                  "[{'role':'a','weight':2}]}}");
        QTRY_COMPARE_WITH_TIMEOUT(postJson(master.port(), "/api/v1", weights).status(), 200, 60000);

        const QByteArrayList nodes = linesWith("/", {"ls -R /mesos"});
        QVERIFY2(nodes.size() >= 4,
                 nodes.join(' ')); // path, contender, head and log of the registry
        QByteArrayList asked;
        for (const QByteArray &node : nodes)
            asked += "getAcl " + node;
        const QByteArrayList told =
            linesWith({}, asked).join('\n').replace("\n: ", " ").split('\n');
        const auto count = [&told](const char *entry) {
            return std::count_if(told.begin(), told.end(), [entry](const QByteArray &line) {
                return line.startsWith(entry);
            });
        };
        QCOMPARE(count("'world,'anyone r"), nodes.size());
        QCOMPARE(count("'digest,'keeper:"), nodes.size());
        QCOMPARE(count("'world,"), nodes.size()); // nothing more for the world

        for (const char *change :
             {"create /mesos/x y", "delete /mesos/registry", "set /mesos/registry x"}) {
            const QByteArray refused = client({change});
            QVERIFY2(refused.contains("Insufficient permission"), refused);
        }
    }

private:
    /// What the client says to these commands; each other's on lines of its own.
    QByteArray client(const QByteArrayList &commands) const
    {
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(QStringLiteral("java"),
                      {QStringLiteral("-Xmx64m"), QStringLiteral("-cp"),
                       QStringLiteral("/etc/zookeeper/conf_example:/usr/share/java/zookeeper.jar"),
                       QStringLiteral("org.apache.zookeeper.ZooKeeperMain"),
                       QStringLiteral("-server"),
                       QStringLiteral("127.0.0.1:%1").arg(m_ensemble.port(0))});
        process.write(commands.join('\n') + "\nquit\n");
        return process.waitForFinished(60000) ? process.readAll() : QByteArray();
    }

    /// The lines of its answers that begin so.
    QByteArrayList linesWith(const QByteArray &beginning, const QByteArrayList &commands) const
    {
        QByteArrayList lines = client(commands).split('\n');
        lines.removeIf([&](const QByteArray &line) { return !line.startsWith(beginning); });
        return lines;
    }

    QTemporaryDir m_folder;
    ZookeeperEnsemble m_ensemble{1};
};

QTEST_GUILESS_MAIN(TestHaAcl)
#include "tst_ha_acl.moc"
