#include "daemons/agent/containerizer/native/mesos_containerizer.h"

#include <csignal>
#include <filesystem>
#include <map>

#include <QTimer>

#include "common/endpoints/metrics_registry.h"
#include "daemons/agent/containerizer/native/container_life.h"
#include "daemons/agent/containerizer/native/exec_runner.h"

namespace meseta::agent {

using mesos::v1::ContainerStatus;
using mesos::v1::ResourceStatistics;

namespace {

constexpr auto orphanPatience = std::chrono::seconds(15);

void forgetRuntime(const std::string &directory)
{
    std::error_code ignored;
    std::filesystem::remove_all(directory, ignored);
}

Error unknown(const std::string &containerId)
{
    return Error{"no Mesos container with the id " + containerId + " runs here"};
}

} // namespace

struct MesosContainerizer::Private
{
    explicit Private(MesosOptions options) : room(std::move(options)), execs(room) { }
    ~Private()
    {
        for (auto &[id, life] : lives)
            delete life;
    }

    void later(std::function<void()> call) { QTimer::singleShot(0, &context, std::move(call)); }
    ContainerLife *find(const std::string &id) const;
    ContainerLife &add(const ContainerSpec &spec, ContainerEvents events);
    void refuse(const ContainerEvents &events, const std::string &message);
    std::vector<std::string> unclaimed(const std::vector<std::string> &known) const;
    void endOrphan(const std::string &id, const std::function<void()> &over);
    void recoverIsolation(const std::vector<std::string> &over, Done done);

