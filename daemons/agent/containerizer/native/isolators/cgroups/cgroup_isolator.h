#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemons/agent/cgroups/container_cgroups.h"
#include "daemons/agent/containerizer/native/isolators/cgroups/cgroup_controller.h"

namespace meseta::agent {

/// What the cgroups isolators of one agent have in common: how cgroups are mounted, and the groups.
struct CgroupSetup
{
    std::unique_ptr<CgroupFiles> files;
    std::unique_ptr<ContainerCgroups> groups;
};

/// The container whose groups a container lives in: itself when it is outermost or has asked for
/// groups of its own (LinuxInfo.share_cgroups false), else the one it is nested in.
const IsolatedContainer &groupHolder(const IsolatedContainer &container);

/// Makes and removes the groups of containers, and puts containers into them. Stands before all
/// other cgroups isolators, so that it is cleaned up after them; is there with the linux launcher
/// also when no controller is used, to keep a container's processes together.
class CgroupGroupsIsolator final : public Isolator
{
public:
    explicit CgroupGroupsIsolator(std::shared_ptr<CgroupSetup> setup)
        : m_setup(std::move(setup)) { }

    std::string name() const override { return "cgroups/core"; }
    bool sharesWithNested() const override { return true; }
    void recover(const std::vector<const IsolatedContainer *> &running,
                 const std::vector<std::string> &over, Done done) override;
    void prepare(const IsolatedContainer &container, containerizer::LaunchSpec &launch,
                 Done done) override;
    void cleanup(const IsolatedContainer &container, Done done) override;

private:
    std::shared_ptr<CgroupSetup> m_setup;
};

/// One name of `--isolation`, "cgroups/mem", over the controllers it stands for.
class CgroupIsolator final : public Isolator
{
public:
    CgroupIsolator(std::string name, std::shared_ptr<CgroupSetup> setup,
                   std::vector<std::unique_ptr<CgroupController>> controllers);

    std::string name() const override { return m_name; }
    bool sharesWithNested() const override { return true; }
    void recover(const std::vector<const IsolatedContainer *> &running,
                 const std::vector<std::string> &over, Done done) override;
    void prepare(const IsolatedContainer &container, containerizer::LaunchSpec &launch,
                 Done done) override;
    void watch(const IsolatedContainer &container,
               std::function<void(const ContainerLimitation &)> broken) override;
    std::optional<ContainerLimitation> brokenLimit(const IsolatedContainer &container) override;
    void update(const IsolatedContainer &container, const ContainerResources &resources,
                Done done) override;
    void usage(const IsolatedContainer &container,
               mesos::v1::ResourceStatistics &statistics) override;
    void cleanup(const IsolatedContainer &container, Done done) override;

private:
    ContainerGroup groupOf(const IsolatedContainer &container,
                           const CgroupController &controller) const;
    bool isHolder(const IsolatedContainer &container) const;

    std::string m_name;
    std::shared_ptr<CgroupSetup> m_setup;
    std::vector<std::unique_ptr<CgroupController>> m_controllers;
};

} // namespace meseta::agent
