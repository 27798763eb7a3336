#include "common/http/message.h"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace meseta::http {

namespace {

bool sameName(const QByteArray &a, const QByteArray &b)
{
    return a.size() == b.size() && qstrnicmp(a.constData(), b.constData(), size_t(a.size())) == 0;
}

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/// Undoes percent encoding; a malformed escape stays as it is.
QByteArray decodeLeniently(QByteArray text)
{
    text.replace('+', ' ');
    return percentDecode(text).value_or(text);
}

} // namespace

std::optional<QByteArray> Headers::get(const QByteArray &name) const
{
    const auto found = std::find_if(m_fields.rbegin(), m_fields.rend(),
                                    [&](const auto &field) { return sameName(field.first, name); });
    return found == m_fields.rend() ? std::nullopt : std::optional(found->second);
}

QByteArray Headers::value(const QByteArray &name, const QByteArray &fallback) const
{
    return get(name).value_or(fallback);
}

void Headers::add(QByteArray name, QByteArray value)
{
    m_fields.emplace_back(std::move(name), std::move(value));
}

void Headers::set(const QByteArray &name, QByteArray value)
{
    const auto found = std::find_if(m_fields.begin(), m_fields.end(),
                                    [&](const auto &field) { return sameName(field.first, name); });
    if (found == m_fields.end()) {
        m_fields.emplace_back(name, std::move(value));
        return;
    }
    found->second = std::move(value);
    m_fields.erase(std::remove_if(std::next(found), m_fields.end(),
                                  [&](const auto &field) { return sameName(field.first, name); }),
                   m_fields.end());
}

void Headers::remove(const QByteArray &name)
{
    m_fields.erase(std::remove_if(m_fields.begin(), m_fields.end(),
                                  [&](const auto &field) { return sameName(field.first, name); }),
                   m_fields.end());
}

std::optional<QByteArray> Request::parameter(const QByteArray &name) const
{
    const auto found = std::find_if(query.rbegin(), query.rend(),
                                    [&](const auto &pair) { return pair.first == name; });
    return found == query.rend() ? std::nullopt : std::optional(found->second);
}

Response Response::ok(QByteArray body, QByteArray contentType)
{
    Response response;
    response.headers.add("Content-Type", std::move(contentType));
    response.body = std::move(body);
    return response;
}

Response Response::text(int status, QByteArray text)
{
    Response response;
    response.status = status;
    response.headers.add("Content-Type", "text/plain; charset=utf-8");
    response.body = text.isEmpty() ? QByteArray::number(status) + ' ' + reasonPhrase(status) + '.'
                                   : std::move(text);
    return response;
}

Response Response::jsonOrJsonp(const Request &request, QByteArray body)
{
    const QByteArray callback = request.parameter("jsonp").value_or(QByteArray());
    Response response;
    response.headers.add("Content-Length", {});
    response.headers.add("Content-Type",
                         callback.isEmpty() ? "application/json" : "text/javascript");
    response.body = callback.isEmpty() ? std::move(body) : callback + '(' + body + ')';
    return response;
}

Response Response::methodNotAllowed(const std::vector<QByteArray> &allowed,
                                    const QByteArray &received)
{
    QByteArray plain;
    for (const QByteArray &method : allowed) {
        plain += (plain.isEmpty() ? "" : ", ") + method;
    }
    Response response;
    response.status = 405;
    response.headers.add("Allow", plain);
    response.headers.add("Content-Type", "text/plain; charset=utf-8");
    response.body = "The method " + received + " is not for this path: use " + plain + '.';
    return response;
}

QByteArray reasonPhrase(int status)
{
    struct Phrase
    {
        int status;
        const char *text;
    };
    static constexpr std::array phrases{
        Phrase{100, "Continue"},
        Phrase{101, "Switching Protocols"},
        Phrase{200, "OK"},
        Phrase{201, "Created"},
        Phrase{202, "Accepted"},
        Phrase{203, "Non-Authoritative Information"},
        Phrase{204, "No Content"},
        Phrase{205, "Reset Content"},
        Phrase{206, "Partial Content"},
        Phrase{300, "Multiple Choices"},
        Phrase{301, "Moved Permanently"},
        Phrase{302, "Found"},
        Phrase{303, "See Other"},
        Phrase{304, "Not Modified"},
        Phrase{307, "Temporary Redirect"},
        Phrase{308, "Permanent Redirect"},
        Phrase{400, "Bad Request"},
        Phrase{401, "Unauthorized"},
        Phrase{402, "Payment Required"},
        Phrase{403, "Forbidden"},
        Phrase{404, "Not Found"},
        Phrase{405, "Method Not Allowed"},
        Phrase{406, "Not Acceptable"},
        Phrase{408, "Request Timeout"},
        Phrase{409, "Conflict"},
        Phrase{410, "Gone"},
        Phrase{411, "Length Required"},
        Phrase{412, "Precondition Failed"},
        Phrase{413, "Request Entity Too Large"},
        Phrase{414, "Request-URI Too Large"},
        Phrase{415, "Unsupported Media Type"},
        Phrase{416, "Requested range not satisfiable"},
        Phrase{417, "Expectation Failed"},
        Phrase{429, "Too Many Requests"},
        Phrase{431, "Request Header Fields Too Large"},
        Phrase{500, "Internal Server Error"},
        Phrase{501, "Not Implemented"},
        Phrase{502, "Bad Gateway"},
        Phrase{503, "Service Unavailable"},
        Phrase{504, "Gateway Timeout"},
        Phrase{505, "HTTP Version not supported"},
    };
    const auto found =
        std::lower_bound(phrases.begin(), phrases.end(), status,
                         [](const Phrase &phrase, int wanted) { return phrase.status < wanted; });
    return found != phrases.end() && found->status == status ? QByteArray(found->text)
                                                             : QByteArray("Unknown");
}

std::optional<QByteArray> percentDecode(const QByteArray &text)
{
    if (!text.contains('%'))
        return text;
    QByteArray decoded;
    decoded.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        const bool whole = i + 2 < text.size();
        const int high = whole ? hexDigit(text[i + 1]) : -1;
        const int low = whole ? hexDigit(text[i + 2]) : -1;
        if (high < 0 || low < 0)
            return std::nullopt;
        decoded += char(high * 16 + low);
        i += 2;
    }
    return decoded;
}

std::vector<std::pair<QByteArray, QByteArray>> parseQuery(const QByteArray &query)
{
    std::vector<std::pair<QByteArray, QByteArray>> pairs;
    for (const QByteArray &part : query.split('&')) {
        if (part.isEmpty())
            continue;
        const qsizetype equals = part.indexOf('=');
        const QByteArray name = equals < 0 ? part : part.left(equals);
        const QByteArray value = equals < 0 ? QByteArray() : part.mid(equals + 1);
        pairs.emplace_back(decodeLeniently(name), decodeLeniently(value));
    }
    return pairs;
}

} // namespace meseta::http
