#include "daemons/agent/containerizer/docker/container.h"

#include <QFileInfo>

#include "daemons/agent/containerizer/docker/engine.h"
#include "daemons/agent/containerizer/docker/exec.h"
#include "daemons/agent/containerizer/docker/resource_update.h"
#include "daemons/agent/containerizer/docker/run_request.h"

namespace meseta::agent {

using mesos::v1::TaskStatus;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr auto outputPatience = seconds(5); ///< for the last output of a container that ended
constexpr auto retryInterval = seconds(5);
constexpr std::size_t maxInspectBytes = 256 * 1024;

/// The exit status the docker command line gives when a container cannot be started; its users know
/// these.
std::optional<int> commandLineStatus(const std::string &words)
{
    const auto has = [&](const char *part) { return words.find(part) != std::string::npos; };
    if (has("executable file not found") || has("no such file or directory"))
        return 127;
    if (has("permission denied") || has("is a directory") || has("not a directory"))
        return 126;
    return std::nullopt;
}

template <typename F> auto guarded(DockerContainer *self, F call)
{
    return [self = QPointer(self), call](Result<DockerReply> reply) {
        if (self)
            call(std::move(reply));
    };
}

} // namespace

DockerContainer::DockerContainer(ContainerSpec spec, ContainerEvents events,
                                 Surroundings surroundings)
    : m_spec(std::move(spec))
    , m_events(std::move(events))
    , m_around(surroundings)
    , m_output(surroundings.engine, m_logs)
{
    m_again.setSingleShot(true);
    m_outputPatience.setSingleShot(true);
    connect(&m_again, &QTimer::timeout, this, [this] { m_killed ? sendStop() : look(); });
    connect(&m_output, &DockerLogStream::ended, this, &DockerContainer::outputEnded);
    connect(&m_outputPatience, &QTimer::timeout, this,
            [this] { finish(terminationOf(m_spec, *m_last, m_killed)); });
}

DockerContainer::~DockerContainer()
{
    if (m_pull != 0)
        m_around.puller.cancel(m_pull);
}

QByteArray DockerContainer::path(const char *suffix) const
{
    return "/containers/" + m_dockerId.toLatin1() + suffix;
}

void DockerContainer::launch()
{
    m_around.engine.whenUp(m_around.options.engineWait, [self = QPointer(this)](Result<> up) {
        if (!self || self->m_phase != Phase::WaitingForEngine)
            return;
        if (!up)
            self->failLaunch(up.error().message);
        else
            self->findImage();
    });
}

void DockerContainer::findImage()
{
    const auto image = ImageReference::parse(m_spec.container->docker().image());
    const auto logs = m_logs.open(m_spec.sandbox,
                                  m_around.options.logs.overriddenBy(m_spec.command.environment()));
    const auto run = describeRun(
        m_spec,
        {m_around.options, m_around.engine.totalMemoryBytes(), m_around.engine.logsToFiles()});
    if (!image || !logs || !run) {
        failLaunch(!run         ? run.error().message
                       : !image ? image.error().message
                                : logs.error().message);
        return;
    }
    if (m_spec.container->docker().force_pull_image()) {
        pullImage();
        return;
    }
    m_phase = Phase::LookingForImage;
    m_around.engine.get("/images/" + QByteArray::fromStdString(image->full()) + "/json",
                        guarded(this, [this](Result<DockerReply> reply) {
                            if (m_phase != Phase::LookingForImage)
                                return;
                            if (!reply)
                                failLaunch(reply.error().message);
                            else if (reply->ok())
                                create();
                            else
                                pullImage();
                        }));
}

void DockerContainer::pullImage()
{
    m_phase = Phase::Pulling;
    ImagePuller::Request request;
    request.image = *ImageReference::parse(m_spec.container->docker().image());
    auto config = sandboxDockerConfig(m_spec.sandbox);
    if (config.isEmpty())
        config =
            QJsonDocument::fromJson(QByteArray::fromStdString(m_around.options.config)).object();
    request.auth = registryAuth(config, request.image);
    request.progress = [this](const PullProgress &progress) {
        if (m_events.progress)
            m_events.progress(progress.message, progress.doneBytes, progress.totalBytes);
    };
    request.done = [this](Result<> result) { pulled(std::move(result)); };
    m_pull = m_around.puller.pull(std::move(request));
}

