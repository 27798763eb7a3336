#include "common/endpoints/file_endpoints.h"

#include <charconv>

#include <sys/stat.h>

#include "common/base/clock.h"
#include "common/codec/json.h"
#include "common/endpoints/answers.h"
#include "common/endpoints/content_type.h"
#include "common/endpoints/file_service.h"
#include "common/http/server.h"

namespace meseta {

namespace {

using http::Request;
using http::Response;
using Responder = std::shared_ptr<http::Responder>;

constexpr std::size_t wholeDownloadBytes =
    256 * 1024; ///< sent in one answer with its Content-Length
constexpr std::size_t downloadPieceBytes = 256 * 1024;
constexpr qint64 downloadAheadBytes = 1024 * 1024; ///< as much waits for the reader, no more
constexpr Duration downloadPause = std::chrono::milliseconds(5);

Response badRequest(const std::string &text)
{
    return Response::text(400, QByteArray::fromStdString(text + "\n"));
}

tl::expected<std::string, Response> pathOf(const Request &request)
{
    const std::optional<QByteArray> path = request.parameter("path");
    if (!path || path->isEmpty())
        return tl::unexpected(badRequest("Say which file: add path=<path> to the query."));
    return path->toStdString();
}

/// "-rw-r--r--".
std::string modeText(unsigned mode)
{
    std::string text = "-rwxrwxrwx";
    for (int bit = 0; bit < 9; ++bit) {
        if (!(mode & (0400u >> bit)))
            text[std::size_t(bit) + 1] = '-';
    }
    switch (mode & S_IFMT) {
    case S_IFDIR:
        text[0] = 'd';
        break;
    case S_IFLNK:
        text[0] = 'l';
        break;
    case S_IFCHR:
        text[0] = 'c';
        break;
    case S_IFBLK:
        text[0] = 'b';
        break;
    case S_IFIFO:
        text[0] = 'p';
        break;
    case S_IFSOCK:
        text[0] = 's';
        break;
    default:
        break;
    }
    if (mode & S_ISUID)
        text[3] = mode & S_IXUSR ? 's' : 'S';
    if (mode & S_ISGID)
        text[6] = mode & S_IXGRP ? 's' : 'S';
    if (mode & S_ISVTX)
        text[9] = mode & S_IXOTH ? 't' : 'T';
    return text;
}

Response browse(const Request &request, const FileService &files)
{
    const auto path = pathOf(request);
    if (!path)
        return path.error();
    const auto entries = files.browse(*path);
    if (!entries)
        return fileErrorAnswer(entries.error());
    std::string json;
    codec::JsonWriter writer(json);
    writer.beginArray();
    for (const mesos::v1::FileInfo &entry : *entries) {
        writer.beginObject()
            .member("gid", std::string_view(entry.gid()))
            .member("mode", std::string_view(modeText(entry.mode())))
            .member("mtime", double(entry.mtime().nanoseconds()) / 1e9)
            .member("nlink", entry.nlink())
            .member("path", std::string_view(entry.path()))
            .member("size", std::uint64_t(entry.size()))
            .member("uid", std::string_view(entry.uid()))
            .endObject();
    }
    writer.endArray();
    return jsonAnswer(request, std::move(json));
}

/// A whole number from the query, also negative; nothing when absent.
tl::expected<std::optional<std::int64_t>, Response> number(const Request &request, const char *name)
{
    const std::optional<QByteArray> text = request.parameter(name);
    if (!text || text->isEmpty())
        return std::nullopt;
    std::int64_t value = 0;
    const auto [end, error] =
        std::from_chars(text->constData(), text->constData() + text->size(), value);
    if (error != std::errc() || end != text->constData() + text->size()) {
        return tl::unexpected(badRequest(std::string("The query parameter '") + name
                                         + "' must be a whole number, not '"
                                         + text->left(64).toStdString() + "'."));
    }
    return value;
}

Response read(const Request &request, const FileService &files)
{
    const auto path = pathOf(request);
    if (!path)
        return path.error();
    const auto offset = number(request, "offset");
    if (!offset)
        return offset.error();
    const auto length = number(request, "length");
    if (!length)
        return length.error();
    // -1 asks where the end is, as pailers do before they follow a file.
    if (*offset && **offset < -1) {
        return badRequest("The query parameter 'offset' must be -1 (the end) or more, not "
                          + std::to_string(**offset) + ".");
    }
    const bool atEnd = !*offset || **offset == -1;
    const auto piece = files.read(
        *path, atEnd ? std::nullopt : std::optional<std::uint64_t>(**offset),
        *length && **length >= 0 ? std::optional<std::uint64_t>(**length) : std::nullopt);
    if (!piece)
        return fileErrorAnswer(piece.error());
    std::string json;
    codec::JsonWriter(json)
        .beginObject()
        .member("data", std::string_view(piece->data))
        .member("offset", atEnd ? piece->size : std::uint64_t(**offset))
        .endObject();
    return jsonAnswer(request, std::move(json));
}

Response debug(const Request &request, const FileService &files)
{
    std::string json;
    codec::JsonWriter writer(json);
    writer.beginObject();
    for (const auto &[virtualPath, realPath] : files.attached())
        writer.member(virtualPath, std::string_view(realPath));
    writer.endObject();
    return jsonAnswer(request, std::move(json));
}

/// Sends a big file piece by piece, never further ahead of the reader than a bound. Lives in its
/// own timer and ends with the file, the stream or the clock.
class Download : public std::enable_shared_from_this<Download>
{
public:
    Download(OpenFile file, std::shared_ptr<http::ResponseStream> stream, Clock &clock)
        : m_file(std::move(file)), m_stream(std::move(stream)), m_clock(clock)
    { }

