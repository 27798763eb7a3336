#include <QJsonArray>
#include <QTcpSocket>

#include "operator_bench.h"

#include "common/codec/json.h"
#include "daemons/master/operator_api/operator_stream.h"
#include "meseta/v1/meseta.pb.h"
#include "tests/simulation/stream_replica.h"

using namespace meseta;
using namespace meseta::master;
using namespace std::chrono_literals;
using MesetaEvent = ::meseta::v1::Event;
using mesos::v1::master::Event;
using mesos::v1::master::Response;

namespace {

QString str(const char *text)
{
    return QString::fromLatin1(text);
}

/// A connection as the HTTP server gives it, whose reader is told when to read.
class FakeStream final : public http::ResponseStream
{
public:
    bool write(const QByteArray &chunk) override
    {
        if (!open)
            return false;
        chunks.push_back(chunk);
        unread += chunk.size();
        return true;
    }
    void end() override { open = false; }
    void abort() override
    {
        open = false;
        aborted = true;
    }
    bool isOpen() const override { return open; }
    qint64 backlog() const override { return unread; }

    std::vector<QByteArray> chunks;
    qint64 unread = 0;
    bool open = true;
    bool aborted = false;
};

} // namespace

class OperatorStreamsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { m_bench = std::make_unique<OperatorBench>(); }

    void beginsWithTheStateThenAHeartbeat()
    {
        m_bench->addAgent();
        const auto stream = m_bench->open();
        QVERIFY(stream->waitFor(2));
        QCOMPARE(stream->head.status, 200);
        QCOMPARE(stream->head.headers.value("Content-Type"), QByteArray("application/json"));
        const QJsonObject subscribed = stream->json(0)[str("subscribed")].toObject();
        QCOMPARE(subscribed[str("heartbeat_interval_seconds")].toDouble(), 15.0);
        const QJsonObject state = subscribed[str("get_state")].toObject();
        QCOMPARE(state.keys(),
                 (QStringList{str("get_agents"), str("get_executors"), str("get_frameworks"),
                              str("get_tasks")}));
        QCOMPARE(state[str("get_agents")][str("agents")].toArray().size(), 1);
        QVERIFY(state[str("get_tasks")][str("completed_tasks")].isArray());
        QCOMPARE(stream->records[1], std::string("{\"type\":\"HEARTBEAT\"}"));
    }

    void eachRecordIsOneChunk()
    {
        QTcpSocket socket;
        socket.connectToHost(QHostAddress::LocalHost, m_bench->server.port());
        QVERIFY(socket.waitForConnected());
        socket.write("POST /api/v1 HTTP/1.1\r\nHost: x\r\nContent-Type: "
                     "application/json\r\nContent-Length: 20\r\n\r\n{\"type\":\"SUBSCRIBE\"}");
        QByteArray got;
        QVERIFY(QTest::qWaitFor([&] {
            got += socket.readAll();
            return got.contains("HEARTBEAT\"}\r\n");
        }));
        QVERIFY(got.contains("\r\nTransfer-Encoding: chunked\r\n"));
        QVERIFY(got.endsWith("\r\n17\r\n20\n{\"type\":\"HEARTBEAT\"}\r\n"));
    }

    void heartsBeatEveryFifteenSeconds()
    {
        const auto stream = m_bench->open();
        QVERIFY(stream->waitFor(2));
        m_bench->clock.advance(14s);
        const auto later = m_bench->open();
        QVERIFY(later->waitFor(2)); // written after all that the first one was told
        QCOMPARE(stream->records.size(), std::size_t(2));
        m_bench->clock.advance(31s);
        QVERIFY(stream->waitFor(4));
    }

    void lifeOfATaskAsMesosTellsIt()
    {
        const std::string agent = m_bench->addAgent();
        const auto stream = m_bench->open();
        QVERIFY(stream->waitFor(2));
        const std::string framework = m_bench->subscribe("golden");
        QVERIFY(m_bench->launch(framework, "t1"));
        m_bench->update(framework, "t1", mesos::v1::TASK_RUNNING);
        m_bench->update(framework, "t1", mesos::v1::TASK_FINISHED);
        const std::string second = m_bench->addAgent();
        m_bench->teardown(framework);
        QVERIFY(stream->waitFor(8));
        QStringList types;
        for (std::size_t i = 2; i < stream->records.size(); ++i)
            types << stream->json(i)[str("type")].toString();
        QCOMPARE(types,
                 (QStringList{str("FRAMEWORK_ADDED"), str("TASK_ADDED"), str("TASK_UPDATED"),
                              str("TASK_UPDATED"), str("AGENT_ADDED"), str("FRAMEWORK_REMOVED")}));
        const QJsonObject added =
            stream->json(2)[str("framework_added")][str("framework")].toObject();
        QCOMPARE(added.keys(),
                 (QStringList{str("active"), str("connected"), str("framework_info"),
                              str("recovered"), str("registered_time"), str("reregistered_time"),
                              str("unregistered_time")}));
        QCOMPARE(added[str("unregistered_time")][str("nanoseconds")].toDouble(), 0.0);
        const QJsonObject task = stream->json(3)[str("task_added")][str("task")].toObject();
        QCOMPARE(task[str("state")].toString(), str("TASK_STAGING"));
        QVERIFY(!task.contains(str("statuses")));
        const QJsonObject updated = stream->json(4)[str("task_updated")].toObject();
        QCOMPARE(updated.keys(), (QStringList{str("framework_id"), str("state"), str("status")}));
        QCOMPARE(updated[str("state")].toString(), str("TASK_RUNNING"));
        QVERIFY(stream->json(7)[str("framework_removed")][str("framework_info")].isObject());
    }

    void lostAgentsAreToldToOursOnly()
    {
        const std::string agent = m_bench->addAgent();
        const auto plain = m_bench->open();
        const auto ours = m_bench->open("/meseta/v1");
        QVERIFY(plain->waitFor(2) && ours->waitFor(2));
        m_bench->markGone(agent);
        QVERIFY(ours->waitFor(3));
        QCOMPARE(ours->json(2)[str("type")].toString(), str("AGENT_REMOVED"));
        QCOMPARE(ours->json(2)[str("agent_removed")][str("why")].toString(), str("GONE"));
        QCOMPARE(plain->records.size(), std::size_t(2));
    }

    void protobufAndJsonStreamsTellTheSame()
    {
        const auto json = m_bench->open();
        const auto binary = m_bench->open("/api/v1", "application/x-protobuf");
        QVERIFY(json->waitFor(2) && binary->waitFor(2));
        QCOMPARE(binary->head.headers.value("Content-Type"), QByteArray("application/x-protobuf"));
        m_bench->addAgent();
        const std::string framework = m_bench->subscribe("golden");
        QVERIFY(m_bench->launch(framework, "t1"));
        m_bench->update(framework, "t1", mesos::v1::TASK_FAILED);
        QVERIFY(json->waitFor(6) && binary->waitFor(6));
        for (std::size_t i = 0; i < 6; ++i) {
            Event event;
            QVERIFY(event.ParseFromString(binary->records[i]));
            Event same;
            QVERIFY(codec::parseJson(json->records[i], same));
            QCOMPARE(codec::toJson(same), codec::toJson(event));
        }
    }

    void ourStreamSaysWhoAndWhat()
    {
        const auto stream = m_bench->open("/meseta/v1");
        QVERIFY(stream->waitFor(2));
        const QJsonObject subscribed = stream->json(0)[str("subscribed")].toObject();
        QCOMPARE(subscribed.keys(),
                 (QStringList{str("cluster"), str("get_state"), str("heartbeat_interval_seconds"),
                              str("leadership"), str("master_info"), str("version")}));
        QCOMPARE(subscribed[str("leadership")][str("agents_known")].toInt(), 0);
        QCOMPARE(subscribed[str("leadership")][str("registry_seconds")].toDouble(), 0.0);
        QCOMPARE(subscribed[str("cluster")].toString(), str("bench"));
        QVERIFY(stream->json(0)[str("time")].toDouble() > 0);
    }

    void imageFetchesAreToldAsProgress()
    {
        m_bench->addAgent();
        const std::string framework = m_bench->subscribe("golden");
        QVERIFY(m_bench->launch(framework, "t1"));
        m_bench->update(framework, "t1", mesos::v1::TASK_STARTING);
        const auto stream = m_bench->open("/meseta/v1");
        QVERIFY(stream->waitFor(2));
        m_bench->update(framework, "t1", mesos::v1::TASK_STARTING,
                        {{"meseta.pull.done", "10"}, {"meseta.pull.total", "40"}});
        QVERIFY(stream->waitFor(4));
        QCOMPARE(stream->json(2)[str("event")][str("type")].toString(), str("TASK_UPDATED"));
        QCOMPARE(stream->json(3)[str("type")].toString(), str("TASK_PROGRESS"));
        const QJsonObject progress = stream->json(3)[str("task_progress")].toObject();
        QCOMPARE(progress[str("done_bytes")].toInt(), 10);
        QCOMPARE(progress[str("total_bytes")].toInt(), 40);
        QCOMPARE(progress[str("task_id")][str("value")].toString(), str("t1"));
    }

    void oldestStreamMakesRoom()
    {
        OperatorApiOptions options;
        options.maxSubscribers = 2;
        OperatorBench bench(1, options);
        const auto first = bench.open();
        QVERIFY(first->waitFor(2));
        const auto second = bench.open();
        QVERIFY(second->waitFor(2));
        const auto third = bench.open("/meseta/v1");
        QVERIFY(third->waitFor(2));
        QTRY_VERIFY(first->closed);
        QCOMPARE(bench.api.subscribers(), std::size_t(2));
        QVERIFY(!second->closed);
    }

    void readersThatGoAreForgotten()
    {
        auto stream = m_bench->open();
        QVERIFY(stream->waitFor(2));
        QCOMPARE(m_bench->api.subscribers(), std::size_t(1));
        stream.reset();
        QTRY_COMPARE(m_bench->api.subscribers(), std::size_t(0));
        m_bench->addAgent();
    }

    void bigSnapshotsAreFedAsTheyAreRead()
    {
        SimulatedClock clock;
        auto connection = std::make_shared<FakeStream>();
        auto stream = std::make_shared<OperatorStream>(connection, codec::MediaType::Json, clock);
        const QByteArray snapshot(OperatorStream::wholeBytes + 12345, 's');
        stream->begin(snapshot);
        QVERIFY(stream->send("event"));
        QVERIFY(connection->unread < 8 * 1024 * 1024);
        QByteArray read;
        for (int turn = 0; turn < 1000 && read.size() < snapshot.size() + 5; ++turn) {
            for (const QByteArray &chunk : std::exchange(connection->chunks, {}))
                read += chunk;
            connection->unread = 0;
            clock.advance(2ms);
        }
        QVERIFY(read == snapshot + "event");
        QVERIFY(stream->send("next"));
        QCOMPARE(connection->chunks.back(), QByteArray("next"));
    }

    void readersStuckInTheSnapshotAreCutOff()
    {
        SimulatedClock clock;
        auto connection = std::make_shared<FakeStream>();
        auto stream = std::make_shared<OperatorStream>(connection, codec::MediaType::Json, clock);
        stream->begin(QByteArray(OperatorStream::wholeBytes + 1, 's'));
        const QByteArray event(1024 * 1024, 'e');
        int sent = 0;
        while (sent < 1000 && stream->send(event))
            ++sent;
        QCOMPARE(sent, 64);
        QVERIFY(connection->aborted);
    }

    /// Whatever happens, what a subscriber knows is what a new one is told.
    void snapshotAndEventsMakeTheNextSnapshot_data()
    {
        QTest::addColumn<int>("seed");
        for (int seed = 1; seed <= 6; ++seed)
            QTest::newRow(QByteArray::number(seed).constData()) << seed;
    }

    void snapshotAndEventsMakeTheNextSnapshot()
    {
        QFETCH(int, seed);
        OperatorBench bench{std::uint64_t(seed)};
        SeededRandom dice{std::uint64_t(seed) * 1000003};
        for (int i = 0; i < 40; ++i)
            act(bench, dice, i);
        const auto stream = bench.open("/meseta/v1", "application/x-protobuf");
        QVERIFY(stream->waitFor(2));
        for (int i = 40; i < 400; ++i)
            act(bench, dice, i);
        bench.clock.advance(1s); // what is gathered is told
        const auto second = bench.open("/meseta/v1", "application/x-protobuf");
        QVERIFY(second->waitFor(1));
        const std::string last = bench.addAgent(); // told after all that the second one knows
        const auto marksTheEnd = [&last](const std::string &record) {
            MesetaEvent event;
            return event.ParseFromString(record) && event.event().has_agent_added()
                && event.event().agent_added().agent().agent_info().id().value() == last;
        };
        std::size_t end = 0;
        QVERIFY(QTest::qWaitFor([&] {
            while (end < stream->records.size() && !marksTheEnd(stream->records[end]))
                ++end;
            return end < stream->records.size();
        }));

        simulation::StreamReplica known, told;
        MesetaEvent event;
        for (std::size_t i = 0; i < end; ++i) {
            QVERIFY(event.ParseFromString(stream->records[i]));
            known.take(event);
        }
        QVERIFY(event.ParseFromString(second->records[0]));
        told.take(event);
        QVERIFY(stream->records.size() > 200);
        QCOMPARE(known.tasks, told.tasks);
        QCOMPARE(known.offers, told.offers);
        QCOMPARE(known.frameworks, told.frameworks);
        QCOMPARE(known.agents, told.agents);
    }

