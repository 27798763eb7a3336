#include "daemons/master/daemon/master_daemon.h"

#include <QDir>

#include "common/base/qt_clock.h"
#include "common/base/random.h"
#include "common/endpoints/build_info.h"
#include "common/endpoints/file_service.h"
#include "common/endpoints/logging_level.h"
#include "common/endpoints/metrics_registry.h"
#include "common/http/server.h"
#include "common/messages/transport.h"
#include "daemons/master/daemon/descriptor_limit.h"
#include "daemons/master/daemon/listen_address.h"
#include "daemons/master/daemon/whitelist_file.h"
#include "daemons/master/daemon/wire_outbox.h"
#include "daemons/master/engine/master.h"
#include "daemons/master/flags/master_flags.h"
#include "daemons/master/operator_api/operator_api.h"
#include "daemons/master/scheduler_api/scheduler_door.h"

namespace meseta::master {

namespace {

Result<> makeWorkDir(const std::string &path)
{
    if (path.empty() || QDir().mkpath(QString::fromStdString(path)))
        return {};
    return fail(
        "cannot make the folder of --work_dir='" + path
        + "': check that its parent exists, is a folder and may be written to, or name another");
}

template <typename Limit> Limit bounded(std::uint64_t value)
{
    return static_cast<Limit>(std::min<std::uint64_t>(value, std::numeric_limits<Limit>::max()));
}

Cluster::Limits limitsOf(const MasterFlags &flags)
{
    return {.completedFrameworks = flags.maxCompletedFrameworks,
            .completedTasksPerFramework = flags.maxCompletedTasksPerFramework,
            .unreachableTasksPerFramework = flags.maxUnreachableTasksPerFramework,
            .recordedAgents = flags.registryMaxAgentCount};
}

AllocatorOptions allocatorOptions(const MasterFlags &flags)
{
    AllocatorOptions options;
    options.allocationInterval = flags.allocationInterval;
    options.minAllocatable = {flags.minAllocatable.begin(), flags.minAllocatable.end()};
    options.fairSharingExcluded = flags.fairSharingExcluded;
    options.filterGpuResources = flags.filterGpuResources;
    options.randomRoleSorter = flags.randomRoleSorter;
    options.randomFrameworkSorter = flags.randomFrameworkSorter;
    return options;
}

MasterOptions optionsOf(const MasterFlags &flags, const messages::Pid &pid)
{
    MasterOptions options;
    options.pid = pid;
    options.hostname = flags.hostname.value_or(std::string());
    if (options.hostname.empty())
        options.hostname = hostnameOf(pid.ip, flags.hostnameLookup);
    options.version = buildInfo().version();
    options.domain = flags.domain;
    options.allocator = allocatorOptions(flags);
    options.limits = limitsOf(flags);
    if (!flags.roles.empty())
        options.roles = flags.roles;
    options.weights = flags.weights;
    options.rootSubmissions = flags.rootSubmissions;
    options.constraints.re2MaxMemoryBytes =
        static_cast<std::int64_t>(flags.offerConstraintsMaxMemory);
    options.constraints.re2MaxProgramSize = static_cast<int>(flags.offerConstraintsMaxProgramSize);
    options.offerTimeout = flags.offerTimeout;
    options.agentPingTimeout = flags.agentPingTimeout;
    options.maxAgentPingTimeouts = bounded<unsigned>(flags.maxAgentPingTimeouts);
    options.agentReregisterTimeout = flags.agentReregisterTimeout;
    options.agentRemovalInterval = flags.agentRemovalInterval;
    options.requireAgentDomain = flags.requireAgentDomain;
    options.recordGcInterval = flags.registryGcInterval;
    options.recordMaxAge = flags.registryMaxAgentAge;
    return options;
}

/// --firewall_rules: paths, led by their process, that answer 403.
void disableEndpoints(http::Server &server, const std::vector<std::string> &paths)
{
    if (paths.empty())
        return;
    std::set<QByteArray> disabled;
    for (const std::string &path : paths)
        disabled.insert(QByteArray::fromStdString(path));
    server.setFilter([disabled](const http::Request &request) -> std::optional<http::Response> {
        if (!disabled.contains(request.fullPath))
            return std::nullopt;
        return http::Response::text(403, "Endpoint '" + request.fullPath + "' is disabled");
    });
}

} // namespace

/// The order of the members is the order of their making; each uses those before it.
struct MasterDaemon::Private
{
    QtClock clock;
    KernelRandom random;
    http::Server server;
    SchedulerStreams streams{[this](SchedulerStreams::Handle stream) {
        if (master)
            master->streamClosed(stream);
    }};
    MetricsRegistry metrics{clock};
    FileService files;
    std::unique_ptr<LoggingLevel> logging;
    std::unique_ptr<messages::Transport> transport;
    std::unique_ptr<WireOutbox> outbox;
    std::unique_ptr<Master> master;
    std::unique_ptr<SchedulerDoor> schedulers;
    std::unique_ptr<OperatorApi> operators;
    std::unique_ptr<WhitelistFile> whitelist;

