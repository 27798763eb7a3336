#include <cmath>

#include "daemons/master/validation/executor_info.h"
#include "mesos/v1/task.pb.h"

namespace meseta::master {

namespace {

Result<> validateLimit(const mesos::v1::TaskInfo &task, const std::string &name, double limit)
{
    if (name != "cpus" && name != "mem")
        return fail("'limits' has '" + name + "': only cpus and mem can be limited");
    const double request = Resources(task.resources()).scalar(name);
    if (request == 0)
        return fail("'limits' has '" + name + "', but 'resources' asks for none; ask for some");
    if (std::isnan(limit) || limit < request)
        return fail("'limits." + name + "' is " + std::to_string(limit) + ", below the "
                    + std::to_string(request) + " that 'resources' asks for; it must not be less");
    return {};
}

} // namespace

Result<> validateLimits(const mesos::v1::TaskInfo &task, const TaskContext &context)
{
    if (task.limits().empty())
        return {};
    if (!context.agentCapabilities.contains("TASK_RESOURCE_LIMITS"))
        return fail("'limits' is set, but the agent lacks the capability TASK_RESOURCE_LIMITS");
    for (const auto &[name, limit] : task.limits()) {
        if (auto valid = validateLimit(task, name, limit.value()); !valid)
            return valid;
    }
    return {};
}

} // namespace meseta::master
