#include "daemons/master/operator_api/web_ui.h"

#include "common/endpoints/content_type.h"
#include "common/endpoints/file_service.h"

namespace meseta::master {

namespace {

constexpr std::uint64_t maxFileBytes = 64ull * 1024 * 1024;

http::Response serve(const FileService &files, const http::Request &request)
{
    if (request.method != "GET" && request.method != "HEAD")
        return http::Response::text(404);
    std::string path = request.path.toStdString();
    if (path.empty() || path.back() == '/')
        path += "index.html";
    const FileResult<OpenFile> file = files.open("/webui" + path);
    if (!file || file->size() > maxFileBytes)
        return http::Response::text(404);
    const Result<std::string> data = file->read(0, std::size_t(file->size()));
    if (!data)
        return http::Response::text(500, QByteArray::fromStdString(data.error().message + "."));
    http::Response response;
    response.headers.add("Content-Length", {}); // first here, as with every GET endpoint of Mesos
    response.headers.add("Content-Type", contentTypeOf(path));
    response.body = QByteArray::fromStdString(*data);
    return response;
}

} // namespace

void installWebUi(http::Server &server, const std::string &folder)
{
    auto files = std::make_shared<FileService>();
    if (folder.empty() || !files->attach(folder, "/webui"))
        return;
    server.setFallback(
        [files](const http::Request &request, const std::shared_ptr<http::Responder> &responder) {
            responder->send(serve(*files, request));
        });
}

} // namespace meseta::master
