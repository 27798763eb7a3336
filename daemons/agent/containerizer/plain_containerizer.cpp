#include "daemons/agent/containerizer/plain_containerizer.h"

#include <csignal>
#include <filesystem>

#include <unistd.h>

#include "daemons/agent/containerizer/plain_container.h"
#include "daemons/agent/containerizer/plain_launch.h"
#include "daemons/agent/containerizer/tree_usage.h"

namespace meseta::agent {

using mesos::v1::ContainerStatus;
using mesos::v1::ResourceStatistics;
using mesos::v1::TaskStatus;

namespace {

constexpr auto orphanPatience = std::chrono::seconds(15);

/// A command that runs beside a container's own.
struct Exec
{
    std::unique_ptr<PlainContainer> process;
    std::function<void(Result<int>)> done;
    QTimer timeout;
    const char *stopped = nullptr; ///< why it was ended early
};

void forgetRuntime(const std::string &directory)
{
    std::error_code ignored;
    if (!directory.empty())
        std::filesystem::remove_all(directory, ignored);
}

} // namespace

struct PlainContainerizer::Private
{
    struct Entry
    {
        std::unique_ptr<PlainContainer> container;
        ContainerEvents events;
    };

    explicit Private(PlainOptions o) : options(std::move(o)) { }

    std::string containersDirectory() const { return options.runtimeDir + "/containers"; }
    std::string runtimeDirectory(const std::string &id) const
    {
        return containersDirectory() + "/" + id;
    }

    void later(std::function<void()> call) { QTimer::singleShot(0, &context, std::move(call)); }
    void failLater(const ContainerEvents &events, const Error &error);
    Result<containerizer::LaunchSpec> describe(const ContainerSpec &spec);
    void adopt(const ContainerSpec &spec, const std::string &runtime,
               std::unique_ptr<HelperProcess> helper, ContainerEvents events);
    void started(const std::string &id);
    void over(const std::string &id, const ContainerTermination &termination);
    ContainerStatus statusOf(const PlainContainer &container) const;
    void runExec(const ContainerSpec &spec, std::unique_ptr<HelperProcess> helper, Duration timeout,
                 std::function<void(Result<int>)> done);
    void stopExecs(const std::string &containerId);
    void execOver(std::uint64_t number, const ContainerTermination &termination);
    std::vector<std::string> orphans(const std::vector<std::string> &known) const;

