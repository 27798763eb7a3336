#include <QTcpSocket>
#include <QTest>

#include <unistd.h>

#include "tests/support/daemons.h"
#include "tests/support/missing.h"
#include "tests/support/mounts.h"
#include "tests/support/oci_image.h"
#include "tests/support/registry.h"
#include "tests/support/root_folder.h"
#include "tests/system/support/event_stream.h"
#include "tests/system/support/execute.h"
#include "tests/system/support/scheduler.h"
#include "tests/system/support/task_output.h"

using namespace meseta;
using namespace meseta::test;

/// Images on an agent without a Docker engine: the documented lines, from a real registry to a
/// Redis that answers.
class NativeImagesTest : public QObject
{
    Q_OBJECT

    TestRegistry m_registry;
    Cluster m_cluster;
    QStringList m_agentFlags;
    quint16 m_redisPort = 0;

    Result<> pushRedis();
    QByteArray ping() const;

private Q_SLOTS:
    void initTestCase();
    void redisAnswersFromItsOwnEntrypoint();
    void aCommandRunsInsideTheImage();
    void terminalsAreKnownInsideTheImage();
    void anUnknownImageIsToldByName();
    void pulledOnceItStartsAtOnce();
    void aCheckpointedOneOutlivesItsAgent();
    void nothingIsLeft();
};

Result<> NativeImagesTest::pushRedis()
{
    OciImage image;
    if (auto made = image.create(); !made)
        return made;
    const auto fill = [](const QString &root) -> Result<> {
        RootFolder folder(root);
        for (const char *name : {"tmp", "data", "etc", "proc", "dev"})
            folder.makeDirectory(QLatin1String(name));
        QFile marker(root + QStringLiteral("/etc/marker"));
        if (!marker.open(QIODevice::WriteOnly) || marker.write("of the image\n") < 0)
            return fail("cannot write the marker");
        for (const char *program : {"/usr/bin/redis-server", "/bin/sh", "/bin/cat", "/bin/sleep",
                                    "/usr/bin/tty", "/bin/stty"}) {
            if (auto added = folder.addProgram(QLatin1String(program)); !added)
                return added;
        }
        return {};
    };
    if (auto added = image.addLayer(fill); !added)
        return added;
    const QStringList config{QStringLiteral("--config.entrypoint=/usr/bin/redis-server"),
                             QStringLiteral("--config.cmd=--protected-mode"),
                             QStringLiteral("--config.cmd=no"),
                             QStringLiteral("--config.cmd=--port"),
                             QStringLiteral("--config.cmd=") + QString::number(m_redisPort),
                             QStringLiteral("--config.workingdir=/data"),
                             QStringLiteral("--config.env=OF_IMAGE=yes")};
    if (auto configured = image.configure(config); !configured)
        return configured;
    return image.push(m_registry.host(), QStringLiteral("library/redis:latest"));
}

