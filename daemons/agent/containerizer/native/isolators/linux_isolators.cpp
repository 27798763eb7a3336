#include "daemons/agent/containerizer/native/isolators/linux_isolators.h"

#include <sys/resource.h>

namespace meseta::agent {

using containerizer::CapabilitySets;
using containerizer::LaunchSpec;
using mesos::v1::CapabilityInfo;
using mesos::v1::RLimitInfo;

namespace {

std::string names(std::uint64_t bits)
{
    std::string text;
    for (int number = 0; number < 64; ++number) {
        const int value = static_cast<int>(CapabilityInfo::CHOWN) + number;
        if ((bits >> number & 1) != 0 && CapabilityInfo::Capability_IsValid(value))
            text += (text.empty() ? "" : ", ")
                + CapabilityInfo::Capability_Name(static_cast<CapabilityInfo::Capability>(value));
    }
    return text;
}

std::optional<int> resourceOf(RLimitInfo::RLimit::Type type)
{
    switch (type) {
    case RLimitInfo::RLimit::RLMT_AS:
        return RLIMIT_AS;
    case RLimitInfo::RLimit::RLMT_CORE:
        return RLIMIT_CORE;
    case RLimitInfo::RLimit::RLMT_CPU:
        return RLIMIT_CPU;
    case RLimitInfo::RLimit::RLMT_DATA:
        return RLIMIT_DATA;
    case RLimitInfo::RLimit::RLMT_FSIZE:
        return RLIMIT_FSIZE;
    case RLimitInfo::RLimit::RLMT_LOCKS:
        return RLIMIT_LOCKS;
    case RLimitInfo::RLimit::RLMT_MEMLOCK:
        return RLIMIT_MEMLOCK;
    case RLimitInfo::RLimit::RLMT_MSGQUEUE:
        return RLIMIT_MSGQUEUE;
    case RLimitInfo::RLimit::RLMT_NICE:
        return RLIMIT_NICE;
    case RLimitInfo::RLimit::RLMT_NOFILE:
        return RLIMIT_NOFILE;
    case RLimitInfo::RLimit::RLMT_NPROC:
        return RLIMIT_NPROC;
    case RLimitInfo::RLimit::RLMT_RSS:
        return RLIMIT_RSS;
    case RLimitInfo::RLimit::RLMT_RTPRIO:
        return RLIMIT_RTPRIO;
    case RLimitInfo::RLimit::RLMT_RTTIME:
        return RLIMIT_RTTIME;
    case RLimitInfo::RLimit::RLMT_SIGPENDING:
        return RLIMIT_SIGPENDING;
    case RLimitInfo::RLimit::RLMT_STACK:
        return RLIMIT_STACK;
    case RLimitInfo::RLimit::UNKNOWN:
        break;
    }
    return std::nullopt;
}

Result<containerizer::LimitEntry> limitOf(const RLimitInfo::RLimit &limit)
{
    const std::string name = RLimitInfo::RLimit::Type_Name(limit.type());
    const auto resource = resourceOf(limit.type());
    if (!resource)
        return fail("rlimit_info.rlimits: a limit of the type " + name
                    + " is not known; see RLimitInfo.RLimit.Type");
    if (limit.has_soft() != limit.has_hard())
        return fail("rlimit_info.rlimits: " + name
                    + " has only one of soft and hard; give both, or neither for no limit");
    if (limit.soft() > limit.hard())
        return fail("rlimit_info.rlimits: " + name + " has a soft limit of "
                    + std::to_string(limit.soft()) + ", above its hard limit of "
                    + std::to_string(limit.hard()));
    if (!limit.has_soft())
        return containerizer::LimitEntry{*resource, RLIM_INFINITY, RLIM_INFINITY};
    return containerizer::LimitEntry{*resource, limit.soft(), limit.hard()};
}

} // namespace

void NoNewPrivileges::prepare(const IsolatedContainer &, LaunchSpec &launch, Done done)
{
    launch.noNewPrivileges = true;
    done({});
}

std::uint64_t Capabilities::bits(const CapabilityInfo &info)
{
    std::uint64_t set = 0;
    for (const int value : info.capabilities()) {
        const int number = value - static_cast<int>(CapabilityInfo::CHOWN);
        if (number >= 0 && number < 64)
            set |= std::uint64_t(1) << number;
    }
    return set;
}

Result<std::optional<CapabilitySets>> Capabilities::setsOf(const mesos::v1::LinuxInfo &info) const
{
    if (info.has_capability_info() && info.has_effective_capabilities())
        return fail(
            "linux_info: only one of capability_info and effective_capabilities may be set; "
            "use effective_capabilities");
    Set effective = m_effective;
    if (info.has_effective_capabilities())
        effective = bits(info.effective_capabilities());
    else if (info.has_capability_info())
        effective = bits(info.capability_info());
    Set bounding = m_bounding;
    if (info.has_bounding_capabilities()) {
        bounding = bits(info.bounding_capabilities());
        if (const auto beyond = *bounding & ~m_bounding.value_or(~std::uint64_t(0)))
            return fail("linux_info.bounding_capabilities asks for " + names(beyond)
                        + ", which --bounding_capabilities of the agent does not allow");
    }
    if (!bounding)
        bounding = effective;
    if (!effective && !bounding)
        return std::nullopt;
    if (!effective)
        effective = bounding;
    if (const auto beyond = *effective & ~*bounding)
        return fail("linux_info: the effective capabilities " + names(beyond)
                    + " are not among the bounding ones");
    return CapabilitySets{*bounding, *effective, *bounding, *effective};
}

void Capabilities::prepare(const IsolatedContainer &container, LaunchSpec &launch, Done done)
{
    const auto sets = setsOf(container.info().linux_info());
    if (!sets) {
        done(fail(sets.error()));
        return;
    }
    if (*sets)
        launch.capabilities = **sets;
    done({});
}

void ResourceLimits::prepare(const IsolatedContainer &container, LaunchSpec &launch, Done done)
{
    for (const auto &given : container.info().rlimit_info().rlimits()) {
        const auto limit = limitOf(given);
        if (!limit) {
            done(fail(limit.error()));
            return;
        }
        launch.limits.push_back(*limit);
    }
    done({});
}

} // namespace meseta::agent
