#include "common/endpoints/operator_call.h"

#include "common/codec/message_codec.h"
#include "common/endpoints/answers.h"

namespace meseta {

namespace {

using codec::MediaType;

std::string_view view(const QByteArray &bytes)
{
    return {bytes.constData(), std::size_t(bytes.size())};
}

bool isMessageType(std::optional<MediaType> type)
{
    return type == MediaType::Json || type == MediaType::Protobuf;
}

QByteArray knownTypes(const CallRules &rules)
{
    return rules.recordIo
        ? QByteArray("application/json, application/x-protobuf or application/recordio")
        : QByteArray("application/json or application/x-protobuf");
}

http::Response refuse(int status, const QByteArray &text)
{
    return http::Response::text(status, text);
}

/// The form of the request's message: its Content-Type, or for a recordio request its
/// Message-Content-Type.
tl::expected<MediaType, http::Response> contentType(const http::Request &request,
                                                    const CallRules &rules)
{
    const std::optional<QByteArray> header = request.headers.get("Content-Type");
    if (!header) {
        return tl::unexpected(
            refuse(400, "The header 'Content-Type' is missing: send " + knownTypes(rules) + '.'));
    }
    const std::optional<MediaType> type = codec::mediaTypeFromContentType(view(*header));
    if (!isMessageType(type) && !(rules.recordIo && type == MediaType::RecordIo)) {
        return tl::unexpected(refuse(415,
                                     "'Content-Type' has to be " + knownTypes(rules)
                                         + ", exactly; got '" + header->left(128) + "'."));
    }
    const std::optional<QByteArray> inner = request.headers.get("Message-Content-Type");
    if (type != MediaType::RecordIo) {
        if (inner && rules.recordIo)
            return tl::unexpected(refuse(
                415, "'Message-Content-Type' belongs to requests of application/recordio only."));
        return *type;
    }
    if (!inner)
        return tl::unexpected(refuse(400,
                                     "The header 'Message-Content-Type' is missing: a request of "
                                     "application/recordio says with it what its records are."));
    const std::optional<MediaType> message = codec::mediaTypeFromContentType(view(*inner));
    if (!isMessageType(message)) {
        return tl::unexpected(refuse(
            415,
            "'Message-Content-Type' has to be application/json or application/x-protobuf; got '"
                + inner->left(128) + "'."));
    }
    return *type;
}

http::Response notAcceptable(const QByteArray &types)
{
    return refuse(406, "'Accept' allows none of the forms of the answer: " + types + '.');
}

tl::expected<CallForm, http::Response> answerForm(const http::Request &request,
                                                  const CallRules &rules, bool streams)
{
    const QByteArray accept = request.headers.value("Accept");
    CallForm form;
    const std::optional<MediaType> plain = codec::negotiate(view(accept));
    if (plain)
        form.accept = form.messageAccept = *plain;
    else if (rules.recordIo
             && codec::accepts(view(accept), codec::mediaTypeName(MediaType::RecordIo)))
        form.accept = MediaType::RecordIo;
    else
        return tl::unexpected(notAcceptable(knownTypes(rules)));

    const std::optional<QByteArray> inner = request.headers.get("Message-Accept");
    if (form.accept != MediaType::RecordIo) {
        if (inner && rules.recordIo)
            return tl::unexpected(refuse(
                406, "'Message-Accept' belongs to an 'Accept' of application/recordio only."));
        return form;
    }
    if (!streams)
        return tl::unexpected(refuse(
            406,
            "This call's answer is no stream: accept application/json or application/x-protobuf."));
    const std::optional<MediaType> message = codec::negotiate(view(inner.value_or(QByteArray())));
    if (!message)
        return tl::unexpected(refuse(
            406, "'Message-Accept' has to allow application/json or application/x-protobuf."));
    form.messageAccept = *message;
    return form;
}

} // namespace

tl::expected<CallForm, http::Response>
admitCall(const http::Request &request, const CallRules &rules, google::protobuf::Message &call)
{
    if (request.method != "POST")
        return tl::unexpected(http::Response::methodNotAllowed({"POST"}, request.method));
    const auto type = contentType(request, rules);
    if (!type)
        return tl::unexpected(type.error());
    if (*type == MediaType::RecordIo) {
        // Calls that arrive as a stream have a route of their own; here a whole call is wanted.
        if (request.body.isEmpty())
            return tl::unexpected(refuse(400, "The request body ended before its first record."));
        return tl::unexpected(refuse(
            415, "This call is no stream: send it as application/json or application/x-protobuf."));
    }
    if (const Result<> parsed = codec::decode(view(request.body), *type, call); !parsed)
        return tl::unexpected(refuse(400, QByteArray::fromStdString(parsed.error().message)));
    if (rules.validate) {
        if (const Result<> valid = rules.validate(call); !valid) {
            return tl::unexpected(
                refuse(400,
                       QByteArray::fromStdString("This " + rules.name
                                                 + " is refused: " + valid.error().message)));
        }
    }
    if (rules.streamsIn && rules.streamsIn(call))
        return tl::unexpected(
            refuse(415, "This call is a stream: send it as application/recordio."));
    return answerForm(request, rules, rules.streamsOut && rules.streamsOut(call));
}

} // namespace meseta
