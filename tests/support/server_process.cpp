#include "tests/support/server_process.h"

#include <csignal>

#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

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

quint16 freePort()
{
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    return server.serverPort();
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
