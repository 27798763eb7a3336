#include "daemons/agent/containerizer/helper_process.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "daemons/agent/containerizer/native/helper_program.h"
#include "daemons/containerizer/process_tree.h"

namespace meseta::agent {

using namespace containerizer;

namespace {

std::string reason(int error)
{
    return std::strerror(error);
}

Result<FileDescriptor> describeInFile(const LaunchSpec &launch)
{
    const std::string bytes = launch.encode();
    FileDescriptor file(::memfd_create("launch", MFD_CLOEXEC));
    if (!file.valid()
        || ::write(file.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())
        || ::lseek(file.get(), 0, SEEK_SET) != 0)
        return fail("cannot describe the container to its helper: " + reason(errno));
    return file;
}

/// A descriptor that dup2 in the child cannot collide with.
FileDescriptor moveUp(FileDescriptor file)
{
    return file.get() > specFd ? std::move(file)
                               : FileDescriptor(::fcntl(file.get(), F_DUPFD_CLOEXEC, specFd + 1));
}

} // namespace

Result<std::unique_ptr<HelperProcess>>
HelperProcess::start(HelperProgram &program, const LaunchSpec &launch, DescriptorWatch &watch)
{
    auto file = describeInFile(launch);
    if (!file)
        return fail(file.error());
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return fail("cannot create a socket for the container's helper: " + reason(errno));
    FileDescriptor ours(ends[0]);
    const FileDescriptor theirs = moveUp(FileDescriptor(ends[1]));
    const FileDescriptor moved = moveUp(std::move(*file));

    const auto pid = program.start(theirs.get(), moved.get());
    if (!pid)
        return fail(pid.error());
    return std::unique_ptr<HelperProcess>(new HelperProcess(*pid, true, std::move(ours), watch));
}

Result<std::unique_ptr<HelperProcess>> HelperProcess::takeOver(const std::string &runtimeDirectory,
                                                               DescriptorWatch &watch)
{
    const auto trace = readHelperTrace(runtimeDirectory);
    if (!trace || !trace->running)
        return fail("no helper runs for " + runtimeDirectory);
    const FileDescriptor folder(::open(runtimeDirectory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", folder.get(),
                  controlSocket);
    FileDescriptor control(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    if (!control.valid()
        || ::connect(control.get(), reinterpret_cast<sockaddr *>(&address), sizeof address) != 0)
        return fail("cannot reach the container's helper, process "
                    + std::to_string(*trace->running) + ": " + reason(errno));
    return std::unique_ptr<HelperProcess>(
        new HelperProcess(*trace->running, false, std::move(control), watch));
}

HelperProcess::HelperProcess(pid_t pid, bool isChild, FileDescriptor control,
                             DescriptorWatch &watch)
    : m_pid(pid), m_isChild(isChild), m_control(std::move(control)), m_watch(watch)
{
    m_watch.add(m_control.get(), [this] { receive(); });
}

HelperProcess::~HelperProcess()
{
    *m_alive = false;
    if (m_control.valid())
        m_watch.remove(m_control.get());
}

bool HelperProcess::send(const std::string &message, int passed)
{
    if (!m_control.valid())
        return false;
    iovec bytes{const_cast<char *>(message.data()), message.size()};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof passed)] = {};
    msghdr packet{};
    packet.msg_iov = &bytes;
    packet.msg_iovlen = 1;
    if (passed >= 0) {
        packet.msg_control = control;
        packet.msg_controllen = sizeof control;
        cmsghdr *head = CMSG_FIRSTHDR(&packet);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof passed);
        std::memcpy(CMSG_DATA(head), &passed, sizeof passed);
    }
    return ::sendmsg(m_control.get(), &packet, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

void HelperProcess::receive()
{
    const auto alive = m_alive;
    char buffer[maxMessageBytes];
    while (*alive) {
        const auto count = ::recv(m_control.get(), buffer, sizeof buffer, MSG_DONTWAIT);
        if (count < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (count <= 0) {
            m_watch.remove(m_control.get());
            m_control.reset();
            const auto gone = m_events.gone;
            gone();
            return;
        }
        const auto tell = m_events.message;
        tell(std::string(buffer, static_cast<std::size_t>(count)));
    }
}

std::optional<HelperTrace> readHelperTrace(const std::string &runtimeDirectory)
{
    std::ifstream pidText(runtimeDirectory + "/" + pidFile);
    std::ifstream statusText(runtimeDirectory + "/" + statusFile);
    HelperTrace trace;
    pid_t pid = 0;
    std::uint64_t startTime = 0;
    const bool named = static_cast<bool>(pidText >> pid >> startTime);
    if (int status = 0; statusText >> status)
        trace.status = status;
    if (!named && !trace.status)
        return std::nullopt;
    const auto stat = named ? processStat(pid) : std::nullopt;
    if (stat && stat->startTime == startTime && stat->state != 'Z')
        trace.running = pid;
    return trace;
}

void killHelperTree(pid_t helper)
{
    if (helper <= 1)
        return; // no process; its "session" would be that of strangers
    auto members = descendants(helper);
    const auto session = sessionMembers(helper);
    members.insert(members.end(), session.begin(), session.end());
    for (const pid_t pid : members)
        ::kill(pid, SIGKILL);
}

} // namespace meseta::agent
