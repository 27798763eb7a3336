#include "common/http/request_parser.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace meseta::http {

struct RequestParser::Building
{
    RequestHead head;
    QByteArray name;
    QByteArray value;
    qint64 bytes = 0;
    bool inFields = false;
    bool inValue = false;
};

namespace {

// The library's own bound, common to all parsers; the exact limit of each server is counted by us.
constexpr std::uint32_t headerCeiling = 16U * 1024 * 1024;
constexpr qint64 perFieldOverhead = 4; // ": " and the line break

/// Whether this may be the name of a header field (RFC 9110 §5.6.2). The parser library lets more
/// pass.
bool isToken(const QByteArray &name)
{
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
            || (c != '\0' && std::strchr("!#$%&'*+-.^_`|~", c) != nullptr);
    };
    return !name.isEmpty() && std::all_of(name.begin(), name.end(), allowed);
}

/// The path of "http://host:port/path": a server has to take the form meant for proxies too (RFC
/// 9112 §3.2.2).
void dropAuthority(QByteArray &target)
{
    const QByteArray scheme = target.left(8).toLower();
    if (!scheme.startsWith("http://") && scheme != "https://")
        return;
    const qsizetype slash = target.indexOf('/', target.indexOf("//") + 2);
    target = slash < 0 ? QByteArray("/") : target.mid(slash);
}

RequestParser &self(http_parser *parser)
{
    return *static_cast<RequestParser *>(parser->data);
}

} // namespace

struct RequestParser::Callbacks
{
    static int begin(http_parser *parser)
    {
        RequestParser &p = self(parser);
        p.m_building = std::make_unique<Building>();
        p.m_inside = true;
        return 0;
    }

    static int url(http_parser *parser, const char *data, size_t size)
    {
        RequestParser &p = self(parser);
        if (!p.countHeader(size))
            return 1;
        p.m_building->head.request.target.append(data, qsizetype(size));
        return 0;
    }

    static int field(http_parser *parser, const char *data, size_t size)
    {
        RequestParser &p = self(parser);
        // Trailers after a chunked body carry nothing that a Mesos endpoint reads.
        if (!p.m_building)
            return 0;
        p.m_building->inFields = true;
        if (p.m_building->inValue && !p.finishField())
            return 1;
        if (!p.countHeader(size))
            return 1;
        p.m_building->name.append(data, qsizetype(size));
        return 0;
    }

    static int value(http_parser *parser, const char *data, size_t size)
    {
        RequestParser &p = self(parser);
        if (!p.m_building)
            return 0;
        if (!p.countHeader(size + (p.m_building->inValue ? 0 : perFieldOverhead)))
            return 1;
        p.m_building->inValue = true;
        p.m_building->value.append(data, qsizetype(size));
        return 0;
    }

    static int headersComplete(http_parser *parser)
    {
        RequestParser &p = self(parser);
        // No protocol to switch to: the request is read as if it had not asked.
        parser->upgrade = 0;
        if (p.m_building->inValue && !p.finishField())
            return -1;
        // 2 would skip the body and 1 is an error in requests: any non-zero value stops here.
        return p.finishHead() ? 0 : -1;
    }

    static int body(http_parser *parser, const char *data, size_t size)
    {
        RequestParser &p = self(parser);
        if (p.m_sink.body(data, qsizetype(size)))
            return 0;
        p.m_refused = true;
        return 1;
    }

    static int complete(http_parser *parser)
    {
        RequestParser &p = self(parser);
        p.m_inside = false;
        if (!p.m_sink.complete()) {
            p.m_paused = true;
            http_parser_pause(parser, 1);
        }
        return 0;
    }

    static const http_parser_settings &settings()
    {
        static const http_parser_settings table = [] {
            http_parser_set_max_header_size(headerCeiling);
            http_parser_settings made;
            http_parser_settings_init(&made);
            made.on_message_begin = begin;
            made.on_url = url;
            made.on_header_field = field;
            made.on_header_value = value;
            made.on_headers_complete = headersComplete;
            made.on_body = body;
            made.on_message_complete = complete;
            return made;
        }();
        return table;
    }
};

