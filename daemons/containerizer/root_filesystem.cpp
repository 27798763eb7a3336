#include "daemons/containerizer/root_filesystem.h"

#include <cerrno>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "daemons/containerizer/bind_tree.h"
#include "daemons/containerizer/path_in_root.h"

namespace meseta::containerizer {

namespace {

FileDescriptor openSource(const MountEntry &entry)
{
    if (entry.sourceRoot.empty())
        return FileDescriptor(::open(entry.source.c_str(), O_PATH | O_CLOEXEC));
    const FileDescriptor root(
        ::open(entry.sourceRoot.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
    return root.valid() ? openInRoot(root.get(), entry.source, O_PATH) : FileDescriptor();
}

FileDescriptor treeOf(const MountEntry &entry)
{
    const FileDescriptor source = openSource(entry);
    return source.valid() ? cloneTree(source, entry.flags & MS_REC) : FileDescriptor();
}

/// A mount is copied only from inside its namespace, wherever the copy goes then.
FileDescriptor treeElsewhere(const MountEntry &entry)
{
    const FileDescriptor here(::open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC));
    const FileDescriptor there(::open(entry.sourceNamespace.c_str(), O_RDONLY | O_CLOEXEC));
    if (!here.valid() || !there.valid() || ::setns(there.get(), CLONE_NEWNS) != 0)
        return {};
    FileDescriptor tree = treeOf(entry);
    const int error = errno;
    if (::setns(here.get(), CLONE_NEWNS) != 0)
        return {};
    errno = error;
    return tree;
}

bool isFolder(const FileDescriptor &file)
{
    struct stat info
    { };
    return ::fstat(file.get(), &info) == 0 && S_ISDIR(info.st_mode);
}

std::string named(const MountEntry &entry)
{
    if (entry.type != "bind")
        return entry.type + " at " + entry.target;
    const std::string source =
        entry.sourceRoot.empty() ? entry.source : entry.sourceRoot + "/" + entry.source;
    return source + " at " + entry.target;
}

} // namespace

Outcome RootFilesystem::build()
{
    if (auto failure = holdTrees())
        return failure;
    // What the host mounts from now on is seen, but nothing goes the other way.
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0)
        return failed(Step::Mount, "the container's view of the host's mounts");
    if (auto failure = mountRoot())
        return failure;
    for (std::size_t i = 0; i < m_spec.mounts.size(); ++i) {
        if (auto failure = mount(i))
            return failure;
    }
    for (const NodeEntry &node : m_spec.nodes) {
        if (auto failure = makeNode(node))
            return failure;
    }
    for (const std::string &path : m_spec.readOnlyPaths) {
        if (auto failure = makeReadOnly(path))
            return failure;
    }
    for (const std::string &path : m_spec.maskedPaths) {
        if (auto failure = mask(path))
            return failure;
    }
    return std::nullopt;
}

/// Mounts that are to stay shared with the host are taken hold of while they still are, those of
/// another namespace from inside it.
Outcome RootFilesystem::holdTrees()
{
    for (std::size_t i = 0; i < m_spec.mounts.size(); ++i) {
        const MountEntry &entry = m_spec.mounts[i];
        const bool elsewhere = !entry.sourceNamespace.empty();
        if (entry.type != "bind" || (!elsewhere && (entry.propagation & MS_SHARED) == 0))
            continue;
        FileDescriptor tree = elsewhere ? treeElsewhere(entry) : treeOf(entry);
        if (!tree.valid())
            return failed(Step::Mount, named(entry));
        m_held.emplace_back(i, std::move(tree));
    }
    return std::nullopt;
}

Outcome RootFilesystem::mountRoot()
{
    if (m_spec.rootfs.empty()) {
        m_root = FileDescriptor(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
        return m_root.valid() ? std::nullopt : failed(Step::RootMount, "/");
    }
    for (const MountEntry &entry : m_spec.rootMounts) {
        if (::mount(entry.source.c_str(), m_spec.rootfs.c_str(), entry.type.c_str(), entry.flags,
                    entry.data.empty() ? nullptr : entry.data.c_str())
            != 0)
            return failed(Step::RootMount, entry.type + " at " + m_spec.rootfs);
    }
    // Only a mount can become the root, and only its owner may make it read-only.
    const FileDescriptor folder(::open(m_spec.rootfs.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    const FileDescriptor tree = folder.valid() ? cloneTree(folder, true) : FileDescriptor();
    if (!tree.valid() || !restrictTree(tree, m_spec.rootFlags, MS_PRIVATE, true)
        || (m_spec.readOnlyRoot && !restrictTree(tree, MS_RDONLY, 0, false))
        || !attachTree(tree, folder))
        return failed(Step::RootMount, m_spec.rootfs);
    m_root = FileDescriptor(::open(m_spec.rootfs.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    return m_root.valid() ? std::nullopt : failed(Step::RootMount, m_spec.rootfs);
}

Outcome RootFilesystem::mount(std::size_t index)
{
    const MountEntry &entry = m_spec.mounts[index];
    if (entry.type != "bind")
        return mountFileSystem(entry);
    for (auto &[held, tree] : m_held) {
        if (held == index)
            return bind(entry, std::move(tree));
    }
    const FileDescriptor source = openSource(entry);
    if (!source.valid() && errno == ENOENT && entry.optional)
        return std::nullopt;
    if (!source.valid())
        return failed(Step::Mount, named(entry));
    return bind(entry, cloneTree(source, entry.flags & MS_REC));
}

Outcome RootFilesystem::bind(const MountEntry &entry, FileDescriptor tree)
{
    if (!tree.valid())
        return failed(Step::Mount, named(entry));
    auto missing = entry.missing;
    if (missing == MountEntry::Missing::MakeDirectory && !isFolder(tree))
        missing = MountEntry::Missing::MakeFile;
    const std::uint64_t propagation =
        entry.propagation == 0 ? std::uint64_t{MS_PRIVATE} : entry.propagation;
    const FileDescriptor target = makeInRoot(m_root.get(), entry.target, missing);
    if (!target.valid() || !restrictTree(tree, entry.flags, propagation, entry.flags & MS_REC)
        || !attachTree(tree, target))
        return failed(Step::Mount, named(entry));
    return std::nullopt;
}

Outcome RootFilesystem::mountFileSystem(const MountEntry &entry)
{
    const FileDescriptor target = makeInRoot(m_root.get(), entry.target, entry.missing);
    if (!target.valid()
        || ::mount(entry.source.c_str(), pathOf(target).c_str(), entry.type.c_str(), entry.flags,
                   entry.data.empty() ? nullptr : entry.data.c_str())
            != 0)
        return entry.optional ? std::nullopt : failed(Step::Mount, named(entry));
    return std::nullopt;
}

Outcome RootFilesystem::makeNode(const NodeEntry &node)
{
    const auto slash = node.path.find_last_of('/');
    const FileDescriptor folder = makeInRoot(m_root.get(), node.path.substr(0, slash + 1),
                                             MountEntry::Missing::MakeDirectory);
    const std::string name = node.path.substr(slash + 1);
    if (!folder.valid())
        return failed(Step::Node, node.path);
    int result = 0;
    if (node.type == 'l') {
        result = ::symlinkat(node.linkTarget.c_str(), folder.get(), name.c_str());
    } else {
        const mode_t type = node.type == 'b' ? S_IFBLK : S_IFCHR;
        result = ::mknodat(folder.get(), name.c_str(), type | node.mode,
                           ::makedev(node.major, node.minor));
    }
    return result == 0 || errno == EEXIST ? std::nullopt : failed(Step::Node, node.path);
}

Outcome RootFilesystem::mask(const std::string &path)
{
    const FileDescriptor target = openInRoot(m_root.get(), path, O_PATH);
    if (!target.valid())
        return errno == ENOENT || errno == ENOTDIR ? std::nullopt : failed(Step::MaskPath, path);
    if (isFolder(target)) {
        if (::mount("tmpfs", pathOf(target).c_str(), "tmpfs",
                    MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=0,nr_inodes=2,mode=555")
            != 0)
            return failed(Step::MaskPath, path);
        return std::nullopt;
    }
    const FileDescriptor nothing(::open("/dev/null", O_PATH | O_CLOEXEC));
    const FileDescriptor tree = cloneTree(nothing, false);
    if (!tree.valid() || !restrictTree(tree, MS_RDONLY, MS_PRIVATE, false)
        || !attachTree(tree, target))
        return failed(Step::MaskPath, path);
    return std::nullopt;
}

Outcome RootFilesystem::makeReadOnly(const std::string &path)
{
    const FileDescriptor target = openInRoot(m_root.get(), path, O_PATH);
    if (!target.valid())
        return errno == ENOENT || errno == ENOTDIR ? std::nullopt
                                                   : failed(Step::ReadOnlyPath, path);
    const FileDescriptor tree = cloneTree(target, true);
    if (!tree.valid() || !restrictTree(tree, MS_RDONLY, MS_PRIVATE, true)
        || !attachTree(tree, target))
        return failed(Step::ReadOnlyPath, path);
    return std::nullopt;
}

Outcome RootFilesystem::enter()
{
    if (m_spec.rootfs.empty())
        return std::nullopt;
    // The old root ends up on top of the new one, from where it is taken off.
    if (::fchdir(m_root.get()) != 0 || ::syscall(SYS_pivot_root, ".", ".") != 0
        || ::umount2(".", MNT_DETACH) != 0 || ::chdir("/") != 0)
        return failed(Step::PivotRoot, m_spec.rootfs);
    return std::nullopt;
}

} // namespace meseta::containerizer
