#include <QTest>

#include "common/base/random.h"
#include "common/base/simulated_clock.h"
#include "daemons/master/registry/registrar.h"
#include "tests/common/store/faulty_disk.h"
#include "tests/daemons/master/registry/scripted_storage.h"

using namespace meseta;
using namespace meseta::master;
using namespace meseta::master::test;
using namespace std::chrono_literals;

namespace {

mesos::v1::AgentInfo agent(const std::string &id)
{
    mesos::v1::AgentInfo info;
    info.mutable_id()->set_value(id);
    info.set_hostname("host");
    return info;
}

mesos::v1::MasterInfo masterInfo(const std::string &id)
{
    mesos::v1::MasterInfo info;
    info.set_id(id);
    info.set_ip(1);
    info.set_port(5050);
    return info;
}

/// A registrar on kept bytes, with what it told.
struct Desk
{
    Desk(KeptBytes &kept, SimulatedClock &clock)
    {
        auto made = std::make_unique<ScriptedStorage>(kept);
        storage = made.get();
        registrar = std::make_unique<Registrar>(std::move(made), clock, RegistrarOptions{},
                                                [this](const std::string &why) { failure = why; });
    }

    void recover(const std::string &id = "M")
    {
        registrar->recover(masterInfo(id), [this] { told += "recovered "; });
    }
    void admit(const std::string &id)
    {
        registrar->apply(registry::admitAgent(agent(id)), [this, id](const Result<> &done) {
            told += id + (done ? " " : " refused ");
        });
    }

    ScriptedStorage *storage = nullptr;
    std::unique_ptr<Registrar> registrar;
    std::string told;
    std::string failure;
};

} // namespace

