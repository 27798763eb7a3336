#include <QTest>

#include "common/base/random.h"
#include "common/base/simulated_clock.h"
#include "daemons/agent/operations/resource_operations.h"

using namespace meseta;
using namespace meseta::agent;
using namespace mesos::internal;
using namespace std::chrono_literals;
using Operation = mesos::v1::Offer::Operation;

namespace {

/// Writes down what is sent and kept; what is asked to be kept is, when the test says so.
class Outbox final : public AgentOutbox
{
public:
    void send(const messages::Pid &, const google::protobuf::Message &message) override
    {
        UpdateOperationStatusMessage update;
        if (update.ParseFromString(message.SerializeAsString()))
            updates.push_back(update);
    }
    void link(const messages::Pid &) override { }
    void relink(const messages::Pid &) override { }
    void persist(std::vector<CheckpointChange> changes,
                 std::function<void(const Result<> &)> done) override
    {
        waiting.emplace_back(changes.back().bytes, std::move(done));
    }
    void finish(int, const std::string &why) override { finished = why; }

    void keepAll()
    {
        while (!waiting.empty()) {
            const auto [bytes, done] = waiting.front();
            waiting.erase(waiting.begin());
            kept = bytes;
            done({});
        }
    }

    std::vector<UpdateOperationStatusMessage> updates;
    std::vector<std::pair<std::string, std::function<void(const Result<> &)>>> waiting;
    std::string kept;
    std::string finished;
};

class Volumes final : public SandboxStore
{
public:
    Result<std::string> create(const SandboxId &, const std::string &) override { return ""; }
    Result<std::string> createNested(const std::string &, const std::string &,
                                     const std::string &) override
    {
        return "";
    }
    void retire(const SandboxId &) override { }
    void agentRegistered(const mesos::v1::AgentInfo &) override { }
    Result<> makeVolume(const mesos::v1::Resource &volume) override
    {
        ids.insert(volume.disk().persistence().id());
        return {};
    }
    void removeVolume(const mesos::v1::Resource &volume) override
    {
        ids.erase(volume.disk().persistence().id());
    }

    std::set<std::string> ids;
};

mesos::v1::Resource reserved(const std::string &text, const std::string &volumeId = {})
{
    mesos::v1::Resource resource = Resources::parse(text)->proto().Get(0);
    auto &reservation = *resource.add_reservations();
    reservation.set_type(mesos::v1::Resource::ReservationInfo::DYNAMIC);
    reservation.set_role("web");
    if (volumeId.empty())
        return resource;
    resource.mutable_disk()->mutable_persistence()->set_id(volumeId);
    resource.mutable_disk()->mutable_volume()->set_mode(mesos::v1::Volume::RW);
    resource.mutable_disk()->mutable_volume()->set_container_path("data");
    return resource;
}

/// An agent's reservations with everything around them.
struct Bench
{
    explicit Bench(const std::string &resources = "cpus:4;disk:1000")
    {
        config.resources = Resources::parse(resources).value();
        state.info.mutable_id()->set_value("S0");
        state.resourceVersion = "0123456789abcdef";
        state.lifecycle = AgentState::Lifecycle::Running;
        operations.emplace(AgentContext{clock, random, outbox, config, patience}, state, volumes);
    }

    void apply(Operation::Type type, const mesos::v1::Resource &resource,
               const std::string &uuid = "u", const std::string &version = "0123456789abcdef")
    {
        ApplyOperationMessage message;
        Operation &operation = *message.mutable_operation_info();
        operation.set_type(type);
        if (type == Operation::RESERVE)
            *operation.mutable_reserve()->add_resources() = resource;
        else if (type == Operation::UNRESERVE)
            *operation.mutable_unreserve()->add_resources() = resource;
        else if (type == Operation::CREATE)
            *operation.mutable_create()->add_volumes() = resource;
        else
            *operation.mutable_destroy()->add_volumes() = resource;
        message.mutable_operation_uuid()->set_value(uuid);
        message.mutable_resource_version_uuid()->mutable_uuid()->set_value(version);
        operations->apply(message);
    }

    void acknowledge(std::size_t update)
    {
        AcknowledgeOperationStatusMessage message;
        *message.mutable_operation_uuid() = outbox.updates.at(update).operation_uuid();
        *message.mutable_status_uuid() = outbox.updates.at(update).status().uuid();
        operations->acknowledged(message);
    }

    slave::ResourceState kept() const
    {
        slave::ResourceState read;
        read.ParseFromString(outbox.kept);
        return read;
    }

    SimulatedClock clock;
    PatientTimers patience{clock};
    SeededRandom random{3};
    Outbox outbox;
    AgentConfig config;
    AgentState state;
    Volumes volumes;
    std::optional<ResourceOperations> operations;
};

} // namespace

