#include "daemons/agent/executor_api/executor_api.h"

#include "common/endpoints/operator_call.h"
#include "common/validation/calls.h"
#include "daemons/agent/core/agent.h"
#include "daemons/agent/executor_api/executor_stream.h"

namespace meseta::agent {

using http::Response;
using mesos::v1::executor::Call;

namespace {

CallRules executorCallRules()
{
    CallRules rules;
    rules.name = "Executor::Call";
    rules.validate = [](const google::protobuf::Message &call) {
        return validateExecutorCall(static_cast<const Call &>(call));
    };
    return rules;
}

Response headOf(codec::MediaType type)
{
    Response head;
    const auto name = codec::mediaTypeName(type);
    head.headers.add("Content-Type", QByteArray(name.data(), static_cast<qsizetype>(name.size())));
    return head;
}

} // namespace

void ExecutorApi::install(http::Server &server, const QByteArray &process)
{
    server.route(process, "/api/v1/executor",
                 [this](const http::Request &request, std::shared_ptr<http::Responder> responder) {
                     handle(request, responder);
                 });
}

void ExecutorApi::handle(const http::Request &request,
                         const std::shared_ptr<http::Responder> &responder)
{
    static const CallRules rules = executorCallRules();
    Call call;
    // Only SUBSCRIBE cares what is accepted: it alone has an answer to write.
    http::Request plain = request;
    plain.headers.remove("Accept");
    if (const auto form = admitCall(plain, rules, call); !form)
        return responder->send(form.error());
    const auto accepted = codec::negotiate(request.headers.value("Accept").toStdString());
    if (call.type() == Call::SUBSCRIBE && !accepted)
        return responder->send(
            Response::text(406,
                           "The answer is application/json or application/x-protobuf: 'Accept' has "
                           "to allow one of them"));
    if (call.type() == Call::HEARTBEAT)
        return responder->send(Response::accepted());

    Framework *framework = m_agent.state().framework(call.framework_id().value());
    if (!framework)
        return responder->send(Response::text(400, "There is no such framework"));
    Executor *executor = framework->executor(call.executor_id().value());
    if (!executor || executor->isCommand)
        return responder->send(Response::text(400, "There is no such executor"));
    if (call.type() != Call::SUBSCRIBE && !executor->link)
        return responder->send(
            Response::text(403, "The executor has no event stream: subscribe first"));

    switch (call.type()) {
    case Call::SUBSCRIBE:
        m_agent.subscribe(*framework, *executor, call.subscribe(),
                          std::make_shared<ExecutorStream>(responder->stream(headOf(*accepted)),
                                                           *accepted, m_clock));
        return;
    case Call::UPDATE:
        responder->send(Response::accepted());
        m_agent.update(*framework, *executor, call.update().status());
        return;
    case Call::MESSAGE:
        responder->send(Response::accepted());
        m_agent.message(*framework, *executor, call.message().data());
        return;
    default:
        responder->send(Response::text(501));
    }
}

} // namespace meseta::agent
