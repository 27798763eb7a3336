#include "daemons/agent/registration/registration.h"

#include "daemons/agent/core/agent_log.h"
#include "daemons/agent/registration/slave_info.h"

namespace meseta::agent {

using namespace mesos::internal;

namespace {
constexpr Duration longestBackoff = std::chrono::minutes(1);
}

Registration::Registration(AgentContext context, AgentState &state, Hooks hooks)
    : m_context(context)
    , m_state(state)
    , m_hooks(std::move(hooks))
    , m_heard(context.clock.monotonic())
{ }

Registration::~Registration()
{
    stop();
}

void Registration::stop()
{
    m_stopped = true;
    m_context.clock.cancel(m_attemptTimer);
    m_context.clock.cancel(m_pingTimer);
    m_attemptTimer = m_pingTimer = 0;
}

Duration Registration::randomUpTo(Duration bound)
{
    return Duration(static_cast<Duration::rep>(static_cast<double>(bound.count())
                                               * m_context.random.fraction()));
}

void Registration::start()
{
    m_started = true;
    // An agent that comes back has tasks to tell of.
    reconnect(m_state.isRegistered() ? Duration::zero()
                                     : randomUpTo(m_context.config.registrationBackoffFactor));
}

void Registration::onMasterChanged()
{
    m_linked = false;
    if (!m_started || m_stopped)
        return;
    m_context.clock.cancel(m_attemptTimer);
    m_attemptTimer = 0;
    if (m_state.lifecycle == AgentState::Lifecycle::Running)
        lose("another master leads, or none");
    if (m_state.lifecycle == AgentState::Lifecycle::Disconnected)
        reconnect(randomUpTo(m_context.config.registrationBackoffFactor));
}

void Registration::reconnect(Duration delay)
{
    m_tries = 0;
    m_asked = false;
    m_context.clock.cancel(m_attemptTimer);
    m_attemptTimer = 0;
    if (m_stopped || m_context.config.master.isEmpty())
        return;
    m_attemptTimer = m_context.clock.after(delay, [this] { attempt(); });
}

void Registration::attempt()
{
    m_attemptTimer = 0;
    if (m_stopped || m_state.lifecycle != AgentState::Lifecycle::Disconnected)
        return;
    if (!m_linked) {
        m_linked = true;
        m_context.outbox.relink(m_context.config.master);
    }
    sendRegistration();
    scheduleRetry();
}

void Registration::scheduleRetry()
{
    ++m_tries;
    Duration bound = longestBackoff;
    if (m_tries < 16)
        bound = std::min<Duration>(m_context.config.registrationBackoffFactor * (1 << m_tries),
                                   longestBackoff);
    m_attemptTimer = m_context.clock.after(randomUpTo(bound), [this] { attempt(); });
}

void Registration::sendRegistration()
{
    m_untold = false;
    m_asked = true;
    const auto &capabilities = m_context.config.capabilities;
    if (m_state.isRegistered()) {
        ReregisterSlaveMessage message = m_hooks.describe();
        *message.mutable_checkpointed_resources() = m_hooks.checkpointed().preRefinement();
        *message.mutable_slave() = toPreRefinementSlaveInfo(m_state.info);
        message.set_version(m_context.config.version);
        message.mutable_agent_capabilities()->Assign(capabilities.begin(), capabilities.end());
        message.mutable_resource_version_uuid()->set_value(m_state.resourceVersion);
        m_context.outbox.send(m_context.config.master, message);
        return;
    }
    RegisterSlaveMessage message;
    *message.mutable_checkpointed_resources() = m_hooks.checkpointed().preRefinement();
    *message.mutable_slave() = toPreRefinementSlaveInfo(m_state.info);
    message.set_version(m_context.config.version);
    message.mutable_agent_capabilities()->Assign(capabilities.begin(), capabilities.end());
    message.mutable_resource_version_uuid()->set_value(m_state.resourceVersion);
    m_context.outbox.send(m_context.config.master, message);
}

bool Registration::isForAnEarlierProcess() const
{
    return m_state.lifecycle == AgentState::Lifecycle::Disconnected && !m_asked;
}

void Registration::onRegistered(const SlaveRegisteredMessage &message)
{
    if (isForAnEarlierProcess())
        return;
    if (m_state.isRegistered() && m_state.id() != message.slave_id().value()) {
        m_context.outbox.finish(1,
                                "the master answered with agent id " + message.slave_id().value()
                                    + ", but this agent is " + m_state.id()
                                    + "; start it with another --work_dir, or remove the old one");
        return;
    }
    if (m_state.lifecycle != AgentState::Lifecycle::Disconnected)
        return; // an answer to a repeated attempt
    *m_state.info.mutable_id() = message.slave_id();
    qCInfo(agentLog) << "registered with" << m_context.config.master.text().c_str() << "as"
                     << m_state.id().c_str();
    nowRunning(message.connection());
}

void Registration::onReregistered(const SlaveReregisteredMessage &message)
{
    if (isForAnEarlierProcess()) {
        qCInfo(agentLog) << "the master answered a registration that this agent did not send; "
                            "registering anyway";
        return;
    }
    if (!m_state.isRegistered() || m_state.id() != message.slave_id().value()) {
        m_context.outbox.finish(1,
                                "the master re-registered agent " + message.slave_id().value()
                                    + ", but this agent is " + m_state.id());
        return;
    }
    if (m_state.lifecycle == AgentState::Lifecycle::Disconnected) {
        qCInfo(agentLog) << "re-registered with" << m_context.config.master.text().c_str() << "as"
                         << m_state.id().c_str();
        nowRunning(message.connection());
    }
    m_hooks.reconcile(message);
}

void Registration::nowRunning(const MasterSlaveConnection &connection)
{
    m_context.clock.cancel(m_attemptTimer);
    m_attemptTimer = 0;
    if (connection.has_total_ping_timeout_seconds())
        m_pingTimeout = std::chrono::duration_cast<Duration>(
            std::chrono::duration<double>(connection.total_ping_timeout_seconds()));
    m_state.lifecycle = AgentState::Lifecycle::Running;
    m_heard = m_context.clock.monotonic();
    armPingTimer();

    UpdateSlaveMessage update;
    *update.mutable_slave_id() = m_state.info.id();
    update.set_update_oversubscribed_resources(false);
    m_hooks.listOperations(*update.mutable_operations());
    update.mutable_resource_version_uuid()->set_value(m_state.resourceVersion);
    update.mutable_resource_providers();
    m_context.outbox.send(m_context.config.master, update);
    m_hooks.registered();
    if (m_untold)
        sendRegistration();
}

void Registration::armPingTimer()
{
    m_context.clock.cancel(m_pingTimer);
    m_pingTimer = m_context.clock.after(m_pingTimeout, [this] {
        m_pingTimer = 0;
        loseSilent();
    });
}

void Registration::loseSilent()
{
    m_linked = false; // the connection may be dead without having said so
    lose("no ping from the master in time");
}

bool Registration::isHeardOf()
{
    if (m_context.clock.monotonic() - m_heard < m_pingTimeout)
        return true;
    if (m_state.lifecycle == AgentState::Lifecycle::Running)
        loseSilent();
    return false;
}

void Registration::onPing(const messages::Pid &from, const PingSlaveMessage &message)
{
    m_context.outbox.send(from, PongSlaveMessage());
    // One that comes too late was under way for too long, as in a sleep of this machine.
    if (m_state.lifecycle != AgentState::Lifecycle::Running || !isHeardOf())
        return;
    m_heard = m_context.clock.monotonic();
    armPingTimer();
    if (!message.connected())
        lose("the master lost its connection to this agent");
}

void Registration::onLinkBroken()
{
    m_linked = false;
    if (m_stopped)
        return;
    if (m_state.lifecycle == AgentState::Lifecycle::Running)
        lose("the connection to the master broke");
    else // nobody listens there now: look again soon, but not in a hot loop
        reconnect(m_context.config.registrationBackoffFactor / 4
                  + randomUpTo(m_context.config.registrationBackoffFactor / 2));
}

void Registration::lose(const char *why)
{
    if (m_state.lifecycle != AgentState::Lifecycle::Running)
        return;
    const messages::Pid &master = m_context.config.master;
    qCWarning(agentLog) << "disconnected:" << why << "; registering again"
                        << (master.isEmpty() ? "when one leads" : "with") << master.text().c_str();
    m_state.lifecycle = AgentState::Lifecycle::Disconnected;
    m_context.clock.cancel(m_pingTimer);
    m_pingTimer = 0;
    m_hooks.disconnected();
    reconnect(Duration::zero());
}

} // namespace meseta::agent
