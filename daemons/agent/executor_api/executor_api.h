#pragma once

#include <memory>

#include "common/base/clock.h"
#include "common/http/server.h"

namespace meseta::agent {

class Agent;

/// POST /api/v1/executor: checks a call by the rules and in the order of Mesos, and hands it to the
/// core. Source: Mesos executor HTTP API.
class ExecutorApi
{
public:
    ExecutorApi(Agent &agent, Clock &clock) : m_agent(agent), m_clock(clock) { }

    /// Puts the route on the server under the agent's process name. The server must not outlive
    /// this.
    void install(http::Server &server, const QByteArray &process);

    void handle(const http::Request &request, const std::shared_ptr<http::Responder> &responder);

private:
    Agent &m_agent;
    Clock &m_clock;
};

} // namespace meseta::agent
