#pragma once

#include <map>
#include <string>

#include "meseta/v1/meseta.pb.h"

namespace meseta::simulation {

/// What a client of the operator's stream (POST /meseta/v1 SUBSCRIBE) knows that believes nothing
/// but the first record and the events after it.
struct StreamReplica
{
    void take(const ::meseta::v1::Event &event);

    std::map<std::string, std::string> agents, frameworks, tasks,
        offers; ///< by id; tasks by framework and task id

    /// The first thing in which two replicas differ; empty when they are equal.
    static std::string difference(const StreamReplica &left, const StreamReplica &right);

private:
    void load(const ::meseta::v1::Event::Subscribed &all);
    void takeMesos(const mesos::v1::master::Event &event);
    void put(const mesos::v1::master::Response::GetAgents::Agent &agent);
    void put(const mesos::v1::Task &task);
    void put(mesos::v1::master::Response::GetFrameworks::Framework framework);
};

} // namespace meseta::simulation
