#include <QJsonArray>
#include <QTcpSocket>
#include <QTest>

#include <unistd.h>

#include "tests/support/daemons.h"
#include "tests/support/docker_engine.h"
#include "tests/support/missing.h"
#include "tests/support/oci_image.h"
#include "tests/support/registry.h"
#include "tests/support/root_folder.h"
#include "tests/system/support/execute.h"
#include "tests/system/support/task_output.h"

using namespace meseta;
using namespace meseta::test;

/// The same task of the same image, run by a Docker engine and by the Mesos containerizer: the same
/// output and exit code; where Mesos' two differ, each does what Mesos' does.
class SameResultTest : public QObject
{
    Q_OBJECT

    struct Outcome
    {
        QString name;
        QByteArray end; ///< "Command exited with status 3" without its first word
    };

    TestRegistry m_registry;
    TestDockerEngine m_engine;
    Cluster m_cluster;
    int m_next = 0;
    QString m_tag = QStringLiteral("latest");

    QString image() const { return m_registry.host() + QStringLiteral("/library/same:") + m_tag; }
    Result<> pushImage();
    Outcome run(const QString &type, const QJsonObject &command,
                const std::function<void()> &meanwhile = {});
    /// Runs the command to its end and tells the name to ask for its output by.
    QString nameOf(const QString &type, const QJsonObject &command)
    {
        return run(type, command).name;
    }

private Q_SLOTS:
    void initTestCase();
    void sameInBoth_data();
    void sameInBoth();
    void aPortOfTheHost();
    void aValueWithoutShellDiffers();
    void theUserOfTheImageDiffers();
};

Result<> SameResultTest::pushImage()
{
    OciImage image;
    if (auto made = image.create(); !made)
        return made;
    const auto fill = [](const QString &root) -> Result<> {
        RootFolder folder(root);
        for (const char *name : {"tmp", "data", "etc"})
            folder.makeDirectory(QLatin1String(name));
        for (const char *program : {"/bin/sh", "/bin/echo", "/usr/bin/id", "/bin/grep", "/bin/ls",
                                    "/bin/cat", "/usr/bin/perl"}) {
            if (auto added = folder.addProgram(QLatin1String(program)); !added)
                return added;
        }
        return {};
    };
    if (auto added = image.addLayer(fill); !added)
        return added;
    if (auto configured = image.configure({QStringLiteral("--config.entrypoint=/bin/echo"),
                                           QStringLiteral("--config.entrypoint=entry"),
                                           QStringLiteral("--config.cmd=cmd"),
                                           QStringLiteral("--config.env=PATH=/bin:/usr/bin"),
                                           QStringLiteral("--config.env=OF_IMAGE=yes"),
                                           QStringLiteral("--config.workingdir=/data")});
        !configured)
        return configured;
    if (auto pushed = image.push(m_registry.host(), QStringLiteral("library/same:latest")); !pushed)
        return pushed;
    if (auto configured = image.configure({QStringLiteral("--config.user=1234:4321")}); !configured)
        return configured;
    return image.push(m_registry.host(), QStringLiteral("library/same:with-user"));
}

void SameResultTest::initTestCase()
{
    if (::geteuid() != 0)
        MESETA_MISSING(QStringLiteral("containers with a root of their own need root"));
    for (const auto &missing :
         {OciImage::missing(), TestRegistry::missing(), TestDockerEngine::missing()}) {
        if (!missing.isEmpty())
            MESETA_MISSING(missing);
    }
    for (const Result<> &done :
         {m_registry.start(), pushImage(), m_engine.start(), m_cluster.startMaster()})
        QVERIFY2(done, done ? "" : done.error().message.c_str());
    QVERIFY2(
        m_cluster.startAgent(
            {QStringLiteral("--containerizers=mesos,docker"), QStringLiteral("--launcher=linux"),
             QStringLiteral("--isolation=filesystem/linux,docker/runtime,cgroups/devices"),
             QStringLiteral("--image_providers=docker"),
             QStringLiteral("--docker_store_dir=") + m_cluster.folder() + QStringLiteral("/store"),
             QStringLiteral("--docker_socket=") + m_engine.socket()}),
        m_cluster.logTails());
}

SameResultTest::Outcome SameResultTest::run(const QString &type, const QJsonObject &command,
                                            const std::function<void()> &meanwhile)
{
    const QString name = QStringLiteral("%1-%2").arg(type.toLower()).arg(m_next++);
    auto task = json("{'resources':[{'name':'cpus','type':'SCALAR','scalar':{'value':0.1}},"
                     "{'name':'mem','type':'SCALAR','scalar':{'value':64}}]}");
    task[u"name"] = name;
    task[u"task_id"] = QJsonObject{{QStringLiteral("value"), name}};
    task[u"command"] = command;
    const QJsonObject docker{{QStringLiteral("image"), image()},
                             {QStringLiteral("network"), QStringLiteral("HOST")}};
    const QJsonObject native{
        {QStringLiteral("image"),
         QJsonObject{{QStringLiteral("type"), QStringLiteral("DOCKER")},
                     {QStringLiteral("docker"), QJsonObject{{QStringLiteral("name"), image()}}}}}};
    task[u"container"] = type == u"DOCKER"
        ? QJsonObject{{QStringLiteral("type"), type}, {QStringLiteral("docker"), docker}}
        : QJsonObject{{QStringLiteral("type"), type}, {QStringLiteral("mesos"), native}};
    Execute execute(m_cluster.masterPort());
    execute.startTask(task);
    if (meanwhile)
        meanwhile();
    execute.exitCode(60000);
    Outcome outcome;
    const QByteArray said = execute.output();
    const auto at = said.lastIndexOf(" exited with status ");
    if (at >= 0)
        outcome.end = said.mid(at + 1, said.indexOf('\n', at) - at - 1);
    if (outcome.end.endsWith('\'')) // as it is quoted
        outcome.end.chop(1);
    outcome.name = name;
    return outcome;
}