/// The order, the batches and the failures of what a master keeps.
class TestRegistrar : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void itIsReadAndTheLeaderIsWrittenFirst()
    {
        KeptBytes kept;
        SimulatedClock clock;
        Desk desk(kept, clock);
        desk.admit("S0"); // early, but not before the registry was read
        desk.recover();
        desk.storage->answerNext();
        QCOMPARE(desk.told, std::string());
        desk.storage->answerNext();
        QCOMPARE(desk.told, std::string("recovered S0 "));
        QCOMPARE(desk.registrar->records().toProto().master().info().id(), std::string("M"));
        QCOMPARE(desk.storage->writes(), std::size_t(1));
    }

    void whatComesWhileItStoresGoesTogether()
    {
        KeptBytes kept;
        SimulatedClock clock;
        Desk desk(kept, clock);
        desk.recover();
        desk.storage->answerAll();
        desk.told.clear();
        for (const char *id : {"S0", "S1", "S2", "S1"})
            desk.admit(id);
        QCOMPARE(desk.registrar->queued(), std::size_t(4));
        desk.storage->answerNext();
        QCOMPARE(desk.told, std::string("S0 "));
        desk.storage->answerNext();
        QCOMPARE(desk.told, std::string("S0 S1 S2 S1 refused "));
        QCOMPARE(desk.storage->writes(), std::size_t(3));
        QCOMPARE(desk.registrar->queued(), std::size_t(0));
    }

    void theNextMasterFindsEverything()
    {
        KeptBytes kept;
        SimulatedClock clock;
        {
            Desk desk(kept, clock);
            desk.recover();
            desk.admit("S0");
            desk.admit("S1");
            desk.storage->answerAll();
            desk.admit("S2"); // never answered: it may be lost, and nobody was told
        }
        Desk next(kept, clock);
        next.recover("N");
        next.storage->answerAll();
        const auto all = next.registrar->records().toProto();
        QCOMPARE(all.slaves().slaves_size(), 2);
        QCOMPARE(all.master().info().id(), std::string("N"));
    }

    void aDeposedMasterWritesNothing()
    {
        KeptBytes kept;
        SimulatedClock clock;
        Desk old(kept, clock), fresh(kept, clock);
        old.recover("M");
        old.storage->answerAll();
        old.admit("S0");
        fresh.recover("N");
        fresh.storage->answerAll();
        old.storage->answerAll();
        QCOMPARE(old.told, std::string("recovered "));
        QVERIFY(!old.failure.empty());
        old.admit("S1");
        QVERIFY(!old.storage->answerNext());
        QCOMPARE(fresh.registrar->records().count(registry_keys::Agent), std::size_t(0));
    }

    void failingAndSlowStoragesEndIt()
    {
        KeptBytes kept;
        SimulatedClock clock;
        Desk full(kept, clock), slow(kept, clock), silent(kept, clock);
        full.recover();
        full.storage->answerAll();
        full.storage->failNext();
        full.admit("S0");
        full.storage->answerAll();
        QVERIFY(full.failure.find("the disk is full") != std::string::npos);
        QCOMPARE(full.told, std::string("recovered "));

        slow.recover();
        slow.storage->answerAll();
        slow.admit("S0");
        clock.advance(20s);
        QVERIFY(slow.failure.find("20secs") != std::string::npos);
        slow.storage->answerAll();
        QCOMPARE(slow.told, std::string("recovered "));

        silent.recover();
        clock.advance(1min);
        QVERIFY(silent.failure.find("1mins") != std::string::npos);
        QCOMPARE(clock.pendingTimers(), std::size_t(0));
    }

    void aLongLogBecomesASnapshot()
    {
        KeptBytes kept;
        SimulatedClock clock;
        Desk desk(kept, clock);
        desk.recover();
        desk.storage->answerAll();
        for (int i = 0; i < 3000; ++i) {
            mesos::v1::AgentInfo info = agent("S" + std::to_string(i % 10));
            info.set_hostname(std::string(900, 'a') + std::to_string(i));
            desk.registrar->apply(registry::markReachable(info), {});
            desk.registrar->apply(registry::updateAgent(info), {});
            desk.storage->answerAll();
        }
        QVERIFY(desk.storage->snapshots() >= 2);
        QVERIFY(desk.storage->snapshots() < 10);
        Desk next(kept, clock);
        next.recover("M");
        next.storage->answerAll();
        QCOMPARE(next.registrar->records().table(), desk.registrar->records().table());
    }

    void itTellsHowLongStoringTook()
    {
        KeptBytes kept;
        SimulatedClock clock;
        Desk desk(kept, clock);
        Duration fetched{0}, stored{0};
        desk.registrar->observe([&](Duration took) { fetched = took; },
                                [&](Duration took) { stored = took; });
        desk.recover();
        clock.advance(3s);
        desk.storage->answerNext();
        clock.advance(2s);
        desk.storage->answerNext();
        QCOMPARE(fetched, Duration(3s));
        QCOMPARE(stored, Duration(2s));
    }

    void aRegistryOfANewerMasterIsLeftAlone()
    {
        KeptBytes kept;
        RegistryChanges changes;
        changes.put("capability/TIME_TRAVEL", {});
        kept.contents.batches.push_back(changes.bytes());
        SimulatedClock clock;
        Desk desk(kept, clock);
        desk.recover();
        desk.storage->answerAll();
        QVERIFY(desk.failure.find("TIME_TRAVEL") != std::string::npos);
        QCOMPARE(kept.contents.batches.size(), std::size_t(1));
    }

    void itMayBeDestroyedByItsAnswer()
    {
        KeptBytes kept;
        SimulatedClock clock;
        auto desk = std::make_unique<Desk>(kept, clock);
        desk->recover();
        desk->storage->answerAll();
        bool second = false;
        auto *storage = desk->storage;
        desk->registrar->apply(registry::admitAgent(agent("S0")), {});
        desk->registrar->apply(registry::admitAgent(agent("S1")),
                               [](const Result<> &) { /* first of the batch */ });
        Q_UNUSED(storage);
        desk->registrar->apply(registry::admitAgent(agent("S2")),
                               [&](const Result<> &) { second = true; });
        desk.reset();
        QVERIFY(!second);
    }
};

QTEST_APPLESS_MAIN(TestRegistrar)
#include "tst_registrar.moc"
