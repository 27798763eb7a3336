#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "daemons/agent/containerizer/native/image_source.h"
#include "daemons/agent/containerizer/native/isolator.h"
#include "daemons/agent/containerizer/sandbox_log_limits.h"

namespace meseta::agent {

struct MesosOptions
{
    std::string helper; ///< path of `mesos-containerizer` (--launcher_dir, or beside the agent)
    std::string runtimeDir; ///< --runtime_dir: what containers leave for the next agent lies in
                            ///< containers/<id>/
    SandboxLogLimits logs;
    Duration recoveryTimeout =
        std::chrono::minutes(15); ///< a checkpointed container ends itself when no agent came back
    std::vector<std::unique_ptr<Isolator>> isolators; ///< of --isolation, in order
    std::unique_ptr<ImageSource> images; ///< with --image_providers; null: no images
    std::string sandboxDirectory = "/mnt/mesos/sandbox"; ///< --sandbox_directory
};

} // namespace meseta::agent
