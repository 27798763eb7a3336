#include "daemons/agent/images/unpack/layer_writer.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace meseta::agent {

using containerizer::FileDescriptor;

namespace {

constexpr std::string_view whiteoutPrefix = ".wh.";
constexpr std::string_view unionMetadata = ".wh..wh.";
constexpr std::string_view opaqueWhiteout = ".wh..wh..opq";

std::string errnoText()
{
    return std::strerror(errno);
}

bool isWhiteout(const struct stat &status)
{
    return S_ISCHR(status.st_mode) && status.st_rdev == 0;
}

DirectoryAttributes attributesOf(const TarEntry &entry)
{
    return {entry.mode, entry.uid, entry.gid, entry.accessed, entry.modified, entry.xattrs};
}

Result<> writeAll(int fd, std::string_view data)
{
    while (!data.empty()) {
        const ssize_t written = ::write(fd, data.data(), data.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return fail("cannot write it: " + errnoText());
        data.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

mode_t kindOf(TarEntry::Type type)
{
    switch (type) {
    case TarEntry::Type::CharDevice:
        return S_IFCHR;
    case TarEntry::Type::BlockDevice:
        return S_IFBLK;
    default:
        return S_IFIFO;
    }
}

} // namespace

std::string opaqueMark(bool privileged)
{
    return privileged ? "trusted.overlay.opaque" : "user.overlay.opaque";
}

Result<> LayerWriter::write(const TarEntry &entry, const Content &content)
{
    auto placed = place(entry, content);
    if (!placed)
        return fail("the entry '" + entry.name.substr(0, 300)
                    + "' is refused: " + placed.error().message);
    return placed;
}

Result<> LayerWriter::place(const TarEntry &entry, const Content &content)
{
    auto path = componentsOf(entry.name);
    if (!path)
        return fail(path.error());
    if (path->empty()) {
        if (entry.type != TarEntry::Type::Directory)
            return fail("it would replace the root folder");
        m_describesRoot = true;
        m_tree.setRootAttributes(attributesOf(entry));
        return {};
    }
    const std::string leaf = path->back();
    path->pop_back();
    const auto parent = m_tree.enter(*path);
    // What the layer itself has replaced by a file hides all that was below it.
    if (!parent && m_tree.isBlocked() && leaf.starts_with(whiteoutPrefix))
        return {};
    if (!parent)
        return fail(parent.error());
    if (leaf.starts_with(whiteoutPrefix))
        return whiteOut(leaf);
    switch (entry.type) {
    case TarEntry::Type::Directory:
        return writeDirectory(entry, leaf);
    case TarEntry::Type::File:
        return writeFile(entry, leaf, content);
    case TarEntry::Type::SymbolicLink:
        return writeSymbolicLink(entry, leaf);
    case TarEntry::Type::HardLink:
        return writeHardLink(entry, leaf);
    default:
        return writeNode(entry, leaf);
    }
}

Result<> LayerWriter::whiteOut(const std::string &leaf)
{
    if (m_tree.throughLink())
        return fail("it is a whiteout behind a link");
    if (leaf == opaqueWhiteout) {
        m_hasWhiteouts = true;
        return markOpaque(m_tree.current());
    }
    if (leaf.starts_with(unionMetadata))
        return {}; // AUFS' own files
    const std::string hidden = leaf.substr(whiteoutPrefix.size());
    if (hidden.empty() || hidden == "." || hidden == "..")
        return fail("it is a whiteout of no name");
    m_hasWhiteouts = true;
    if (::mknodat(m_tree.current(), hidden.c_str(), S_IFCHR | 0600, makedev(0, 0)) == 0)
        return {};
    if (errno != EEXIST)
        return fail("cannot make the whiteout: " + errnoText());
    // What the layer itself brings stays; it hides what lies below all the same.
    struct stat status
    { };
    if (::fstatat(m_tree.current(), hidden.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0
        && S_ISDIR(status.st_mode))
        return markOpaque(hidden);
    return {};
}

Result<> LayerWriter::markOpaque(int directory) const
{
    if (::fsetxattr(directory, opaqueMark(m_tree.isPrivileged()).c_str(), "y", 1, 0) == 0)
        return {};
    return fail("cannot mark the folder as opaque: " + errnoText());
}

Result<> LayerWriter::markOpaque(const std::string &leaf) const
{
    const FileDescriptor directory(
        ::openat(m_tree.current(), leaf.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    return directory.valid() ? markOpaque(directory.get())
                             : fail("cannot enter the folder: " + errnoText());
}

/// Takes away what an earlier entry of the layer put there.
Result<> LayerWriter::makeRoom(const std::string &leaf)
{
    return m_tree.remove(leaf);
}

/// Makes something new, in place of what may be there.
Result<> LayerWriter::retrying(const std::string &leaf, const std::function<int()> &make)
{
    if (make() >= 0)
        return {};
    if (errno != EEXIST)
        return fail("cannot make it: " + errnoText());
    if (auto room = makeRoom(leaf); !room)
        return room;
    return make() >= 0 ? Result<>() : fail("cannot make it: " + errnoText());
}

Result<> LayerWriter::writeDirectory(const TarEntry &entry, const std::string &leaf)
{
    struct stat status
    { };
    bool hides = false;
    if (::fstatat(m_tree.current(), leaf.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0
        && !S_ISDIR(status.st_mode)) {
        hides = isWhiteout(status);
        if (auto room = makeRoom(leaf); !room)
            return room;
    }
    const auto made = m_tree.makeDirectory(leaf, attributesOf(entry));
    if (!made)
        return fail(made.error());
    return hides ? markOpaque(m_tree.current()) : Result<>();
}

Result<> LayerWriter::writeFile(const TarEntry &entry, const std::string &leaf,
                                const Content &content)
{
    FileDescriptor file;
    const auto open = [&] {
        file = FileDescriptor(::openat(m_tree.current(), leaf.c_str(),
                                       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
        return file.get();
    };
    if (auto opened = retrying(leaf, open); !opened)
        return opened;
    for (;;) {
        const auto piece = content();
        if (!piece)
            return fail(piece.error());
        if (piece->empty())
            break;
        if (auto written = writeAll(file.get(), *piece); !written)
            return written;
    }
    const bool owned = entry.uid == 0 && entry.gid == 0; // as it is made, by root
    if (m_tree.isPrivileged() && !owned && ::fchown(file.get(), entry.uid, entry.gid) != 0)
        return fail("cannot set its owner: " + errnoText());
    if (entry.mode != 0600 && ::fchmod(file.get(), entry.mode) != 0)
        return fail("cannot set its permissions: " + errnoText());
    for (const auto &[name, value] : entry.xattrs) {
        if (auto set = setXattr(file.get(), name, value, m_tree.isPrivileged()); !set)
            return set;
    }
    const std::array<timespec, 2> times{entry.accessed, entry.modified};
    return ::futimens(file.get(), times.data()) == 0 ? Result<>()
                                                     : fail("cannot set its times: " + errnoText());
}

Result<> LayerWriter::writeSymbolicLink(const TarEntry &entry, const std::string &leaf)
{
    if (auto made = retrying(
            leaf, [&] { return ::symlinkat(entry.link.c_str(), m_tree.current(), leaf.c_str()); });
        !made)
        return made;
    return setLinkAttributes(entry, leaf);
}

Result<> LayerWriter::writeHardLink(const TarEntry &entry, const std::string &leaf)
{
    const auto target = componentsOf(entry.link);
    if (!target)
        return fail("it is a hard link to '" + entry.link.substr(0, 300)
                    + "': " + target.error().message);
    if (target->empty())
        return fail("it is a hard link to the root folder");
    const auto parent = m_tree.parentOf(*target);
    if (!parent)
        return fail("it is a hard link to '" + entry.link
                    + "', which is not in its layer: " + parent.error().message);
    const auto link = [&] {
        return ::linkat(parent->get(), target->back().c_str(), m_tree.current(), leaf.c_str(), 0);
    };
    struct stat status
    { };
    if (::fstatat(parent->get(), target->back().c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0
        || isWhiteout(status))
        return fail("it is a hard link to '" + entry.link + "', which is not in its layer");
    if (S_ISDIR(status.st_mode))
        return fail("it is a hard link to the folder '" + entry.link + "'");
    if (link() == 0)
        return {};
    if (errno != EEXIST)
        return fail("cannot link it to '" + entry.link + "': " + errnoText());
    struct stat own
    { };
    if (::fstatat(m_tree.current(), leaf.c_str(), &own, AT_SYMLINK_NOFOLLOW) == 0
        && own.st_ino == status.st_ino)
        return {}; // it is that link already
    if (auto room = makeRoom(leaf); !room)
        return room;
    return link() == 0 ? Result<>()
                       : fail("cannot link it to '" + entry.link + "': " + errnoText());
}

Result<> LayerWriter::writeNode(const TarEntry &entry, const std::string &leaf)
{
    const dev_t device = makedev(entry.deviceMajor, entry.deviceMinor);
    if (auto made = retrying(leaf,
                             [&] {
                                 return ::mknodat(m_tree.current(), leaf.c_str(),
                                                  kindOf(entry.type) | 0600, device);
                             });
        !made)
        return errno == EPERM ? fail("a device needs an agent that runs as root") : made;
    if (auto set = setLinkAttributes(entry, leaf); !set)
        return set;
    return ::fchmodat(m_tree.current(), leaf.c_str(), entry.mode, 0) == 0
        ? Result<>()
        : fail("cannot set its permissions: " + errnoText());
}

/// Owner, attributes and times of what cannot be opened: links and nodes.
Result<> LayerWriter::setLinkAttributes(const TarEntry &entry, const std::string &leaf) const
{
    const int parent = m_tree.current();
    if (m_tree.isPrivileged()
        && ::fchownat(parent, leaf.c_str(), entry.uid, entry.gid, AT_SYMLINK_NOFOLLOW) != 0)
        return fail("cannot set its owner: " + errnoText());
    const std::string path = "/proc/self/fd/" + std::to_string(parent) + "/" + leaf;
    for (const auto &[name, value] : entry.xattrs) {
        if (::lsetxattr(path.c_str(), name.c_str(), value.data(), value.size(), 0) != 0
            && errno != ENOTSUP && errno != EPERM)
            return fail("cannot set the extended attribute " + name + ": " + errnoText());
    }
    const std::array<timespec, 2> times{entry.accessed, entry.modified};
    return ::utimensat(parent, leaf.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) == 0
        ? Result<>()
        : fail("cannot set its times: " + errnoText());
}

} // namespace meseta::agent
