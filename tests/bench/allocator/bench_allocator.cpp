// How long the allocator takes: `bench_allocator [agents] [frameworks]`, default 10,000 and 1,000.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "common/base/random.h"
#include "common/base/simulated_clock.h"
#include "daemons/master/allocator/allocator.h"

using namespace meseta;
using namespace meseta::master;

namespace {

void report(const char *what, int times, const std::function<void()> &work)
{
    const auto start = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double, std::micro> spent =
        std::chrono::steady_clock::now() - start;
    std::printf("%-62s %10.1f ms %12.3f us each of %d\n", what, spent.count() / 1000,
                spent.count() / times, times);
}

double residentMegabytes()
{
    std::ifstream statm("/proc/self/statm");
    double total = 0;
    double resident = 0;
    statm >> total >> resident;
    return resident * 4096 / 1e6;
}

Resources parsed(const char *text)
{
    return Resources::parse(text).value();
}

void benchResources()
{
    const Resources agent = parsed("cpus:32;mem:65536;disk:1000000;ports:[31000-32000]");
    const Resources task = parsed("cpus:1;mem:512;disk:100;ports:[31005-31006]");
    constexpr int times = 1'000'000;
    Resources sink = agent;
    report("resources: + of cpus, mem, disk, ports", times, [&] {
        for (int i = 0; i < times; ++i) {
            sink = agent;
            sink += task;
        }
    });
    report("resources: -", times, [&] {
        for (int i = 0; i < times; ++i) {
            sink = agent;
            sink -= task;
        }
    });
    int contained = 0;
    report("resources: contains", times, [&] {
        for (int i = 0; i < times; ++i)
            contained += agent.contains(task) ? 1 : 0;
    });
    report("resources: copy", times, [&] {
        for (int i = 0; i < times; ++i)
            sink = agent;
    });
    const Resources::Proto proto = agent.proto();
    report("resources: from protobuf", times / 10, [&] {
        for (int i = 0; i < times / 10; ++i)
            sink = Resources(proto);
    });
    if (contained != times)
        std::puts("contains is wrong");
}

struct Cluster
{
    Cluster(int agents, int frameworks)
        : random(1)
        , allocator({}, clock, random, [this](const std::vector<Allocation> &all) { take(all); })
    {
        for (int i = 0; i < frameworks; ++i) {
            AllocatorFramework framework;
            framework.id = "framework-" + std::to_string(i);
            framework.roles = {"role-" + std::to_string(i % 100)};
            framework.capabilities = {"MULTI_ROLE", "RESERVATION_REFINEMENT"};
            allocator.addFramework(framework);
        }
        const Resources total = parsed("cpus:32;mem:65536;disk:1000000;ports:[31000-32000]");
        for (int i = 0; i < agents; ++i) {
            AllocatorAgent agent;
            agent.info.mutable_id()->set_value("agent-" + std::to_string(i));
            agent.info.set_hostname("host-" + std::to_string(i));
            agent.capabilities = {"MULTI_ROLE", "HIERARCHICAL_ROLE", "RESERVATION_REFINEMENT"};
            agent.total = total;
            allocator.addAgent(agent);
        }
    }

    struct Offer
    {
        std::string framework;
        std::string agent;
        Resources resources;
    };

    void take(const std::vector<Allocation> &all)
    {
        for (const Allocation &allocation : all)
            for (const auto &[role, byAgent] : allocation.byRoleAndAgent)
                for (const auto &[agent, resources] : byAgent)
                    offers.push_back({allocation.frameworkId, agent, resources});
    }

    SimulatedClock clock;
    SeededRandom random;
    std::vector<Offer> offers;
    Allocator allocator;
};

void benchCluster(int agents, int frameworks)
{
    const double before = residentMegabytes();
    Cluster cluster(agents, frameworks);
    report("first run: every agent is offered", agents, [&] { cluster.allocator.runNow(); });
    std::printf("%zu offers; %.1f MB for agents and frameworks\n", cluster.offers.size(),
                residentMegabytes() - before);
    report("run without a change", 1, [&] { cluster.allocator.runNow(); });

    const std::vector<Cluster::Offer> all = std::exchange(cluster.offers, {});
    const Resources task = parsed("cpus:1;mem:512;ports:[31000-31000]");
    report("a task ends on one agent: freed, offered again, 1 run each", agents, [&] {
        for (const Cluster::Offer &offer : all) {
            const std::string role = offer.resources.proto().Get(0).allocation_info().role();
            cluster.allocator.recover(offer.framework, offer.agent, task.allocated(role),
                                      std::nullopt);
            cluster.allocator.runNow();
        }
    });
    const std::vector<Cluster::Offer> again = std::exchange(cluster.offers, {});
    report("every offer is declined for an hour, one run", int(again.size()), [&] {
        for (const Cluster::Offer &offer : again)
            cluster.allocator.recover(offer.framework, offer.agent, offer.resources,
                                      std::chrono::hours(1));
        cluster.allocator.runNow();
    });
    report("one framework revives, everything is held", 1, [&] {
        cluster.allocator.revive("framework-0", {});
        cluster.allocator.runNow();
    });
    const std::vector<Cluster::Offer> third = std::exchange(cluster.offers, {});
    for (int i = 0; i < frameworks; ++i)
        cluster.allocator.suppress("framework-" + std::to_string(i), {});
    for (const Cluster::Offer &offer : third)
        cluster.allocator.recover(offer.framework, offer.agent, offer.resources, std::nullopt);
    report("everything is free, everyone has suppressed", 1, [&] { cluster.allocator.runNow(); });
    report("one framework revives, everything is free", 1, [&] {
        cluster.allocator.revive("framework-0", {});
        cluster.allocator.runNow();
    });
    std::printf("%.1f MB in all\n", residentMegabytes());
}

} // namespace

int main(int argc, char **argv)
{
    const int agents = argc > 1 ? std::atoi(argv[1]) : 10'000;
    const int frameworks = argc > 2 ? std::atoi(argv[2]) : 1'000;
    benchResources();
    benchCluster(agents, frameworks);
    return 0;
}
