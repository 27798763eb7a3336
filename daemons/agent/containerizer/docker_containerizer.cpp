#include "daemons/agent/containerizer/docker_containerizer.h"

#include <filesystem>

#include <QJsonArray>

#include "common/endpoints/metrics_registry.h"
#include "daemons/agent/containerizer/docker/container.h"
#include "daemons/agent/containerizer/docker/engine.h"
#include "daemons/agent/containerizer/docker/removal_queue.h"
#include "daemons/agent/containerizer/docker/run_request.h"

namespace meseta::agent {

using mesos::v1::ContainerStatus;
using mesos::v1::ResourceStatistics;

namespace {

/// An engine that starts late, after the agent, still holds what an earlier agent left.
constexpr Duration orphanWait = std::chrono::hours(7 * 24);

/// The work_dir marks containers as this agent's: however it was spelt, it is one folder.
DockerOptions withCanonicalWorkDir(DockerOptions options)
{
    std::error_code error;
    const auto canonical = std::filesystem::weakly_canonical(options.workDir, error);
    if (!error && !options.workDir.empty())
        options.workDir = canonical.lexically_normal();
    return options;
}

} // namespace

struct DockerContainerizer::Private
{
    explicit Private(DockerOptions o)
        : options(withCanonicalWorkDir(std::move(o)))
        , engine({options.socket, options.workDir, options.engineTimeout})
        , puller(engine, options.pullSilence)
        , removals(engine, options.removeDelay)
    {
        QObject::connect(&engine, &DockerEngine::up, &context, [this] {
            for (auto &[id, container] : snapshot())
                container->engineUp();
        });
        QObject::connect(&engine, &DockerEngine::containerDied, &context,
                         [this](const QString &dockerId) {
                             if (const auto found = byDockerId.value(dockerId))
                                 found->look();
                         });
    }
    ~Private()
    {
        for (auto &[id, container] : containers)
            delete container;
    }

    std::map<std::string, DockerContainer *> snapshot() const { return containers; }
    DockerContainer *add(const ContainerSpec &spec, ContainerEvents events);
    DockerContainer *find(const std::string &id) const;
    void removeOrphans(const QJsonArray &listed, const std::vector<std::string> &known,
                       std::function<void(Result<int>)> done);

