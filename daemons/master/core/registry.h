#pragma once

#include <functional>
#include <map>
#include <optional>
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
    using Took = std::function<void(Duration)>;

    virtual ~Registry() = default;

    /// Who is told how long each reading and each writing of the record takes: Mesos'
    /// `registrar/state_fetch_ms` and `registrar/state_store_ms`. What was read before is told at
    /// once.
    void observe(Took fetched, Took stored)
    {
        m_onFetched = std::move(fetched);
        m_onStored = std::move(stored);
        if (m_onFetched && m_fetched)
            m_onFetched(*m_fetched);
    }

    /// Changes that are not stored yet: Mesos' `registrar/queued_operations`.
    virtual std::size_t queued() const { return 0; }

    virtual void admit(const mesos::v1::AgentInfo &agent, Done done) = 0;
    virtual void update(const mesos::v1::AgentInfo &agent, Done done) = 0;
    virtual void markUnreachable(const std::string &agentId, Duration time, Done done) = 0;
    virtual void markReachable(const mesos::v1::AgentInfo &agent, Done done) = 0;
    virtual void markGone(const std::string &agentId, Duration time, Done done) = 0;
    virtual void remove(const std::string &agentId, Done done) = 0;

protected:
    /// To be called by a registry that keeps its record somewhere, after each reading and writing.
    void tellFetched(Duration took)
    {
        m_fetched = took;
        if (m_onFetched)
            m_onFetched(took);
    }
    void tellStored(Duration took)
    {
        if (m_onStored)
            m_onStored(took);
    }

private:
    Took m_onFetched;
    Took m_onStored;
    std::optional<Duration> m_fetched;
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
