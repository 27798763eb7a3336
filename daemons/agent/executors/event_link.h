#pragma once

#include <functional>

#include "daemons/agent/executors/executor_link.h"
#include "mesos/v1/executor/executor.pb.h"

namespace meseta::agent {

/// Where the events of one executor subscription go.
class ExecutorEventSink
{
public:
    virtual ~ExecutorEventSink() = default;
    virtual void send(const mesos::v1::executor::Event &event) = 0;
    virtual void close() = 0;
};

/// An executor on the HTTP API: every call is an event of its stream. Source: Mesos executor HTTP
/// API, events.
class EventLink final : public ExecutorLink
{
public:
    explicit EventLink(std::shared_ptr<ExecutorEventSink> sink) : m_sink(std::move(sink)) { }

    void launch(const mesos::v1::TaskInfo &task) override;
    bool launchGroup(const mesos::v1::TaskGroupInfo &group) override;
    void kill(const std::string &taskId, const mesos::v1::KillPolicy *policy) override;
    void acknowledged(const std::string &taskId, const std::string &uuid) override;
    void message(const std::string &data) override;
    void shutdown() override;
    void close() override { m_sink->close(); }

private:
    std::shared_ptr<ExecutorEventSink> m_sink;
};

} // namespace meseta::agent
