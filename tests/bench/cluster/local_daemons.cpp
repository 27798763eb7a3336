#include "tests/bench/cluster/local_daemons.h"

#include <QCoreApplication>
#include <QTcpServer>
#include <QTcpSocket>

#include "tests/bench/cluster/figures.h"

namespace meseta::bench {

namespace {

quint16 freePort()
{
    QTcpServer probe;
    probe.listen(QHostAddress::LocalHost, 0);
    return probe.serverPort();
}

bool answers(quint16 port)
{
    QTcpSocket socket;
    socket.connectToHost(QHostAddress::LocalHost, port);
    return socket.waitForConnected(200);
}

void stop(std::unique_ptr<QProcess> &process)
{
    if (!process)
        return;
    process->terminate();
    if (!process->waitForFinished(5000))
        process->kill();
    process->waitForFinished(5000);
    process.reset();
}

} // namespace

LocalDaemons::LocalDaemons() = default;

LocalDaemons::~LocalDaemons()
{
    stop(m_agent);
    stop(m_master);
}

std::unique_ptr<QProcess> LocalDaemons::start(const QString &program, const QStringList &arguments,
                                              quint16 port)
{
    auto process = std::make_unique<QProcess>();
    process->setStandardOutputFile(QProcess::nullDevice());
    process->setStandardErrorFile(m_scratch.filePath(program + QStringLiteral(".log")));
    process->start(QCoreApplication::applicationDirPath() + QLatin1Char('/') + program, arguments);
    if (!waitFor([&] { return process->state() == QProcess::NotRunning || answers(port); }, 10)
        || process->state() == QProcess::NotRunning)
        return nullptr;
    return process;
}

Result<> LocalDaemons::startMaster()
{
    m_masterPort = freePort();
    m_master =
        start(QStringLiteral("mesos-master"),
              {QStringLiteral("--ip=127.0.0.1"), QStringLiteral("--port=%1").arg(m_masterPort),
               QStringLiteral("--work_dir=") + m_scratch.filePath(QStringLiteral("master"))},
              m_masterPort);
    return m_master
        ? Result<>()
        : fail("mesos-master did not start; it stands beside this program in the build");
}

Result<> LocalDaemons::startAgent(const QStringList &flags)
{
    const quint16 port = freePort();
    const QString bin = QCoreApplication::applicationDirPath();
    m_agent = start(
        QStringLiteral("mesos-agent"),
        QStringList{QStringLiteral("--master=127.0.0.1:%1").arg(m_masterPort),
                    QStringLiteral("--ip=127.0.0.1"), QStringLiteral("--port=%1").arg(port),
                    QStringLiteral("--launcher_dir=") + bin,
                    QStringLiteral("--work_dir=") + m_scratch.filePath(QStringLiteral("agent")),
                    QStringLiteral("--runtime_dir=") + m_scratch.filePath(QStringLiteral("run")),
                    QStringLiteral("--resources=cpus:64;mem:65536")}
            + flags,
        port);
    return m_agent ? Result<>()
                   : fail("mesos-agent did not start; it stands beside this program in the build");
}

} // namespace meseta::bench
