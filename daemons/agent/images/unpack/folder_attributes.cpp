#include "daemons/agent/images/unpack/folder_attributes.h"

#include <cerrno>
#include <cstring>

#include <sys/stat.h>
#include <sys/xattr.h>

namespace meseta::agent {

namespace {

constexpr std::size_t largestValue = 65536;

tl::unexpected<Error> cannot(const std::string &doing)
{
    return fail("cannot " + doing + ": " + std::strerror(errno));
}

} // namespace

Result<std::vector<std::pair<std::string, std::string>>> readXattrs(int file)
{
    std::vector<std::pair<std::string, std::string>> xattrs;
    const ssize_t size = ::flistxattr(file, nullptr, 0);
    if (size <= 0)
        return xattrs;
    std::string list(static_cast<std::size_t>(size), '\0');
    if (::flistxattr(file, list.data(), list.size()) != size)
        return cannot("list its extended attributes");
    for (std::size_t at = 0; at < list.size();) {
        const std::string name = list.c_str() + at;
        at += name.size() + 1;
        if (name.empty() || name.starts_with("trusted.overlay.")
            || name.starts_with("user.overlay."))
            continue;
        std::string value(largestValue, '\0');
        const ssize_t length = ::fgetxattr(file, name.c_str(), value.data(), value.size());
        if (length < 0)
            return cannot("read the extended attribute " + name);
        value.resize(static_cast<std::size_t>(length));
        xattrs.emplace_back(name, std::move(value));
    }
    return xattrs;
}

Result<DirectoryAttributes> readAttributes(int directory)
{
    struct stat status
    { };
    if (::fstat(directory, &status) != 0)
        return cannot("look at the folder");
    auto xattrs = readXattrs(directory);
    if (!xattrs)
        return fail(xattrs.error());
    DirectoryAttributes attributes;
    attributes.mode = status.st_mode & 07777;
    attributes.uid = status.st_uid;
    attributes.gid = status.st_gid;
    attributes.accessed = status.st_atim;
    attributes.modified = status.st_mtim;
    attributes.xattrs = std::move(*xattrs);
    return attributes;
}

} // namespace meseta::agent
