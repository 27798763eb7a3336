#include "common/endpoints/shared_endpoints.h"

#include <charconv>

#include "common/base/duration_text.h"
#include "common/codec/json.h"
#include "common/endpoints/answers.h"
#include "common/endpoints/build_info.h"
#include "common/endpoints/file_endpoints.h"
#include "common/endpoints/logging_level.h"
#include "common/endpoints/metrics_registry.h"
#include "common/endpoints/rate_limiter.h"
#include "common/endpoints/system_figures.h"
#include "common/http/server.h"

namespace meseta {

namespace {

using http::Request;
using http::Response;
using Responder = std::shared_ptr<http::Responder>;

std::vector<EndpointHelp> ownHelp(const std::string &delegate)
{
    return {
        {delegate, "/flags", "The flags this daemon runs with."},
        {delegate, "/health", "200 while the daemon answers."},
        {"files", "/browse", "The entries of a folder: ?path=."},
        {"files", "/debug", "Virtual paths and what they stand for."},
        {"files", "/download", "A whole file: ?path=."},
        {"files", "/read", "A piece of a file, at most 64 KB: ?path=&offset=&length=."},
        {"help", "/", "This list."},
        {"logging", "/toggle",
         "Shows the log verbosity, or raises it for a while: ?level=&duration=."},
        {"metrics", "/snapshot", "All metrics as one JSON object: ?timeout=."},
        {"system", "/stats.json", "Load, processors and memory of the machine."},
        {"version", "/", "The version of the API, and of this build."},
    };
}

/// How often /metrics/snapshot is answered: Mesos' default, or as its environment variable says.
Duration snapshotGap()
{
    const char *name = "LIBPROCESS_METRICS_SNAPSHOT_ENDPOINT_RATE_LIMIT";
    if (!qEnvironmentVariableIsSet(name))
        return std::chrono::milliseconds(500);
    const Result<Duration> gap = RateLimiter::gapOf(qgetenv(name).toStdString());
    if (gap)
        return *gap;
    qWarning("%s is ignored: %s", name, gap.error().message.c_str());
    return std::chrono::milliseconds(500);
}

} // namespace

struct SharedEndpoints::Private
{
    Private(std::string delegateName, SharedServices &&shared, Clock &clockUsed)
        : delegate(std::move(delegateName))
        , services(std::move(shared))
        , clock(clockUsed)
        , limiter(clockUsed, snapshotGap())
        , help(ownHelp(delegate))
    { }

    Response version(const Request &request) const
    {
        return jsonAnswer(request, codec::toJson(buildInfo()));
    }

    Response flags(const Request &request) const
    {
        std::string json;
        codec::JsonWriter writer(json);
        writer.beginObject().key("flags").beginObject();
        for (const auto &[name, value] : services.flags)
            writer.member(name, std::string_view(value));
        writer.endObject().endObject();
        return jsonAnswer(request, std::move(json));
    }

    Response metrics(const Request &request) const
    {
        std::string json;
        codec::JsonWriter writer(json);
        writer.beginObject();
        for (const auto &[name, value] : services.metrics.snapshot())
            writer.member(name, value);
        writer.endObject();
        return jsonAnswer(request, std::move(json));
    }

    void metricsInTurn(const Request &request, const Responder &responder,
                       std::weak_ptr<Private> alive)
    {
        const QByteArray timeout = request.parameter("timeout").value_or(QByteArray());
        if (!timeout.isEmpty()) {
            if (const Result<Duration> wish = parseDuration(timeout.toStdString()); !wish) {
                return responder->send(Response::text(
                    400,
                    QByteArray::fromStdString("The query parameter 'timeout' is no duration: "
                                              + wish.error().message + ".\n")));
            }
        }
        const bool taken = limiter.submit([alive, request, responder] {
            if (const auto self = alive.lock())
                responder->send(self->metrics(request));
        });
        if (!taken)
            responder->send(
                Response::text(503, "Too many requests for metrics wait already; ask less often."));
    }

    Response toggle(const Request &request)
    {
        const std::optional<QByteArray> level = request.parameter("level");
        const std::optional<QByteArray> duration = request.parameter("duration");
        LoggingLevel &logging = services.logging;
        if (!level && !duration)
            return Response::text(200, QByteArray::number(logging.current()) + '\n');
        if (!level || !duration)
            return Response::text(
                400,
                QByteArray(
                    "Give both level=<number> and duration=<duration> in the query, or neither; ")
                    + (level ? "'duration'" : "'level'") + " is missing.\n");
        int wanted = 0;
        const auto [end, error] =
            std::from_chars(level->constData(), level->constData() + level->size(), wanted);
        if (error != std::errc() || end != level->constData() + level->size())
            return Response::text(400,
                                  "The query parameter 'level' must be a whole number, not '"
                                      + level->left(64) + "'.\n");
        if (wanted < 0 || unsigned(wanted) < logging.original())
            return Response::text(
                400,
                "The level " + level->left(16) + " is below the one the daemon started with ("
                    + QByteArray::number(logging.original()) + "); it can only be raised.\n");
        const Result<Duration> time = parseDuration(duration->toStdString());
        if (!time)
            return Response::text(
                400,
                QByteArray::fromStdString("The query parameter 'duration' is no duration: "
                                          + time.error().message + ".\n"));
        logging.set(unsigned(wanted), *time);
        return Response{200, {}, {}};
    }

