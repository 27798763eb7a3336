#pragma once

#include <QObject>
#include <QTimer>

#include "daemons/agent/containerizer/docker/frames.h"
#include "daemons/agent/containerizer/sandbox_logs.h"

namespace meseta::http {
class Exchange;
}

namespace meseta::agent {

class DockerEngine;

/// Follows a container's output into its sandbox. The engine keeps the output too, so that after a
/// break (of the engine or of the agent) it goes on where it stopped.
class DockerLogStream : public QObject
{
    Q_OBJECT
public:
    DockerLogStream(DockerEngine &engine, SandboxLogs &logs, QObject *parent = nullptr);
    ~DockerLogStream() override;

    /// Starts, or starts again where it stopped. With a terminal (`tty`) the output is one plain
    /// stream.
    void follow(const QString &dockerId, bool tty) { read(dockerId, tty, true); }

    /// What is left of a container that has ended: the engine may close a followed stream before
    /// its last lines.
    void fetchRest(const QString &dockerId, bool tty) { read(dockerId, tty, false); }

    /// Skips what was written before: seconds since the epoch.
    void startAt(double seconds) { m_since = QByteArray::number(seconds, 'f', 9); }

    bool isFollowing() const { return m_exchange != nullptr; }

Q_SIGNALS:
    /// The engine has no more: the container ended, or the engine went away.
    void ended();

private:
    /// The newest frame of one stream; frames of one time stamp are told apart by their number.
    struct Position
    {
        QByteArray time;
        int frames = 0;
    };

    void read(const QString &dockerId, bool tty, bool follow);
    void take(const QByteArray &bytes);
    bool isNew(DockerFrames::Stream stream, const QByteArray &time);
    void write(const DockerFrames::Piece &piece);
    void stop();
    QByteArray since() const;

    DockerEngine &m_engine;
    SandboxLogs &m_logs;
    http::Exchange *m_exchange = nullptr;
    DockerFrames m_frames{true};
    int m_status = 0;
    bool m_tty = false;
    QByteArray m_since;
    bool m_writing = true; ///< the present frame is new
    Position m_written[3]; ///< by stream: what the sandbox has
    Position m_arriving[3]; ///< what the present request has told, new or not
};

} // namespace meseta::agent
