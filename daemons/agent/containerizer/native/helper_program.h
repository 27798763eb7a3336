#pragma once

#include <string>

#include "common/base/result.h"
#include "daemons/agent/containerizer/native/helper_server.h"
#include "daemons/containerizer/file_descriptor.h"

namespace meseta::agent {

/// The program `mesos-containerizer`, held in memory where nobody can change it any more.
///
/// A container's first process is this program until the command is executed; whoever got hold of
/// it over /proc/<pid>/exe could otherwise write to the file of the host. Source: memfd_create(2),
/// file sealing; CVE-2019-5736.
class HelperProgram
{
public:
    explicit HelperProgram(std::string path) : m_path(std::move(path)) { }

    /// Whether the file is there and may be executed.
    Result<> ready() const;

    /// Starts a helper, in a session of its own, with these two as its `controlFd` and `specFd`;
    /// both must be beyond `specFd`. Gives the pid of a child of this process.
    Result<pid_t> start(int control, int description);

private:
    const std::string &executable();
    bool seal();
    Result<pid_t> execute(const char *verb, int control, int description);
    bool startServer();

    std::string m_path;
    std::string m_executable;
    containerizer::FileDescriptor m_sealed;
    HelperServer m_server;
    bool m_serves = true; ///< false once the program turned out to know no `launcher`
};

} // namespace meseta::agent
