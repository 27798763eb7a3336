#include "daemons/agent/containerizer/native/helper_server.h"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>

namespace meseta::agent {

namespace {

constexpr timeval patience{5, 0}; ///< with a process that has nothing else to do

/// 0 when nobody is at the other end, negative when nothing came in time.
ssize_t receive(int socket, void *bytes, std::size_t size)
{
    ssize_t count = 0;
    do {
        count = ::recv(socket, bytes, size, 0);
    } while (count < 0 && errno == EINTR);
    return count < 0 && errno == ECONNRESET ? 0 : count; // it ended with something unread
}

/// False when it did not arrive, nor will.
bool pass(int socket, int control, int description)
{
    const int files[2] = {control, description};
    char byte = 0;
    iovec bytes{&byte, 1};
    alignas(cmsghdr) char passed[CMSG_SPACE(sizeof files)] = {};
    msghdr packet{};
    packet.msg_iov = &bytes;
    packet.msg_iovlen = 1;
    packet.msg_control = passed;
    packet.msg_controllen = sizeof passed;
    cmsghdr *head = CMSG_FIRSTHDR(&packet);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof files);
    std::memcpy(CMSG_DATA(head), files, sizeof files);
    return ::sendmsg(socket, &packet, MSG_NOSIGNAL | MSG_DONTWAIT) == 1;
}

} // namespace

bool HelperServer::start(pid_t pid, containerizer::FileDescriptor socket)
{
    stop();
    m_pid = pid;
    m_socket = std::move(socket);
    char ready[16];
    if (::setsockopt(m_socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0
        && receive(m_socket.get(), ready, sizeof ready) > 0)
        return true;
    stop();
    return false;
}

std::optional<Result<pid_t>> HelperServer::launch(int control, int description)
{
    if (!runs())
        return std::nullopt;
    if (!pass(m_socket.get(), control, description)) {
        stop();
        return std::nullopt;
    }
    std::int32_t answer = 0;
    auto count = receive(m_socket.get(), &answer, sizeof answer);
    if (count < 0) {
        endProcess(); // it is stopped: only a helper that it made already can answer now
        count = receive(m_socket.get(), &answer, sizeof answer);
    }
    if (count != sizeof answer)
        stop();
    if (count < 0) // a helper that finds no agent behind its socket ends
        return fail("the container's helper does not begin its work; launch the container again");
    if (count != sizeof answer)
        return std::nullopt;
    if (answer < 0)
        return fail(std::string("cannot start the container's helper: ") + std::strerror(-answer));
    return pid_t(answer);
}

void HelperServer::stop()
{
    m_socket.reset();
    endProcess();
}

void HelperServer::endProcess()
{
    if (m_pid <= 1)
        return;
    ::kill(m_pid, SIGKILL); // it might be stopped, and never read the end of its socket
    while (::waitpid(m_pid, nullptr, 0) < 0 && errno == EINTR) { }
    m_pid = -1;
}

} // namespace meseta::agent
