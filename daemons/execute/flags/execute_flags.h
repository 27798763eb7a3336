#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/flags.h"
#include "common/zookeeper/url.h"
#include "mesos/v1/cluster.pb.h"
#include "mesos/v1/task.pb.h"

namespace meseta::execute {

/// Every flag of mesos-execute. They have no environment form. Source: Mesos' command line
/// `mesos-execute`.
FlagTable executeFlagTable();

/// What to run and where, made of the flags.
struct ExecuteFlags
{
    std::optional<zookeeper::Url> zk; ///< where the leading master is found; else:
    std::string masterHost;
    std::uint16_t masterPort = 5050;
    bool json = false; ///< speak JSON instead of protobuf

    mesos::v1::FrameworkInfo framework; ///< without id
    mesos::v1::TaskInfo task; ///< without agent_id; resources as asked for, unreserved
    std::optional<mesos::v1::TaskGroupInfo> group; ///< instead of `task`
    std::optional<Duration> killAfter; ///< from TASK_RUNNING
    std::optional<std::string> authorization; ///< "Basic …" of --principal and --secret
};

/// The typed view of loaded values; checks what involves several flags.
Result<ExecuteFlags> executeFlags(const FlagValues &values);

struct ExecuteFlagsOutcome
{
    std::optional<ExecuteFlags> flags;
    int exitCode = 0;
};
ExecuteFlagsOutcome loadExecuteFlags(int argc, const char *const *argv);

} // namespace meseta::execute
