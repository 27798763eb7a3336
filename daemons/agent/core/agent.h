#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "daemons/agent/core/agent_context.h"
#include "daemons/agent/core/agent_state.h"
#include "daemons/agent/core/framework_operations.h"
#include "daemons/agent/core/recovery.h"
#include "daemons/agent/executors/executor_lifecycle.h"
#include "daemons/agent/executors/executor_registration.h"
#include "daemons/agent/executors/task_killer.h"
#include "daemons/agent/executors/task_launcher.h"
#include "daemons/agent/operations/resource_operations.h"
#include "daemons/agent/registration/registration.h"
#include "daemons/agent/status_updates/status_reporter.h"

namespace meseta::messages {
struct Envelope;
}

namespace meseta::agent {

/// The agent's core: takes daemon messages, executor calls and container events, keeps the records,
/// and answers through the outbox. Deterministic; one thread.
class Agent
{
public:
    Agent(Clock &clock, Random &random, AgentOutbox &outbox, AgentConfig config,
          LaunchServices services);
    ~Agent();

    /// Takes up what an earlier agent of this work_dir left; before `start`.
    void recover(const RecoveredAgent &earlier);
    /// Takes up reservations and volumes that an earlier agent kept, even one of another id; an
    /// error says what does not fit.
    Result<> recoverResources(const mesos::internal::slave::ResourceState &kept)
    {
        return m_operations.recover(kept);
    }
    const ResourceOperations &resourceOperations() const { return m_operations; }

    /// Registers with the master, once what was recovered is back; call when everything that
    /// answers is in place.
    void start();

    /// One daemon message for the agent's process. Unknown or unreadable ones are logged and
    /// ignored.
    void receive(const messages::Envelope &envelope);
    /// Another master leads, or none (an empty pid); also before `start`. Only its messages count
    /// from now on.
    void masterDetected(const messages::Pid &master);
    /// A connection asked for with `AgentOutbox::link` is gone.
    void linkBroken(const messages::Pid &peer);

    enum class Departure {
        ForAWhile, ///< another agent takes over: checkpointed executors go on
        ForGood, ///< unregisters: the master removes it at once
        Dismissed ///< the master wants it to end
    };
    /// Ends executors, but for those that outlive it, then finishes with exit code 0.
    void shutdown(Departure departure, const std::string &why);

    // The executor API.
    void subscribe(Framework &framework, Executor &executor,
                   const mesos::v1::executor::Call::Subscribe &call,
                   std::shared_ptr<ExecutorEventSink> sink);
    void update(Framework &framework, Executor &executor, const mesos::v1::TaskStatus &status);
    void message(Framework &framework, Executor &executor, const std::string &data);

    /// Containers inside those of executors.
    NestedContainers &nested() { return m_nested; }
    const NestedContainers &nested() const { return m_nested; }

    const std::vector<Containerizer *> &containerizers() const { return m_services.containerizers; }

    const AgentState &state() const { return m_state; }
    AgentState &state() { return m_state; }
    const AgentConfig &config() const { return m_config; }

private:
    using Handler = std::function<void(const messages::Envelope &)>;

    template <typename Message>
    void on(std::function<void(const messages::Pid &, const Message &)> handle);
    template <typename Message> void onMaster(std::function<void(const Message &)> handle);
    void installMasterMessages();
    void installExecutorMessages();
    bool isFromMaster(const messages::Envelope &envelope);

    mesos::internal::ReregisterSlaveMessage describe() const;
    void recovered();
    bool mayLaunch();
    void registered();
    void reconcile(const mesos::internal::SlaveReregisteredMessage &message);
    void statusFromDriver(const mesos::internal::StatusUpdateMessage &message);
    void endDrainWhenIdle();
    void finishWhenIdle();
    void finish();

    AgentConfig m_config;
    PatientTimers m_patience;
    AgentContext m_context;
    AgentState m_state;
    LaunchServices m_services;
    Checkpointer m_checkpointer;
    StatusReporter m_reporter;
    ExecutorLifecycle m_lifecycle;
    NestedContainers m_nested;
    TaskLauncher m_launcher;
    TaskKiller m_killer;
    ExecutorRegistration m_executors;
    FrameworkOperations m_frameworks;
    Recovery m_recovery;
    ResourceOperations m_operations;
    Registration m_registration;
    std::map<std::string, Handler> m_handlers;
    bool m_masterIsExact = false; ///< it was detected: it signs with the address it told
    std::string m_masterSender; ///< the pid the master signs its messages with
    std::string m_keptInfo; ///< the AgentInfo a later agent would find
    Departure m_departure = Departure::ForAWhile;
    std::string m_finishReason;
    Clock::TimerId m_finishTimer = 0;
    bool m_finished = false;
};

} // namespace meseta::agent
