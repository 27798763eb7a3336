#include "gui/model/fragmentation.h"

#include <algorithm>
#include <cmath>

#include "gui/model/replica.h"

namespace meseta::console {

namespace {

constexpr qsizetype listedPlaces = 5;
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
    std::vector<Fragmentation::Place> places;
    replica.agents().forEach([&](const AgentRow &agent) {
        const Amounts free = freeOf(agent);
        result.free.cpus += free.cpus;
        result.free.memory += free.memory;
        const int fit = times(free, shape);
        result.fits += fit;
        Fragmentation::Place place{agent.id, agent.name, free};
        if (free.cpus > result.mostCpus.amounts.cpus)
            result.mostCpus = place;
        if (free.memory > result.mostMemory.amounts.memory)
            result.mostMemory = place;
        place.amounts.cpus = std::max(0.0, free.cpus - fit * shape.cpus);
        place.amounts.memory = std::max(0.0, free.memory - fit * shape.memory);
        result.stranded.cpus += place.amounts.cpus;
        result.stranded.memory += place.amounts.memory;
        if (weight(place.amounts) > 1e-6)
            places.push_back(std::move(place));
    });
    result.ideal = times(result.free, shape);
    const auto count = std::min<std::size_t>(places.size(), listedPlaces);
    std::partial_sort(
        places.begin(), places.begin() + static_cast<std::ptrdiff_t>(count), places.end(),
        [&](const auto &a, const auto &b) { return weight(a.amounts) > weight(b.amounts); });
    for (std::size_t i = 0; i < count; ++i)
        result.worst.append(std::move(places[i]));
    return result;
}

} // namespace meseta::console
