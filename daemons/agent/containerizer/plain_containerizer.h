#pragma once

#include <memory>
#include <string>

#include "daemons/agent/containerizer/containerizer.h"
#include "daemons/agent/containerizer/sandbox_log_limits.h"

namespace meseta::agent {

struct PlainOptions
{
    std::string helper; ///< path of `mesos-containerizer` (--launcher_dir, or beside the agent)
    std::string runtimeDir; ///< --runtime_dir: what checkpointed containers leave for the next
                            ///< agent lies in containers/<id>/
    SandboxLogLimits logs;
    Duration recoveryTimeout =
        std::chrono::minutes(15); ///< a checkpointed container ends itself when no agent came back
};

/// Commands without an image: the posix launcher with posix/cpu and posix/mem ("Mesos
/// containerizer", usage but no limits).
///
/// Each container is a `mesos-containerizer` process of under a megabyte: leader of a session,
/// parent of the command, keeper of its output. It ends with the agent, unless the container is
/// checkpointed.
class PlainContainerizer final : public Containerizer
{
public:
    explicit PlainContainerizer(PlainOptions options);
    ~PlainContainerizer() override;

    std::string name() const override { return "mesos"; }
    bool supports(const std::optional<mesos::v1::ContainerInfo> &container) const override;
    Result<> ready() const override;
    void launch(const ContainerSpec &spec, ContainerEvents events) override;
    bool recover(const ContainerSpec &spec, ContainerEvents events) override;
    void forget(const std::string &containerId) override;
    void kill(const std::string &containerId, Duration grace) override;
    void destroy(const std::string &containerId) override;
    void usage(const std::string &containerId,
               std::function<void(Result<mesos::v1::ResourceStatistics>)> done) override;
    std::optional<mesos::v1::ContainerStatus> status(const std::string &containerId) const override;
    void exec(const std::string &containerId, const mesos::v1::CommandInfo &command,
              Duration timeout, std::function<void(Result<int> waitStatus)> done) override;
    void cleanOrphans(const std::vector<std::string> &known,
                      std::function<void(Result<int>)> done) override;

    struct Private;

private:
    std::unique_ptr<Private> d;
};

} // namespace meseta::agent
