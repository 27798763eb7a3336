#include <cerrno>
#include <cstring>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemons/agent/images/store/layer_store.h"

namespace meseta::agent {

using containerizer::FileDescriptor;

namespace {

tl::unexpected<Error> failOn(const std::string &doing, const std::string &path)
{
    return fail("cannot " + doing + " " + path + ": " + std::strerror(errno));
}

} // namespace

Result<> replaceFile(const std::string &path, const std::string &content, bool durable)
{
    const std::string fresh = path + ".new";
    const FileDescriptor file(
        ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file.valid())
        return failOn("write", fresh);
    const ssize_t written = ::write(file.get(), content.data(), content.size());
    if (written != static_cast<ssize_t>(content.size())
        || (durable && ::fdatasync(file.get()) != 0))
        return failOn("write", fresh);
    return ::rename(fresh.c_str(), path.c_str()) == 0 ? Result<>() : failOn("replace", path);
}

Result<std::string> readFile(const std::string &path, std::size_t maxBytes)
{
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW));
    if (!file.valid())
        return failOn("read", path);
    std::string content;
    char block[16384];
    for (;;) {
        const ssize_t got = ::read(file.get(), block, sizeof block);
        if (got < 0)
            return failOn("read", path);
        if (got == 0)
            return content;
        content.append(block, static_cast<std::size_t>(got));
        if (content.size() > maxBytes)
            return fail(path + " is larger than " + std::to_string(maxBytes) + " bytes");
    }
}

std::vector<std::string> namesIn(const std::string &folder)
{
    const std::unique_ptr<DIR, int (*)(DIR *)> listing(::opendir(folder.c_str()), ::closedir);
    std::vector<std::string> names;
    while (const dirent *entry = listing ? ::readdir(listing.get()) : nullptr) {
        const std::string name = static_cast<const char *>(entry->d_name);
        if (name != "." && name != "..")
            names.push_back(name);
    }
    return names;
}

Result<> makeFolders(const std::string &path)
{
    for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
        const std::string part = path.substr(0, end);
        if (::mkdir(part.c_str(), 0700) != 0 && errno != EEXIST)
            return failOn("make the folder", part);
        if (end == std::string::npos)
            return {};
    }
}

} // namespace meseta::agent
