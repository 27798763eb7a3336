#pragma once

#include <functional>

#include <QObject>
#include <QTimer>

#include "daemons/agent/containerizer/containerizer.h"
#include "daemons/agent/containerizer/docker/image_pull.h"
#include "daemons/agent/containerizer/docker/inspection.h"
#include "daemons/agent/containerizer/docker/log_stream.h"
#include "daemons/agent/containerizer/docker_containerizer.h"
#include "daemons/agent/containerizer/sandbox_logs.h"

namespace meseta::agent {

class DockerEngine;
struct DockerReply;

/// One container of the engine, from its image to its end.
class DockerContainer : public QObject
{
    Q_OBJECT
public:
    struct Surroundings
    {
        DockerEngine &engine;
        ImagePuller &puller;
        const DockerOptions &options;
    };

    DockerContainer(ContainerSpec spec, ContainerEvents events, Surroundings surroundings);
    ~DockerContainer() override;

    void launch();
    void recover();
    void kill(Duration grace);
    void destroy();

    void engineUp();
    /// Looks at the container again: the engine said that it died.
    void look();

    void usage(std::function<void(Result<mesos::v1::ResourceStatistics>)> done);
    /// Before it runs, what it is created with; then as resource_update.h says.
    void update(const ContainerResources &resources, std::function<void(Result<>)> done);
    void exec(const mesos::v1::CommandInfo &command, Duration timeout,
              std::function<void(Result<int>)> done);

    const ContainerSpec &spec() const { return m_spec; }
    const QString &dockerId() const { return m_dockerId; } ///< empty before it is created
    bool removeAtOnce() const { return m_removeAtOnce; }
    /// Its end is on the agent's own record, or does not have to be: it may be removed.
    bool mayBeRemoved() const { return !m_spec.checkpoint || m_neverStarted; }
    const std::optional<mesos::v1::ContainerStatus> &status() const { return m_status; }

Q_SIGNALS:
    /// The engine has created (or found again) the container `dockerId`.
    void created();
    /// Told to `ContainerEvents::ended` already.
    void over();

private:
    enum class Phase {
        WaitingForEngine,
        LookingForImage,
        Pulling,
        Creating,
        Starting,
        Running,
        Ending,
        Over
    };

    void findImage();
    void pullImage();
    void pulled(Result<> result);
    void create();
    void createAnswered(Result<DockerReply> reply);
    void start();
    void startAnswered(Result<DockerReply> reply);
    void startRefused(const std::string &words);
    void inspected(Result<DockerReply> reply);
    void neverCreated();
    void announce(const QByteArray &inspect, const DockerInspection &inspection);
    void sendUpdate(const ContainerResources &resources, std::function<void(Result<>)> done);
    void outputEnded();
    void ended(const DockerInspection &inspection);
    void sendStop();
    void failLaunch(const std::string &message);
    void finishKilled(const std::string &message);
    void finish(ContainerTermination termination);
    void discard();
    QByteArray path(const char *suffix) const;

    ContainerSpec m_spec;
    ContainerEvents m_events;
    Surroundings m_around;
    Phase m_phase = Phase::WaitingForEngine;
    ImagePuller::Ticket m_pull = 0;
    QString m_dockerId;
    SandboxLogs m_logs;
    DockerLogStream m_output;
    bool m_tty = false;
    bool m_removeAtOnce = false;
    bool m_recovered = false;
    bool m_neverStarted = false;
    bool m_announced = false;
    bool m_looking = false;
    bool m_lookAgain = false;
    bool m_restFetched = false; ///< the last of its output is on its way
    std::optional<mesos::v1::ContainerStatus> m_status;
    std::optional<DockerInspection> m_last;
    std::optional<ContainerResources> m_lateUpdate; ///< came while it was being started
    bool m_killed = false;
    bool m_destroy = false;
    Duration m_grace{};
    QTimer m_again; ///< looks or stops once more
    QTimer m_outputPatience;
};

} // namespace meseta::agent
