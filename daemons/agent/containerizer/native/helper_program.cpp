#include "daemons/agent/containerizer/native/helper_program.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif

namespace meseta::agent {

using containerizer::FileDescriptor;

namespace {

FileDescriptor memoryFile()
{
    FileDescriptor file(
        ::memfd_create("mesos-containerizer", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC));
    if (!file.valid() && errno == EINVAL) // a kernel from before the flag
        file =
            FileDescriptor(::memfd_create("mesos-containerizer", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    return file;
}

} // namespace

Result<> HelperProgram::ready() const
{
    if (::access(m_path.c_str(), X_OK) == 0)
        return {};
    return fail("the helper of containers, " + m_path
                + ", is not an executable file; --launcher_dir must name the folder that holds "
                  "mesos-containerizer");
}

const std::string &HelperProgram::executable()
{
    if (m_executable.empty() && ready())
        m_executable = seal()
            ? "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(m_sealed.get())
            : m_path;
    return m_executable.empty() ? m_path : m_executable;
}

bool HelperProgram::seal()
{
    const FileDescriptor file(::open(m_path.c_str(), O_RDONLY | O_CLOEXEC));
    FileDescriptor copy = memoryFile();
    struct stat info
    { };
    if (!file.valid() || !copy.valid() || ::fstat(file.get(), &info) != 0)
        return false;
    for (off_t done = 0; done < info.st_size;) {
        const auto count = ::sendfile(copy.get(), file.get(), &done,
                                      static_cast<std::size_t>(info.st_size - done));
        if (count <= 0)
            return false;
    }
    if (::fcntl(copy.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL)
        != 0)
        return false;
    m_sealed = std::move(copy);
    return true;
}

} // namespace meseta::agent