    ContainerRoom room;
    ExecRunner execs;
    std::map<std::string, ContainerLife *> lives;
    QObject context; ///< last: what is still queued goes first
};

ContainerLife *MesosContainerizer::Private::find(const std::string &id) const
{
    const auto found = lives.find(id);
    return found == lives.end() ? nullptr : found->second;
}

ContainerLife &MesosContainerizer::Private::add(const ContainerSpec &spec, ContainerEvents events)
{
    const std::string id = spec.containerId;
    auto *life =
        new ContainerLife(room, spec, std::move(events), [this, id](const ContainerTermination &) {
            execs.stop(id);
            lives.extract(id).mapped()->deleteLater();
        });
    const std::size_t dot = id.rfind('.');
    if (auto *parent = dot == std::string::npos ? nullptr : find(id.substr(0, dot)))
        life->setParent(*parent);
    return *(lives[id] = life);
}

void MesosContainerizer::Private::refuse(const ContainerEvents &events, const std::string &message)
{
    ContainerTermination termination;
    termination.reason = mesos::v1::TaskStatus::REASON_CONTAINER_LAUNCH_FAILED;
    termination.message = message;
    later([ended = events.ended, termination] { ended(termination); });
}

/// Containers of an earlier agent that left a folder, and that nobody has taken up.
std::vector<std::string>
MesosContainerizer::Private::unclaimed(const std::vector<std::string> &known) const
{
    std::vector<std::string> found;
    std::error_code ignored;
    for (const auto &folder :
         std::filesystem::directory_iterator(room.containersDirectory(), ignored)) {
        const std::string id = folder.path().filename();
        if (!lives.contains(id) && std::find(known.begin(), known.end(), id) == known.end())
            found.push_back(id);
    }
    std::sort(found.begin(), found.end()); // the outer ones first
    return found;
}

/// A helper that still runs is told to end, and given up when it does not.
void MesosContainerizer::Private::endOrphan(const std::string &id,
                                            const std::function<void()> &over)
{
    const auto runtime = room.runtimeDirectory(id);
    const auto trace = readHelperTrace(runtime);
    auto helper = HelperProcess::takeOver(runtime, room.watch);
    if (!helper) {
        if (trace && trace->running)
            killHelperTree(*trace->running);
        later(over);
        return;
    }
    ContainerSpec spec;
    spec.containerId = id;
    ContainerEvents events;
    events.ended = [this, over, runtime](const ContainerTermination &) {
        forgetRuntime(runtime);
        over();
    };
    ContainerLife &life = add(spec, std::move(events));
    life.takeUp(std::move(*helper));
    life.destroy();
    QTimer::singleShot(orphanPatience, &life, [pid = life.container().helper] {
        killHelperTree(pid);
        if (pid > 1)
            ::kill(pid, SIGKILL);
    });
}

void MesosContainerizer::Private::recoverIsolation(const std::vector<std::string> &over, Done done)
{
    std::vector<const IsolatedContainer *> running;
    std::vector<std::string> ids;
    for (const auto &[id, life] : lives) {
        running.push_back(&life->container());
        ids.push_back(id);
    }
    room.isolators.recover(running, over, [this, ids, done](const Result<> &result) {
        if (!result) {
            done(result);
            return;
        }
        if (!room.options.images) {
            done({});
            return;
        }
        room.options.images->recover(ids, done);
    });
}

MesosContainerizer::MesosContainerizer(MesosOptions options)
    : d(std::make_unique<Private>(std::move(options)))
{ }

MesosContainerizer::~MesosContainerizer() = default;

bool MesosContainerizer::supports(const std::optional<mesos::v1::ContainerInfo> &container) const
{
    return !container || container->type() == mesos::v1::ContainerInfo::MESOS;
}

Result<> MesosContainerizer::ready() const
{
    return d->room.helper.ready();
}

bool MesosContainerizer::sharesWithNested() const
{
    return d->room.isolators.sharesWithNested();
}

void MesosContainerizer::launch(const ContainerSpec &spec, ContainerEvents events)
{
    if (d->find(spec.containerId) != nullptr) {
        d->refuse(events, "a container with the id " + spec.containerId + " runs already");
        return;
    }
    d->add(spec, std::move(events)).launch();
}

bool MesosContainerizer::recover(const ContainerSpec &spec, ContainerEvents events)
{
    const auto runtime = d->room.runtimeDirectory(spec.containerId);
    const auto trace = readHelperTrace(runtime);
    if (!trace)
        return false;
    ContainerLife &life = d->add(spec, std::move(events));
    if (auto helper = HelperProcess::takeOver(runtime, d->room.watch)) {
        life.takeUp(std::move(*helper));
        return true;
    }
    ContainerTermination termination;
    termination.waitStatus = readHelperTrace(runtime).value_or(*trace).status;
    termination.message = termination.waitStatus
        ? "Command " + describeWaitStatus(*termination.waitStatus)
        : "The container's helper ended while the agent was away, and did not tell how the command "
          "ended";
    if (trace->running)
        killHelperTree(*trace->running);
    life.takeDown(termination);
    return true;
}

void MesosContainerizer::pruneImages(const std::vector<mesos::v1::Image> &excluded,
                                     std::function<void(Result<>)> done)
{
    if (d->room.options.images)
        d->room.options.images->prune(excluded, std::move(done));
    else
        done({});
}

void MesosContainerizer::addMetrics(MetricsRegistry &metrics)
{
    metrics.source([this](MetricsRegistry::Snapshot &out) {
        out["containerizer/mesos/provisioner/remove_container_errors"] = 0; // without images
        out["containerizer/mesos/provisioner/bind/remove_rootfs_errors"] = 0;
        if (!d->room.options.images)
            return;
        out["containerizer/mesos/filesystem/containers_new_rootfs"] =
            static_cast<double>(std::count_if(d->lives.begin(), d->lives.end(), [](auto &life) {
                return life.second->container().image.has_value();
            }));
    });
    if (d->room.options.images)
        d->room.options.images->addMetrics(metrics);
}

void MesosContainerizer::forget(const std::string &containerId)
{
    if (!d->lives.contains(containerId))
        forgetRuntime(d->room.runtimeDirectory(containerId));
}

void MesosContainerizer::kill(const std::string &containerId, Duration grace)
{
    if (auto *life = d->find(containerId))
        life->kill(grace);
}

void MesosContainerizer::signal(const std::string &containerId, int number)
{
    if (auto *life = d->find(containerId))
        life->signal(number);
}

void MesosContainerizer::destroy(const std::string &containerId)
{
    if (auto *life = d->find(containerId))
        life->destroy();
}

void MesosContainerizer::update(const std::string &containerId, const ContainerResources &resources,
                                std::function<void(Result<>)> done)
{
    if (auto *life = d->find(containerId))
        life->update(resources, std::move(done));
    else
        d->later([done] { done({}); }); // its tasks ended after it: nothing is left to change
}

void MesosContainerizer::usage(const std::string &containerId,
                               std::function<void(Result<ResourceStatistics>)> done)
{
    if (const auto *life = d->find(containerId))
        d->later([done, statistics = life->usage()] { done(statistics); });
    else
        d->later([done, containerId] { done(fail(unknown(containerId))); });
}

pid_t MesosContainerizer::networkProcess(const std::string &containerId) const
{
    const auto *life = d->find(containerId);
    return life != nullptr && life->container().pid > 0 ? life->container().pid : 0;
}

std::optional<ContainerStatus> MesosContainerizer::status(const std::string &containerId) const
{
    const auto *life = d->find(containerId);
    return life != nullptr ? std::optional(life->status()) : std::nullopt;
}

Result<containerizer::FileDescriptor> MesosContainerizer::attach(const std::string &containerId,
                                                                 Stream stream)
{
    auto *life = d->find(containerId);
    return life != nullptr ? life->attach(stream) : fail("Unknown container " + containerId);
}

void MesosContainerizer::exec(const std::string &containerId, const mesos::v1::CommandInfo &command,
                              Duration timeout, std::function<void(Result<int>)> done)
{
    if (const auto *life = d->find(containerId))
        d->execs.run(*life, command, timeout, std::move(done));
    else
        d->later([done, containerId] { done(fail(unknown(containerId))); });
}

void MesosContainerizer::cleanOrphans(const std::vector<std::string> &known,
                                      std::function<void(Result<int>)> done)
{
    const auto ids = d->unclaimed(known);
    int running = 0; // looked at before isolators end what is in their cgroups
    for (const std::string &id : ids) {
        const auto trace = readHelperTrace(d->room.runtimeDirectory(id));
        const bool runs = trace && trace->running;
        running += runs ? 1 : 0;
        qInfo(runs ? "the container %s of an earlier agent still runs, and no task is known of it: "
                     "it is ended"
                   : "the container %s of an earlier agent is over: what it left is removed",
              id.c_str());
    }
    d->recoverIsolation(ids, [this, ids, done, running](const Result<> &recovered) {
        if (!recovered) {
            d->later([done, error = recovered.error()] { done(fail(error)); });
            return;
        }
        const auto left = std::make_shared<std::size_t>(ids.size() + 1);
        const auto oneLess = [left, running, done] {
            if (--*left == 0)
                done(running);
        };
        for (const std::string &id : ids) {
            d->endOrphan(id, [this, id, oneLess] {
                forgetRuntime(d->room.runtimeDirectory(id));
                oneLess();
            });
        }
        d->later(oneLess);
    });
}

} // namespace meseta::agent
