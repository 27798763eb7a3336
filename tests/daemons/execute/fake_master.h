#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <QHostAddress>
#include <QObject>

#include "common/codec/message_codec.h"
#include "common/codec/record_io.h"
#include "common/http/server.h"
#include "common/resources/resources.h"
#include "meseta/v1/meseta.pb.h"
#include "mesos/v1/scheduler/scheduler.pb.h"

/// A master as far as one scheduler can tell, over real HTTP: it subscribes, offers, takes calls,
/// and lets the test decide what they lead to.
class FakeMaster
{
public:
    using Call = mesos::v1::scheduler::Call;
    using Event = mesos::v1::scheduler::Event;

    FakeMaster()
    {
        m_server.setDelegate("master");
        m_server.route("master", "/api/v1/scheduler", [this](const auto &request, auto responder) {
            requests.push_back(request);
            if (answerInstead) {
                if (const auto response = answerInstead(request))
                    return responder->send(*response);
            }
            take(request, std::move(responder));
        });
        m_server.route("master", "/meseta/v1", [this](const auto &request, auto responder) {
            meseta::v1::Response response;
            response.set_type(meseta::v1::Call::GET_OFFER_DECISIONS);
            for (const auto &decision : decisions)
                *response.add_decisions() = decision;
            const auto type = *meseta::codec::mediaTypeFromContentType(
                request.headers.value("Content-Type").toStdString());
            responder->send(meseta::http::Response::ok(
                QByteArray::fromStdString(meseta::codec::encode(response, type)),
                request.headers.value("Content-Type")));
        });
        listening = m_server.listen(QHostAddress::LocalHost, 0).has_value();
    }

    quint16 port() const { return m_server.port(); }
    QString address() const { return QStringLiteral("127.0.0.1:%1").arg(port()); }

    void send(const Event &event)
    {
        m_stream->write(QByteArray::fromStdString(
            meseta::codec::encodeRecord(meseta::codec::encode(event, m_type))));
    }

    void offer(const char *resources)
    {
        Event event;
        event.set_type(Event::OFFERS);
        mesos::v1::Offer *offer = event.mutable_offers()->add_offers();
        offer->mutable_id()->set_value("M1-O" + std::to_string(m_offers++));
        offer->mutable_framework_id()->set_value("M1-0000");
        offer->mutable_agent_id()->set_value("M1-S0");
        offer->set_hostname("127.0.0.1");
        *offer->mutable_resources() = meseta::Resources::parse(resources)->proto();
        send(event);
    }

    void update(mesos::v1::TaskState state, const char *message = nullptr)
    {
        Event event;
        event.set_type(Event::UPDATE);
        auto *status = event.mutable_update()->mutable_status();
        status->mutable_task_id()->set_value("test");
        status->mutable_agent_id()->set_value("M1-S0");
        status->set_source(mesos::v1::TaskStatus::SOURCE_EXECUTOR);
        status->set_state(state);
        status->set_uuid("0123456789abcdef");
        if (message != nullptr)
            status->set_message(message);
        send(event);
    }

    void endStream() { m_stream->end(); }

    std::vector<std::string> callNames() const
    {
        std::vector<std::string> names;
        for (const Call &call : calls)
            names.push_back(Call::Type_Name(call.type()));
        return names;
    }

    bool listening = false;
    std::vector<meseta::http::Request> requests;
    std::vector<Call> calls; ///< that were understood
    std::vector<meseta::v1::OfferDecision> decisions;
    std::function<std::optional<meseta::http::Response>(const meseta::http::Request &)>
        answerInstead;
    std::function<void(const Call &)> onCall;

private:
    void take(const meseta::http::Request &request,
              std::shared_ptr<meseta::http::Responder> responder)
    {
        m_type = *meseta::codec::mediaTypeFromContentType(
            request.headers.value("Content-Type").toStdString());
        Call call;
        const std::string_view body(request.body.constData(),
                                    static_cast<std::size_t>(request.body.size()));
        if (!meseta::codec::decode(body, m_type, call))
            return responder->send(meseta::http::Response::text(400, "cannot be read"));
        calls.push_back(call);
        if (call.type() != Call::SUBSCRIBE) {
            const bool known = request.headers.value("Mesos-Stream-Id") == m_streamId;
            responder->send(known ? meseta::http::Response::accepted()
                                  : meseta::http::Response::text(400, "wrong stream"));
        } else {
            m_streamId = "stream-" + QByteArray::number(++m_streams);
            meseta::http::Response head;
            head.headers.add("Content-Type", request.headers.value("Accept"));
            head.headers.add("Mesos-Stream-Id", m_streamId);
            m_stream = responder->stream(head);
            Event event;
            event.set_type(Event::SUBSCRIBED);
            event.mutable_subscribed()->mutable_framework_id()->set_value("M1-0000");
            send(event);
        }
        if (onCall)
            onCall(call);
    }

    meseta::http::Server m_server;
    std::shared_ptr<meseta::http::ResponseStream> m_stream;
    meseta::codec::MediaType m_type = meseta::codec::MediaType::Protobuf;
    QByteArray m_streamId;
    int m_streams = 0;
    int m_offers = 0;
};
