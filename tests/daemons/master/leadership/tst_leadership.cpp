#include <QtTest>

#include "common/base/random.h"
#include "common/base/simulated_clock.h"
#include "daemons/master/leadership/election.h"
#include "daemons/master/leadership/leadership.h"
#include "daemons/master/leadership/term_gate.h"
#include "tests/common/zookeeper/fake_ensemble.h"

using namespace meseta;
using namespace meseta::master;
using namespace std::chrono_literals;
using meseta::test::FakeClient;
using meseta::test::FakeEnsemble;

namespace {

/// One master as far as leadership goes: its client of the ensemble, its election, and what it was
/// told to do.
class Candidate final : public LeadershipOutbox
{
public:
    Candidate(FakeEnsemble &ensemble, Clock &clock, std::string name)
        : client(ensemble.client(10s))
        , m_clock(clock)
        , m_name(std::move(name))
        , leadership(clock, *this)
        , election(*client, "/mesos", clock, leadership)
    {
        election.start();
        leadership.start();
    }

    mesos::v1::MasterInfo freshMaster() override
    {
        mesos::v1::MasterInfo info;
        info.set_id(m_name + std::to_string(++masters));
        info.set_ip(1);
        info.set_port(5050);
        info.set_pid("master@" + m_name + ":5050");
        return info;
    }
    void contend(const mesos::v1::MasterInfo &info) override { election.contend(info); }
    void withdraw() override { election.withdraw(); }
    void recover() override
    {
        m_clock.after(20ms, [this] {
            if (registryBroken)
                leadership.recoveryFailed("the registry is broken");
            else
                leadership.recovered();
        });
    }
    void lead() override { steps << QStringLiteral("lead"); }
    void resume() override
    {
        if (steps.isEmpty() || steps.last() != QLatin1String("resume"))
            steps << QStringLiteral("resume");
    }
    void endTerm(const std::string &) override { steps << QStringLiteral("end"); }

    std::unique_ptr<FakeClient> client;
    int masters = 0;
    bool registryBroken = false;
    QStringList steps;

private:
    Clock &m_clock;
    std::string m_name;

public:
    Leadership leadership;
    Election election;
};

} // namespace

