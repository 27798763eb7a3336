#pragma once

#include <random>
#include <vector>

#include "tests/gui/support/sample_cluster.h"

/// A made-up cluster of any size, the same for the same seed: its snapshot, and events that go on
/// from there. For pictures and benchmarks.
class SyntheticCluster
{
public:
    struct Size
    {
        int agents = 2;
        int tasks = 6;
        int frameworks = 2;
        int offers = 2;
    };

    SyntheticCluster(Size size, double now, unsigned seed = 1);

    /// One of its agents is somewhere else: "slave(1)@ip:port".
    void placeAgent(int number, const std::string &pid);
    sample::Event snapshot();
    sample::Event next(double time); ///< one event of a busy cluster

private:
    mesos::v1::Task makeTask(int number, double time);
    mesos::v1::TaskState someState();
    std::string frameworkId(int number) const;
    std::string agentId(int number) const;
    sample::Event updateSomeTask(double time);
    sample::Event changeSomeAgent();
    int random(int below);

    Size m_size;
    double m_now;
    std::mt19937 m_random;
    std::vector<mesos::v1::master::Response::GetAgents::Agent> m_agents;
    std::vector<std::string> m_offers;
    int m_nextTask = 0;
    int m_nextOffer = 0;
};
