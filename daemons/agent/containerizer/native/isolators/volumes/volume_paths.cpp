#include "daemons/agent/containerizer/native/isolators/volumes/volume_paths.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemons/containerizer/path_in_root.h"

namespace meseta::agent {

namespace fs = std::filesystem;
using containerizer::FileDescriptor;
using containerizer::MountEntry;

namespace {

bool isAbsolute(const std::string &path)
{
    return !path.empty() && path.front() == '/';
}

bool leavesFolder(const std::string &path)
{
    return ("/" + path + "/").find("/../") != std::string::npos;
}

tl::unexpected<Error> failed(const std::string &doing)
{
    return fail(doing + ": " + std::strerror(errno));
}

FileDescriptor openFolder(const std::string &path)
{
    return FileDescriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

/// Where a link leads; empty when there is none.
std::string linkAt(const FileDescriptor &folder, const std::string &name)
{
    char target[PATH_MAX];
    const ssize_t size = ::readlinkat(folder.get(), name.c_str(), target, sizeof target);
    return size > 0 ? std::string(target, static_cast<std::size_t>(size)) : std::string();
}

} // namespace

Result<std::string> volumeTarget(const IsolatedContainer &container, const VolumeSettings &settings,
                                 const std::string &containerPath)
{
    if (containerPath.empty() || leavesFolder(containerPath))
        return fail("container_path '" + containerPath
                    + "' of a volume must name a place without '..' in it");
    if (!isAbsolute(containerPath))
        return (container.image ? settings.sandboxDirectory : container.spec.sandbox) + "/"
            + containerPath;
    std::error_code ignored;
    if (!container.image && !fs::exists(containerPath, ignored))
        return fail("container_path '" + containerPath
                    + "' does not exist: in a container without an image it is a path of the host, "
                      "where nothing is made. Use a path that is there or one relative to the "
                      "sandbox");
    return containerPath;
}

Result<MountEntry> volumeMount(const IsolatedContainer &container, const VolumeSettings &settings,
                               const std::string &source, const mesos::v1::Volume &volume)
{
    const auto target = volumeTarget(container, settings, volume.container_path());
    if (!target)
        return fail(target.error());
    MountEntry entry = MountEntry::bind(source, *target, volume.mode() == mesos::v1::Volume::RO);
    entry.flags |= MS_REC;
    std::error_code ignored;
    const bool folder = fs::is_directory(source, ignored);
    const bool onHost = isAbsolute(volume.container_path()) && !container.image;
    entry.missing = onHost ? MountEntry::Missing::Refuse
        : folder           ? MountEntry::Missing::MakeDirectory
                           : MountEntry::Missing::MakeFile;
    return entry;
}

Result<> makeSandboxFolder(const std::string &sandbox, const std::string &path)
{
    const FileDescriptor root = openFolder(sandbox);
    struct stat info = {};
    if (!root.valid() || ::fstat(root.get(), &info) != 0)
        return failed("cannot open the sandbox " + sandbox);
    if (containerizer::openInRoot(root.get(), path, O_PATH).valid())
        return {};
    const FileDescriptor made =
        containerizer::makeInRoot(root.get(), path, MountEntry::Missing::MakeDirectory);
    if (!made.valid()
        || ::chown(containerizer::pathOf(made).c_str(), info.st_uid, info.st_gid) != 0)
        return failed("cannot make the folder '" + path + "' in the sandbox " + sandbox);
    return {};
}

Result<> linkInSandbox(const std::string &sandbox, const std::string &path,
                       const std::string &target)
{
    const FileDescriptor root = openFolder(sandbox);
    const fs::path relative(path);
    const FileDescriptor parent = relative.has_parent_path()
        ? containerizer::makeInRoot(root.get(), relative.parent_path(),
                                    MountEntry::Missing::MakeDirectory)
        : containerizer::openInRoot(root.get(), "/", O_PATH);
    const std::string name = relative.filename();
    if (!parent.valid())
        return failed("cannot open the place of '" + path + "' in the sandbox " + sandbox);
    if (linkAt(parent, name) == target)
        return {};
    if (::symlinkat(target.c_str(), parent.get(), name.c_str()) == 0)
        return {};
    if (errno == EEXIST)
        return fail("cannot link '" + path + "' of the sandbox to " + target
                    + ": there is something of that name already; remove it or use another "
                      "container_path");
    return failed("cannot link '" + path + "' of the sandbox to " + target);
}

Result<> unlinkInSandbox(const std::string &sandbox, const std::string &name,
                         const std::string &target)
{
    const FileDescriptor root = openFolder(sandbox);
    if (linkAt(root, name) != target || ::unlinkat(root.get(), name.c_str(), 0) == 0
        || errno == ENOENT)
        return {};
    return failed("cannot take the link '" + name + "' from the sandbox " + sandbox);
}

Result<> checkVolume(const mesos::v1::Volume &volume)
{
    const int given = volume.has_host_path() + volume.has_image() + volume.has_source();
    if (given != 1)
        return fail(volumeName(volume)
                    + " must have just one of host_path, image and source, but has "
                    + std::to_string(given));
    if (volume.has_source() && volume.source().type() == mesos::v1::Volume::Source::UNKNOWN)
        return fail(volumeName(volume) + " has a source without a type that this agent knows");
    return {};
}

std::string volumeName(const mesos::v1::Volume &volume)
{
    return "the volume at '" + volume.container_path() + "'";
}

} // namespace meseta::agent
