#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "daemons/master/cluster/cluster_event.h"
#include "daemons/master/operator_api/leadership_progress.h"
#include "daemons/master/operator_api/operator_services.h"
#include "daemons/master/operator_api/operator_stream.h"

namespace meseta::v1 {
class Event;
}

namespace meseta::master {

/// The subscribers of the operator event stream (POST /api/v1 SUBSCRIBE) and of our own (POST
/// /meseta/v1 SUBSCRIBE). Each change of the cluster is encoded once for each form that somebody
/// reads, and those bytes are shared. A subscriber sees a snapshot, a heartbeat, then every change
/// after the snapshot, and a heartbeat every 15 s.
class EventStreams
{
public:
    /// Beyond `maxSubscribers` the oldest stream is closed
    /// (--max_operator_event_stream_subscribers).
    EventStreams(OperatorServices services, std::size_t maxSubscribers);
    ~EventStreams();
    EventStreams(const EventStreams &) = delete;
    EventStreams &operator=(const EventStreams &) = delete;

    enum class Kind { Mesos, Meseta };

    void subscribe(Kind kind, codec::MediaType form, http::Responder &responder);
    std::size_t count() const { return m_subscribers.size(); }
    LeadershipProgress &progress() { return m_progress; }

    /// How long changes of an agent's resources are gathered before AGENT_CHANGED tells them.
    static constexpr Duration agentChangeDelay = std::chrono::milliseconds(50);

private:
    struct Subscriber
    {
        Kind kind;
        std::shared_ptr<OperatorStream> stream;
        Clock::TimerId heartbeat = 0;
    };
    class Record;

    void observe(const ClusterEvent &event);
    void publish(const Record &record);
    void publishMeseta(::meseta::v1::Event event);
    void stamp(::meseta::v1::Event &event) const;
    void remember(const ClusterEvent &event);
    void tellAgentChanges();
    void beat(std::uint64_t id);
    void remove(std::uint64_t id);
    void closeAll();
    bool has(Kind kind) const;
    QByteArray snapshot(Kind kind, codec::MediaType form) const;

    OperatorServices m_services;
    Clock &m_clock;
    LeadershipProgress m_progress;
    std::size_t m_max;
    std::map<std::uint64_t, Subscriber> m_subscribers; ///< oldest first
    std::uint64_t m_nextId = 1;
    std::set<std::string> m_changedAgents;
    Clock::TimerId m_agentTimer = 0;
    std::shared_ptr<EventStreams *> m_self; ///< for callbacks that may outlive this
};

} // namespace meseta::master
