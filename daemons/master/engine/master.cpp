#include "daemons/master/engine/master.h"

#include "daemons/master/agents/agents.h"
#include "daemons/master/agents/draining.h"
#include "daemons/master/agents/operation_updates.h"
#include "daemons/master/core/calls.h"
#include "daemons/master/core/drivers.h"

namespace meseta::master {

Master::Master(MasterOptions options, Clock &clock, Random &random, MasterOutbox &outbox)
    : m_core(std::move(options), clock, random, outbox), m_startTime(clock.sinceEpoch())
{
    addAgentHandlers();
    m_core.agentEmptied = [this](const std::string &id) { settleDraining(m_core, id); };
}

Master::~Master() = default;

template <typename Message, typename Handle> void Master::on(Handle handle)
{
    const std::string name = Message::descriptor()->full_name();
    m_handlers[name] = [handle, name](const messages::Pid &from, const std::string &body) {
        Message message;
        if (message.ParseFromString(body))
            handle(from, message);
        else
            qWarning("Dropping a %s of %s that does not parse", name.c_str(), from.text().c_str());
    };
}

void Master::addAgentHandlers()
{
    using namespace mesos::internal;
    Core &core = m_core;
    on<RegisterSlaveMessage>(
        [&core](const auto &from, const auto &m) { registerAgent(core, from, m); });
    on<ReregisterSlaveMessage>(
        [&core](const auto &from, const auto &m) { reregisterAgent(core, from, m); });
    on<UnregisterSlaveMessage>(
        [&core](const auto &from, const auto &m) { unregisterAgent(core, from, m); });
    on<UpdateSlaveMessage>([&core](const auto &, const auto &m) { updateAgent(core, m); });
    on<UpdateOperationStatusMessage>(
        [&core](const auto &, const auto &m) { updateOperationStatus(core, m); });
    on<StatusUpdateMessage>([&core](const auto &, const auto &m) { statusUpdate(core, m); });
    on<ExitedExecutorMessage>([&core](const auto &, const auto &m) { executorExited(core, m); });
    on<ExecutorToFrameworkMessage>(
        [&core](const auto &, const auto &m) { executorMessage(core, m); });
}

void Master::lead()
{
    m_electedTime = m_core.clock.sinceEpoch();
    m_core.events.publish(LeaderChanged{true, &m_core.info});
    if (m_recovered)
        act();
    else
        recover([this] { act(); });
}

void Master::recover(std::function<void()> done)
{
    m_core.registry->recover(m_core.info, [this, done = std::move(done)] {
        recoverCluster(m_core);
        m_recovered = true;
        done();
    });
}

void Master::act()
{
    awaitRecoveredAgents(m_core);
    forgetOldAgentsLater();
}

/// By a wall clock that has gone evenly since: one that was set may be weeks off, and what an
/// operator said of an agent would be forgotten.
void Master::forgetOldAgentsLater()
{
    const auto wallAhead = [this] { return m_core.clock.sinceEpoch() - m_core.clock.monotonic(); };
    m_core.after(m_core.options.recordGcInterval, [this, wallAhead, before = wallAhead()] {
        const Duration jump = wallAhead() - before;
        if (abs(jump) < std::chrono::minutes(1))
            pruneAgents(m_core);
        else
            qWarning("The clock of this machine was set by %lld s: records of old agents are kept "
                     "for another --registry_gc_interval",
                     static_cast<long long>(jump / std::chrono::seconds(1)));
        forgetOldAgentsLater();
    });
}

void Master::receive(const messages::Pid &from, const std::string &to, const std::string &name,
                     const std::string &body)
{
    if (!recovered()) {
        m_core.figures.count("dropped_messages");
        return;
    }
    if (name == "mesos.internal.PongSlaveMessage")
        return pong(m_core, to);
    if (const auto at = m_handlers.find(name); at != m_handlers.end())
        return at->second(from, body);
    if (!receiveFromDriver(m_core, from, name, body))
        qWarning("Dropping a message of %s that this master does not know: %s", from.text().c_str(),
                 name.c_str());
}

void Master::exited(const messages::Pid &peer)
{
    if (driverExited(m_core, peer))
        return;
    if (Agent *agent = m_core.cluster.agentAt(peer))
        agentDisconnected(m_core, *agent);
}

void Master::subscribe(const Connection &connection, const Subscription &wish)
{
    meseta::master::subscribe(m_core, connection, wish);
}

tl::expected<void, Refusal> Master::call(Framework &framework, mesos::v1::scheduler::Call &call)
{
    return handleCall(m_core, framework, call);
}

void Master::streamClosed(StreamHandle stream)
{
    for (const auto &[id, framework] : m_core.cluster.frameworks()) {
        if (framework->stream == stream)
            return frameworkDisconnected(m_core, *framework);
    }
}

bool Master::teardown(const std::string &frameworkId)
{
    Framework *framework = m_core.cluster.framework(frameworkId);
    if (framework)
        removeFramework(m_core, *framework);
    return framework != nullptr;
}

bool Master::markAgentGone(const std::string &agentId)
{
    const bool known = isKnown(m_core, agentId);
    if (known)
        markGone(m_core, agentId);
    return known || m_core.cluster.gone.find(agentId);
}

void Master::setWhitelist(std::optional<std::set<std::string>> hostnames)
{
    m_core.allocator->setWhitelist(std::move(hostnames));
}

} // namespace meseta::master
