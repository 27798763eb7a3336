#include "recovery_bench.h"
#include "tests/support/signals.h"

#include <csignal>
#include <set>

#include <QDirIterator>

#include "tests/support/server_process.h"

namespace meseta::agent {

namespace {

QByteArray contents(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// The groups below this one, in every hierarchy that is mounted; the innermost first.
QStringList groupsBelow(const QString &root)
{
    const QString mounts = QStringLiteral("/sys/fs/cgroup");
    QStringList found;
    for (const QString &hierarchy :
         QDir(mounts).entryList(QDir::Dirs | QDir::NoDot | QDir::NoDotDot)) {
        QDirIterator all(mounts + u'/' + hierarchy + u'/' + root, QDir::Dirs | QDir::NoDotAndDotDot,
                         QDirIterator::Subdirectories);
        while (all.hasNext())
            found.prepend(all.next());
        if (const QString own = mounts + u'/' + hierarchy + u'/' + root; QDir(own).exists())
            found << own;
    }
    return found;
}

} // namespace

RecoveryBench::RecoveryBench() : m_port(test::freePort())
{
    master.checkpoint = true;
}

RecoveryBench::~RecoveryBench()
{
    kill();
    for (const QString &process : processes())
        test::signalProcess(process.section(QLatin1Char(' '), 0, 0).toInt(), SIGKILL);
    // What was killed takes a moment to be gone.
    const bool gone = QTest::qWaitFor(
        [this] {
            for (const QString &group : groupsBelow(cgroups()))
                QDir().rmdir(group);
            return groupsBelow(cgroups()).isEmpty();
        },
        20000);
    if (!gone)
        qWarning("control groups are left: %s", qPrintable(groupsBelow(cgroups()).join(u' ')));
}

QString RecoveryBench::cgroups() const
{
    return QStringLiteral("meseta_recovery_%1").arg(m_port);
}

bool RecoveryBench::start(const QStringList &environment)
{
    ++m_starts;
    m_known = master.newcomers.size() + master.returners.size();
    agent = std::make_unique<AgentProcess>(m_folder.path());
    agent->process.setEnvironment(QProcess::systemEnvironment() + environment);
    return agent->start(master.port(),
                        QStringList{QStringLiteral("--port=%1").arg(m_port),
                                    QStringLiteral("--cgroups_root=") + cgroups()}
                            + flags);
}

bool RecoveryBench::isRegistered()
{
    return QTest::qWaitFor(
        [this] { return master.newcomers.size() + master.returners.size() > m_known; }, 60000);
}

bool RecoveryBench::startWith(const mesos::v1::TaskInfo &task)
{
    if (!start() || !isRegistered())
        return false;
    master.launch(task);
    return QTest::qWaitFor(
        [&] { return master.last(task.task_id().value()).state() == mesos::v1::TASK_RUNNING; },
        60000);
}

void RecoveryBench::kill()
{
    if (!agent || agent->process.state() == QProcess::NotRunning)
        return;
    agent->process.kill();
    agent->process.waitForFinished();
}

QString RecoveryBench::states(const std::string &taskId) const
{
    QStringList names;
    std::set<std::string> seen;
    for (const auto &update : master.updates) {
        if (update.status().task_id().value() == taskId && seen.insert(update.uuid()).second)
            names << QString::fromStdString(mesos::v1::TaskState_Name(update.status().state()));
    }
    return names.join(QLatin1Char(' '));
}

int RecoveryBench::waitForExit()
{
    if (!agent->waitFinished() || agent->process.exitStatus() != QProcess::NormalExit)
        return -1;
    return agent->process.exitCode();
}

QByteArray RecoveryBench::read(const char *name) const
{
    return contents(path(name));
}

void RecoveryBench::touch(const char *name) const
{
    QFile file(path(name));
    if (!file.open(QIODevice::WriteOnly))
        qFatal("cannot write %s", qPrintable(file.fileName()));
}

mesos::v1::TaskInfo RecoveryBench::waiter(const std::string &id, int exitCode) const
{
    const std::string folder = m_folder.path().toStdString();
    return master.task(id,
                       "echo " + id + " >> " + folder + "/starts; while [ ! -e " + folder
                           + "/go ]; do sleep 0.02; done; exit " + std::to_string(exitCode));
}

mesos::v1::TaskInfo RecoveryBench::executorTask(const std::string &id,
                                                const std::string &executorId) const
{
    const QString programs =
        qEnvironmentVariable("MESETA_BIN_DIR", QCoreApplication::applicationDirPath());
    mesos::v1::TaskInfo task = master.task(id, {});
    task.clear_command();
    auto *executor = task.mutable_executor();
    executor->set_type(mesos::v1::ExecutorInfo::CUSTOM);
    executor->mutable_executor_id()->set_value(executorId);
    executor->mutable_framework_id()->set_value("M-0000");
    // The folder in its command line marks it as this bench's.
    executor->mutable_command()->set_value("exec " + programs.toStdString() + "/test_executor "
                                           + m_folder.path().toStdString());
    *executor->mutable_resources() = task.resources();
    return task;
}

QStringList RecoveryBench::processes() const
{
    QStringList found;
    QDirIterator all(QStringLiteral("/proc"), QDir::Dirs | QDir::NoDotAndDotDot);
    while (all.hasNext()) {
        const QString folder = all.next();
        const qint64 pid = all.fileName().toLongLong();
        if (pid <= 0 || pid == ::getpid() || (agent && pid == agent->process.processId()))
            continue;
        const QByteArray command = contents(folder + QStringLiteral("/cmdline")).replace('\0', ' ');
        const QByteArray whole = command + contents(folder + QStringLiteral("/environ"));
        if (whole.contains(m_folder.path().toUtf8()))
            found << QStringLiteral("%1 %2").arg(pid).arg(QString::fromUtf8(command.left(200)));
    }
    return found;
}

QStringList RecoveryBench::leftovers() const
{
    QStringList found;
    QDirIterator containers(path("run/containers"), QDir::AllEntries | QDir::NoDotAndDotDot);
    while (containers.hasNext())
        found << containers.next();
    QDirIterator kept(path("data/meta/slaves/M-S0/frameworks"), QDir::Dirs | QDir::NoDotAndDotDot,
                      QDirIterator::Subdirectories);
    while (kept.hasNext()) {
        const QDir run(kept.next());
        const bool isRun = run.path().section(u'/', -2, -2) == QLatin1String("runs")
            && !QFileInfo(run.path()).isSymLink();
        if (isRun && !run.exists(QStringLiteral("executor.sentinel")))
            found << run.path();
    }
    for (const QString &group : groupsBelow(cgroups())) {
        if (!group.endsWith(cgroups())) // the one above those of containers stays with the agent
            found << group;
    }
    return found;
}

QByteArray RecoveryBench::account() const
{
    QByteArray seen;
    for (const std::string &name : master.received)
        seen += ' ' + QByteArray::fromStdString(name);
    return "starts: " + QByteArray::number(m_starts) + "\nmessages:" + seen + "\nstates: "
        + master.states("t").toUtf8() + "\nleft: " + leftovers().join(QLatin1Char('\n')).toUtf8()
        + "\nprocesses: " + processes().join(QLatin1Char('\n')).toUtf8()
        + "\nthe agent: " + agent->errors().right(3000);
}

QString RecoveryBench::metaPath(const QString &end) const
{
    QDirIterator all(m_folder.path() + QStringLiteral("/data/meta"), QDir::Files,
                     QDirIterator::Subdirectories);
    while (all.hasNext()) {
        if (const QString path = all.next(); path.endsWith(end))
            return path;
    }
    return {};
}

} // namespace meseta::agent
