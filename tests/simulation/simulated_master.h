#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "daemons/master/engine/master.h"
#include "tests/simulation/node_clock.h"
#include "tests/simulation/operator_probe.h"
#include "tests/simulation/simulated_network.h"
#include "tests/simulation/simulated_storage.h"

namespace meseta::simulation {

/// The HTTP connections of one scheduler instance: its event stream and the calls it makes.
struct SchedulerConnection
{
    explicit SchedulerConnection(World &world)
        : events(std::make_shared<OrderedChannel>(world))
        , calls(std::make_shared<OrderedChannel>(world))
    { }

    master::StreamHandle handle = 0;
    std::string streamId;
    std::shared_ptr<OrderedChannel> events; ///< from the master
    std::shared_ptr<OrderedChannel> calls; ///< to the master
    std::function<void(const mesos::v1::scheduler::Event &)> onEvent;
    std::function<void()> onEnd; ///< the master ended the stream
};

/// A master: the real core on the simulated wire, with the doors of schedulers and of an operator.
/// Destroying it is its sudden death.
class SimulatedMaster final : public Endpoint, public master::MasterOutbox
{
public:
    /// Where one of several masters stands. It leads when it is told to.
    struct Place
    {
        messages::Pid pid;
        Clock &clock;
        std::unique_ptr<master::Registry> registry;
        std::function<bool()> mayAct; ///< asked before anything leaves
    };

    /// The only master: it leads from the first.
    SimulatedMaster(World &world, SimulatedNetwork &network, SharedRegistry &registry,
                    MachineTime &time, const std::string &id);
    SimulatedMaster(World &world, SimulatedNetwork &network, const std::string &id, Place place);
    ~SimulatedMaster() override;

    static messages::Pid pid() { return {"master", "10.0.0.1", 5050}; } ///< of the only one

    master::Master &core() { return m_master; }
    OperatorProbe &probe() { return m_probe; }
    std::size_t pendingTimers() const { return m_clock.pendingTimers(); }
    std::size_t attached() const { return m_attached.size(); }

    // --- What the HTTP door of schedulers does, once a call has arrived.
    void subscribe(const std::shared_ptr<SchedulerConnection> &connection,
                   const mesos::v1::scheduler::Call::Subscribe &wish);
    void call(const std::shared_ptr<SchedulerConnection> &from, mesos::v1::scheduler::Call call);
    /// The scheduler's stream broke.
    void streamClosed(const std::shared_ptr<SchedulerConnection> &connection);

    void receive(const messages::Envelope &envelope) override;
    void linkBroken(const messages::Pid &peer) override;

    /// Its machine does not sleep any more. Nobody may be given up in that moment.
    void wake();
    bool isAsleep() const override { return m_time && m_time->asleep; }

    void send(const std::string &from, const messages::Pid &to, const std::string &name,
              std::string body) override;
    void link(const messages::Pid &peer) override { m_network.link(m_self.address(), peer); }
    void unlink(const messages::Pid &peer) override { m_network.unlink(m_self.address(), peer); }
    void cut(const messages::Pid &peer) override { m_network.cut(m_self.address(), peer); }
    void attach(const std::string &id) override { m_attached.insert(id); }
    void detach(const std::string &id) override { m_attached.erase(id); }
    void sendEvent(master::StreamHandle stream, const mesos::v1::scheduler::Event &event) override;
    void endStream(master::StreamHandle stream) override;
    /// This master leads no more.
    void endStreams();

private:
    /// Until its machine wakes.
    void hold(std::function<void()> thing);
    void watchRemovals();
    void remember(SharedRegistry &registry, const master::ClusterEvent &event);
    void checkMemory(const SharedRegistry &registry);

    World &m_world;
    SimulatedNetwork &m_network;
    messages::Pid m_self;
    std::function<bool()> m_mayAct;
    MachineTime *m_time = nullptr; ///< null: whoever owns this lets nothing through in its sleep
    SharedRegistry *m_registry = nullptr; ///< of the only master and those after it
    NodeClock m_clock;
    SeededRandom m_random;
    std::set<std::string> m_attached;
    std::map<master::StreamHandle, std::shared_ptr<SchedulerConnection>> m_streams;
    master::StreamHandle m_nextStream = 1;
    master::Master m_master;
    OperatorProbe m_probe;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace meseta::simulation
