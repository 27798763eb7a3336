#include "daemons/master/operator_api/legacy_forms.h"

#include "common/codec/json.h"

namespace meseta::master {

using http::Request;
using http::Response;
using mesos::v1::master::Call;

namespace {

tl::unexpected<Response> refuse(const std::string &text)
{
    return tl::unexpected(Response::text(400, QByteArray::fromStdString(text)));
}

Call callOf(Call::Type type)
{
    Call call;
    call.set_type(type);
    return call;
}

/// A value of the form in the body; the last one when it is there twice.
std::optional<std::string> field(const Request &request, const char *name)
{
    std::optional<std::string> found;
    for (const auto &[key, value] : http::parseQuery(request.body.trimmed())) {
        if (key == name)
            found = value.toStdString();
    }
    return found;
}

/// A JSON list is no message by itself: it is read as the member of one.
Result<> parseList(const std::string &json, const char *member, google::protobuf::Message &into)
{
    const std::size_t first = json.find_first_not_of(" \t\r\n");
    if (first == std::string::npos || json[first] != '[')
        return fail("a JSON list is wanted: [{…}, {…}]");
    return codec::parseJson(std::string("{\"") + member + "\":" + json + "}", into);
}

/// The list in the field `name` of the form, or the answer to a form without it.
tl::expected<mesos::v1::Offer::Operation::Reserve, Response> resourcesOf(const Request &request,
                                                                         const char *name)
{
    const auto text = field(request, name);
    if (!text)
        return refuse(std::string("Missing '") + name
                      + "' in the request body: send slaveId=<agent id>&" + name
                      + "=<JSON list of Resource>.");
    mesos::v1::Offer::Operation::Reserve list;
    if (const Result<> parsed = parseList(*text, "resources", list); !parsed)
        return refuse(std::string("Cannot read '") + name
                      + "' of the request body: " + parsed.error().message + ".");
    return list;
}

/// Both fields that all four forms on an agent's resources have.
struct AgentForm
{
    std::string agentId;
    google::protobuf::RepeatedPtrField<mesos::v1::Resource> resources;
};

tl::expected<AgentForm, Response> agentForm(const Request &request, const char *listName)
{
    const auto agent = field(request, "slaveId");
    if (!agent)
        return refuse(std::string("Missing 'slaveId' in the request body: send slaveId=<agent id>&")
                      + listName + "=<JSON list of Resource>.");
    auto list = resourcesOf(request, listName);
    if (!list)
        return tl::unexpected(list.error());
    return AgentForm{*agent, list->resources()};
}

/// A message in JSON as the whole body.
Result<> parseBody(const Request &request, google::protobuf::Message &into)
{
    return codec::parseJson(request.body.trimmed().toStdString(), into);
}

} // namespace

LegacyForm reserveForm(const Request &request)
{
    const auto form = agentForm(request, "resources");
    if (!form)
        return tl::unexpected(form.error());
    Call call = callOf(Call::RESERVE_RESOURCES);
    auto &wish = *call.mutable_reserve_resources();
    wish.mutable_agent_id()->set_value(form->agentId);
    *wish.mutable_resources() = form->resources;
    if (field(request, "source")) {
        const auto source = resourcesOf(request, "source");
        if (!source)
            return tl::unexpected(source.error());
        *wish.mutable_source() = source->resources();
    }
    return call;
}

LegacyForm unreserveForm(const Request &request)
{
    const auto form = agentForm(request, "resources");
    if (!form)
        return tl::unexpected(form.error());
    Call call = callOf(Call::UNRESERVE_RESOURCES);
    call.mutable_unreserve_resources()->mutable_agent_id()->set_value(form->agentId);
    *call.mutable_unreserve_resources()->mutable_resources() = form->resources;
    return call;
}

LegacyForm createVolumesForm(const Request &request)
{
    const auto form = agentForm(request, "volumes");
    if (!form)
        return tl::unexpected(form.error());
    Call call = callOf(Call::CREATE_VOLUMES);
    call.mutable_create_volumes()->mutable_agent_id()->set_value(form->agentId);
    *call.mutable_create_volumes()->mutable_volumes() = form->resources;
    return call;
}

LegacyForm destroyVolumesForm(const Request &request)
{
    const auto form = agentForm(request, "volumes");
    if (!form)
        return tl::unexpected(form.error());
    Call call = callOf(Call::DESTROY_VOLUMES);
    call.mutable_destroy_volumes()->mutable_agent_id()->set_value(form->agentId);
    *call.mutable_destroy_volumes()->mutable_volumes() = form->resources;
    return call;
}

LegacyForm setQuotaForm(const Request &request)
{
    Call call = callOf(Call::SET_QUOTA);
    if (const Result<> parsed =
            parseBody(request, *call.mutable_set_quota()->mutable_quota_request());
        !parsed)
        return refuse("Cannot read the quota request: " + parsed.error().message + ".");
    return call;
}

LegacyForm removeQuotaForm(const Request &request)
{
    static const QByteArray endpoint = "/master/quota/";
    if (!request.fullPath.startsWith(endpoint) || request.fullPath.size() == endpoint.size())
        return refuse("Which role's quota to remove belongs into the path: DELETE /quota/<role>.");
    Call call = callOf(Call::REMOVE_QUOTA);
    call.mutable_remove_quota()->set_role(request.fullPath.mid(endpoint.size()).toStdString());
    return call;
}

LegacyForm weightsForm(const Request &request)
{
    Call call = callOf(Call::UPDATE_WEIGHTS);
    if (const Result<> parsed =
            parseList(request.body.toStdString(), "weight_infos", *call.mutable_update_weights());
        !parsed)
        return refuse("Cannot read the weights: " + parsed.error().message
                      + "; as in [{\"role\": \"web\", \"weight\": 2.0}].");
    return call;
}

LegacyForm scheduleForm(const Request &request)
{
    Call call = callOf(Call::UPDATE_MAINTENANCE_SCHEDULE);
    if (const Result<> parsed =
            parseBody(request, *call.mutable_update_maintenance_schedule()->mutable_schedule());
        !parsed)
        return refuse("Cannot read the maintenance schedule: " + parsed.error().message + ".");
    return call;
}

LegacyForm machinesDownForm(const Request &request)
{
    Call::StartMaintenance list;
    if (const Result<> parsed = parseList(request.body.toStdString(), "machines", list); !parsed)
        return refuse("Cannot read the machines: " + parsed.error().message + ".");
    Call call = callOf(Call::START_MAINTENANCE);
    call.mutable_start_maintenance()->Swap(&list);
    return call;
}

LegacyForm machinesUpForm(const Request &request)
{
    Call::StopMaintenance list;
    if (const Result<> parsed = parseList(request.body.toStdString(), "machines", list); !parsed)
        return refuse("Cannot read the machines: " + parsed.error().message + ".");
    Call call = callOf(Call::STOP_MAINTENANCE);
    call.mutable_stop_maintenance()->Swap(&list);
    return call;
}

LegacyForm teardownForm(const Request &request)
{
    const auto framework = field(request, "frameworkId");
    if (!framework)
        return refuse("Missing 'frameworkId' in the request body: send frameworkId=<id>.");
    Call call = callOf(Call::TEARDOWN);
    call.mutable_teardown()->mutable_framework_id()->set_value(*framework);
    return call;
}

} // namespace meseta::master
