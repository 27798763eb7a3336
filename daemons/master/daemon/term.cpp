#include "daemons/master/daemon/term.h"

#include "common/endpoints/file_service.h"
#include "common/endpoints/logging_level.h"
#include "common/endpoints/metrics_registry.h"
#include "common/http/server.h"
#include "common/store/disk.h"
#include "daemons/master/daemon/term_options.h"
#include "daemons/master/daemon/whitelist_file.h"
#include "daemons/master/daemon/wire_outbox.h"
#include "daemons/master/engine/master.h"
#include "daemons/master/flags/master_flags.h"
#include "daemons/master/leadership/term_gate.h"
#include "daemons/master/operator_api/leader_gate.h"
#include "daemons/master/operator_api/operator_api.h"
#include "daemons/master/registry/local_storage.h"
#include "daemons/master/registry/registrar.h"
#include "daemons/master/registry/zookeeper_storage.h"
#include "daemons/master/scheduler_api/scheduler_door.h"

namespace meseta::master {

/// The order of the members is the order of their making; each uses those before it.
struct Term::Private
{
    Private(const TermMeans &theMeans, Hooks theHooks)
        : means(theMeans)
        , hooks(std::move(theHooks))
        , gate([this] { return !leading || hooks.acts(); })
        , clock(means.clock, gate)
        , metrics(means.clock)
        , outbox(
              means.transport, streams,
              [this](messages::Envelope envelope) { receive(std::move(envelope)); },
              [this] { return mayAct(); })
        , master(optionsOf(means.flags, means.self), clock, means.random, outbox)
    { }

    void receive(messages::Envelope envelope);
    bool mayAct();
    std::unique_ptr<Registry> makeRegistry();
    void connectMessages();
    void openSchedulerDoor();
    void openOperatorDoors();
    std::optional<http::Response> instead(const http::Request &request) const;

    TermMeans means;
    Hooks hooks;
    TermGate gate;
    TermClock clock;
    MetricsRegistry metrics;
    SchedulerStreams streams{[this](SchedulerStreams::Handle stream) {
        gate.pass([this, stream] { master.streamClosed(stream); });
    }};
    WireOutbox outbox;
    Master master;
    std::unique_ptr<SchedulerDoor> schedulers;
    std::unique_ptr<OperatorApi> operators;
    std::unique_ptr<WhitelistFile> whitelist;
    QObject connections; ///< what signals are tied to
    bool leading = false;
    bool ended = false;
};

Term::Term(const TermMeans &means, Hooks hooks)
    : d(std::make_unique<Private>(means, std::move(hooks)))
{
    if (std::unique_ptr<Registry> registry = d->makeRegistry())
        d->master.setRegistry(std::move(registry));
    d->master.onGivingUp(d->hooks.failed);
    d->connectMessages();
    d->openSchedulerDoor();
    d->openOperatorDoors();
    if (means.flags.whitelistFile)
        d->whitelist = std::make_unique<WhitelistFile>(
            *means.flags.whitelistFile, means.clock,
            [this](auto hosts) { d->master.setWhitelist(std::move(hosts)); });
}

Term::~Term()
{
    end();
}

const mesos::v1::MasterInfo &Term::info() const
{
    return d->master.info();
}

void Term::Private::receive(messages::Envelope envelope)
{
    gate.pass([this, envelope = std::move(envelope)] {
        master.receive(envelope.from, envelope.to.id, envelope.name, envelope.body);
    });
}

/// Asked before everything that leaves. What was begun and cannot be finished ends the term: the
/// master believes that it is done.
bool Term::Private::mayAct()
{
    if (!leading || ended)
        return false;
    if (hooks.acts())
        return true;
    hooks.failed("it could not finish what it had begun before its lease was over");
    return false;
}

void Term::Private::connectMessages()
{
    means.transport.attach("master",
                           [this](messages::Envelope envelope) { receive(std::move(envelope)); });
    QObject::connect(
        &means.transport, &messages::Transport::exited, &connections,
        [this](const messages::Pid &peer) { gate.pass([this, peer] { master.exited(peer); }); });
}

std::optional<http::Response> Term::Private::instead(const http::Request &request) const
{
    const MasterFacts facts{master.info(), hooks.leader(), 0, {}, {}};
    if (auto elsewhere = redirectToLeader(request, facts))
        return elsewhere;
    if (!master.leading())
        return http::Response::text(503,
                                    "The master still reads its registry; try again in a moment.");
    return std::nullopt;
}

void Term::Private::openSchedulerDoor()
{
    schedulers = std::make_unique<SchedulerDoor>(
        master, streams, means.random,
        [this](const http::Request &request) { return instead(request); });
    means.server.route(
        "master", "/api/v1/scheduler",
        [this](const http::Request &request, const std::shared_ptr<http::Responder> &responder) {
            schedulers->handle(request, responder);
        });
}

void Term::Private::openOperatorDoors()
{
    const MasterFlags &flags = means.flags;
    SharedServices shared{flags.values.effective(), metrics, means.files, means.logging};
    operators = std::make_unique<OperatorApi>(
        means.server, master.core(), std::move(shared),
        OperatorApiOptions{flags.maxOperatorEventStreamSubscribers, flags.webuiDir,
                           flags.publishPerFrameworkMetrics});
    operators->setLeader(hooks.leader, std::nullopt);
    operators->setRecovered(false);
}

/// Where this master's registry is kept; null for memory alone. Its clock is not the term's: what
/// is slow or lost has to be noticed in a pause as well.
std::unique_ptr<Registry> Term::Private::makeRegistry()
{
    const MasterFlags &flags = means.flags;
    if (flags.registry == "in_memory") {
        qInfo("--registry=in_memory: the next master will know no agent, quota, weight, "
              "maintenance or drain of this one");
        return nullptr;
    }
    const std::string place =
        means.ensemble ? "ZooKeeper, " + flags.zk->text() : flags.workDir + "/registry";
    qInfo("--registry=%s: the registry is kept in %s; --quorum is not needed for it",
          flags.registry.c_str(), place.c_str());
    std::unique_ptr<RegistryStorage> storage;
    if (means.ensemble)
        storage = std::make_unique<ZooKeeperStorage>(*means.ensemble, means.clock, flags.zk->path,
                                                     means.self.text());
    else
        storage = std::make_unique<LocalStorage>(store::systemDisk(), flags.workDir + "/registry");
    return std::make_unique<Registrar>(
        std::move(storage), means.clock,
        RegistrarOptions{flags.registryFetchTimeout, flags.registryStoreTimeout,
                         [this](std::function<void()> work) { gate.pass(std::move(work)); }},
        [this](const std::string &why) { hooks.failed(why); });
}

void Term::recover(std::function<void()> done)
{
    d->operators->setElected(d->means.clock.monotonic());
    d->master.recover(std::move(done));
}

void Term::lead()
{
    d->leading = true;
    d->master.lead();
    d->operators->setLeader(d->hooks.leader,
                            std::chrono::duration<double>(*d->master.electedTime()).count());
    d->operators->setRecovered(true);
    d->gate.release();
}

void Term::resume()
{
    d->gate.release();
}

void Term::end()
{
    if (std::exchange(d->ended, true))
        return;
    d->gate.close();
    d->streams.endAll();
    if (d->leading)
        d->master.core().events.publish(
            LeaderChanged{false, nullptr}); // ends the operators' streams
    d->outbox.detachAll();
    d->means.transport.detach("master");
}

} // namespace meseta::master
