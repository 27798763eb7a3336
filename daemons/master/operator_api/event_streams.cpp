#include "daemons/master/operator_api/event_streams.h"

#include "common/codec/json.h"
#include "common/endpoints/build_info.h"
#include "daemons/master/cluster/wire.h"
#include "daemons/master/core/core.h"
#include "daemons/master/operator_api/stream_events.h"
#include "daemons/master/state_views/cluster_views.h"
#include "daemons/master/state_views/state_encoder.h"

namespace meseta::master {

using codec::MediaType;
using MesetaEvent = ::meseta::v1::Event;

namespace {
constexpr Duration heartbeatInterval = std::chrono::seconds(15);
}

/// One change in every form somebody may want, each made at its first reader. Empty bytes: not told
/// to that kind.
class EventStreams::Record
{
public:
    Record(std::string mesos, std::string meseta) : m_bytes{std::move(mesos), std::move(meseta)} { }

    /// Nothing when the subscriber's kind does not hear of it.
    const QByteArray *forSubscriber(const Subscriber &to) const
    {
        const std::size_t kind = to.kind == Kind::Mesos ? 0 : 1;
        if (m_bytes[kind].empty())
            return nullptr;
        QByteArray &made = m_made[kind][to.stream->form() == MediaType::Json ? 0 : 1];
        if (made.isEmpty())
            made = make(kind, to.stream->form());
        return &made;
    }

private:
    QByteArray make(std::size_t kind, MediaType form) const
    {
        if (form != MediaType::Json)
            return recordOf(QByteArray::fromStdString(m_bytes[kind]));
        std::string json;
        codec::transcodeToJson(kind == 0 ? mesos::v1::master::Event::descriptor()
                                         : MesetaEvent::descriptor(),
                               m_bytes[kind], json);
        return recordOf(QByteArray::fromStdString(json));
    }

