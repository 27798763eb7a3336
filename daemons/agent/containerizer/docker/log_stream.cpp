#include "daemons/agent/containerizer/docker/log_stream.h"

#include <QDateTime>

#include "daemons/agent/containerizer/docker/engine.h"

namespace meseta::agent {

DockerLogStream::DockerLogStream(DockerEngine &engine, SandboxLogs &logs, QObject *parent)
    : QObject(parent)
    , m_engine(engine)
    , m_logs(logs)
{
}

DockerLogStream::~DockerLogStream()
{
    stop();
}

void DockerLogStream::stop()
{
    if (m_exchange == nullptr)
        return;
    m_exchange->disconnect(this);
    std::exchange(m_exchange, nullptr)->deleteLater();
}

/// The engine's `since` is inclusive and its time stamps are fixed in width, so that text compares as time.
QByteArray DockerLogStream::since() const
{
    if (m_last.isEmpty())
        return m_since;
    const auto second = QDateTime::fromString(QString::fromLatin1(m_last.left(19)) + QLatin1Char('Z'), Qt::ISODate);
    const QByteArray fraction = m_last.mid(20, 9);
    return QByteArray::number(second.toSecsSinceEpoch()) + '.' + fraction;
}

void DockerLogStream::follow(const QString &dockerId, bool tty)
{
    stop();
    m_tty = tty;
    m_status = 0;
    m_frames = DockerFrames(true);
    m_skipTo = m_last;
    QByteArray target = "/containers/" + dockerId.toLatin1() + "/logs?follow=1&stdout=1&stderr=1";
    if (!tty)
        target += "&timestamps=1";
    if (const auto from = since(); !from.isEmpty())
        target += "&since=" + from;
    m_exchange = m_engine.open("GET", target, {}, {}).release();
    connect(m_exchange, &http::Exchange::head, this, [this](const http::Response &head) { m_status = head.status; });
    connect(m_exchange, &http::Exchange::data, this, &DockerLogStream::read);
    const auto over = [this] {
        stop();
        if (m_tty)
            startAt(static_cast<double>(QDateTime::currentMSecsSinceEpoch()) / 1000);
        Q_EMIT ended();
    };
    connect(m_exchange, &http::Exchange::finished, this, over);
    connect(m_exchange, &http::Exchange::failed, this, over);
}

void DockerLogStream::read(const QByteArray &bytes)
{
    if (m_status != 200) {
        // "configured logging driver does not support reading", for one
        m_logs.writeErrors("The output of the container cannot be read: " + DockerReply{m_status, bytes}.message() + "\n");
        return;
    }
    if (m_tty) {
        m_logs.writeOutput({bytes.constData(), static_cast<std::size_t>(bytes.size())});
        return;
    }
    const bool sound = m_frames.feed(bytes, [this](DockerFrames::Stream stream, const QByteArray &data, const QByteArray &time) { write(stream, data, time); });
    if (!sound) {
        stop();
        QTimer::singleShot(0, this, &DockerLogStream::ended);
    }
}

void DockerLogStream::write(DockerFrames::Stream stream, const QByteArray &bytes, const QByteArray &time)
{
    if (time <= m_skipTo)
        return;
    const std::string_view data(bytes.constData(), static_cast<std::size_t>(bytes.size()));
    if (stream == DockerFrames::Stream::Errors)
        m_logs.writeErrors(data);
    else
        m_logs.writeOutput(data);
    m_last = time;
}

} // namespace meseta::agent
