#include <QTest>

#include "common/base/random.h"
#include "common/base/simulated_clock.h"
#include "daemons/master/registry/registry_head.h"
#include "daemons/master/registry/zookeeper_storage.h"
#include "tests/common/zookeeper/fake_ensemble.h"

using namespace meseta;
using namespace meseta::master;
using namespace meseta::test;
using namespace std::chrono_literals;

namespace {

/// A master's way to the registry.
struct Side
{
    Side(FakeEnsemble &ensemble, SimulatedClock &theClock, const std::string &name)
        : clock(theClock)
        , client(ensemble.client())
        , storage(std::make_unique<ZooKeeperStorage>(*client, clock, "/mesos", name))
    { }

    /// What `open` finds; an error after `limit`.
    Result<store::Contents> open(Duration limit = 5s)
    {
        std::optional<Result<store::Contents>> found;
        storage->open([&found](Result<store::Contents> given) { found = std::move(given); });
        waitFor([&found] { return found.has_value(); }, limit);
        return found ? std::move(*found) : fail("no answer");
    }

    void waitFor(const std::function<bool()> &condition, Duration limit)
    {
        const Duration end = clock.monotonic() + limit;
        while (!condition() && clock.monotonic() < end)
            clock.advance(1ms);
    }

    Result<> append(const std::string &batch, Duration limit = 5s)
    {
        std::optional<Result<>> done;
        storage->append(batch, [&done](Result<> given) { done = std::move(given); });
        waitFor([&done] { return done.has_value(); }, limit);
        if (!done)
            storage.reset(); // as a registrar does that waited too long
        return done ? *done : fail("no answer");
    }

    Result<> replace(const std::string &snapshot, Duration limit = 5s)
    {
        std::optional<Result<>> done;
        storage->replace(snapshot, [&done](Result<> given) { done = std::move(given); });
        waitFor([&done] { return done.has_value(); }, limit);
        if (!done)
            storage.reset();
        return done ? *done : fail("no answer");
    }

    SimulatedClock &clock;
    std::unique_ptr<FakeClient> client;
    std::unique_ptr<ZooKeeperStorage> storage;
};

std::string words(const store::Contents &contents)
{
    std::string all = contents.snapshot;
    for (const std::string &batch : contents.batches)
        all += batch;
    return all;
}

} // namespace

