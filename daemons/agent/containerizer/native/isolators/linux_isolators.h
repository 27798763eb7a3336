#pragma once

#include <cstdint>
#include <optional>

#include "daemons/agent/containerizer/native/isolator.h"

namespace meseta::agent {

/// `linux/nnp`: a container gains no privileges by executing something (set-user-ID, file
/// capabilities).
class NoNewPrivileges final : public Isolator
{
public:
    std::string name() const override { return "linux/nnp"; }
    void prepare(const IsolatedContainer &container, containerizer::LaunchSpec &launch,
                 Done done) override;
};

/// `linux/capabilities`. Source: Mesos documentation, linux/capabilities isolator;
/// LinuxInfo.effective_capabilities, LinuxInfo.bounding_capabilities.
class Capabilities final : public Isolator
{
public:
    using Set = std::optional<std::uint64_t>; ///< bits: 1 << CAP_CHOWN

    /// --effective_capabilities and --bounding_capabilities.
    Capabilities(Set effective, Set bounding) : m_effective(effective), m_bounding(bounding) { }

    std::string name() const override { return "linux/capabilities"; }
    void prepare(const IsolatedContainer &container, containerizer::LaunchSpec &launch,
                 Done done) override;

    /// The bits of a CapabilityInfo.
    static std::uint64_t bits(const mesos::v1::CapabilityInfo &info);

private:
    Result<std::optional<containerizer::CapabilitySets>>
    setsOf(const mesos::v1::LinuxInfo &info) const;

    Set m_effective;
    Set m_bounding;
};

/// `posix/rlimits`: ContainerInfo.rlimit_info. Source: Mesos documentation, posix/rlimits isolator.
class ResourceLimits final : public Isolator
{
public:
    std::string name() const override { return "posix/rlimits"; }
    void prepare(const IsolatedContainer &container, containerizer::LaunchSpec &launch,
                 Done done) override;
};

} // namespace meseta::agent
