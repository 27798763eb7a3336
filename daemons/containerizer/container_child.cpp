#include "daemons/containerizer/container_child.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <linux/close_range.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "daemons/containerizer/cgroup_membership.h"
#include "daemons/containerizer/credentials.h"
#include "daemons/containerizer/init_process.h"
#include "daemons/containerizer/root_filesystem.h"

namespace meseta::containerizer {

namespace {

std::vector<char *> pointers(const std::vector<std::string> &strings)
{
    std::vector<char *> out;
    out.reserve(strings.size() + 1);
    for (const auto &s : strings)
        out.push_back(const_cast<char *>(s.c_str()));
    out.push_back(nullptr);
    return out;
}

void restoreSignals()
{
    // Asked of the kernel itself: the C library hides two signals, which posix_spawn leaves
    // ignored.
    const unsigned long defaults[8] = {};
    for (int number = 1; number < NSIG; ++number)
        ::syscall(SYS_rt_sigaction, number, defaults, nullptr, NSIG / 8);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

Outcome joinNamespaces(const std::vector<NamespaceEntry> &namespaces)
{
    std::vector<FileDescriptor> files; // all at first: the paths are the host's
    for (const NamespaceEntry &entry : namespaces) {
        files.emplace_back(::open(entry.path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!files.back().valid())
            return failed(Step::JoinNamespace, entry.path);
    }
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (::setns(files[i].get(), static_cast<int>(namespaces[i].type)) != 0)
            return failed(Step::JoinNamespace, namespaces[i].path);
    }
    return std::nullopt;
}

Outcome setUpHostname(const LaunchSpec &spec)
{
    if (!spec.hostname.empty() && ::sethostname(spec.hostname.c_str(), spec.hostname.size()) != 0)
        return failed(Step::Hostname, "'" + spec.hostname + "'");
    return std::nullopt;
}

/// A network of its own has a loopback device that is down.
void raiseLoopback()
{
    const FileDescriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    ::ioctl(socket.get(), SIOCSIFFLAGS, &request);
}

Outcome runBefore(const PreExecEntry &entry)
{
    const pid_t pid = ::fork();
    if (pid == 0) {
        const auto arguments = pointers(entry.arguments);
        ::execv(arguments[0], arguments.data());
        ::_exit(127);
    }
    int status = 0;
    while (pid > 0 && ::waitpid(pid, &status, 0) < 0 && errno == EINTR) { }
    if (pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return std::nullopt;
    if (pid > 0)
        errno = ECHILD;
    return failed(Step::PreExec, entry.arguments.front());
}

void makeFolders(const std::string &path)
{
    for (std::size_t at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1))
        ::mkdir(path.substr(0, at).c_str(), 0755);
    ::mkdir(path.c_str(), 0755);
}

bool hasOtherMounts(const LaunchSpec &spec)
{
    return spec.has(CLONE_NEWNS)
        || std::any_of(spec.joinNamespaces.begin(), spec.joinNamespaces.end(),
                       [](const auto &entry) { return entry.type == CLONE_NEWNS; });
}

/// By its path where mounts were made on what is in it: a descriptor of before does not see them.
Outcome enterSandbox(const LaunchSpec &spec, int sandbox)
{
    const int result = hasOtherMounts(spec) ? ::chdir(spec.directory.c_str()) : ::fchdir(sandbox);
    return result == 0 ? std::nullopt : failed(Step::EnterDirectory, spec.directory);
}

Outcome enterDirectory(const LaunchSpec &spec, int sandbox)
{
    const std::string &path = spec.workingDirectory;
    if (path.empty())
        return enterSandbox(spec, sandbox);
    if (::chdir(path.c_str()) != 0) {
        makeFolders(path); // as Mesos: only entering it has to work
        if (::chdir(path.c_str()) != 0)
            return failed(Step::EnterDirectory, path);
    }
    // A directory beyond the root, reached over some descriptor, has no name here.
    char here[4096];
    if (::getcwd(here, sizeof here) == nullptr)
        return failed(Step::EnterDirectory, path);
    return std::nullopt;
}

class Child
{
public:
    Child(LaunchSpec spec, const ChildEnds &ends)
        : m_spec(std::move(spec)), m_ends(ends), m_root(m_spec)
    { }

    [[noreturn]] void run()
    {
        const bool init = m_spec.has(CLONE_NEWPID);
        if (init)
            endWithSupervisor();
        restoreSignals();
        ::umask(0);
        check(joinCgroups(m_spec.cgroups));
        check(joinNamespaces(m_spec.joinNamespaces));
        if (m_spec.awaitIsolation)
            awaitIsolation();
        check(prepare());
        ::umask(022);
        if (init)
            becomeInit();
        becomeCommand();
    }

private:
    void check(const Outcome &outcome)
    {
        if (outcome) {
            report(ChildReport::Kind::Failed, *outcome);
            ::_exit(1);
        }
    }

    void report(ChildReport::Kind kind, const StartFailure &failure) const
    {
        ChildReport message;
        message.kind = kind;
        message.step = static_cast<std::int32_t>(failure.step);
        message.error = failure.error;
        failure.subject.copy(message.subject, sizeof message.subject - 1);
        [[maybe_unused]] const auto written = ::write(m_ends.report, &message, sizeof message);
    }

    void endWithSupervisor() const
    {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        pollfd life{m_ends.life, POLLIN, 0}; // it may be gone already
        if (::poll(&life, 1, 0) > 0 && (life.revents & POLLHUP) != 0)
            ::_exit(1);
    }

    void awaitIsolation()
    {
        report(ChildReport::Kind::Ready, {Step::Isolation, 0});
        char go = 0;
        if (::read(m_ends.life, &go, 1) != 1)
            ::_exit(1); // the supervisor knows why, or is gone itself
    }

    Outcome prepare()
    {
        if (m_spec.oomScoreAdjustment && !setOomScore(*m_spec.oomScoreAdjustment))
            return failed(Step::OomScore);
        if (m_spec.has(CLONE_NEWNET))
            raiseLoopback();
        if (auto failure = setUpHostname(m_spec))
            return failure;
        if (m_spec.has(CLONE_NEWNS)) {
            if (auto failure = m_root.build())
                return failure;
        }
        for (const PreExecEntry &entry : m_spec.preExec) {
            if (auto failure = runBefore(entry))
                return failure;
        }
        return m_spec.has(CLONE_NEWNS) ? m_root.enter() : std::nullopt;
    }

    static bool setOomScore(int score)
    {
        const FileDescriptor file(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
        const std::string text = std::to_string(score);
        return file.valid()
            && ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
    }

    void becomeInit()
    {
        const pid_t command = ::fork();
        if (command < 0)
            check(failed(Step::Fork));
        if (command > 0)
            runInit(command, m_ends.status);
        ::setsid();
    }

    [[noreturn]] void becomeCommand()
    {
        ::dup2(m_ends.input, STDIN_FILENO);
        ::dup2(m_ends.output, STDOUT_FILENO);
        ::dup2(m_ends.errors, STDERR_FILENO);
        if (m_spec.terminal)
            check(takeTerminal());
        check(takeOn());
        if (m_spec.hold)
            holdNamespaces();
        // Nothing of the host comes along, whoever left it open.
        ::syscall(SYS_close_range, STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC);
        const auto arguments = pointers(m_spec.arguments);
        auto environment = pointers(m_spec.environment);
        ::environ = environment.data(); // execvp looks for PATH here
        ::execvp(m_spec.file.c_str(), arguments.data());
        const int error = errno;
        ::dprintf(STDERR_FILENO, "Cannot execute '%s': %s\n", m_spec.file.c_str(),
                  std::strerror(error));
        report(ChildReport::Kind::Unrunnable, {Step::Fork, error});
        ::_exit(1);
    }

    /// Job control and the keys of a terminal work in the session that owns it.
    static Outcome takeTerminal()
    {
        ::setsid(); // below an init it leads one already
        return ::ioctl(STDIN_FILENO, TIOCSCTTY, 0) == 0 ? std::nullopt : failed(Step::Streams);
    }

    /// Until it is told to end. That nothing is executed any more shows by the report's closing.
    [[noreturn]] static void holdNamespaces()
    {
        ::syscall(SYS_close_range, STDERR_FILENO + 1, ~0u, 0);
        ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); // those it is there for are not to look into it
        ::prctl(PR_SET_NAME, "mesos-holder", 0, 0, 0);
        while (true)
            ::pause();
    }

    Outcome takeOn()
    {
        if (auto failure = resolveImageUser(m_spec))
            return failure;
        // The agent could not know whose it would be.
        if (!m_spec.imageUser.empty() && ::fchown(m_ends.sandbox, m_spec.uid, m_spec.gid) != 0)
            return failed(Step::Directory, "given to '" + m_spec.imageUser + "'");
        if (m_spec.switchUser) { // so that /dev/stdout can be opened again
            for (const int stream : {STDOUT_FILENO, STDERR_FILENO})
                [[maybe_unused]] const int done =
                    ::fchown(stream, m_spec.uid, m_spec.terminal ? gid_t(-1) : m_spec.gid);
        }
        if (auto failure = applyLimits(m_spec))
            return failure;
        // Before anything that the container's own files name is entered.
        if (!m_spec.workingDirectory.empty())
            closeAllButReport();
        if (auto failure = enterDirectory(m_spec, m_ends.sandbox))
            return failure;
        return takeCredentials(m_spec);
    }

    void closeAllButReport() const
    {
        const auto report = static_cast<unsigned>(m_ends.report);
        if (report > STDERR_FILENO + 1)
            ::syscall(SYS_close_range, STDERR_FILENO + 1, report - 1, 0);
        ::syscall(SYS_close_range, report + 1, ~0u, 0);
    }

    LaunchSpec m_spec;
    ChildEnds m_ends;
    RootFilesystem m_root;
};

} // namespace

void becomeContainer(LaunchSpec spec, const ChildEnds &ends)
{
    Child(std::move(spec), ends).run();
}

} // namespace meseta::containerizer