void DockerContainer::pulled(Result<> result)
{
    m_pull = 0;
    if (m_phase != Phase::Pulling)
        return;
    if (!result)
        failLaunch(result.error().message);
    else
        create();
}

void DockerContainer::create()
{
    m_phase = Phase::Creating;
    const auto run = describeRun(
        m_spec,
        {m_around.options, m_around.engine.totalMemoryBytes(), m_around.engine.logsToFiles()});
    if (!run) {
        failLaunch(run.error().message);
        return;
    }
    m_tty = run->config.value(u"Tty").toBool();
    m_removeAtOnce = run->removeAtEnd;
    m_around.engine.post(
        "/containers/create?name=" + QByteArray::fromStdString(dockerName(m_spec.containerId)),
        run->toJson(),
        guarded(this, [this](Result<DockerReply> reply) { createAnswered(std::move(reply)); }));
}

void DockerContainer::createAnswered(Result<DockerReply> reply)
{
    if (!reply) {
        // Whether it was created is not known.
        m_dockerId = QString::fromStdString(dockerName(m_spec.containerId));
        discard();
        failLaunch(reply.error().message);
        return;
    }
    if (!reply->ok()) {
        failLaunch("the Docker engine refused to create the container: " + reply->message());
        return;
    }
    m_dockerId = reply->object().value(u"Id").toString();
    Q_EMIT created();
    if (m_killed) {
        discard();
        finishKilled("Killed before it was started");
        return;
    }
    start();
}

void DockerContainer::start()
{
    m_phase = Phase::Starting;
    m_around.engine.call(
        "POST", path("/start"), {},
        guarded(this, [this](Result<DockerReply> reply) { startAnswered(std::move(reply)); }),
        2 * m_around.options.engineTimeout);
}

void DockerContainer::startAnswered(Result<DockerReply> reply)
{
    if (!reply) {
        discard();
        failLaunch("starting the container: " + reply.error().message);
        return;
    }
    if (!reply->ok() && reply->status != 304) {
        startRefused(reply->message());
        return;
    }
    m_phase = Phase::Running;
    look();
    if (m_killed)
        sendStop();
}

void DockerContainer::startRefused(const std::string &words)
{
    discard();
    const auto status = commandLineStatus(words);
    if (!status) {
        failLaunch("the Docker engine could not start the container: " + words);
        return;
    }
    // As under Mesos, where the docker command line ends with this status: no reason of the
    // agent's.
    ContainerTermination termination;
    termination.waitStatus = *status << 8;
    termination.message = "Container exited with status " + std::to_string(*status) + ": " + words;
    finish(std::move(termination));
}

void DockerContainer::recover()
{
    m_phase = Phase::Running;
    m_recovered = true;
    m_dockerId = QString::fromStdString(dockerName(m_spec.containerId));
    const QString sandbox = QString::fromStdString(m_spec.sandbox);
    const auto newest = std::max(QFileInfo(sandbox + QLatin1String("/stdout")).lastModified(),
                                 QFileInfo(sandbox + QLatin1String("/stderr")).lastModified());
    if (newest.isValid())
        m_output.startAt(static_cast<double>(newest.toMSecsSinceEpoch()) / 1000);
    const auto logs = m_logs.open(m_spec.sandbox,
                                  m_around.options.logs.overriddenBy(m_spec.command.environment()));
    if (!logs)
        qWarning("%s", logs.error().message.c_str());
    if (const auto run = describeRun(
            m_spec,
            {m_around.options, m_around.engine.totalMemoryBytes(), m_around.engine.logsToFiles()}))
        m_removeAtOnce = run->removeAtEnd;
    if (m_around.engine.isUp())
        look();
}

void DockerContainer::engineUp()
{
    if (m_phase != Phase::Running && m_phase != Phase::Ending)
        return;
    look();
    if (m_killed && m_phase == Phase::Running)
        sendStop();
}

void DockerContainer::look()
{
    if (m_dockerId.isEmpty() || m_phase != Phase::Running)
        return;
    if (std::exchange(m_looking, true)) {
        m_lookAgain = true;
        return;
    }
    m_around.engine.get(path("/json"), guarded(this, [this](Result<DockerReply> reply) {
                            m_looking = false;
                            const bool again = std::exchange(m_lookAgain, false);
                            inspected(std::move(reply));
                            if (again)
                                look();
                        }));
}

