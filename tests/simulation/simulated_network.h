#pragma once

#include <map>
#include <set>
#include <string>

#include "common/messages/pid.h"
#include "common/messages/transport.h"
#include "tests/simulation/ordered_channel.h"

namespace meseta::simulation {

/// A process on the daemon wire.
class Endpoint
{
public:
    virtual ~Endpoint() = default;
    virtual void receive(const messages::Envelope &envelope) = 0;
    virtual void linkBroken(const messages::Pid &peer) = 0;
    /// Its machine is suspended, or its process stopped.
    virtual bool isAsleep() const = 0;
};

/// The daemon wire of a simulated cluster, with the promises of messages::Transport and no more:
/// one connection from each process to each peer, order kept per connection, at most once. A
/// connection that breaks loses what was under way; the sender learns of it a little later, and
/// until then goes on sending into the void.
class SimulatedNetwork
{
public:
    explicit SimulatedNetwork(World &world) : m_world(world) { }

    /// A process listens at this address ("ip:port") from now on.
    void attach(const std::string &address, Endpoint &endpoint);
    /// What becomes of the messages a dying process has sent and nobody has received yet.
    enum class LastWords { MayArrive, Lost };
    /// The process died. Its connections break.
    void detach(const std::string &address, LastWords lastWords);

    void send(const messages::Pid &from, const messages::Pid &to, const std::string &name,
              std::string body);
    void link(const std::string &from, const messages::Pid &peer);
    void relink(const std::string &from, const messages::Pid &peer);
    void unlink(const std::string &from, const messages::Pid &peer);
    /// As `unlink`, and what is under way there is taken back.
    void cut(const std::string &from, const messages::Pid &peer);

    void breakConnection(const std::string &from, const std::string &to);
    /// Nothing arrives from or at this address until it heals.
    void partition(const std::string &address);
    void heal(const std::string &address);
    void healAll();
    bool isPartitioned(const std::string &address) const { return m_partitioned.contains(address); }

    std::size_t delivered() const { return m_delivered; }

private:
    struct Connection
    {
        std::shared_ptr<OrderedChannel> channel;
        std::set<messages::Pid> links; ///< who wants to hear of its end
        bool broken = false; ///< and the sender does not know yet
        std::uint64_t breaks = 0;
    };
    using Key = std::pair<std::string, std::string>;

    Connection &connection(const std::string &from, const std::string &to);
    void deliver(const messages::Envelope &envelope);
    void noticeBreak(const Key &key, std::uint64_t count);

    World &m_world;
    std::map<std::string, Endpoint *> m_endpoints;
    std::map<Key, Connection> m_connections;
    std::set<std::string> m_partitioned;
    std::size_t m_delivered = 0;
};

} // namespace meseta::simulation
