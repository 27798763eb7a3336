#include "daemons/containerizer/launch_server.h"

#include <cerrno>
#include <cstdint>
#include <cstring>

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "daemons/containerizer/clone_process.h"
#include "daemons/containerizer/file_descriptor.h"
#include "daemons/containerizer/launch_spec.h"

namespace meseta::containerizer {

namespace {

struct Request
{
    FileDescriptor control;
    FileDescriptor description;
};

/// False when the agent is gone.
bool receive(Request &request)
{
    char byte = 0;
    int files[2] = {-1, -1};
    alignas(cmsghdr) char passed[CMSG_SPACE(sizeof files)];
    iovec bytes{&byte, 1};
    msghdr message{};
    message.msg_iov = &bytes;
    message.msg_iovlen = 1;
    message.msg_control = passed;
    message.msg_controllen = sizeof passed;
    ssize_t count = 0;
    do {
        count = ::recvmsg(controlFd, &message, MSG_CMSG_CLOEXEC);
    } while (count < 0 && errno == EINTR);
    const cmsghdr *head = count > 0 ? CMSG_FIRSTHDR(&message) : nullptr;
    if (head == nullptr || head->cmsg_type != SCM_RIGHTS
        || head->cmsg_len != CMSG_LEN(sizeof files))
        return false;
    std::memcpy(files, CMSG_DATA(head), sizeof files);
    request.control = FileDescriptor(files[0]);
    request.description = FileDescriptor(files[1]);
    return true;
}

/// As one that was started by itself.
void becomeHelper(Request request)
{
    ::setsid();
    // The first to go may be in the second's place, but not the other way round.
    ::dup3(request.control.get(), controlFd, O_CLOEXEC);
    if (request.description.get() != specFd)
        ::dup2(request.description.get(), specFd);
    request.control.release();
    request.description.release();
    ::syscall(SYS_close_range, specFd + 1, ~0u, 0);
}

bool say(const void *bytes, std::size_t size)
{
    return ::send(controlFd, bytes, size, MSG_NOSIGNAL) == static_cast<ssize_t>(size);
}

bool answer(std::int32_t pidOrError)
{
    return say(&pidOrError, sizeof pidOrError);
}

} // namespace

bool serveLaunches()
{
    ::close(specFd); // there is nothing to run yet
    if (!say("ready", 5))
        return false;
    for (Request request; receive(request); request = {}) {
        const pid_t pid = cloneSibling();
        if (pid == 0) {
            // It tells its pid itself: no answer means that there is no helper, whenever this
            // process may end.
            if (!answer(::getpid()))
                return false;
            becomeHelper(std::move(request));
            return true;
        }
        if (pid < 0 && !answer(-errno))
            return false;
    }
    return false;
}

} // namespace meseta::containerizer
