#include "daemons/agent/containerizer/native/container_process.h"

#include <cerrno>
#include <charconv>
#include <cstring>

#include <sys/socket.h>
#include <sys/wait.h>

namespace meseta::agent {

using mesos::v1::TaskStatus;

namespace {

/// The numbers of a message: "failed 2 13" gives {2, 13}.
std::vector<int> numbers(const std::string &message)
{
    std::vector<int> found;
    for (std::size_t at = message.find(' '); at != std::string::npos; at = message.find(' ', at)) {
        int value = 0;
        const auto result =
            std::from_chars(message.data() + ++at, message.data() + message.size(), value);
        if (result.ec != std::errc())
            break;
        found.push_back(value);
    }
    return found;
}

/// "mounting proc at /proc in the container failed: Operation not permitted".
std::string describeFailure(containerizer::Step step, int error, const std::string &message)
{
    std::string subject = message; // "failed <step> <errno> <on what>"
    for (int words = 0; words < 3; ++words) {
        const auto space = subject.find(' ');
        subject = space == std::string::npos ? std::string() : subject.substr(space + 1);
    }
    return containerizer::describe(step) + (subject.empty() ? std::string() : " " + subject)
        + " failed: " + std::strerror(error);
}

ContainerTermination launchFailure(std::string message)
{
    ContainerTermination termination;
    termination.reason = TaskStatus::REASON_CONTAINER_LAUNCH_FAILED;
    termination.message = std::move(message);
    return termination;
}

} // namespace

ContainerProcess::ContainerProcess(Identity identity, std::unique_ptr<HelperProcess> helper,
                                   ChildReaper &reaper, Events events)
    : m_identity(std::move(identity))
    , m_helper(std::move(helper))
    , m_reaper(reaper)
    , m_events(std::move(events))
{
    m_helper->setEvents(
        {[this](const std::string &message) { handle(message); }, [this] { helperGone(); }});
}

Result<containerizer::FileDescriptor> ContainerProcess::attach(Containerizer::Stream stream)
{
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
        return fail(std::string("cannot create a socket to the container's streams: ")
                    + std::strerror(errno));
    containerizer::FileDescriptor ours(ends[0]);
    const containerizer::FileDescriptor theirs(ends[1]);
    const char *order = stream == Containerizer::Stream::Output ? "output" : "input";
    if (!m_helper->send(order, theirs.get()))
        return fail("the container's helper does not listen; has the container just ended?");
    return ours;
}

void ContainerProcess::go()
{
    m_helper->send("go");
}

void ContainerProcess::kill(Duration grace)
{
    m_killed = true;
    const auto milliseconds =
        std::chrono::ceil<std::chrono::milliseconds>(std::max(grace, Duration::zero())).count();
    m_helper->send("kill " + std::to_string(milliseconds));
}

void ContainerProcess::destroy()
{
    m_killed = true;
    m_helper->send("destroy");
}

void ContainerProcess::handle(const std::string &message)
{
    const auto values = numbers(message);
    if (message.starts_with("started ") && values.size() == 1) {
        m_events.started(values[0]);
    } else if (message.starts_with("isolate ") && values.size() == 1) {
        m_events.isolate(values[0]);
    } else if (message.starts_with("ended ") && values.size() == 1) {
        m_status = values[0];
    } else if (message.starts_with("unrunnable ") && values.size() == 1) {
        m_execError = values[0];
    } else if (message.starts_with("failed ") && values.size() >= 2) {
        m_failure =
            describeFailure(static_cast<containerizer::Step>(values[0]), values[1], message);
    }
}

void ContainerProcess::helperGone()
{
    if (!m_helper->isChild()) {
        finish(std::nullopt);
        return;
    }
    m_reaper.reap(m_helper->pid(), [this, alive = m_alive](int status) {
        if (*alive)
            finish(status);
    });
}

void ContainerProcess::finish(std::optional<int> helperStatus)
{
    if (!m_status && !m_identity.runtimeDirectory.empty()) {
        if (const auto trace = readHelperTrace(m_identity.runtimeDirectory))
            m_status = trace->status;
    }
    if (!m_status && m_failure.empty())
        killHelperTree(m_helper->pid());
    const auto over = m_events.over;
    over(explain(helperStatus));
}

ContainerTermination ContainerProcess::explain(std::optional<int> helperStatus) const
{
    ContainerTermination termination;
    if (!m_failure.empty()) {
        termination = launchFailure("Starting the container of " + m_identity.spec.sandbox + ": "
                                    + m_failure);
    } else if (m_status) {
        termination.waitStatus = m_status;
        termination.message = "Command " + describeWaitStatus(*m_status);
        if (m_execError != 0)
            termination.message +=
                ": cannot execute '" + m_identity.program + "': " + std::strerror(m_execError);
    } else if (helperStatus && WIFSIGNALED(*helperStatus)) {
        // As when a container sends a signal to its whole process group: the helper falls with it.
        termination.waitStatus = helperStatus;
        termination.message = "Command " + describeWaitStatus(*helperStatus)
            + " (the signal hit the container's helper)";
    } else {
        termination =
            launchFailure("The container's helper, process " + std::to_string(m_helper->pid())
                          + ", ended without telling how the command ended");
    }
    termination.killed = m_killed;
    return termination;
}

std::string describeWaitStatus(int waitStatus)
{
    if (WIFSIGNALED(waitStatus))
        return "was ended by the signal " + std::string(::strsignal(WTERMSIG(waitStatus)));
    return "exited with status " + std::to_string(WEXITSTATUS(waitStatus));
}

} // namespace meseta::agent
