#pragma once

#include <memory>

#include "common/base/clock.h"
#include "common/codec/media_type.h"
#include "common/endpoints/rate_limiter.h"
#include "common/endpoints/shared_calls.h"
#include "common/http/server.h"
#include "daemons/agent/operator_api/nested_calls.h"
#include "mesos/v1/agent/agent.pb.h"

namespace meseta {
struct CallForm;
}

namespace meseta::agent {

class Agent;

/// What operators ask of an agent: POST /api/v1 and the GET endpoints /state, /containers,
/// /monitor/statistics and /containerizer/debug. Source: Mesos operator HTTP API (agent) and agent
/// endpoints.
class OperatorApi
{
public:
    /// `heartbeat`: how often the streams of containers carry one.
    OperatorApi(Agent &agent, SharedServices &services, Clock &clock,
                Duration heartbeat = std::chrono::seconds(30));

    /// Takes up the standalone containers of an earlier agent.
    void recover() { m_nested.recover(); }

    /// Puts the routes on the server under the agent's process name. The server must not outlive
    /// this.
    void install(http::Server &server, const QByteArray &process);

private:
    using Responder = std::shared_ptr<http::Responder>;

    void handleCall(const http::Request &request, const Responder &responder);
    void handleStream(const http::Request &head, const std::shared_ptr<http::RequestStream> &body,
                      const Responder &responder);
    void answer(const mesos::v1::agent::Call &call, const CallForm &form,
                const Responder &responder);
    void answerContainers(const mesos::v1::agent::Call::GetContainers &call,
                          codec::MediaType accept, const Responder &responder);
    void pruneImages(const mesos::v1::agent::Call::PruneImages &call, const Responder &responder);

    void handleState(const http::Request &request, const Responder &responder);
    void statisticsInTurn(const http::Request &request, const Responder &responder);
    void handleContainers(const http::Request &request, const Responder &responder,
                          bool statisticsOnly);

    Agent &m_agent;
    ContainerStreams m_streams;
    NestedCalls m_nested;
    SharedServices &m_services;
    Clock &m_clock;
    RateLimiter m_statisticsLimiter;
};

} // namespace meseta::agent
