#include "gui/session/event_stream.h"

#include <QElapsedTimer>
#include <QNetworkReply>

namespace meseta::console {

namespace {

// What Qt may hold of an unread answer; reading it in slices keeps a flood from growing the
// process.
constexpr qint64 readBuffer = 4 * 1024 * 1024;
constexpr qint64 readSlice = 16 * 1024;
constexpr qint64 sliceMs = 4;

} // namespace

EventStream::EventStream(QNetworkAccessManager &network, Options options, QObject *parent)
    : QObject(parent)
    , m_network(network)
    , m_options(options)
    , m_decoder(static_cast<std::size_t>(options.maxRecordBytes))
{
    connect(&m_next, &Turn::taken, this, &EventStream::readSome);
}

EventStream::~EventStream()
{
    close();
}

void EventStream::open(const QUrl &url, const QByteArray &body,
                       const QList<std::pair<QByteArray, QByteArray>> &headers)
{
    close();
    m_decoder = codec::RecordDecoder(static_cast<std::size_t>(m_options.maxRecordBytes));
    m_accepted = false;
    m_finished = false;
    m_paused = false;

    QNetworkRequest request(url);
    request.setHeader(QNetworkRequest::ContentTypeHeader, QByteArray("application/x-protobuf"));
    request.setRawHeader("Accept", "application/x-protobuf");
    request.setRawHeader("Accept-Encoding", "identity");
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                         QNetworkRequest::ManualRedirectPolicy);
    request.setTransferTimeout(static_cast<int>(m_options.silence.count()));
    for (const auto &[name, value] : headers)
        request.setRawHeader(name, value);

    m_reply = m_network.post(request, body);
    m_reply->setReadBufferSize(readBuffer);
    connect(m_reply, &QNetworkReply::metaDataChanged, this, &EventStream::readHead);
    connect(m_reply, &QNetworkReply::readyRead, this, &EventStream::readSome);
    connect(m_reply, &QNetworkReply::finished, this, &EventStream::finish);
}

void EventStream::close()
{
    m_next.stop();
    if (!m_reply)
        return;
    QNetworkReply *reply = std::exchange(m_reply, nullptr);
    reply->disconnect(this);
    reply->abort();
    reply->deleteLater();
}

void EventStream::readHead()
{
    const int status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (status != 200 || m_accepted)
        return; // anything else is told when it is complete
    m_accepted = true;
    // What was said before Qt had asked the server does not reach the thread that reads.
    m_reply->setReadBufferSize(readBuffer);
    Q_EMIT opened(m_reply->rawHeader("Mesos-Stream-Id"));
}

/// Reads for a few milliseconds at most, then lets the window breathe: a flood of events must not
/// hold the event loop.
void EventStream::readSome()
{
    if (m_next.isActive())
        return;
    QElapsedTimer spent;
    spent.start();
    while (m_accepted && m_reply && !m_paused && m_reply->bytesAvailable() > 0) {
        const QByteArray bytes = m_reply->read(readSlice);
        auto records = m_decoder.feed({bytes.constData(), static_cast<std::size_t>(bytes.size())});
        if (!records) {
            end(QString::fromStdString(records.error().message));
            return;
        }
        for (std::string &bytesOfRecord : *records) {
            Q_EMIT record(bytesOfRecord);
            if (!m_reply)
                return; // closed by whoever listened
        }
        if (spent.elapsed() >= sliceMs && m_reply->bytesAvailable() > 0) {
            m_next.start();
            return;
        }
    }
    if (m_accepted && m_reply && m_finished && !m_paused)
        finish();
}

void EventStream::setPaused(bool paused)
{
    if (m_paused == paused)
        return;
    m_paused = paused;
    if (!paused && m_reply)
        m_next.start();
}

void EventStream::finish()
{
    const int status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (m_accepted) {
        m_finished = true;
        if (m_reply->bytesAvailable() > 0 || m_paused) {
            readSome(); // and then comes back here
            return;
        }
        if (m_reply) {
            end(m_reply->error() == QNetworkReply::OperationCanceledError
                    ? tr("nothing was heard for %n second(s)", nullptr,
                         static_cast<int>(m_options.silence.count() / 1000))
                    : tr("the master closed the connection"));
        }
        return;
    }
    if (status == 307) {
        const QUrl target =
            m_reply->url().resolved(m_reply->header(QNetworkRequest::LocationHeader).toUrl());
        close();
        Q_EMIT redirected(target);
    } else if (status != 0) {
        const QString text = QString::fromUtf8(m_reply->read(4096)).trimmed();
        close();
        Q_EMIT refused(status, text);
    } else {
        end(m_reply->errorString());
    }
}

void EventStream::end(const QString &reason)
{
    close();
    Q_EMIT ended(reason);
}

} // namespace meseta::console
