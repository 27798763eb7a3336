#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <QObject>

#include "daemons/agent/containerizer/native/isolator.h"
#include "daemons/agent/containerizer/native/isolators/cni/cni_network.h"
#include "daemons/agent/containerizer/native/isolators/cni/cni_plugin.h"
#include "daemons/agent/containerizer/native/isolators/cni/cni_state.h"

namespace meseta::agent {

struct CniOptions
{
    CniPlaces places; ///< empty: no networks, only the host's
    std::string stateDirectory;
    std::map<std::string, CniDns> dns; ///< --default_container_dns by network
    std::optional<CniDns> defaultDns; ///< of networks that it does not name
};

/// Networks of containers by CNI plugins: a container that names networks gets a network namespace
/// with an interface in each (eth0, eth1 …), its host name, and files in /etc that fit. Containers
/// on the host's network with a root of their own see the host's files. Source: Mesos network/cni
/// isolator.
class CniIsolator final : public Isolator
{
public:
    explicit CniIsolator(CniOptions options);

    std::string name() const override { return "network/cni"; }
    bool sharesWithNested() const override { return true; }
    void recover(const std::vector<const IsolatedContainer *> &running,
                 const std::vector<std::string> &over, Done done) override;
    void prepare(const IsolatedContainer &container, containerizer::LaunchSpec &launch,
                 Done done) override;
    void isolate(const IsolatedContainer &container, Done done) override;
    void status(const IsolatedContainer &container, mesos::v1::ContainerStatus &status) override;
    void cleanup(const IsolatedContainer &container, Done done) override;

private:
    /// A container's interface in one network.
    struct Interface
    {
        mesos::v1::NetworkInfo info;
        CniNetwork network;
        std::string name;
        std::vector<std::string> addresses; ///< once attached
        CniDns dns;
    };
    struct Attached
    {
        std::string hostname;
        std::vector<Interface> interfaces;
    };

    Result<Attached> plan(const IsolatedContainer &container) const;
    const IsolatedContainer *lender(const IsolatedContainer &container) const;
    void useOwnNetwork(const IsolatedContainer &container, containerizer::LaunchSpec &launch);
    void joinNetwork(const IsolatedContainer &of, bool debug,
                     containerizer::LaunchSpec &launch) const;
    void addInterface(const std::string &id, std::size_t index, Done done);
    Result<> attached(const std::string &id, std::size_t index, const QByteArray &answer);
    Result<> writeFiles(const std::string &id);
    CniDns dnsOf(const Attached &container) const;
    void detach(const std::string &id, Done done);
    void detachOnce(const std::string &id, int triesLeft, Done done);
    Result<> giveUp(const std::string &id, const Result<> &failure);

    CniOptions m_options;
    CniState m_state;
    std::map<std::string, Attached> m_containers;
    QObject m_context;
};

} // namespace meseta::agent