    DockerOptions options;
    DockerEngine engine;
    ImagePuller puller;
    DockerRemovalQueue removals;
    std::map<std::string, DockerContainer *> containers;
    struct Ended
    {
        QString dockerId;
        bool removeAtOnce = false;
    };
    std::map<std::string, Ended> ended; ///< until the agent has put their end on record
    QHash<QString, DockerContainer *> byDockerId;
    QObject context;
};

DockerContainer *DockerContainerizer::Private::add(const ContainerSpec &spec,
                                                   ContainerEvents events)
{
    auto *container = new DockerContainer(spec, std::move(events), {engine, puller, options});
    containers[spec.containerId] = container;
    QObject::connect(container, &DockerContainer::created, &context,
                     [this, container] { byDockerId.insert(container->dockerId(), container); });
    QObject::connect(container, &DockerContainer::over, &context, [this, container] {
        containers.erase(container->spec().containerId);
        byDockerId.removeIf([container](const auto &entry) { return entry.value() == container; });
        const Ended one{container->dockerId(), container->removeAtOnce()};
        if (!container->mayBeRemoved())
            ended[container->spec().containerId] = one;
        else if (!one.dockerId.isEmpty())
            removals.add(one.dockerId, one.removeAtOnce);
        container->deleteLater();
    });
    return container;
}

DockerContainer *DockerContainerizer::Private::find(const std::string &id) const
{
    const auto found = containers.find(id);
    return found == containers.end() ? nullptr : found->second;
}

void DockerContainerizer::Private::removeOrphans(const QJsonArray &listed,
                                                 const std::vector<std::string> &known,
                                                 std::function<void(Result<int>)> done)
{
    const auto count = std::make_shared<int>(0);
    const auto left = std::make_shared<int>(1);
    const auto oneLess = [count, left, done = std::move(done)] {
        if (--*left == 0)
            done(*count);
    };
    for (const auto &value : listed) {
        const auto entry = value.toObject();
        const auto id = entry.value(u"Labels")
                            .toObject()
                            .value(u"meseta.container_id")
                            .toString()
                            .toStdString();
        if (id.empty() || containers.contains(id)
            || std::find(known.begin(), known.end(), id) != known.end())
            continue;
        ++*left;
        const bool running = entry.value(u"State").toString() == u"running";
        const auto dockerId = entry.value(u"Id").toString().toLatin1();
        qInfo(running
                  ? "the Docker container %s (%s) of an earlier agent still runs, and no task is "
                    "known of it: it is removed"
                  : "the Docker container %s (%s) of an earlier agent is over: it is removed",
              id.c_str(), dockerId.left(12).constData());
        engine.call("DELETE", "/containers/" + dockerId + "?v=1&force=1", {},
                    [count, running, oneLess](Result<DockerReply> reply) {
                        *count += running && reply && reply->ok() ? 1 : 0;
                        oneLess();
                    });
    }
    oneLess();
}

DockerContainerizer::DockerContainerizer(DockerOptions options)
    : d(std::make_unique<Private>(std::move(options)))
{ }

DockerContainerizer::~DockerContainerizer() = default;

bool DockerContainerizer::supports(const std::optional<mesos::v1::ContainerInfo> &container) const
{
    return container && container->type() == mesos::v1::ContainerInfo::DOCKER;
}

Result<> DockerContainerizer::ready() const
{
    return d->engine.state();
}

void DockerContainerizer::whenReady(std::function<void(Result<>)> done)
{
    d->engine.whenTried(std::move(done));
}

void DockerContainerizer::launch(const ContainerSpec &spec, ContainerEvents events)
{
    if (!spec.container || !spec.container->has_docker() || d->find(spec.containerId) != nullptr) {
        ContainerTermination termination;
        termination.reason = mesos::v1::TaskStatus::REASON_CONTAINER_LAUNCH_FAILED;
        termination.message = d->find(spec.containerId) != nullptr
            ? "a container with the id " + spec.containerId + " runs already"
            : "container.docker is not set: a container of type DOCKER needs its image there";
        QTimer::singleShot(0, &d->context,
                           [ended = events.ended, termination] { ended(termination); });
        return;
    }
    d->add(spec, std::move(events))->launch();
}

bool DockerContainerizer::recover(const ContainerSpec &spec, ContainerEvents events)
{
    d->add(spec, std::move(events))->recover();
    return true;
}

void DockerContainerizer::forget(const std::string &containerId)
{
    const auto node = d->ended.extract(containerId);
    if (node && !node.mapped().dockerId.isEmpty())
        d->removals.add(node.mapped().dockerId, node.mapped().removeAtOnce);
}

void DockerContainerizer::kill(const std::string &containerId, Duration grace)
{
    if (auto *container = d->find(containerId))
        container->kill(grace);
}

void DockerContainerizer::destroy(const std::string &containerId)
{
    if (auto *container = d->find(containerId))
        container->destroy();
}

void DockerContainerizer::update(const std::string &containerId,
                                 const ContainerResources &resources,
                                 std::function<void(Result<>)> done)
{
    if (auto *container = d->find(containerId))
        container->update(resources, std::move(done));
    else
        QTimer::singleShot(0, &d->context, [done = std::move(done)] { done({}); });
}

void DockerContainerizer::usage(const std::string &containerId,
                                std::function<void(Result<ResourceStatistics>)> done)
{
    if (auto *container = d->find(containerId))
        container->usage(std::move(done));
    else
        QTimer::singleShot(0, &d->context, [done, containerId] {
            done(fail("no Docker container with the id " + containerId + " runs here"));
        });
}

pid_t DockerContainerizer::networkProcess(const std::string &containerId) const
{
    const auto *container = d->find(containerId);
    return container != nullptr && container->status()
        ? static_cast<pid_t>(container->status()->executor_pid())
        : 0;
}

std::optional<ContainerStatus> DockerContainerizer::status(const std::string &containerId) const
{
    const auto *container = d->find(containerId);
    return container != nullptr ? container->status() : std::nullopt;
}

void DockerContainerizer::exec(const std::string &containerId,
                               const mesos::v1::CommandInfo &command, Duration timeout,
                               std::function<void(Result<int>)> done)
{
    if (auto *container = d->find(containerId))
        container->exec(command, timeout, std::move(done));
    else
        QTimer::singleShot(0, &d->context, [done, containerId] {
            done(fail("no Docker container with the id " + containerId + " runs here"));
        });
}

void DockerContainerizer::cleanOrphans(const std::vector<std::string> &known,
                                       std::function<void(Result<int>)> done)
{
    if (!d->options.killOrphans) {
        QTimer::singleShot(0, &d->context, [done] { done(0); });
        return;
    }
    const QString label = QLatin1String(DockerEngine::workDirLabelKey) + QLatin1Char('=')
        + QString::fromStdString(d->options.workDir);
    const QByteArray filters =
        QJsonDocument(QJsonObject{{QStringLiteral("label"), QJsonArray{label}}})
            .toJson(QJsonDocument::Compact);
    d->engine.whenUp(orphanWait, [this, known, filters, done](Result<> up) {
        if (!up) {
            done(fail(up.error()));
            return;
        }
        d->engine.get("/containers/json?all=1&filters=" + filters.toPercentEncoding(),
                      [this, known, done](Result<DockerReply> reply) {
                          if (!reply || !reply->ok())
                              done(fail(reply ? reply->message() : reply.error().message));
                          else
                              d->removeOrphans(QJsonDocument::fromJson(reply->body).array(), known,
                                               done);
                      });
    });
}

void DockerContainerizer::addMetrics(MetricsRegistry &metrics)
{
    d->puller.onPull = [&metrics](Duration took) {
        metrics.record("containerizer/docker/image_pull_ms", took);
    };
}

} // namespace meseta::agent
