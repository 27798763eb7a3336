#include "daemons/master/operator_api/operator_api.h"

#include "common/endpoints/metrics_registry.h"
#include "common/endpoints/shared_endpoints.h"
#include "common/http/server.h"
#include "daemons/master/core/core.h"
#include "daemons/master/operator_api/event_streams.h"
#include "daemons/master/operator_api/legacy_endpoints.h"
#include "daemons/master/operator_api/master_calls.h"
#include "daemons/master/operator_api/meseta_calls.h"
#include "daemons/master/operator_api/web_ui.h"
#include "daemons/master/state_views/master_metrics.h"

namespace meseta::master {

struct OperatorApi::Private
{
    Private(http::Server &server, Core &theCore, SharedServices &&shared,
            const OperatorApiOptions &options)
        : core(theCore)
        , startTime(core.clock.seconds())
        , electedTime(startTime)
        , leader([info = core.info] { return info; })
        , endpoints(server, "master", std::move(shared), core.clock)
        , streams(services(), options.maxSubscribers)
        , calls(services(), streams)
        , mesetaCalls(services(), streams)
    { }

    OperatorServices services()
    {
        return {core, endpoints.services(), [this] { return facts(); },
                [this] { return recovered; }};
    }

    MasterFacts facts() const
    {
        return {core.info, leader(), startTime, electedTime, endpoints.services().flags};
    }

    Core &core;
    double startTime;
    std::optional<double> electedTime;
    std::function<std::optional<mesos::v1::MasterInfo>()> leader;
    bool recovered = true;
    mutable SharedEndpoints endpoints;
    EventStreams streams;
    MasterCalls calls;
    MesetaCalls mesetaCalls;
};

OperatorApi::OperatorApi(http::Server &server, Core &core, SharedServices services,
                         OperatorApiOptions options)
    : d(std::make_unique<Private>(server, core, std::move(services), options))
{
    server.route(
        "master", "/api/v1",
        [this](const http::Request &request, const std::shared_ptr<http::Responder> &responder) {
            d->calls.handle(request, responder);
        });
    server.route(
        "master", "/meseta/v1",
        [this](const http::Request &request, const std::shared_ptr<http::Responder> &responder) {
            d->mesetaCalls.handle(request, responder);
        });
    installLegacyEndpoints(server, d->services());
    installWebUi(server, options.webuiDir);
    d->endpoints.describe(legacyEndpointHelp());
    d->endpoints.describe(
        {{"master", "/api/v1", "The operator API: POST, JSON or protobuf."},
         {"master", "/api/v1/scheduler", "The scheduler API: POST, JSON or protobuf."},
         {"master", "/meseta/v1",
          "Offers, reasons and changes beyond the operator API: POST, JSON or protobuf."}});
    MetricsRegistry &metrics = d->endpoints.services().metrics;
    core.allocator->observeRuns([&metrics](Duration took, Duration waited) {
        metrics.record("allocator/mesos/allocation_run_ms", took);
        metrics.record("allocator/mesos/allocation_run_latency_ms", waited);
    });
    core.registry->observe(
        [&metrics](Duration took) { metrics.record("registrar/state_fetch_ms", took); },
        [&metrics](Duration took) { metrics.record("registrar/state_store_ms", took); });
    addMasterMetrics(
        metrics,
        {core.cluster, core.figures, *core.allocator, core.clock, [this] { return d->facts(); },
         [this] { return d->streams.count(); }, [&core] { return core.registry->queued(); },
         [&core] { return core.registry->storedBytes(); }, options.perFrameworkMetrics});
}

OperatorApi::~OperatorApi()
{
    d->core.allocator->observeRuns({});
    d->core.registry->observe({}, {});
}

void OperatorApi::setLeader(std::optional<mesos::v1::MasterInfo> leader,
                            std::optional<double> electedTime)
{
    setLeader([leader = std::move(leader)] { return leader; }, electedTime);
}

void OperatorApi::setLeader(std::function<std::optional<mesos::v1::MasterInfo>()> leader,
                            std::optional<double> electedTime)
{
    d->leader = std::move(leader);
    d->electedTime = electedTime;
}

void OperatorApi::setElected(Duration elected)
{
    d->streams.progress().setElected(elected);
}

void OperatorApi::setRecovered(bool recovered)
{
    d->recovered = recovered;
}

std::size_t OperatorApi::subscribers() const
{
    return d->streams.count();
}

} // namespace meseta::master
