#include "daemons/agent/operator_api/operator_api.h"

#include "common/codec/json.h"
#include "common/endpoints/answers.h"
#include "common/endpoints/operator_call.h"
#include "common/validation/calls.h"
#include "daemons/agent/core/agent.h"
#include "daemons/agent/operator_api/agent_views.h"
#include "daemons/agent/operator_api/attach_input.h"
#include "daemons/agent/operator_api/container_reports.h"
#include "daemons/agent/operator_api/legacy_containers.h"
#include "daemons/agent/operator_api/legacy_state.h"
#include "daemons/agent/sandbox/sandbox_view.h"

namespace meseta::agent {

using http::Request;
using http::Response;
using mesos::v1::agent::Call;
using AgentResponse = mesos::v1::agent::Response;

namespace {

const Call &asCall(const google::protobuf::Message &message)
{
    return static_cast<const Call &>(message);
}

CallRules agentCallRules()
{
    CallRules rules;
    rules.name = "agent::Call";
    rules.validate = [](const google::protobuf::Message &call) {
        return validateAgentCall(asCall(call));
    };
    rules.recordIo = true;
    rules.streamsIn = [](const google::protobuf::Message &call) {
        return asCall(call).type() == Call::ATTACH_CONTAINER_INPUT;
    };
    rules.streamsOut = [](const google::protobuf::Message &call) {
        return asCall(call).type() == Call::ATTACH_CONTAINER_OUTPUT
            || asCall(call).type() == Call::LAUNCH_NESTED_CONTAINER_SESSION;
    };
    return rules;
}

/// Calls other than ATTACH_CONTAINER_INPUT are small, and taken whole.
constexpr qsizetype maxCallBytes = 4 * 1024 * 1024;

/// Between two answers of /monitor/statistics. Source: Mesos agent endpoints.
constexpr Duration statisticsGap = std::chrono::milliseconds(500);

void addContainer(const ContainerReport &report, AgentResponse &response)
{
    auto &container = *response.mutable_get_containers()->add_containers();
    container.mutable_container_id()->set_value(report.containerId);
    if (!report.frameworkId.empty()) { // those inside others are told without an owner
        container.mutable_framework_id()->set_value(report.frameworkId);
        container.mutable_executor_id()->set_value(report.executorId);
        container.set_executor_name(report.executorName);
    }
    if (report.status)
        *container.mutable_container_status() = *report.status;
    if (report.statistics)
        *container.mutable_resource_statistics() = *report.statistics;
}

Response tooLarge()
{
    return Response::text(413,
                          "The body is larger than the " + QByteArray::number(maxCallBytes)
                              + " bytes a call may have.");
}

} // namespace

OperatorApi::OperatorApi(Agent &agent, SharedServices &services, Clock &clock, Duration heartbeat)
    : m_agent(agent)
    , m_streams(agent, clock, heartbeat)
    , m_nested(agent, m_streams)
    , m_services(services)
    , m_clock(clock)
    , m_statisticsLimiter(clock, statisticsGap)
{
    services.files.setLookup([&agent](const std::string &folder, const std::string &below) {
        return seenInSandbox(agent.state(), agent.config().workDir, folder, below);
    });
}

void OperatorApi::install(http::Server &server, const QByteArray &process)
{
    server.routeStreaming(process, "/api/v1",
                          [this](const Request &head, std::shared_ptr<http::RequestStream> body,
                                 Responder responder) { handleStream(head, body, responder); });
    server.route(process, "/state", [this](const Request &request, Responder responder) {
        handleState(request, responder);
    });
    server.route(process, "/containers", [this](const Request &request, Responder responder) {
        handleContainers(request, responder, false);
    });
    server.route(process, "/monitor/statistics",
                 [this](const Request &request, Responder responder) {
                     statisticsInTurn(request, responder);
                 });
    server.route(process, "/containerizer/debug", [](const Request &request, Responder responder) {
        responder->send(jsonAnswer(request, std::string(R"({"pending":[]})")));
    });
}

void OperatorApi::handleStream(const Request &head,
                               const std::shared_ptr<http::RequestStream> &body,
                               const Responder &responder)
{
    if (m_agent.state().lifecycle == AgentState::Lifecycle::Recovering)
        return responder->send(Response::text(
            503,
            "The agent still takes up what ran before it was restarted; try again in a moment"));
    if (AttachInput::isStreaming(head)) {
        AttachInput::begin(head, body, responder, [this](const mesos::v1::ContainerID &id) {
            return m_streams.joinInput(id);
        });
        return;
    }
    if (head.headers.value("Content-Length").toLongLong() > maxCallBytes)
        return responder->send(tooLarge());
    const auto whole = std::make_shared<Request>(head);
    const auto refused = std::make_shared<bool>(false);
    body->onData = [whole, refused, responder](const QByteArray &bytes) {
        if (*refused)
            return;
        whole->body += bytes;
        if (whole->body.size() > maxCallBytes) {
            *refused = true;
            whole->body.clear();
            responder->send(tooLarge());
        }
    };
    body->onEnd = [this, whole, refused, responder](bool complete) {
        if (complete && !*refused)
            handleCall(*whole, responder);
    };
}

void OperatorApi::handleCall(const Request &request, const Responder &responder)
{
    static const CallRules rules = agentCallRules();
    Call call;
    const auto form = admitCall(request, rules, call);
    if (!form)
        return responder->send(form.error());
    answer(call, *form, responder);
}

void OperatorApi::answer(const Call &call, const CallForm &form, const Responder &responder)
{
    const codec::MediaType accept = form.accept;
    if (auto shared = answerSharedCall(call, accept, m_services))
        return responder->send(std::move(*shared));
    if (NestedCalls::handles(call.type()))
        return m_nested.answer(call, form, responder);
    const AgentState &state = m_agent.state();
    AgentResponse response;
    switch (call.type()) {
    case Call::GET_STATE:
        response.set_type(AgentResponse::GET_STATE);
        *response.mutable_get_state() = stateView(state);
        break;
    case Call::GET_TASKS:
        response.set_type(AgentResponse::GET_TASKS);
        *response.mutable_get_tasks() = tasksView(state);
        break;
    case Call::GET_EXECUTORS:
        response.set_type(AgentResponse::GET_EXECUTORS);
        *response.mutable_get_executors() = executorsView(state);
        break;
    case Call::GET_FRAMEWORKS:
        response.set_type(AgentResponse::GET_FRAMEWORKS);
        *response.mutable_get_frameworks() = frameworksView(state);
        break;
    case Call::GET_AGENT:
        response.set_type(AgentResponse::GET_AGENT);
        *response.mutable_get_agent()->mutable_agent_info() = state.info;
        if (state.drain) {
            *response.mutable_get_agent()->mutable_drain_config() = *state.drain;
            response.mutable_get_agent()->mutable_estimated_drain_start_time()->set_nanoseconds(
                static_cast<std::int64_t>(state.drainStart * 1e9));
        }
        break;
    case Call::GET_OPERATIONS:
        response.set_type(AgentResponse::GET_OPERATIONS);
        response.mutable_get_operations();
        for (const auto &[uuid, operation] : m_agent.resourceOperations().operations())
            *response.mutable_get_operations()->add_operations() = operation;
        break;
    case Call::GET_RESOURCE_PROVIDERS:
        response.set_type(AgentResponse::GET_RESOURCE_PROVIDERS);
        response.mutable_get_resource_providers();
        break;
    case Call::GET_CONTAINERS:
        return answerContainers(call.get_containers(), accept, responder);
    case Call::ATTACH_CONTAINER_OUTPUT:
        return m_streams.attachOutput(call.attach_container_output().container_id(), form,
                                      responder);
    case Call::PRUNE_IMAGES:
        return pruneImages(call.prune_images(), responder);
    default:
        return responder->send(
            Response::text(501,
                           QByteArray::fromStdString("The call " + Call::Type_Name(call.type())
                                                     + " is not offered by this agent yet")));
    }
    responder->send(messageAnswer(response, accept));
}

void OperatorApi::answerContainers(const Call::GetContainers &call, codec::MediaType accept,
                                   const Responder &responder)
{
    ContainerFilter filter;
    filter.nested = call.show_nested();
    filter.standalone = call.show_standalone();
    collectContainerReports(m_agent, m_clock, filter,
                            [accept, responder](std::vector<ContainerReport> reports) {
                                AgentResponse response;
                                response.set_type(AgentResponse::GET_CONTAINERS);
                                for (const ContainerReport &report : reports)
                                    addContainer(report, response);
                                responder->send(messageAnswer(response, accept));
                            });
}

/// Answers when every containerizer is done; the first that failed is told.
void OperatorApi::pruneImages(const Call::PruneImages &call, const Responder &responder)
{
    const std::vector<mesos::v1::Image> excluded(call.excluded_images().begin(),
                                                 call.excluded_images().end());
    // The last one to let go of it answers.
    const std::shared_ptr<Response> answer(new Response{200, {}, {}}, [responder](Response *said) {
        responder->send(*std::unique_ptr<Response>(said));
    });
    for (Containerizer *containerizer : m_agent.containerizers()) {
        containerizer->pruneImages(excluded, [answer](const Result<> &done) {
            if (!done && answer->status == 200)
                *answer = Response::text(500, QByteArray::fromStdString(done.error().message));
        });
    }
}

void OperatorApi::handleState(const Request &request, const Responder &responder)
{
    if (m_agent.state().lifecycle == AgentState::Lifecycle::Recovering)
        return responder->send(Response::text(
            503,
            "The agent still takes up what ran before it was restarted; try again in a moment"));
    std::string json;
    writeLegacyState(m_agent, m_services.flags, json);
    responder->send(jsonAnswer(request, std::move(json)));
}

void OperatorApi::statisticsInTurn(const Request &request, const Responder &responder)
{
    const bool taken = m_statisticsLimiter.submit(
        [this, request, responder] { handleContainers(request, responder, true); });
    if (!taken)
        responder->send(
            Response::text(503, "Too many requests for statistics wait already; ask less often."));
}

void OperatorApi::handleContainers(const Request &request, const Responder &responder,
                                   bool statisticsOnly)
{
    ContainerFilter filter;
    if (!statisticsOnly) {
        const auto wanted = containerFilter(request);
        if (!wanted)
            return responder->send(
                Response::text(400, QByteArray::fromStdString(wanted.error().message)));
        filter = *wanted;
    }
    collectContainerReports(
        m_agent, m_clock, filter,
        [request, responder, statisticsOnly](const std::vector<ContainerReport> &reports) {
            std::string json;
            writeLegacyContainers(reports, statisticsOnly, json);
            responder->send(jsonAnswer(request, std::move(json)));
        });
}

} // namespace meseta::agent
