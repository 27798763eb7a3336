#include "daemons/agent/core/resource_detection.h"

#include <cmath>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <unistd.h>

namespace meseta::agent {

namespace {

constexpr double megabyte = 1024.0 * 1024.0;

/// Leaves `reserve` to the system, or half when there is less than twice that.
double lessReserve(double total, double reserve)
{
    return std::floor(total >= 2 * reserve ? total - reserve : total / 2);
}

void addScalar(Resources::Proto &list, const char *name, double value, const std::string &role)
{
    if (value <= 0)
        return;
    mesos::v1::Resource *resource = list.Add();
    resource->set_name(name);
    resource->set_type(mesos::v1::Value::SCALAR);
    resource->mutable_scalar()->set_value(value);
    resource->set_role(role);
}

void addPorts(Resources::Proto &list, const std::string &role)
{
    mesos::v1::Resource *resource = list.Add();
    resource->set_name("ports");
    resource->set_type(mesos::v1::Value::RANGES);
    auto *range = resource->mutable_ranges()->add_range();
    range->set_begin(31000);
    range->set_end(32000);
    resource->set_role(role);
}

} // namespace

MachineCapacity machineCapacity(const std::string &workDir)
{
    MachineCapacity machine;
    machine.cpus = static_cast<double>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN)));
    struct sysinfo system
    { };
    if (::sysinfo(&system) == 0)
        machine.memMegabytes =
            std::floor(static_cast<double>(system.totalram) * system.mem_unit / megabyte);
    struct statvfs disk
    { };
    if (::statvfs(workDir.c_str(), &disk) == 0)
        machine.diskMegabytes = std::floor(static_cast<double>(disk.f_blocks)
                                           * static_cast<double>(disk.f_frsize) / megabyte);
    return machine;
}

Result<Resources> agentResources(const std::optional<std::string> &flag,
                                 const std::string &defaultRole, const MachineCapacity &machine)
{
    Resources::Proto list;
    if (flag) {
        auto parsed = Resources::parseList(*flag, defaultRole);
        if (!parsed)
            return fail(parsed.error().within("--resources"));
        list = *parsed;
    }
    const auto named = [&list](const char *name) {
        return std::any_of(list.begin(), list.end(),
                           [name](const auto &resource) { return resource.name() == name; });
    };
    const bool cpus = named("cpus"), mem = named("mem"), disk = named("disk"),
               ports = named("ports");
    if (!cpus)
        addScalar(list, "cpus", machine.cpus, defaultRole);
    if (!mem)
        addScalar(list, "mem", lessReserve(machine.memMegabytes, 1024), defaultRole);
    if (!disk)
        addScalar(list, "disk", lessReserve(machine.diskMegabytes, 5 * 1024), defaultRole);
    if (!ports)
        addPorts(list, defaultRole);
    return Resources(list);
}

} // namespace meseta::agent
