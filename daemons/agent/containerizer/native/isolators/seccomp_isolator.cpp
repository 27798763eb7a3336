#include "daemons/agent/containerizer/native/isolators/seccomp_isolator.h"

#include "daemons/agent/containerizer/native/isolators/capability_names.h"

namespace meseta::agent {

using containerizer::LaunchSpec;

namespace {

/// Of profiles times sets of capabilities; more are compiled again.
constexpr std::size_t maxFilters = 64;
const std::string ownProfile; // has no name

bool isFileName(const std::string &name)
{
    return !name.empty() && name.find('/') == std::string::npos && name != "." && name != "..";
}

} // namespace

Result<std::unique_ptr<Isolator>> SeccompIsolator::create(Options options)
{
    if (options.directory.empty() && !options.profileName.empty())
        return fail("--seccomp_profile_name=" + options.profileName
                    + " needs --seccomp_config_dir, the folder that holds it");
    std::unique_ptr<SeccompIsolator> isolator(new SeccompIsolator(std::move(options)));
    if (auto filter = isolator->filter(isolator->m_options.profileName, ownCapabilities()); !filter)
        return fail(filter.error());
    return isolator;
}

Result<std::optional<std::string>>
SeccompIsolator::profileOf(const mesos::v1::LinuxInfo &info) const
{
    if (!info.has_seccomp())
        return m_options.profileName;
    const auto &asked = info.seccomp();
    if (asked.unconfined() && asked.has_profile_name())
        return fail("linux_info.seccomp has profile_name '" + asked.profile_name()
                    + "' and unconfined=true; give one of them");
    if (asked.unconfined())
        return std::nullopt;
    if (!asked.has_profile_name())
        return fail("linux_info.seccomp is empty: it needs a profile_name, or "
                    "unconfined=true");
    if (!isFileName(asked.profile_name()) || m_options.directory.empty())
        return fail("linux_info.seccomp.profile_name '" + asked.profile_name()
                    + "' is not the name of a file in --seccomp_config_dir of the agent");
    return asked.profile_name();
}

Result<const SeccompProfile *> SeccompIsolator::profile(const std::string &name)
{
    if (const auto known = m_profiles.find(name); known != m_profiles.end())
        return &known->second;
    auto profile = name == ownProfile ? SeccompProfile::parse(defaultSeccompProfile())
                                      : SeccompProfile::read(m_options.directory + "/" + name);
    if (!profile)
        return fail(profile.error());
    return &m_profiles.emplace(name, std::move(*profile)).first->second;
}

Result<std::string> SeccompIsolator::filter(const std::string &name, std::uint64_t capabilities)
{
    if (const auto known = m_filters.find({name, capabilities}); known != m_filters.end())
        return known->second;
    const auto rules = profile(name);
    if (!rules)
        return fail(rules.error());
    auto compiled = (*rules)->compile(capabilities);
    if (!compiled)
        return compiled;
    if (m_filters.size() >= maxFilters)
        m_filters.clear();
    return m_filters[{name, capabilities}] = std::move(*compiled);
}

void SeccompIsolator::prepare(const IsolatedContainer &container, LaunchSpec &launch, Done done)
{
    const auto name = profileOf(container.info().linux_info());
    if (!name) {
        done(fail(name.error()));
        return;
    }
    if (!*name) {
        done({});
        return;
    }
    const auto bounding = launch.capabilities ? launch.capabilities->bounding : ownCapabilities();
    auto compiled = filter(**name, bounding);
    if (!compiled) {
        done(fail(compiled.error()));
        return;
    }
    launch.seccompFilter = std::move(*compiled);
    done({});
}

} // namespace meseta::agent
