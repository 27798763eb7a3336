#pragma once

#include <map>
#include <optional>
#include <set>

#include "daemons/agent/containerizer/native/isolator.h"
#include "daemons/agent/containerizer/native/isolators/background_look.h"

namespace meseta::agent {

using PortSet = std::set<std::uint16_t>;

struct PortsOptions
{
    Duration interval = std::chrono::seconds(30); ///< --container_ports_watch_interval
    bool enforce = false; ///< --enforce_container_ports
    /// Only these ports matter (--check_agent_port_range_only: those of the agent's resources, or
    /// --container_ports_isolated_range); none: all.
    std::optional<std::vector<std::pair<std::uint16_t, std::uint16_t>>> ranges;
};

/// Finds containers on the host's network that listen on TCP ports they did not get, and ends them
/// or only says so. Source: Mesos network/ports isolator.
class PortsIsolator final : public Isolator
{
public:
    explicit PortsIsolator(PortsOptions options);

    std::string name() const override { return "network/ports"; }
    void recover(const std::vector<const IsolatedContainer *> &running,
                 const std::vector<std::string> &over, Done done) override;
    void prepare(const IsolatedContainer &container, containerizer::LaunchSpec &launch,
                 Done done) override;
    void watch(const IsolatedContainer &container,
               std::function<void(const ContainerLimitation &)> broken) override;
    void update(const IsolatedContainer &container, const ContainerResources &resources,
                Done done) override;
    void cleanup(const IsolatedContainer &container, Done done) override;

private:
    struct Entry
    {
        std::string root; ///< whose ports count: the outermost container's
        pid_t process = -1; ///< everything below it is the container
        PortSet allowed; ///< of an outermost container
        PortSet seen; ///< told of last
        std::function<void(const ContainerLimitation &)> broken;
    };

    void add(const IsolatedContainer &container);
    void look();
    void found(const std::string &id, const PortSet &ports);
    bool matters(std::uint16_t port) const;

    PortsOptions m_options;
    std::map<std::string, Entry> m_entries;
    BackgroundLook m_look;
};

/// "[31000-31002, 31005]", as Mesos writes ranges.
std::string portsText(const PortSet &ports);

} // namespace meseta::agent
