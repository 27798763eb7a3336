#include "daemons/agent/operator_api/attach_input.h"

#include <cstring>

#include "common/codec/message_codec.h"
#include "common/validation/calls.h"

namespace meseta::agent {

using containerizer::Packet;
using http::Response;
using mesos::v1::agent::Call;
using mesos::v1::agent::ProcessIO;

namespace {

Result<> validateControl(const ProcessIO::Control &control)
{
    switch (control.type()) {
    case ProcessIO::Control::TTY_INFO:
        if (!control.tty_info().has_window_size())
            return fail("'process_io.control.tty_info.window_size' is missing");
        return {};
    case ProcessIO::Control::HEARTBEAT:
        if (!control.has_heartbeat())
            return fail("'process_io.control.heartbeat' is missing");
        return {};
    default:
        return fail("'process_io.control.type' has to be TTY_INFO or HEARTBEAT");
    }
}

Result<> validateProcessIo(const ProcessIO &input)
{
    if (input.type() == ProcessIO::CONTROL)
        return validateControl(input.control());
    if (input.type() != ProcessIO::DATA)
        return fail("'process_io.type' has to be DATA or CONTROL");
    if (input.data().type() != ProcessIO::Data::STDIN)
        return fail("'process_io.data.type' has to be STDIN: output is read with "
                    "ATTACH_CONTAINER_OUTPUT");
    if (!input.data().has_data())
        return fail("'process_io.data.data' is missing; empty data ends the input");
    return {};
}

/// What may come after the record that named the container.
Result<> validateLater(const Call &call)
{
    if (call.type() != Call::ATTACH_CONTAINER_INPUT)
        return fail("a record is of another type: all have to be of ATTACH_CONTAINER_INPUT");
    const auto &input = call.attach_container_input();
    if (input.type() != Call::AttachContainerInput::PROCESS_IO || !input.has_process_io())
        return fail("'attach_container_input.type' has to be PROCESS_IO, with its member, after "
                    "the first record");
    return validateProcessIo(input.process_io());
}

} // namespace

bool AttachInput::isStreaming(const http::Request &head)
{
    return head.method == "POST"
        && codec::mediaTypeFromContentType(head.headers.value("Content-Type").toStdString())
        == codec::MediaType::RecordIo;
}

void AttachInput::begin(const http::Request &head, const std::shared_ptr<http::RequestStream> &body,
                        std::shared_ptr<http::Responder> responder, Join join)
{
    const auto name = head.headers.get("Message-Content-Type");
    if (!name)
        return responder->send(
            Response::text(400,
                           "The header 'Message-Content-Type' is missing: a request of "
                           "application/recordio says with it what its records are"));
    const auto type = codec::mediaTypeFromContentType(name->toStdString());
    if (!type || *type == codec::MediaType::RecordIo)
        return responder->send(Response::text(
            415, "'Message-Content-Type' has to be application/json or application/x-protobuf"));
    const std::shared_ptr<AttachInput> input(
        new AttachInput(*type, std::move(responder), std::move(join)));
    input->m_body = body;
    body->onData = [input](const QByteArray &bytes) { input->onData(bytes); };
    body->onEnd = [input](bool) { input->onEnd(); };
}

AttachInput::AttachInput(codec::MediaType type, std::shared_ptr<http::Responder> responder,
                         Join join)
    : m_type(type)
    , m_responder(std::move(responder))
    , m_join(std::move(join))
    , m_decoder(maxRecordBytes)
{ }

AttachInput::~AttachInput()
{
    if (m_link)
        m_link->close();
}

void AttachInput::onData(const QByteArray &bytes)
{
    if (!m_responder)
        return; // answered; what still comes is dropped
    auto records = m_decoder.feed({bytes.constData(), static_cast<std::size_t>(bytes.size())});
    if (!records) {
        answer(400, "The request body is no RecordIO stream: " + records.error().message);
        return;
    }
    for (const std::string &record : *records) {
        if (!onRecord(record))
            return;
    }
    const auto body = m_body.lock();
    if (body && m_link && m_link->isBusy())
        body->pause(true);
}

void AttachInput::onEnd()
{
    if (m_link)
        m_link->end();
    else if (m_responder)
        answer(400, "the request ended before its first record");
}

/// False when the request is answered, and the rest of it not looked at.
bool AttachInput::onRecord(const std::string &record)
{
    Call call;
    if (auto decoded = codec::decode(record, m_type, call); !decoded)
        return answer(400, decoded.error().message);
    if (!m_link)
        return onFirst(call);
    if (auto valid = validateLater(call); !valid)
        return answer(400, valid.error().message);
    return onInput(call.attach_container_input().process_io());
}

bool AttachInput::onFirst(const Call &call)
{
    if (auto valid = validateAgentCall(call); !valid)
        return answer(400, "This agent::Call is refused: " + valid.error().message);
    if (call.type() != Call::ATTACH_CONTAINER_INPUT)
        return answer(415,
                      Call::Type_Name(call.type())
                          + " is no stream: send it alone, as application/json or "
                            "application/x-protobuf");
    const auto &input = call.attach_container_input();
    if (input.type() != Call::AttachContainerInput::CONTAINER_ID)
        return answer(400,
                      "'attach_container_input.type' of the first record has to be CONTAINER_ID");
    auto joined = m_join(input.container_id());
    if (!joined)
        return answer(std::move(joined.error()));
    link(std::move(*joined));
    return true;
}

void AttachInput::link(JoinedInput joined)
{
    m_self = shared_from_this();
    m_claim = std::move(joined.claim);
    InputLink::Events events;
    events.drained = [this] {
        if (const auto body = m_body.lock())
            body->pause(false);
    };
    events.refused = [this](Packet kind, int error) { onRefused(kind, error); };
    events.over = [this] { answer(Response{200, {}, {}}); };
    m_link = new InputLink(std::move(joined.socket), std::move(events));
}

bool AttachInput::onInput(const ProcessIO &input)
{
    if (input.type() == ProcessIO::DATA) {
        const std::string &bytes = input.data().data();
        m_link->send(bytes.empty() ? Packet::inputEnds : Packet::standardInput, bytes);
    } else if (input.control().type() == ProcessIO::Control::TTY_INFO) {
        const auto &size = input.control().tty_info().window_size();
        m_link->send(Packet::windowSize,
                     std::to_string(size.rows()) + " " + std::to_string(size.columns()));
    }
    return true;
}

void AttachInput::onRefused(Packet kind, int error)
{
    const std::string why = std::strerror(error);
    if (kind == Packet::windowSize)
        answer(400,
               "the terminal did not take its new size: " + why
                   + "; was the container launched with container.tty_info?");
    else
        answer(500,
               "the container's input cannot be written: " + why
                   + "; the command has closed its input, or the input was ended before");
}

bool AttachInput::answer(int status, const std::string &text)
{
    return answer(Response::text(status, QByteArray::fromStdString(text)));
}

/// Always false: nothing of the request is looked at from here on.
bool AttachInput::answer(Response response)
{
    const auto self = std::exchange(m_self, nullptr); // keeps this until the end
    const auto body = m_body.lock();
    if (m_link)
        std::exchange(m_link, nullptr)->close();
    m_claim.reset();
    if (const auto responder = std::exchange(m_responder, nullptr))
        responder->send(std::move(response));
    if (body)
        body->pause(false);
    return false;
}

} // namespace meseta::agent
