#include "daemons/containerizer/command_process.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/syscall.h>

namespace meseta::containerizer {

namespace {

/// What the child tells of a failure, through a pipe that closes itself when the command is
/// executed.
struct ChildReport
{
    int step; ///< a Step, or -1: executing
    int error;
};

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

std::optional<StartFailure> enter(const LaunchSpec &spec, int sandbox)
{
    if (::fchdir(sandbox) != 0)
        return StartFailure{Step::EnterDirectory, errno};
    if (!spec.switchUser)
        return std::nullopt;
    if (::setgroups(spec.groups.size(), spec.groups.data()) != 0 || ::setgid(spec.gid) != 0)
        return StartFailure{Step::Groups, errno};
    if (::setuid(spec.uid) != 0)
        return StartFailure{Step::User, errno};
    return std::nullopt;
}

/// Runs in the child and never returns.
[[noreturn]] void becomeCommand(const LaunchSpec &spec, int sandbox, int report)
{
    restoreSignals();
    ::umask(022);
    ChildReport message{-1, 0};
    if (const auto failure = enter(spec, sandbox)) {
        message = {static_cast<int>(failure->step), failure->error};
    } else {
        const auto arguments = pointers(spec.arguments);
        auto environment = pointers(spec.environment);
        ::environ = environment.data(); // execvp looks for PATH here
        ::execvp(spec.file.c_str(), arguments.data());
        message.error = errno;
        ::dprintf(STDERR_FILENO, "Cannot execute '%s': %s\n", spec.file.c_str(),
                  std::strerror(message.error));
    }
    [[maybe_unused]] const auto written = ::write(report, &message, sizeof message);
    ::_exit(1);
}

bool makePipe(FileDescriptor &readEnd, FileDescriptor &writeEnd)
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return false;
    readEnd = FileDescriptor(ends[0]);
    writeEnd = FileDescriptor(ends[1]);
    return true;
}

} // namespace

std::optional<StartFailure> startCommand(const LaunchSpec &spec, int sandbox,
                                         CommandProcess &process)
{
    FileDescriptor output, errors, reportRead, reportWrite;
    const FileDescriptor input(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!input.valid() || !makePipe(process.output, output) || !makePipe(process.errors, errors)
        || !makePipe(reportRead, reportWrite))
        return StartFailure{Step::Fork, errno};

    process.pid = ::fork();
    if (process.pid < 0)
        return StartFailure{Step::Fork, errno};
    if (process.pid == 0) {
        ::dup2(input.get(), STDIN_FILENO);
        ::dup2(output.get(), STDOUT_FILENO);
        ::dup2(errors.get(), STDERR_FILENO);
        becomeCommand(spec, sandbox, reportWrite.get());
    }
    reportWrite.reset();
    ::fcntl(process.output.get(), F_SETFL, O_NONBLOCK);
    ::fcntl(process.errors.get(), F_SETFL, O_NONBLOCK);

    ChildReport report{};
    ssize_t count = 0;
    do {
        count = ::read(reportRead.get(), &report, sizeof report);
    } while (count < 0 && errno == EINTR);
    if (count != sizeof report)
        return std::nullopt;
    if (report.step >= 0)
        return StartFailure{static_cast<Step>(report.step), report.error};
    process.execError = report.error;
    return std::nullopt;
}

} // namespace meseta::containerizer
