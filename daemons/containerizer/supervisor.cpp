#include "daemons/containerizer/supervisor.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "daemons/containerizer/cgroup_membership.h"
#include "daemons/containerizer/process_tree.h"

namespace meseta::containerizer {

namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

/// How long processes that do not die of SIGKILL (stuck in the kernel) hold up the report of the
/// end.
constexpr auto leftoverPatience = std::chrono::seconds(10);

/// How often a deadline is looked at that may have lost its point.
constexpr milliseconds lookInterval = std::chrono::seconds(5);

sigset_t watchedSignals()
{
    sigset_t set;
    ::sigemptyset(&set);
    for (const int number : {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGPIPE})
        ::sigaddset(&set, number);
    return set;
}

} // namespace

Supervisor::Supervisor(LaunchSpec spec, FileDescriptor control)
    : m_spec(std::move(spec)), m_agent(std::move(control))
{ }

int Supervisor::run()
{
    if (!prepare() || !start())
        return EXIT_FAILURE;
    while (!m_status)
        step();
    return finish();
}

bool Supervisor::prepare()
{
    const sigset_t watched = watchedSignals();
    ::sigprocmask(SIG_BLOCK, &watched, nullptr);
    m_signals = FileDescriptor(::signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!m_signals.valid() || ::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0)
        return fail({Step::Fork, errno});

    m_sandbox =
        FileDescriptor(::open(m_spec.directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!m_sandbox.valid())
        return fail({Step::Directory, errno, m_spec.directory});

    SandboxLog::Options options{"stdout",        m_spec.maxStdoutBytes,
                                m_spec.keepLogs, m_spec.switchUser,
                                m_spec.uid,      m_spec.gid};
    m_stdout.emplace(m_sandbox.get(), options);
    options.name = "stderr";
    options.maxBytes = m_spec.maxStderrBytes;
    m_stderr.emplace(m_sandbox.get(), options);
    if (!m_stdout->open() || !m_stderr->open())
        return fail({Step::Logs, errno});
    if (!m_spec.runtimeDirectory.empty() && !m_agent.publish(m_spec.runtimeDirectory))
        return fail({Step::Runtime, errno, m_spec.runtimeDirectory});
    // A later agent that finds no trace of this container may launch it again: so nothing starts
    // once the agent that asked for it is gone.
    if (!m_agent.agentIsThere()) {
        m_agent.withdraw(m_spec.runtimeDirectory);
        return false;
    }
    return true;
}

bool Supervisor::fail(const StartFailure &failure)
{
    m_agent.send(("failed " + std::to_string(static_cast<int>(failure.step)) + " "
                  + std::to_string(failure.error) + " " + failure.subject)
                     .substr(0, maxMessageBytes));
    return false;
}

bool Supervisor::start()
{
    const auto failure = startCommand(m_spec, m_sandbox.get(), m_command,
                                      [this](pid_t pid) { return awaitIsolators(pid); });
    if (failure) {
        killLeftovers();
        m_agent.withdraw(m_spec.runtimeDirectory);
        if (!m_agent.connected())
            removeCgroups(m_spec.cgroups);
        return fail(*failure);
    }
    if (m_spec.attachable)
        m_switchboard.emplace(m_spec, std::move(m_command.input));
    m_agent.send("started " + std::to_string(m_command.pid));
    if (m_command.execError != 0)
        m_agent.send("unrunnable " + std::to_string(m_command.execError));
    return true;
}

/// False when the container is not wanted any more.
bool Supervisor::awaitIsolators(pid_t pid)
{
    m_agent.send("isolate " + std::to_string(pid));
    while (m_agent.connected()) {
        pollfd wait{m_agent.controlFd(), POLLIN, 0};
        ::poll(&wait, 1, -1);
        if (const auto message = m_agent.receive())
            return *message == "go";
    }
    return false;
}

void Supervisor::step()
{
    // poll skips negative descriptors.
    const bool reads = !holdsBack();
    std::vector<pollfd> waits = {{m_signals.get(), POLLIN, 0},
                                 {reads ? m_command.output.get() : -1, POLLIN, 0},
                                 {reads ? m_command.errors.get() : -1, POLLIN, 0},
                                 {m_agent.controlFd(), POLLIN, 0},
                                 {m_agent.listenFd(), POLLIN, 0}};
    const std::size_t own = waits.size();
    if (m_switchboard)
        m_switchboard->addWaits(waits);
    if (::poll(waits.data(), waits.size(), millisecondsToDeadline()) < 0)
        return;
    if (m_switchboard)
        m_switchboard->look(waits.data() + own);
    if (waits[1].revents != 0)
        copy(m_command.output, *m_stdout);
    if (waits[2].revents != 0)
        copy(m_command.errors, *m_stderr);
    if (waits[3].revents != 0)
        handleMessages();
    if (waits[4].revents != 0 && m_agent.accept()) {
        m_giveUpAt.reset();
        m_agent.send("started " + std::to_string(m_command.pid));
    }
    if (waits[0].revents != 0)
        handleSignals();
    handleDeadlines();
}

int Supervisor::millisecondsToDeadline() const
{
    std::optional<Time> next = m_killAt;
    if (m_giveUpAt && (!next || *m_giveUpAt < *next))
        next = m_giveUpAt;
    const auto board = m_switchboard ? m_switchboard->deadline() : std::nullopt;
    if (board && (!next || *board < *next))
        next = board;
    if (!next)
        return -1;
    const auto left = std::chrono::ceil<milliseconds>(*next - Steady::now());
    return static_cast<int>(std::clamp(left, milliseconds(0), lookInterval).count());
}

void Supervisor::handleDeadlines()
{
    const auto now = Steady::now();
    if (m_switchboard)
        m_switchboard->handleDeadline(now);
    if (m_giveUpAt && m_agent.isForgotten())
        m_giveUpAt = now; // who took the runtime directory away will not ask
    if ((m_killAt && *m_killAt <= now) || (m_giveUpAt && *m_giveUpAt <= now)) {
        m_killAt.reset();
        m_giveUpAt.reset();
        killEverything();
    }
}

void Supervisor::handleSignals()
{
    signalfd_siginfo info{};
    while (::read(m_signals.get(), &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGCHLD)
            reap();
        else if (info.ssi_signo != SIGPIPE)
            forward(static_cast<int>(info.ssi_signo), static_cast<pid_t>(info.ssi_pid));
    }
}

/// A signal to the helper is meant for the command; unless the container itself sent it to its
/// whole process group.
void Supervisor::forward(int signal, pid_t sender)
{
    if (m_command.pid <= 0)
        return; // nothing runs yet; kill() would take -1 for everybody
    const auto members = descendants(::getpid());
    if (std::find(members.begin(), members.end(), sender) == members.end() && !m_status)
        ::kill(m_command.pid, signal);
}

void Supervisor::reap()
{
    int status = 0;
    for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
        if (pid == m_command.pid)
            m_status = commandStatus(status);
    }
}