void SameResultTest::sameInBoth_data()
{
    QTest::addColumn<QByteArray>("command");
    QTest::addColumn<QByteArray>("output");
    QTest::addColumn<int>("status");
    const auto row = [](const char *name, const char *command, const char *output, int status) {
        QTest::newRow(name) << QByteArray(command) << QByteArray(output) << status;
    };
    row("entrypoint and cmd", "{'shell':false}", "entry cmd\n", 0);
    row("arguments instead of cmd", "{'shell':false,'arguments':['a','b c']}", "entry a b c\n", 0);
    row("shell", "{'value':'echo $OF_IMAGE; pwd; id -u; exit 3'}", "yes\n/data\n0\n", 3);
    row("environment of the task",
        "{'value':'echo $OF_IMAGE $MINE','environment':{'variables':[{'name':'OF_IMAGE',"
        "'value':'no'},{'name':'MINE','value':'m'}]}}",
        "no m\n", 0);
    row("sandbox", "{'value':'echo $MESOS_SANDBOX; ls $MESOS_SANDBOX'}",
        "/mnt/mesos/sandbox\nstderr\nstdout\n", 0);
    row("capabilities", "{'value':'grep CapEff /proc/self/status'}", "CapEff:\t00000000a80425fb\n",
        0);
    row("a program that is not there", "{'value':'no-such-program'}", "", 127);
}

void SameResultTest::sameInBoth()
{
    QFETCH(QByteArray, command);
    QFETCH(QByteArray, output);
    QFETCH(int, status);
    const Outcome docker = run(QStringLiteral("DOCKER"), json(command));
    const Outcome native = run(QStringLiteral("MESOS"), json(command));
    QTRY_COMPARE_WITH_TIMEOUT(outputOf(m_cluster.folder(), native.name), output, 30000);
    QTRY_COMPARE_WITH_TIMEOUT(outputOf(m_cluster.folder(), docker.name), output, 30000);
    const QByteArray end = "exited with status " + QByteArray::number(status);
    QCOMPARE(native.end, end);
    QCOMPARE(docker.end, end);
}

// Who listens in the host's network is reached there.
void SameResultTest::aPortOfTheHost()
{
    for (const QString &type : {QStringLiteral("DOCKER"), QStringLiteral("MESOS")}) {
        const quint16 port = freePort();
        const auto program = QStringLiteral("socket(S,2,1,0);bind(S,pack('Sna4x8',2,%1,"
                                            "pack('C4',127,0,0,1)))||die$!;listen(S,9);"
                                            "accept(C,S);syswrite(C,'hello');print'told'")
                                 .arg(port);
        const QJsonObject command{
            {QStringLiteral("value"), QStringLiteral("perl -e \"%1\"").arg(program)}};
        QByteArray heard;
        const Outcome outcome = run(type, command, [&heard, port] {
            (void)QTest::qWaitFor(
                [&heard, port] {
                    QTcpSocket socket;
                    socket.connectToHost(QHostAddress::LocalHost, port);
                    if (socket.waitForConnected(1000) && socket.waitForReadyRead(5000))
                        heard = socket.readAll();
                    return !heard.isEmpty();
                },
                30'000);
        });
        QCOMPARE(heard, QByteArray("hello"));
        QTRY_COMPARE_WITH_TIMEOUT(outputOf(m_cluster.folder(), outcome.name), QByteArray("told"),
                                  30000);
        QCOMPARE(outcome.end, QByteArray("exited with status 0"));
    }
}

// Docker's containerizer hands `value` to the entrypoint as its first argument; Mesos' executes it,
// and `arguments` are argv from argv[0] on.
void SameResultTest::aValueWithoutShellDiffers()
{
    const auto command = json("{'shell':false,'value':'/bin/echo','arguments':['zero','one']}");
    const QString docker = nameOf(QStringLiteral("DOCKER"), command);
    QTRY_COMPARE_WITH_TIMEOUT(outputOf(m_cluster.folder(), docker),
                              QByteArray("entry /bin/echo zero one\n"), 30000);
    const QString mesos = nameOf(QStringLiteral("MESOS"), command);
    QTRY_COMPARE_WITH_TIMEOUT(outputOf(m_cluster.folder(), mesos), QByteArray("one\n"), 30000);
}

// Docker runs it as its image says; Mesos' containerizer only mentions that user in its log and
// runs it as the task's (https://mesos.apache.org/documentation/latest/container-image/). With a
// user of the task both take that one.
void SameResultTest::theUserOfTheImageDiffers()
{
    m_tag = QStringLiteral("with-user");
    const auto as = json("{'value':'id -u; id -g'}");
    const QString docker = nameOf(QStringLiteral("DOCKER"), as);
    QTRY_COMPARE_WITH_TIMEOUT(outputOf(m_cluster.folder(), docker), QByteArray("1234\n4321\n"),
                              30000);
    const QString mesos = nameOf(QStringLiteral("MESOS"), as);
    QTRY_COMPARE_WITH_TIMEOUT(outputOf(m_cluster.folder(), mesos), QByteArray("0\n0\n"), 30000);
    const auto nobody = json("{'value':'id -u','user':'nobody'}");
    const QString ofNobody = nameOf(QStringLiteral("MESOS"), nobody);
    QTRY_COMPARE_WITH_TIMEOUT(outputOf(m_cluster.folder(), ofNobody), QByteArray("65534\n"), 30000);
    m_tag = QStringLiteral("latest");
}

QTEST_GUILESS_MAIN(SameResultTest)
#include "tst_same_result.moc"