void DockerContainer::inspected(Result<DockerReply> reply)
{
    if (m_phase != Phase::Running)
        return;
    if (reply && reply->status == 404 && m_recovered && !m_announced) {
        neverCreated();
        return;
    }
    if (reply && reply->status == 404) {
        ContainerTermination termination;
        termination.killed = m_killed;
        termination.message = "The container " + dockerName(m_spec.containerId)
            + " is no longer known to the Docker engine: somebody removed it";
        finish(std::move(termination));
        return;
    }
    if (!reply || !reply->ok()) {
        m_again.start(retryInterval); // engineUp comes sooner when the engine was away
        return;
    }
    const auto object = reply->object();
    const auto inspection = DockerInspection::of(object);
    if (const QString id = object.value(u"Id").toString(); id != m_dockerId) {
        m_dockerId = id; // recovered: known by its name until now
        m_tty = object.value(u"Config").toObject().value(u"Tty").toBool();
        Q_EMIT created();
    }
    if (m_recovered && !inspection.everStarted && !inspection.running && !m_killed) {
        start(); // the earlier agent had only created it
        return;
    }
    if (inspection.running && !m_output.isFollowing())
        m_output.follow(m_dockerId, m_tty);
    announce(reply->body, inspection);
    if (!inspection.running)
        ended(inspection);
}

/// The earlier agent did not get to creating it, or somebody removed it; the agent knows whether it
/// had ever run.
void DockerContainer::neverCreated()
{
    m_neverStarted = true;
    m_dockerId.clear();
    ContainerTermination termination;
    termination.neverStarted = true;
    termination.killed = m_killed;
    termination.message = "The Docker engine does not know the container "
        + dockerName(m_spec.containerId) + ": it was not created yet, or somebody removed it";
    finish(std::move(termination));
}

void DockerContainer::announce(const QByteArray &inspect, const DockerInspection &inspection)
{
    if (inspection.running || !m_status)
        m_status = statusOf(m_spec.containerId, m_spec, inspection);
    if (!inspection.everStarted || std::exchange(m_announced, true))
        return;
    if (m_events.inspected && static_cast<std::size_t>(inspect.size()) <= maxInspectBytes)
        m_events.inspected("[" + inspect.trimmed().toStdString() + "]");
    if (const auto late = std::exchange(m_lateUpdate, std::nullopt))
        sendUpdate(*late, [](Result<> updated) {
            if (!updated)
                qWarning("%s", updated.error().message.c_str());
        });
    if (m_events.started)
        m_events.started(*m_status);
}

void DockerContainer::outputEnded()
{
    if (m_phase == Phase::Running) {
        look(); // the container ended, or only the stream did: then it is followed again
        return;
    }
    if (m_phase != Phase::Ending || m_output.isFollowing())
        return;
    if (!std::exchange(m_restFetched, true)) {
        m_output.fetchRest(m_dockerId, m_tty);
        return;
    }
    finish(terminationOf(m_spec, *m_last, m_killed));
}

void DockerContainer::ended(const DockerInspection &inspection)
{
    m_phase = Phase::Ending;
    m_last = inspection;
    m_again.stop();
    m_outputPatience.start(outputPatience);
    outputEnded();
}

void DockerContainer::kill(Duration grace)
{
    const Duration wanted = std::max(grace, m_around.options.stopTimeout);
    m_grace = std::exchange(m_killed, true) ? std::min(m_grace, wanted) : wanted;
    switch (m_phase) {
    case Phase::WaitingForEngine:
    case Phase::LookingForImage:
        finishKilled("Killed before it was started");
        break;
    case Phase::Pulling:
        m_around.puller.cancel(std::exchange(m_pull, 0));
        finishKilled("Container was killed while its image was being pulled");
        break;
    case Phase::Running:
        sendStop();
        break;
    default:
        break; // after creating and starting it is asked again; ended it is anyway
    }
}

void DockerContainer::destroy()
{
    m_destroy = true;
    kill(Duration::zero());
}

void DockerContainer::sendStop()
{
    const auto grace = std::chrono::floor<seconds>(m_grace);
    const QByteArray target = m_destroy
        ? path("/kill?signal=KILL")
        : path("/stop?t=") + QByteArray::number(static_cast<qint64>(grace.count()));
    m_around.engine.call("POST", target, {},
                         guarded(this,
                                 [this](Result<DockerReply> reply) {
                                     if (m_phase != Phase::Running)
                                         return;
                                     if (reply
                                         && (reply->ok() || reply->status == 304
                                             || reply->status == 404 || reply->status == 409))
                                         look();
                                     else
                                         m_again.start(retryInterval);
                                 }),
                         grace + m_around.options.engineTimeout);
}

