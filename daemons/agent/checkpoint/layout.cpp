#include "daemons/agent/checkpoint/layout.h"

namespace meseta::agent::layout {

std::string agent(const std::string &agentId)
{
    return "slaves/" + agentId;
}

std::string agentInfo(const std::string &agentId)
{
    return agent(agentId) + "/slave.info";
}

std::string drainConfig(const std::string &agentId)
{
    return agent(agentId) + "/drain.config";
}

std::string FrameworkPath::folder() const
{
    return agent(agentId) + "/frameworks/" + frameworkId;
}

std::string RunPath::taskInfo(const std::string &taskId) const
{
    return task(taskId) + "/task.info";
}

std::string RunPath::taskUpdates(const std::string &taskId) const
{
    return task(taskId) + "/task.updates";
}

std::string RunPath::taskKill(const std::string &taskId) const
{
    return task(taskId) + "/task.kill";
}

} // namespace meseta::agent::layout
