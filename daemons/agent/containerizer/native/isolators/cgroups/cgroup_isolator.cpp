#include "daemons/agent/containerizer/native/isolators/cgroups/cgroup_isolator.h"

#include <set>

namespace meseta::agent {

ContainerResources resourcesOf(const ContainerSpec &spec)
{
    return {spec.resources, spec.cpus, spec.memBytes, spec.cpusLimit, spec.memLimitBytes};
}

const IsolatedContainer &groupHolder(const IsolatedContainer &container)
{
    const auto &linux = container.info().linux_info();
    const bool own = linux.has_share_cgroups() && !linux.share_cgroups() && !container.debug;
    return container.parent == nullptr || own ? container : groupHolder(*container.parent);
}

void CgroupGroupsIsolator::recover(const std::vector<const IsolatedContainer *> &running,
                                   const std::vector<std::string> &over, Done done)
{
    ContainerCgroups &groups = *m_setup->groups;
    std::set<std::string> kept;
    for (const IsolatedContainer *container : running) {
        std::string id = groupHolder(*container).id();
        kept.insert(id);
        for (std::size_t dot; (dot = id.rfind('.')) != std::string::npos; kept.insert(id))
            id.erase(dot); // those around it stay as well
    }
    std::set<std::string> left;
    for (const std::string &id : groups.ours())
        if (!kept.contains(id))
            left.insert(id);
    for (const std::string &id : over)
        if (!kept.contains(id) && groups.contains(id)) // made, but not marked yet
            left.insert(id);
    // A container that is nested in another goes with that one.
    std::erase_if(left, [&left](const std::string &id) {
        return left.contains(id.substr(0, id.rfind('.'))) && id.find('.') != std::string::npos;
    });
    const auto waiting = std::make_shared<std::size_t>(left.size() + 1);
    const auto failure = std::make_shared<Result<>>();
    const auto oneLess = [waiting, failure, done = std::move(done)](const Result<> &result) {
        if (!result)
            *failure = result;
        if (--*waiting == 0)
            done(*failure);
    };
    for (const std::string &id : left)
        groups.remove(id, oneLess);
    oneLess({});
}

void CgroupGroupsIsolator::prepare(const IsolatedContainer &container,
                                   containerizer::LaunchSpec &launch, Done done)
{
    const IsolatedContainer &holder = groupHolder(container);
    if (&holder == &container) {
        if (const Result<> made = m_setup->groups->make(container.id()); !made) {
            done(made);
            return;
        }
    }
    for (auto &entry : m_setup->groups->entries(holder.id())) {
        entry.shared = &holder != &container;
        launch.cgroups.push_back(std::move(entry));
    }
    done({});
}

void CgroupGroupsIsolator::cleanup(const IsolatedContainer &container, Done done)
{
    if (&groupHolder(container) != &container || !m_setup->groups->contains(container.id()))
        done({});
    else
        m_setup->groups->remove(container.id(), std::move(done));
}

CgroupIsolator::CgroupIsolator(std::string name, std::shared_ptr<CgroupSetup> setup,
                               std::vector<std::unique_ptr<CgroupController>> controllers)
    : m_name(std::move(name)), m_setup(std::move(setup)), m_controllers(std::move(controllers))
{ }

ContainerGroup CgroupIsolator::groupOf(const IsolatedContainer &container,
                                       const CgroupController &controller) const
{
    const CgroupHierarchy *hierarchy = m_setup->groups->layout().of(controller.name());
    return {container, *m_setup->files,
            m_setup->groups->directory(groupHolder(container).id(), controller.name()),
            hierarchy != nullptr && hierarchy->unified};
}

bool CgroupIsolator::isHolder(const IsolatedContainer &container) const
{
    return &groupHolder(container) == &container;
}

void CgroupIsolator::recover(const std::vector<const IsolatedContainer *> &running,
                             const std::vector<std::string> &, Done done)
{
    Result<> failure;
    for (const IsolatedContainer *container : running) {
        for (const auto &controller : m_controllers) {
            const ContainerGroup group = groupOf(*container, *controller);
            // Without the group it was started by an agent that did not use the controller.
            if (!isHolder(*container) || !m_setup->files->exists(group.path))
                continue;
            if (const Result<> recovered = controller->recover(group); !recovered)
                failure = fail(recovered.error().within("container " + container->id()));
        }
    }
    done(failure);
}

void CgroupIsolator::prepare(const IsolatedContainer &container, containerizer::LaunchSpec &launch,
                             Done done)
{
    Result<> result;
    for (const auto &controller : m_controllers) {
        if (!isHolder(container) || !result)
            break;
        const ContainerGroup group = groupOf(container, *controller);
        result = controller->prepare(group, launch);
        if (result)
            result = controller->update(group, resourcesOf(container.spec));
    }
    done(result);
}

void CgroupIsolator::watch(const IsolatedContainer &container,
                           std::function<void(const ContainerLimitation &)> broken)
{
    for (const auto &controller : m_controllers)
        if (isHolder(container))
            controller->watch(groupOf(container, *controller), broken);
}

std::optional<ContainerLimitation> CgroupIsolator::brokenLimit(const IsolatedContainer &container)
{
    for (const auto &controller : m_controllers)
        if (isHolder(container))
            if (auto limitation = controller->brokenLimit(groupOf(container, *controller)))
                return limitation;
    return std::nullopt;
}

void CgroupIsolator::update(const IsolatedContainer &container, const ContainerResources &resources,
                            Done done)
{
    Result<> result;
    for (const auto &controller : m_controllers)
        if (isHolder(container) && result)
            result = controller->update(groupOf(container, *controller), resources);
    done(result);
}

void CgroupIsolator::usage(const IsolatedContainer &container,
                           mesos::v1::ResourceStatistics &statistics)
{
    for (const auto &controller : m_controllers)
        if (isHolder(container))
            controller->usage(groupOf(container, *controller), statistics);
}

void CgroupIsolator::cleanup(const IsolatedContainer &container, Done done)
{
    for (const auto &controller : m_controllers)
        controller->forget(container.id());
    done({});
}

} // namespace meseta::agent
