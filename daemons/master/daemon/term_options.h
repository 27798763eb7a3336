#pragma once

#include "daemons/master/core/master_options.h"

namespace meseta::master {

struct MasterFlags;

/// The options of a master that is reached at `pid`, by its flags.
MasterOptions optionsOf(const MasterFlags &flags, const messages::Pid &pid);

} // namespace meseta::master