    void run()
    {
        while (m_stream->isOpen() && m_stream->backlog() < downloadAheadBytes) {
            const std::size_t wanted =
                std::size_t(std::min<std::uint64_t>(downloadPieceBytes, m_file.size() - m_at));
            const Result<std::string> piece = m_file.read(m_at, wanted);
            if (!piece
                || piece->size()
                    < wanted) { // it shrank or broke: the reader must not take it for whole
                m_stream->abort();
                return;
            }
            m_at += wanted;
            if (wanted > 0 && !m_stream->write(QByteArray(piece->data(), qsizetype(piece->size()))))
                return;
            if (m_at >= m_file.size()) {
                m_stream->end();
                return;
            }
        }
        if (m_stream->isOpen())
            m_clock.after(downloadPause, [self = shared_from_this()] { self->run(); });
    }

private:
    OpenFile m_file;
    std::shared_ptr<http::ResponseStream> m_stream;
    Clock &m_clock;
    std::uint64_t m_at = 0;
};

void download(const Request &request, const Responder &responder, const FileService &files,
              Clock &clock)
{
    const auto path = pathOf(request);
    if (!path)
        return responder->send(path.error());
    FileResult<OpenFile> file = files.open(*path);
    if (!file && file.error().status == 404)
        return responder->send(Response::text(404));
    if (!file)
        return responder->send(fileErrorAnswer(file.error()));
    std::string name = file->name();
    std::replace_if(
        name.begin(), name.end(),
        [](char c) { return c == '"' || (c >= 0 && c < ' ') || c == 127; }, '_');
    Response head{
        200,
        {{"Content-Length", {}},
         {"Content-Disposition", QByteArray::fromStdString("attachment; filename=" + name)},
         {"Content-Type", contentTypeOf(name)}},
        {}};
    if (file->size() > wholeDownloadBytes) {
        std::make_shared<Download>(std::move(*file), responder->stream(std::move(head)), clock)
            ->run();
        return;
    }
    const Result<std::string> data = file->read(0, std::size_t(file->size()));
    if (!data)
        return responder->send(
            Response::text(500, QByteArray::fromStdString(data.error().message + ".\n")));
    head.body = QByteArray::fromStdString(*data);
    responder->send(std::move(head));
}

} // namespace

void installFileEndpoints(http::Server &server, FileService &files, Clock &clock,
                          std::weak_ptr<void> alive)
{
    using Answer = Response (*)(const Request &, const FileService &);
    for (const auto &[path, answer] :
         {std::pair<const char *, Answer>{"/browse", browse}, {"/read", read}, {"/debug", debug}}) {
        server.route("files", path,
                     [&files, alive, answer](const Request &request, const Responder &responder) {
                         responder->send(alive.expired() ? Response::text(404)
                                                         : answer(request, files));
                     });
    }
    server.route("files", "/download",
                 [&files, &clock, alive](const Request &request, const Responder &responder) {
                     if (alive.expired())
                         return responder->send(Response::text(404));
                     download(request, responder, files, clock);
                 });
}

} // namespace meseta
