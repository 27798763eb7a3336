#include "daemons/master/cluster/framework.h"

namespace meseta::master {

namespace {
std::set<std::string> rolesOf(const mesos::v1::FrameworkInfo &info, bool multiRole)
{
    if (!multiRole)
        return {info.role()};
    return {info.roles().begin(), info.roles().end()};
}
} // namespace

Framework::Framework(const mesos::v1::FrameworkInfo &description, std::size_t maxCompletedTasks,
                     std::size_t maxUnreachableTasks)
    : id(description.id().value())
    , completedTasks(maxCompletedTasks)
    , unreachableTasks(maxUnreachableTasks)
{
    setInfo(description);
}

void Framework::setInfo(const mesos::v1::FrameworkInfo &description)
{
    info = description;
    info.mutable_id()->set_value(id);
    infoBytes = info.SerializePartialAsString();
    capabilities = FrameworkCapabilities(info);
    roles = rolesOf(info, capabilities.multiRole);
}

Resources Framework::totalUsed() const
{
    Resources total;
    for (const auto &entry : used)
        total += entry.second;
    return total;
}

Resources Framework::totalOffered() const
{
    Resources total;
    for (const Offer *offer : offers)
        total += offer->resources;
    return total;
}

} // namespace meseta::master
