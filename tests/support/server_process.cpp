#include "tests/support/server_process.h"

#include <csignal>
#include <cstring>

#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace meseta::test {

Result<> ServerProcess::start(const QString &program, const QStringList &arguments,
                              const std::function<bool()> &answers, int timeoutMs)
{
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    m_process.start(program, arguments);
    if (!m_process.waitForStarted())
        return fail(program.toStdString()
                    + " cannot be started: " + m_process.errorString().toStdString());
    const bool up = QTest::qWaitFor(
        [&] { return m_process.state() != QProcess::Running || answers(); }, timeoutMs);
    if (up && m_process.state() == QProcess::Running)
        return {};
    const auto said = m_process.readAll().right(3000).toStdString();
    stop();
    return fail(program.toStdString() + " did not come up: " + said);
}

void ServerProcess::stop(int timeoutMs)
{
    if (m_process.state() == QProcess::NotRunning)
        return;
    m_process.terminate();
    if (!m_process.waitForFinished(timeoutMs)) {
        m_process.kill();
        m_process.waitForFinished();
    }
}

void ServerProcess::signal(int number) const
{
    // Of a process that has just gone the number is 0, which kill() takes for our own group.
    if (const auto pid = static_cast<pid_t>(m_process.processId()); isRunning() && pid > 0)
        ::kill(pid, number);
}

namespace {

// Below those that the kernel gives to connections (from 32768 on), and those that agents of tests
// offer (from 31000 on).
constexpr int firstPort = 20000;
constexpr int ports = 11000;

/// Keeps a port for this process: a name that the kernel knows once, and forgets with the process.
bool reserve(quint16 port)
{
    const QByteArray name = "meseta-test-port-" + QByteArray::number(port);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path + 1, name.constData(), static_cast<std::size_t>(name.size()));
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1
                                               + static_cast<std::size_t>(name.size()));
    const int kept = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (::bind(kept, reinterpret_cast<sockaddr *>(&address), length) == 0)
        return true; // stays open
    ::close(kept);
    return false;
}

} // namespace

quint16 freePort()
{
    static int next = ::getpid() * 37 % ports; // where others that run now do not look first
    for (int tries = 0; tries < ports; ++tries) {
        const auto port = static_cast<quint16>(firstPort + next++ % ports);
        QTcpServer server;
        if (server.listen(QHostAddress::LocalHost, port) && reserve(port))
            return port;
    }
    qFatal("no port of 127.0.0.1 is free");
    return 0;
}

Result<QByteArray> runProgram(const QString &program, const QStringList &arguments, int timeoutMs)
{
    QProcess process;
    process.start(program, arguments);
    if (!process.waitForFinished(timeoutMs))
        return fail(program.toStdString() + ": " + process.errorString().toStdString());
    if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0)
        return fail(program.toStdString()
                    + " failed: " + process.readAllStandardError().trimmed().toStdString());
    return process.readAllStandardOutput();
}

bool acceptsConnections(quint16 port)
{
    QTcpSocket socket;
    socket.connectToHost(QHostAddress::LocalHost, port);
    return socket.waitForConnected(200);
}

} // namespace meseta::test
