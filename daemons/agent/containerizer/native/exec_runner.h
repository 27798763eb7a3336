#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "daemons/agent/containerizer/native/container_life.h"

namespace meseta::agent {

/// Commands that run beside those of containers (COMMAND checks), each below a helper of its own.
class ExecRunner
{
public:
    explicit ExecRunner(ContainerRoom &room);
    ~ExecRunner();

    using Done = std::function<void(Result<int> waitStatus)>;

    /// `done` comes later, once. A timeout of zero is none.
    void run(const ContainerLife &container, const mesos::v1::CommandInfo &command,
             Duration timeout, Done done);
    /// The container is over.
    void stop(const std::string &containerId);

private:
    struct Exec;
    void over(std::uint64_t number, const ContainerTermination &termination);

    ContainerRoom &m_room;
    std::map<std::uint64_t, std::unique_ptr<Exec>> m_execs;
    std::uint64_t m_next = 1;
    QObject m_context;
};

} // namespace meseta::agent
