#pragma once

#include <memory>
#include <string>

#include "daemons/agent/containerizer/containerizer.h"
#include "daemons/agent/containerizer/native/mesos_options.h"

namespace meseta::agent {

/// Containers without any engine: commands on the host's file system, or with the root of an image,
/// kept apart by the isolators of --isolation ("Mesos containerizer").
///
/// Each container is a `mesos-containerizer` process of under a megabyte: leader of a session,
/// parent of the command or of its init, keeper of its output. It ends with the agent, unless the
/// container is checkpointed.
class MesosContainerizer final : public Containerizer
{
public:
    explicit MesosContainerizer(MesosOptions options);
    ~MesosContainerizer() override;

    std::string name() const override { return "mesos"; }
    bool supports(const std::optional<mesos::v1::ContainerInfo> &container) const override;
    Result<> ready() const override;
    bool sharesWithNested() const override;
    void launch(const ContainerSpec &spec, ContainerEvents events) override;
    bool recover(const ContainerSpec &spec, ContainerEvents events) override;
    void forget(const std::string &containerId) override;
    void kill(const std::string &containerId, Duration grace) override;
    void signal(const std::string &containerId, int number) override;
    void destroy(const std::string &containerId) override;
    void update(const std::string &containerId, const ContainerResources &resources,
                std::function<void(Result<>)> done) override;
    void usage(const std::string &containerId,
               std::function<void(Result<mesos::v1::ResourceStatistics>)> done) override;
    pid_t networkProcess(const std::string &containerId) const override;
    std::optional<mesos::v1::ContainerStatus> status(const std::string &containerId) const override;
    Result<containerizer::FileDescriptor> attach(const std::string &containerId,
                                                 Stream stream) override;
    void exec(const std::string &containerId, const mesos::v1::CommandInfo &command,
              Duration timeout, std::function<void(Result<int> waitStatus)> done) override;
    void pruneImages(const std::vector<mesos::v1::Image> &excluded,
                     std::function<void(Result<>)> done) override;
    void addMetrics(MetricsRegistry &metrics) override;
    void cleanOrphans(const std::vector<std::string> &known,
                      std::function<void(Result<int>)> done) override;

    struct Private;

private:
    std::unique_ptr<Private> d;
};

} // namespace meseta::agent
