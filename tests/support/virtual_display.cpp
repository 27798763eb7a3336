#include "tests/support/virtual_display.h"

#include <csignal>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QByteArray>
#include <QStandardPaths>

namespace meseta::test {

namespace {

constexpr int startMs = 30000;
constexpr int stopMs = 5000;

/// What comes out of the pipe up to the end of a line; empty when nothing does in time.
QByteArray readLine(int fd)
{
    QByteArray line;
    pollfd wanted{fd, POLLIN, 0};
    while (!line.endsWith('\n') && line.size() < 32) {
        char byte = 0;
        if (::poll(&wanted, 1, startMs) != 1 || ::read(fd, &byte, 1) != 1)
            return {};
        line.append(byte);
    }
    return line.trimmed();
}

} // namespace

QString VirtualDisplay::start()
{
    const QByteArray program = QStandardPaths::findExecutable(QStringLiteral("Xvfb")).toLocal8Bit();
    if (program.isEmpty())
        return QStringLiteral("Xvfb is not installed");
    int ends[2];
    if (::pipe(ends) != 0)
        return QStringLiteral("no pipe for Xvfb");
    const QByteArray number = QByteArray::number(ends[1]);
    const pid_t parent = ::getpid();
    m_pid = ::fork();
    if (m_pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::close(ends[0]);
        if (::getppid() == parent)
            ::execl(program.constData(), "Xvfb", "-displayfd", number.constData(), "-screen", "0",
                    "1600x1000x24", "-nolisten", "tcp", "-ac", nullptr);
        ::_exit(127);
    }
    ::close(ends[1]);
    const QByteArray display = m_pid > 0 ? readLine(ends[0]) : QByteArray();
    ::close(ends[0]);
    if (display.isEmpty()) {
        stop();
        return QStringLiteral("Xvfb did not start");
    }
    qputenv("DISPLAY", ":" + display);
    qputenv("QT_QPA_PLATFORM", "xcb");
    return {};
}

void VirtualDisplay::stop()
{
    if (m_pid <= 0)
        return;
    ::kill(m_pid, SIGTERM);
    for (int waited = 0; waited < stopMs; waited += 10) {
        if (::waitpid(m_pid, nullptr, WNOHANG) != 0) {
            m_pid = 0;
            return;
        }
        ::usleep(10000);
    }
    ::kill(m_pid, SIGKILL);
    ::waitpid(m_pid, nullptr, 0);
    m_pid = 0;
}

} // namespace meseta::test
