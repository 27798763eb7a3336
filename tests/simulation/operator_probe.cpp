#include "tests/simulation/operator_probe.h"

#include <google/protobuf/arena.h>

#include "common/codec/record_io.h"
#include "common/http/server.h"
#include "daemons/master/operator_api/stream_events.h"

namespace meseta::simulation {

/// The connection of a stream, read at once.
class OperatorProbe::Reader final : public http::ResponseStream
{
public:
    explicit Reader(World &world) : m_world(world) { }

    bool write(const QByteArray &chunk) override
    {
        const auto records = m_decoder.feed({chunk.constData(), std::size_t(chunk.size())});
        if (!records)
            m_world.transcript.violated("the operator's stream is made of records: "
                                        + records.error().message);
        else
            std::for_each(records->begin(), records->end(),
                          [this](const std::string &record) { take(record); });
        return true;
    }
    void end() override { m_open = false; }
    void abort() override { m_open = false; }
    bool isOpen() const override { return m_open; }
    qint64 backlog() const override { return 0; }

    StreamReplica replica;

private:
    void take(const std::string &record)
    {
        m_arena.Reset();
        auto &event = *google::protobuf::Arena::CreateMessage<::meseta::v1::Event>(&m_arena);
        if (!event.ParseFromString(record))
            return m_world.transcript.violated("records of the operator's stream are events");
        const bool first = event.type() == ::meseta::v1::Event::SUBSCRIBED;
        if (first || !m_world.strikes(Fault::SkipsEvents, 0.02))
            replica.take(event);
    }

    World &m_world;
    google::protobuf::Arena m_arena; ///< of the event that is being read
    codec::RecordDecoder m_decoder;
    bool m_open = true;
};

namespace {

class Responder final : public http::Responder
{
public:
    explicit Responder(std::shared_ptr<http::ResponseStream> stream) : m_stream(std::move(stream))
    { }
    void send(http::Response) override { }
    std::shared_ptr<http::ResponseStream> stream(http::Response) override { return m_stream; }

private:
    std::shared_ptr<http::ResponseStream> m_stream;
};

master::MasterFacts factsOf(const master::Master &master)
{
    master::MasterFacts facts;
    facts.info = master.info();
    facts.leader = master.info();
    return facts;
}

} // namespace

OperatorProbe::OperatorProbe(World &world, Clock &clock, master::Master &master)
    : m_world(world)
    , m_master(master)
    , m_metrics(clock)
    , m_logging(clock, 0, {})
    , m_shared{{}, m_metrics, m_files, m_logging}
    , m_streams(
          {master.core(), m_shared, [&master] { return factsOf(master); }, [] { return true; }},
          100)
{
    master.events().observe([this](const master::ClusterEvent &event) {
        ++m_changes;
        for (const std::string &id : master::agentsTouched(event)) {
            m_touched[id] = m_world.clock.monotonic();
            m_fresh.insert(id);
        }
    });
    m_reader = open();
}

OperatorProbe::~OperatorProbe() = default;

std::shared_ptr<OperatorProbe::Reader> OperatorProbe::open()
{
    auto reader = std::make_shared<Reader>(m_world);
    Responder responder(reader);
    m_streams.subscribe(master::EventStreams::Kind::Meseta, codec::MediaType::Protobuf, responder);
    return reader;
}

void OperatorProbe::compare()
{
    if (std::exchange(m_compared, m_changes) == m_changes)
        return;
    const std::shared_ptr<Reader> fresh = open();
    StreamReplica followed = m_reader->replica;
    StreamReplica now = fresh->replica;
    fresh->onClosed();
    const Duration told = m_world.clock.monotonic() - master::EventStreams::agentChangeDelay;
    for (const auto &[id, time] : m_touched) {
        if (time >= told) { // its change is still to be told
            followed.agents.erase(id);
            now.agents.erase(id);
        }
    }
    const std::string difference = StreamReplica::difference(followed, now);
    if (!difference.empty())
        m_world.transcript.violated("a snapshot and the events after it equal the next snapshot: "
                                    + difference);
}

} // namespace meseta::simulation
