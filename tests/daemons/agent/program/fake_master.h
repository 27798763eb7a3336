#pragma once

#include <set>

#include <QHostAddress>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include "common/http/client.h"
#include "common/http/server.h"
#include "common/messages/transport.h"
#include "mesos/internal/messages.pb.h"

namespace meseta::agent {

/// As much of a master as one agent needs: registers it, launches what the test says, acknowledges
/// what comes.
class FakeMaster
{
public:
    explicit FakeMaster(quint16 port = 0);
    ~FakeMaster();

    quint16 port() const { return m_server.port(); }

    void launch(const mesos::v1::TaskInfo &task);
    void kill(const std::string &taskId);
    void ping(bool connected = true);
    void send(const google::protobuf::Message &message)
    {
        m_transport->send("master", m_agent, message);
    }

    /// The newest status of a task.
    mesos::v1::TaskStatus last(const std::string &taskId) const;

    /// The states of a task so far: "TASK_STARTING TASK_RUNNING".
    QString states(const std::string &taskId) const;
    int count(mesos::v1::TaskState state) const;
    mesos::v1::TaskInfo task(const std::string &id, const std::string &command) const;
    mesos::v1::FrameworkInfo framework() const;

    bool acknowledges = true;
    bool checkpoint = false; ///< of its framework
    std::string agentId = "M-S0";
    std::string frameworkId = "M-0000"; ///< of what is launched
    int registrations = 0;
    int reregistrations = 0;
    /// The same without repetitions (an agent asks again when the answer takes long): one a start,
    /// by resource version.
    std::set<std::string> newcomers, returners;
    bool unregistered = false;
    int pongs = 0;
    std::vector<std::string> received; ///< message names
    std::vector<mesos::internal::StatusUpdate> updates;
    mesos::internal::RegisterSlaveMessage registration;
    mesos::internal::ReregisterSlaveMessage reregistration;
    messages::Pid agentPid() const { return m_agent; }

private:
    void receive(const messages::Envelope &envelope);
    void takeBack(const mesos::internal::ReregisterSlaveMessage &message);
    bool hasEnded(const std::string &taskId) const;
    void take(const mesos::internal::StatusUpdateMessage &message);

    http::Server m_server;
    std::unique_ptr<messages::Transport> m_transport;
    messages::Pid m_agent;
    std::string m_resourceVersion;
    std::set<std::string> m_launched;
    std::set<std::string> m_killed;
};

/// The mesos-agent program under test.
class AgentProcess
{
public:
    explicit AgentProcess(QString folder) : workDir(std::move(folder)) { }
    ~AgentProcess();

    bool start(quint16 masterPort, const QStringList &more = {});
    bool waitFinished(int ms = 60000) { return process.waitForFinished(ms); }
    QByteArray errors() { return m_errors += process.readAllStandardError(); }

    /// One call over HTTP, waited for in the event loop.
    http::Response call(http::Request request, int port);

    QString workDir;
    QProcess process;

private:
    QByteArray m_errors;
};

/// A request with a JSON body.
http::Request jsonCall(const QByteArray &target, const QByteArray &body);

} // namespace meseta::agent
