#pragma once

#include <string>
#include <vector>

#include <QByteArray>

#include "common/base/result.h"

namespace meseta::agent {

/// What is kept on disk of containers in CNI networks, so that a later agent can detach them:
///     <root>/<container>/ns                       the network namespace, held by a mount
///     <root>/<container>/{hostname,hosts,resolv.conf}
///     <root>/<container>/<network>/network.conf   what the plugins were told
///     <root>/<container>/<network>/<interface>/network.info   what they answered
/// Source: Mesos network/cni isolator.
class CniState
{
public:
    explicit CniState(std::string root) : m_root(std::move(root)) { }

    struct Interface
    {
        std::string network;
        std::string name; ///< "eth0"
        QByteArray config; ///< empty: the agent ended before it was written
        QByteArray answer; ///< empty: ADD was not over
    };

    std::string folder(const std::string &id) const { return m_root + "/" + id; }
    std::string namespaceFile(const std::string &id) const { return folder(id) + "/ns"; }
    std::string file(const std::string &id, const char *name) const
    {
        return folder(id) + "/" + name;
    }

    /// Makes a container's folder, with empty files that can be mounted before they are written.
    Result<> make(const std::string &id) const;
    bool contains(const std::string &id) const;
    Result<> writeFile(const std::string &id, const char *name, const std::string &text) const;

    /// Keeps the network namespace of a process, also when the process is gone.
    Result<> hold(const std::string &id, pid_t pid) const;

    Result<> saveConfig(const std::string &id, const Interface &interface) const;
    Result<> saveAnswer(const std::string &id, const Interface &interface) const;
    void forgetInterface(const std::string &id, const Interface &interface) const;
    std::vector<Interface> interfaces(const std::string &id) const;

    std::vector<std::string> containers() const;

    /// Lets the namespace go and removes the folder; of the last container, the root's mount too.
    Result<> remove(const std::string &id) const;

private:
    std::string interfaceFolder(const std::string &id, const Interface &interface) const;
    Result<> share() const;

    std::string m_root;
};

} // namespace meseta::agent
