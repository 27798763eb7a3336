#include "tests/gui/support/fake_agent.h"

using namespace meseta;
using mesos::v1::agent::Call;
using mesos::v1::agent::Response;

namespace {

constexpr std::int64_t someTime = 1767225600LL * 1000000000; // 2026-01-01

void add(Response::ListFiles &listed, const std::string &path, std::uint32_t mode, qsizetype size)
{
    auto *info = listed.add_file_infos();
    info->set_path(path);
    info->set_nlink(1);
    info->set_size(static_cast<std::uint64_t>(size));
    info->set_mode(mode);
    info->set_uid("root");
    info->set_gid("root");
    info->mutable_mtime()->set_nanoseconds(someTime);
}

} // namespace

FakeAgent::FakeAgent() : m_server(std::make_unique<http::Server>())
{
    m_server->setDelegate("slave(1)");
    m_server->route("slave(1)", "/api/v1",
                    [this](const auto &request, auto responder) { answer(request, responder); });
    if (const auto listening = m_server->listen(QHostAddress::LocalHost, 0); !listening)
        qFatal("%s", listening.error().message.c_str());
}

std::string FakeAgent::pid() const
{
    return "slave(1)@127.0.0.1:" + std::to_string(m_server->port());
}

void FakeAgent::list(Response &response, const std::string &path) const
{
    auto &listed = *response.mutable_list_files();
    if (path.size() >= 5 && path.substr(path.size() - 5) == "/logs")
        return add(listed, path + "/access.log", 0100644, 7340032);
    add(listed, path + "/logs", 0040755, 4096);
    for (auto file = files.cbegin(); file != files.cend(); ++file)
        add(listed, path + "/" + file.key().toStdString(), 0100644, file->size());
}

void FakeAgent::answer(const http::Request &request, std::shared_ptr<http::Responder> responder)
{
    Call call;
    if (silent
        || !call.ParseFromArray(request.body.constData(), static_cast<int>(request.body.size())))
        return responder->send(http::Response::text(silent ? 503 : 400));
    ++m_asked[call.type()];
    if (beforeAnswer)
        beforeAnswer();
    Response response;
    if (call.type() == Call::LIST_FILES) {
        response.set_type(Response::LIST_FILES);
        list(response, call.list_files().path());
    } else if (call.type() == Call::READ_FILE) {
        response.set_type(Response::READ_FILE);
        const QByteArray bytes = files.value(
            QString::fromStdString(call.read_file().path()).section(QLatin1Char('/'), -1));
        response.mutable_read_file()->set_size(static_cast<std::uint64_t>(bytes.size()));
        response.mutable_read_file()->set_data(
            bytes
                .mid(static_cast<qsizetype>(call.read_file().offset()),
                     std::min<qsizetype>(static_cast<qsizetype>(call.read_file().length()),
                                         64 * 1024)) // as a real agent
                .toStdString());
    } else if (call.type() == Call::GET_CONTAINERS) {
        response.set_type(Response::GET_CONTAINERS);
        *response.mutable_get_containers() = containers;
    }
    responder->send(http::Response{200,
                                   {{"Content-Type", "application/x-protobuf"}},
                                   QByteArray::fromStdString(response.SerializeAsString())});
}
