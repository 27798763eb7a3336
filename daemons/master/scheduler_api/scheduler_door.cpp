#include "daemons/master/scheduler_api/scheduler_door.h"

#include "common/codec/message_codec.h"
#include "daemons/master/engine/master.h"
#include "daemons/master/scheduler_api/scheduler_streams.h"

namespace meseta::master {

namespace {

using Call = mesos::v1::scheduler::Call;

std::string_view view(const QByteArray &bytes)
{
    return {bytes.constData(), static_cast<std::size_t>(bytes.size())};
}

http::Response refusal(int status, const std::string &text)
{
    return http::Response::text(status, QByteArray::fromStdString(text));
}

std::string streamIdOf(const http::Request &request)
{
    return request.headers.value("Mesos-Stream-Id").toStdString();
}

/// Method, Content-Type, body and form of the call, in this order.
std::optional<http::Response> admit(const http::Request &request, Call &call)
{
    if (request.method != "POST")
        return http::Response::methodNotAllowed({"POST"}, request.method);
    const std::optional<QByteArray> contentType = request.headers.get("Content-Type");
    if (!contentType)
        return refusal(400,
                       "The header 'Content-Type' is missing: send application/json or "
                       "application/x-protobuf");
    const std::optional<codec::MediaType> type =
        codec::mediaTypeFromContentType(view(*contentType));
    if (type != codec::MediaType::Json && type != codec::MediaType::Protobuf)
        return refusal(415, "'Content-Type' has to be application/json or application/x-protobuf");
    if (const auto parsed = codec::decode(view(request.body), *type, call); !parsed)
        return refusal(400, parsed.error().message);
    if (const auto valid = validateSchedulerCall(call); !valid)
        return refusal(400, "This scheduler::Call is refused: " + valid.error().message);
    return std::nullopt;
}

std::optional<codec::MediaType> acceptable(const http::Request &request)
{
    return codec::negotiate(view(request.headers.value("Accept")));
}

http::Response notAcceptable()
{
    return refusal(406,
                   "The answer is application/json or application/x-protobuf: 'Accept' has to "
                   "allow one of them");
}

/// Whether the request comes from the framework's present scheduler.
std::optional<http::Response> checkSender(const http::Request &request, const Framework &framework)
{
    if (!framework.connected())
        return refusal(403, "Framework is not subscribed"); // schedulers look for these words
    if (framework.stream == 0)
        return refusal(
            403, "The framework's scheduler is a driver: it calls by daemon messages, not by HTTP");
    if (!request.headers.has("Mesos-Stream-Id"))
        return refusal(400,
                       "The header 'Mesos-Stream-Id' is missing: send the one that the answer to "
                       "SUBSCRIBE had");
    const std::string streamId = streamIdOf(request);
    if (streamId != framework.streamId)
        return refusal(
            400,
            "The stream ID '" + streamId
                + "' is an older one: another scheduler has subscribed since as framework "
                + framework.id);
    return std::nullopt;
}

} // namespace

void SchedulerDoor::handle(const http::Request &request,
                           const std::shared_ptr<http::Responder> &responder)
{
    if (std::optional<http::Response> elsewhere = m_gate(request))
        return responder->send(std::move(*elsewhere));
    Call call;
    if (std::optional<http::Response> refused = admit(request, call))
        return responder->send(std::move(*refused));
    if (call.type() == Call::SUBSCRIBE)
        return subscribe(request, call, *responder);
    responder->send(dispatch(request, call));
}

void SchedulerDoor::subscribe(const http::Request &request, const Call &call,
                              http::Responder &responder)
{
    const std::optional<codec::MediaType> type = acceptable(request);
    if (!type)
        return responder.send(notAcceptable());
    if (request.headers.has("Mesos-Stream-Id"))
        return responder.send(refusal(400,
                                      "A SUBSCRIBE has no 'Mesos-Stream-Id' yet: leave the header "
                                      "out, the answer gives one"));

    Connection connection;
    connection.streamId = m_random.uuid();
    http::Response head;
    head.headers.add("Mesos-Stream-Id", QByteArray::fromStdString(connection.streamId));
    const std::string_view name = codec::mediaTypeName(*type);
    head.headers.add("Content-Type", QByteArray(name.data(), static_cast<qsizetype>(name.size())));
    connection.stream = m_streams.add(responder.stream(std::move(head)), *type);
    const Call::Subscribe &wish = call.subscribe();
    m_master.subscribe(
        connection,
        {wish.framework_info(), wish.suppressed_roles(), wish.offer_constraints(), true});
}

http::Response SchedulerDoor::dispatch(const http::Request &request, Call &call)
{
    if (call.type() == Call::RECONCILE_OPERATIONS && !acceptable(request))
        return notAcceptable();
    Framework *framework = m_master.framework(call.framework_id().value());
    if (!framework)
        return refusal(400, "There is no such framework");
    if (std::optional<http::Response> refused = checkSender(request, *framework))
        return std::move(*refused);
    if (call.type() == Call::UNKNOWN)
        return http::Response::text(501);
    const bool synchronous = call.type() == Call::UPDATE_FRAMEWORK;
    if (const auto done = m_master.call(*framework, call); !done)
        return refusal(done.error().status, done.error().text);
    return synchronous ? http::Response{} : http::Response::accepted();
}

} // namespace meseta::master
