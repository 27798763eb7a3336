#pragma once

#include <functional>
#include <map>
#include <string>

#include "common/base/clock.h"
#include "mesos/v1/cluster.pb.h"

namespace meseta::master {

/// The durable record of which agents belong to the cluster, which are unreachable and which are
/// gone for good. An agent is told that it is registered only after `done`. Source: Mesos
/// registrar.
class Registry
{
public:
    using Done = std::function<void()>;

    virtual ~Registry() = default;

    virtual void admit(const mesos::v1::AgentInfo &agent, Done done) = 0;
    virtual void update(const mesos::v1::AgentInfo &agent, Done done) = 0;
    virtual void markUnreachable(const std::string &agentId, Duration time, Done done) = 0;
    virtual void markReachable(const mesos::v1::AgentInfo &agent, Done done) = 0;
    virtual void markGone(const std::string &agentId, Duration time, Done done) = 0;
    virtual void remove(const std::string &agentId, Done done) = 0;
};

/// Remembers nothing beyond the life of the master: what is asked is done at once. The cluster's
/// own bounded lists are the record.
class MemoryRegistry : public Registry
{
public:
    void admit(const mesos::v1::AgentInfo &, Done done) override { done(); }
    void update(const mesos::v1::AgentInfo &, Done done) override { done(); }
    void markUnreachable(const std::string &, Duration, Done done) override { done(); }
    void markReachable(const mesos::v1::AgentInfo &, Done done) override { done(); }
    void markGone(const std::string &, Duration, Done done) override { done(); }
    void remove(const std::string &, Done done) override { done(); }
};

} // namespace meseta::master