RequestParser::RequestParser(Sink &sink, qint64 headerBytes)
    : m_sink(sink), m_headerLimit(headerBytes)
{
    http_parser_init(&m_parser, HTTP_REQUEST);
    m_parser.data = this;
}

RequestParser::~RequestParser() = default;

qsizetype RequestParser::feed(const char *data, qsizetype size)
{
    if (m_problem.status != 0 || m_refused || m_paused)
        return 0;
    if (HTTP_PARSER_ERRNO(&m_parser) == HPE_PAUSED)
        http_parser_pause(&m_parser, 0);
    const size_t used = http_parser_execute(&m_parser, &Callbacks::settings(), data, size_t(size));
    const http_errno error = HTTP_PARSER_ERRNO(&m_parser);
    if (error != HPE_OK && error != HPE_PAUSED && !m_refused && m_problem.status == 0) {
        if (error == HPE_HEADER_OVERFLOW)
            refuse(431,
                   "The header section is larger than this server reads; send fewer or shorter "
                   "headers.");
        else
            refuse(400,
                   QByteArray("The request is not well-formed HTTP/1.1: ")
                       + http_errno_description(error) + '.');
    }
    return qsizetype(used);
}

bool RequestParser::countHeader(size_t size)
{
    m_building->bytes += qint64(size);
    if (m_building->bytes <= m_headerLimit)
        return true;
    const bool inTarget = !m_building->inFields;
    refuse(inTarget ? 414 : 431,
           QByteArray(inTarget ? "The request target" : "The header section")
               + " is larger than the " + QByteArray::number(m_headerLimit)
               + " bytes this server reads.");
    return false;
}

bool RequestParser::finishField()
{
    if (!isToken(m_building->name) || m_building->value.contains('\0')) {
        refuse(400,
               "The header field '" + m_building->name.left(100)
                   + "' has characters that HTTP does not allow.");
        return false;
    }
    m_building->head.request.headers.add(std::exchange(m_building->name, {}),
                                         std::exchange(m_building->value, {}));
    m_building->inValue = false;
    return true;
}

bool RequestParser::finishHead()
{
    const auto building = std::exchange(m_building, nullptr);
    RequestHead &head = building->head;
    Request &request = head.request;
    request.method = http_method_str(http_method(m_parser.method));
    request.keepAlive = http_should_keep_alive(&m_parser) != 0;
    head.http10 = m_parser.http_major < 1 || (m_parser.http_major == 1 && m_parser.http_minor == 0);
    head.chunked = (m_parser.flags & F_CHUNKED) != 0;
    if ((m_parser.flags & F_CONTENTLENGTH) != 0 && !head.chunked)
        head.contentLength = qint64(m_parser.content_length);
    if (m_parser.http_major != 1) {
        refuse(505, "Only HTTP/1.0 and HTTP/1.1 are spoken here.");
        return false;
    }
    dropAuthority(request.target);
    if (!request.target.startsWith('/')) {
        refuse(400,
               "The request target '" + request.target.left(200) + "' does not start with '/'.");
        return false;
    }
    const qsizetype question = request.target.indexOf('?');
    const QByteArray rawPath = request.target.left(question < 0 ? request.target.size() : question);
    const auto path = percentDecode(rawPath.split('#').front());
    if (!path) {
        refuse(400,
               "The path '" + rawPath.left(200)
                   + "' holds a '%' that two hexadecimal digits do not follow.");
        return false;
    }
    request.path = *path;
    if (question >= 0)
        request.query = parseQuery(request.target.mid(question + 1).split('#').front());
    if (m_sink.head(std::move(head)))
        return true;
    m_refused = true;
    return false;
}

void RequestParser::refuse(int status, QByteArray text)
{
    if (m_problem.status == 0)
        m_problem = {status, std::move(text)};
}

} // namespace meseta::http
