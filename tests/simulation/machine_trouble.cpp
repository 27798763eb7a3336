#include "tests/simulation/machine_trouble.h"

namespace meseta::simulation {

Duration someJump(World &world)
{
    const double seconds[] = {0, 5, 3 * 3600, 40 * 86400};
    const double most = seconds[world.random.below(4)];
    return world.between(0, most) * (world.chance(0.5) ? 1 : -1);
}

void troubleMachine(World &world, SimulatedAgent &agent)
{
    switch (world.random.below(10)) {
    case 0:
    case 1:
        world.transcript.note("somebody sets the clock of " + agent.address());
        return agent.setWallClock(someJump(world));
    case 2:
        return agent.losePower();
    case 3:
        return agent.stopForAWhile();
    case 4:
        return agent.suspend(world.between(0, world.chance(0.5) ? 20 : 150));
    default:
        agent.crash();
    }
}

} // namespace meseta::simulation
