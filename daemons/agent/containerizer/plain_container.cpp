#include "daemons/agent/containerizer/plain_container.h"

#include <charconv>
#include <cstring>

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

ContainerTermination launchFailure(std::string message)
{
    ContainerTermination termination;
    termination.reason = TaskStatus::REASON_CONTAINER_LAUNCH_FAILED;
    termination.message = std::move(message);
    return termination;
}

} // namespace

PlainContainer::PlainContainer(ContainerSpec spec, std::string runtimeDirectory,
                               std::unique_ptr<HelperProcess> helper, ChildReaper &reaper,
                               std::function<void()> started, Over over)
    : m_spec(std::move(spec))
    , m_runtimeDirectory(std::move(runtimeDirectory))
    , m_helper(std::move(helper))
    , m_reaper(reaper)
    , m_started(std::move(started))
    , m_over(std::move(over))
{
    m_helper->setEvents(
        {[this](const std::string &message) { handle(message); }, [this] { helperGone(); }});
}

void PlainContainer::kill(Duration grace)
{
    m_killed = true;
    const auto milliseconds =
        std::chrono::ceil<std::chrono::milliseconds>(std::max(grace, Duration::zero())).count();
    m_helper->send("kill " + std::to_string(milliseconds));
}

void PlainContainer::destroy()
{
    m_killed = true;
    m_helper->send("destroy");
}

void PlainContainer::handle(const std::string &message)
{
    const auto values = numbers(message);
    if (message.starts_with("started ")) {
        m_started();
    } else if (message.starts_with("ended ") && values.size() == 1) {
        m_status = values[0];
    } else if (message.starts_with("unrunnable ") && values.size() == 1) {
        m_execError = values[0];
    } else if (message.starts_with("failed ") && values.size() == 2) {
        m_failure =
            std::string(containerizer::describe(static_cast<containerizer::Step>(values[0])))
            + " failed: " + std::strerror(values[1]);
    }
}

void PlainContainer::helperGone()
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

void PlainContainer::finish(std::optional<int> helperStatus)
{
    if (!m_status && !m_runtimeDirectory.empty()) {
        if (const auto trace = readHelperTrace(m_runtimeDirectory))
            m_status = trace->status;
    }
    if (!m_status && m_failure.empty())
        killHelperTree(m_helper->pid());
    const auto over = m_over;
    over(explain(helperStatus));
}

ContainerTermination PlainContainer::explain(std::optional<int> helperStatus) const
{
    ContainerTermination termination;
    if (!m_failure.empty()) {
        termination = launchFailure("Starting the command in " + m_spec.sandbox + ": " + m_failure);
    } else if (m_status) {
        termination.waitStatus = m_status;
        termination.message = "Command " + describeWaitStatus(*m_status);
        if (m_execError != 0)
            termination.message +=
                ": cannot execute '" + m_spec.command.value() + "': " + std::strerror(m_execError);
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
        return "terminated with signal " + std::string(::strsignal(WTERMSIG(waitStatus)));
    return "exited with status " + std::to_string(WEXITSTATUS(waitStatus));
}

} // namespace meseta::agent
