#include "daemons/agent/cgroups/cgroup_files.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "daemons/containerizer/file_descriptor.h"

namespace meseta::agent {

namespace fs = std::filesystem;
using containerizer::FileDescriptor;

namespace {

constexpr std::size_t maxFileBytes = 4 * 1024 * 1024;
constexpr std::size_t maxOwnerBytes = 4096;
const char *const ownerAttribute = "trusted.meseta.owner";

tl::unexpected<Error> failed(const std::string &doing)
{
    return fail(doing + ": " + std::strerror(errno));
}

} // namespace

Result<> CgroupFiles::make(const std::string &group)
{
    if (::mkdir(group.c_str(), 0755) == 0 || errno == EEXIST)
        return {};
    if (errno != ENOENT)
        return failed("cannot make the cgroup " + group);
    if (const Result<> above = make(fs::path(group).parent_path()); !above)
        return above;
    if (::mkdir(group.c_str(), 0755) == 0 || errno == EEXIST)
        return {};
    return failed("cannot make the cgroup " + group);
}

Result<bool> CgroupFiles::remove(const std::string &group)
{
    if (::rmdir(group.c_str()) == 0 || errno == ENOENT)
        return true;
    if (errno == EBUSY || errno == ENOTEMPTY)
        return false;
    return failed("cannot remove the cgroup " + group);
}

bool CgroupFiles::exists(const std::string &path) const
{
    return ::access(path.c_str(), F_OK) == 0;
}

Result<std::string> CgroupFiles::read(const std::string &file) const
{
    const FileDescriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.valid())
        return failed("cannot open " + file);
    std::string text;
    char block[8192];
    for (;;) {
        const ssize_t count = ::read(fd.get(), block, sizeof block);
        if (count == 0)
            return text;
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return failed("cannot read " + file);
        text.append(block, static_cast<std::size_t>(count));
        if (text.size() > maxFileBytes)
            return fail(file + " has more than " + std::to_string(maxFileBytes) + " bytes");
    }
}

Result<> CgroupFiles::write(const std::string &file, std::string_view text)
{
    const FileDescriptor fd(::open(file.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
    if (!fd.valid())
        return failed("cannot open " + file);
    ssize_t count = 0;
    do
        count = ::write(fd.get(), text.data(), text.size());
    while (count < 0 && errno == EINTR);
    if (count < 0)
        return failed("cannot write '" + std::string(text) + "' to " + file);
    return {};
}

std::vector<std::string> CgroupFiles::children(const std::string &group) const
{
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator it(group, error), end; !error && it != end; it.increment(error)) {
        std::error_code ignored;
        if (it->is_directory(ignored) && !it->is_symlink(ignored))
            names.push_back(it->path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::string CgroupFiles::owner(const std::string &group) const
{
    char text[maxOwnerBytes];
    const ssize_t size = ::getxattr(group.c_str(), ownerAttribute, text, sizeof text);
    return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : std::string();
}

Result<> CgroupFiles::setOwner(const std::string &group, const std::string &owner)
{
    const std::string value = owner.substr(0, maxOwnerBytes);
    if (::setxattr(group.c_str(), ownerAttribute, value.data(), value.size(), 0) != 0)
        return failed("cannot mark the cgroup " + group);
    return {};
}

} // namespace meseta::agent
