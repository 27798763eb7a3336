#pragma once

#include <memory>
#include <vector>

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>

#include "common/base/result.h"
#include "tests/common/http/raw_client.h"

namespace meseta::test {

/// One daemon from $MESETA_BIN_DIR on a free loopback port, with its log in a file.
class Daemon
{
public:
    Daemon(const QString &program, const QString &folder);
    ~Daemon();

    /// Starts it with --ip, --port, --hostname and --work_dir, followed by `flags`, and waits until
    /// /health answers.
    Result<> start(const QStringList &flags);

    /// SIGTERM and, when it does not help, SIGKILL; each to this process alone.
    void stop();
    /// SIGKILL.
    void kill();

    quint16 port() const { return m_port; }
    QString workDir() const { return m_folder + QStringLiteral("/data"); }
    qint64 pid() const { return m_process.processId(); }
    bool isRunning() const { return m_process.state() == QProcess::Running; }

    /// The end of its log.
    QByteArray logTail(qsizetype bytes = 3000) const;

private:
    bool answers() const;

    QString m_program;
    QString m_folder;
    quint16 m_port = 0;
    QProcess m_process;
};

/// A cluster of real daemons on loopback: one master and any number of agents with 4 CPUs, 2 GB of
/// memory, 4 GB of disk and the ports 31000 to 32000. Flags that a test gives replace these.
class Cluster
{
public:
    Cluster();
    ~Cluster();

    Result<> startMaster(const QStringList &flags = {});
    /// Starts an agent and waits until the master counts it among its agents.
    Result<> startAgent(const QStringList &flags = {});

    Daemon &master() { return *m_master; }
    Daemon &agent(size_t index = 0) { return *m_agents.at(index); }
    quint16 masterPort() const { return m_master->port(); }
    quint16 agentPort(size_t index = 0) const { return m_agents.at(index)->port(); }
    QString folder() const { return m_folder.path(); }

    /// The ends of all logs, for the message of a failed test.
    QByteArray logTails() const;

private:
    QTemporaryDir m_folder;
    std::unique_ptr<Daemon> m_master;
    std::vector<std::unique_ptr<Daemon>> m_agents;
};

using Answer = RawClient::Answer;

/// One request on a connection of its own. `headerLines` are sent as they are, Host and
/// Content-Length are added.
Answer exchange(quint16 port, const QByteArray &requestLine,
                const QList<QByteArray> &headerLines = {}, const QByteArray &body = {});
Answer get(quint16 port, const QByteArray &path);
Answer postJson(quint16 port, const QByteArray &path, const QJsonObject &body,
                const QList<QByteArray> &headerLines = {});
QJsonObject getJson(quint16 port, const QByteArray &path);
/// The answer of a v1 operator call, as JSON.
QJsonObject operatorCall(quint16 port, const QJsonObject &call);

/// JSON from a text with single quotes, to keep tests readable: json("{'type':'REVIVE'}").
QJsonObject json(QByteArray text);

} // namespace meseta::test
