#include "daemons/agent/containerizer/native/isolator_set.h"

#include <algorithm>

#include "daemons/agent/containerizer/native/in_order.h"

namespace meseta::agent {

using Steps = InOrder<Isolator *>;

namespace {

Done named(const Isolator *isolator, Done done)
{
    return [name = isolator->name(), done = std::move(done)](Result<> result) {
        done(result ? result : fail(result.error().within(name)));
    };
}

} // namespace

IsolatorSet::IsolatorSet(std::vector<std::unique_ptr<Isolator>> isolators)
    : m_isolators(std::move(isolators))
{ }

std::vector<Isolator *> IsolatorSet::all() const
{
    std::vector<Isolator *> isolators;
    for (const auto &isolator : m_isolators)
        isolators.push_back(isolator.get());
    return isolators;
}

bool IsolatorSet::sharesWithNested() const
{
    return std::any_of(m_isolators.begin(), m_isolators.end(),
                       [](const auto &isolator) { return isolator->sharesWithNested(); });
}

void IsolatorSet::recover(const std::vector<const IsolatedContainer *> &running,
                          const std::vector<std::string> &over, Done done)
{
    Steps::run(
        all(),
        [running, over](Isolator *isolator, Done next) {
            isolator->recover(running, over, named(isolator, std::move(next)));
        },
        std::move(done));
}

void IsolatorSet::prepare(const IsolatedContainer &container, containerizer::LaunchSpec &launch,
                          Done done)
{
    Steps::run(
        all(),
        [&container, &launch](Isolator *isolator, Done next) {
            isolator->prepare(container, launch, named(isolator, std::move(next)));
        },
        std::move(done));
}

void IsolatorSet::isolate(const IsolatedContainer &container, Done done)
{
    Steps::run(
        all(),
        [&container](Isolator *isolator, Done next) {
            isolator->isolate(container, named(isolator, std::move(next)));
        },
        std::move(done));
}

void IsolatorSet::watch(const IsolatedContainer &container,
                        const std::function<void(const ContainerLimitation &)> &broken)
{
    for (const auto &isolator : m_isolators)
        isolator->watch(container, broken);
}

void IsolatorSet::update(const IsolatedContainer &container, const ContainerResources &resources,
                         Done done)
{
    Steps::run(
        all(),
        [&container, resources](Isolator *isolator, Done next) {
            isolator->update(container, resources, named(isolator, std::move(next)));
        },
        std::move(done));
}

void IsolatorSet::usage(const IsolatedContainer &container,
                        mesos::v1::ResourceStatistics &statistics)
{
    for (const auto &isolator : m_isolators)
        isolator->usage(container, statistics);
}

void IsolatorSet::status(const IsolatedContainer &container, mesos::v1::ContainerStatus &status)
{
    for (const auto &isolator : m_isolators)
        isolator->status(container, status);
}

std::optional<ContainerLimitation> IsolatorSet::brokenLimit(const IsolatedContainer &container)
{
    for (const auto &isolator : m_isolators) {
        if (auto limitation = isolator->brokenLimit(container))
            return limitation;
    }
    return std::nullopt;
}

void IsolatorSet::cleanup(const IsolatedContainer &container, std::function<void()> done)
{
    auto isolators = all();
    std::reverse(isolators.begin(), isolators.end());
    Steps::run(
        std::move(isolators),
        [&container](Isolator *isolator, Done next) {
            isolator->cleanup(container, [isolator, &container, next](const Result<> &result) {
                if (!result)
                    qWarning("cleaning up after container %s: %s: %s", container.id().c_str(),
                             isolator->name().c_str(), result.error().message.c_str());
                next({});
            });
        },
        [done = std::move(done)](const Result<> &) { done(); });
}

} // namespace meseta::agent
