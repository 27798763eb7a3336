#pragma once

#include "tests/simulation/cluster.h"

namespace meseta::simulation {

// What must be true of a cluster. Each tells the transcript what is not.

/// At any moment: the master's indexes fit together, nothing is given out twice, and the allocator
/// agrees.
void checkMaster(World &world, SimulatedMaster &master);
/// After each step, the part of it that the step may have broken: what is given out of the agents
/// that were touched.
void checkTouched(World &world, SimulatedMaster &master);
/// At any moment: what runs on an agent fits into it.
void checkAgent(World &world, SimulatedAgent &agent);
/// When nothing has gone wrong for long enough: whether master and agents know of the same tasks,
/// and every update that was kept has arrived.
/// Empty when they do.
std::string disagreement(Cluster &cluster);
std::string disagreement(const Ledger &ledger, SimulatedMaster &master,
                         const std::vector<std::unique_ptr<SimulatedAgent>> &agents,
                         const std::vector<std::unique_ptr<SimulatedScheduler>> &schedulers);
/// After every framework was torn down: nothing is left of them.
void checkNothingRuns(Cluster &cluster);
/// After every agent left, too: the master is as it was in the beginning.
void checkNothingIsLeft(Cluster &cluster);

} // namespace meseta::simulation