/// What an agent makes of operations on its own resources.
class TestResourceOperations : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingIsToldBeforeItIsKept()
    {
        Bench bench;
        bench.apply(Operation::RESERVE, reserved("cpus:1"));
        QVERIFY(bench.outbox.updates.empty());
        bench.outbox.keepAll();
        QCOMPARE(bench.outbox.updates.size(), std::size_t(1));
        const auto &update = bench.outbox.updates.front();
        QCOMPARE(update.status().state(), mesos::v1::OPERATION_FINISHED);
        QCOMPARE(update.status().uuid().value().size(), std::size_t(16));
        QCOMPARE(update.slave_id().value(), std::string("S0"));
        QCOMPARE(bench.operations->checkpointed().scalar("cpus"), 1.0);
        QCOMPARE(bench.kept().operations_size(), 1);
    }

    void itIsToldUntilItIsAcknowledged()
    {
        Bench bench;
        bench.apply(Operation::RESERVE, reserved("cpus:1"));
        bench.outbox.keepAll();
        bench.clock.advance(10s);
        bench.clock.advance(20s);
        QCOMPARE(bench.outbox.updates.size(), std::size_t(3));
        bench.state.lifecycle = AgentState::Lifecycle::Disconnected;
        bench.clock.advance(10min);
        QCOMPARE(bench.outbox.updates.size(), std::size_t(3));
        bench.state.lifecycle = AgentState::Lifecycle::Running;
        bench.operations->masterIsBack();
        QCOMPARE(bench.outbox.updates.size(), std::size_t(4));
        bench.acknowledge(0);
        bench.outbox.keepAll();
        QCOMPARE(bench.kept().operations_size(), 0);
        QCOMPARE(bench.kept().resources_size(), 1);
        bench.clock.advance(1h);
        QCOMPARE(bench.outbox.updates.size(), std::size_t(4));
        QCOMPARE(bench.clock.pendingTimers(), std::size_t(0));
    }

    void whatRestsOnAnOldStateIsDropped()
    {
        Bench bench;
        bench.apply(Operation::RESERVE, reserved("cpus:1"), "u", "fedcba9876543210");
        bench.outbox.keepAll();
        QCOMPARE(bench.outbox.updates.front().status().state(), mesos::v1::OPERATION_DROPPED);
        QVERIFY(bench.operations->checkpointed().empty());
    }

    void whatIsNotThereFails()
    {
        Bench bench;
        QTest::ignoreMessage(QtCriticalMsg, QRegularExpression(QStringLiteral("cannot carry out")));
        bench.apply(Operation::RESERVE, reserved("cpus:8"));
        bench.outbox.keepAll();
        QCOMPARE(bench.outbox.updates.front().status().state(), mesos::v1::OPERATION_FAILED);
    }

    void volumesAreMadeAndGo()
    {
        Bench bench;
        bench.apply(Operation::RESERVE, reserved("disk:100"), "1");
        bench.apply(Operation::CREATE, reserved("disk:100", "v1"), "2");
        QCOMPARE(bench.volumes.ids, std::set<std::string>{"v1"});
        bench.outbox.keepAll();
        bench.apply(Operation::DESTROY, reserved("disk:100", "v1"), "3");
        QCOMPARE(bench.volumes.ids, std::set<std::string>{"v1"}); // not before that is kept
        bench.outbox.keepAll();
        QVERIFY(bench.volumes.ids.empty());
        bench.apply(Operation::UNRESERVE, reserved("disk:100"), "4");
        bench.outbox.keepAll();
        QVERIFY(bench.operations->checkpointed().empty());
        QVERIFY(bench.operations->total() == Resources::parse("cpus:4;disk:1000").value());
    }

    void aLaterAgentGoesOn()
    {
        Bench bench;
        bench.apply(Operation::RESERVE, reserved("disk:100"), "1");
        bench.apply(Operation::CREATE, reserved("disk:60", "v1"), "2");
        bench.outbox.keepAll();
        Bench later;
        QVERIFY(later.operations->recover(bench.kept()));
        QVERIFY(later.operations->checkpointed() == bench.operations->checkpointed());
        later.operations->masterIsBack();
        QCOMPARE(later.outbox.updates.size(), std::size_t(2));

        Bench smaller("cpus:4;disk:50");
        const auto refused = smaller.operations->recover(bench.kept());
        QVERIFY(refused.error().message.find("--resources") != std::string::npos);
    }

    void unknownOperationsAreDropped()
    {
        Bench bench;
        ReconcileOperationsMessage question;
        question.add_operations()->mutable_operation_uuid()->set_value("nobody's");
        bench.operations->reconcile(question);
        QCOMPARE(bench.outbox.updates.front().status().state(), mesos::v1::OPERATION_DROPPED);
        QVERIFY(!bench.outbox.updates.front().status().has_uuid());
    }

    void anAgentThatCannotKeepEnds()
    {
        Bench bench;
        bench.apply(Operation::RESERVE, reserved("cpus:1"));
        bench.outbox.waiting.front().second(fail("the disk is full"));
        QVERIFY(bench.outbox.finished.find("the disk is full") != std::string::npos);
        QVERIFY(bench.outbox.updates.empty());
    }
};

QTEST_APPLESS_MAIN(TestResourceOperations)
#include "tst_resource_operations.moc"