    Response systemStats(const Request &request) const
    {
        const SystemFigures figures = systemFigures();
        std::string json;
        codec::JsonWriter(json)
            .beginObject()
            .member("avg_load_15min", figures.load15)
            .member("avg_load_1min", figures.load1)
            .member("avg_load_5min", figures.load5)
            .member("cpus_total", std::int64_t(figures.cpus))
            .member("mem_free_bytes", figures.memoryFreeBytes)
            .member("mem_total_bytes", figures.memoryTotalBytes)
            .endObject();
        return jsonAnswer(request, std::move(json));
    }

    /// All of it as JSON: processes with their endpoints.
    Response helpJson(const Request &request) const
    {
        std::map<std::string, std::vector<const EndpointHelp *>> byProcess;
        for (const EndpointHelp &line : help)
            byProcess[line.process].push_back(&line);
        std::string json;
        codec::JsonWriter writer(json);
        writer.beginObject().key("processes").beginArray();
        for (const auto &[process, lines] : byProcess) {
            writer.beginObject()
                .member("id", std::string_view(process))
                .key("endpoints")
                .beginArray();
            for (const EndpointHelp *line : lines)
                writer.beginObject()
                    .member("name", std::string_view(line->path))
                    .member("text", std::string_view(line->text))
                    .endObject();
            writer.endArray().endObject();
        }
        writer.endArray().endObject();
        return jsonAnswer(request, std::move(json));
    }

    /// /help, /help/<process>, /help/<process>/<name>: as text, or with ?format=json as JSON.
    Response helpText(const Request &request) const
    {
        if (request.parameter("format") == QByteArray("json"))
            return helpJson(request);
        QByteArray wanted = request.path;
        if (wanted.startsWith("/help"))
            wanted = wanted.mid(5);
        while (wanted.endsWith('/'))
            wanted.chop(1);
        QByteArray text;
        for (const EndpointHelp &line : help) {
            const QByteArray path =
                QByteArray::fromStdString("/" + line.process + (line.path == "/" ? "" : line.path));
            if (wanted.isEmpty() || path == wanted || path.startsWith(wanted + '/'))
                text += path.leftJustified(40) + ' ' + QByteArray::fromStdString(line.text) + '\n';
        }
        if (text.isEmpty())
            return Response::text(404);
        return Response::text(200, text);
    }

    Response processes(const Request &request) const
    {
        std::string json;
        codec::JsonWriter writer(json);
        writer.beginArray();
        std::set<std::string> ids;
        for (const EndpointHelp &line : help)
            ids.insert(line.process);
        for (const std::string &id : ids)
            writer.beginObject()
                .key("events")
                .beginArray()
                .endArray()
                .member("id", std::string_view(id))
                .endObject();
        writer.endArray();
        return jsonAnswer(request, std::move(json));
    }

    std::string delegate;
    SharedServices services;
    Clock &clock;
    RateLimiter limiter;
    std::vector<EndpointHelp> help;
};

SharedEndpoints::SharedEndpoints(http::Server &server, std::string delegate,
                                 SharedServices services, Clock &clock)
    : d(std::make_shared<Private>(std::move(delegate), std::move(services), clock))
{
    const std::weak_ptr<Private> alive = d;
    const auto route = [&server, alive](const std::string &process, const char *path, auto answer) {
        server.route(QByteArray::fromStdString(process), path,
                     [alive, answer](const Request &request, const Responder &responder) {
                         const auto self = alive.lock();
                         responder->send(self ? answer(*self, request) : Response::text(404));
                     });
    };
    route("version", "",
          [](Private &self, const Request &request) { return self.version(request); });
    route(d->delegate, "/flags",
          [](Private &self, const Request &request) { return self.flags(request); });
    route(d->delegate, "/health", [](Private &, const Request &) { return Response{200, {}, {}}; });
    route("logging", "/toggle",
          [](Private &self, const Request &request) { return self.toggle(request); });
    route("system", "/stats.json",
          [](Private &self, const Request &request) { return self.systemStats(request); });
    route("help", "", [](Private &self, const Request &request) { return self.helpText(request); });
    route("__processes__", "",
          [](Private &self, const Request &request) { return self.processes(request); });
    server.route("metrics", "/snapshot",
                 [alive](const Request &request, const Responder &responder) {
                     const auto self = alive.lock();
                     if (!self)
                         return responder->send(Response::text(404));
                     self->metricsInTurn(request, responder, alive);
                 });
    addSystemMetrics(d->services.metrics);
    installFileEndpoints(server, d->services.files, clock, alive);
}

SharedEndpoints::~SharedEndpoints() = default;

SharedServices &SharedEndpoints::services()
{
    return d->services;
}

void SharedEndpoints::describe(std::vector<EndpointHelp> endpoints)
{
    std::move(endpoints.begin(), endpoints.end(), std::back_inserter(d->help));
    std::sort(d->help.begin(), d->help.end(), [](const EndpointHelp &a, const EndpointHelp &b) {
        return std::tie(a.process, a.path) < std::tie(b.process, b.path);
    });
}

} // namespace meseta
