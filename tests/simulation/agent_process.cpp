#include "tests/simulation/agent_process.h"

#include "common/store/record_file.h"
#include "daemons/agent/checkpoint/files.h"
#include "daemons/agent/checkpoint/layout.h"
#include "daemons/agent/checkpoint/reader.h"
#include "mesos/internal/messages.pb.h"

namespace meseta::simulation {

using namespace mesos::internal;

namespace {

const std::string meta = "meta";

/// "…/frameworks/<id>/…"
std::string frameworkOf(const std::string &path)
{
    const std::string before = "/frameworks/";
    const std::size_t at = path.find(before);
    if (at == std::string::npos)
        return {};
    const std::size_t begin = at + before.size();
    return path.substr(begin, path.find('/', begin) - begin);
}

/// The agent took no such task: a later one refuses it anew when the master asks.
bool isRefusal(const mesos::v1::TaskStatus &status)
{
    return status.source() == mesos::v1::TaskStatus::SOURCE_AGENT
        && (status.state() == mesos::v1::TASK_DROPPED || status.state() == mesos::v1::TASK_LOST);
}

} // namespace

AgentProcess::AgentProcess(Machine machine, const agent::AgentConfig &config,
                           agent::LaunchServices services)
    : m_world(machine.world)
    , m_network(machine.network)
    , m_disk(machine.disk)
    , m_self(config.self)
    , m_clock(machine.world.clock, &machine.time)
    , m_random(machine.world.random.next())
    , m_agent(std::make_unique<agent::Agent>(m_clock, m_random, *this, config, std::move(services)))
{
    m_disk.revive();
}

AgentProcess::~AgentProcess()
{
    if (m_world.chance(0.7) && !m_jobs.empty()) { // it was at it; else it had not begun
        m_disk.dieAfter(m_world.random.below(12), m_world.random.fraction());
        make(m_jobs);
    }
}

void AgentProcess::recover()
{
    const auto latest = m_disk.readLink(meta + "/slaves/latest").value();
    agent::ReaderOptions options;
    options.metaFolder = meta;
    options.bootId = m_agent->config().bootId;
    if (latest)
        options.agentId = latest->substr(latest->rfind('/') + 1);
    auto earlier = agent::readAgent(m_disk, options);
    if (!earlier)
        return m_world.transcript.violated("an agent takes up what the earlier one left: "
                                           + earlier.error().message);
    for (const std::string &error : earlier->errors)
        m_world.transcript.note(m_self.text() + ": " + error);
    if (!m_disk.keptAgentId.empty() && options.agentId != m_disk.keptAgentId)
        m_world.transcript.violated("an agent that was told of its id has it for good: "
                                    + m_disk.keptAgentId + " is " + options.agentId);
    if (m_world.fault == Fault::DropsUpdates)
        dropUpdates(*earlier);
    m_agent->recover(*earlier);
}

/// A planted bug: what was not acknowledged is not there any more.
void AgentProcess::dropUpdates(agent::RecoveredAgent &earlier)
{
    for (auto &framework : earlier.frameworks) {
        for (auto &run : framework.runs) {
            for (auto &task : run.tasks)
                std::erase_if(task.updates, [&task](const StatusUpdate &update) {
                    return !task.acknowledged.contains(update.uuid());
                });
        }
    }
}

void AgentProcess::receive(const messages::Envelope &envelope)
{
    if (envelope.name == ShutdownFrameworkMessage::descriptor()->full_name()) {
        ShutdownFrameworkMessage message;
        message.ParseFromString(envelope.body);
        m_world.ledger.shutDown(m_agent->state().id(), message.framework_id().value());
    }
    if (envelope.name == ShutdownMessage::descriptor()->full_name())
        m_world.ledger.excuse(m_agent->state().id());
    m_agent->receive(envelope);
    if (envelope.name == StatusUpdateAcknowledgementMessage::descriptor()->full_name())
        acknowledgementArrived(envelope);
}

/// What was acknowledged to an agent that keeps nothing of the framework is done at once; else when
/// it is kept.
void AgentProcess::acknowledgementArrived(const messages::Envelope &envelope)
{
    if (envelope.from != m_agent->config().master) // who leads no more is not listened to
        return;
    StatusUpdateAcknowledgementMessage message;
    message.ParseFromString(envelope.body);
    const auto *framework = m_agent->state().framework(message.framework_id().value());
    if (!framework || !framework->info.checkpoint())
        m_world.ledger.acknowledged(message.framework_id().value(), message.uuid());
}

void AgentProcess::send(const messages::Pid &to, const google::protobuf::Message &message)
{
    const std::string &name = message.GetDescriptor()->full_name();
    if (const auto *told = dynamic_cast<const StatusUpdateMessage *>(&message)) {
        if (m_world.strikes(Fault::ForgetsAcknowledgements, 0.1)) {
            m_clock.after(m_world.between(5, 20), [this, to, again = *told] {
                m_world.ledger.updateSent(again.update());
                m_network.send(m_self, to, again.GetDescriptor()->full_name(),
                               again.SerializePartialAsString());
            });
        }
        m_world.ledger.updateSent(told->update());
        if (m_world.transcript.isKept())
            m_world.transcript.note(m_self.text() + " tells "
                                    + mesos::v1::TaskState_Name(told->update().status().state())
                                    + " of " + told->update().status().task_id().value());
    }
    if (to.isEmpty())
        return; // no master leads
    if (const auto *back = dynamic_cast<const ReregisterSlaveMessage *>(&message);
        back && back->tasks_size() > 0 && m_world.fault == Fault::HidesTasks) {
        ReregisterSlaveMessage quiet = *back;
        quiet.mutable_tasks()->RemoveLast();
        return m_network.send(m_self, to, name, quiet.SerializePartialAsString());
    }
    m_network.send(m_self, to, name, message.SerializePartialAsString());
}

void AgentProcess::link(const messages::Pid &peer)
{
    m_network.link(m_self.address(), peer);
}

void AgentProcess::relink(const messages::Pid &peer)
{
    m_network.relink(m_self.address(), peer);
}

void AgentProcess::persist(std::vector<agent::CheckpointChange> changes,
                           std::function<void(const Result<> &)> done)
{
    for (const agent::CheckpointChange &change : changes) {
        if (change.kind == agent::CheckpointChange::Kind::Remove
            && change.path == agent::layout::latestAgent)
            m_disk.keptAgentId.clear(); // it gives its id up: from now on either is right
    }
    m_jobs.push_back({std::move(changes), std::move(done)});
    if (std::exchange(m_writing, true))
        return;
    const bool slow = !m_world.calm && m_world.chance(0.02);
    m_clock.after(slow ? m_world.between(0, 2) : m_world.between(0.0001, 0.003),
                  [this] { write(); });
}

void AgentProcess::write()
{
    m_writing = false;
    const std::vector<Job> jobs = std::exchange(m_jobs, {});
    if (!make(jobs))
        return m_world.transcript.violated("a living process can write to its disk");
    for (const Job &job : jobs) {
        for (const agent::CheckpointChange &change : job.changes)
            told(change);
    }
    // Told at the next turn: between the disk and the word of it the process may die, too.
    m_clock.after(Duration::zero(), [jobs] {
        for (const Job &job : jobs) {
            if (job.done)
                job.done({});
        }
    });
}

bool AgentProcess::make(const std::vector<Job> &jobs)
{
    agent::CheckpointFiles files(m_disk, meta, m_flushed);
    for (const Job &job : jobs) {
        for (const agent::CheckpointChange &change : job.changes) {
            if (!files.apply(change))
                return false;
        }
    }
    for (store::DiskFile *file : files.toFlush()) {
        if (!file->sync())
            return false;
    }
    return true;
}

/// Something is kept that a later agent must hold to.
void AgentProcess::told(const agent::CheckpointChange &change)
{
    if (change.path == agent::layout::latestAgent)
        m_disk.keptAgentId = change.bytes.substr(change.bytes.rfind('/') + 1);
    if (change.kind != agent::CheckpointChange::Kind::Append)
        return;
    StatusUpdateRecord record;
    record.ParseFromString(change.bytes);
    if (record.type() == StatusUpdateRecord::ACK)
        m_world.ledger.acknowledged(frameworkOf(change.path), record.uuid());
    else if (!isRefusal(record.update().status()))
        m_world.ledger.updateKept(record.update());
}

void AgentProcess::finish(int exitCode, const std::string &why)
{
    m_world.transcript.note(m_self.text() + " ends with " + std::to_string(exitCode) + ": " + why);
    m_clock.after(Duration::zero(), [this, exitCode, why] { onFinish(exitCode, why); });
}

} // namespace meseta::simulation
