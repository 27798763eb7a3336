#include "daemons/agent/containerizer/native/launch_record.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>

#include "daemons/containerizer/file_descriptor.h"

namespace meseta::agent {

using containerizer::FileDescriptor;
using containerizer::LaunchSpec;

namespace {

std::string recordPath(const std::string &runtimeDirectory)
{
    return runtimeDirectory + "/launch_info";
}

} // namespace

Result<> writeLaunchRecord(const std::string &runtimeDirectory, const LaunchSpec &launch)
{
    const std::string path = recordPath(runtimeDirectory);
    const std::string bytes = launch.encode();
    const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!file.valid()
        || ::write(file.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
        return fail("cannot write " + path + ": " + std::strerror(errno));
    return {};
}

std::optional<LaunchSpec> readLaunchRecord(const std::string &runtimeDirectory)
{
    const FileDescriptor file(::open(recordPath(runtimeDirectory).c_str(), O_RDONLY | O_CLOEXEC));
    std::string bytes;
    char buffer[16 * 1024];
    for (ssize_t n = 0; file.valid() && (n = ::read(file.get(), buffer, sizeof buffer)) > 0;)
        bytes.append(buffer, static_cast<std::size_t>(n));
    return bytes.empty() ? std::nullopt : LaunchSpec::decode(bytes);
}

} // namespace meseta::agent
