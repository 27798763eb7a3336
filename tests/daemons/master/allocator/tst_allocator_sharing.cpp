#include <QtTest/QtTest>

#include "allocator_bench.h"

using namespace meseta;
using namespace meseta::master;
using namespace std::chrono_literals;

namespace {

/// Frameworks that launch tasks of one size as long as they are offered enough for one, one task
/// per offer.
struct Demand
{
    std::string framework;
    std::string task;
    int launched = 0;
};

/// Lets every offer be answered: a task is launched from it when it fits, else it is declined for
/// good.
void serve(Bench &bench, std::vector<Demand> &demands)
{
    for (int round = 0; round < 1000; ++round) {
        const std::vector<Offered> offers = bench.offers();
        if (offers.empty())
            return;
        for (const Offered &offered : offers)
            for (Demand &demand : demands) {
                if (demand.framework != offered.framework)
                    continue;
                const bool fits = offered.resources.unallocated().contains(resources(demand.task));
                if (fits) {
                    bench.use(offered, demand.task);
                    ++demand.launched;
                } else {
                    bench.decline(offered, std::chrono::hours(24));
                }
            }
    }
    QFAIL("the offers never end");
}

} // namespace

class TestAllocatorSharing : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void oneFrameworkGetsEverything();
    void theFigureEveryReaderKnows();
    void dominantResourceFairness();
    void weightsShiftTheShares();
    void rolesShareBeforeFrameworks();
    void nestedRolesShareWithTheirParent();
    void freedResourcesAreOfferedAtOnce();
    void recoveredMoreThanHeldIsNotBelieved();
    void usedResourcesAreKnownBeforeTheFramework();
    void agentsGoAndTheirAllocationsToo();
    void removedFrameworkGivesBack();
    void multiRoleFrameworkIsOfferedPerRole();
    void excludedResourcesDoNotCount();
    void randomSortersReachEveryone();
    void nothingIsDoneWhenNothingChanges();
    void shrunkAgentIsNotOverAllocated();
};

void TestAllocatorSharing::oneFrameworkGetsEverything()
{
    Bench bench;
    bench.agent("a1", "cpus:4;mem:4096;ports:[31000-32000]");
    bench.agent("a2", "cpus:2;mem:1024");
    bench.framework("F1");
    const auto offers = bench.offers();
    QCOMPARE(offers.size(), std::size_t(2));
    Resources sum;
    for (const Offered &offered : offers)
        sum += offered.resources;
    QCOMPARE(sum, resources("cpus:6;mem:5120;ports:[31000-32000]").allocated("*"));
    QVERIFY(bench.offers().empty());
}

// Framework 1 launches two tasks from the whole agent; what is left goes to framework 2.
void TestAllocatorSharing::theFigureEveryReaderKnows()
{
    Bench bench;
    bench.agent("agent1", "cpus:4;mem:4096");
    bench.framework("F1");
    const auto first = bench.offers();
    QCOMPARE(first.size(), std::size_t(1));
    QCOMPARE(first[0].resources, resources("cpus:4;mem:4096").allocated("*"));
    bench.framework("F2");
    QVERIFY(bench.offers().empty());
    bench.use(first[0], "cpus:3;mem:3072");
    const auto second = bench.offers();
    QCOMPARE(second.size(), std::size_t(1));
    QCOMPARE(second[0].framework, std::string("F2"));
    QCOMPARE(second[0].resources, resources("cpus:1;mem:1024").allocated("*"));
}

// The example of the DRF paper (Ghodsi et al., 2011): <9 CPU, 18 GB>, A wants <1, 4>, B wants <3,
// 1>.
void TestAllocatorSharing::dominantResourceFairness()
{
    Bench bench;
    bench.framework("A");
    bench.framework("B");
    std::vector<Demand> demands{{"A", "cpus:1;mem:4"}, {"B", "cpus:3;mem:1"}};
    bench.agent("a", "cpus:9;mem:18");
    serve(bench, demands);
    QCOMPARE(demands[0].launched, 3);
    QCOMPARE(demands[1].launched, 2);
}

void TestAllocatorSharing::weightsShiftTheShares()
{
    Bench bench;
    bench.allocator.setWeight("heavy", 2.0);
    bench.framework("H", {"heavy"});
    bench.framework("L", {"light"});
    std::vector<Demand> demands{{"H", "cpus:1;mem:1"}, {"L", "cpus:1;mem:1"}};
    bench.agent("a", "cpus:30;mem:30");
    serve(bench, demands);
    QCOMPARE(demands[0].launched, 20);
    QCOMPARE(demands[1].launched, 10);
}

