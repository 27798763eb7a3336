#pragma once

#include <memory>
#include <string>

#include "daemons/agent/containerizer/containerizer.h"
#include "daemons/agent/containerizer/sandbox_log_limits.h"

namespace meseta::agent {

struct DockerOptions
{
    std::string socket =
        "/var/run/docker.sock"; ///< --docker_socket: a unix socket's path, or "tcp://host:port"
    std::string workDir; ///< --work_dir: marks which containers of the engine are this agent's
    std::string sandboxDirectory = "/mnt/mesos/sandbox"; ///< --sandbox_directory
    std::string
        config; ///< --docker_config, JSON text (a path is resolved by the flag); empty: none
    std::string defaultDns; ///< --default_container_dns, JSON text; empty: none
    Duration removeDelay = std::chrono::hours(6); ///< --docker_remove_delay
    Duration stopTimeout = Duration::zero(); ///< --docker_stop_timeout: least grace of a kill
    Duration engineTimeout = std::chrono::seconds(30); ///< longest wait for an ordinary answer
    Duration engineWait =
        std::chrono::seconds(10); ///< how long a launch waits for an engine that is away
    Duration pullSilence =
        std::chrono::minutes(5); ///< a pull that says nothing for this long has failed
    bool killOrphans = true; ///< --docker_kill_orphans
    bool enableCfs = false; ///< --cgroups_enable_cfs
    double totalMemoryBytes = 0; ///< of the machine, for oom_score_adj; 0: asked of the engine
    SandboxLogLimits logs;
};

/// Containers of a Docker engine, over the Docker Engine API (versions 1.24 to 1.41) and no command
/// line tool.
class DockerContainerizer final : public Containerizer
{
public:
    explicit DockerContainerizer(DockerOptions options);
    ~DockerContainerizer() override;

    std::string name() const override { return "docker"; }
    bool supports(const std::optional<mesos::v1::ContainerInfo> &container) const override;
    Result<> ready() const override;
    void whenReady(std::function<void(Result<>)> done) override;
    void launch(const ContainerSpec &spec, ContainerEvents events) override;
    bool recover(const ContainerSpec &spec, ContainerEvents events) override;
    void forget(const std::string &containerId) override;
    void kill(const std::string &containerId, Duration grace) override;
    void destroy(const std::string &containerId) override;
    void update(const std::string &containerId, const ContainerResources &resources,
                std::function<void(Result<>)> done) override;
    void usage(const std::string &containerId,
               std::function<void(Result<mesos::v1::ResourceStatistics>)> done) override;
    pid_t networkProcess(const std::string &containerId) const override;
    std::optional<mesos::v1::ContainerStatus> status(const std::string &containerId) const override;
    void exec(const std::string &containerId, const mesos::v1::CommandInfo &command,
              Duration timeout, std::function<void(Result<int> waitStatus)> done) override;
    void addMetrics(MetricsRegistry &metrics) override;
    void cleanOrphans(const std::vector<std::string> &known,
                      std::function<void(Result<int>)> done) override;

    struct Private;

private:
    std::unique_ptr<Private> d;
};

} // namespace meseta::agent
