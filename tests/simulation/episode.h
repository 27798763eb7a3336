#pragma once

#include <string>

#include "tests/simulation/faults.h"

namespace meseta::simulation {

/// How one episode went.
struct Outcome
{
    std::string violation; ///< the promise that was broken first; empty: all held
    std::string transcript; ///< the last lines before it
    std::size_t steps = 0;
    std::size_t messages = 0;
    std::size_t launches = 0;
    std::size_t updates = 0;
};

/// One life of a cluster: some minutes of trouble, then calm until all agree, then everything is
/// torn down. All of it follows from the seed; the same seed gives the same episode.
Outcome playEpisode(std::uint64_t seed, Fault fault = Fault::None, std::size_t linesKept = 100);

/// The same with three masters that elect their leader.
Outcome playHaEpisode(std::uint64_t seed, Fault fault = Fault::None, std::size_t linesKept = 100);

} // namespace meseta::simulation
