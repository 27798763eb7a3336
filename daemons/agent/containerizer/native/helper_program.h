#pragma once

#include <string>

#include "common/base/result.h"
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

    /// What to execute: a path that is good for children of this process. Read and sealed at the
    /// first call; where the kernel cannot do that, the file itself.
    const std::string &executable();

    const std::string &path() const { return m_path; }

private:
    bool seal();

    std::string m_path;
    std::string m_executable;
    containerizer::FileDescriptor m_sealed;
};

} // namespace meseta::agent
