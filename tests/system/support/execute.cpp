#include "tests/system/support/execute.h"

#include <csignal>

#include <QJsonDocument>
#include <QTest>

namespace meseta::test {

Execute::~Execute()
{
    if (m_process.state() == QProcess::NotRunning)
        return;
    m_process.kill();
    m_process.waitForFinished();
}

void Execute::start(const QStringList &flags)
{
    m_output.clear();
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    m_process.start(qEnvironmentVariable("MESETA_BIN_DIR") + QStringLiteral("/mesos-execute"),
                    QStringList{m_master} + flags);
    m_process.waitForStarted();
}

bool Execute::says(const QByteArray &text, int milliseconds)
{
    return QTest::qWaitFor(
               [&] { return output().contains(text) || m_process.state() == QProcess::NotRunning; },
               milliseconds)
        && output().contains(text);
}

int Execute::exitCode(int milliseconds)
{
    if (!QTest::qWaitFor([this] { return m_process.state() == QProcess::NotRunning; }, milliseconds)
        || m_process.exitStatus() != QProcess::NormalExit)
        return -1;
    return m_process.exitCode();
}

void Execute::interrupt() const
{
    if (const auto pid = static_cast<pid_t>(m_process.processId()); pid > 0)
        ::kill(pid, SIGINT);
}

QByteArray Execute::output()
{
    m_output += m_process.readAll();
    return m_output;
}

QString Execute::json(const QJsonObject &object)
{
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

} // namespace meseta::test
