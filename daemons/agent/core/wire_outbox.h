#pragma once

#include <functional>
#include <string>

#include <QObject>

#include "daemons/agent/core/agent_outbox.h"

namespace meseta::messages {
class Transport;
}

namespace meseta::agent {

class Agent;

/// Joins the core to the daemon wire: what it sends goes out as process `slave(1)`, what comes in
/// for it goes to it.
class WireOutbox final : public QObject, public AgentOutbox
{
    Q_OBJECT
public:
    WireOutbox(messages::Transport &transport, std::string processId);
    ~WireOutbox() override;

    /// Messages and broken links go to this agent from now on.
    void serve(Agent &agent);

    std::function<void(int exitCode, const std::string &why)> onFinish;
    std::function<void(std::vector<CheckpointChange>, std::function<void(const Result<> &)>)>
        onPersist;

    void send(const messages::Pid &to, const google::protobuf::Message &message) override;
    void link(const messages::Pid &peer) override;
    void relink(const messages::Pid &peer) override;
    void persist(std::vector<CheckpointChange> changes,
                 std::function<void(const Result<> &)> done) override;
    void finish(int exitCode, const std::string &why) override;

private:
    messages::Transport &m_transport;
    std::string m_processId;
};

} // namespace meseta::agent