/// The registry in ZooKeeper, on an ensemble in memory.
class TestZooKeeperStorage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void headsAreText()
    {
        RegistryHead head;
        head.generation = 3;
        head.shards = 1;
        head.pieces = 2;
        head.term = 4;
        head.writes = 17;
        head.owner = "M at master@10.0.0.1:5050";
        QCOMPARE(RegistryHead::parse(head.text()).value(), head);
        QCOMPARE(RegistryHead::parse("").value(), RegistryHead());
        QVERIFY(!RegistryHead::parse("something else"));
        QVERIFY(!RegistryHead::parse("meseta-registry 1\ngeneration 3\n"));
        QVERIFY(!RegistryHead::parse("meseta-registry 1\ngeneration x\n"));
        QVERIFY(head.names("snapshot-3-0") && head.names("log-3-1"));
        QVERIFY(!head.names("snapshot-3-1") && !head.names("log-3-2") && !head.names("log-2-0"));
        QVERIFY(!head.names("other") && !head.names("log-3-01"));
    }

    void longBytesAreCutAndJoined()
    {
        const std::vector<std::string> wholes{"", "short", std::string(1000, 'x'), "end"};
        std::vector<std::string> parts;
        for (const std::string &whole : wholes) {
            for (std::string &part : registry_pieces::cut(whole, 256)) {
                QVERIFY(part.size() <= 256);
                parts.push_back(std::move(part));
            }
        }
        QCOMPARE(registry_pieces::join(parts).value(), wholes);
        auto damaged = parts;
        damaged[2][20] ^= 1;
        QVERIFY(!registry_pieces::join(damaged));
        auto unfinished = parts;
        unfinished.resize(3);
        QVERIFY(!registry_pieces::join(unfinished));
    }

    void theNextMasterFindsWhatWasStored()
    {
        SimulatedClock clock;
        FakeEnsemble ensemble(clock);
        Side one(ensemble, clock, "one");
        QCOMPARE(words(*one.open()), std::string());
        QVERIFY(one.append("a"));
        QVERIFY(one.append("b"));
        QVERIFY(one.replace("ab"));
        QVERIFY(one.append("c"));
        Side two(ensemble, clock, "two");
        const auto found = two.open();
        QCOMPARE(found->snapshot, std::string("ab"));
        QCOMPARE(found->batches, std::vector<std::string>{"c"});
        clock.advance(1s);
        QCOMPARE(ensemble.childrenOf("/mesos/registry").size(), std::size_t(2));
    }

    void aDeposedMasterCanWriteNothing()
    {
        SimulatedClock clock;
        FakeEnsemble ensemble(clock);
        Side old(ensemble, clock, "old");
        QVERIFY(old.open());
        QVERIFY(old.append("a"));
        Side fresh(ensemble, clock, "fresh");
        QCOMPARE(words(*fresh.open()), std::string("a"));
        const std::string head = *ensemble.dataOf("/mesos/registry");
        const std::vector<std::string> nodes = ensemble.childrenOf("/mesos/registry");
        QVERIFY(!old.append("b"));
        QVERIFY(!old.replace("b"));
        QVERIFY(!old.append(std::string(2 * ZooKeeperStorage::shardBytes, 'b')));
        QCOMPARE(*ensemble.dataOf("/mesos/registry"), head);
        QCOMPARE(ensemble.childrenOf("/mesos/registry"), nodes);
        QVERIFY(fresh.append("c"));
        Side third(ensemble, clock, "third");
        QCOMPARE(words(*third.open()), std::string("ac"));
    }

    void nodesStayBelowTheLimit()
    {
        SimulatedClock clock;
        FakeEnsemble ensemble(clock);
        Side one(ensemble, clock, "one");
        QVERIFY(one.open());
        const std::string big(5 * ZooKeeperStorage::shardBytes / 2, 'x');
        QVERIFY(one.append(big));
        QVERIFY(one.append("y"));
        for (const std::string &name : ensemble.childrenOf("/mesos/registry"))
            QVERIFY(ensemble.dataOf("/mesos/registry/" + name)->size()
                    <= ZooKeeperStorage::shardBytes);
        Side two(ensemble, clock, "two");
        QCOMPARE(words(*two.open()), big + "y");
        QVERIFY(two.replace(big + big));
        Side three(ensemble, clock, "three");
        QCOMPARE(three.open()->snapshot, big + big);
    }

    void damageIsTold()
    {
        SimulatedClock clock;
        FakeEnsemble ensemble(clock);
        Side one(ensemble, clock, "one");
        QVERIFY(one.open());
        QVERIFY(one.append("a"));
        std::string bytes = *ensemble.dataOf("/mesos/registry/log-0-0");
        bytes[5] ^= 1;
        ensemble.put("/mesos/registry/log-0-0", bytes);
        Side two(ensemble, clock, "two");
        QVERIFY(two.open().error().message.find("damaged") != std::string::npos);
    }

    /// The master dies, or its connection breaks, at any moment of any write; now and then answers
    /// are lost that told of something done. What was promised is there, what was not may be.
    void whateverBreaksNothingPromisedIsLost()
    {
        for (std::uint64_t seed = 0; seed < 300; ++seed) {
            SimulatedClock clock;
            FakeEnsemble ensemble(clock);
            SeededRandom random(seed);
            std::string promised;
            for (int life = 0; life < 4; ++life) {
                Side side(ensemble, clock, "life " + std::to_string(life));
                const auto found = side.open();
                QVERIFY(found);
                std::string now = words(*found);
                QVERIFY2(now == promised || now.starts_with(promised),
                         (now + " / " + promised).c_str());
                promised = now;
                bool alive = true;
                for (int i = 0; i < 6 && alive; ++i) {
                    const std::string word = std::to_string(life) + std::to_string(i) + " ";
                    const std::uint64_t fate = random.below(8);
                    side.client->loseAnswers(fate == 0);
                    std::optional<Result<>> done;
                    const auto take = [&done](Result<> given) { done = std::move(given); };
                    if (random.below(3) == 0)
                        side.storage->replace(promised + word, take);
                    else
                        side.storage->append(word, take);
                    clock.advance(std::chrono::microseconds(random.below(5000)));
                    if (fate == 1) { // killed
                        side.storage.reset();
                        alive = false;
                        break;
                    }
                    if (fate == 2)
                        side.client->cut();
                    clock.advance(50ms);
                    side.client->loseAnswers(false);
                    side.client->restore();
                    side.waitFor([&done] { return done.has_value(); }, 5s);
                    QVERIFY2(done && *done, done ? done->error().message.c_str() : "no answer");
                    promised += word;
                }
            }
        }
    }

    void itWaitsForAnEnsembleThatIsAway()
    {
        SimulatedClock clock;
        FakeEnsemble ensemble(clock);
        Side one(ensemble, clock, "one");
        QVERIFY(one.open());
        one.client->cut();
        std::optional<Result<>> done;
        one.storage->append("a", [&done](Result<> given) { done = std::move(given); });
        clock.advance(2s);
        QVERIFY(!done);
        one.client->restore();
        clock.advance(2s);
        QVERIFY(done && done->has_value());
    }
};

QTEST_GUILESS_MAIN(TestZooKeeperStorage)
#include "tst_zookeeper_storage.moc"
