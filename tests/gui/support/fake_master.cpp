#include "tests/gui/support/fake_master.h"

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
    http::Limits limits;
    limits.streamBacklogBytes = 512LL * 1024 * 1024; // some tests send a great deal
    m_server->setLimits(limits);
    m_server->setDelegate("master");
    m_server->route("master", "/meseta/v1", [this](const auto &request, auto responder) {
        if (m_stock)
            responder->send(http::Response::text(404));
        else
            subscribe(request, responder);
    });
    m_server->route("master", "/api/v1",
                    [this](const auto &request, auto responder) { call(request, responder); });
    if (const auto listening = m_server->listen(QHostAddress::LocalHost, 0); !listening)
        qFatal("%s", listening.error().message.c_str());
}

void FakeMaster::subscribe(const http::Request &, std::shared_ptr<http::Responder> responder)
{
    if (redirectStreamsTo) {
        ++redirects;
        return responder->send(
            http::Response{307, {{"Location", redirectStreamsTo->toUtf8()}}, {}});
    }
    ++m_subscriptions;
    auto stream =
        responder->stream(http::Response{200, {{"Content-Type", "application/x-protobuf"}}, {}});
    if (!snapshotFirst) {
        // only what a test sends
    } else if (m_stock) {
        mesos::v1::master::Event event;
        event.set_type(mesos::v1::master::Event::SUBSCRIBED);
        *event.mutable_subscribed()->mutable_get_state() = snapshot.subscribed().get_state();
        stream->write(record(event));
    } else {
        stream->write(record(snapshot));
    }
    m_streams.push_back(std::move(stream));
}

void FakeMaster::call(const http::Request &request, std::shared_ptr<http::Responder> responder)
{
    // The calls that both have are the same in the master's and in the agent's API.
    mesos::v1::master::Call call;
    if (!call.ParseFromArray(request.body.constData(), static_cast<int>(request.body.size())))
        return responder->send(http::Response::text(400));
    if (call.type() == mesos::v1::master::Call::SUBSCRIBE)
        return subscribe(request, responder);
    if (!redirectCallsTo.isEmpty())
        return responder->send(http::Response{307, {{"Location", redirectCallsTo.toUtf8()}}, {}});
    calls.push_back(call);
    mesos::v1::master::Response response;
    if (call.type() == mesos::v1::master::Call::READ_FILE) {
        response.set_type(mesos::v1::master::Response::READ_FILE);
        if (onRead)
            onRead(call.read_file().offset(), call.read_file().length(),
                   *response.mutable_read_file());
    }
    if (call.type() == mesos::v1::master::Call::READ_FILE && !onRead) {
        response.mutable_read_file()->set_size(static_cast<std::uint64_t>(file.size()));
        response.mutable_read_file()->set_data(
            file.mid(static_cast<qsizetype>(call.read_file().offset()),
                     static_cast<qsizetype>(call.read_file().length()))
                .toStdString());
    }
    if (call.type() == mesos::v1::master::Call::GET_STATE) {
        if (!answersState)
            return responder->send(http::Response::text(503));
        response.set_type(mesos::v1::master::Response::GET_STATE);
        *response.mutable_get_state() = snapshot.subscribed().get_state();
    }
    if (call.type() == mesos::v1::master::Call::LIST_FILES) {
        response.set_type(mesos::v1::master::Response::LIST_FILES);
        for (int i = 0; i < folderSize; ++i) {
            auto *info = response.mutable_list_files()->add_file_infos();
            info->set_path(call.list_files().path() + "/file" + std::to_string(i));
            info->set_size(static_cast<std::uint64_t>(file.size()));
            info->set_mode(0100644);
        }
    }
    responder->send(http::Response{200,
                                   {{"Content-Type", "application/x-protobuf"}},
                                   QByteArray::fromStdString(response.SerializeAsString())});
}

void FakeMaster::send(const ::meseta::v1::Event &event)
{
    for (const auto &stream : m_streams)
        stream->write(record(event));
}

void FakeMaster::sendRaw(const QByteArray &bytes)
{
    for (const auto &stream : m_streams)
        stream->write(bytes);
}

void FakeMaster::cut()
{
    for (const auto &stream : std::exchange(m_streams, {}))
        stream->abort();
}

void FakeMaster::stop()
{
    cut();
    m_server->stopListening();
}
