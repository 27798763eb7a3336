#pragma once

#include <functional>

#include <QObject>
#include <QTimer>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "daemons/agent/containerizer/docker/frames.h"
#include "mesos/v1/container.pb.h"

namespace meseta::http {
class Exchange;
}

namespace meseta::agent {

class DockerEngine;
class SandboxLogs;
struct DockerReply;

/// One command run inside a running container. Deletes itself when it is over.
class DockerExec : public QObject
{
    Q_OBJECT
public:
    using Done = std::function<void(Result<int> waitStatus)>;

    DockerExec(DockerEngine &engine, SandboxLogs &logs, QString dockerId, QObject *parent);
    ~DockerExec() override;

    void run(const mesos::v1::CommandInfo &command, Duration timeout, Done done);

private:
    void start(const DockerReply &created);
    void askForEnd();
    void giveUp();
    void killByPid(qint64 pid);
    void finish(Result<int> result);

    DockerEngine &m_engine;
    SandboxLogs &m_logs;
    QString m_dockerId;
    QString m_id;
    http::Exchange *m_exchange = nullptr;
    DockerFrames m_frames{false};
    QTimer m_timeout;
    Done m_done;
};

} // namespace meseta::agent
