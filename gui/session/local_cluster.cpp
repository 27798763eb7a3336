#include "gui/session/local_cluster.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTcpSocket>
#include <csignal>
#include <unistd.h>

namespace meseta::console {

namespace {

constexpr int tryEveryMs = 100;
constexpr int mostTries = 100;
constexpr int patienceMs = 10000; // tasks have two seconds to end by themselves
constexpr int firstTaskPort = 31000;
constexpr int portsPerAgent = 300;

quint16 freePort(quint16 wanted)
{
    QTcpServer probe;
    if (probe.listen(QHostAddress::LocalHost, wanted) || probe.listen(QHostAddress::LocalHost, 0))
        return probe.serverPort();
    return wanted;
}

} // namespace

LocalCluster::LocalCluster(QObject *parent) : QObject(parent)
{
    m_folder = QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation)
        + QLatin1String("/local-cluster");
    m_programs = QCoreApplication::applicationDirPath();
    m_try.setInterval(tryEveryMs);
    connect(&m_try, &QTimer::timeout, this, &LocalCluster::waitForMaster);
}

LocalCluster::~LocalCluster()
{
    stop();
    for (QProcess *part : m_agents + QList<QProcess *>{m_master}) {
        if (part && part->state() != QProcess::NotRunning && !part->waitForFinished(patienceMs)) {
            part->kill();
            part->waitForFinished(1000);
        }
    }
}

QString LocalCluster::program(const QString &name) const
{
    const QString beside = QStandardPaths::findExecutable(name, {m_programs});
    return beside.isEmpty() ? QStandardPaths::findExecutable(name) : beside;
}

QString LocalCluster::whyNot() const
{
    for (const QString &name : {QStringLiteral("mesos-master"), QStringLiteral("mesos-agent")}) {
        if (program(name).isEmpty())
            return tr("%1 is neither beside the console nor in PATH.").arg(name);
    }
    return {};
}

QProcess *LocalCluster::startPart(const QString &name, const QString &path,
                                  const QStringList &arguments)
{
    auto *part = new QProcess(this);
    part->setObjectName(name);
    part->setProcessChannelMode(QProcess::MergedChannels);
    part->setStandardOutputFile(m_folder + QLatin1Char('/') + name + QLatin1String(".log"));
    connect(part, &QProcess::finished, this, [this, part] { partEnded(part); });
    connect(part, &QProcess::errorOccurred, this, [this, part](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            partEnded(part);
    });
    part->start(path, arguments);
    return part;
}

void LocalCluster::start(int agents)
{
    if (m_master)
        return;
    if (const QString reason = whyNot(); !reason.isEmpty())
        return Q_EMIT failed(reason);
    if (!QDir().mkpath(m_folder))
        return Q_EMIT failed(tr("The folder %1 cannot be made.").arg(m_folder));
    m_stopping = false;
    m_agentCount = agents;
    m_tries = 0;
    m_address = {QStringLiteral("127.0.0.1"), freePort(5050)};
    m_master = startPart(QStringLiteral("master"), program(QStringLiteral("mesos-master")),
                         {QStringLiteral("--ip=127.0.0.1"), QStringLiteral("--hostname=localhost"),
                          QStringLiteral("--port=%1").arg(m_address.port),
                          QStringLiteral("--cluster=local"),
                          QStringLiteral("--work_dir=%1/master").arg(m_folder)});
    if (m_master)
        m_try.start();
}

void LocalCluster::waitForMaster()
{
    if (++m_tries > mostTries) {
        m_try.stop();
        Q_EMIT failed(tr("The master did not answer within %1 s: %2")
                          .arg(mostTries * tryEveryMs / 1000)
                          .arg(lastWords(QStringLiteral("master"))));
        return stop();
    }
    auto *socket = new QTcpSocket(this);
    connect(socket, &QTcpSocket::errorOccurred, socket, &QObject::deleteLater);
    connect(socket, &QTcpSocket::connected, this, [this, socket] {
        socket->deleteLater();
        if (!m_try.isActive())
            return; // another knock was answered first
        m_try.stop();
        startAgents();
        Q_EMIT ready(m_address);
    });
    socket->connectToHost(m_address.host, m_address.port);
}

bool LocalCluster::hasDockerEngine()
{
    return QFile::exists(QStringLiteral("/var/run/docker.sock"));
}

void LocalCluster::startAgents()
{
    const bool docker = hasDockerEngine();
    for (int i = 0; i < m_agentCount; ++i) {
        const int first = firstTaskPort + i * portsPerAgent;
        const QString name = QStringLiteral("agent-%1").arg(i + 1);
        const QString place = m_folder + QLatin1Char('/') + name;
        QStringList images;
        if (geteuid() == 0) // without an engine images are still fetched and run, natively
            images << QStringLiteral("--image_providers=docker")
                   << QStringLiteral("--isolation=docker/runtime,filesystem/linux")
                   << QStringLiteral("--docker_store_dir=%1/images").arg(place);
        m_agents << startPart(
            name, program(QStringLiteral("mesos-agent")),
            images
                + QStringList{
                    QStringLiteral("--master=%1").arg(m_address.text()),
                    QStringLiteral("--ip=127.0.0.1"), QStringLiteral("--hostname=localhost"),
                    QStringLiteral("--port=%1").arg(freePort(static_cast<quint16>(5051 + i))),
                    docker ? QStringLiteral("--containerizers=docker,mesos")
                           : QStringLiteral("--containerizers=mesos"),
                    QStringLiteral("--launcher_dir=%1")
                        .arg(QFileInfo(program(QStringLiteral("mesos-agent"))).path()),
                    QStringLiteral("--resources=ports:[%1-%2]")
                        .arg(first)
                        .arg(first + portsPerAgent - 1),
                    QStringLiteral("--executor_shutdown_grace_period=2secs"),
                    QStringLiteral("--runtime_dir=%1/run").arg(place),
                    QStringLiteral("--work_dir=%1").arg(place)});
    }
}

QString LocalCluster::lastWords(const QString &name) const
{
    QFile log(m_folder + QLatin1Char('/') + name + QLatin1String(".log"));
    if (!log.open(QIODevice::ReadOnly))
        return {};
    log.seek(std::max<qint64>(0, log.size() - 1000));
    return QString::fromUtf8(log.readAll()).trimmed().section(QLatin1Char('\n'), -2);
}

void LocalCluster::partEnded(QProcess *part)
{
    const QString name = part->objectName();
    const bool isMaster = part == m_master;
    if (isMaster)
        m_master = nullptr;
    m_agents.removeOne(part);
    part->deleteLater();
    if (!m_stopping)
        Q_EMIT failed(tr("%1 ended: %2").arg(name, lastWords(name)));
    if (isMaster && !m_stopping)
        stop();
    if (m_stopping && m_agents.isEmpty()) {
        if (m_master)
            m_master->terminate();
        else
            Q_EMIT ended();
    }
}

void LocalCluster::stop()
{
    m_try.stop();
    if (m_stopping)
        return;
    m_stopping = true;
    for (QProcess *agent : std::as_const(m_agents)) {
        if (agent->processId() > 0)
            kill(static_cast<pid_t>(agent->processId()), SIGUSR1); // with all that runs on it
    }
    if (m_agents.isEmpty() && m_master)
        m_master->terminate();
}

} // namespace meseta::console
