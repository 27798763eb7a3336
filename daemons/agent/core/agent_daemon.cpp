#include "daemons/agent/core/agent_daemon.h"

#include <filesystem>
#include <set>

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QTimer>

#include "common/base/qt_clock.h"
#include "common/base/random.h"
#include "common/endpoints/build_info.h"
#include "common/endpoints/file_service.h"
#include "common/endpoints/logging_level.h"
#include "common/endpoints/metrics_registry.h"
#include "common/endpoints/shared_endpoints.h"
#include "common/http/server.h"
#include "common/messages/transport.h"
#include "common/resources/attributes.h"
#include "common/store/disk.h"
#include "common/store/record_file.h"
#include "common/zookeeper/detector.h"
#include "common/zookeeper/session.h"
#include "daemons/agent/checkpoint/writer.h"
#include "daemons/agent/containerizer/container_sockets.h"
#include "daemons/agent/containerizer/docker_containerizer.h"
#include "daemons/agent/containerizer/native/make_mesos_containerizer.h"
#include "daemons/agent/core/agent.h"
#include "daemons/agent/core/agent_log.h"
#include "daemons/agent/core/earlier_agent.h"
#include "daemons/agent/core/own_address.h"
#include "daemons/agent/core/resource_detection.h"
#include "daemons/agent/core/wire_outbox.h"
#include "daemons/agent/executor_api/executor_api.h"
#include "daemons/agent/fetcher/fetcher.h"
#include "daemons/agent/flags/agent_flags.h"
#include "daemons/agent/operator_api/agent_metrics.h"
#include "daemons/agent/operator_api/operator_api.h"
#include "daemons/agent/sandbox/agent_checkpoint.h"
#include "daemons/agent/sandbox/disk_sandboxes.h"

namespace meseta::agent {

namespace {

const char *processId = "slave(1)";

/// How long what an earlier agent left may keep this one from registering.
constexpr Duration orphanLimit = std::chrono::seconds(5);
/// Time for the last messages to leave.
constexpr std::chrono::milliseconds farewell{100};

class FetcherAdapter final : public UriFetcher
{
public:
    explicit FetcherAdapter(FetcherOptions options) : m_fetcher(std::move(options)) { }
    void fetch(FetchRequest request, std::function<void(Result<>)> done) override
    {
        m_fetcher.fetch(std::move(request), std::move(done));
    }
    void cancel(const std::string &containerId) override { m_fetcher.cancel(containerId); }
    const Fetcher &fetcher() const { return m_fetcher; }

private:
    Fetcher m_fetcher;
};

SandboxOptions sandboxOptions(const AgentFlags &flags)
{
    return {flags.workDir, flags.gcDelay, flags.gcDiskHeadroom, flags.diskWatchInterval,
            flags.gcNonExecutorContainers};
}

FetcherOptions fetcherOptions(const AgentFlags &flags)
{
    FetcherOptions options;
    // Agents of one machine may share the flag's default; each empties only its own part at start.
    const QByteArray own = QCryptographicHash::hash(QByteArray::fromStdString(flags.workDir),
                                                    QCryptographicHash::Sha1);
    options.cacheDirectory = flags.fetcherCacheDir + "/" + own.toHex().left(12).toStdString();
    options.cacheBytes = flags.fetcherCacheBytes;
    options.stallTimeout = flags.fetcherStallTimeout;
    options.frameworksHome = flags.frameworksHome;
    return options;
}

/// Where --launcher_dir says; else where this agent's own installation, or its build, has it.
std::string helperPath(const AgentFlags &flags)
{
    const std::string own = QCoreApplication::applicationDirPath().toStdString();
    const std::string name = "/mesos-containerizer";
    for (const std::string &folder : {flags.launcherDir, own + "/../libexec/mesos"}) {
        if (std::filesystem::exists(folder + name))
            return std::filesystem::canonical(folder + name).string();
    }
    return own + name;
}

Result<std::unique_ptr<Containerizer>> makeContainerizer(const std::string &name,
                                                         const AgentFlags &flags)
{
    if (name == "docker") {
        DockerOptions options;
        options.socket = flags.dockerSocket;
        options.workDir = flags.workDir;
        options.sandboxDirectory = flags.sandboxDirectory;
        options.config = flags.dockerConfig.value_or(std::string());
        options.defaultDns = flags.defaultContainerDns.value_or(std::string());
        options.removeDelay = flags.dockerRemoveDelay;
        options.stopTimeout = flags.dockerStopTimeout;
        options.killOrphans = flags.dockerKillOrphans;
        options.enableCfs = flags.cgroupsEnableCfs;
        return std::make_unique<DockerContainerizer>(std::move(options));
    }
    return makeMesosContainerizer(flags.values, helperPath(flags));
}

std::shared_ptr<Prober> proberOf(const std::string &containerId, Containerizer &containerizer)
{
    const auto run = [containerId, &containerizer](const mesos::v1::CommandInfo &command,
                                                   Duration timeout,
                                                   std::function<void(Result<int>)> done) {
        containerizer.exec(containerId, command, timeout, std::move(done));
    };
    const auto socket = [containerId, &containerizer](int family) {
        return containerSocket(containerId, containerizer, family);
    };
    return makeProber(run, socket);
}

} // namespace

struct AgentDaemon::Private
{
    explicit Private(AgentFlags given)
        : flags(std::move(given))
        , metrics(clock)
        , logging(clock, static_cast<unsigned>(initialLogVerbosity()),
                  [](unsigned level) { setLogVerbosity(static_cast<int>(level)); })
        , sandboxes(sandboxOptions(flags), clock, files)
        , fetcher(fetcherOptions(flags))
    { }

