#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "common/base/patient_timers.h"
#include "common/base/random.h"
#include "daemons/master/cluster/cluster.h"
#include "daemons/master/cluster/cluster_event.h"
#include "daemons/master/cluster/figures.h"
#include "daemons/master/core/framework_sink.h"
#include "daemons/master/core/master_options.h"
#include "daemons/master/core/master_outbox.h"
#include "daemons/master/core/registry.h"

namespace meseta::master {

/// What the operations of a master work on: its state and its means. The operations are the
/// functions of the other headers in this folder and in agents/, one kind to a file; each leaves
/// the state whole and its events told.
struct Core
{
    Core(MasterOptions options, Clock &clock, Random &random, MasterOutbox &outbox);
    ~Core();
    Core(const Core &) = delete;
    Core &operator=(const Core &) = delete;

    MasterOptions options;
    Clock &clock;
    Random &random;
    MasterOutbox &outbox;
    Cluster cluster;
    ClusterEvents events;
    Figures figures;
    mesos::v1::MasterInfo info;
    std::unique_ptr<Allocator> allocator;
    std::unique_ptr<Registry> registry;
    std::map<std::string, std::string>
        observers; ///< agent ids by the local process that pings them
    /// Called when the master cannot lead any more, with the reason.
    std::function<void(const std::string &why)> giveUp;
    /// Called when an agent has lost its last task or operation.
    std::function<void(const std::string &agentId)> agentEmptied;
    std::size_t agentsInRegistry = 0; ///< admitted when the registry was read
    Duration nextRemoval{0}; ///< monotonic: when the next agent may be marked unreachable
    std::set<std::string>
        changingAgents; ///< ids (or pids of new ones) whose change waits for the registry

    PatientTimers patience; ///< for those that do not answer or come back; ids of its own

    /// `callback` after `delay`, unless this is gone by then.
    Clock::TimerId after(Duration delay, std::function<void()> callback);

    /// Posts a message from the process "master".
    template <typename Message> void send(const messages::Pid &to, const Message &message)
    {
        outbox.send("master", to, message.GetTypeName(), message.SerializePartialAsString());
    }

    /// The way to a framework: its stream, its driver, or nowhere while it is not connected.
    const FrameworkSink &sink(const Framework &framework) const;

    std::string newFrameworkId(); ///< "<master id>-0000"
    std::string newAgentId(); ///< "<master id>-S0"
    std::uint64_t newOfferNumber() { return m_nextOffer++; }
    std::string newObserverId(); ///< "slave-observer(1)"

    /// The time between the first lost ping and the end, as agents are told.
    double totalPingTimeoutSeconds() const;

private:
    std::unique_ptr<FrameworkSink> m_streamSink;
    std::unique_ptr<FrameworkSink> m_driverSink;
    std::unique_ptr<FrameworkSink> m_nullSink;
    std::shared_ptr<bool> m_alive;
    std::uint64_t m_nextFramework = 0;
    std::uint64_t m_nextAgent = 0;
    std::uint64_t m_nextOffer = 0;
    std::uint64_t m_nextObserver = 1;
};

} // namespace meseta::master
