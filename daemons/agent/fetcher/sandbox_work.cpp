#include "daemons/agent/fetcher/sandbox_work.h"

#include <cerrno>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemons/agent/fetcher/file_identity.h"
#include "daemons/agent/fetcher/unpack.h"

namespace meseta::agent {

using containerizer::FileDescriptor;

namespace {

std::string errnoText()
{
    return std::strerror(errno);
}

/// Gives this thread a working directory of its own (once) and enters the sandbox.
Result<> enter(const std::string &sandbox)
{
    static thread_local const bool apart = ::unshare(CLONE_FS) == 0;
    if (!apart)
        return fail("cannot set a working directory apart: " + errnoText());
    if (::chdir(sandbox.c_str()) != 0)
        return fail("cannot enter the sandbox " + sandbox + ": " + errnoText());
    return {};
}

Result<> makeParents(const std::string &name)
{
    for (auto slash = name.find('/'); slash != std::string::npos;
         slash = name.find('/', slash + 1)) {
        if (::mkdir(name.substr(0, slash).c_str(), 0755) != 0 && errno != EEXIST)
            return fail("cannot create the folder " + name.substr(0, slash)
                        + " in the sandbox: " + errnoText());
    }
    return {};
}

} // namespace

Result<FileDescriptor> createFile(int directory, const std::string &name, unsigned mode)
{
    ::unlinkat(directory, name.c_str(), 0);
    FileDescriptor file(::openat(directory, name.c_str(),
                                 O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
    if (!file.valid())
        return fail("cannot create " + name + ": " + errnoText());
    return file;
}

Result<> writeAll(int target, const char *data, std::size_t size)
{
    while (size > 0) {
        const auto written = ::write(target, data, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return fail("cannot write it: " + errnoText()
                        + (errno == ENOSPC ? "; free some space on the disk of --work_dir, or of "
                                             "--fetcher_cache_dir if it is to be cached"
                                           : ""));
        data += written;
        size -= static_cast<std::size_t>(written);
    }
    return {};
}

Result<> copyAll(int source, int target, std::uint64_t maxBytes)
{
    std::vector<char> block(256 * 1024);
    for (;;) {
        const auto count = ::read(source, block.data(), block.size());
        if (count < 0)
            return fail("cannot read it: " + errnoText());
        if (count == 0)
            return {};
        if (static_cast<std::uint64_t>(count) > maxBytes)
            return fail("it is larger than allowed");
        maxBytes -= static_cast<std::uint64_t>(count);
        if (auto written = writeAll(target, block.data(), static_cast<std::size_t>(count));
            !written)
            return written;
    }
}

Result<FileDescriptor> SandboxWork::openSource() const
{
    const std::string &path = !localSource.empty() ? localSource
        : !cachedFile.empty()                      ? cachedFile
                                                   : temporary;
    FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat info
    { };
    if (!file.valid() || ::fstat(file.get(), &info) != 0)
        return fail("cannot read " + path + ": " + errnoText());
    if (!S_ISREG(info.st_mode))
        return fail(path + " is not a plain file");
    return file;
}

Result<> SandboxWork::run() const
{
    if (auto entered = enter(sandbox); !entered)
        return entered;
    Result<FileDescriptor> cached =
        cachedFile.empty() ? Result<FileDescriptor>(FileDescriptor()) : openSource();
    const FileIdentity identity(user);
    ::umask(022);
    auto source = cachedFile.empty() ? openSource() : std::move(cached);
    if (!source)
        return fail(source.error());
    if (auto made = makeParents(name); !made)
        return made;

    const bool unpacks = extract && !executable && packingOf(name) != Packing::None;
    if (!unpacks
        || cachedFile.empty()) { // from the cache it is unpacked without a copy of the archive
        if (auto placed = place(source->get()); !placed)
            return placed;
    }
    if (!unpacks)
        return {};
    ::lseek(source->get(), 0, SEEK_SET);
    auto unpacked = unpack(source->get());
    return unpacked ? unpacked : fail(unpacked.error().within("unpacking " + name));
}

Result<> SandboxWork::place(int source) const
{
    struct stat info
    { };
    ::fstat(source, &info);
    const mode_t mode = executable ? 0755 : localSource.empty() ? 0644 : info.st_mode & 0777;
    if (!temporary.empty()) {
        if (::fchmod(source, mode) != 0 || ::rename(temporary.c_str(), name.c_str()) != 0)
            return fail("cannot name it " + name + ": " + errnoText());
        return {};
    }
    const auto target = createFile(AT_FDCWD, name, mode | 0200);
    if (!target)
        return fail(target.error());
    if (auto copied = copyAll(source, target->get(), maxBytes); !copied)
        return copied;
    return ::fchmod(target->get(), mode) == 0 ? Result<>()
                                              : fail("cannot set its permissions: " + errnoText());
}

Result<> SandboxWork::unpack(int source) const
{
    if (packingOf(name) == Packing::Archive)
        return unpackArchive(source, maxBytes);
    const auto target = createFile(AT_FDCWD, name.substr(0, name.size() - 3), 0644);
    return target ? unpackGzip(source, target->get(), maxBytes) : fail(target.error());
}

} // namespace meseta::agent
