#pragma once

#include <csignal>

#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

namespace meseta::agent {

/// Ends a process with SIGKILL when it stops for the n-th time from now on at the begin or the end
/// of a system call: at the same place each time. A process of its own traces it, which lets go of
/// it when this object goes before that.
class ProcessTracer
{
public:
    ProcessTracer(pid_t traced, int stops)
    {
        int ready[2];
        if (::pipe(ready) != 0)
            return;
        m_tracer = ::fork();
        if (m_tracer == 0) {
            ::close(ready[0]);
            trace(traced, stops, ready[1]);
            ::_exit(0);
        }
        ::close(ready[1]);
        char byte = 0;
        m_attached = ::read(ready[0], &byte, 1) == 1;
        ::close(ready[0]);
    }
    ~ProcessTracer()
    {
        if (m_tracer <= 1)
            return;
        ::kill(m_tracer, SIGKILL);
        ::waitpid(m_tracer, nullptr, 0);
    }
    ProcessTracer(const ProcessTracer &) = delete;
    ProcessTracer &operator=(const ProcessTracer &) = delete;

    bool attached() const { return m_attached; }

private:
    static void trace(pid_t traced, int stops, int ready)
    {
        int status = 0;
        if (::ptrace(PTRACE_SEIZE, traced, nullptr, nullptr) != 0
            || ::ptrace(PTRACE_INTERRUPT, traced, nullptr, nullptr) != 0
            || ::waitpid(traced, &status, __WALL) != traced
            || ::ptrace(PTRACE_SYSCALL, traced, nullptr, nullptr) != 0)
            return;
        if (::write(ready, "!", 1) != 1)
            return;
        while (--stops > 0) {
            if (::waitpid(traced, &status, __WALL) != traced || !WIFSTOPPED(status)
                || ::ptrace(PTRACE_SYSCALL, traced, nullptr, nullptr) != 0)
                return;
        }
        if (::waitpid(traced, &status, __WALL) == traced && WIFSTOPPED(status))
            ::kill(traced, SIGKILL);
    }

    pid_t m_tracer = -1;
    bool m_attached = false;
};

} // namespace meseta::agent
