#include "tests/gui/support/fake_master.h"

#include <QJsonDocument>
#include <QJsonObject>

#include "common/codec/record_io.h"

using namespace meseta;

namespace {

QByteArray record(const google::protobuf::Message &message)
{
    return QByteArray::fromStdString(codec::encodeRecord(message.SerializeAsString()));
}

} // namespace

FakeMaster::FakeMaster() : m_server(std::make_unique<http::Server>())
{
    snapshot.set_type(::meseta::v1::Event::SUBSCRIBED);
    m_server->setDelegate("master");
    m_server->route("master", "/meseta/v1", [this](const auto &request, auto responder) {
        if (m_stock)
            responder->send(http::Response::text(404));
        else
            subscribe(request, responder);
    });
    m_server->route("master", "/api/v1",
                    [this](const auto &request, auto responder) { subscribe(request, responder); });
    m_server->route("files", "/read",
                    [this](const auto &request, auto responder) { read(request, responder); });
    if (const auto listening = m_server->listen(QHostAddress::LocalHost, 0); !listening)
        qFatal("%s", listening.error().message.c_str());
}

void FakeMaster::subscribe(const http::Request &, std::shared_ptr<http::Responder> responder)
{
    ++m_subscriptions;
    auto stream =
        responder->stream(http::Response{200, {{"Content-Type", "application/x-protobuf"}}, {}});
    if (m_stock) {
        mesos::v1::master::Event event;
        event.set_type(mesos::v1::master::Event::SUBSCRIBED);
        *event.mutable_subscribed()->mutable_get_state() = snapshot.subscribed().get_state();
        stream->write(record(event));
    } else {
        stream->write(record(snapshot));
    }
    m_streams.push_back(std::move(stream));
}

void FakeMaster::read(const http::Request &request, std::shared_ptr<http::Responder> responder)
{
    const qint64 offset = request.parameter("offset").value_or("-1").toLongLong();
    QJsonObject answer;
    answer.insert(QLatin1String("offset"), offset < 0 ? file.size() : offset);
    answer.insert(QLatin1String("data"),
                  offset < 0 ? QString() : QString::fromUtf8(file.mid(offset, 65536)));
    responder->send(http::Response::json(QJsonDocument(answer).toJson(QJsonDocument::Compact)));
}

void FakeMaster::send(const ::meseta::v1::Event &event)
{
    for (const auto &stream : m_streams)
        stream->write(record(event));
}

void FakeMaster::cut()
{
    for (const auto &stream : std::exchange(m_streams, {}))
        stream->abort();
}
