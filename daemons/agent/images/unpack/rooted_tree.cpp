#include "daemons/agent/images/unpack/rooted_tree.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace meseta::agent {

using containerizer::FileDescriptor;

namespace {

constexpr std::size_t maxDepth = 256; // each level of the current path holds a descriptor
constexpr std::size_t maxPath = 4095;
constexpr std::size_t maxImplied = 10'000;
constexpr int directoryFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

std::string errnoText()
{
    return std::strerror(errno);
}

FileDescriptor openInRoot(int root, const std::string &path, int flags, std::uint64_t resolve)
{
    open_how how{};
    how.flags = static_cast<std::uint64_t>(flags);
    how.resolve = resolve | RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
    return FileDescriptor(
        static_cast<int>(::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how)));
}

DirectoryAttributes attributesOf(const struct stat &status)
{
    DirectoryAttributes attributes;
    attributes.mode = status.st_mode & 07777;
    attributes.uid = status.st_uid;
    attributes.gid = status.st_gid;
    attributes.accessed = status.st_atim;
    attributes.modified = status.st_mtim;
    return attributes;
}

Result<> apply(int directory, const DirectoryAttributes &attributes, bool privileged)
{
    if (privileged && ::fchown(directory, attributes.uid, attributes.gid) != 0)
        return fail("cannot set its owner: " + errnoText());
    if (::fchmod(directory, attributes.mode) != 0)
        return fail("cannot set its permissions: " + errnoText());
    for (const auto &[name, value] : attributes.xattrs) {
        if (auto set = setXattr(directory, name, value, privileged); !set)
            return set;
    }
    const std::array<timespec, 2> times{attributes.accessed, attributes.modified};
    if (::futimens(directory, times.data()) != 0)
        return fail("cannot set its times: " + errnoText());
    return {};
}

bool isForeignMark(const std::string &name)
{
    return name.starts_with("trusted.overlay.") || name.starts_with("user.overlay.")
        || name == "security.selinux";
}

} // namespace

Result<std::vector<std::string>> componentsOf(std::string_view path)
{
    if (path.size() > maxPath)
        return fail("it is longer than " + std::to_string(maxPath) + " bytes");
    if (path.find('\0') != std::string_view::npos)
        return fail("it has a zero byte");
    std::vector<std::string> components;
    while (!path.empty()) {
        const auto slash = std::min(path.find('/'), path.size());
        const auto component = path.substr(0, slash);
        path.remove_prefix(std::min(slash + 1, path.size()));
        if (component == "..")
            return fail("it has '..' and may lead out of the image");
        if (!component.empty() && component != ".")
            components.emplace_back(component);
    }
    if (components.size() > maxDepth)
        return fail("it is deeper than " + std::to_string(maxDepth) + " folders");
    return components;
}

Result<> setXattr(int fd, const std::string &name, const std::string &value, bool privileged)
{
    if (isForeignMark(name) || ::fsetxattr(fd, name.c_str(), value.data(), value.size(), 0) == 0)
        return {};
    if (errno == ENOTSUP || (!privileged && errno == EPERM))
        return {};
    return fail("cannot set the extended attribute " + name + ": " + errnoText());
}

Result<RootedTree> RootedTree::open(const std::string &root)
{
    RootedTree tree;
    tree.m_privileged = ::geteuid() == 0;
    Level level;
    level.directory = FileDescriptor(::open(root.c_str(), directoryFlags | O_NOFOLLOW));
    if (!level.directory.valid())
        return fail("cannot open the folder " + root + ": " + errnoText());
    tree.m_stack.push_back(std::move(level));
    return tree;
}

std::string RootedTree::pathTo(const std::string &name) const
{
    std::string path;
    for (const Level &level : m_stack) {
        if (!level.name.empty())
            path += level.name + "/";
    }
    return path + name;
}

bool RootedTree::throughLink() const
{
    return std::any_of(m_stack.begin(), m_stack.end(),
                       [](const Level &level) { return level.link; });
}

Result<> RootedTree::leave()
{
    const Level level = std::move(m_stack.back());
    m_stack.pop_back();
    if (!level.attributes)
        return {};
    if (auto applied = apply(level.directory.get(), *level.attributes, m_privileged); !applied)
        return fail(applied.error().within("the folder '" + pathTo(level.name) + "'"));
    return {};
}

