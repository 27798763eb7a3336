#include "gui/model/fragmentation.h"

#include <algorithm>
#include <cmath>

#include "gui/model/replica.h"

namespace meseta::console {

namespace {

constexpr std::size_t listedPlaces = 5;
constexpr double enough = 1e-9; // sums of fractions end just below what they should be

Amounts freeOf(const AgentRow &agent)
{
    Amounts free;
    if (!agent.active || agent.deactivated || !agent.drain.isEmpty())
        return free; // nothing of it is offered
    free.cpus = std::max(0.0, agent.total.cpus - agent.allocated.cpus);
    free.memory = std::max(0.0, agent.total.memory - agent.allocated.memory);
    return free;
}

int times(const Amounts &free, const TaskShape &shape)
{
    double most = 1e9;
    if (shape.cpus > 0)
        most = std::min(most, free.cpus / shape.cpus);
    if (shape.memory > 0)
        most = std::min(most, free.memory / shape.memory);
    return shape.cpus > 0 || shape.memory > 0 ? static_cast<int>(std::floor(most + enough)) : 0;
}

double share(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

} // namespace

int timesOn(const AgentRow &agent, const TaskShape &shape)
{
    return times(freeOf(agent), shape);
}

Fragmentation fragmentationFor(const TaskShape &shape, const Replica &replica)
{
    Fragmentation result;
    const Amounts total = replica.figures().total;
    const auto weight = [&](const Amounts &amounts) {
        return share(amounts.cpus, total.cpus) + share(amounts.memory, total.memory);
    };
    std::vector<std::pair<double, Fragmentation::Place>> places; // the worst, in no order
    double least = 0; // of those in it, once it is full
    replica.agents().forEach([&](const AgentRow &agent) {
        const Amounts free = freeOf(agent);
        result.free.cpus += free.cpus;
        result.free.memory += free.memory;
        const int fit = times(free, shape);
        result.fits += fit;
        if (free.cpus > result.mostCpus.amounts.cpus)
            result.mostCpus = {agent.id, agent.name, free};
        if (free.memory > result.mostMemory.amounts.memory)
            result.mostMemory = {agent.id, agent.name, free};
        Amounts left;
        left.cpus = std::max(0.0, free.cpus - fit * shape.cpus);
        left.memory = std::max(0.0, free.memory - fit * shape.memory);
        result.stranded.cpus += left.cpus;
        result.stranded.memory += left.memory;
        const double heavy = weight(left);
        if (heavy <= std::max(1e-6, least))
            return;
        places.emplace_back(heavy, Fragmentation::Place{agent.id, agent.name, left});
        std::sort(places.begin(), places.end(),
                  [](const auto &a, const auto &b) { return a.first > b.first; });
        if (places.size() > listedPlaces)
            places.pop_back();
        if (places.size() == listedPlaces)
            least = places.back().first;
    });
    result.ideal = times(result.free, shape);
    for (auto &[heavy, place] : places)
        result.worst.append(std::move(place));
    return result;
}

} // namespace meseta::console
