#include "common/endpoints/answers.h"

#include "common/codec/message_codec.h"
#include "common/endpoints/file_service.h"

namespace meseta {

namespace {

/// What a jsonp callback may be made of: `cb`, `angular.callbacks._0`, `window["f"]`. Nothing that could be a program.
bool isCallback(const QByteArray &name)
{
    static const QByteArray others("_$.[]'\"");
    return !name.isEmpty() && name.size() <= 256 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || others.contains(c);
    });
}

} // namespace

http::Response jsonAnswer(const http::Request &request, std::string json)
{
    const std::optional<QByteArray> callback = request.parameter("jsonp");
    if (!callback)
        return http::Response::json(QByteArray::fromStdString(json));
    if (!isCallback(*callback)) {
        return http::Response::text(400, "The query parameter 'jsonp' must name a JavaScript function: letters, digits "
                                         "and _ $ . [ ] with quotes, at most 256.");
    }
    QByteArray body;
    body.reserve(callback->size() + qsizetype(json.size()) + 2);
    body.append(*callback).append('(').append(json.data(), qsizetype(json.size())).append(')');
    return http::Response::ok(std::move(body), "text/javascript");
}

http::Response messageAnswer(const google::protobuf::Message &message, codec::MediaType accept)
{
    const std::string_view type = codec::mediaTypeName(accept);
    return http::Response::ok(QByteArray::fromStdString(codec::encode(message, accept)),
                              QByteArray(type.data(), qsizetype(type.size())));
}

http::Response methodNotAllowed(const http::Request &request, std::string_view allowed)
{
    const QByteArray methods(allowed.data(), qsizetype(allowed.size()));
    http::Response response =
        http::Response::text(405, "This endpoint answers " + methods + ", not " + request.method.left(32) + '.');
    response.headers.add("Allow", methods);
    return response;
}

http::Response fileErrorAnswer(const FileError &error)
{
    if (error.status == 404)
        return http::Response{404, {{"Content-Type", "text/plain; charset=utf-8"}}, {}};
    return http::Response::text(error.status, QByteArray::fromStdString(error.message));
}

} // namespace meseta
