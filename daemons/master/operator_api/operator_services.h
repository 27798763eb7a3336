#pragma once

#include <functional>
#include <map>
#include <string>

#include "common/endpoints/shared_calls.h"
#include "daemons/master/state_views/master_facts.h"

namespace meseta::master {

struct Core;

/// What the operator's doors work with. All of it outlives them.
struct OperatorServices
{
    Core &core;
    SharedServices &shared;
    std::function<MasterFacts()> facts; ///< leadership and times as they are now
    std::function<bool()> recovered; ///< whether the registry has been read
};

} // namespace meseta::master
