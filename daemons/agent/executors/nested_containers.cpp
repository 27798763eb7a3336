#include "daemons/agent/executors/nested_containers.h"

#include <algorithm>
#include <csignal>

#include "daemons/agent/core/agent_log.h"
#include "daemons/agent/executors/container_spec.h"

namespace meseta::agent {

using mesos::v1::ContainerID;
using mesos::v1::TaskStatus;

namespace {

ContainerTermination launchFailure(const std::string &why)
{
    ContainerTermination termination;
    termination.reason = TaskStatus::REASON_CONTAINER_LAUNCH_FAILED;
    termination.message = why;
    return termination;
}

ContainerTermination killedBeforeItsStart()
{
    ContainerTermination termination;
    termination.waitStatus = SIGKILL; // as of a command that was killed before its first step
    termination.killed = true;
    termination.message = "Killed before it was started";
    return termination;
}

ContainerTermination endedWithItsParent()
{
    ContainerTermination termination;
    termination.waitStatus = SIGKILL;
    termination.killed = true;
    termination.message = "Ended with the container it is in";
    return termination;
}

bool isInside(const std::string &key, const std::string &rootId)
{
    return key.size() > rootId.size() && key[rootId.size()] == '.' && key.starts_with(rootId);
}

std::string rootOf(const std::string &key)
{
    return key.substr(0, key.find('.'));
}

bool isStandalone(const std::string &key)
{
    return key.find('.') == std::string::npos;
}

} // namespace

std::string containerKey(const ContainerID &id)
{
    return id.has_parent() ? containerKey(id.parent()) + "." + id.value() : id.value();
}

ContainerID containerIdOf(const std::string &key)
{
    ContainerID id;
    const std::size_t dot = key.rfind('.');
    if (dot == std::string::npos) {
        id.set_value(key);
        return id;
    }
    id.set_value(key.substr(dot + 1));
    *id.mutable_parent() = containerIdOf(key.substr(0, dot));
    return id;
}

NestedContainers::NestedContainers(AgentContext context, Means means)
    : m_context(context), m_means(std::move(means))
{ }

NestedContainers::~NestedContainers()
{
    *m_alive = false;
}

NestedContainers::Entry *NestedContainers::find(const std::string &key, std::uint64_t number)
{
    const auto at = m_entries.find(key);
    return at != m_entries.end() && at->second.number == number ? &at->second : nullptr;
}

Containerizer *NestedContainers::choose(const ContainerSpec &spec) const
{
    for (Containerizer *containerizer : m_means.containerizers) {
        if (containerizer->supports(spec.container))
            return containerizer;
    }
    return nullptr;
}

bool NestedContainers::launch(const std::string &key, ContainerSpec spec,
                              const std::string &parentSandbox, Events events)
{
    const auto [at, fresh] = m_entries.try_emplace(key);
    if (!fresh)
        return false;
    Entry &entry = at->second;
    entry.number = m_nextNumber++;
    entry.spec = std::move(spec);
    entry.spec.containerId = key;
    entry.events = std::move(events);
    if (const Result<> prepared = prepare(entry, parentSandbox); !prepared) {
        overLater(key, entry.number, launchFailure(prepared.error().message));
        return true;
    }
    entry.containerizer->whenReady(
        [this, alive = m_alive, key, number = entry.number](Result<> ready) {
            if (!*alive || !find(key, number))
                return;
            if (ready)
                fetch(key, number);
            else
                overLater(key, number, launchFailure(ready.error().message));
        });
    return true;
}

Result<> NestedContainers::prepare(Entry &entry, const std::string &parentSandbox)
{
    entry.containerizer = choose(entry.spec);
    if (!entry.containerizer)
        return fail("none of the enabled containerizers runs such a container inside another; see "
                    "--containerizers of the agent");
    auto sandbox = m_means.sandboxes->createNested(
        parentSandbox, containerIdOf(entry.spec.containerId).value(),
        hostUser(*m_means.sandboxes, entry.spec.container, entry.spec.user));
    if (!sandbox)
        return fail(sandbox.error());
    entry.spec.sandbox = *sandbox;
    return {};
}

void NestedContainers::fetch(const std::string &key, std::uint64_t number)
{
    const Entry &entry = *find(key, number);
    if (entry.phase != Phase::Preparing)
        return;
    if (entry.spec.command.uris().empty()) {
        start(key, number);
        return;
    }
    FetchRequest request;
    request.containerId = key;
    request.sandbox = entry.spec.sandbox;
    request.uris.assign(entry.spec.command.uris().begin(), entry.spec.command.uris().end());
    request.user = hostUser(*m_means.sandboxes, entry.spec.container, entry.spec.user);
    m_means.fetcher->fetch(std::move(request),
                           [this, alive = m_alive, key, number](Result<> fetched) {
                               if (!*alive || !find(key, number))
                                   return;
                               if (fetched)
                                   start(key, number);
                               else
                                   overLater(key, number, launchFailure(fetched.error().message));
                           });
}

void NestedContainers::start(const std::string &key, std::uint64_t number)
{
    Entry &entry = *find(key, number);
    if (entry.phase != Phase::Preparing)
        return;
    entry.phase = Phase::Launched;
    entry.containerizer->launch(entry.spec, eventsFor(key, number));
}

bool NestedContainers::recover(const std::string &key, ContainerSpec spec,
                               const std::string &parentSandbox, Events events)
{
    const auto [at, fresh] = m_entries.try_emplace(key);
    if (!fresh)
        return false;
    Entry &entry = at->second;
    entry.number = m_nextNumber++;
    entry.spec = std::move(spec);
    entry.spec.containerId = key;
    entry.spec.sandbox = parentSandbox + "/containers/" + containerIdOf(key).value();
    entry.events = std::move(events);
    entry.phase = Phase::Launched;
    entry.containerizer = choose(entry.spec);
    if (entry.containerizer
        && entry.containerizer->recover(entry.spec, eventsFor(key, entry.number)))
        return true;
    ContainerTermination termination;
    termination.message = entry.containerizer
        ? "nothing is left of its container"
        : "the agent was restarted without the containerizer that ran it";
    if (!entry.containerizer)
        entry.phase = Phase::Preparing; // nothing there to ask
    overLater(key, entry.number, termination);
    return true;
}

ContainerEvents NestedContainers::eventsFor(const std::string &key, std::uint64_t number)
{
    ContainerEvents events;
    events.progress = [this, alive = m_alive, key, number](
                          const std::string &message, std::uint64_t done, std::uint64_t total) {
        const Entry *current = *alive ? find(key, number) : nullptr;
        if (current && current->phase != Phase::Over && current->events.progress)
            current->events.progress({message, done, total});
    };
    events.started = [this, alive = m_alive, key,
                      number](const mesos::v1::ContainerStatus &status) {
        Entry *current = *alive ? find(key, number) : nullptr;
        if (!current || current->phase == Phase::Over)
            return;
        current->status = status;
        *current->status.mutable_container_id() = containerIdOf(key);
        if (const auto tell = current->events.started)
            tell(current->status);
    };
    events.ended = [this, alive = m_alive, key, number](const ContainerTermination &termination) {
        if (*alive)
            over(key, number, termination);
    };
    return events;
}

void NestedContainers::over(const std::string &key, std::uint64_t number,
                            const ContainerTermination &termination)
{
    Entry *entry = find(key, number);
    if (!entry || entry->phase == Phase::Over)
        return;
    entry->phase = Phase::Over;
    entry->termination = termination;
    m_means.sandboxes->retireNested(entry->spec.sandbox);
    const auto waiters = std::exchange(entry->waiters, {});
    const Events events = std::exchange(entry->events, {});
    for (const std::string &child : runningIn(key))
        m_entries.at(child).containerizer->destroy(child);
    if (isStandalone(key))
        rootEnded(key);
    forgetOldest(key); // from here on the entry may be gone
    for (const Waiter &waiter : waiters)
        waiter(termination);
    if (events.ended)
        events.ended(termination);
}

void NestedContainers::overLater(const std::string &key, std::uint64_t number,
                                 const ContainerTermination &termination)
{
    m_context.clock.after(Duration::zero(), [this, alive = m_alive, key, number, termination] {
        if (*alive)
            over(key, number, termination);
    });
}

void NestedContainers::forgetOldest(const std::string &key)
{
    const bool standalone = isStandalone(key);
    const std::string root = rootOf(key);
    std::size_t ended = 0;
    auto oldest = m_entries.end();
    auto at = standalone ? m_entries.begin() : m_entries.lower_bound(root + ".");
    for (; at != m_entries.end(); ++at) {
        if (!standalone && !isInside(at->first, root))
            break;
        if (at->second.phase != Phase::Over || isStandalone(at->first) != standalone)
            continue;
        ++ended;
        if (oldest == m_entries.end() || at->second.number < oldest->second.number)
            oldest = at;
    }
    if (ended > maxEndedPerRoot)
        forget(oldest->first);
}

void NestedContainers::forget(const std::string &key)
{
    const auto node = m_entries.extract(key);
    if (!node.empty() && node.mapped().containerizer)
        node.mapped().containerizer->forget(key);
}

std::vector<std::string> NestedContainers::running() const
{
    std::vector<std::string> keys;
    for (const auto &[key, entry] : m_entries) {
        if (entry.phase != Phase::Over)
            keys.push_back(key);
    }
    return keys;
}

void NestedContainers::kill(const std::string &key, Duration grace)
{
    const auto at = m_entries.find(key);
    if (at == m_entries.end() || at->second.phase == Phase::Over)
        return;
    if (at->second.phase == Phase::Launched) {
        at->second.containerizer->kill(key, grace);
        return;
    }
    m_means.fetcher->cancel(key);
    overLater(key, at->second.number, killedBeforeItsStart());
}

bool NestedContainers::signal(const std::string &key, int number)
{
    const auto at = m_entries.find(key);
    if (at == m_entries.end() || at->second.phase == Phase::Over)
        return false;
    if (at->second.phase == Phase::Preparing)
        kill(key, Duration::zero());
    else if (number == SIGKILL)
        at->second.containerizer->destroy(key);
    else
        at->second.containerizer->signal(key, number);
    return true;
}

bool NestedContainers::wait(const std::string &key, Waiter waiter)
{
    const auto at = m_entries.find(key);
    if (at == m_entries.end() || at->second.waiters.size() >= maxWaiters)
        return false;
    if (at->second.phase == Phase::Over)
        waiter(ContainerTermination(at->second.termination));
    else
        at->second.waiters.push_back(std::move(waiter));
    return true;
}

bool NestedContainers::remove(const std::string &key)
{
    const auto at = m_entries.find(key);
    if (at == m_entries.end())
        return true;
    if (at->second.phase != Phase::Over)
        return false;
    forget(key);
    return true;
}

Result<> NestedContainers::removeSandbox(const std::string &sandbox)
{
    return sandbox.empty() ? Result<>() : m_means.sandboxes->removeNested(sandbox);
}

void NestedContainers::rootEnded(const std::string &rootId)
{
    std::vector<std::pair<std::string, std::uint64_t>> inside;
    for (auto at = m_entries.lower_bound(rootId + "."); at != m_entries.end(); ++at) {
        if (!isInside(at->first, rootId))
            break;
        inside.emplace_back(at->first, at->second.number);
    }
    for (const auto &[key, number] : inside) {
        Entry *entry = find(key, number);
        if (!entry)
            continue;
        if (entry->phase == Phase::Launched)
            entry->containerizer->destroy(key);
        else if (entry->phase == Phase::Preparing)
            m_means.fetcher->cancel(key);
        over(key, number, endedWithItsParent());
        forget(key);
    }
}

const ContainerSpec *NestedContainers::running(const std::string &key) const
{
    const auto at = m_entries.find(key);
    return at == m_entries.end() || at->second.phase == Phase::Over ? nullptr : &at->second.spec;
}

Containerizer *NestedContainers::containerizerOf(const std::string &key) const
{
    return running(key) ? m_entries.at(key).containerizer : nullptr;
}

std::optional<std::string> NestedContainers::sandboxOf(const std::string &key) const
{
    const ContainerSpec *spec = running(key);
    return spec ? std::optional(spec->sandbox) : std::nullopt;
}

std::vector<std::string> NestedContainers::standalone() const
{
    std::vector<std::string> keys;
    for (const auto &[key, entry] : m_entries) {
        if (entry.phase == Phase::Launched && isStandalone(key))
            keys.push_back(key);
    }
    return keys;
}

std::vector<std::string> NestedContainers::runningIn(const std::string &rootId) const
{
    std::vector<std::string> keys;
    for (auto at = m_entries.lower_bound(rootId + "."); at != m_entries.end(); ++at) {
        if (!isInside(at->first, rootId))
            break;
        if (at->second.phase == Phase::Launched)
            keys.push_back(at->first);
    }
    return keys;
}

std::optional<mesos::v1::ContainerStatus> NestedContainers::status(const std::string &key) const
{
    const auto at = m_entries.find(key);
    if (at == m_entries.end() || at->second.phase != Phase::Launched)
        return std::nullopt;
    mesos::v1::ContainerStatus status = at->second.status;
    if (auto current = at->second.containerizer->status(key))
        status = *current;
    *status.mutable_container_id() = containerIdOf(key);
    return status;
}

} // namespace meseta::agent
