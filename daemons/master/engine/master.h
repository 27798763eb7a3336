#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemons/master/core/core.h"
#include "daemons/master/core/frameworks.h"

namespace meseta::master {

/// A cluster's master: decides, and hands what is to be done to its outbox. Deterministic: it has
/// no sockets, files, threads or wall clock of its own. Not thread-safe.
class Master
{
public:
    Master(MasterOptions options, Clock &clock, Random &random, MasterOutbox &outbox);
    ~Master();

    /// Where what must not be forgotten is kept; in memory when this is never called. Before
    /// `recover` and `lead`.
    void setRegistry(std::unique_ptr<Registry> registry) { m_core.registry = std::move(registry); }
    /// Called when this master cannot go on leading, with the reason: too few agents came back
    /// after a change of leader. Nothing is decided after it; the master should go.
    void onGivingUp(std::function<void(const std::string &why)> giveUp)
    {
        m_core.giveUp = std::move(giveUp);
    }
    /// Reads the registry, and writes into it that this master leads. `done` comes when that is
    /// done; never, if it fails.
    void recover(std::function<void()> done);
    /// From now on this master leads, as soon as it has read the registry. Until then daemon
    /// messages are dropped.
    void lead();
    bool leading() const { return m_electedTime.has_value(); }
    /// The leader as far as this master knows; null when there is none.
    const mesos::v1::MasterInfo *leader() const { return leading() ? &info() : nullptr; }
    /// Whether the registry has been read; calls are answered 503 before.
    bool recovered() const { return m_recovered && leading(); }

    // --- Daemon messages.
    /// A message for a local process (`to`: "master", "slave-observer(1)"). What does not parse is
    /// dropped.
    void receive(const messages::Pid &from, const std::string &to, const std::string &name,
                 const std::string &body);
    /// A link broke.
    void exited(const messages::Pid &peer);

    // --- Scheduler API, after the checks of its door.
    void subscribe(const Connection &connection, const Subscription &wish);
    tl::expected<void, Refusal> call(Framework &framework, mesos::v1::scheduler::Call &call);
    void streamClosed(StreamHandle stream);
    Framework *framework(const std::string &id) { return m_core.cluster.framework(id); }

    // --- Operators. False: no such framework or agent.
    bool teardown(const std::string &frameworkId);
    bool markAgentGone(const std::string &agentId);

    // --- What there is to see.
    const mesos::v1::MasterInfo &info() const { return m_core.info; }
    const MasterOptions &options() const { return m_core.options; }
    Duration startTime() const { return m_startTime; } ///< since the epoch
    std::optional<Duration> electedTime() const { return m_electedTime; }
    const Cluster &cluster() const { return m_core.cluster; }
    Core &core() { return m_core; } ///< for the operator's doors
    ClusterEvents &events() { return m_core.events; }
    Allocator &allocator() { return *m_core.allocator; }
    const Figures &figures() const { return m_core.figures; }

    /// Hosts that get offers; absent: all. May change at any time (--whitelist is read again and
    /// again).
    void setWhitelist(std::optional<std::set<std::string>> hostnames);

private:
    using Handler = std::function<void(const messages::Pid &from, const std::string &body)>;
    template <typename Message, typename Handle> void on(Handle handle);
    void addAgentHandlers();
    void act();
    void forgetOldAgentsLater();

    Core m_core;
    Duration m_startTime;
    std::optional<Duration> m_electedTime;
    bool m_recovered = false; ///< the registry was read
    std::map<std::string, Handler, std::less<>> m_handlers; ///< by message name
};

} // namespace meseta::master
