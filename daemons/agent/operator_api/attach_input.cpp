#include "daemons/agent/operator_api/attach_input.h"

#include "common/codec/message_codec.h"
#include "common/validation/calls.h"

namespace meseta::agent {

using http::Response;
using mesos::v1::agent::Call;

bool AttachInput::isStreaming(const http::Request &head)
{
    return head.method == "POST"
        && codec::mediaTypeFromContentType(head.headers.value("Content-Type").toStdString())
        == codec::MediaType::RecordIo;
}

void AttachInput::begin(const http::Request &head, const std::shared_ptr<http::RequestStream> &body,
                        std::shared_ptr<http::Responder> responder, Knows knows)
{
    const auto name = head.headers.get("Message-Content-Type");
    if (!name)
        return responder->send(Response::text(
            400, "Expecting 'Message-Content-Type' to be set for streaming requests"));
    const auto type = codec::mediaTypeFromContentType(name->toStdString());
    if (!type || *type == codec::MediaType::RecordIo)
        return responder->send(Response::text(
            415, "Expecting 'Message-Content-Type' of application/json or application/x-protobuf"));
    const std::shared_ptr<AttachInput> input(
        new AttachInput(*type, std::move(responder), std::move(knows)));
    body->onData = [input](const QByteArray &bytes) { input->onData(bytes); };
    body->onEnd = [input](bool) { input->onEnd(); };
}

void AttachInput::onData(const QByteArray &bytes)
{
    if (!m_responder)
        return; // answered; what still comes is dropped
    auto records = m_decoder.feed({bytes.constData(), static_cast<std::size_t>(bytes.size())});
    if (!records)
        return answer(400, "The request body is no RecordIO stream: " + records.error().message);
    if (!records->empty())
        onFirst(records->front());
}

void AttachInput::onEnd()
{
    if (m_responder)
        answer(400, "Received EOF while reading request body");
}

void AttachInput::onFirst(const std::string &record)
{
    Call call;
    if (auto decoded = codec::decode(record, m_type, call); !decoded)
        return answer(400, decoded.error().message);
    if (auto valid = validateAgentCall(call); !valid)
        return answer(400, "Failed to validate agent::Call: " + valid.error().message);
    if (call.type() != Call::ATTACH_CONTAINER_INPUT)
        return answer(415,
                      "Streaming 'Content-Type' application/recordio is not supported for "
                          + Call::Type_Name(call.type()) + " call");
    const auto &input = call.attach_container_input();
    if (input.type() != Call::AttachContainerInput::CONTAINER_ID)
        return answer(400, "Expecting 'attach_container_input.type' to be CONTAINER_ID");
    if (input.container_id().has_parent() || !m_knows(input.container_id()))
        return answer(404, "Container " + input.container_id().value() + " cannot be found");
    // Clients compare this text.
    answer(500, "I/O switchboard server was disabled for this container");
}

void AttachInput::answer(int status, const std::string &text)
{
    std::exchange(m_responder, nullptr)
        ->send(Response::text(status, QByteArray::fromStdString(text)));
}

} // namespace meseta::agent
