#pragma once

#include <functional>
#include <memory>

#include <QJsonObject>
#include <QList>

#include "common/codec/record_io.h"
#include "common/http/client.h"

namespace meseta::test {

/// A call whose answer is a stream of JSON records, collected as they come.
class EventStream : public QObject
{
    Q_OBJECT
public:
    EventStream(quint16 port, const QByteArray &path, const QJsonObject &call,
                const QString &host = QStringLiteral("127.0.0.1"));

    QList<QJsonObject> records;
    std::function<void(const QJsonObject &)> onRecord;

    int status() const { return m_status; }
    QByteArray header(const char *name) const { return m_headers.value(name); }
    bool hasEnded() const { return m_ended; }
    /// What came instead of records, when the status is not 200.
    QByteArray refusal() const { return m_refusal; }

    /// The records of one type.
    QList<QJsonObject> ofType(const char *type) const;

private:
    void read(const QByteArray &bytes);

    http::Client m_client;
    std::unique_ptr<http::Exchange> m_exchange;
    codec::RecordDecoder m_decoder;
    http::Headers m_headers;
    QByteArray m_refusal;
    int m_status = 0;
    bool m_ended = false;
};

} // namespace meseta::test