void DockerContainer::usage(std::function<void(Result<mesos::v1::ResourceStatistics>)> done)
{
    if (m_phase != Phase::Running) {
        QTimer::singleShot(0, this, [done] { done(fail("the container does not run yet")); });
        return;
    }
    m_around.engine.get(path("/stats?stream=false&one-shot=true"),
                        guarded(this, [this, done](Result<DockerReply> reply) {
                            if (!reply || !reply->ok())
                                done(fail(reply ? reply->message() : reply.error().message));
                            else
                                done(statisticsOf(m_spec, reply->object()));
                        }));
}

void DockerContainer::update(const ContainerResources &resources,
                             std::function<void(Result<>)> done)
{
    m_spec.resources = resources.requests;
    m_spec.cpus = resources.cpus;
    m_spec.memBytes = resources.memBytes;
    m_spec.cpusLimit = resources.cpusLimit;
    m_spec.memLimitBytes = resources.memLimitBytes;
    if (m_phase == Phase::Running && m_announced) {
        sendUpdate(resources, std::move(done));
        return;
    }
    m_lateUpdate = resources;
    QTimer::singleShot(0, this, [done = std::move(done)] { done({}); });
}

void DockerContainer::sendUpdate(const ContainerResources &resources,
                                 std::function<void(Result<>)> done)
{
    const auto answered = [this, done](const Result<DockerReply> &reply) {
        if (m_phase != Phase::Running || (reply && (reply->ok() || reply->status == 404)))
            done({}); // one that is over uses nothing any more
        else
            done(fail("the Docker engine did not change the limits of "
                      + dockerName(m_spec.containerId) + ": "
                      + (reply ? reply->message() : reply.error().message)));
    };
    const auto inspected = [this, resources, answered](Result<DockerReply> reply) {
        if (m_phase != Phase::Running || !reply || !reply->ok()) {
            answered(reply);
            return;
        }
        m_around.engine.post(path("/update"),
                             resourceUpdate(resources, m_around.options.enableCfs,
                                            reply->object().value(u"HostConfig").toObject()),
                             guarded(this, answered));
    };
    m_around.engine.whenUp(m_around.options.engineWait,
                           [this, self = QPointer(this), inspected, done](Result<> up) {
                               if (!self)
                                   return;
                               if (up)
                                   m_around.engine.get(path("/json"), guarded(this, inspected));
                               else
                                   done(fail(up.error()));
                           });
}

void DockerContainer::exec(const mesos::v1::CommandInfo &command, Duration timeout,
                           std::function<void(Result<int>)> done)
{
    if (m_phase != Phase::Running) {
        QTimer::singleShot(0, this, [done] { done(fail("the container does not run")); });
        return;
    }
    (new DockerExec(m_around.engine, m_logs, m_dockerId, this))
        ->run(command, timeout, std::move(done));
}

/// Takes away a container that never ran.
void DockerContainer::discard()
{
    m_around.engine.call("DELETE", path("?v=1&force=1"), {}, [](Result<DockerReply>) {});
    m_dockerId.clear();
}

void DockerContainer::failLaunch(const std::string &message)
{
    ContainerTermination termination;
    termination.reason = TaskStatus::REASON_CONTAINER_LAUNCH_FAILED;
    termination.message = message;
    termination.killed = m_killed;
    finish(std::move(termination));
}

void DockerContainer::finishKilled(const std::string &message)
{
    ContainerTermination termination;
    termination.killed = true;
    termination.message = message;
    finish(std::move(termination));
}

void DockerContainer::finish(ContainerTermination termination)
{
    if (std::exchange(m_phase, Phase::Over) == Phase::Over)
        return;
    // Later: `ended` never comes from inside a call to the containerizer.
    QTimer::singleShot(0, this, [this, termination = std::move(termination)] {
        if (termination.neverStarted) // it may be launched again at once
            Q_EMIT over();
        if (m_events.ended)
            m_events.ended(termination);
        if (!termination.neverStarted)
            Q_EMIT over();
    });
}

} // namespace meseta::agent
