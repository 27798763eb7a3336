#pragma once

#include "common/http/server.h"

namespace meseta::test {

using namespace meseta::http;

/// The bytes with the date of the answer made known.
inline QByteArray withoutDate(const QByteArray &bytes)
{
    const qsizetype from = bytes.indexOf("Date: ");
    const qsizetype to = bytes.indexOf("\r\n", from);
    return from < 0 ? bytes : bytes.left(from) + "Date: D" + bytes.mid(to);
}

/// A server with a few endpoints of a process called "master".
class Fixture
{
public:
    explicit Fixture(const Limits &limits = {})
    {
        server.setLimits(limits);
        server.setDelegate("master");
        server.route("master", "/health",
                     [](const Request &, auto responder) { responder->send({}); });
        server.route("master", "/state", [this](const Request &request, auto responder) {
            last = request;
            responder->send(Response::jsonOrJsonp(request, R"({"id":"M"})"));
        });
        server.route("master", "/big", [this](const Request &, auto responder) {
            responder->send(Response::json(QByteArray(bigSize, 'x')));
        });
        server.route("master", "/api/v1", [this](const Request &request, auto responder) {
            last = request;
            if (request.method != "POST")
                return responder->send(Response::methodNotAllowed({"POST"}, request.method));
            responder->send(Response::json(request.body));
        });
        server.route("master", "/slow",
                     [this](const Request &, auto responder) { waiting.push_back(responder); });
        server.route("master", "/stream", [this](const Request &, auto responder) {
            stream = responder->stream(
                Response{200, {{"Mesos-Stream-Id", "S"}, {"Content-Type", "text/plain"}}, {}});
            stream->onClosed = [this] { ++closed; };
        });
        listening = server.listen(QHostAddress::LocalHost, 0).has_value();
    }

    Server server;
    Request last;
    std::vector<std::shared_ptr<Responder>> waiting;
    std::shared_ptr<ResponseStream> stream;
    int closed = 0;
    int bigSize = 5000;
    bool listening = false;
};

} // namespace meseta::test
