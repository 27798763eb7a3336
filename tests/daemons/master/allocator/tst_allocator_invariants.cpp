#include <QtTest/QtTest>

#include "allocator_bench.h"

using namespace meseta;
using namespace meseta::master;
using namespace std::chrono_literals;

namespace {

/// A cluster that lives at random: agents and frameworks come and go, offers are used, declined,
/// given back. It keeps its own book of who holds what, and holds the allocator to it.
class Turmoil
{
public:
    explicit Turmoil(std::uint64_t seed) : m_random(seed), m_bench({}, seed + 1) { }

    void step()
    {
        switch (m_random.below(12)) {
        case 0:
            return addAgent();
        case 1:
            return addFramework();
        case 2:
            return m_random.below(4) == 0 ? removeAgent() : m_bench.clock.advance(900ms);
        case 3:
            return m_random.below(4) == 0 ? removeFramework() : m_bench.clock.advance(50ms);
        case 4:
            return suppressOrRevive();
        case 5:
            return changeQuota();
        default:
            return giveBack();
        }
    }

    /// Empty when the books agree.
    QString check()
    {
        for (const Offered &offered : m_bench.offers()) {
            if (!m_frameworks.contains(offered.framework) || !m_totals.contains(offered.agent))
                return QStringLiteral("offered to or of what is gone");
            m_held[offered.agent][offered.framework] += offered.resources;
        }
        std::map<std::string, Quantities> consumed;
        for (const auto &[agent, holders] : m_held) {
            Resources sum;
            for (const auto &[framework, held] : holders) {
                sum += held.unallocated();
                for (const auto &[role, part] : held.byAllocationRole())
                    for (const auto &[name, milli] : part.unreserved().quantities())
                        consumed[role][name] += milli;
            }
            if (!m_totals[agent].contains(sum))
                return QStringLiteral("agent %1 is over-allocated: %2")
                    .arg(QString::fromStdString(agent), QString::fromStdString(sum.text()));
        }
        for (const auto &[agent, total] : m_totals)
            for (const auto &[role, reserved] : total.reservations())
                for (const auto &[name, milli] : reserved.quantities())
                    consumed[role][name] += milli;
        for (const char *role : roles) {
            Quantities expected = consumed[role];
            std::erase_if(expected, [](const auto &item) { return item.second == 0; });
            if (m_bench.allocator.consumed(role) != expected)
                return QStringLiteral("role %1 is said to have %2, but has %3")
                    .arg(QLatin1String(role),
                         QString::fromStdString(quantitiesText(m_bench.allocator.consumed(role))),
                         QString::fromStdString(quantitiesText(expected)));
            if (m_limits.contains(role)
                && m_bench.allocator.consumed(role)["cpus"] > m_limits[role] + m_beyond[role])
                return QStringLiteral("role %1 is beyond its limit").arg(QLatin1String(role));
        }
        return everyOpenGateIsUsed();
    }

private:
    static constexpr std::array<const char *, 4> roles{"*", "a", "b", "c"};

