#pragma once

#include <memory>
#include <string>

#include "common/base/flags.h"
#include "common/base/result.h"
#include "daemons/agent/containerizer/containerizer.h"

namespace meseta::agent {

/// The Mesos containerizer as the agent's flags ask for it: --launcher, --isolation,
/// --image_providers and what goes with them. `helper` is the path of `mesos-containerizer`. The
/// error names the flag that cannot be kept on this machine, and why.
Result<std::unique_ptr<Containerizer>> makeMesosContainerizer(const FlagValues &flags,
                                                              const std::string &helper);

} // namespace meseta::agent
