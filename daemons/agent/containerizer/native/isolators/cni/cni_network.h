#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <QJsonObject>

#include "common/base/result.h"
#include "mesos/v1/container.pb.h"

namespace meseta::agent {

/// A network as a file of --network_cni_config_dir describes it: one plugin, or a list of them
/// ("plugins") that are run one after the other. Source: CNI specification, network configuration
/// and lists of them; Mesos CNI documentation.
struct CniNetwork
{
    std::string name;
    std::string file;
    /// What each plugin gets on its standard input, complete but for "prevResult".
    std::vector<QJsonObject> plugins;

    /// The same as JSON, to be kept for the way back.
    QByteArray toJson() const;
    static Result<CniNetwork> fromJson(const QByteArray &json);
};

/// Where networks and plugins are looked for.
struct CniPlaces
{
    std::string configDirectory; ///< --network_cni_config_dir
    std::string pluginPath; ///< --network_cni_plugins_dir: folders separated by colons

    /// The program of a plugin type; none when no folder has it.
    std::optional<std::string> plugin(const std::string &type) const;
};

/// Looks for a network among the files as they are now; says what is wrong with them when it is not
/// found. Networks made for Mesos' own "mesos-cni-port-mapper" run its delegate and then the
/// plugin "portmap", which does the same.
Result<CniNetwork> findCniNetwork(const CniPlaces &places, const std::string &name);

/// The network for one container: tells the plugins (args, "org.apache.mesos") what the task asked
/// for, and those that map ports which ones.
Result<CniNetwork> forContainer(const CniNetwork &network, const mesos::v1::NetworkInfo &info);

/// Name servers, from a plugin's answer or from --default_container_dns.
struct CniDns
{
    std::vector<std::string> nameservers;
    std::string domain;
    std::vector<std::string> search;
    std::vector<std::string> options;

    /// Later networks add to what earlier ones said; of the domain the last counts.
    void add(const CniDns &other);
    /// As /etc/resolv.conf has it.
    std::string resolvConf() const;
    static CniDns of(const QJsonObject &dns);
};

/// What a plugin answered to ADD.
struct CniResult
{
    std::vector<std::string> addresses; ///< without their prefix lengths, IPv4 before IPv6
    CniDns dns;

    /// Results of every version: "ips", or "ip4" and "ip6" (up to 0.2.0).
    static Result<CniResult> of(const QByteArray &json);
};

} // namespace meseta::agent
