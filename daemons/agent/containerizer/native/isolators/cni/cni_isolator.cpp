#include "daemons/agent/containerizer/native/isolators/cni/cni_isolator.h"

#include <fstream>
#include <set>
#include <sstream>

#include <QTimer>

#include <sched.h>
#include <sys/mount.h>

#include "daemons/agent/containerizer/native/in_order.h"
#include "daemons/agent/containerizer/native/isolators/cni/network_namespace.h"

namespace meseta::agent {

using containerizer::LaunchSpec;
using containerizer::MountEntry;
using mesos::v1::NetworkInfo;

namespace {

constexpr int detachTries = 3;
constexpr auto detachPause = std::chrono::milliseconds(500);
const char *const networkFiles[] = {"hosts", "hostname", "resolv.conf"};

bool exists(const std::string &path)
{
    return ::access(path.c_str(), F_OK) == 0;
}

/// A file of /etc in the container. On the host's file system it is put only over one that is
/// there: nothing is made on the host.
void mountFile(const std::string &source, const std::string &name, bool ownRoot, bool readOnly,
               LaunchSpec &launch)
{
    MountEntry entry = MountEntry::bind(source, "/etc/" + name, readOnly);
    entry.flags |= MS_NOSUID | MS_NODEV | MS_NOEXEC;
    entry.missing = ownRoot ? MountEntry::Missing::MakeFile : MountEntry::Missing::Refuse;
    if (ownRoot || exists(entry.target))
        launch.mounts.push_back(std::move(entry));
}

std::string contentOf(const char *path)
{
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

bool namesNetworks(const IsolatedContainer &container)
{
    const auto &infos = container.info().network_infos();
    return std::any_of(infos.begin(), infos.end(),
                       [](const NetworkInfo &info) { return info.has_name(); });
}

const IsolatedContainer &rootOf(const IsolatedContainer &container)
{
    return container.parent == nullptr ? container : rootOf(*container.parent);
}

} // namespace

CniIsolator::CniIsolator(CniOptions options)
    : m_options(std::move(options)), m_state(m_options.stateDirectory)
{ }

/// The outermost container, when this one lives in its network: those beside a parent's command,
/// and nested ones that name no network of their own.
const IsolatedContainer *CniIsolator::lender(const IsolatedContainer &container) const
{
    const bool own = container.info().network_infos_size() > 0 && !container.debug;
    if (container.parent == nullptr || own)
        return nullptr;
    const IsolatedContainer &root = rootOf(container);
    return m_containers.contains(root.id()) ? &root : nullptr;
}

Result<CniIsolator::Attached> CniIsolator::plan(const IsolatedContainer &container) const
{
    Attached plan;
    const auto &info = container.info();
    const std::string &id = container.id();
    plan.hostname = info.has_hostname() ? info.hostname() : id.substr(id.rfind('.') + 1);
    std::set<std::string> names;
    for (const NetworkInfo &network : info.network_infos()) {
        if (!network.has_name())
            continue;
        if (!names.insert(network.name()).second)
            return fail("The container asks for the CNI network '" + network.name()
                        + "' multiple times: name it once in network_infos");
        const auto found = findCniNetwork(m_options.places, network.name());
        if (!found)
            return fail(found.error());
        auto own = forContainer(*found, network);
        if (!own)
            return fail(own.error());
        Interface interface;
        interface.info = network;
        interface.network = std::move(*own);
        interface.name = "eth" + std::to_string(plan.interfaces.size());
        plan.interfaces.push_back(std::move(interface));
    }
    return plan;
}

void CniIsolator::prepare(const IsolatedContainer &container, LaunchSpec &launch, Done done)
{
    if (const IsolatedContainer *of = lender(container)) {
        joinNetwork(*of, container.debug, launch);
        done({});
        return;
    }
    if (container.debug || !namesNetworks(container)) {
        done({}); // on the host's network
        return;
    }
    auto planned = plan(container);
    if (!planned) {
        done(fail(planned.error()));
        return;
    }
    m_containers[container.id()] = std::move(*planned);
    const Result<> made = m_state.make(container.id());
    if (made)
        useOwnNetwork(container, launch);
    done(made);
}

void CniIsolator::useOwnNetwork(const IsolatedContainer &container, LaunchSpec &launch)
{
    launch.newNamespaces |= CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS;
    launch.awaitIsolation = true;
    launch.hostname = m_containers[container.id()].hostname;
    launch.setEnvironment("LIBPROCESS_IP", "0.0.0.0");
    for (const char *file : networkFiles)
        mountFile(m_state.file(container.id(), file), file, container.image.has_value(), false,
                  launch);
}

void CniIsolator::joinNetwork(const IsolatedContainer &of, bool debug, LaunchSpec &launch) const
{
    launch.joinNamespaces.push_back({m_state.namespaceFile(of.id()), CLONE_NEWNET});
    launch.joinNamespaces.push_back({"/proc/" + std::to_string(of.pid) + "/ns/uts", CLONE_NEWUTS});
    launch.setEnvironment("LIBPROCESS_IP", "0.0.0.0");
    if (debug)
        return; // lives in its parent's mounts
    launch.newNamespaces |= CLONE_NEWNS;
    for (const char *file : networkFiles)
        mountFile(m_state.file(of.id(), file), file, !launch.rootfs.empty(), false, launch);
}

void CniIsolator::isolate(const IsolatedContainer &container, Done done)
{
    const std::string &id = container.id();
    const auto found = m_containers.find(id);
    if (found == m_containers.end()) {
        done({});
        return;
    }
    Result<> ready = m_state.hold(id, container.pid);
    if (ready)
        ready = bringUpLoopback(m_state.namespaceFile(id));
    if (!ready) {
        done(ready);
        return;
    }
    std::vector<std::size_t> indices(found->second.interfaces.size());
    for (std::size_t i = 0; i < indices.size(); ++i)
        indices[i] = i;
    InOrder<std::size_t>::run(
        std::move(indices),
        [this, id](std::size_t index, Done next) { addInterface(id, index, std::move(next)); },
        [this, id, done = std::move(done)](const Result<> &result) {
            done(result ? writeFiles(id) : result);
        });
}

void CniIsolator::addInterface(const std::string &id, std::size_t index, Done done)
{
    const Interface &interface = m_containers.at(id).interfaces.at(index);
    const std::string network = interface.network.name;
    // What is to be undone is on disk before it is done.
    const CniState::Interface record{network, interface.name, interface.network.toJson(), {}};
    if (const Result<> saved = m_state.saveConfig(id, record); !saved) {
        done(saved);
        return;
    }
    runCniNetwork(
        m_options.places, interface.network, {"ADD", id, m_state.namespaceFile(id), interface.name},
        {}, &m_context, [this, id, index, network, done](const Result<QByteArray> &answer) {
            const Result<> result = answer ? attached(id, index, *answer) : fail(answer.error());
            done(result ? result
                        : fail(result.error().within("joining the network '" + network + "'")));
        });
}

Result<> CniIsolator::attached(const std::string &id, std::size_t index, const QByteArray &answer)
{
    const auto found = m_containers.find(id);
    if (found == m_containers.end())
        return fail("container " + id + " is gone");
    const auto result = CniResult::of(answer);
    if (!result)
        return fail(result.error());
    Interface &interface = found->second.interfaces.at(index);
    interface.addresses = result->addresses;
    interface.dns = result->dns;
    return m_state.saveAnswer(id, {interface.network.name, interface.name, {}, answer});
}

CniDns CniIsolator::dnsOf(const Attached &container) const
{
    CniDns dns;
    for (const Interface &interface : container.interfaces) {
        const auto own = m_options.dns.find(interface.network.name);
        if (!interface.dns.nameservers.empty())
            dns.add(interface.dns);
        else if (own != m_options.dns.end())
            dns.add(own->second);
        else if (m_options.defaultDns)
            dns.add(*m_options.defaultDns);
    }
    return dns;
}

Result<> CniIsolator::writeFiles(const std::string &id)
{
    const Attached &container = m_containers.at(id);
    std::string hosts = "127.0.0.1 localhost\n";
    for (const Interface &interface : container.interfaces) {
        const auto &addresses = interface.addresses;
        const auto first =
            std::find_if(addresses.begin(), addresses.end(), [](const std::string &address) {
                return address.find(':') == std::string::npos;
            });
        if (first != addresses.end()) {
            hosts += *first + " " + container.hostname + "\n";
            break;
        }
    }
    const CniDns dns = dnsOf(container);
    const std::string resolv =
        dns.nameservers.empty() ? contentOf("/etc/resolv.conf") : dns.resolvConf();
    for (const auto &[name, text] :
         {std::pair("hosts", hosts), std::pair("hostname", container.hostname + "\n"),
          std::pair("resolv.conf", resolv)})
        if (const Result<> written = m_state.writeFile(id, name, text); !written)
            return written;
    return {};
}

void CniIsolator::status(const IsolatedContainer &container, mesos::v1::ContainerStatus &status)
{
    const IsolatedContainer *of = lender(container);
    const auto found = m_containers.find(of != nullptr ? of->id() : container.id());
    if (found == m_containers.end())
        return;
    status.clear_network_infos();
    for (const Interface &interface : found->second.interfaces) {
        NetworkInfo *info = status.add_network_infos();
        *info = interface.info;
        info->clear_ip_addresses();
        for (const std::string &address : interface.addresses) {
            auto *entry = info->add_ip_addresses();
            entry->set_protocol(address.find(':') == std::string::npos ? NetworkInfo::IPv4
                                                                       : NetworkInfo::IPv6);
            entry->set_ip_address(address);
        }
    }
}

void CniIsolator::recover(const std::vector<const IsolatedContainer *> &running,
                          const std::vector<std::string> &, Done done)
{
    std::set<std::string> kept;
    for (const IsolatedContainer *container : running) {
        if (!m_state.contains(container->id()))
            continue;
        kept.insert(container->id());
        Attached &attached = m_containers[container->id()];
        for (const CniState::Interface &record : m_state.interfaces(container->id())) {
            Interface interface;
            interface.name = record.name;
            interface.network.name = record.network;
            interface.info.set_name(record.network);
            for (const NetworkInfo &info : container->info().network_infos())
                if (info.name() == record.network)
                    interface.info = info;
            if (const auto result = CniResult::of(record.answer))
                interface.addresses = result->addresses;
            attached.interfaces.push_back(std::move(interface));
        }
    }
    std::vector<std::string> left = m_state.containers();
    std::erase_if(left, [&kept](const std::string &id) { return kept.contains(id); });
    InOrder<std::string>::run(
        std::move(left),
        [this](const std::string &id, const Done &next) {
            detach(id, [id, next](const Result<> &result) {
                if (!result)
                    qWarning("the network of container %s, left by an earlier agent: %s",
                             id.c_str(), result.error().message.c_str());
                next({});
            });
        },
        std::move(done));
}

void CniIsolator::cleanup(const IsolatedContainer &container, Done done)
{
    m_containers.erase(container.id());
    if (m_state.contains(container.id()))
        detach(container.id(), std::move(done));
    else
        done({});
}

void CniIsolator::detach(const std::string &id, Done done)
{
    detachOnce(id, detachTries, std::move(done));
}

/// What could not be detached stays on record for the next agent.
void CniIsolator::detachOnce(const std::string &id, int triesLeft, Done done)
{
    InOrder<CniState::Interface>::run(
        m_state.interfaces(id),
        [this, id](const CniState::Interface &record, const Done &next) {
            const auto network = CniNetwork::fromJson(record.config);
            if (!network) { // ADD had not begun
                m_state.forgetInterface(id, record);
                next({});
                return;
            }
            runCniNetwork(m_options.places, *network,
                          {"DEL", id, m_state.namespaceFile(id), record.name}, record.answer,
                          &m_context, [this, id, record, next](const Result<QByteArray> &answer) {
                              if (answer)
                                  m_state.forgetInterface(id, record);
                              next(answer ? Result<>()
                                          : fail(answer.error().within("leaving the network '"
                                                                       + record.network + "'")));
                          });
        },
        [this, id, triesLeft, done = std::move(done)](const Result<> &result) {
            if (result)
                done(m_state.remove(id));
            else if (triesLeft <= 1)
                done(giveUp(id, result));
            else
                QTimer::singleShot(detachPause, &m_context, [this, id, triesLeft, done] {
                    detachOnce(id, triesLeft - 1, done);
                });
        });
}

/// An interface that was never there has nothing to be undone but what goes with its namespace; one
/// that was stays on record.
Result<> CniIsolator::giveUp(const std::string &id, const Result<> &failure)
{
    bool any = false;
    for (const CniState::Interface &record : m_state.interfaces(id)) {
        if (record.answer.isEmpty())
            m_state.forgetInterface(id, record);
        else
            any = true;
    }
    if (!any)
        static_cast<void>(m_state.remove(id));
    return failure;
}

} // namespace meseta::agent