Result<int> RootedTree::enter(const std::vector<std::string> &directory)
{
    std::size_t shared = 0;
    while (shared < directory.size() && shared + 1 < m_stack.size()
           && m_stack[shared + 1].name == directory[shared])
        ++shared;
    while (m_stack.size() > shared + 1) {
        if (auto left = leave(); !left)
            return fail(left.error());
    }
    for (; shared < directory.size(); ++shared) {
        if (auto descended = descend(directory[shared]); !descended)
            return fail(descended.error());
    }
    return current();
}

Result<FileDescriptor> RootedTree::openDirectory(const std::string &name, bool &link)
{
    link = false;
    FileDescriptor directory(::openat(current(), name.c_str(), directoryFlags | O_NOFOLLOW));
    if (directory.valid() || (errno != ELOOP && errno != ENOTDIR))
        return directory;
    link = true;
    // Only from the root on does the kernel know what the root is.
    directory = openInRoot(m_stack.front().directory.get(), pathTo(name), directoryFlags, 0);
    if (!directory.valid() && errno == ENOENT)
        return fail("'" + pathTo(name) + "' is a link that leads nowhere");
    return directory;
}

Result<> RootedTree::descend(const std::string &name)
{
    Level level;
    level.name = name;
    auto opened = openDirectory(name, level.link);
    const bool missing = opened && !opened->valid() && errno == ENOENT;
    if (missing) {
        if (::mkdirat(current(), name.c_str(), 0755) != 0)
            return fail("cannot make the folder '" + pathTo(name) + "': " + errnoText());
        opened = openDirectory(name, level.link);
    }
    if (!opened)
        return fail(opened.error());
    m_blocked = !opened->valid() && errno == ENOTDIR;
    if (!opened->valid())
        return fail("cannot enter the folder '" + pathTo(name) + "': " + errnoText());
    level.directory = std::move(*opened);
    struct stat status
    { };
    if (::fstat(level.directory.get(), &status) != 0)
        return fail("cannot look at the folder '" + pathTo(name) + "': " + errnoText());
    level.attributes = attributesOf(status);
    if (missing) {
        level.attributes->mode = 0755; // whatever the umask
        if (!throughLink() && m_implied.size() < maxImplied)
            m_implied.insert(pathTo(name));
    }
    if (!m_privileged)
        ::fchmod(level.directory.get(), level.attributes->mode | 0700);
    m_stack.push_back(std::move(level));
    return {};
}

Result<bool> RootedTree::makeDirectory(const std::string &leaf, DirectoryAttributes attributes)
{
    const bool made = ::mkdirat(current(), leaf.c_str(), 0700) == 0;
    if (!made && errno != EEXIST)
        return fail("cannot make the folder: " + errnoText());
    m_implied.erase(pathTo(leaf));
    Level level;
    level.name = leaf;
    level.directory =
        FileDescriptor(::openat(current(), leaf.c_str(), directoryFlags | O_NOFOLLOW));
    if (!level.directory.valid())
        return fail("cannot enter the folder: " + errnoText());
    level.attributes = std::move(attributes);
    m_stack.push_back(std::move(level));
    return made;
}

void RootedTree::setRootAttributes(DirectoryAttributes attributes)
{
    m_stack.front().attributes = std::move(attributes);
}

Result<> RootedTree::remove(const std::string &leaf)
{
    return removeTree(current(), leaf);
}

Result<FileDescriptor> RootedTree::parentOf(const std::vector<std::string> &path) const
{
    std::string parent = ".";
    for (std::size_t i = 0; i + 1 < path.size(); ++i)
        parent += "/" + path[i];
    auto directory =
        openInRoot(m_stack.front().directory.get(), parent, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
    if (!directory.valid())
        return fail(errnoText());
    return directory;
}

Result<> RootedTree::finish()
{
    while (m_stack.size() > 1) {
        if (auto left = leave(); !left)
            return left;
    }
    const auto &root = m_stack.front();
    return root.attributes ? apply(root.directory.get(), *root.attributes, m_privileged)
                           : Result<>();
}

} // namespace meseta::agent
