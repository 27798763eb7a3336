#include "daemons/agent/core/earlier_agent.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include "common/store/disk.h"
#include "daemons/agent/checkpoint/compatibility.h"
#include "daemons/agent/checkpoint/layout.h"
#include "daemons/agent/checkpoint/reader.h"
#include "daemons/agent/core/agent_log.h"
#include "daemons/agent/flags/agent_flags.h"

namespace meseta::agent {

namespace {
/// More would only wait for the disk.
constexpr unsigned maxReaders = 4;
} // namespace

std::string earlierAgentId(const std::string &workDir)
{
    std::error_code error;
    const auto target =
        std::filesystem::read_symlink(workDir + "/meta/" + layout::latestAgent, error);
    return error ? std::string() : target.filename().string();
}

std::string currentBootId()
{
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::string id;
    file >> id;
    return id;
}

Result<RecoveredAgent> readEarlierAgent(const AgentFlags &flags, const AgentConfig &config)
{
    ReaderOptions options;
    options.metaFolder = flags.workDir + "/meta";
    options.agentId = earlierAgentId(flags.workDir);
    options.bootId = config.bootId;
    options.strict = flags.strict;
    options.maxHistoryPerFramework = config.maxCompletedExecutorsPerFramework;
    options.threads = std::clamp(std::thread::hardware_concurrency(), 1u, maxReaders);
    auto earlier = readAgent(store::systemDisk(), options);
    if (!earlier)
        return fail("cannot take up what agent " + options.agentId
                    + " left in --work_dir=" + flags.workDir + ": " + earlier.error().message
                    + ". Or remove " + options.metaFolder + "/" + layout::latestAgent
                    + " to start as a new agent, which ends all that the earlier one ran");
    for (const std::string &error : earlier->errors)
        qCWarning(agentLog) << error.c_str();
    if (earlier->rebooted)
        qCInfo(agentLog) << "the machine was restarted: nothing of the earlier agent runs";
    if (flags.recoverByCleanup || !earlier->info)
        return earlier;
    const auto goesOn = continuation(*earlier, agentInfo(config), flags.reconfiguration);
    if (!goesOn)
        return fail(goesOn.error());
    if (*goesOn == Continuation::NewAgent) {
        qCInfo(agentLog) << "starting as a new agent: this one differs too much from agent"
                         << options.agentId.c_str();
        earlier->info.reset();
    }
    return earlier;
}

} // namespace meseta::agent
