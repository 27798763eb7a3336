#include "daemons/master/operator_api/master_calls.h"

#include "common/endpoints/answers.h"
#include "common/endpoints/operator_call.h"
#include "daemons/master/agents/maintenance.h"
#include "daemons/master/core/core.h"
#include "daemons/master/operator_api/event_streams.h"
#include "daemons/master/operator_api/leader_gate.h"
#include "daemons/master/operator_api/operator_writes.h"
#include "daemons/master/state_views/legacy_documents.h"
#include "daemons/master/state_views/role_figures.h"
#include "daemons/master/state_views/state_encoder.h"
#include "daemons/master/validation/validation.h"

namespace meseta::master {

using mesos::v1::master::Call;
using mesos::v1::master::Response;

namespace {

const CallRules &rules()
{
    static const CallRules rules = [] {
        CallRules made;
        made.name = "master::Call";
        made.validate = [](const google::protobuf::Message &call) {
            return validateMasterCall(static_cast<const Call &>(call));
        };
        return made;
    }();
    return rules;
}

http::Response encoded(QByteArray body, codec::MediaType accept)
{
    const std::string_view type = codec::mediaTypeName(accept);
    return http::Response::ok(std::move(body), QByteArray(type.data(), qsizetype(type.size())));
}

Response roles(const Cluster &cluster)
{
    Response response;
    auto &list = *response.mutable_get_roles();
    for (const RoleFigures &figures : roleFigures(cluster)) {
        mesos::v1::Role &role = *list.add_roles();
        role.set_name(figures.name);
        role.set_weight(figures.weight);
        for (const std::string &id : figures.frameworks)
            role.add_frameworks()->set_value(id);
        Quantities both = figures.allocated;
        for (const auto &[name, milli] : figures.offered)
            both[name] += milli;
        both.erase("ports");
        for (const auto &[name, milli] : both) {
            mesos::v1::Resource &resource = *role.add_resources();
            resource.set_name(name);
            resource.set_type(mesos::v1::Value::SCALAR);
            resource.mutable_scalar()->set_value(fromMilli(milli));
        }
    }
    return response;
}

Response weights(const Cluster &cluster)
{
    Response response;
    auto &list = *response.mutable_get_weights();
    for (const auto &[role, weight] : cluster.weights) {
        mesos::v1::WeightInfo &info = *list.add_weight_infos();
        info.set_role(role);
        info.set_weight(weight);
    }
    return response;
}

Response masterInfo(const MasterFacts &facts)
{
    Response response;
    auto &told = *response.mutable_get_master();
    *told.mutable_master_info() = facts.info;
    told.set_start_time(facts.startTime);
    if (facts.electedTime)
        told.set_elected_time(*facts.electedTime);
    return response;
}

} // namespace

void MasterCalls::handle(const http::Request &request,
                         const std::shared_ptr<http::Responder> &responder)
{
    if (const auto elsewhere = redirectToLeader(request, m_services.facts()))
        return responder->send(*elsewhere);
    if (!m_services.recovered())
        return responder->send(http::Response::text(
            503, "The master still reads its registry; try again in a moment."));
    Call call;
    const auto form = admitCall(request, rules(), call);
    if (!form)
        return responder->send(form.error());
    if (call.type() == Call::SUBSCRIBE)
        return m_streams.subscribe(EventStreams::Kind::Mesos, form->accept, *responder);
    if (changesSomething(call.type()))
        return carryOut(m_services, call, [responder](http::Response response) {
            responder->send(std::move(response));
        });
    responder->send(answer(call, form->accept));
}

http::Response MasterCalls::answer(const Call &call, codec::MediaType accept)
{
    if (std::optional<http::Response> shared = answerSharedCall(call, accept, m_services.shared))
        return std::move(*shared);
    return read(call, accept);
}

http::Response MasterCalls::read(const Call &call, codec::MediaType accept)
{
    const Cluster &cluster = m_services.core.cluster;
    StateEncoder state(cluster, accept);
    Response response;
    switch (call.type()) {
    case Call::GET_STATE:
        return encoded(state.answer(Response::GET_STATE), accept);
    case Call::GET_AGENTS:
        return encoded(state.answer(Response::GET_AGENTS), accept);
    case Call::GET_FRAMEWORKS:
        return encoded(state.answer(Response::GET_FRAMEWORKS), accept);
    case Call::GET_EXECUTORS:
        return encoded(state.answer(Response::GET_EXECUTORS), accept);
    case Call::GET_TASKS:
        return encoded(state.answer(Response::GET_TASKS), accept);
    case Call::GET_OPERATIONS:
        response.mutable_get_operations();
        for (const auto &entry : cluster.agents()) {
            for (const auto &operation : entry.second->operations)
                *response.mutable_get_operations()->add_operations() = operation.second.proto;
        }
        response.set_type(Response::GET_OPERATIONS);
        break;
    case Call::GET_ROLES:
        response = roles(cluster);
        response.set_type(Response::GET_ROLES);
        break;
    case Call::GET_WEIGHTS:
        response = weights(cluster);
        response.set_type(Response::GET_WEIGHTS);
        break;
    case Call::GET_QUOTA:
        *response.mutable_get_quota()->mutable_status() = quotaStatus(cluster);
        response.set_type(Response::GET_QUOTA);
        break;
    case Call::GET_MASTER:
        response = masterInfo(m_services.facts());
        response.set_type(Response::GET_MASTER);
        break;
    case Call::GET_MAINTENANCE_STATUS:
        *response.mutable_get_maintenance_status()->mutable_status() =
            maintenanceStatus(m_services.core);
        response.set_type(Response::GET_MAINTENANCE_STATUS);
        break;
    case Call::GET_MAINTENANCE_SCHEDULE:
        *response.mutable_get_maintenance_schedule()->mutable_schedule() = cluster.schedule;
        response.set_type(Response::GET_MAINTENANCE_SCHEDULE);
        break;
    default:
        return http::Response::text(
            501,
            QByteArray::fromStdString("The call " + Call::Type_Name(call.type())
                                      + " is a call that this master does not offer."));
    }
    return messageAnswer(response, accept);
}

} // namespace meseta::master