private:
    template <typename Map> static std::string pick(const Map &map, Random &dice)
    {
        if (map.empty())
            return {};
        auto it = map.begin();
        std::advance(it, std::ptrdiff_t(dice.below(map.size())));
        return it->first;
    }

    static void act(OperatorBench &bench, Random &dice, int step)
    {
        const Cluster &cluster = bench.master.cluster();
        const std::string frameworkId = pick(cluster.frameworks(), dice);
        const std::string agentId = pick(cluster.agents(), dice);
        const std::uint64_t kind = dice.below(100);
        if (cluster.agents().size() < 3 || kind < 2) {
            bench.addAgent();
        } else if (cluster.frameworks().size() < 2 || kind < 4) {
            bench.subscribe("f" + std::to_string(step), {"*", "r" + std::to_string(dice.below(3))},
                            double(dice.below(3)) * 20);
        } else if (kind < 40) {
            bench.launch(frameworkId, "t" + std::to_string(step), "cpus:0.1;mem:32",
                         dice.below(4) == 0 ? "e" + std::to_string(dice.below(3)) : "");
        } else if (kind < 70) {
            updateSome(bench, frameworkId, dice);
        } else if (kind < 80) {
            declineAll(bench, frameworkId);
        } else if (kind < 83) {
            bench.master.exited(cluster.agent(agentId)->pid);
        } else if (kind < 84) {
            (void)bench.master.markAgentGone(agentId);
        } else if (kind < 85) {
            (void)bench.master.teardown(frameworkId);
        } else if (kind < 88) {
            bench.master.streamClosed(cluster.framework(frameworkId)->stream);
        } else if (kind < 92) {
            mesos::v1::scheduler::Call call;
            call.set_type(dice.below(2) ? mesos::v1::scheduler::Call::SUPPRESS
                                        : mesos::v1::scheduler::Call::REVIVE);
            bench.call(frameworkId, call);
        } else if (kind < 94) {
            unregister(bench, agentId);
        }
        bench.clock.advance(std::chrono::milliseconds(dice.below(3000)));
    }

    static void updateSome(OperatorBench &bench, const std::string &frameworkId, Random &dice)
    {
        const Framework *framework = bench.master.framework(frameworkId);
        if (framework->tasks.empty())
            return;
        auto it = framework->tasks.begin();
        std::advance(it, std::ptrdiff_t(dice.below(framework->tasks.size())));
        static constexpr mesos::v1::TaskState states[] = {
            mesos::v1::TASK_STARTING, mesos::v1::TASK_RUNNING, mesos::v1::TASK_FINISHED,
            mesos::v1::TASK_FAILED};
        bench.update(frameworkId, std::string(it->first), states[dice.below(4)]);
    }

    static void declineAll(OperatorBench &bench, const std::string &frameworkId)
    {
        mesos::v1::scheduler::Call decline;
        decline.set_type(mesos::v1::scheduler::Call::DECLINE);
        for (const Offer *offer : bench.master.framework(frameworkId)->offers)
            decline.mutable_decline()->add_offer_ids()->set_value(offer->id);
        bench.call(frameworkId, decline);
    }

    static void unregister(OperatorBench &bench, const std::string &agentId)
    {
        mesos::internal::UnregisterSlaveMessage message;
        message.mutable_slave_id()->set_value(agentId);
        bench.master.receive(bench.master.cluster().agent(agentId)->pid, "master",
                             message.GetTypeName(), message.SerializeAsString());
    }

    std::unique_ptr<OperatorBench> m_bench;
};

QTEST_GUILESS_MAIN(OperatorStreamsTest)
#include "tst_operator_streams.moc"