    std::string m_bytes[2];
    mutable QByteArray m_made[2][2];
};

EventStreams::EventStreams(OperatorServices services, std::size_t maxSubscribers)
    : m_services(std::move(services))
    , m_clock(m_services.core.clock)
    , m_progress(m_services.core)
    , m_max(std::max<std::size_t>(1, maxSubscribers))
    , m_self(std::make_shared<EventStreams *>(this))
{
    m_services.core.events.observe([self = std::weak_ptr(m_self)](const ClusterEvent &event) {
        if (const auto alive = self.lock())
            (*alive)->observe(event);
    });
}

EventStreams::~EventStreams()
{
    m_clock.cancel(m_agentTimer);
    closeAll();
}

bool EventStreams::has(Kind kind) const
{
    return std::any_of(m_subscribers.begin(), m_subscribers.end(),
                       [kind](const auto &entry) { return entry.second.kind == kind; });
}

void EventStreams::observe(const ClusterEvent &event)
{
    std::vector<MesetaEvent> progress = m_progress.observe(event);
    if (m_subscribers.empty())
        return;
    const bool ours = has(Kind::Meseta);
    for (MesetaEvent &told : progress)
        publishMeseta(std::move(told));
    if (const auto *leader = std::get_if<LeaderChanged>(&event); leader && !leader->leading)
        return closeAll();
    if (std::optional<std::string> told = mesosEvent(event)) {
        std::string wrapped;
        if (ours) {
            MesetaEvent envelope;
            envelope.set_type(MesetaEvent::MESOS);
            stamp(envelope);
            envelope.SerializePartialToString(&wrapped);
            wire::appendBytes(MesetaEvent::kEventFieldNumber, *told, wrapped);
        }
        publish(Record(std::move(*told), std::move(wrapped)));
    }
    if (!ours)
        return;
    for (MesetaEvent &told : mesetaEvents(event))
        publishMeseta(std::move(told));
    remember(event);
}

void EventStreams::stamp(MesetaEvent &event) const
{
    event.set_time(m_clock.seconds());
    event.set_monotonic_ns(static_cast<std::uint64_t>(m_clock.monotonic().count()));
}

void EventStreams::publishMeseta(MesetaEvent event)
{
    stamp(event);
    std::string bytes;
    event.SerializePartialToString(&bytes);
    publish(Record({}, std::move(bytes)));
}

void EventStreams::publish(const Record &record)
{
    std::vector<std::uint64_t> lost;
    for (const auto &[id, subscriber] : m_subscribers) {
        const QByteArray *bytes = record.forSubscriber(subscriber);
        if (bytes && !subscriber.stream->send(*bytes))
            lost.push_back(id);
    }
    std::for_each(lost.begin(), lost.end(), [this](std::uint64_t id) { remove(id); });
}

/// An agent's resources change with every offer and task; they are told once when the bustle is
/// over.
void EventStreams::remember(const ClusterEvent &event)
{
    if (const auto *removed = std::get_if<AgentRemoved>(&event)) {
        m_changedAgents.erase(removed->agent->id);
        return;
    }
    for (std::string &id : agentsTouched(event))
        m_changedAgents.insert(std::move(id));
    if (m_changedAgents.empty() || m_agentTimer)
        return;
    m_agentTimer = m_clock.after(agentChangeDelay, [self = std::weak_ptr(m_self)] {
        if (const auto alive = self.lock())
            (*alive)->tellAgentChanges();
    });
}

void EventStreams::tellAgentChanges()
{
    m_agentTimer = 0;
    for (const std::string &id : std::exchange(m_changedAgents, {})) {
        const Agent *agent = m_services.core.cluster.agent(id);
        if (!agent || !has(Kind::Meseta))
            continue;
        MesetaEvent event;
        event.set_type(MesetaEvent::AGENT_CHANGED);
        *event.mutable_agent_changed() = agentView(*agent);
        publishMeseta(std::move(event));
    }
}

QByteArray EventStreams::snapshot(Kind kind, MediaType form) const
{
    StateEncoder encoder(m_services.core.cluster, form);
    const double heartbeat = std::chrono::duration<double>(heartbeatInterval).count();
    if (kind == Kind::Mesos)
        return encoder.subscribedRecord(heartbeat);
    const MasterFacts master = m_services.facts();
    MesetaEvent::Subscribed rest;
    rest.set_heartbeat_interval_seconds(heartbeat);
    *rest.mutable_master_info() = master.info;
    if (const auto cluster = master.flag("cluster"))
        rest.set_cluster(*cluster);
    *rest.mutable_version() = buildInfo();
    if (const auto leadership = m_progress.now())
        *rest.mutable_leadership() = *leadership;
    return encoder.mesetaSubscribedRecord(m_clock.seconds(), rest);
}

void EventStreams::subscribe(Kind kind, MediaType form, http::Responder &responder)
{
    while (m_subscribers.size() >= m_max) {
        qInfo("Closing the oldest operator event stream: "
              "--max_operator_event_stream_subscribers=%zu is reached",
              m_max);
        m_subscribers.begin()->second.stream->end();
        remove(m_subscribers.begin()->first);
    }
    const std::string_view type = codec::mediaTypeName(form);
    http::Response head{
        200, {{"Content-Type", QByteArray(type.data(), qsizetype(type.size()))}}, {}};
    const std::uint64_t id = m_nextId++;
    auto stream =
        std::make_shared<OperatorStream>(responder.stream(std::move(head)), form, m_clock);
    stream->onClosed([self = std::weak_ptr(m_self), id] {
        if (const auto alive = self.lock())
            (*alive)->remove(id);
    });
    stream->begin(snapshot(kind, form));
    m_subscribers.emplace(id, Subscriber{kind, std::move(stream)});
    beat(id);
}

void EventStreams::beat(std::uint64_t id)
{
    const auto found = m_subscribers.find(id);
    if (found == m_subscribers.end())
        return;
    Subscriber &subscriber = found->second;
    subscriber.heartbeat = m_clock.after(heartbeatInterval, [self = std::weak_ptr(m_self), id] {
        if (const auto alive = self.lock())
            (*alive)->beat(id);
    });
    mesos::v1::master::Event plain;
    plain.set_type(mesos::v1::master::Event::HEARTBEAT);
    MesetaEvent ours;
    ours.set_type(MesetaEvent::HEARTBEAT);
    stamp(ours);
    const Record record(plain.SerializeAsString(), ours.SerializeAsString());
    if (!subscriber.stream->send(*record.forSubscriber(subscriber)))
        remove(id);
}

void EventStreams::remove(std::uint64_t id)
{
    const auto found = m_subscribers.find(id);
    if (found == m_subscribers.end())
        return;
    m_clock.cancel(found->second.heartbeat);
    m_subscribers.erase(found);
}

void EventStreams::closeAll()
{
    while (!m_subscribers.empty()) {
        m_subscribers.begin()->second.stream->end();
        remove(m_subscribers.begin()->first);
    }
}

} // namespace meseta::master