class TestLeadership : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { ensemble = std::make_unique<FakeEnsemble>(clock); }
    void cleanup()
    {
        candidates.clear();
        ensemble.reset();
    }

    void oneOfThreeLeads()
    {
        startThree();
        QCOMPARE(acting(), QList<int>{0});
        for (const auto &one : candidates)
            QCOMPARE(one->leadership.leader()->id(), "a1");
        QCOMPARE(candidates[0]->steps.first(), QStringLiteral("lead"));
        QVERIFY(candidates[1]->steps.isEmpty());
    }

    void theNextTakesOverWhenTheLeaderDies()
    {
        startThree();
        candidates[0].reset(); // the fake's client closes its session
        candidates.erase(candidates.begin());
        clock.advance(200ms);
        QCOMPARE(acting(), QList<int>{0});
        QCOMPARE(candidates[0]->leadership.leader()->id(), "b1");
        QCOMPARE(candidates[1]->leadership.leader()->id(), "b1");
    }

    void aCutLeaderStopsBeforeTheNextStarts()
    {
        startThree();
        candidates[0]->client->cut();
        bool wasPaused = false;
        for (int i = 0; i < 2000; ++i) {
            clock.advance(10ms);
            QVERIFY(acting().size() <= 1);
            wasPaused |= candidates[0]->leadership.isPaused();
        }
        QVERIFY(wasPaused);
        QCOMPARE(acting(), QList<int>{1});
        QVERIFY(candidates[0]->steps.contains(QStringLiteral("end")));
        QVERIFY(!candidates[0]->leadership.leader());

        candidates[0]->client->restore(); // in place, with a master of another id
        clock.advance(5s);
        QCOMPARE(acting(), QList<int>{1});
        QCOMPARE(candidates[0]->leadership.leader()->id(), "b1");
        QCOMPARE(candidates[0]->masters, 2);
        candidates[1]->leadership.stop();
        candidates[2]->leadership.stop();
        clock.advance(5s);
        QCOMPARE(acting(), QList<int>{0});
        QCOMPARE(candidates[0]->leadership.leader()->id(), "a2");
    }

    void aShortCutOnlyPauses()
    {
        startThree();
        candidates[0]->steps.clear();
        candidates[0]->client->cut();
        clock.advance(7s);
        QVERIFY(candidates[0]->leadership.isPaused());
        QVERIFY(!candidates[0]->leadership.leader()); // 503 rather than a guess
        candidates[0]->client->restore();
        clock.advance(1s);
        QVERIFY(candidates[0]->leadership.acts());
        QCOMPARE(candidates[0]->steps, QStringList{QStringLiteral("resume")});
        QCOMPARE(candidates[0]->masters, 1);
    }

    void aStoppedProcessKnowsAtOnceThatItIsLate()
    {
        // SIGSTOP: no timer runs, and then time has jumped.
        startThree();
        Leadership &leadership = candidates[0]->leadership;
        leadership.leaseRenewed(clock.monotonic() + 5s);
        QVERIFY(leadership.acts());
        Duration jump{0};
        class Jumped final : public Clock
        {
        public:
            Jumped(Clock &clock, Duration &by) : m_clock(clock), m_by(by) { }
            Duration sinceEpoch() const override { return m_clock.sinceEpoch() + m_by; }
            Duration monotonic() const override { return m_clock.monotonic() + m_by; }
            TimerId after(Duration d, std::function<void()> f) override
            {
                return m_clock.after(d, std::move(f));
            }
            void cancel(TimerId id) override { m_clock.cancel(id); }

        private:
            Clock &m_clock;
            Duration &m_by;
        } jumped(clock, jump);
        class Nothing final : public LeadershipOutbox
        {
        public:
            mesos::v1::MasterInfo freshMaster() override
            {
                mesos::v1::MasterInfo info;
                info.set_id("x");
                return info;
            }
            void contend(const mesos::v1::MasterInfo &) override { }
            void withdraw() override { }
            void recover() override { }
            void lead() override { }
            void resume() override { }
            void endTerm(const std::string &) override { }
        } nothing;
        Leadership stopped(jumped, nothing);
        stopped.start();
        mesos::v1::MasterInfo self;
        self.set_id("x");
        stopped.leaseRenewed(jumped.monotonic() + 5s);
        stopped.detected(self);
        QVERIFY(stopped.phase() == Leadership::Phase::Standing); // its node may not stand yet
        stopped.candidacyEntered();
        stopped.recovered();
        QVERIFY(stopped.acts());
        jump = 6s;
        QVERIFY(!stopped.acts());
    }

    void anExpiredLeaderContendsAgainAsAnother()
    {
        startThree();
        candidates[0]->client->expireNow();
        for (int i = 0; i < 100; ++i) {
            clock.advance(1ms);
            QVERIFY(acting().size() <= 1);
        }
        clock.advance(1s);
        QCOMPARE(acting(), QList<int>{1});
        QCOMPARE(candidates[0]->masters, 2);
        QCOMPARE(candidates[0]->leadership.phase(), Leadership::Phase::Standing);
    }

    void aFollowerKeepsItsMaster()
    {
        startThree();
        candidates[1]->client->expireNow();
        clock.advance(1s);
        QCOMPARE(acting(), QList<int>{0});
        QCOMPARE(candidates[1]->masters, 1);
        candidates[0]->leadership.stop();
        candidates[2]->leadership.stop();
        clock.advance(1s);
        QCOMPARE(acting(), QList<int>{1}); // it stood again
    }

    void aBrokenRegistryLetsOthersLead()
    {
        const auto add = [&](const char *name) {
            candidates.push_back(std::make_unique<Candidate>(*ensemble, clock, name));
        };
        add("a");
        candidates[0]->registryBroken = true;
        clock.advance(10ms);
        add("b");
        clock.advance(1s);
        QCOMPARE(acting(), QList<int>{1});
        candidates[0]->registryBroken = false;
        candidates[1]->leadership.stop();
        clock.advance(10s);
        QCOMPARE(acting(), QList<int>{0});
    }

    void stopHandsOverAtOnce()
    {
        startThree();
        candidates[0]->leadership.stop();
        QVERIFY(!candidates[0]->leadership.acts());
        clock.advance(100ms);
        QCOMPARE(acting(), QList<int>{1});
    }

    void neverTwoActWhateverHappens_data()
    {
        QTest::addColumn<int>("seed");
        for (int seed = 1; seed <= 12; ++seed)
            QTest::addRow("seed %d", seed) << seed;
    }
    void neverTwoActWhateverHappens()
    {
        QFETCH(int, seed);
        SeededRandom random(static_cast<std::uint64_t>(seed));
        startThree();
        for (int step = 0; step < 80; ++step) {
            FakeClient &client = *candidates[random.below(3)]->client;
            switch (random.below(5)) {
            case 0:
            case 1:
                client.cut();
                break;
            case 2:
            case 3:
                client.restore();
                break;
            default:
                client.loseAnswers(random.below(2) == 0);
            }
            for (std::uint64_t i = random.below(60); i > 0; --i) {
                clock.advance(53ms);
                QVERIFY(acting().size() <= 1);
            }
        }
        for (const auto &one : candidates) {
            one->client->loseAnswers(false);
            one->client->restore();
        }
        clock.advance(30s);
        QCOMPARE(acting().size(), 1);
    }

    void theGateHoldsBackWhatComesInAPause()
    {
        bool acts = false;
        TermGate gate([&] { return acts; });
        QStringList done;
        const auto thing = [&](const char *name) {
            return gate.pass([&done, name] { done << QString::fromLatin1(name); });
        };
        QVERIFY(thing("a"));
        QVERIFY(thing("b"));
        QVERIFY(done.isEmpty());
        acts = true;
        QVERIFY(thing("c")); // behind those that wait
        gate.release();
        QCOMPARE(done.join(QString()), QStringLiteral("abc"));
        QVERIFY(thing("d"));
        QCOMPARE(done.join(QString()), QStringLiteral("abcd"));
        gate.close();
        QVERIFY(!thing("e"));
        QCOMPARE(done.size(), 4);
    }

    void timersWaitForTheGateAndEndWithTheTerm()
    {
        bool acts = false;
        TermGate gate([&] { return acts; });
        int fired = 0;
        {
            TermClock term(clock, gate);
            term.after(1s, [&] { ++fired; });
            const auto cancelled = term.after(1s, [&] { fired += 100; });
            clock.advance(2s);
            QCOMPARE(fired, 0);
            term.cancel(cancelled); // due already, but held back
            acts = true;
            gate.release();
            QCOMPARE(fired, 1);
            term.after(1s, [&] { ++fired; });
        }
        clock.advance(5s);
        QCOMPARE(fired, 1);
    }

private:
    void startThree()
    {
        candidates.clear();
        for (const char *name : {"a", "b", "c"}) {
            candidates.push_back(std::make_unique<Candidate>(*ensemble, clock, name));
            clock.advance(100ms);
        }
        clock.advance(1s);
    }
    QList<int> acting() const
    {
        QList<int> found;
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            if (candidates[i]->leadership.acts())
                found << static_cast<int>(i);
        }
        return found;
    }

    SimulatedClock clock;
    std::unique_ptr<FakeEnsemble> ensemble;
    std::vector<std::unique_ptr<Candidate>> candidates;
};

QTEST_GUILESS_MAIN(TestLeadership)
#include "tst_leadership.moc"