/// Below an init, the command's own status; the init's when it was killed itself.
int Supervisor::commandStatus(int childStatus)
{
    int told = 0;
    if (m_command.hasInit && ::read(m_command.status.get(), &told, sizeof told) == sizeof told)
        return told;
    return childStatus;
}

void Supervisor::handleMessages()
{
    while (const auto message = m_agent.receive()) {
        if (message->starts_with("kill "))
            terminate(milliseconds(std::max(0LL, std::atoll(message->c_str() + 5))));
        else if (*message == "destroy")
            killEverything();
        else
            attach(*message);
        m_abandoned = m_abandoned || *message == "destroy";
    }
    if (!m_agent.connected())
        agentLost();
}

/// Whom the switchboard does not take hears it by the end of his socket.
void Supervisor::attach(const std::string &message)
{
    FileDescriptor socket = m_agent.takeDescriptor();
    if (m_switchboard && message == "output")
        m_switchboard->attachOutput(std::move(socket));
    else if (m_switchboard && message == "input")
        m_switchboard->attachInput(std::move(socket));
}

void Supervisor::agentLost()
{
    if (m_spec.runtimeDirectory.empty())
        killEverything();
    else if (m_spec.recoveryMilliseconds > 0)
        m_giveUpAt = Steady::now() + milliseconds(m_spec.recoveryMilliseconds);
}

void Supervisor::terminate(milliseconds grace)
{
    const auto deadline = Steady::now() + grace;
    m_killAt = m_killAt ? std::min(*m_killAt, deadline) : deadline;
    if (std::exchange(m_terminating, true))
        return;
    // Parents first: a shell that has lost its child before it hears of the end would report an
    // exit instead.
    for (const pid_t pid : descendants(::getpid())) {
        if (m_command.hasInit && pid == m_command.pid)
            continue; // hands it on to the command, which is told here
        ::kill(pid, SIGTERM);
        ::kill(pid, SIGCONT);
    }
}

void Supervisor::killEverything()
{
    killCgroups(m_spec.cgroups);
    for (const pid_t pid : descendants(::getpid()))
        ::kill(pid, SIGKILL);
}

/// Children of what dies become ours, so that killing and reaping until there is no child leaves
/// nothing.
void Supervisor::killLeftovers()
{
    const auto patience = Steady::now() + leftoverPatience;
    while (Steady::now() < patience) {
        pid_t pid = 0;
        while ((pid = ::waitpid(-1, nullptr, WNOHANG)) > 0) { }
        if (pid < 0)
            return;
        killEverything();
        pollfd wait{m_signals.get(), POLLIN, 0};
        ::poll(&wait, 1, 10);
        signalfd_siginfo ignored{};
        while (::read(m_signals.get(), &ignored, sizeof ignored) > 0) { }
    }
}

/// One piece; false when there is none now, or none ever again (the pipe is closed then).
bool Supervisor::copy(FileDescriptor &pipe, SandboxLog &log)
{
    static char buffer[64 * 1024];
    const auto count = ::read(pipe.get(), buffer, sizeof buffer);
    if (count > 0) {
        const std::string_view bytes(buffer, static_cast<std::size_t>(count));
        log.write(bytes);
        if (m_switchboard)
            m_switchboard->tell(&log == &*m_stdout ? Packet::standardOutput : Packet::standardError,
                                bytes);
        return true;
    }
    if (count == 0 || (errno != EAGAIN && errno != EINTR))
        pipe.reset();
    return false;
}

void Supervisor::drain(FileDescriptor &pipe, SandboxLog &log)
{
    while (pipe.valid() && !holdsBack() && copy(pipe, log)) { }
}

/// What the command left in its pipes; readers who are behind get it at their pace.
void Supervisor::deliverRest()
{
    do {
        while (holdsBack() && !m_abandoned && m_agent.connected())
            step();
        if (m_switchboard)
            m_switchboard->letGo();
        drain(m_command.output, *m_stdout);
        drain(m_command.errors, *m_stderr);
    } while (holdsBack());
}

int Supervisor::finish()
{
    killLeftovers();
    deliverRest();
    if (!m_agent.connected() && (m_spec.runtimeDirectory.empty() || m_agent.isForgotten()))
        removeCgroups(m_spec.cgroups);
    m_agent.recordStatus(*m_status);
    m_agent.send("ended " + std::to_string(*m_status));
    return EXIT_SUCCESS;
}

} // namespace meseta::containerizer
