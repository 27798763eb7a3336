#pragma once

#include <optional>

#include <sys/types.h>

#include "common/base/result.h"
#include "daemons/containerizer/file_descriptor.h"

namespace meseta::agent {

/// The agent's end of the process that helpers are copies of; see
/// daemons/containerizer/launch_server.h for the talk with it. It is ended with this object.
class HelperServer
{
public:
    HelperServer() = default;
    HelperServer(const HelperServer &) = delete;
    HelperServer &operator=(const HelperServer &) = delete;
    ~HelperServer() { stop(); }

    bool runs() const { return m_socket.valid(); }
    /// Takes on a process that was just started; false, and it is ended, when it does not say that
    /// it is ready.
    bool start(pid_t pid, containerizer::FileDescriptor socket);
    /// The pid of a new helper, a child of this process, that holds both descriptors. Nothing when
    /// the process is gone, or was ended because it does not answer, and no helper can have come of
    /// it: one may be started in another way then.
    std::optional<Result<pid_t>> launch(int control, int description);

private:
    void stop();
    void endProcess();

    containerizer::FileDescriptor m_socket;
    pid_t m_pid = -1;
};

} // namespace meseta::agent
