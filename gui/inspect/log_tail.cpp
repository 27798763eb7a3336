#include "gui/inspect/log_tail.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkReply>
#include <QStringDecoder>
#include <QUrlQuery>

namespace meseta::console {

namespace {

constexpr int followMs = 1000;
constexpr qint64 firstPart = 64 * 1024;
constexpr qint64 readLength = 64 * 1024;

// How many bytes at the end begin a UTF-8 character without ending it.
qsizetype openCharacter(const QByteArray &bytes)
{
    for (qsizetype back = 1; back <= std::min<qsizetype>(3, bytes.size()); ++back) {
        const auto byte = static_cast<unsigned char>(bytes[bytes.size() - back]);
        if (byte < 0x80)
            return 0;
        if (byte >= 0xC0) {
            const qsizetype length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
            return length > back ? back : 0;
        }
    }
    return 0;
}

} // namespace

LogTail::LogTail(QObject *parent) : QObject(parent)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &LogTail::read);
}

QString LogTail::sandboxPath(const QString &frameworkId, const QString &executorId,
                             const QString &file)
{
    return QStringLiteral("/frameworks/%1/executors/%2/runs/latest/%3")
        .arg(frameworkId, executorId, file);
}

void LogTail::open(const QString &agent, const QString &path)
{
    close();
    m_agent = agent;
    m_path = path;
    m_offset = -1;
    m_partial.clear();
    Q_EMIT cleared();
    read();
}

void LogTail::close()
{
    m_timer.stop();
    m_path.clear();
    if (QNetworkReply *reply = std::exchange(m_reply, nullptr)) {
        reply->disconnect(this);
        reply->abort();
        reply->deleteLater();
    }
}

void LogTail::read()
{
    QUrl url(QStringLiteral("http://%1/files/read").arg(m_agent));
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("path"),
                       QString::fromLatin1(QUrl::toPercentEncoding(m_path)));
    query.addQueryItem(QStringLiteral("offset"), QString::number(m_offset));
    query.addQueryItem(QStringLiteral("length"), QString::number(readLength));
    url.setQuery(query.query(QUrl::FullyEncoded));
    QNetworkRequest request(url);
    request.setTransferTimeout(10000);
    m_reply = m_network.get(request);
    connect(m_reply, &QNetworkReply::finished, this,
            [this] { take(std::exchange(m_reply, nullptr)); });
}

void LogTail::take(QNetworkReply *reply)
{
    reply->deleteLater();
    const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (status != 200) {
        Q_EMIT problem(status == 404     ? tr("There is no such file (yet).")
                           : status == 0 ? reply->errorString()
                                         : tr("The agent answered %1.").arg(status));
        m_timer.start(followMs);
        return;
    }
    Q_EMIT problem({});
    const QJsonObject answer = QJsonDocument::fromJson(reply->readAll()).object();
    const auto offset = static_cast<qint64>(answer.value(QLatin1String("offset")).toDouble());
    if (m_offset < 0) {
        m_offset = std::max<qint64>(0, offset - firstPart);
        read();
        return;
    }
    const QByteArray data = answer.value(QLatin1String("data")).toString().toUtf8();
    if (data.isEmpty()) {
        m_timer.start(followMs);
        return;
    }
    m_offset += data.size();
    m_partial += data;
    const qsizetype open = openCharacter(m_partial);
    const QByteArray whole = m_partial.first(m_partial.size() - open);
    m_partial = m_partial.last(open);
    Q_EMIT text(QString::fromUtf8(whole));
    read();
}

} // namespace meseta::console
