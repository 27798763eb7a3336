#include "daemons/containerizer/sandbox_log.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>

namespace meseta::containerizer {

namespace {

bool isPlain(const struct stat &info)
{
    return S_ISREG(info.st_mode) && info.st_nlink == 1;
}

/// How much of `bytes` goes into the `room` left: whole lines only; 0 when not even one fits.
std::size_t fitting(std::string_view bytes, std::uint64_t room)
{
    if (bytes.size() <= room)
        return bytes.size();
    const auto newline = bytes.substr(0, room).rfind('\n');
    return newline == std::string_view::npos ? 0 : newline + 1;
}

} // namespace

bool SandboxLog::open()
{
    struct stat info
    { };
    if (::fstatat(m_directory, m_options.name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0
        && !isPlain(info))
        ::unlinkat(m_directory, m_options.name.c_str(), S_ISDIR(info.st_mode) ? AT_REMOVEDIR : 0);

    const int flags = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    m_file = FileDescriptor(::openat(m_directory, m_options.name.c_str(), flags, 0644));
    if (!m_file.valid() || ::fstat(m_file.get(), &info) != 0)
        return false;
    if (!isPlain(info)) {
        m_file.reset();
        errno = EPERM;
        return false;
    }
    if (m_options.changeOwner && (info.st_uid != m_options.uid || info.st_gid != m_options.gid)
        && ::fchown(m_file.get(), m_options.uid, m_options.gid) != 0)
        return false;
    m_size = static_cast<std::uint64_t>(info.st_size);
    return true;
}

void SandboxLog::write(std::string_view bytes)
{
    if (!stillInPlace() && !open()) {
        m_lost += bytes.size();
        m_lossError = errno;
        return;
    }
    if (m_lost > 0 && !tellLoss()) {
        m_lost += bytes.size();
        return;
    }
    while (!bytes.empty()) {
        const auto room = m_options.maxBytes == 0
            ? bytes.size()
            : m_options.maxBytes - std::min(m_size, m_options.maxBytes);
        auto part = fitting(bytes, room);
        if (part == 0 && m_size > 0) {
            rotate();
            continue;
        }
        if (part == 0) // a line longer than a whole file
            part = static_cast<std::size_t>(room);
        append(bytes.substr(0, part));
        bytes.remove_prefix(part);
    }
}

bool SandboxLog::stillInPlace() const
{
    struct stat here
    {
    }, there{};
    return m_file.valid() && ::fstat(m_file.get(), &here) == 0
        && ::fstatat(m_directory, m_options.name.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0
        && here.st_ino == there.st_ino && here.st_dev == there.st_dev;
}

void SandboxLog::rotate()
{
    m_file.reset();
    ::unlinkat(m_directory, rotatedName(m_options.keep).c_str(), 0);
    for (auto number = m_options.keep; number > 1; --number)
        ::renameat(m_directory, rotatedName(number - 1).c_str(), m_directory,
                   rotatedName(number).c_str());
    if (m_options.keep > 0)
        ::renameat(m_directory, m_options.name.c_str(), m_directory, rotatedName(1).c_str());
    else
        ::unlinkat(m_directory, m_options.name.c_str(), 0);
    m_size = 0;
    open();
}

void SandboxLog::append(std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto written = ::write(m_file.get(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            m_lossError = errno;
            m_lost += bytes.size();
            m_size += bytes.size(); // so that a file that cannot grow is rotated out of the way
            return;
        }
        m_size += static_cast<std::uint64_t>(written);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

bool SandboxLog::tellLoss()
{
    const std::string note = "\n[" + std::to_string(m_lost)
        + " bytes of output were lost here: " + std::strerror(m_lossError) + "]\n";
    if (::write(m_file.get(), note.data(), note.size()) != static_cast<ssize_t>(note.size()))
        return false;
    m_size += note.size();
    m_lost = 0;
    return true;
}

std::string SandboxLog::rotatedName(std::uint64_t number) const
{
    return m_options.name + "." + std::to_string(number);
}

} // namespace meseta::containerizer
