#include "daemons/containerizer/bind_tree.h"

#include <fcntl.h>
#include <sys/mount.h>

namespace meseta::containerizer {

namespace {

constexpr std::uint64_t propagationFlags = MS_SHARED | MS_SLAVE | MS_PRIVATE | MS_UNBINDABLE;

std::uint64_t attributes(std::uint64_t flags)
{
    std::uint64_t set = 0;
    if (flags & MS_RDONLY)
        set |= MOUNT_ATTR_RDONLY;
    if (flags & MS_NOSUID)
        set |= MOUNT_ATTR_NOSUID;
    if (flags & MS_NODEV)
        set |= MOUNT_ATTR_NODEV;
    if (flags & MS_NOEXEC)
        set |= MOUNT_ATTR_NOEXEC;
    return set;
}

} // namespace

FileDescriptor cloneTree(const FileDescriptor &source, bool recursive)
{
    return FileDescriptor(::open_tree(source.get(), "",
                                      AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC
                                          | (recursive ? AT_RECURSIVE : 0)));
}

bool restrictTree(const FileDescriptor &tree, std::uint64_t flags, std::uint64_t propagation,
                  bool recursive)
{
    mount_attr attr{};
    attr.attr_set = attributes(flags);
    attr.propagation = propagation & propagationFlags;
    if (attr.attr_set == 0 && attr.propagation == 0)
        return true;
    return ::mount_setattr(tree.get(), "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0), &attr,
                           sizeof attr)
        == 0;
}

bool attachTree(const FileDescriptor &tree, const FileDescriptor &target)
{
    return ::move_mount(tree.get(), "", target.get(), "",
                        MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH)
        == 0;
}

} // namespace meseta::containerizer
