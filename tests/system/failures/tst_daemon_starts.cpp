#include <QFile>
#include <QJsonArray>
#include <QTcpServer>
#include <QTest>

#include <unistd.h>

#include "tests/support/daemons.h"
#include "tests/support/missing.h"
#include "tests/support/server_process.h"
#include "tests/system/support/execute.h"

using namespace meseta;
using namespace meseta::test;

namespace {

struct Ended
{
    int exitCode = -1; ///< -1: still there after half a minute
    QByteArray said;
};

/// Starts a program that is expected to refuse.
Ended run(const QString &program, const QStringList &flags)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(qEnvironmentVariable("MESETA_BIN_DIR") + QLatin1Char('/') + program, flags);
    const bool ended =
        QTest::qWaitFor([&] { return process.state() == QProcess::NotRunning; }, 30000);
    const Ended result{ended ? process.exitCode() : -1, process.readAll()};
    process.kill();
    process.waitForFinished();
    return result;
}

} // namespace

/// Mistakes in how the programs are started: each ends at once, with a sentence that names the
/// cause and the remedy.
class DaemonStartsTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    QString path(const char *name) const { return m_folder.filePath(QLatin1String(name)); }
    QString work(const char *name) const { return QStringLiteral("--work_dir=") + path(name); }

private Q_SLOTS:
    void refusals_data();
    void refusals();
    void portInUse_data();
    void portInUse();
    void twoAgentsWithOneWorkDir();
    void hostnameThatDoesNotResolve();
    void masterThatComesLater();
    void agentWithoutItsEngineRegistersAtOnce();
    void runtimesOfImagesWithoutImages();
};

void DaemonStartsTest::refusals_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QStringList>("flags");
    QTest::addColumn<QByteArrayList>("words");
    const QString master = QStringLiteral("mesos-master"), agent = QStringLiteral("mesos-agent"),
                  execute = QStringLiteral("mesos-execute");
    const QString somewhere = QStringLiteral("--master=127.0.0.1:5050");
    QFile file(path("file"));
    QVERIFY(file.open(QIODevice::WriteOnly));

    QTest::newRow("master: unknown flag") << master << QStringList{QStringLiteral("--work_dr=/x")}
                                          << QByteArrayList{"--work_dr", "did you mean --work_dir"};
    QTest::newRow("agent: unknown flag")
        << agent << QStringList{QStringLiteral("--resource=cpus:1")}
        << QByteArrayList{"--resource", "did you mean --resources"};
    QTest::newRow("execute: unknown flag")
        << execute << QStringList{QStringLiteral("--comand=true")}
        << QByteArrayList{"--comand", "did you mean --command"};
    QTest::newRow("master: not there yet")
        << master << QStringList{work("m"), QStringLiteral("--authenticate_frameworks")}
        << QByteArrayList{"--authenticate_frameworks", "not available yet"};
    QTest::newRow("agent: not there yet")
        << agent << QStringList{somewhere, work("a"), QStringLiteral("--credential=/secret.json")}
        << QByteArrayList{"--credential", "not available yet"};
    QTest::newRow("master: no number")
        << master << QStringList{work("m"), QStringLiteral("--port=many")}
        << QByteArrayList{"--port", "'many'", "whole number"};
    QTest::newRow("agent: no resources")
        << agent << QStringList{somewhere, work("a"), QStringLiteral("--resources=cpus:lots")}
        << QByteArrayList{"--resources", "lots"};
    QTest::newRow("agent: no master")
        << agent << QStringList{work("a")} << QByteArrayList{"--master"};
    QTest::newRow("agent: unknown host")
        << agent << QStringList{QStringLiteral("--master=no.such.host.invalid:5050"), work("a")}
        << QByteArrayList{"no.such.host.invalid", "resolvable"};
    QTest::newRow("master: work_dir below a file")
        << master
        << QStringList{work("file/m"), QStringLiteral("--ip=127.0.0.1"), QStringLiteral("--port=0")}
        << QByteArrayList{"--work_dir", "file/m"};
    QTest::newRow("agent: work_dir below a file")
        << agent << QStringList{somewhere, work("file/a"), QStringLiteral("--port=0")}
        << QByteArrayList{"--work_dir", "file/a", "Not a directory"};
    QTest::newRow("execute: nothing to run")
        << execute << QStringList{somewhere, QStringLiteral("--name=x")}
        << QByteArrayList{"--command"};
}

void DaemonStartsTest::refusals()
{
    QFETCH(QString, program);
    QFETCH(QStringList, flags);
    QFETCH(QByteArrayList, words);
    const Ended ended = run(program, flags);
    QVERIFY2(ended.exitCode > 0, ended.said);
    for (const QByteArray &word : words)
        QVERIFY2(ended.said.contains(word), ended.said);
}

void DaemonStartsTest::portInUse_data()
{
    QTest::addColumn<QString>("program");
    QTest::newRow("master") << QStringLiteral("mesos-master");
    QTest::newRow("agent") << QStringLiteral("mesos-agent");
}

void DaemonStartsTest::portInUse()
{
    QFETCH(QString, program);
    QTcpServer other;
    QVERIFY(other.listen(QHostAddress::LocalHost));
    QStringList flags{QStringLiteral("--ip=127.0.0.1"),
                      QStringLiteral("--port=%1").arg(other.serverPort()), work("busy")};
    if (program == u"mesos-agent")
        flags << QStringLiteral("--master=127.0.0.1:5050");
    const Ended ended = run(program, flags);
    QVERIFY2(ended.exitCode > 0, ended.said);
    QVERIFY2(ended.said.contains(QByteArray::number(other.serverPort())), ended.said);
    QVERIFY2(ended.said.contains("in use") && ended.said.contains("--port"), ended.said);
}

