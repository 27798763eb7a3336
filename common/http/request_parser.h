#pragma once

#include <memory>

#include <http_parser.h>

#include "common/http/message.h"

namespace meseta::http {

/// What the head of a request says about its body and its connection.
struct RequestHead
{
    Request request; ///< all but the body
    bool chunked = false;
    std::optional<qint64> contentLength;
    bool http10 = false;
};

/// Cuts a connection's bytes into requests (RFC 9112). Bytes may come in any pieces.
class RequestParser
{
public:
    /// Told what is found, in order. The parser must not be deleted from inside.
    class Sink
    {
    public:
        virtual ~Sink() = default;
        /// False: the request is refused; the parser stops for good.
        virtual bool head(RequestHead head) = 0;
        virtual bool body(const char *data, qsizetype size) = 0;
        /// False: pause here until `resume`.
        virtual bool complete() = 0;
    };

    RequestParser(Sink &sink, qint64 headerBytes);
    ~RequestParser();

    struct Problem
    {
        int status = 0; ///< 0: none
        QByteArray text;
    };

    /// Takes bytes and returns how many were used: all, unless paused, refused or malformed.
    qsizetype feed(const char *data, qsizetype size);
    bool isPaused() const { return m_paused; }
    void resume() { m_paused = false; }
    /// A request has begun and is not complete.
    bool isInside() const { return m_inside; }
    const Problem &problem() const { return m_problem; }

private:
    struct Building;
    struct Callbacks;
    bool countHeader(size_t size);
    bool finishField();
    bool finishHead();
    void refuse(int status, QByteArray text);

    Sink &m_sink;
    http_parser m_parser;
    std::unique_ptr<Building> m_building; // only while a head is being read
    qint64 m_headerLimit;
    Problem m_problem;
    bool m_inside = false;
    bool m_paused = false;
    bool m_refused = false;
};

} // namespace meseta::http