// Two frameworks in role "a" share what one framework of role "b" has alone.
void TestAllocatorSharing::rolesShareBeforeFrameworks()
{
    Bench bench;
    bench.framework("A1", {"a"});
    bench.framework("A2", {"a"});
    bench.framework("B1", {"b"});
    std::vector<Demand> demands{{"A1", "cpus:1"}, {"A2", "cpus:1"}, {"B1", "cpus:1"}};
    bench.agent("x", "cpus:40;mem:40");
    serve(bench, demands);
    QCOMPARE(demands[0].launched, 10);
    QCOMPARE(demands[1].launched, 10);
    QCOMPARE(demands[2].launched, 20);
}

// "eng" has a framework of its own and two children: the three compete as equals below "eng".
void TestAllocatorSharing::nestedRolesShareWithTheirParent()
{
    Bench bench;
    bench.framework("E", {"eng"});
    bench.framework("W", {"eng/web"});
    bench.framework("D", {"eng/db"});
    bench.framework("O", {"ops"});
    std::vector<Demand> demands{{"E", "cpus:1"}, {"W", "cpus:1"}, {"D", "cpus:1"}, {"O", "cpus:1"}};
    bench.agent("x", "cpus:60;mem:60");
    serve(bench, demands);
    QCOMPARE(demands[3].launched, 30);
    for (int i : {0, 1, 2})
        QCOMPARE(demands[std::size_t(i)].launched, 10);
}

void TestAllocatorSharing::freedResourcesAreOfferedAtOnce()
{
    Bench bench;
    bench.agent("a1", "cpus:4;mem:4096");
    bench.framework("F1");
    const auto all = bench.offers();
    bench.allocator.recover("F1", "a1", resources("cpus:1;mem:512").allocated("*"), std::nullopt);
    const auto again = bench.offers(); // the clock did not move
    QCOMPARE(again.size(), std::size_t(1));
    QCOMPARE(again[0].resources, resources("cpus:1;mem:512").allocated("*"));
    Q_UNUSED(all)
}

void TestAllocatorSharing::recoveredMoreThanHeldIsNotBelieved()
{
    Bench bench;
    bench.agent("a1", "cpus:4;mem:4096");
    bench.framework("F1");
    bench.offers();
    bench.allocator.recover("F1", "a1", resources("cpus:9;mem:1").allocated("*"), std::nullopt);
    bench.allocator.recover("F1", "a1", resources("cpus:9;mem:4096").allocated("*"), std::nullopt);
    bench.allocator.recover("F1", "nowhere", resources("cpus:1").allocated("*"), std::nullopt);
    bench.allocator.recover("nobody", "a1", resources("cpus:1").allocated("*"), std::nullopt);
    const auto offers = bench.offers();
    QCOMPARE(offers.size(), std::size_t(1));
    QCOMPARE(offers[0].resources, resources("cpus:4;mem:4096").allocated("*"));
}

// After a failover agents come back before the frameworks whose tasks they run.
void TestAllocatorSharing::usedResourcesAreKnownBeforeTheFramework()
{
    Bench bench;
    AllocatorAgent agent;
    agent.info.mutable_id()->set_value("a1");
    agent.info.set_hostname("a1");
    agent.capabilities = Bench::allCapabilities();
    agent.total = resources("cpus:4;mem:4096");
    agent.used["OLD"] = resources("cpus:3;mem:1024").allocated("eng");
    bench.allocator.addAgent(agent);
    bench.framework("NEW");
    const auto offers = bench.offers();
    QCOMPARE(offers.size(), std::size_t(1));
    QCOMPARE(offers[0].resources, resources("cpus:1;mem:3072").allocated("*"));
    QCOMPARE(bench.allocator.consumed("eng"), (Quantities{{"cpus", 3000}, {"mem", 1024000}}));
    bench.framework("OLD", {"eng"});
    bench.allocator.recover("OLD", "a1", resources("cpus:3;mem:1024").allocated("eng"),
                            std::nullopt);
    QCOMPARE(bench.offers().size(), std::size_t(1));
    bench.allocator.removeFramework("OLD");
    QVERIFY(bench.allocator.consumed("eng").empty());
}

void TestAllocatorSharing::agentsGoAndTheirAllocationsToo()
{
    Bench bench;
    bench.agent("a1", "cpus:4;mem:4096");
    bench.framework("F1");
    bench.offers();
    bench.allocator.removeAgent("a1");
    QVERIFY(bench.allocator.consumed("*").empty());
    bench.allocator.recover("F1", "a1", resources("cpus:4").allocated("*"), 5s);
    QVERIFY(bench.offers().empty());
    bench.agent("a1", "cpus:4;mem:4096");
    QCOMPARE(bench.offers().size(), std::size_t(1));
    bench.allocator.deactivateAgent("a1");
    bench.allocator.recover("F1", "a1", resources("cpus:4;mem:4096").allocated("*"), std::nullopt);
    QVERIFY(bench.offers().empty());
    bench.allocator.activateAgent("a1");
    QCOMPARE(bench.offers().size(), std::size_t(1));
}

