#pragma once

#include <map>
#include <memory>
#include <string>

#include "daemons/agent/containerizer/native/isolator.h"
#include "daemons/agent/containerizer/native/isolators/seccomp_profile.h"

namespace meseta::agent {

/// `linux/seccomp`: which system calls a container may make. Source: Mesos documentation,
/// linux/seccomp isolator; LinuxInfo.seccomp.
///
/// Profiles are read once, and compiled once for each set of capabilities.
class SeccompIsolator final : public Isolator
{
public:
    struct Options
    {
        std::string directory; ///< --seccomp_config_dir; empty: only our own default profile
        std::string profileName; ///< --seccomp_profile_name; empty: our own default profile
    };

    static Result<std::unique_ptr<Isolator>> create(Options options);

    std::string name() const override { return "linux/seccomp"; }
    void prepare(const IsolatedContainer &container, containerizer::LaunchSpec &launch,
                 Done done) override;

private:
    explicit SeccompIsolator(Options options) : m_options(std::move(options)) { }

    /// Empty: the container is not confined.
    Result<std::optional<std::string>> profileOf(const mesos::v1::LinuxInfo &info) const;
    Result<const SeccompProfile *> profile(const std::string &name);
    Result<std::string> filter(const std::string &name, std::uint64_t capabilities);

    Options m_options;
    std::map<std::string, SeccompProfile> m_profiles;
    std::map<std::pair<std::string, std::uint64_t>, std::string> m_filters;
};

/// The profile of containers whose agent has none: Docker's JSON format.
const char *defaultSeccompProfile();

} // namespace meseta::agent
