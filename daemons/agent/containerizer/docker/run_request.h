#pragma once

#include "daemons/agent/containerizer/containerizer.h"
#include "daemons/agent/containerizer/docker/run_config.h"
#include "daemons/agent/containerizer/docker_containerizer.h"

namespace meseta::agent {

/// "mesos-<container id>", the name under which Mesos users look for a task's container.
std::string dockerName(const std::string &containerId);

/// What a request is made of, beside the task's own wishes.
struct RunSurroundings
{
    const DockerOptions &options;
    double totalMemoryBytes = 0; ///< of the machine, for oom_score_adj
    bool boundEngineLog = false; ///< keep the engine's own copy of the output small
};

/// The body of POST /containers/create for a container. Source: Mesos Docker containerizer (what it
/// hands to `docker run`); entrypoint, command and arguments:
///
///   shell=true            entrypoint /bin/sh, command "-c" value
///   shell=false           the image's entrypoint stays; command = value (when set), arguments;
///   none of both: the image's command
Result<DockerRunConfig> describeRun(const ContainerSpec &spec, const RunSurroundings &surroundings);

} // namespace meseta::agent
