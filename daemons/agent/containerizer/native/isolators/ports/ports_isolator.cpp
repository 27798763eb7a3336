#include "daemons/agent/containerizer/native/isolators/ports/ports_isolator.h"

#include <algorithm>

#include "daemons/agent/containerizer/native/isolators/ports/listening_sockets.h"
#include "daemons/containerizer/process_tree.h"

namespace meseta::agent {

using mesos::v1::Resource;

namespace {

bool namesNetworks(const IsolatedContainer &container)
{
    const auto &infos = container.info().network_infos();
    return std::any_of(infos.begin(), infos.end(),
                       [](const mesos::v1::NetworkInfo &info) { return info.has_name(); });
}

/// In a network of its own, its or the one it is nested in: its ports are nobody else's.
bool hasOwnNetwork(const IsolatedContainer &container)
{
    return namesNetworks(container)
        || (container.parent != nullptr && hasOwnNetwork(*container.parent));
}

PortSet portsOf(const std::vector<Resource> &resources)
{
    PortSet ports;
    for (const Resource &resource : resources) {
        if (resource.name() != "ports")
            continue;
        for (const auto &range : resource.ranges().range())
            for (std::uint64_t port = range.begin(); port <= range.end() && port <= 65535; ++port)
                ports.insert(static_cast<std::uint16_t>(port));
    }
    return ports;
}

std::vector<std::pair<std::uint16_t, std::uint16_t>> rangesOf(const PortSet &ports)
{
    std::vector<std::pair<std::uint16_t, std::uint16_t>> ranges;
    for (const std::uint16_t port : ports) {
        if (!ranges.empty() && ranges.back().second + 1 == port)
            ranges.back().second = port;
        else
            ranges.emplace_back(port, port);
    }
    return ranges;
}

/// The container's processes: those below its first one, and itself.
std::vector<pid_t> processesOf(pid_t first)
{
    std::vector<pid_t> processes = containerizer::descendants(first);
    processes.push_back(first);
    return processes;
}

} // namespace

std::string portsText(const PortSet &ports)
{
    std::string text;
    for (const auto &[first, last] : rangesOf(ports))
        text += (text.empty() ? "" : ", ") + std::to_string(first) + "-" + std::to_string(last);
    return "[" + text + "]";
}

PortsIsolator::PortsIsolator(PortsOptions options)
    : m_options(std::move(options)), m_look(m_options.interval, [this] { look(); })
{ }

void PortsIsolator::add(const IsolatedContainer &container)
{
    if (hasOwnNetwork(container))
        return;
    Entry &entry = m_entries[container.id()];
    entry.root = container.rootId();
    if (container.parent == nullptr)
        entry.allowed = portsOf(container.spec.resources);
}

void PortsIsolator::recover(const std::vector<const IsolatedContainer *> &running,
                            const std::vector<std::string> &, Done done)
{
    for (const IsolatedContainer *container : running)
        add(*container);
    done({});
}

void PortsIsolator::prepare(const IsolatedContainer &container, containerizer::LaunchSpec &,
                            Done done)
{
    add(container);
    done({});
}

void PortsIsolator::watch(const IsolatedContainer &container,
                          std::function<void(const ContainerLimitation &)> broken)
{
    const auto entry = m_entries.find(container.id());
    if (entry == m_entries.end())
        return;
    entry->second.process = container.helper > 0 ? container.helper : container.pid;
    entry->second.broken = std::move(broken);
    m_look.start();
}

void PortsIsolator::update(const IsolatedContainer &container, const ContainerResources &resources,
                           Done done)
{
    const auto entry = m_entries.find(container.id());
    if (entry != m_entries.end() && container.parent == nullptr)
        entry->second.allowed = portsOf(resources.requests);
    done({});
}

bool PortsIsolator::matters(std::uint16_t port) const
{
    return !m_options.ranges
        || std::any_of(m_options.ranges->begin(), m_options.ranges->end(),
                       [port](const auto &r) { return r.first <= port && port <= r.second; });
}

void PortsIsolator::look()
{
    if (m_entries.empty()) {
        m_look.stop();
        return;
    }
    std::map<std::string, pid_t> processes;
    for (const auto &[id, entry] : m_entries)
        if (entry.process > 0)
            processes[id] = entry.process;
    m_look.run([this, processes = std::move(processes)]() -> BackgroundLook::Report {
        std::map<std::string, PortSet> result;
        if (const auto sockets = listeningSockets(); sockets && !sockets->empty())
            for (const auto &[id, process] : processes)
                result[id] = listeningPorts(*sockets, processesOf(process));
        return [this, result = std::move(result)] {
            for (const auto &[id, ports] : result)
                found(id, ports);
        };
    });
}

void PortsIsolator::found(const std::string &id, const PortSet &ports)
{
    const auto entry = m_entries.find(id);
    const auto root = entry == m_entries.end() ? entry : m_entries.find(entry->second.root);
    if (root == m_entries.end())
        return;
    PortSet others;
    for (const std::uint16_t port : ports)
        if (matters(port) && !root->second.allowed.contains(port))
            others.insert(port);
    if (others == entry->second.seen)
        return; // told once
    entry->second.seen = others;
    if (others.empty())
        return;
    ContainerLimitation limitation;
    limitation.reason = mesos::v1::TaskStatus::REASON_CONTAINER_LIMITATION;
    limitation.message = "Container " + id + " listens on ports that it does not have: "
        + portsText(others) + ". Its ports are " + portsText(root->second.allowed)
        + "; a task may listen on those among its resources only.";
    Resource &resource = limitation.resources.emplace_back();
    resource.set_name("ports");
    resource.set_type(mesos::v1::Value::RANGES);
    for (const auto &[first, last] : rangesOf(others)) {
        auto *range = resource.mutable_ranges()->add_range();
        range->set_begin(first);
        range->set_end(last);
    }
    qInfo("%s", limitation.message.c_str());
    const auto broken = entry->second.broken; // may end in forgetting the container
    if (m_options.enforce && broken)
        broken(limitation);
}

void PortsIsolator::cleanup(const IsolatedContainer &container, Done done)
{
    m_entries.erase(container.id());
    done({});
}

} // namespace meseta::agent