void TestAllocatorSharing::removedFrameworkGivesBack()
{
    Bench bench;
    bench.agent("a1", "cpus:4;mem:4096");
    bench.framework("F1");
    bench.offers();
    bench.framework("F2");
    bench.allocator.removeFramework("F1");
    const auto offers = bench.offers();
    QCOMPARE(offers.size(), std::size_t(1));
    QCOMPARE(offers[0].framework, std::string("F2"));
    QCOMPARE(offers[0].resources, resources("cpus:4;mem:4096").allocated("*"));
}

void TestAllocatorSharing::multiRoleFrameworkIsOfferedPerRole()
{
    Bench bench;
    bench.agent("a1", "cpus:2;mem:64;cpus(r1):1;mem(r2):64");
    bench.framework("F", {"r1", "r2"});
    std::map<std::string, Resources> byRole;
    for (const Offered &offered : bench.offers())
        byRole[offered.role] += offered.resources.unallocated();
    QCOMPARE(byRole.size(), std::size_t(2));
    QCOMPARE(byRole["r1"] + byRole["r2"], resources("cpus:2;mem:64;cpus(r1):1;mem(r2):64"));
    QVERIFY(byRole["r1"].contains(resources("cpus(r1):1")));
    QVERIFY(byRole["r2"].contains(resources("mem(r2):64")));
}

void TestAllocatorSharing::excludedResourcesDoNotCount()
{
    AllocatorOptions options;
    options.fairSharingExcluded = {"mem"};
    Bench bench(options);
    bench.framework("A");
    bench.framework("B");
    std::vector<Demand> demands{{"A", "cpus:1;mem:9"}, {"B", "cpus:1;mem:1"}};
    bench.agent("x", "cpus:10;mem:1000");
    serve(bench, demands);
    QCOMPARE(demands[0].launched, 5);
    QCOMPARE(demands[1].launched, 5);
}

void TestAllocatorSharing::randomSortersReachEveryone()
{
    AllocatorOptions options;
    options.randomRoleSorter = true;
    options.randomFrameworkSorter = true;
    Bench bench(options, 7);
    for (const char *id : {"A", "B", "C", "D"})
        bench.framework(id, {std::string("role-") + (*id < 'C' ? "x" : "y")});
    for (int i = 0; i < 200; ++i)
        bench.agent("a" + std::to_string(i), "cpus:1;mem:64");
    std::map<std::string, int> count;
    for (const Offered &offered : bench.offers())
        ++count[offered.framework];
    QCOMPARE(count.size(), std::size_t(4));
    for (const auto &[id, offers] : count)
        QVERIFY2(offers > 25 && offers < 75, id.c_str());
}

void TestAllocatorSharing::nothingIsDoneWhenNothingChanges()
{
    Bench bench;
    bench.agent("a1", "cpus:4;mem:4096");
    bench.framework("F1");
    bench.decline(bench.offers().at(0), 1h);
    bench.offers();
    const std::uint64_t runs = bench.allocator.figures().runs;
    QVERIFY(bench.offersAfter(59min).empty());
    QCOMPARE(bench.allocator.figures().runs, runs);
    QCOMPARE(bench.clock.pendingTimers(), std::size_t(1)); // the end of the filter
}

void TestAllocatorSharing::shrunkAgentIsNotOverAllocated()
{
    Bench bench;
    bench.agent("a1", "cpus:4;mem:4096");
    bench.framework("F1");
    bench.use(bench.offers().at(0), "cpus:3;mem:1024");
    bench.framework("F2");
    bench.decline(bench.offers().at(0), std::nullopt);
    mesos::v1::AgentInfo info;
    info.mutable_id()->set_value("a1");
    info.set_hostname("a1.example");
    bench.allocator.updateAgent(info, Bench::allCapabilities(), resources("cpus:2;mem:2048"));
    Resources offered;
    for (const Offered &offer : bench.offers())
        offered += offer.resources.unallocated();
    QCOMPARE(offered, resources("mem:1024"));
    bench.allocator.recover("F1", "a1", resources("cpus:3;mem:1024").allocated("*"), std::nullopt);
    for (const Offered &offer : bench.offers())
        offered += offer.resources.unallocated();
    QCOMPARE(offered, resources("cpus:2;mem:2048"));
}

QTEST_GUILESS_MAIN(TestAllocatorSharing)
#include "tst_allocator_sharing.moc"
