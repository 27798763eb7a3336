#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "mesos/v1/scheduler/scheduler.pb.h"
#include "tests/simulation/simulated_master.h"

namespace meseta::simulation {

/// A framework's scheduler, as a v1 client of the scheduler API: takes offers and declines them by
/// chance, launches, kills, reconciles, acknowledges at once, late or not at all, fails over and
/// comes back.
class SimulatedScheduler
{
public:
    /// `master` gives the present master; null while there is none.
    SimulatedScheduler(World &world, std::string name, std::function<SimulatedMaster *()> master);
    ~SimulatedScheduler();

    const std::string &frameworkId() const { return m_info.id().value(); }
    bool subscribed() const { return m_subscribed; }
    bool connected() const { return m_connection != nullptr; }

    void connect();
    void disconnect();
    /// A new instance takes over; the old one's connection lingers.
    void failOver();
    void teardown();
    /// One thing by chance: kill, reconcile, revive, suppress, change its roles, tell an executor
    /// something …
    void act();

private:
    using Call = mesos::v1::scheduler::Call;
    using Event = mesos::v1::scheduler::Event;

    void take(const std::shared_ptr<SchedulerConnection> &from, const Event &event);
    void takeUpdate(const mesos::v1::TaskStatus &status);
    void considerOffer(const mesos::v1::Offer &offer);
    void accept(const mesos::v1::Offer &offer);
    mesos::v1::TaskInfo newTask(const mesos::v1::Offer &offer, double cpus, double mem);
    void decline(const mesos::v1::Offer &offer, double refuseSeconds);
    void acknowledge(const mesos::v1::TaskStatus &status);
    void reconcile();
    void changeRoles();
    std::string someTask();
    void call(Call call);
    void ended();
    void reset();
    mesos::v1::FrameworkInfo describe();

    World &m_world;
    std::string m_name;
    std::function<SimulatedMaster *()> m_master;
    NodeClock m_clock;
    mesos::v1::FrameworkInfo m_info;
    std::shared_ptr<SchedulerConnection> m_connection;
    bool m_subscribed = false;
    std::map<std::string, std::string> m_tasks; ///< not ended, as far as it knows; to their agents
    std::map<std::string, std::string> m_executors; ///< custom ones it launched, to their agents
    unsigned m_nextTask = 1;
    unsigned m_life = 1; ///< counts the frameworks this scheduler has been
};

} // namespace meseta::simulation
