#pragma once

#include <QByteArray>

#include "common/http/message.h"

namespace meseta::http {

/// "Sun, 22 Nov 2026 16:46:37 GMT", of now (RFC 9110 §5.6.7).
QByteArray httpDate();

struct AnswerForm
{
    bool chunked = false; ///< a streamed answer: Transfer-Encoding instead of a length
    bool headOnly = false; ///< answer to HEAD: the length of the body, without the body
    bool untilClose = false; ///< a streamed answer to HTTP/1.0: neither length nor chunks
    QByteArray connection; ///< value of the Connection line; empty for none
};

/// The bytes of an answer up to and with the blank line. Order as Mesos: Date first, the length
/// where the headers mark it, else last.
QByteArray answerHead(const Response &response, const AnswerForm &form);

/// "1a\r\n" … for a chunk of that size (RFC 9112 §7.1).
QByteArray chunkHead(qsizetype size);

inline const char *lastChunk()
{
    return "0\r\n\r\n";
}

/// Whether an Accept-Encoding header admits gzip (RFC 9110 §12.5.3); without the header it does
/// not.
bool admitsGzip(const QByteArray &acceptEncoding);

/// Whether a comma separated header value holds this token, in any case.
bool hasToken(const QByteArray &value, const char *token);

} // namespace meseta::http
