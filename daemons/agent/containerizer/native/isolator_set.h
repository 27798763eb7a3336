#pragma once

#include <memory>
#include <vector>

#include "daemons/agent/containerizer/native/isolator.h"

namespace meseta::agent {

/// The isolators of an agent, asked as one. Errors name the isolator.
class IsolatorSet
{
public:
    explicit IsolatorSet(std::vector<std::unique_ptr<Isolator>> isolators);

    bool empty() const { return m_isolators.empty(); }
    bool sharesWithNested() const;

    void recover(const std::vector<const IsolatedContainer *> &running,
                 const std::vector<std::string> &over, Done done);
    void prepare(const IsolatedContainer &container, containerizer::LaunchSpec &launch, Done done);
    void isolate(const IsolatedContainer &container, Done done);
    void watch(const IsolatedContainer &container,
               const std::function<void(const ContainerLimitation &)> &broken);
    void update(const IsolatedContainer &container, const ContainerResources &resources, Done done);
    void usage(const IsolatedContainer &container, mesos::v1::ResourceStatistics &statistics);
    void status(const IsolatedContainer &container, mesos::v1::ContainerStatus &status);
    std::optional<ContainerLimitation> brokenLimit(const IsolatedContainer &container);
    /// In reverse order, and all of them whatever happens.
    void cleanup(const IsolatedContainer &container, std::function<void()> done);

private:
    std::vector<Isolator *> all() const;

    std::vector<std::unique_ptr<Isolator>> m_isolators;
};

} // namespace meseta::agent
