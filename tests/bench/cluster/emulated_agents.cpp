#include "tests/bench/cluster/emulated_agents.h"

#include <QHostAddress>

#include "mesos/internal/messages.pb.h"
#include "tests/bench/cluster/figures.h"

namespace meseta::bench {

using namespace mesos::internal;

namespace {

void addScalar(mesos::SlaveInfo &info, const char *name, double value)
{
    auto *resource = info.add_resources();
    resource->set_name(name);
    resource->set_type(mesos::v1::Value::SCALAR);
    resource->mutable_scalar()->set_value(value);
    resource->set_role("*");
}

double wallSeconds()
{
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

} // namespace

EmulatedAgents::EmulatedAgents(messages::Pid master, Random &random)
    : m_master(std::move(master)), m_random(random)
{ }

EmulatedAgents::~EmulatedAgents() = default;

Result<> EmulatedAgents::start(int count, double cpus, double memory)
{
    m_server = std::make_unique<http::Server>();
    if (auto listening = m_server->listen(QHostAddress::LocalHost, 0); !listening)
        return listening;
    m_transport = std::make_unique<messages::Transport>(
        *m_server, messages::Pid{"", "127.0.0.1", m_server->port()});
    m_transport->link(m_master);
    for (int number = 1; number <= count; ++number) {
        m_agents.push_back(
            std::make_unique<Agent>(Agent{"slave(" + std::to_string(number) + ")", {}}));
        Agent &agent = *m_agents.back();
        m_transport->attach(agent.process, [this, &agent](messages::Envelope envelope) {
            receive(agent, envelope);
        });
        RegisterSlaveMessage message;
        message.set_version("1.11.0");
        message.mutable_slave()->set_hostname("emulated-" + std::to_string(number));
        message.mutable_slave()->set_port(m_server->port());
        message.mutable_slave()->set_checkpoint(true);
        addScalar(*message.mutable_slave(), "cpus", cpus);
        addScalar(*message.mutable_slave(), "mem", memory);
        using Capability = mesos::v1::AgentInfo::Capability;
        for (const auto type : {Capability::MULTI_ROLE, Capability::HIERARCHICAL_ROLE,
                                Capability::RESERVATION_REFINEMENT})
            message.add_agent_capabilities()->set_type(type);
        m_transport->send(agent.process, m_master, message);
    }
    return {};
}

void EmulatedAgents::receive(Agent &agent, const messages::Envelope &envelope)
{
    if (envelope.name == "mesos.internal.PingSlaveMessage") {
        m_transport->send(agent.process, envelope.from, PongSlaveMessage());
    } else if (envelope.name == "mesos.internal.SlaveRegisteredMessage") {
        SlaveRegisteredMessage message;
        if (message.ParseFromString(envelope.body) && agent.id.empty()) {
            agent.id = message.slave_id().value();
            ++m_registered;
        }
    } else if (envelope.name == "mesos.internal.RunTaskMessage") {
        run(agent, envelope.body);
    } else if (envelope.name == "mesos.internal.KillTaskMessage") {
        KillTaskMessage message;
        if (message.ParseFromString(envelope.body))
            finish(agent.id, message.task_id().value());
    }
}

void EmulatedAgents::run(Agent &agent, const std::string &body)
{
    RunTaskMessage message;
    if (!message.ParseFromString(body))
        return;
    ++m_launched;
    ++m_running;
    const Task task{message.framework().id().value(), &agent};
    update(task, message.task().task_id().value(), mesos::v1::TASK_RUNNING);
    m_tasks[message.task().task_id().value()] = task;
}

void EmulatedAgents::update(const Task &task, const std::string &taskId, mesos::v1::TaskState state)
{
    StatusUpdateMessage message;
    auto *update = message.mutable_update();
    update->mutable_framework_id()->set_value(task.frameworkId);
    update->mutable_slave_id()->set_value(task.agent->id);
    update->mutable_executor_id()->set_value(taskId);
    update->set_timestamp(wallSeconds());
    update->set_uuid(m_random.uuidBytes());
    update->set_latest_state(state);
    auto *status = update->mutable_status();
    status->mutable_task_id()->set_value(taskId);
    status->mutable_agent_id()->set_value(task.agent->id);
    status->mutable_executor_id()->set_value(taskId);
    status->set_state(state);
    status->set_source(mesos::v1::TaskStatus::SOURCE_EXECUTOR);
    status->set_timestamp(update->timestamp());
    status->set_uuid(update->uuid());
    message.set_pid(m_transport->pid(task.agent->process).text());
    m_transport->send(task.agent->process, m_master, message);
}

void EmulatedAgents::finish(const std::string &, const std::string &taskId)
{
    const auto at = m_tasks.find(taskId);
    if (at == m_tasks.end())
        return;
    update(at->second, taskId, mesos::v1::TASK_FINISHED);
    m_tasks.erase(at);
    --m_running;
}

void EmulatedAgents::repeat(const std::string &, const std::string &taskId)
{
    if (const auto at = m_tasks.find(taskId); at != m_tasks.end())
        update(at->second, taskId, mesos::v1::TASK_RUNNING);
}

} // namespace meseta::bench
