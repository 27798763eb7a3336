#pragma once

#include <optional>
#include <utility>
#include <vector>

#include <QByteArray>

namespace meseta::http {

/// Header fields in the order they came; names compare without case, and of repeated ones the last
/// wins (Mesos clients rely on it).
class Headers
{
public:
    Headers() = default;
    Headers(std::initializer_list<std::pair<QByteArray, QByteArray>> fields) : m_fields(fields) { }

    std::optional<QByteArray> get(const QByteArray &name) const;
    QByteArray value(const QByteArray &name, const QByteArray &fallback = {}) const;
    bool has(const QByteArray &name) const { return get(name).has_value(); }
    void add(QByteArray name, QByteArray value);
    void set(const QByteArray &name, QByteArray value); ///< replaces every field of that name
    void remove(const QByteArray &name);
    const std::vector<std::pair<QByteArray, QByteArray>> &fields() const { return m_fields; }

private:
    std::vector<std::pair<QByteArray, QByteArray>> m_fields;
};

/// A request whose body has arrived whole (and inflated, when it came with Content-Encoding: gzip).
struct Request
{
    QByteArray method; ///< "GET", "POST" …
    QByteArray target; ///< as sent: "/files/browse?path=%2Ftmp"
    QByteArray path; ///< percent-decoded, without the query: "/files/browse"
    QByteArray
        fullPath; ///< as `path`, led by the process that answers: "/master/state" for "/state"
    std::vector<std::pair<QByteArray, QByteArray>> query; ///< percent-decoded
    Headers headers;
    QByteArray body;
    QByteArray peerAddress; ///< ip of the client; empty on a unix socket
    bool keepAlive = true;

    /// The last query parameter of that name.
    std::optional<QByteArray> parameter(const QByteArray &name) const;
};

/// An answer. `Date` and the length are added when it is sent; a `Content-Length` among the headers
/// only marks the place of that line (legacy Mesos endpoints name it before the Content-Type, the
/// v1 API after).
struct Response
{
    int status = 200;
    Headers headers;
    QByteArray body;

    static Response ok(QByteArray body, QByteArray contentType);
    static Response json(QByteArray body) { return ok(std::move(body), "application/json"); }
    /// text/plain; charset=utf-8. With an empty text the default body of the status ("404 Not
    /// Found.") is used.
    static Response text(int status, QByteArray text = {});
    /// 202 with an empty body.
    static Response accepted() { return Response{202, {}, {}}; }
    /// 200 with a JSON document, or with `callback(document)` as text/javascript when the request
    /// says `?jsonp=callback`.
    static Response jsonOrJsonp(const Request &request, QByteArray body);
    /// 405 that names the methods which would do, in `Allow` and in words.
    static Response methodNotAllowed(const std::vector<QByteArray> &allowed,
                                     const QByteArray &received);
};

/// "Not Found" for 404.
QByteArray reasonPhrase(int status);

/// Undoes percent encoding; nothing when malformed.
std::optional<QByteArray> percentDecode(const QByteArray &text);
std::vector<std::pair<QByteArray, QByteArray>> parseQuery(const QByteArray &query);

} // namespace meseta::http