    PlainOptions options;
    DescriptorWatch watch;
    ChildReaper reaper;
    std::unordered_map<std::string, Entry> entries;
    std::map<std::string, std::unique_ptr<PlainContainer>> dying; ///< orphans on their way out
    std::map<std::uint64_t, std::unique_ptr<Exec>> execs;
    std::uint64_t nextExec = 1;
    QObject context; ///< last: what is still queued goes first
};

void PlainContainerizer::Private::failLater(const ContainerEvents &events, const Error &error)
{
    ContainerTermination termination;
    termination.reason = TaskStatus::REASON_CONTAINER_LAUNCH_FAILED;
    termination.message = error.message;
    later([ended = events.ended, termination] { ended(termination); });
}

Result<containerizer::LaunchSpec>
PlainContainerizer::Private::describe(const ContainerSpec &spec)
{
    auto description = describeLaunch(spec, options.logs);
    if (!description || !spec.checkpoint)
        return description;
    std::error_code error;
    std::filesystem::create_directories(containersDirectory(), error);
    if (error)
        return fail("cannot create " + containersDirectory()
                    + " for a checkpointed container: " + error.message());
    description->runtimeDirectory = runtimeDirectory(spec.containerId);
    description->recoveryMilliseconds = static_cast<std::uint64_t>(
        std::chrono::ceil<std::chrono::milliseconds>(options.recoveryTimeout).count());
    return description;
}

void PlainContainerizer::Private::adopt(const ContainerSpec &spec, const std::string &runtime,
                                        std::unique_ptr<HelperProcess> helper,
                                        ContainerEvents events)
{
    const std::string id = spec.containerId;
    Entry &entry = entries[id];
    entry.events = std::move(events);
    entry.container = std::make_unique<PlainContainer>(
        spec, runtime, std::move(helper), reaper, [this, id] { started(id); },
        [this, id](const ContainerTermination &termination) { over(id, termination); });
}

void PlainContainerizer::Private::started(const std::string &id)
{
    const auto &entry = entries.at(id);
    if (const auto tell = entry.events.started)
        tell(statusOf(*entry.container));
}

void PlainContainerizer::Private::over(const std::string &id,
                                       const ContainerTermination &termination)
{
    auto node = entries.extract(id);
    stopExecs(id);
    if (const auto tell = node.mapped().events.ended)
        tell(termination);
}

ContainerStatus PlainContainerizer::Private::statusOf(const PlainContainer &container) const
{
    ContainerStatus status;
    status.mutable_container_id()->set_value(container.spec().containerId);
    status.set_executor_pid(static_cast<std::uint32_t>(container.helperPid()));
    return status;
}

void PlainContainerizer::Private::runExec(const ContainerSpec &spec,
                                          std::unique_ptr<HelperProcess> helper, Duration timeout,
                                          std::function<void(Result<int>)> done)
{
    const auto number = nextExec++;
    auto exec = std::make_unique<Exec>();
    exec->done = std::move(done);
    exec->process = std::make_unique<PlainContainer>(
        spec, std::string(), std::move(helper), reaper, [] {},
        [this, number](const ContainerTermination &termination) { execOver(number, termination); });
    exec->timeout.setSingleShot(true);
    QObject::connect(&exec->timeout, &QTimer::timeout, &exec->timeout, [raw = exec.get()] {
        raw->stopped = "the command did not end within its timeout";
        raw->process->destroy();
    });
    if (timeout > Duration::zero())
        exec->timeout.start(std::chrono::ceil<std::chrono::milliseconds>(timeout));
    execs.emplace(number, std::move(exec));
}

void PlainContainerizer::Private::stopExecs(const std::string &containerId)
{
    for (const auto &[number, exec] : execs) {
        if (exec->process->spec().containerId != containerId)
            continue;
        exec->stopped = "the container ended while the command ran";
        exec->process->destroy();
    }
}

void PlainContainerizer::Private::execOver(std::uint64_t number,
                                           const ContainerTermination &termination)
{
    const auto node = execs.extract(number);
    const Exec &exec = *node.mapped();
    if (exec.stopped != nullptr)
        exec.done(fail(exec.stopped));
    else if (termination.waitStatus)
        exec.done(*termination.waitStatus);
    else
        exec.done(fail(termination.message));
}

std::vector<std::string>
PlainContainerizer::Private::orphans(const std::vector<std::string> &known) const
{
    std::vector<std::string> found;
    std::error_code ignored;
    for (const auto &folder : std::filesystem::directory_iterator(containersDirectory(), ignored)) {
        const std::string id = folder.path().filename();
        if (!entries.contains(id) && std::find(known.begin(), known.end(), id) == known.end())
            found.push_back(id);
    }
    return found;
}

PlainContainerizer::PlainContainerizer(PlainOptions options)
    : d(std::make_unique<Private>(std::move(options)))
{ }

PlainContainerizer::~PlainContainerizer() = default;

bool PlainContainerizer::supports(const std::optional<mesos::v1::ContainerInfo> &container) const
{
    return !container || container->type() == mesos::v1::ContainerInfo::MESOS;
}

Result<> PlainContainerizer::ready() const
{
    if (::access(d->options.helper.c_str(), X_OK) == 0)
        return {};
    return fail("the helper of plain containers, " + d->options.helper
                + ", is not an executable file; --launcher_dir must name the folder that holds "
                  "mesos-containerizer");
}

void PlainContainerizer::launch(const ContainerSpec &spec, ContainerEvents events)
{
    if (d->entries.contains(spec.containerId)) {
        d->failLater(events,
                     Error{"a container with the id " + spec.containerId + " runs already"});
        return;
    }
    const auto description = d->describe(spec);
    if (!description) {
        d->failLater(events, description.error());
        return;
    }
    auto helper = HelperProcess::start(d->options.helper, *description, d->watch);
    if (!helper) {
        d->failLater(events, helper.error());
        return;
    }
    d->adopt(spec, description->runtimeDirectory, std::move(*helper), std::move(events));
}

bool PlainContainerizer::recover(const ContainerSpec &spec, ContainerEvents events)
{
    const auto runtime = d->runtimeDirectory(spec.containerId);
    const auto trace = readHelperTrace(runtime);
    if (!trace)
        return false;
    if (auto helper = HelperProcess::takeOver(runtime, d->watch)) {
        d->adopt(spec, runtime, std::move(*helper), std::move(events));
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
    d->later([termination, ended = events.ended] { ended(termination); });
    return true;
}

void PlainContainerizer::forget(const std::string &containerId)
{
    if (!d->entries.contains(containerId))
        forgetRuntime(d->runtimeDirectory(containerId));
}

void PlainContainerizer::kill(const std::string &containerId, Duration grace)
{
    if (const auto found = d->entries.find(containerId); found != d->entries.end())
        found->second.container->kill(grace);
}

void PlainContainerizer::destroy(const std::string &containerId)
{
    if (const auto found = d->entries.find(containerId); found != d->entries.end())
        found->second.container->destroy();
}

void PlainContainerizer::usage(const std::string &containerId,
                               std::function<void(Result<ResourceStatistics>)> done)
{
    const auto found = d->entries.find(containerId);
    if (found == d->entries.end()) {
        d->later([done, containerId] {
            done(fail("no plain container with the id " + containerId + " runs here"));
        });
        return;
    }
    const auto &spec = found->second.container->spec();
    ResourceStatistics statistics;
    statistics.set_timestamp(static_cast<double>(QDateTime::currentMSecsSinceEpoch()) / 1000);
    if (spec.cpus > 0)
        statistics.set_cpus_soft_limit(spec.cpus);
    if (spec.memBytes > 0) {
        statistics.set_mem_limit_bytes(static_cast<std::uint64_t>(spec.memBytes));
        statistics.set_mem_soft_limit_bytes(static_cast<std::uint64_t>(spec.memBytes));
    }
    addTreeUsage(found->second.container->helperPid(), statistics);
    d->later([done, statistics] { done(statistics); });
}

std::optional<ContainerStatus> PlainContainerizer::status(const std::string &containerId) const
{
    const auto found = d->entries.find(containerId);
    if (found == d->entries.end())
        return std::nullopt;
    return d->statusOf(*found->second.container);
}

void PlainContainerizer::exec(const std::string &containerId, const mesos::v1::CommandInfo &command,
                              Duration timeout, std::function<void(Result<int>)> done)
{
    const auto found = d->entries.find(containerId);
    if (found == d->entries.end()) {
        d->later([done, containerId] {
            done(fail("no plain container with the id " + containerId + " runs here"));
        });
        return;
    }
    const auto description =
        describeExec(found->second.container->spec(), command, d->options.logs);
    if (!description) {
        d->later([done, error = description.error()] { done(fail(error)); });
        return;
    }
    auto helper = HelperProcess::start(d->options.helper, *description, d->watch);
    if (!helper) {
        d->later([done, error = helper.error()] { done(fail(error)); });
        return;
    }
    d->runExec(found->second.container->spec(), std::move(*helper), timeout, std::move(done));
}

void PlainContainerizer::cleanOrphans(const std::vector<std::string> &known,
                                      std::function<void(Result<int>)> done)
{
    const auto count = std::make_shared<int>(0);
    for (const auto &id : d->orphans(known)) {
        const auto runtime = d->runtimeDirectory(id);
        const auto trace = readHelperTrace(runtime);
        auto helper = HelperProcess::takeOver(runtime, d->watch);
        if (!helper) {
            if (trace && trace->running)
                killHelperTree(*trace->running);
            forgetRuntime(runtime);
            continue;
        }
        ++*count;
        ContainerSpec spec;
        spec.containerId = id;
        auto container = std::make_unique<PlainContainer>(
            spec, runtime, std::move(*helper), d->reaper, [] {},
            [this, id, runtime, count, done](const ContainerTermination &) {
                d->dying.erase(id);
                forgetRuntime(runtime);
                if (d->dying.empty())
                    done(*count);
            });
        container->destroy();
        QTimer::singleShot(orphanPatience, &d->context, [this, id, pid = container->helperPid()] {
            if (d->dying.contains(id)) {
                killHelperTree(pid);
                ::kill(pid, SIGKILL);
            }
        });
        d->dying.emplace(id, std::move(container));
    }
    if (d->dying.empty())
        d->later([done] { done(0); });
}

} // namespace meseta::agent