    void receive(messages::Envelope envelope)
    {
        master->receive(envelope.from, envelope.to.id, envelope.name, envelope.body);
    }

    void connectMessages(const messages::Pid &self)
    {
        const auto receiver = [this](messages::Envelope envelope) { receive(std::move(envelope)); };
        transport = std::make_unique<messages::Transport>(server, self);
        outbox = std::make_unique<WireOutbox>(*transport, streams, receiver);
        transport->attach("master", receiver);
        QObject::connect(transport.get(), &messages::Transport::exited, transport.get(),
                         [this](const messages::Pid &peer) { master->exited(peer); });
    }

    void openSchedulerDoor()
    {
        schedulers = std::make_unique<SchedulerDoor>(
            *master, streams, random,
            [this](const http::Request &) -> std::optional<http::Response> {
                if (!master->leading())
                    return http::Response::text(503, "No leader elected");
                return std::nullopt;
            });
        server.route("master", "/api/v1/scheduler",
                     [this](const http::Request &request,
                            const std::shared_ptr<http::Responder> &responder) {
                         schedulers->handle(request, responder);
                     });
    }

    void openOperatorDoors(const MasterFlags &flags)
    {
        logging = std::make_unique<LoggingLevel>(
            clock, static_cast<unsigned>(initialLogVerbosity()),
            [](unsigned level) { setLogVerbosity(static_cast<int>(level)); });
        if (const std::optional<std::string> log =
                flags.externalLogFile ? flags.externalLogFile : logFile()) {
            if (const Result<> attached = files.attach(*log, "/master/log"); !attached)
                qWarning("The log is not served: %s", attached.error().message.c_str());
        }
        SharedServices shared{flags.values.effective(), metrics, files, *logging};
        operators = std::make_unique<OperatorApi>(
            server, master->core(), std::move(shared),
            OperatorApiOptions{flags.maxOperatorEventStreamSubscribers, flags.webuiDir,
                               flags.publishPerFrameworkMetrics});
    }
};

MasterDaemon::MasterDaemon() : d(std::make_unique<Private>()) { }

MasterDaemon::~MasterDaemon() = default;

Result<> MasterDaemon::start(const MasterFlags &flags)
{
    if (const Result<> made = makeWorkDir(flags.workDir); !made)
        return made;
    raiseDescriptorLimit();
    const ListenAddress address = listenAddress(flags.address);
    d->server.setDelegate("master");
    const QHostAddress listenIp(QString::fromStdString(address.listenIp));
    if (const Result<> listening = d->server.listen(listenIp, flags.address.port); !listening)
        return listening;
    const messages::Pid self{"master", address.advertisedIp,
                             flags.address.advertisePort.value_or(d->server.port())};

    d->connectMessages(self);
    d->master = std::make_unique<Master>(optionsOf(flags, self), d->clock, d->random, *d->outbox);
    d->openSchedulerDoor();
    d->openOperatorDoors(flags);
    disableEndpoints(d->server, flags.disabledEndpoints);
    if (flags.whitelistFile)
        d->whitelist =
            std::make_unique<WhitelistFile>(*flags.whitelistFile, d->clock, [this](auto hosts) {
                d->master->setWhitelist(std::move(hosts));
            });
    d->master->lead();
    d->operators->setLeader(d->master->info(),
                            std::chrono::duration<double>(*d->master->electedTime()).count());
    d->operators->setRecovered(true);
    qInfo("Master %s leads at %s (%s)", d->master->info().id().c_str(), self.text().c_str(),
          d->master->info().hostname().c_str());
    return {};
}

std::uint16_t MasterDaemon::port() const
{
    return d->server.port();
}

} // namespace meseta::master
