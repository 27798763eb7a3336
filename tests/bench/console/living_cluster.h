#pragma once

#include <deque>
#include <map>
#include <unordered_map>

#include "tests/gui/support/synthetic_cluster.h"

/// A made-up cluster that remembers what it told: as many tasks end as begin, and a snapshot at any
/// time is what its events have made of the first.
class LivingCluster
{
public:
    LivingCluster(SyntheticCluster::Size size, double now);

    sample::Event snapshot() const;
    sample::Event next(double time);

private:
    bool note(const sample::Event &event);
    void end(double time);

    SyntheticCluster m_city;
    std::size_t m_tasksAtOnce;
    sample::Event m_head; // cluster, master, frameworks
    std::map<std::string, mesos::v1::master::Response::GetAgents::Agent> m_agents;
    std::unordered_map<std::string, mesos::v1::Task> m_tasks;
    std::map<std::string, sample::Event> m_offers; // as they were told
    std::deque<std::string> m_order; // of the tasks, oldest first
    std::deque<sample::Event> m_due; // told before anything else
    double m_time;
};
