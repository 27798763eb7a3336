#include "daemons/master/operator_api/legacy_endpoints.h"

#include "common/codec/json.h"
#include "common/endpoints/answers.h"
#include "daemons/master/agents/maintenance.h"
#include "daemons/master/core/core.h"
#include "daemons/master/operator_api/leader_gate.h"
#include "daemons/master/operator_api/legacy_forms.h"
#include "daemons/master/operator_api/operator_writes.h"
#include "daemons/master/state_views/legacy_documents.h"

namespace meseta::master {

namespace {

using http::Request;
using http::Response;
using Services = const OperatorServices &;
using Answer = Response (*)(Services, const Request &);
using Form = LegacyForm (*)(const Request &);
using Responder = std::shared_ptr<http::Responder>;

struct Endpoint
{
    const char *path;
    std::vector<QByteArray> methods; ///< that read; empty: any, or none when nothing can be read
    Answer read; ///< null: nothing can be read there
    const char *help;
    std::vector<std::pair<QByteArray, Form>> writes = {}; ///< by method: what is asked for
};

std::optional<std::string> parameter(const Request &request, const char *name)
{
    const std::optional<QByteArray> value = request.parameter(name);
    return value ? std::optional(value->toStdString()) : std::nullopt;
}

/// A number of the query; what is none counts as not given, as Mesos has it.
std::int64_t numberOr(const Request &request, const char *name, std::int64_t fallback)
{
    bool ok = false;
    const qlonglong number = request.parameter(name).value_or(QByteArray()).toLongLong(&ok);
    return ok ? number : fallback;
}

Response state(Services services, const Request &request)
{
    return jsonAnswer(request, stateDocument(services.core.cluster, services.facts()));
}

Response stateSummary(Services services, const Request &request)
{
    return jsonAnswer(request, stateSummaryDocument(services.core.cluster, services.facts()));
}

Response slaves(Services services, const Request &request)
{
    return jsonAnswer(request,
                      slavesDocument(services.core.cluster, parameter(request, "slave_id")));
}

Response frameworks(Services services, const Request &request)
{
    return jsonAnswer(
        request, frameworksDocument(services.core.cluster, parameter(request, "framework_id")));
}

Response tasks(Services services, const Request &request)
{
    TasksQuery query;
    query.frameworkId = parameter(request, "framework_id");
    query.taskId = parameter(request, "task_id");
    query.limit = numberOr(request, "limit", query.limit);
    query.offset = numberOr(request, "offset", query.offset);
    query.ascending = request.parameter("order") == QByteArray("asc");
    return jsonAnswer(request, tasksDocument(services.core.cluster, query));
}

Response roles(Services services, const Request &request)
{
    return jsonAnswer(request, rolesDocument(services.core.cluster));
}

Response quota(Services services, const Request &request)
{
    return jsonAnswer(request, quotaDocument(services.core.cluster));
}

Response weights(Services services, const Request &request)
{
    return jsonAnswer(request, weightsDocument(services.core.cluster));
}

Response maintenanceSchedule(Services services, const Request &request)
{
    return jsonAnswer(request,
                      QByteArray::fromStdString(codec::toJson(services.core.cluster.schedule)));
}

Response maintenanceState(Services services, const Request &request)
{
    return jsonAnswer(request,
                      QByteArray::fromStdString(codec::toJson(maintenanceStatus(services.core))));
}

const std::vector<Endpoint> &endpoints()
{
    static const std::vector<Endpoint> list = {
        {"/state", {}, state, "Everything the master knows."},
        {"/state-summary", {}, stateSummary, "Agents and frameworks with counts of their tasks."},
        {"/slaves", {}, slaves, "The agents: ?slave_id=."},
        {"/frameworks", {}, frameworks, "The frameworks with their tasks: ?framework_id=."},
        {"/tasks",
         {},
         tasks,
         "Tasks by time: ?framework_id=&task_id=&limit=&offset=&order=asc|desc."},
        {"/roles", {}, roles, "Roles with weights, quota and what they hold."},
        {"/quota",
         {"GET"},
         quota,
         "Quota of all roles.",
         {{"POST", setQuotaForm}, {"DELETE", removeQuotaForm}}},
        {"/weights", {"GET"}, weights, "Weights of roles.", {{"PUT", weightsForm}}},
        {"/maintenance/schedule",
         {"GET"},
         maintenanceSchedule,
         "The maintenance schedule.",
         {{"POST", scheduleForm}}},
        {"/maintenance/status", {"GET"}, maintenanceState, "Machines that drain or are down."},
        {"/machine/down", {}, nullptr, "Takes machines down.", {{"POST", machinesDownForm}}},
        {"/machine/up", {}, nullptr, "Brings machines back.", {{"POST", machinesUpForm}}},
        {"/reserve", {}, nullptr, "Reserves resources of an agent.", {{"POST", reserveForm}}},
        {"/unreserve",
         {},
         nullptr,
         "Frees reserved resources of an agent.",
         {{"POST", unreserveForm}}},
        {"/create-volumes",
         {},
         nullptr,
         "Creates persistent volumes on an agent.",
         {{"POST", createVolumesForm}}},
        {"/destroy-volumes",
         {},
         nullptr,
         "Destroys persistent volumes on an agent.",
         {{"POST", destroyVolumesForm}}},
        {"/teardown",
         {},
         nullptr,
         "Ends a framework: frameworkId=<id> in the body.",
         {{"POST", teardownForm}}},
    };
    return list;
}

std::vector<QByteArray> methodsOf(const Endpoint &endpoint)
{
    std::vector<QByteArray> methods = endpoint.methods;
    for (const auto &[method, form] : endpoint.writes)
        methods.push_back(method);
    return methods;
}

void serve(Services services, const Endpoint &endpoint, const Request &request,
           const Responder &responder)
{
    const auto write =
        std::find_if(endpoint.writes.begin(), endpoint.writes.end(),
                     [&request](const auto &entry) { return entry.first == request.method; });
    if (write != endpoint.writes.end()) {
        const LegacyForm form = write->second(request);
        if (!form)
            return responder->send(form.error());
        return carryOut(services, *form,
                        [responder](Response answer) { responder->send(std::move(answer)); });
    }
    const std::vector<QByteArray> methods = methodsOf(endpoint);
    if (endpoint.read
        && (methods.empty()
            || std::count(endpoint.methods.begin(), endpoint.methods.end(), request.method)))
        return responder->send(endpoint.read(services, request));
    responder->send(Response::methodNotAllowed(methods, request.method));
}

} // namespace

void installLegacyEndpoints(http::Server &server, const OperatorServices &services)
{
    for (const Endpoint &endpoint : endpoints()) {
        server.route("master", endpoint.path,
                     [services, &endpoint](const Request &request, const Responder &responder) {
                         if (const auto elsewhere = redirectToLeader(request, services.facts()))
                             return responder->send(*elsewhere);
                         serve(services, endpoint, request, responder);
                     });
    }
    server.route("master", "/redirect", [services](const Request &request, const auto &responder) {
        responder->send(redirectAnswer(request, services.facts()));
    });
    server.route(
        "registrar(1)", "/registry", [services](const Request &request, const auto &responder) {
            responder->send(
                jsonAnswer(request, registryDocument(services.core.registry->records().toProto())));
        });
    server.route("allocator", "/offer_constraints_debug",
                 [services](const Request &request, const auto &responder) {
                     constexpr std::size_t newest = 100000;
                     const auto decisions = services.core.allocator->decisions(
                         std::nullopt, std::nullopt, std::nullopt, newest);
                     responder->send(jsonAnswer(
                         request, offerConstraintsDocument(services.core.cluster, decisions)));
                 });
}

std::vector<EndpointHelp> legacyEndpointHelp()
{
    std::vector<EndpointHelp> help;
    for (const Endpoint &endpoint : endpoints())
        help.push_back({"master", endpoint.path, endpoint.help});
    help.push_back({"master", "/redirect", "To the leading master."});
    help.push_back({"registrar(1)", "/registry", "What the registry holds."});
    help.push_back({"allocator", "/offer_constraints_debug",
                    "Agents kept out by the offer constraints of frameworks."});
    return help;
}

} // namespace meseta::master
