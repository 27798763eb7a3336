#include "common/http/wire.h"

#include <cstdio>
#include <ctime>

namespace meseta::http {

namespace {

bool isName(const QByteArray &name, const char *wanted)
{
    return qstricmp(name.constData(), wanted) == 0;
}

bool mayHaveBody(int status)
{
    return status >= 200 && status != 204 && status != 304;
}

void appendField(QByteArray &head, const QByteArray &name, const QByteArray &value)
{
    head += name;
    head += ": ";
    // A line break inside a value would let a header be forged.
    if (value.contains('\r') || value.contains('\n'))
        head += QByteArray(value).replace('\r', ' ').replace('\n', ' ');
    else
        head += value;
    head += "\r\n";
}

/// The quality of "gzip;q=0.5": 0.5; 1 when it has none.
double quality(const QByteArray &item)
{
    for (const QByteArray &parameter : item.split(';')) {
        const QByteArray trimmed = parameter.trimmed().toLower();
        if (trimmed.startsWith("q="))
            return trimmed.mid(2).trimmed().toDouble();
    }
    return 1;
}

} // namespace

QByteArray httpDate()
{
    thread_local std::time_t second = 0;
    thread_local QByteArray text;
    const std::time_t now = std::time(nullptr);
    if (now == second)
        return text;
    static constexpr const char *days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr const char *months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm utc{};
    gmtime_r(&now, &utc);
    char buffer[64];
    std::snprintf(buffer, sizeof buffer, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[utc.tm_wday],
                  utc.tm_mday, months[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min,
                  utc.tm_sec);
    second = now;
    text = buffer;
    return text;
}

QByteArray answerHead(const Response &response, const AnswerForm &form)
{
    QByteArray head;
    head.reserve(256);
    head += "HTTP/1.1 " + QByteArray::number(response.status) + ' ' + reasonPhrase(response.status)
        + "\r\n";
    appendField(head, "Date", httpDate());
    if (form.chunked)
        appendField(head, "Transfer-Encoding", "chunked");
    bool needsLength = !form.chunked && !form.untilClose && mayHaveBody(response.status);
    const auto appendLength = [&] {
        if (needsLength)
            appendField(head, "Content-Length", QByteArray::number(response.body.size()));
        needsLength = false;
    };
    for (const auto &[name, value] : response.headers.fields()) {
        if (isName(name, "Content-Length"))
            appendLength();
        else if (!isName(name, "Date") && !isName(name, "Transfer-Encoding"))
            appendField(head, name, value);
    }
    appendLength();
    if (!form.connection.isEmpty() && !response.headers.has("Connection"))
        appendField(head, "Connection", form.connection);
    head += "\r\n";
    return head;
}

QByteArray chunkHead(qsizetype size)
{
    return QByteArray::number(size, 16) + "\r\n";
}

bool admitsGzip(const QByteArray &acceptEncoding)
{
    if (acceptEncoding.isEmpty())
        return false;
    bool any = false;
    for (const QByteArray &item : acceptEncoding.split(',')) {
        const QByteArray coding = item.split(';').front().trimmed().toLower();
        if (coding == "gzip" || coding == "x-gzip")
            return quality(item) > 0;
        if (coding == "*")
            any = quality(item) > 0;
    }
    return any;
}

bool hasToken(const QByteArray &value, const char *token)
{
    for (const QByteArray &item : value.split(',')) {
        if (isName(item.trimmed(), token))
            return true;
    }
    return false;
}

} // namespace meseta::http
