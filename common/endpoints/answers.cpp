#include "common/endpoints/answers.h"

#include "common/codec/message_codec.h"
#include "common/endpoints/file_service.h"

namespace meseta {

namespace {

/// What a jsonp callback may be made of: `cb`, `angular.callbacks._0`, `window["f"]`. Nothing that
/// could be a program.
bool isCallback(const QByteArray &name)
{
    static const QByteArray others("_$.[]'\"");
    return name.size() <= 256 && std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                   || others.contains(c);
           });
}

} // namespace

http::Response jsonAnswer(const http::Request &request, QByteArray json)
{
    const std::optional<QByteArray> callback = request.parameter("jsonp");
    if (callback && !callback->isEmpty() && !isCallback(*callback)) {
        return http::Response::text(
            400,
            "The query parameter 'jsonp' must name a JavaScript function: letters, digits "
            "and _ $ . [ ] with quotes, at most 256.");
    }
    return http::Response::jsonOrJsonp(request, std::move(json));
}

http::Response jsonAnswer(const http::Request &request, const std::string &json)
{
    return jsonAnswer(request, QByteArray::fromStdString(json));
}

http::Response messageAnswer(const google::protobuf::Message &message, codec::MediaType accept)
{
    const std::string_view type = codec::mediaTypeName(accept);
    return http::Response::ok(QByteArray::fromStdString(codec::encode(message, accept)),
                              QByteArray(type.data(), qsizetype(type.size())));
}

http::Response fileErrorAnswer(const FileError &error)
{
    if (error.status == 404)
        return http::Response{404, {{"Content-Type", "text/plain; charset=utf-8"}}, {}};
    return http::Response::text(error.status, QByteArray::fromStdString(error.message));
}

} // namespace meseta
