#pragma once

#include <functional>

#include "daemons/agent/core/agent_context.h"
#include "daemons/agent/core/agent_state.h"
#include "mesos/internal/messages.pb.h"

namespace meseta::agent {

/// Keeps the agent registered with its master: the first registration, answers to pings, and coming
/// back after silence or a broken connection.
///
/// Attempts follow Mesos: a random wait in [0, b], then [0, 2b], [0, 4b] … up to a minute. Beyond
/// Mesos, a broken connection starts an attempt at once, and while none can be made the wait stays
/// within b: a master that comes back is found within about a second.
class Registration
{
public:
    struct Hooks
    {
        std::function<mesos::internal::ReregisterSlaveMessage()>
            describe; ///< frameworks, executors, tasks
        std::function<void()> registered; ///< (re-)registered; the id is in the state
        std::function<void(const mesos::internal::SlaveReregisteredMessage &)> reconcile;
        std::function<void()> disconnected;
        /// Reservations and volumes of the agent, and operations on them that were not
        /// acknowledged.
        std::function<Resources()> checkpointed = [] { return Resources(); };
        std::function<void(mesos::internal::UpdateSlaveMessage::Operations &)> listOperations =
            [](auto &) {};
    };

    Registration(AgentContext context, AgentState &state, Hooks hooks);
    ~Registration();

    void start();
    /// Another master leads (`AgentContext::config.master`), or none: then it waits for one. A
    /// random wait of up to the back-off keeps all agents from coming at once.
    void onMasterChanged();
    /// No more attempts (the agent ends).
    void stop();

    void onRegistered(const mesos::internal::SlaveRegisteredMessage &message);
    void onReregistered(const mesos::internal::SlaveReregisteredMessage &message);
    void onPing(const messages::Pid &from, const mesos::internal::PingSlaveMessage &message);
    void onLinkBroken();
    /// The agent took a task. When it is about to register it did not tell of that, and does so as
    /// soon as it is registered.
    void onTask() { m_untold = m_state.lifecycle == AgentState::Lifecycle::Disconnected; }
    /// Whether the master gave a sign so lately that it cannot have given this agent up. Else the
    /// agent registers again, if it is not about to.
    bool isHeardOf();

private:
    void reconnect(Duration delay);
    void attempt();
    void sendRegistration();
    void scheduleRetry();
    void nowRunning(const mesos::internal::MasterSlaveConnection &connection);
    void armPingTimer();
    void loseSilent();
    void lose(const char *why);
    Duration randomUpTo(Duration bound);
    /// An answer that comes now is to what an agent sent that died at this address: the network
    /// delivered it late, and the master believes that all it tells of still runs.
    bool isForAnEarlierProcess() const;

    AgentContext m_context;
    AgentState &m_state;
    Hooks m_hooks;
    Duration m_heard; ///< monotonic: when the master last gave a sign in time
    int m_tries = 0;
    bool m_untold = false; ///< took a task since it last told what it has
    bool m_asked = false; ///< registered, or tried to since it last began to
    bool m_linked = false;
    bool m_stopped = false;
    bool m_started = false;
    Clock::TimerId m_attemptTimer = 0;
    Clock::TimerId m_pingTimer = 0;
    Duration m_pingTimeout = std::chrono::seconds(75);
};

} // namespace meseta::agent
