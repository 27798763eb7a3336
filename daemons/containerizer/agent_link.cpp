#include "daemons/containerizer/agent_link.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "daemons/containerizer/launch_spec.h"
#include "daemons/containerizer/process_tree.h"

namespace meseta::containerizer {

namespace {

FileDescriptor passedWith(const msghdr &message)
{
    const cmsghdr *head = CMSG_FIRSTHDR(&message);
    if (head == nullptr || head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS)
        return {};
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(head), sizeof fd);
    return FileDescriptor(fd);
}

} // namespace

bool AgentLink::publish(const std::string &runtimeDirectory)
{
    if (::mkdir(runtimeDirectory.c_str(), 0700) != 0 && errno != EEXIST)
        return false;
    m_runtime = FileDescriptor(::open(runtimeDirectory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    const auto self = processStat(::getpid());
    if (!m_runtime.valid() || !self
        || !writeFile(pidFile, std::to_string(::getpid()) + " " + std::to_string(self->startTime)))
        return false;

    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    // By way of the open directory, since the path itself may be longer than a socket address
    // holds.
    std::snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", m_runtime.get(),
                  controlSocket);
    m_listener =
        FileDescriptor(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    ::unlinkat(m_runtime.get(), controlSocket, 0);
    return m_listener.valid()
        && ::bind(m_listener.get(), reinterpret_cast<sockaddr *>(&address), sizeof address) == 0
        && ::listen(m_listener.get(), 4) == 0;
}

bool AgentLink::agentIsThere() const
{
    char byte = 0;
    const auto count =
        m_control.valid() ? ::recv(m_control.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) : 0;
    return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
}

bool AgentLink::isForgotten() const
{
    struct stat info
    { };
    return m_runtime.valid() && ::fstat(m_runtime.get(), &info) == 0 && info.st_nlink == 0;
}

void AgentLink::withdraw(const std::string &runtimeDirectory)
{
    if (!m_runtime.valid())
        return;
    m_listener.reset();
    for (const char *name : {pidFile, controlSocket})
        ::unlinkat(m_runtime.get(), name, 0);
    ::rmdir(runtimeDirectory.c_str());
}

bool AgentLink::recordStatus(int waitStatus)
{
    return !m_runtime.valid() || writeFile(statusFile, std::to_string(waitStatus));
}

bool AgentLink::writeFile(const char *name, const std::string &content)
{
    const std::string temporary = std::string(name) + ".new";
    FileDescriptor file(::openat(m_runtime.get(), temporary.c_str(),
                                 O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!file.valid()
        || ::write(file.get(), content.data(), content.size())
            != static_cast<ssize_t>(content.size()))
        return false;
    return ::renameat(m_runtime.get(), temporary.c_str(), m_runtime.get(), name) == 0;
}

void AgentLink::send(const std::string &message)
{
    if (m_control.valid())
        ::send(m_control.get(), message.data(), message.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

std::optional<std::string> AgentLink::receive()
{
    char buffer[maxMessageBytes];
    alignas(cmsghdr) char passed[CMSG_SPACE(sizeof(int))];
    iovec bytes{buffer, sizeof buffer};
    msghdr message{};
    message.msg_iov = &bytes;
    message.msg_iovlen = 1;
    message.msg_control = passed;
    message.msg_controllen = sizeof passed;
    const auto count = ::recvmsg(m_control.get(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    m_passed = count > 0 ? passedWith(message) : FileDescriptor();
    if (count > 0)
        return std::string(buffer, static_cast<std::size_t>(count));
    if (count == 0 || (errno != EAGAIN && errno != EINTR))
        m_control.reset();
    return std::nullopt;
}

bool AgentLink::accept()
{
    FileDescriptor next(
        ::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!next.valid())
        return false;
    m_control = std::move(next);
    return true;
}

} // namespace meseta::containerizer