void NativeImagesTest::initTestCase()
{
    if (::geteuid() != 0)
        MESETA_MISSING(QStringLiteral("containers with a root of their own need root"));
    for (const auto &missing : {OciImage::missing(), TestRegistry::missing()}) {
        if (!missing.isEmpty())
            MESETA_MISSING(missing);
    }
    m_redisPort = freePort();
    const auto started = m_registry.start();
    QVERIFY2(started, started ? "" : started.error().message.c_str());
    const auto pushed = pushRedis();
    QVERIFY2(pushed, pushed ? "" : pushed.error().message.c_str());
    QVERIFY(m_cluster.startMaster());
    const QString folder = m_cluster.folder();
    m_agentFlags = {QStringLiteral("--containerizers=mesos,docker"),
                    QStringLiteral("--isolation=docker/runtime,filesystem/linux"),
                    QStringLiteral("--image_providers=docker"),
                    QStringLiteral("--launcher=linux"), // what root has by default
                    QStringLiteral("--executor_environment_variables={}"),
                    QStringLiteral("--executor_registration_timeout=60mins"),
                    QStringLiteral("--resources=ports:[40001-44000]"),
                    QStringLiteral("--docker_registry=http://") + m_registry.host(),
                    QStringLiteral("--docker_store_dir=") + folder + QStringLiteral("/store"),
                    QStringLiteral("--runtime_dir=") + folder + QStringLiteral("/run"),
                    QStringLiteral("--docker_socket=") + folder + QStringLiteral("/no.sock")};
    QVERIFY2(m_cluster.startAgent(m_agentFlags), m_cluster.logTails());
    QTRY_VERIFY_WITH_TIMEOUT(
        m_cluster.agent().logTail(100'000).contains("docker containerizer cannot launch now"),
        30000);
}

QByteArray NativeImagesTest::ping() const
{
    QTcpSocket socket;
    socket.connectToHost(QHostAddress::LocalHost, m_redisPort);
    if (!socket.waitForConnected(3000))
        return {};
    socket.write("PING\r\n");
    socket.waitForReadyRead(3000);
    return socket.readAll().trimmed();
}

void NativeImagesTest::redisAnswersFromItsOwnEntrypoint()
{
    Execute execute(m_cluster.masterPort());
    execute.start({QStringLiteral("--name=test"), QStringLiteral("--docker_image=library/redis"),
                   QStringLiteral("--shell=false")});
    QVERIFY2(execute.says("TASK_RUNNING"), execute.output() + m_cluster.logTails());
    QTRY_COMPARE_WITH_TIMEOUT(ping(), QByteArray("+PONG"), 30000);
    execute.interrupt();
    QVERIFY(execute.exitCode() >= 0);
    QTRY_COMPARE_WITH_TIMEOUT(ping(), QByteArray(), 30000);
}

void NativeImagesTest::aCommandRunsInsideTheImage()
{
    Execute execute(m_cluster.masterPort());
    execute.start({QStringLiteral("--name=inside"), QStringLiteral("--docker_image=library/redis"),
                   QStringLiteral("--env={\"GIVEN\":\"too\"}"),
                   QStringLiteral("--command=cat /etc/marker; echo $OF_IMAGE $GIVEN; pwd; "
                                  "echo $MESOS_SANDBOX; exit 5")});
    QCOMPARE(execute.exitCode(), 1);
    QVERIFY2(execute.output().contains("exited with status 5"), execute.output());
    QCOMPARE(outputOf(m_cluster.folder(), QStringLiteral("inside")),
             QByteArray("of the image\nyes too\n/data\n/mnt/mesos/sandbox\n"));
}

/// That of the task, and that of a session beside it: each has a name there, and its size.
void NativeImagesTest::terminalsAreKnownInsideTheImage()
{
    auto task = json("{'name':'screen','task_id':{'value':'screen'},'command':{'value':"
                     "'tty; stty size; test -c /dev/console && echo done; sleep 1000'},"
                     "'container':{'type':'MESOS','mesos':{'image':{'type':'DOCKER','docker':"
                     "{'name':'library/redis'}}},'tty_info':{'window_size':"
                     "{'rows':10,'columns':20}}}}");
    task[u"resources"] = QJsonArray{scalar("cpus", 0.1), scalar("mem", 64)};
    Execute execute(m_cluster.masterPort());
    execute.startTask(task);
    QVERIFY2(execute.says("TASK_RUNNING"), execute.output() + m_cluster.logTails());
    QTRY_COMPARE_WITH_TIMEOUT(outputOf(m_cluster.folder(), QStringLiteral("screen")),
                              QByteArray("/dev/console\r\n10 20\r\ndone\r\n"), 30000);

    const auto shown = operatorCall(m_cluster.agentPort(), json("{'type':'GET_CONTAINERS'}"));
    const auto parent = shown[u"get_containers"][u"containers"][0][u"container_id"];
    auto launch = json("{'command':{'value':'tty; stty size; exec < $(tty); echo reopened'},"
                       "'container':{'type':'MESOS','tty_info':{'window_size':"
                       "{'rows':24,'columns':80}}}}");
    launch[u"container_id"] = QJsonObject{{QStringLiteral("value"), QStringLiteral("beside")},
                                          {QStringLiteral("parent"), parent}};
    EventStream session(
        m_cluster.agentPort(), "/api/v1",
        {{QStringLiteral("type"), QStringLiteral("LAUNCH_NESTED_CONTAINER_SESSION")},
         {QStringLiteral("launch_nested_container_session"), launch}});
    QTRY_VERIFY_WITH_TIMEOUT(session.hasEnded(), 30000);
    QVERIFY2(session.status() == 200, session.refusal());
    QByteArray said;
    for (const QJsonObject &piece : std::as_const(session.records))
        said += QByteArray::fromBase64(piece[u"data"][u"data"].toString().toLatin1());
    QCOMPARE(said, QByteArray("/dev/pts/0\r\n24 80\r\nreopened\r\n"));
    execute.interrupt();
    QVERIFY(execute.exitCode() >= 0);
}

void NativeImagesTest::anUnknownImageIsToldByName()
{
    Execute execute(m_cluster.masterPort());
    execute.start({QStringLiteral("--name=lost"), QStringLiteral("--docker_image=library/lost"),
                   QStringLiteral("--shell=false")});
    QCOMPARE(execute.exitCode(), 1);
    QVERIFY2(execute.output().contains("REASON_CONTAINER_LAUNCH_FAILED")
                 && execute.output().contains("library/lost"),
             execute.output());
}

void NativeImagesTest::pulledOnceItStartsAtOnce()
{
    m_registry.stop(); // what is in the store needs nobody
    Execute execute(m_cluster.masterPort());
    execute.start({QStringLiteral("--name=cached"), QStringLiteral("--docker_image=library/redis"),
                   QStringLiteral("--command=true")});
    QVERIFY2(execute.exitCode() == 0, execute.output());
}

void NativeImagesTest::aCheckpointedOneOutlivesItsAgent()
{
    Execute execute(m_cluster.masterPort());
    execute.start({QStringLiteral("--name=lasting"), QStringLiteral("--docker_image=library/redis"),
                   QStringLiteral("--shell=false"), QStringLiteral("--checkpoint")});
    QVERIFY2(execute.says("TASK_RUNNING"), execute.output() + m_cluster.logTails());
    QTRY_COMPARE_WITH_TIMEOUT(ping(), QByteArray("+PONG"), 30000);
    const auto registered = [this] {
        return m_cluster.agent().logTail(10'000'000).count("registered with");
    };
    const auto before = registered();
    m_cluster.agent().kill();
    QCOMPARE(ping(), QByteArray("+PONG"));
    const auto again =
        m_cluster.agent().start(
            QStringList(m_agentFlags)
            << QStringLiteral("--master=127.0.0.1:%1").arg(m_cluster.masterPort()));
    QVERIFY2(again, m_cluster.logTails());
    QTRY_VERIFY2_WITH_TIMEOUT(registered() > before, m_cluster.logTails(), 30000);
    QCOMPARE(ping(), QByteArray("+PONG"));
    execute.interrupt();
    QVERIFY2(execute.says("TASK_KILLED"), execute.output() + m_cluster.logTails());
    QTRY_COMPARE_WITH_TIMEOUT(ping(), QByteArray(), 30000);
}

void NativeImagesTest::nothingIsLeft()
{
    QTRY_COMPARE_WITH_TIMEOUT(mountsOf({m_cluster.folder()}), QByteArrayList(), 30000);
    const QDir containers(m_cluster.folder() + QStringLiteral("/run/containers"));
    QTRY_COMPARE_WITH_TIMEOUT(containers.entryList(QDir::AllEntries | QDir::NoDotAndDotDot),
                              QStringList(), 30000);
}

QTEST_GUILESS_MAIN(NativeImagesTest)
#include "tst_native_images.moc"
