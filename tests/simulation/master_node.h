#pragma once

#include <memory>
#include <string>

#include "daemons/master/leadership/election.h"
#include "daemons/master/leadership/term_gate.h"
#include "tests/common/zookeeper/fake_ensemble.h"
#include "tests/simulation/simulated_master.h"

namespace meseta::simulation {

/// One process of several masters: the real leadership, election and registry on a simulated
/// ensemble, and a master for each term. Destroying it is its sudden death.
class MasterNode final : public Endpoint, private master::LeadershipOutbox
{
public:
    MasterNode(World &world, SimulatedNetwork &network, test::FakeEnsemble &ensemble,
               messages::Pid pid, std::string name, MachineTime &time);
    ~MasterNode() override;

    const messages::Pid &pid() const { return m_pid; }
    test::FakeClient &client() { return *m_client; }

    /// SIGSTOP, SIGCONT; or the machine is suspended, and wakes.
    void freeze();
    void thaw();
    bool isFrozen() const { return m_frozen; }

    /// Whether this process does things to the cluster now.
    bool acts() const;
    /// The master that schedulers reach here; null while it is not to be asked.
    SimulatedMaster *door() { return acts() && !m_frozen ? m_master.get() : nullptr; }
    SimulatedMaster *present() { return m_master.get(); }

    bool isAsleep() const override { return m_frozen; }
    void receive(const messages::Envelope &envelope) override;
    void linkBroken(const messages::Pid &peer) override;

private:
    mesos::v1::MasterInfo freshMaster() override;
    void contend(const mesos::v1::MasterInfo &master) override { m_election->contend(master); }
    void withdraw() override { m_election->withdraw(); }
    void recover() override;
    void lead() override;
    void resume() override { m_gate->release(); }
    void endTerm(const std::string &why) override;
    void endMaster();
    std::unique_ptr<master::Registry> makeRegistry();

    World &m_world;
    SimulatedNetwork &m_network;
    messages::Pid m_pid;
    std::string m_name;
    unsigned m_terms = 0;
    bool m_frozen = false;
    Duration m_frozenSince{0};
    bool m_leading = false;
    master::TermGate m_running{[this] { return !m_frozen; }};
    MachineTime &m_time;
    NodeClock m_machineClock;
    master::TermClock m_clock; ///< of the process
    std::unique_ptr<test::FakeClient> m_client;
    master::Leadership m_leadership;
    std::unique_ptr<master::Election> m_election;
    std::unique_ptr<master::TermGate> m_gate;
    std::unique_ptr<master::TermClock> m_termClock;
    std::unique_ptr<SimulatedMaster> m_master;
};

} // namespace meseta::simulation