void DaemonStartsTest::twoAgentsWithOneWorkDir()
{
    Cluster cluster;
    QVERIFY(cluster.startMaster());
    QVERIFY2(cluster.startAgent(), cluster.logTails());
    const Ended second = run(QStringLiteral("mesos-agent"),
                             {QStringLiteral("--master=127.0.0.1:%1").arg(cluster.masterPort()),
                              QStringLiteral("--ip=127.0.0.1"), QStringLiteral("--port=0"),
                              QStringLiteral("--work_dir=") + cluster.agent().workDir()});
    QVERIFY2(second.exitCode > 0, second.said);
    QVERIFY2(second.said.contains(cluster.agent().workDir().toUtf8()), second.said);
    QVERIFY2(second.said.contains("--work_dir"), second.said);
    Execute execute(cluster.masterPort());
    execute.start({QStringLiteral("--name=on"), QStringLiteral("--command=true")});
    QVERIFY2(execute.exitCode() == 0, execute.output());
}

/// A name for others to see need not be known here.
void DaemonStartsTest::hostnameThatDoesNotResolve()
{
    Cluster cluster;
    QVERIFY(cluster.startMaster({QStringLiteral("--hostname=cloud.example.com")}));
    QVERIFY2(cluster.startAgent({QStringLiteral("--hostname=agent.example.com")}),
             cluster.logTails());
    const auto state = getJson(cluster.masterPort(), "/state");
    QCOMPARE(state.value(u"hostname").toString(), QStringLiteral("cloud.example.com"));
    QCOMPARE(state.value(u"slaves")[0][u"hostname"].toString(),
             QStringLiteral("agent.example.com"));
    Execute execute(cluster.masterPort());
    execute.start({QStringLiteral("--name=far"), QStringLiteral("--command=true")});
    QVERIFY2(execute.exitCode() == 0, execute.output());
}

void DaemonStartsTest::masterThatComesLater()
{
    Daemon master(QStringLiteral("mesos-master"), path("late-master"));
    Daemon agent(QStringLiteral("mesos-agent"), path("early-agent"));
    const auto up = agent.start({QStringLiteral("--master=127.0.0.1:%1").arg(master.port()),
                                 QStringLiteral("--runtime_dir=") + path("early-run"),
                                 QStringLiteral("--registration_backoff_factor=100ms")});
    QVERIFY2(up, up ? "" : up.error().message.c_str());
    Execute execute(master.port());
    execute.start({QStringLiteral("--name=early"), QStringLiteral("--command=true"),
                   QStringLiteral("--resources=cpus:0.1;mem:32")});
    QVERIFY2(execute.says("No connection to the master"), execute.output());
    QVERIFY(agent.isRunning());
    const auto came = master.start({});
    QVERIFY2(came, came ? "" : came.error().message.c_str());
    QVERIFY2(execute.exitCode() == 0, execute.output() + agent.logTail());
}

void DaemonStartsTest::agentWithoutItsEngineRegistersAtOnce()
{
    Cluster cluster;
    QVERIFY(cluster.startMaster());
    // Nobody ever listens on that socket: if it waited, it would not come.
    QVERIFY2(cluster.startAgent({QStringLiteral("--containerizers=docker,mesos"),
                                 QStringLiteral("--docker_socket=") + path("no.sock")}),
             cluster.logTails());
    QTRY_VERIFY2_WITH_TIMEOUT(cluster.agent().logTail(100'000).contains("--docker_socket"),
                              cluster.agent().logTail(), 30000);
    Execute execute(cluster.masterPort());
    execute.start({QStringLiteral("--name=plain"), QStringLiteral("--command=true")});
    QVERIFY2(execute.exitCode() == 0, execute.output());
}

/// As with Mesos they are no mistake; here the log says that they are of no use, and a task that
/// comes with an image is told what is missing.
void DaemonStartsTest::runtimesOfImagesWithoutImages()
{
    if (::geteuid() != 0)
        MESETA_MISSING(QStringLiteral("--launcher=linux needs root"));
    Cluster cluster;
    QVERIFY(cluster.startMaster());
    QVERIFY2(cluster.startAgent({QStringLiteral("--launcher=linux"),
                                 QStringLiteral("--isolation=docker/runtime,filesystem/linux")}),
             cluster.logTails());
    const QByteArray said = cluster.agent().logTail(100'000);
    QVERIFY2(said.contains("docker/runtime in --isolation does nothing: there are no images "
                           "without --image_providers"),
             said);
    Execute execute(cluster.masterPort());
    execute.start({QStringLiteral("--name=plain"), QStringLiteral("--command=true")});
    QVERIFY2(execute.exitCode() == 0, execute.output());
    execute.start({QStringLiteral("--name=imaged"), QStringLiteral("--docker_image=library/redis"),
                   QStringLiteral("--command=true")});
    QCOMPARE(execute.exitCode(), 1);
    QVERIFY2(execute.output().contains("--image_providers=docker"), execute.output());
}

QTEST_GUILESS_MAIN(DaemonStartsTest)
#include "tst_daemon_starts.moc"
