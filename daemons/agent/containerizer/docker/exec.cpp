#include "daemons/agent/containerizer/docker/exec.h"

#include <csignal>

#include <QFile>
#include <QJsonArray>

#include "daemons/agent/containerizer/docker/engine.h"
#include "daemons/agent/containerizer/sandbox_logs.h"
#include "daemons/containerizer/process_tree.h"

namespace meseta::agent {

namespace {

QJsonObject describe(const mesos::v1::CommandInfo &command)
{
    QJsonArray words;
    if (command.shell())
        words = {QStringLiteral("/bin/sh"), QStringLiteral("-c"),
                 QString::fromStdString(command.value())};
    else
        words = {QString::fromStdString(command.value())};
    for (const auto &argument : command.arguments()) {
        if (!command.shell())
            words.append(QString::fromStdString(argument));
    }
    QJsonArray environment;
    for (const auto &variable : command.environment().variables())
        environment.append(QString::fromStdString(variable.name() + "=" + variable.value()));
    return {{QStringLiteral("Cmd"), words},
            {QStringLiteral("Env"), environment},
            {QStringLiteral("AttachStdout"), true},
            {QStringLiteral("AttachStderr"), true}};
}

} // namespace

DockerExec::DockerExec(DockerEngine &engine, SandboxLogs &logs, QString dockerId, QObject *parent)
    : QObject(parent), m_engine(engine), m_logs(logs), m_dockerId(std::move(dockerId))
{
    m_timeout.setSingleShot(true);
    connect(&m_timeout, &QTimer::timeout, this, &DockerExec::giveUp);
}

DockerExec::~DockerExec()
{
    delete m_exchange;
}

void DockerExec::run(const mesos::v1::CommandInfo &command, Duration timeout, Done done)
{
    m_done = std::move(done);
    if (timeout > Duration::zero())
        m_timeout.start(std::chrono::ceil<std::chrono::milliseconds>(timeout));
    m_engine.post("/containers/" + m_dockerId.toLatin1() + "/exec", describe(command),
                  [self = QPointer(this)](Result<DockerReply> reply) {
                      if (!self)
                          return;
                      if (!reply || !reply->ok())
                          self->finish(fail(reply ? reply->message() : reply.error().message));
                      else
                          self->start(*reply);
                  });
}

void DockerExec::start(const DockerReply &created)
{
    m_id = created.object().value(u"Id").toString();
    const QByteArray body = R"({"Detach":false,"Tty":false})";
    m_exchange = m_engine.open("POST", "/exec/" + m_id.toLatin1() + "/start", body, {}).release();
    connect(m_exchange, &http::Exchange::data, this, [this](const QByteArray &bytes) {
        m_frames.feed(bytes, [this](const DockerFrames::Piece &piece) {
            const std::string_view view(piece.bytes.constData(),
                                        static_cast<std::size_t>(piece.bytes.size()));
            piece.stream == DockerFrames::Stream::Errors ? m_logs.writeErrors(view)
                                                         : m_logs.writeOutput(view);
        });
    });
    connect(m_exchange, &http::Exchange::finished, this, &DockerExec::askForEnd);
    connect(m_exchange, &http::Exchange::failed, this, &DockerExec::askForEnd);
}

void DockerExec::askForEnd()
{
    m_engine.get("/exec/" + m_id.toLatin1() + "/json",
                 [self = QPointer(this)](Result<DockerReply> reply) {
                     if (!self)
                         return;
                     if (!reply || !reply->ok()) {
                         self->finish(fail(reply ? reply->message() : reply.error().message));
                         return;
                     }
                     const auto state = reply->object();
                     if (state.value(u"Running").toBool()) {
                         QTimer::singleShot(
                             50, self, &DockerExec::askForEnd); // its output ended before it did
                         return;
                     }
                     self->finish((state.value(u"ExitCode").toInt() & 0xff) << 8);
                 });
}

/// The API cannot end an exec, but tells its process.
void DockerExec::giveUp()
{
    if (m_id.isEmpty()) {
        finish(fail("the command was not started within its timeout"));
        return;
    }
    m_engine.get("/exec/" + m_id.toLatin1() + "/json",
                 [self = QPointer(this)](Result<DockerReply> reply) {
                     if (!self)
                         return;
                     if (reply && reply->ok())
                         self->killByPid(reply->object().value(u"Pid").toInteger());
                     self->finish(fail("the command did not end within its timeout"));
                 });
}

void DockerExec::killByPid(qint64 pid)
{
    QFile cgroups(QStringLiteral("/proc/%1/cgroup").arg(pid));
    const bool ofContainer = pid > 1 && cgroups.open(QIODevice::ReadOnly)
        && cgroups.readAll().contains(m_dockerId.toLatin1());
    if (!ofContainer)
        return;
    auto processes = containerizer::descendants(static_cast<pid_t>(pid));
    processes.push_back(static_cast<pid_t>(pid));
    for (const pid_t process : processes)
        ::kill(process, SIGKILL);
}

void DockerExec::finish(Result<int> result)
{
    if (!m_done)
        return;
    if (m_exchange != nullptr)
        m_exchange->disconnect(this);
    m_timeout.stop();
    const auto done = std::exchange(m_done, nullptr);
    deleteLater();
    done(std::move(result));
}

} // namespace meseta::agent
