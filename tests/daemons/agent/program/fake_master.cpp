#include "fake_master.h"

#include <csignal>

namespace meseta::agent {

using namespace mesos::internal;

FakeMaster::FakeMaster(quint16 port)
{
    if (!m_server.listen(QHostAddress::LocalHost, port))
        qFatal("the pretended master cannot listen");
    m_transport = std::make_unique<messages::Transport>(
        m_server, messages::Pid{{}, "127.0.0.1", m_server.port()});
    m_transport->attach("master",
                        [this](const messages::Envelope &envelope) { receive(envelope); });
    m_transport->attach("slave-observer(1)", [this](const messages::Envelope &) { ++pongs; });
}

FakeMaster::~FakeMaster() = default;

void FakeMaster::receive(const messages::Envelope &envelope)
{
    const std::string name = envelope.name.substr(envelope.name.rfind('.') + 1);
    received.push_back(name);
    m_agent = envelope.from;
    if (name == "RegisterSlaveMessage") {
        registration.ParseFromString(envelope.body);
        m_resourceVersion = registration.resource_version_uuid().value();
        ++registrations;
        newcomers.insert(m_resourceVersion);
        SlaveRegisteredMessage answer;
        answer.mutable_slave_id()->set_value(agentId);
        answer.mutable_connection()->set_total_ping_timeout_seconds(75);
        send(answer);
    } else if (name == "ReregisterSlaveMessage") {
        reregistration.ParseFromString(envelope.body);
        m_resourceVersion = reregistration.resource_version_uuid().value();
        ++reregistrations;
        returners.insert(m_resourceVersion);
        takeBack(reregistration);
    } else if (name == "UnregisterSlaveMessage") {
        unregistered = true;
    } else if (name == "StatusUpdateMessage") {
        StatusUpdateMessage message;
        message.ParseFromString(envelope.body);
        take(message);
    }
}

/// As a master that knows the agent: asks for the tasks that it does not name, and repeats kills.
void FakeMaster::takeBack(const ReregisterSlaveMessage &message)
{
    SlaveReregisteredMessage answer;
    answer.mutable_slave_id()->set_value(agentId);
    std::set<std::string> missing;
    for (const std::string &id : m_launched) {
        if (!hasEnded(id))
            missing.insert(id);
    }
    for (const auto &task : message.tasks())
        missing.erase(task.task_id().value());
    if (!missing.empty()) {
        auto *asked = answer.add_reconciliations();
        *asked->mutable_framework_id() = framework().id();
        *asked->mutable_framework() = framework();
        for (const std::string &id : missing) {
            auto *status = asked->add_statuses();
            status->mutable_task_id()->set_value(id);
            status->set_state(mesos::v1::TASK_STAGING);
        }
    }
    send(answer);
    for (const std::string &id : std::exchange(m_killed, {})) {
        if (!hasEnded(id))
            kill(id);
    }
}

bool FakeMaster::hasEnded(const std::string &taskId) const
{
    const mesos::v1::TaskState state = last(taskId).state();
    return state != mesos::v1::TASK_STAGING && state != mesos::v1::TASK_STARTING
        && state != mesos::v1::TASK_RUNNING && state != mesos::v1::TASK_KILLING;
}

void FakeMaster::take(const StatusUpdateMessage &message)
{
    updates.push_back(message.update());
    if (!acknowledges)
        return;
    StatusUpdateAcknowledgementMessage answer;
    *answer.mutable_slave_id() = message.update().slave_id();
    *answer.mutable_framework_id() = message.update().framework_id();
    *answer.mutable_task_id() = message.update().status().task_id();
    answer.set_uuid(message.update().uuid());
    send(answer);
}

mesos::v1::FrameworkInfo FakeMaster::framework() const
{
    mesos::v1::FrameworkInfo info;
    info.set_user("root");
    info.set_name("tests");
    info.mutable_id()->set_value(frameworkId);
    info.set_checkpoint(checkpoint);
    using Capability = mesos::v1::FrameworkInfo::Capability;
    for (auto type : {Capability::PARTITION_AWARE, Capability::TASK_KILLING_STATE})
        info.add_capabilities()->set_type(type);
    return info;
}

mesos::v1::TaskInfo FakeMaster::task(const std::string &id, const std::string &command) const
{
    mesos::v1::TaskInfo info;
    info.set_name(id);
    info.mutable_task_id()->set_value(id);
    info.mutable_agent_id()->set_value(agentId);
    const auto add = [&info](const char *name, double value) {
        auto *resource = info.add_resources();
        resource->set_name(name);
        resource->set_type(mesos::v1::Value::SCALAR);
        resource->mutable_scalar()->set_value(value);
        resource->mutable_allocation_info()->set_role("*");
    };
    add("cpus", 0.01);
    add("mem", 32);
    info.mutable_command()->set_value(command);
    return info;
}

void FakeMaster::launch(const mesos::v1::TaskInfo &task)
{
    m_launched.insert(task.task_id().value());
    RunTaskMessage message;
    *message.mutable_framework() = framework();
    *message.mutable_task() = task;
    message.set_pid("@0.0.0.0:0");
    message.set_launch_executor(true);
    message.add_resource_version_uuids()->mutable_uuid()->set_value(m_resourceVersion);
    send(message);
}

void FakeMaster::kill(const std::string &taskId)
{
    m_killed.insert(taskId);
    KillTaskMessage message;
    message.mutable_framework_id()->set_value(frameworkId);
    message.mutable_task_id()->set_value(taskId);
    send(message);
}

void FakeMaster::ping(bool connected)
{
    PingSlaveMessage message;
    message.set_connected(connected);
    m_transport->send("slave-observer(1)", m_agent, message);
}

QString FakeMaster::states(const std::string &taskId) const
{
    QStringList names;
    for (const auto &update : updates) {
        if (update.status().task_id().value() == taskId)
            names << QString::fromStdString(mesos::v1::TaskState_Name(update.status().state()));
    }
    return names.join(QLatin1Char(' '));
}

mesos::v1::TaskStatus FakeMaster::last(const std::string &taskId) const
{
    const auto it = std::find_if(updates.rbegin(), updates.rend(), [&taskId](const auto &update) {
        return update.status().task_id().value() == taskId;
    });
    return it == updates.rend() ? mesos::v1::TaskStatus() : it->status();
}

int FakeMaster::count(mesos::v1::TaskState state) const
{
    return static_cast<int>(
        std::count_if(updates.begin(), updates.end(),
                      [state](const auto &update) { return update.status().state() == state; }));
}

bool AgentProcess::start(quint16 masterPort, const QStringList &more)
{
    QStringList arguments{QStringLiteral("--master=127.0.0.1:%1").arg(masterPort),
                          QStringLiteral("--work_dir=") + workDir + QStringLiteral("/data"),
                          QStringLiteral("--runtime_dir=") + workDir + QStringLiteral("/run"),
                          QStringLiteral("--fetcher_cache_dir=") + workDir
                              + QStringLiteral("/fetch"),
                          QStringLiteral("--ip=127.0.0.1"),
                          QStringLiteral("--hostname=agent.example")};
    if (more.filter(QStringLiteral("--resources=")).isEmpty())
        arguments << QStringLiteral("--resources=cpus:4;mem:8192;disk:1024");
    if (more.filter(QStringLiteral("--port=")).isEmpty())
        arguments << QStringLiteral("--port=0");
    const QString programs =
        qEnvironmentVariable("MESETA_BIN_DIR", QCoreApplication::applicationDirPath());
    process.start(programs + QStringLiteral("/mesos-agent"), arguments + more);
    return process.waitForStarted();
}

AgentProcess::~AgentProcess()
{
    if (process.state() == QProcess::NotRunning)
        return;
    process.terminate();
    if (!process.waitForFinished(20000)) {
        process.kill();
        process.waitForFinished();
    }
}

http::Response AgentProcess::call(http::Request request, int port)
{
    static http::Client client;
    std::optional<http::Response> answer;
    client.call(http::Endpoint::tcp(QStringLiteral("127.0.0.1"), static_cast<quint16>(port)),
                std::move(request), [&answer](Result<http::Response> got) {
                    answer = got ? *got : http::Response{-1, {}, {}};
                });
    const bool done = QTest::qWaitFor([&answer] { return answer.has_value(); }, 30000);
    return done ? *answer : http::Response{-2, {}, {}};
}

http::Request jsonCall(const QByteArray &target, const QByteArray &body)
{
    http::Request request;
    request.method = "POST";
    request.target = target;
    request.headers.add("Content-Type", "application/json");
    request.body = body;
    return request;
}

} // namespace meseta::agent
