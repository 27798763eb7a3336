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

/// Follows a container's output into its sandbox. The engine keeps the output too, so that after a break (of the engine or
/// of the agent) it goes on where it stopped.
class DockerLogStream : public QObject
{
    Q_OBJECT
public:
    DockerLogStream(DockerEngine &engine, SandboxLogs &logs, QObject *parent = nullptr);
    ~DockerLogStream() override;

    /// Starts, or starts again. With a terminal (`tty`) the output is one plain stream.
    void follow(const QString &dockerId, bool tty);

    /// Skips what was written before: seconds since the epoch.
    void startAt(double seconds) { m_since = QByteArray::number(seconds, 'f', 9); }

    bool isFollowing() const { return m_exchange != nullptr; }

Q_SIGNALS:
    /// The engine has no more: the container ended, or the engine went away.
    void ended();

private:
    void read(const QByteArray &bytes);
    void write(DockerFrames::Stream stream, const QByteArray &bytes, const QByteArray &time);
    void stop();
    QByteArray since() const;

    DockerEngine &m_engine;
    SandboxLogs &m_logs;
    http::Exchange *m_exchange = nullptr;
    DockerFrames m_frames{true};
    int m_status = 0;
    bool m_tty = false;
    QByteArray m_since;
    QByteArray m_last;     ///< time stamp of the newest frame written
    QByteArray m_skipTo;   ///< frames up to this one were written before the break
};

} // namespace meseta::agent
