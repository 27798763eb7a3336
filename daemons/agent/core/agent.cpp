#include "daemons/agent/core/agent.h"

#include "common/messages/transport.h"
#include "daemons/agent/core/agent_log.h"
#include "daemons/agent/core/past_tasks.h"

namespace meseta::agent {

Q_LOGGING_CATEGORY(agentLog, "meseta.agent")

using namespace mesos::internal;

namespace {
// What executors may take at most when the agent itself ends.
constexpr Duration shutdownLimit = std::chrono::seconds(15);
} // namespace

Agent::Agent(Clock &clock, Random &random, AgentOutbox &outbox, AgentConfig config,
             LaunchServices services)
    : m_config(std::move(config))
    , m_patience(clock)
    , m_context{clock, random, outbox, m_config, m_patience}
    , m_services(services)
    , m_checkpointer(m_context, m_state)
    , m_reporter(m_context, m_state, m_checkpointer)
    , m_lifecycle(m_context, m_state, m_reporter, *services.sandboxes, m_checkpointer)
    , m_nested(m_context, {services.containerizers, services.sandboxes, services.fetcher})
    , m_launcher(m_context, m_state, m_reporter, m_lifecycle, m_nested, m_checkpointer, services)
    , m_killer(m_state, m_reporter, m_lifecycle)
    , m_executors(m_context, m_state, m_reporter, m_lifecycle, m_launcher, m_checkpointer)
    , m_frameworks(m_context, m_state, m_reporter, m_lifecycle, m_checkpointer)
    , m_recovery(m_context, m_state,
                 {m_reporter, m_lifecycle, m_launcher, m_checkpointer, *services.sandboxes})
    , m_operations(m_context, m_state, *services.sandboxes)
    , m_registration(
          m_context, m_state,
          {.describe = [this] { return describe(); },
           .registered = [this] { registered(); },
           .reconcile = [this](const SlaveReregisteredMessage &message) { reconcile(message); },
           .disconnected = [this] { m_reporter.streams().pause(); },
           .checkpointed = [this] { return m_operations.checkpointed(); },
           .listOperations =
               [this](UpdateSlaveMessage::Operations &list) {
                   for (const auto &[uuid, operation] : m_operations.operations())
                       *list.add_operations() = operation;
               }})
{
    m_state.startTime = clock.seconds();
    m_state.resourceVersion = random.uuidBytes();
    m_state.info = agentInfo(m_config);

    m_reporter.onTaskEnded = [this](Executor &executor) { m_launcher.updates().apply(executor); };
    m_reporter.onIdle = [this](Executor &executor) { m_lifecycle.removeIfDone(executor); };
    m_lifecycle.onDestroy = [this](const std::string &containerId) {
        m_services.fetcher->cancel(containerId);
    };
    m_lifecycle.onTerminated = [this](const std::string &containerId) {
        m_nested.rootEnded(containerId);
        m_recovery.look();
    };
    m_executors.onBack = [this] { m_recovery.look(); };
    m_lifecycle.onFrameworkRemoved = [this] {
        endDrainWhenIdle();
        finishWhenIdle();
    };
    installMasterMessages();
    installExecutorMessages();
}

Agent::~Agent()
{
    m_context.clock.cancel(m_finishTimer);
    for (const auto &[frameworkId, framework] : m_state.frameworks) {
        for (const auto &[id, executor] : framework->executors) {
            m_context.patience.cancel(executor->registrationTimer);
            m_context.clock.cancel(executor->shutdownTimer);
        }
    }
}

void Agent::recover(const RecoveredAgent &earlier)
{
    m_state.counters.recoveryErrors += earlier.errors.size();
    if (!earlier.info)
        return;
    *m_state.info.mutable_id() = earlier.info->id();
    m_keptInfo = earlier.info->SerializeAsString();
    m_state.lifecycle = AgentState::Lifecycle::Recovering;
    m_state.drain = earlier.drain;
    m_state.drainStart = m_context.clock.seconds();
    m_recovery.rebuild(earlier);
}

void Agent::start()
{
    m_recovery.whenDone([this] { recovered(); });
}

void Agent::recovered()
{
    m_state.counters.recoverySeconds = std::max(0.0, m_context.clock.seconds() - m_state.startTime);
    if (m_state.lifecycle == AgentState::Lifecycle::Recovering)
        m_state.lifecycle = AgentState::Lifecycle::Disconnected;
    if (m_config.cleanUpOnly)
        return shutdown(Departure::Dismissed, "what the earlier agent left has ended");
    if (!m_config.bootId.empty())
        m_checkpointer.bootId(m_config.bootId);
    if (m_state.drain)
        m_killer.drain(mesos::v1::DrainConfig(*m_state.drain), m_state.drainStart);
    m_registration.start();
}

/// A launch that was under way for too long came from a master that may have given this agent up
/// since, with all it was to run. When that is settled it will be asked for the task.
bool Agent::mayLaunch()
{
    const bool may = m_registration.isHeardOf();
    if (!may)
        qCWarning(agentLog) << "ignoring a launch: the master was not heard of in time, and may "
                               "have given this agent up since it sent it";
    return may;
}

template <typename Message>
void Agent::on(std::function<void(const messages::Pid &, const Message &)> handle)
{
    m_handlers[Message::descriptor()->full_name()] = [handle](const messages::Envelope &envelope) {
        Message message;
        if (!message.ParseFromString(envelope.body)) {
            qCWarning(agentLog) << "ignoring" << envelope.name.c_str() << "from"
                                << envelope.from.text().c_str() << ": its body does not parse";
            return;
        }
        handle(envelope.from, message);
    };
}

template <typename Message> void Agent::onMaster(std::function<void(const Message &)> handle)
{
    on<Message>([handle](const messages::Pid &, const Message &message) { handle(message); });
    m_handlers[Message::descriptor()->full_name()] =
        [this, inner = m_handlers[Message::descriptor()->full_name()]](
            const messages::Envelope &envelope) {
            if (isFromMaster(envelope))
                inner(envelope);
        };
}

void Agent::installMasterMessages()
{
    onMaster<SlaveRegisteredMessage>(
        [this](const auto &message) { m_registration.onRegistered(message); });
    onMaster<SlaveReregisteredMessage>(
        [this](const auto &message) { m_registration.onReregistered(message); });
    on<PingSlaveMessage>(
        [this](const auto &from, const auto &message) { m_registration.onPing(from, message); });
    onMaster<RunTaskMessage>([this](const auto &message) {
        if (!mayLaunch())
            return;
        m_launcher.run(message);
        m_registration.onTask();
    });
    onMaster<RunTaskGroupMessage>([this](const auto &message) {
        if (!mayLaunch())
            return;
        m_launcher.runGroup(message);
        m_registration.onTask();
    });
    onMaster<KillTaskMessage>([this](const auto &message) { m_killer.kill(message); });
    onMaster<StatusUpdateAcknowledgementMessage>([this](const auto &message) {
        m_reporter.acknowledged(message.framework_id().value(), message.task_id().value(),
                                message.uuid());
    });
    onMaster<ShutdownFrameworkMessage>(
        [this](const auto &message) { m_frameworks.shutdown(message); });
    onMaster<ShutdownExecutorMessage>(
        [this](const auto &message) { m_frameworks.shutdownExecutor(message); });
    onMaster<UpdateFrameworkMessage>([this](const auto &message) { m_frameworks.update(message); });
    // A libmesos scheduler may send it straight to the agent.
    on<FrameworkToExecutorMessage>(
        [this](const auto &, const auto &message) { m_frameworks.toExecutor(message); });
    onMaster<DrainSlaveMessage>([this](const auto &message) {
        m_killer.drain(message.config(), m_context.clock.seconds());
        m_checkpointer.drain();
        endDrainWhenIdle();
    });
    onMaster<ApplyOperationMessage>([this](const auto &message) { m_operations.apply(message); });
    onMaster<AcknowledgeOperationStatusMessage>(
        [this](const auto &message) { m_operations.acknowledged(message); });
    onMaster<ReconcileOperationsMessage>(
        [this](const auto &message) { m_operations.reconcile(message); });
    onMaster<ShutdownMessage>([this](const auto &message) {
        shutdown(Departure::Dismissed, "the master asked it to: " + message.message());
    });
}

void Agent::installExecutorMessages()
{
    on<RegisterExecutorMessage>([this](const auto &from, const auto &message) {
        m_executors.registerDriver(from, message);
    });
    on<ReregisterExecutorMessage>([this](const auto &from, const auto &message) {
        m_executors.reregisterDriver(from, message);
    });
    on<StatusUpdateMessage>(
        [this](const auto &, const auto &message) { statusFromDriver(message); });
    on<ExecutorToFrameworkMessage>([this](const auto &, const ExecutorToFrameworkMessage &call) {
        Framework *framework = m_state.framework(call.framework_id().value());
        if (Executor *executor =
                framework ? framework->executor(call.executor_id().value()) : nullptr)
            m_frameworks.fromExecutor(*framework, *executor, call.data());
    });
}

bool Agent::isFromMaster(const messages::Envelope &envelope)
{
    if (m_state.lifecycle == AgentState::Lifecycle::Recovering) {
        qCInfo(agentLog) << "ignoring" << envelope.name.c_str() << "while recovering";
        return false;
    }
    const std::string sender = envelope.from.text();
    if (!m_config.master.isEmpty()
        && (sender == m_config.master.text() || sender == m_masterSender))
        return true;
    // --master may name another address of the same master than the one it signs with; its answer
    // to a registration settles that.
    const bool answer = envelope.name == SlaveRegisteredMessage::descriptor()->full_name()
        || envelope.name == SlaveReregisteredMessage::descriptor()->full_name();
    if (answer && !m_masterIsExact && envelope.from.id == m_config.master.id
        && envelope.from.port == m_config.master.port
        && m_state.lifecycle == AgentState::Lifecycle::Disconnected) {
        m_masterSender = sender;
        return true;
    }
    qCWarning(agentLog) << "ignoring" << envelope.name.c_str() << "from" << sender.c_str()
                        << ": the master is" << m_config.master.text().c_str();
    return false;
}

void Agent::masterDetected(const messages::Pid &master)
{
    m_config.master = master;
    m_masterIsExact = true;
    m_masterSender.clear();
    m_registration.onMasterChanged();
}

void Agent::receive(const messages::Envelope &envelope)
{
    const auto it = m_handlers.find(envelope.name);
    if (it == m_handlers.end())
        qCInfo(agentLog) << "ignoring" << envelope.name.c_str() << ": agents do not handle it";
    else
        it->second(envelope);
}

void Agent::linkBroken(const messages::Pid &peer)
{
    if (peer == m_config.master)
        m_registration.onLinkBroken();
}

ReregisterSlaveMessage Agent::describe() const
{
    ReregisterSlaveMessage message;
    const auto inOldForm = [](auto *resources) {
        *resources = Resources(*resources).preRefinement();
    };
    for (const auto &[frameworkId, framework] : m_state.frameworks) {
        if (framework->state == Framework::State::Terminating)
            continue;
        *message.add_frameworks() = framework->info;
        for (const auto &[id, executor] : framework->executors) {
            for (const auto &task : executor->queued)
                *message.add_tasks() = makeTask(task, frameworkId);
            for (const auto *tasks : {&executor->launched, &executor->terminated}) {
                for (const auto &[taskId, task] : *tasks)
                    *message.add_tasks() = task;
            }
            if (!executor->isCommand && !executor->hasExited
                && executor->state != Executor::State::Terminated)
                *message.add_executor_infos() = executor->info;
        }
    }
    for (auto &task : *message.mutable_tasks())
        inOldForm(task.mutable_resources());
    for (auto &info : *message.mutable_executor_infos())
        inOldForm(info.mutable_resources());
    addPastTasks(m_state, message);
    return message;
}

void Agent::registered()
{
    if (const std::string now = m_state.info.SerializeAsString();
        std::exchange(m_keptInfo, now) != now)
        m_checkpointer.agent();
    m_services.sandboxes->agentRegistered(m_state.info);
    m_reporter.streams().resume();
    m_operations.masterIsBack();
}

void Agent::reconcile(const SlaveReregisteredMessage &message)
{
    for (const ReconcileTasksMessage &asked : message.reconciliations()) {
        Framework *framework = m_state.framework(asked.framework_id().value());
        Framework unknown;
        if (!framework) {
            if (asked.has_framework())
                unknown.info = asked.framework();
            *unknown.info.mutable_id() = asked.framework_id();
            framework = &unknown;
        }
        for (const auto &status : asked.statuses()) {
            const std::string &taskId = status.task_id().value();
            if (!framework->executorOfTask(taskId))
                m_reporter.drop(*framework, {}, taskId,
                                mesos::v1::TaskStatus::REASON_RECONCILIATION,
                                "The agent does not know task '" + taskId + "'");
        }
    }
}

void Agent::statusFromDriver(const StatusUpdateMessage &message)
{
    const StatusUpdate &update = message.update();
    Framework *framework = m_state.framework(update.framework_id().value());
    Executor *executor = framework ? framework->executor(update.executor_id().value()) : nullptr;
    if (!executor || executor->isCommand) {
        ++m_state.counters.invalidStatusUpdates;
        return;
    }
    mesos::v1::TaskStatus status = update.status();
    status.set_uuid(update.uuid());
    status.set_timestamp(update.timestamp());
    m_reporter.fromExecutor(*framework, *executor, std::move(status));
}

void Agent::subscribe(Framework &framework, Executor &executor,
                      const mesos::v1::executor::Call::Subscribe &call,
                      std::shared_ptr<ExecutorEventSink> sink)
{
    m_executors.subscribe(framework, executor, call, std::move(sink));
}

void Agent::update(Framework &framework, Executor &executor, const mesos::v1::TaskStatus &status)
{
    m_reporter.fromExecutor(framework, executor, status);
}

void Agent::message(Framework &framework, Executor &executor, const std::string &data)
{
    m_frameworks.fromExecutor(framework, executor, data);
}

void Agent::shutdown(Departure departure, const std::string &why)
{
    if (m_state.lifecycle == AgentState::Lifecycle::Terminating)
        return;
    m_registration.stop();
    m_reporter.streams().pause();
    if (departure == Departure::ForGood && m_state.isRegistered()) {
        UnregisterSlaveMessage message;
        *message.mutable_slave_id() = m_state.info.id();
        m_context.outbox.send(m_config.master, message);
    }
    m_state.lifecycle = AgentState::Lifecycle::Terminating;
    m_departure = departure;
    m_finishReason = why;
    m_finishTimer = m_context.clock.after(shutdownLimit, [this] {
        m_finishTimer = 0;
        finish();
    });
    std::vector<std::string> ids;
    for (const auto &[id, framework] : m_state.frameworks) {
        if (departure != Departure::ForAWhile || !framework->info.checkpoint())
            ids.push_back(id);
    }
    for (const std::string &id : ids) {
        if (Framework *framework = m_state.framework(id))
            m_lifecycle.shutdownFramework(*framework);
    }
    finishWhenIdle();
}

void Agent::endDrainWhenIdle()
{
    // Drained: the master keeps it without offers until it is reactivated, and may launch again
    // then.
    if (!m_state.drain || !m_state.frameworks.empty())
        return;
    m_state.drain.reset();
    m_checkpointer.drain();
}

void Agent::finishWhenIdle()
{
    if (m_state.lifecycle != AgentState::Lifecycle::Terminating)
        return;
    // Those that outlive the agent are not ending.
    const bool idle =
        std::none_of(m_state.frameworks.begin(), m_state.frameworks.end(), [](const auto &entry) {
            return entry.second->state == Framework::State::Terminating;
        });
    if (idle)
        finish();
}

void Agent::finish()
{
    if (std::exchange(m_finished, true))
        return;
    m_context.clock.cancel(m_finishTimer);
    m_finishTimer = 0;
    const auto leave = [this] { m_context.outbox.finish(0, m_finishReason); };
    if (m_departure == Departure::ForAWhile)
        leave();
    else // the next agent of this work_dir is a new one
        m_checkpointer.forgetAgent([leave](const Result<> &) { leave(); });
}

} // namespace meseta::agent
