#include "daemons/agent/containerizer/docker/log_stream.h"

#include <QDateTime>

#include "daemons/agent/containerizer/docker/engine.h"

namespace meseta::agent {

DockerLogStream::DockerLogStream(DockerEngine &engine, SandboxLogs &logs, QObject *parent)
    : QObject(parent), m_engine(engine), m_logs(logs)
{ }

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

/// A little before the newest frame: the two streams are not quite in order.
QByteArray DockerLogStream::since() const
{
    const QByteArray newest = std::max(m_written[1].time, m_written[2].time);
    if (newest.isEmpty())
        return m_since;
    const auto second =
        QDateTime::fromString(QString::fromLatin1(newest.left(19)) + QLatin1Char('Z'), Qt::ISODate);
    return QByteArray::number(second.toSecsSinceEpoch() - 2);
}

void DockerLogStream::read(const QString &dockerId, bool tty, bool follow)
{
    stop();
    m_tty = tty;
    m_status = 0;
    m_frames = DockerFrames(true);
    std::fill(std::begin(m_arriving), std::end(m_arriving), Position());
    QByteArray target = "/containers/" + dockerId.toLatin1()
        + "/logs?stdout=1&stderr=1&follow=" + (follow ? "1" : "0");
    if (!tty)
        target += "&timestamps=1";
    if (const auto from = since(); !from.isEmpty())
        target += "&since=" + from;
    m_exchange = m_engine.open("GET", target, {}, {}).release();
    connect(m_exchange, &http::Exchange::head, this,
            [this](const http::Response &head) { m_status = head.status; });
    connect(m_exchange, &http::Exchange::data, this, &DockerLogStream::take);
    const auto over = [this] {
        stop();
        if (m_tty)
            startAt(static_cast<double>(QDateTime::currentMSecsSinceEpoch()) / 1000);
        Q_EMIT ended();
    };
    connect(m_exchange, &http::Exchange::finished, this, over);
    connect(m_exchange, &http::Exchange::failed, this, over);
}

void DockerLogStream::take(const QByteArray &bytes)
{
    if (m_status != 200) {
        // "configured logging driver does not support reading", for one
        m_logs.writeErrors("The output of the container cannot be read: "
                           + DockerReply{m_status, bytes}.message() + "\n");
        return;
    }
    if (m_tty) {
        m_logs.writeOutput({bytes.constData(), static_cast<std::size_t>(bytes.size())});
        return;
    }
    const bool sound =
        m_frames.feed(bytes, [this](const DockerFrames::Piece &piece) { write(piece); });
    if (!sound) {
        stop();
        QTimer::singleShot(0, this, &DockerLogStream::ended);
    }
}

/// Time stamps are fixed in width, so that text compares as time; within one stream they never go
/// back.
bool DockerLogStream::isNew(DockerFrames::Stream stream, const QByteArray &time)
{
    Position &arriving = m_arriving[static_cast<int>(stream)];
    Position &written = m_written[static_cast<int>(stream)];
    arriving.frames = time == arriving.time ? arriving.frames + 1 : 1;
    arriving.time = time;
    if (time < written.time || (time == written.time && arriving.frames <= written.frames))
        return false;
    written = arriving;
    return true;
}

void DockerLogStream::write(const DockerFrames::Piece &piece)
{
    if (piece.first)
        m_writing = isNew(piece.stream, piece.time);
    if (!m_writing)
        return;
    const std::string_view data(piece.bytes.constData(),
                                static_cast<std::size_t>(piece.bytes.size()));
    if (piece.stream == DockerFrames::Stream::Errors)
        m_logs.writeErrors(data);
    else
        m_logs.writeOutput(data);
}

} // namespace meseta::agent