    Result<AgentConfig> configure();
    Result<> listen(const std::string &ip);
    Result<> makeContainerizers();
    void installApis();
    void installFirewall();
    void addFetcherMetrics();
    Result<> recoverResources();
    void cleanUpAndRegister();
    void followLeader();
    void finish(int exitCode, const std::string &why);

    AgentFlags flags;
    AgentDaemon *daemon = nullptr;
    QtClock clock;
    KernelRandom random;
    MetricsRegistry metrics;
    FileService files;
    LoggingLevel logging;
    DiskSandboxes sandboxes;
    FetcherAdapter fetcher;
    std::optional<WorkDirLock> lock;
    std::vector<std::unique_ptr<Containerizer>> containerizers;
    http::Server server;
    std::unique_ptr<messages::Transport> transport;
    std::unique_ptr<WireOutbox> outbox;
    std::unique_ptr<CheckpointWriter> keeper;
    std::unique_ptr<Agent> agent;
    std::unique_ptr<SharedEndpoints> shared;
    std::unique_ptr<ExecutorApi> executorApi;
    std::unique_ptr<OperatorApi> operatorApi;
    std::unique_ptr<zookeeper::Session> ensemble; ///< with --master=zk://…
    std::unique_ptr<zookeeper::Detector> detector;
    std::set<const Containerizer *> cleaning; ///< may still run what an earlier agent left
    bool registering = false;
};

AgentDaemon::AgentDaemon(AgentFlags flags) : d(std::make_unique<Private>(std::move(flags)))
{
    d->daemon = this;
}

AgentDaemon::~AgentDaemon() = default;

Result<AgentConfig> AgentDaemon::Private::configure()
{
    AgentConfig config;
    messages::Pid peer; // where most of its messages go, which tells the own address
    if (flags.zk) {
        const zookeeper::Url::Server &first = flags.zk->servers.front();
        peer = masterPid(first.host + ":" + std::to_string(first.port)).value_or(messages::Pid());
    } else {
        const auto master = masterPid(flags.master);
        if (!master)
            return fail(master.error());
        config.master = peer = *master;
    }
    const OwnAddress own = ownAddress(flags.address, peer);
    if (auto listening = listen(own.listenIp); !listening)
        return fail(listening.error());
    config.self = {processId, own.advertisedIp,
                   flags.address.advertisePort.value_or(server.port())};
    config.hostname = flags.hostname.value_or(hostnameOf(own.advertisedIp, flags.hostnameLookup));
    config.version = buildInfo().version();
    config.capabilities = defaultCapabilities();
    config.domain = flags.domain;
    const auto resources =
        agentResources(flags.resources, flags.defaultRole, machineCapacity(flags.workDir));
    if (!resources)
        return fail(resources.error());
    config.resources = *resources;
    if (flags.attributes) {
        const auto attributes = parseAttributes(*flags.attributes);
        if (!attributes)
            return fail(attributes.error().within("--attributes"));
        config.attributes.assign(attributes->begin(), attributes->end());
    }
    config.registrationBackoffFactor = flags.registrationBackoffFactor;
    config.executorRegistrationTimeout = flags.executorRegistrationTimeout;
    config.executorShutdownGracePeriod = flags.executorShutdownGracePeriod;
    config.executorReregistrationTimeout = flags.executorReregistrationTimeout;
    config.executorReregistrationRetryInterval = flags.executorReregistrationRetryInterval;
    config.recoveryTimeout = flags.recoveryTimeout;
    config.cleanUpOnly = flags.recoverByCleanup;
    config.bootId = currentBootId();
    config.launcherDir = flags.launcherDir;
    config.workDir = flags.workDir;
    config.executorEnvironment = flags.executorEnvironment;
    config.switchUser = flags.switchUser;
    config.cgroupsEnableCfs = flags.cgroupsEnableCfs;
    config.defaultContainerInfo = flags.defaultContainerInfo;
    config.maxCompletedExecutorsPerFramework = flags.maxCompletedExecutorsPerFramework;
    return config;
}

Result<> AgentDaemon::Private::listen(const std::string &ip)
{
    server.setDelegate(processId);
    const QHostAddress address(QString::fromStdString(ip));
    if (address.isNull())
        return fail("--ip=" + ip + " is no IPv4 address");
    return server.listen(address, flags.address.port);
}

Result<> AgentDaemon::Private::makeContainerizers()
{
    for (const std::string &name : flags.containerizers) {
        auto made = makeContainerizer(name, flags);
        if (!made)
            return fail(made.error());
        containerizers.push_back(std::move(*made));
        containerizers.back()->whenReady([name](const Result<> &ready) {
            if (!ready)
                qCWarning(agentLog)
                    << "the" << name.c_str()
                    << "containerizer cannot launch now:" << ready.error().message.c_str();
        });
    }
    return {};
}

void AgentDaemon::Private::installApis()
{
    installFirewall();
    addFetcherMetrics();
    for (const auto &containerizer : containerizers)
        containerizer->addMetrics(metrics);
    addCollectionMetrics(metrics, sandboxes);
    addAgentMetrics(metrics, *agent, clock);
    addSystemMetrics(metrics);
    shared = std::make_unique<SharedEndpoints>(
        server, processId, SharedServices{flags.values.effective(), metrics, files, logging},
        clock);
    executorApi = std::make_unique<ExecutorApi>(*agent, clock);
    executorApi->install(server, processId);
    operatorApi = std::make_unique<OperatorApi>(*agent, shared->services(), clock,
                                                flags.httpHeartbeatInterval);
    operatorApi->install(server, processId);
    if (const auto log = flags.externalLogFile ? flags.externalLogFile : logFile()) {
        if (auto attached = files.attach(*log, "/slave/log"); !attached)
            qCWarning(agentLog) << "cannot show the log under /files:"
                                << attached.error().message.c_str();
    }
}

void AgentDaemon::Private::installFirewall()
{
    if (flags.disabledEndpoints.empty())
        return;
    std::set<QByteArray> disabled;
    for (const std::string &path : flags.disabledEndpoints)
        disabled.insert(QByteArray::fromStdString(path));
    server.setFilter([disabled](const http::Request &request) -> std::optional<http::Response> {
        if (!disabled.contains(request.fullPath))
            return std::nullopt;
        return http::Response::text(403, "Endpoint '" + request.fullPath + "' is disabled");
    });
}

void AgentDaemon::Private::addFetcherMetrics()
{
    metrics.source([this](MetricsRegistry::Snapshot &out) {
        const FetcherStatistics figures = fetcher.fetcher().statistics();
        out["containerizer/fetcher/task_fetches_succeeded"] =
            static_cast<double>(figures.succeeded);
        out["containerizer/fetcher/task_fetches_failed"] = static_cast<double>(figures.failed);
        out["containerizer/fetcher/cache_size_total_bytes"] =
            static_cast<double>(figures.cacheBytesTotal);
        out["containerizer/fetcher/cache_size_used_bytes"] =
            static_cast<double>(figures.cacheBytesUsed);
    });
}

Result<> AgentDaemon::Private::recoverResources()
{
    mesos::internal::slave::ResourceState kept;
    const std::string path = flags.workDir + "/meta/" + ResourceOperations::keptAt;
    const Result<bool> read = store::readRecord(store::systemDisk(), path, kept);
    if (!read && flags.strict)
        return fail(read.error().message
                    + "; with --no-strict the agent starts without the reservations and volumes it "
                      "had");
    if (!read)
        qCWarning(agentLog) << read.error().message.c_str()
                            << "; reservations and volumes are forgotten";
    return read && *read ? agent->recoverResources(kept) : Result<>();
}

void AgentDaemon::Private::cleanUpAndRegister()
{
    const auto begin = [this] {
        if (std::exchange(registering, true))
            return;
        agent->start();
    };
    const auto clean = [this, begin](const Containerizer *containerizer) {
        cleaning.erase(containerizer);
        if (cleaning.empty())
            begin();
    };
    std::vector<std::string> known = agent->state().liveContainers();
    const std::vector<std::string> nested = agent->nested().running();
    known.insert(known.end(), nested.begin(), nested.end());
    for (const auto &containerizer : containerizers)
        cleaning.insert(containerizer.get());
    clock.after(orphanLimit, begin);
    for (const auto &containerizer : containerizers) {
        containerizer->whenReady([clean, one = containerizer.get()](const Result<> &ready) {
            if (!ready)
                clean(one); // nothing there can be ended before it is ready, however long it takes
        });
        containerizer->cleanOrphans(known, [clean, one = containerizer.get()](Result<int> cleaned) {
            const std::string name = one->name();
            if (!cleaned)
                qCWarning(agentLog)
                    << "could not look for" << name.c_str()
                    << "containers of an earlier agent:" << cleaned.error().message.c_str();
            else if (*cleaned > 0)
                qCInfo(agentLog) << "ended" << *cleaned << name.c_str()
                                 << "containers of an earlier agent";
            clean(one);
        });
    }
}

void AgentDaemon::Private::followLeader()
{
    ensemble = std::make_unique<zookeeper::Session>(
        *flags.zk, zookeeper::SessionOptions{flags.zkSessionTimeout}, clock);
    detector = std::make_unique<zookeeper::Detector>(*ensemble, flags.zk->path, clock);
    QObject::connect(
        ensemble.get(), &zookeeper::Client::trouble, ensemble.get(),
        [](const QString &sentence) { qCWarning(agentLog) << qUtf8Printable(sentence); });
    QObject::connect(detector.get(), &zookeeper::Detector::leaderChanged, detector.get(), [this] {
        const auto &leader = detector->leader();
        const auto pid = leader ? messages::Pid::parse(leader->pid()) : messages::Pid();
        if (!pid)
            qCWarning(agentLog) << "the leading master tells no address:"
                                << pid.error().message.c_str();
        qCInfo(agentLog) << "the leading master is"
                         << (leader ? leader->pid().c_str() : "not known");
        agent->masterDetected(pid.value_or(messages::Pid()));
    });
    ensemble->open();
    detector->start();
}

void AgentDaemon::Private::finish(int exitCode, const std::string &why)
{
    if (exitCode == 0)
        qCInfo(agentLog) << "leaving:" << why.c_str();
    else
        qCCritical(agentLog) << "leaving:" << why.c_str();
    QTimer::singleShot(farewell, &server, [this, exitCode] {
        if (daemon->onFinished)
            daemon->onFinished(exitCode);
    });
}

Result<> AgentDaemon::start()
{
    auto lock = WorkDirLock::take(d->flags.workDir);
    if (!lock)
        return fail(lock.error());
    d->lock.emplace(std::move(*lock));
    if (auto prepared = d->sandboxes.prepare(earlierAgentId(d->flags.workDir)); !prepared)
        return fail(prepared.error());
    auto config = d->configure();
    if (!config)
        return fail(config.error());
    auto earlier = readEarlierAgent(d->flags, *config);
    if (!earlier)
        return fail(earlier.error());

    d->transport = std::make_unique<messages::Transport>(d->server, config->self);
    d->outbox = std::make_unique<WireOutbox>(*d->transport, processId);
    d->outbox->onFinish = [this](int exitCode, const std::string &why) {
        d->finish(exitCode, why);
    };
    d->keeper = std::make_unique<CheckpointWriter>(store::systemDisk(), d->flags.workDir + "/meta");
    d->outbox->onPersist = [this](std::vector<CheckpointChange> changes,
                                  CheckpointWriter::Done done) {
        d->keeper->write(std::move(changes), std::move(done));
    };
    if (auto made = d->makeContainerizers(); !made)
        return fail(made.error());
    LaunchServices services;
    for (const auto &containerizer : d->containerizers)
        services.containerizers.push_back(containerizer.get());
    services.sandboxes = &d->sandboxes;
    services.fetcher = &d->fetcher;
    services.probers = proberOf;
    qCInfo(agentLog) << "agent" << config->self.text().c_str() << "on host"
                     << config->hostname.c_str() << "with" << config->resources.text().c_str();
    d->agent = std::make_unique<Agent>(d->clock, d->random, *d->outbox, std::move(*config),
                                       std::move(services));
    d->installApis();
    d->outbox->serve(*d->agent);
    if (d->flags.zk)
        d->followLeader();
    if (const Result<> taken = d->recoverResources(); !taken)
        return taken;
    d->agent->recover(*earlier);
    d->operatorApi->recover();
    d->cleanUpAndRegister();
    return {};
}

void AgentDaemon::stop(const char *why)
{
    if (d->agent)
        d->agent->shutdown(Agent::Departure::ForAWhile, why);
}

void AgentDaemon::leave(const char *why)
{
    if (d->agent)
        d->agent->shutdown(Agent::Departure::ForGood, why);
}

} // namespace meseta::agent
