#pragma once

#include <unordered_map>

#include "common/base/random.h"
#include "common/base/simulated_clock.h"
#include "common/resources/resources.h"
#include "tests/simulation/faults.h"
#include "tests/simulation/ledger.h"
#include "tests/simulation/transcript.h"

namespace meseta::simulation {

/// What everything in a simulated cluster shares. All that happens follows from the seed.
struct World
{
    World(std::uint64_t seed, Fault planted, std::size_t linesKept)
        : random(seed), transcript(clock, linesKept), fault(planted)
    { }

    SimulatedClock clock;
    SeededRandom random;
    Transcript transcript;
    Ledger ledger{transcript};
    Fault fault;
    std::unordered_map<std::string, Resources>
        taskResources; ///< of tasks, by id: they never change
    bool calm = false; ///< nothing goes wrong any more, and nobody starts anything new

    bool chance(double probability) { return random.fraction() < probability; }
    /// With a fault of this kind planted, now and then.
    bool strikes(Fault kind, double probability)
    {
        return fault == kind && !calm && chance(probability);
    }
    Duration between(double leastSeconds, double mostSeconds)
    {
        const double seconds = leastSeconds + (mostSeconds - leastSeconds) * random.fraction();
        return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
    }
};

} // namespace meseta::simulation
