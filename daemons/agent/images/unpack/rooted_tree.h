#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "daemons/agent/images/unpack/tar_entry.h"
#include "daemons/containerizer/file_descriptor.h"

namespace meseta::agent {

/// Splits a path of an archive into its components, without "." and empty ones: an absolute path
/// counts from the tree's root. A ".." and a path too long or too deep are refused.
Result<std::vector<std::string>> componentsOf(std::string_view path);

/// What a directory gets once everything in it is written.
struct DirectoryAttributes
{
    mode_t mode = 0755;
    uid_t uid = 0;
    gid_t gid = 0;
    timespec accessed{};
    timespec modified{};
    std::vector<std::pair<std::string, std::string>> xattrs;
};

/// Writes below a root directory and nowhere else: links met on the way are followed by the kernel
/// as if the root were "/" (openat2, RESOLVE_IN_ROOT), names themselves never. Nobody else may
/// write there meanwhile.
///
/// Directories are kept open along the current path; each gets its attributes when the path leaves
/// it, so that what is written later in it does not change its times.
class RootedTree
{
public:
    static Result<RootedTree> open(const std::string &root);
    RootedTree(RootedTree &&) noexcept = default;
    RootedTree &operator=(RootedTree &&) noexcept = default;

    /// The directory of these components, made with its parents (0755, root's) where missing. Valid
    /// until the next call to the tree.
    Result<int> enter(const std::vector<std::string> &directory);

    /// Whether `enter` failed because something on the way is no directory.
    bool isBlocked() const { return m_blocked; }

    /// Whether the way to the current directory led through a link.
    bool throughLink() const;

    /// Makes `leaf` in the current directory a directory with these attributes, which it gets when
    /// it is left. An existing directory stays, with what is in it. True when it is new.
    Result<bool> makeDirectory(const std::string &leaf, DirectoryAttributes attributes);

    /// The root's own attributes.
    void setRootAttributes(DirectoryAttributes attributes);

    /// Removes what is called so in the current directory, with all that is in it.
    Result<> remove(const std::string &leaf);

    /// Opens the parent of a path for a hard link to its last component; nothing is made.
    Result<containerizer::FileDescriptor> parentOf(const std::vector<std::string> &path) const;

    /// Leaves every directory: all have their attributes then.
    Result<> finish();

    /// Folders that were made on the way to something and never described themselves.
    const std::set<std::string> &implied() const { return m_implied; }

    int current() const { return m_stack.back().directory.get(); }
    bool isPrivileged() const { return m_privileged; }

private:
    struct Level
    {
        std::string name;
        containerizer::FileDescriptor directory;
        std::optional<DirectoryAttributes> attributes; ///< to set when it is left
        bool link = false;
    };

    RootedTree() = default;
    Result<> leave();
    Result<> descend(const std::string &name);
    Result<containerizer::FileDescriptor> openDirectory(const std::string &name, bool &link);
    std::string pathTo(const std::string &name) const;

    std::vector<Level> m_stack;
    std::set<std::string> m_implied;
    bool m_privileged = false;
    bool m_blocked = false;
};

/// Sets an extended attribute through an open file. What a file system does not have, and overlay's
/// and SELinux' own marks, are passed over.
Result<> setXattr(int fd, const std::string &name, const std::string &value, bool privileged);

/// Removes a name below an open directory, with everything in it, never following a link nor
/// crossing a mount. A name that is not there is fine.
Result<> removeTree(int directory, const std::string &name);
/// The same for an absolute path.
Result<> removeTree(const std::string &path);

} // namespace meseta::agent
