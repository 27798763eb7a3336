#pragma once

#include "tests/simulation/simulated_agent.h"

namespace meseta::simulation {

/// What a wall clock that somebody sets may show beside the true time: seconds, hours or weeks, in
/// either direction, or nothing again.
Duration someJump(World &world);

/// One thing by chance: an agent's process dies or is restarted, its machine loses its power or is
/// suspended, or somebody sets its clock.
void troubleMachine(World &world, SimulatedAgent &agent);

} // namespace meseta::simulation
