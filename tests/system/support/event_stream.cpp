#include "tests/system/support/event_stream.h"

#include <QJsonDocument>

namespace meseta::test {

EventStream::EventStream(quint16 port, const QByteArray &path, const QJsonObject &call,
                         const QString &host)
{
    http::Request request;
    request.method = "POST";
    request.target = path;
    request.headers.set("Content-Type", "application/json");
    request.headers.set("Accept", "application/json");
    request.body = QJsonDocument(call).toJson(QJsonDocument::Compact);
    m_exchange = m_client.open(http::Endpoint::tcp(host, port), request);
    connect(m_exchange.get(), &http::Exchange::head, this, [this](const http::Response &head) {
        m_status = head.status;
        m_headers = head.headers;
    });
    connect(m_exchange.get(), &http::Exchange::data, this, &EventStream::read);
    connect(m_exchange.get(), &http::Exchange::finished, this, [this] { m_ended = true; });
    connect(m_exchange.get(), &http::Exchange::failed, this, [this] { m_ended = true; });
}

void EventStream::read(const QByteArray &bytes)
{
    if (m_status != 200) {
        m_refusal += bytes;
        return;
    }
    const auto complete =
        m_decoder.feed({bytes.constData(), static_cast<std::size_t>(bytes.size())});
    if (!complete)
        qFatal("no RecordIO: %s", complete.error().message.c_str());
    for (const std::string &record : *complete) {
        records.append(QJsonDocument::fromJson(QByteArray::fromStdString(record)).object());
        if (onRecord)
            onRecord(QJsonObject(records.last()));
    }
}

QList<QJsonObject> EventStream::ofType(const char *type) const
{
    QList<QJsonObject> found;
    std::copy_if(records.begin(), records.end(), std::back_inserter(found),
                 [type](const QJsonObject &record) {
                     return record.value(u"type").toString() == QLatin1String(type);
                 });
    return found;
}

} // namespace meseta::test
