#pragma once

#include <functional>

#include <QProcess>
#include <QString>

#include "common/base/result.h"
#include "tests/support/missing.h"

namespace meseta::test {

/// A server that a test starts in the foreground, waits for and stops by its pid.
class ServerProcess
{
public:
    ~ServerProcess() { stop(); }

    /// Starts it and waits until `answers`; its output is told when it does not.
    Result<> start(const QString &program, const QStringList &arguments,
                   const std::function<bool()> &answers, int timeoutMs = 30000);

    /// SIGTERM, and SIGKILL when it does not help.
    void stop(int timeoutMs = 20000);
    void signal(int number) const;
    bool isRunning() const { return m_process.state() == QProcess::Running; }
    qint64 pid() const { return m_process.processId(); }

private:
    QProcess m_process;
};

/// A TCP port of 127.0.0.1 that nobody listens on. Until this process ends no other one gets it
/// from here, and no outgoing connection takes it: a server may be started on it, killed and
/// started again.
quint16 freePort();

/// Runs a program to its end; its standard output, or what it said on standard error.
Result<QByteArray> runProgram(const QString &program, const QStringList &arguments,
                              int timeoutMs = 60000);

/// Whether something accepts connections on 127.0.0.1.
bool acceptsConnections(quint16 port);

} // namespace meseta::test