    /// Events before timers: after a run nothing is left that could be offered.
    QString everyOpenGateIsUsed()
    {
        for (const auto &decision : m_bench.allocator.decisions({}, {}, {}, 100'000))
            if (decision.gate() == ::meseta::v1::OfferDecision::OFFERED
                && decision.detail().find("waits for the next allocation interval")
                    == std::string::npos)
                return QStringLiteral("not offered, though nothing is in the way: ")
                    + QString::fromStdString(decision.ShortDebugString());
        return {};
    }

    std::string pick(const std::set<std::string> &from)
    {
        return from.empty() ? std::string()
                            : *std::next(from.begin(), std::ptrdiff_t(m_random.below(from.size())));
    }

    void addAgent()
    {
        if (m_totals.size() > 12)
            return;
        const std::string id = "agent" + std::to_string(++m_last);
        std::string text = "cpus:" + std::to_string(1 + m_random.below(8))
            + ";mem:" + std::to_string(64 + m_random.below(4096)) + ";ports:[31000-31100]";
        if (m_random.below(3) == 0) {
            text += ";cpus(a):2;mem(b):128";
            m_beyond["a"] += 2000;
        }
        m_totals[id] = resources(text);
        m_bench.agent(id, text);
    }

    void addFramework()
    {
        if (m_frameworks.size() > 8)
            return;
        const std::string id = "framework" + std::to_string(++m_last);
        m_frameworks.insert(id);
        std::set<std::string> subscribed{roles[m_random.below(roles.size())],
                                         roles[m_random.below(roles.size())]};
        m_bench.framework(id, subscribed);
    }

    void removeAgent()
    {
        std::set<std::string> ids;
        for (const auto &[id, total] : m_totals)
            ids.insert(id);
        const std::string id = pick(ids);
        m_bench.allocator.removeAgent(id);
        m_totals.erase(id);
        m_held.erase(id);
    }

    void removeFramework()
    {
        const std::string id = pick(m_frameworks);
        m_bench.allocator.removeFramework(id);
        m_frameworks.erase(id);
        for (auto &[agent, holders] : m_held)
            holders.erase(id);
    }

    void suppressOrRevive()
    {
        const std::string id = pick(m_frameworks);
        if (m_random.below(2) == 0)
            m_bench.allocator.suppress(id, {});
        else
            m_bench.allocator.revive(id, {});
    }

    void changeQuota()
    {
        const std::string role = roles[1 + m_random.below(roles.size() - 1)];
        m_limits.erase(role);
        Quantities limits;
        if (m_random.below(2) == 0)
            limits["cpus"] = m_limits[role] = std::int64_t(1000 * (3 + m_random.below(20)));
        Quantities guarantees;
        if (m_random.below(3) == 0)
            guarantees["cpus"] = 2000;
        m_bench.allocator.setQuota(role, guarantees, limits);
        m_beyond[role] = m_bench.allocator.consumed(role)["cpus"];
    }

    void giveBack()
    {
        for (auto &[agent, holders] : m_held)
            for (auto &[framework, held] : holders) {
                if (held.empty() || m_random.below(3) != 0)
                    continue;
                const Resources part = m_random.below(2) == 0 ? held : halved(held);
                const std::optional<Duration> refuse = m_random.below(2) == 0
                    ? std::nullopt
                    : std::optional<Duration>(std::chrono::seconds(m_random.below(4)));
                m_bench.allocator.recover(framework, agent, part, refuse);
                held -= part;
                return;
            }
    }

    static Resources halved(const Resources &held)
    {
        Resources half;
        for (ResourceEntry entry : held.entries()) {
            if (entry.isScalar())
                entry.milli = (entry.milli + 1) / 2;
            half.add(entry);
        }
        return half;
    }

    SeededRandom m_random;
    Bench m_bench;
    std::map<std::string, Resources> m_totals;
    std::set<std::string> m_frameworks;
    std::map<std::string, std::map<std::string, Resources>> m_held;
    std::map<std::string, std::int64_t> m_limits;
    std::map<std::string, std::int64_t>
        m_beyond; ///< consumed when the limit came, and reservations that came later
    int m_last = 0;
};

} // namespace

class TestAllocatorInvariants : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theBooksAgree_data()
    {
        QTest::addColumn<int>("seed");
        for (int seed = 1; seed <= 12; ++seed)
            QTest::addRow("seed %d", seed) << seed;
    }

    void theBooksAgree()
    {
        QFETCH(int, seed);
        Turmoil turmoil(std::uint64_t(seed) * 1000);
        for (int step = 0; step < 300; ++step) {
            turmoil.step();
            const QString fault = turmoil.check();
            QVERIFY2(fault.isEmpty(),
                     qPrintable(QStringLiteral("step %1: %2").arg(step).arg(fault)));
        }
    }

    void theSameSeedGivesTheSameOffers()
    {
        const auto tell = [](std::uint64_t seed) {
            Bench bench({}, seed);
            for (int i = 0; i < 20; ++i)
                bench.framework("F" + std::to_string(i));
            for (int i = 0; i < 50; ++i)
                bench.agent("a" + std::to_string(i), "cpus:1;mem:64");
            std::string all;
            for (const Offered &offered : bench.offers())
                all += offered.text() + "\n";
            return all;
        };
        QCOMPARE(tell(5), tell(5));
        QVERIFY(tell(5) != tell(6));
    }
};

QTEST_GUILESS_MAIN(TestAllocatorInvariants)
#include "tst_allocator_invariants.moc"
