#pragma once

#include "common/base/clock.h"

namespace meseta::simulation {

/// What the wall clock of one machine shows beside the true time: somebody sets it now and then.
struct WallTime
{
    Duration ahead{0};
    bool turnsMonotonic = false; ///< a planted bug: the clock that never goes back goes with it
};

} // namespace meseta::simulation
