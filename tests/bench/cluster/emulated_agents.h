#pragma once

#include <memory>
#include <unordered_map>

#include "common/base/random.h"
#include "common/http/server.h"
#include "common/messages/transport.h"

namespace meseta::bench {

/// Many agents in one process: they register, answer pings, and say that every task runs as soon as
/// they are told to run it. They share one address (slave(1)@…, slave(2)@…), as libprocess
/// processes of one host do.
class EmulatedAgents
{
public:
    EmulatedAgents(messages::Pid master, Random &random);
    ~EmulatedAgents();

    Result<> start(int count, double cpus, double memory);

    int registered() const { return m_registered; }
    int running() const { return m_running; }
    std::uint64_t launched() const { return m_launched; }

    /// Ends a running task: TASK_FINISHED goes to the master.
    void finish(const std::string &agentId, const std::string &taskId);
    /// A further TASK_RUNNING of a task, for event streams.
    void repeat(const std::string &agentId, const std::string &taskId);

private:
    struct Agent
    {
        std::string process; ///< "slave(7)"
        std::string id;
    };
    struct Task
    {
        std::string frameworkId;
        Agent *agent = nullptr;
    };

    void receive(Agent &agent, const messages::Envelope &envelope);
    void run(Agent &agent, const std::string &body);
    void update(const Task &task, const std::string &taskId, mesos::v1::TaskState state);

    messages::Pid m_master;
    Random &m_random;
    std::unique_ptr<http::Server> m_server;
    std::unique_ptr<messages::Transport> m_transport;
    std::vector<std::unique_ptr<Agent>> m_agents;
    std::unordered_map<std::string, Task> m_tasks;
    int m_registered = 0;
    int m_running = 0;
    std::uint64_t m_launched = 0;
};

} // namespace meseta::bench
