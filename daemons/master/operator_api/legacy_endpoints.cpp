#include "daemons/master/operator_api/legacy_endpoints.h"

#include "common/codec/json.h"
#include "common/endpoints/answers.h"
#include "daemons/master/core/core.h"
#include "daemons/master/operator_api/leader_gate.h"
#include "daemons/master/operator_api/master_calls.h"
#include "daemons/master/operator_api/role_settings.h"
#include "daemons/master/state_views/legacy_documents.h"

namespace meseta::master {

namespace {

using http::Request;
using http::Response;
using Services = const OperatorServices &;
using Answer = Response (*)(Services, const Request &);

struct Endpoint
{
    const char *path;
    std::vector<QByteArray> methods; ///< empty: any
    Answer answer;
    const char *help;
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

Response unsupported(const Request &request)
{
    return Response::text(501,
                          request.method + ' ' + request.fullPath.left(256)
                              + " is not supported by this master.");
}

Response quota(Services services, const Request &request)
{
    return request.method == "GET" ? jsonAnswer(request, quotaDocument(services.core.cluster))
                                   : unsupported(request);
}

Response putWeights(Services services, const Request &request)
{
    mesos::v1::master::Call::UpdateWeights wish;
    const std::string body = request.body.trimmed().toStdString();
    // The body is a list; the codec reads messages, so it is read as the member of one.
    const Result<> parsed = body.starts_with('[')
        ? codec::parseJson("{\"weight_infos\":" + body + "}", wish)
        : fail("a JSON list is wanted: [{\"role\": \"web\", \"weight\": 2.0}]");
    if (!parsed)
        return Response::text(
            400,
            QByteArray::fromStdString("Cannot read the weights: " + parsed.error().message + "."));
    if (const Result<> updated = updateWeights(services.core, wish.weight_infos()); !updated)
        return Response::text(400, QByteArray::fromStdString(updated.error().message + "."));
    return Response{200, {}, {}};
}

Response weights(Services services, const Request &request)
{
    return request.method == "PUT" ? putWeights(services, request)
                                   : jsonAnswer(request, weightsDocument(services.core.cluster));
}

Response maintenanceSchedule(Services, const Request &request)
{
    return request.method == "GET" ? jsonAnswer(request, QByteArray("{}")) : unsupported(request);
}

Response maintenanceStatus(Services, const Request &request)
{
    return jsonAnswer(request, QByteArray("{}"));
}

Response teardown(Services services, const Request &request)
{
    std::optional<QByteArray> id;
    for (const auto &[name, value] : http::parseQuery(request.body.trimmed())) {
        if (name == "frameworkId")
            id = value;
    }
    if (!id)
        return Response::text(400,
                              "Missing 'frameworkId' in the request body: send frameworkId=<id>.");
    return teardownAnswer(services.core, id->toStdString());
}

Response refuse(Services, const Request &request)
{
    return unsupported(request);
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
        {"/quota", {"GET", "POST", "DELETE"}, quota, "Quota of all roles."},
        {"/weights", {"GET", "PUT"}, weights, "Weights of roles."},
        {"/maintenance/schedule",
         {"GET", "POST"},
         maintenanceSchedule,
         "The maintenance schedule."},
        {"/maintenance/status", {"GET"}, maintenanceStatus, "Machines that drain or are down."},
        {"/machine/down", {"POST"}, refuse, "Takes machines down."},
        {"/machine/up", {"POST"}, refuse, "Brings machines back."},
        {"/reserve", {"POST"}, refuse, "Reserves resources of an agent."},
        {"/unreserve", {"POST"}, refuse, "Frees reserved resources of an agent."},
        {"/create-volumes", {"POST"}, refuse, "Creates persistent volumes on an agent."},
        {"/destroy-volumes", {"POST"}, refuse, "Destroys persistent volumes on an agent."},
        {"/teardown", {"POST"}, teardown, "Ends a framework: frameworkId=<id> in the body."},
    };
    return list;
}

} // namespace

void installLegacyEndpoints(http::Server &server, const OperatorServices &services)
{
    for (const Endpoint &endpoint : endpoints()) {
        server.route(
            "master", endpoint.path,
            [services, &endpoint](const Request &request, const auto &responder) {
                if (const auto elsewhere = redirectToLeader(request, services.facts()))
                    return responder->send(*elsewhere);
                const bool known = endpoint.methods.empty()
                    || std::count(endpoint.methods.begin(), endpoint.methods.end(), request.method);
                responder->send(known
                                    ? endpoint.answer(services, request)
                                    : Response::methodNotAllowed(endpoint.methods, request.method));
            });
    }
    server.route("master", "/redirect", [services](const Request &request, const auto &responder) {
        responder->send(redirectAnswer(request, services.facts()));
    });
    server.route(
        "registrar(1)", "/registry", [services](const Request &request, const auto &responder) {
            responder->send(
                jsonAnswer(request, registryDocument(services.core.cluster, services.facts())));
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
