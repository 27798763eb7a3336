#include "tests/daemons/master/support/test_master.h"

namespace meseta::master::test {

namespace {

MasterOptions prepared(MasterOptions options)
{
    if (options.id.empty())
        options.id = "M";
    options.pid = {"master", "10.0.0.9", 5050};
    options.hostname = "master.example.com";
    options.version = "1.11.0";
    return options;
}

template <typename Message> void describe(Message &message, const AgentSpec &spec)
{
    message.mutable_slave()->set_hostname(spec.hostname);
    message.mutable_slave()->set_port(spec.port);
    message.mutable_slave()->set_checkpoint(true);
    *message.mutable_slave()->mutable_resources() = resources(spec.resources);
    message.set_version("1.11.0");
    message.mutable_resource_version_uuid()->set_value(spec.process);
    using Capability = mesos::v1::AgentInfo::Capability;
    for (const auto type :
         {Capability::MULTI_ROLE, Capability::HIERARCHICAL_ROLE, Capability::RESERVATION_REFINEMENT,
          Capability::RESOURCE_PROVIDER, Capability::TASK_RESOURCE_LIMITS}) {
        if (spec.capable)
            message.add_agent_capabilities()->set_type(type);
    }
}

} // namespace

google::protobuf::RepeatedPtrField<mesos::v1::Resource> resources(const std::string &text)
{
    return Resources::parse(text).value().proto();
}

TestMaster::TestMaster(MasterOptions options, const MakeRegistry &make)
    : master(prepared(std::move(options)), clock, random, outbox)
{
    if (make)
        master.setRegistry(make(clock));
    master.lead();
}

QStringList TestMaster::take()
{
    clock.settle();
    QStringList lines;
    for (const std::string &line : outbox.take())
        lines << QString::fromStdString(line);
    return lines;
}

void TestMaster::registerAgent(const AgentSpec &spec)
{
    mesos::internal::RegisterSlaveMessage message;
    describe(message, spec);
    fromAgent(message, spec);
}

std::string TestMaster::addAgent(const AgentSpec &spec)
{
    registerAgent(spec);
    pong(spec);
    outbox.take();
    return outbox.last<mesos::internal::SlaveRegisteredMessage>().slave_id().value();
}

mesos::internal::ReregisterSlaveMessage TestMaster::reregistration(const AgentSpec &spec,
                                                                   const std::string &id) const
{
    mesos::internal::ReregisterSlaveMessage message;
    describe(message, spec);
    message.mutable_slave()->mutable_id()->set_value(id);
    return message;
}

void TestMaster::pong(const AgentSpec &spec)
{
    std::string observer;
    for (const auto &post : outbox.posts) {
        if (post.name == "mesos.internal.PingSlaveMessage" && post.to == pidOf(spec))
            observer = post.from;
    }
    master.receive(pidOf(spec), observer, "mesos.internal.PongSlaveMessage", {});
}

std::string TestMaster::update(const std::string &agentId, const std::string &frameworkId,
                               const std::string &taskId, mesos::v1::TaskState state,
                               std::optional<mesos::v1::TaskState> latest)
{
    mesos::internal::StatusUpdateMessage message;
    message.set_pid("slave(1)@10.0.0.1:5051");
    mesos::internal::StatusUpdate &update = *message.mutable_update();
    update.mutable_framework_id()->set_value(frameworkId);
    update.mutable_slave_id()->set_value(agentId);
    update.mutable_executor_id()->set_value(taskId);
    update.set_timestamp(clock.seconds());
    update.set_uuid(random.uuidBytes());
    update.set_latest_state(latest.value_or(state));
    mesos::v1::TaskStatus &status = *update.mutable_status();
    status.mutable_task_id()->set_value(taskId);
    status.set_state(state);
    status.set_source(mesos::v1::TaskStatus::SOURCE_EXECUTOR);
    status.mutable_agent_id()->set_value(agentId);
    status.set_timestamp(clock.seconds());
    status.set_uuid(update.uuid());
    fromAgent(message);
    return update.uuid();
}

mesos::v1::FrameworkInfo TestMaster::info(const SchedulerSpec &spec)
{
    mesos::v1::FrameworkInfo info;
    info.set_user("root");
    info.set_name(spec.name);
    info.set_failover_timeout(spec.failoverTimeout);
    info.set_checkpoint(spec.checkpoint);
    if (!spec.id.empty())
        info.mutable_id()->set_value(spec.id);
    if (!spec.principal.empty())
        info.set_principal(spec.principal);
    using Capability = mesos::v1::FrameworkInfo::Capability;
    if (spec.multiRole) {
        info.add_capabilities()->set_type(Capability::MULTI_ROLE);
        info.add_capabilities()->set_type(Capability::RESERVATION_REFINEMENT);
        for (const std::string &role : spec.roles)
            info.add_roles(role);
    }
    if (spec.partitionAware)
        info.add_capabilities()->set_type(Capability::PARTITION_AWARE);
    return info;
}

StreamHandle TestMaster::subscribe(const SchedulerSpec &spec)
{
    const StreamHandle stream = m_nextStream++;
    master.subscribe({stream, "stream-" + std::to_string(stream), {}}, {info(spec), {}, {}, true});
    return stream;
}

Framework &TestMaster::on(StreamHandle stream)
{
    for (const auto &[id, framework] : master.cluster().frameworks()) {
        if (framework->stream == stream)
            return *framework;
    }
    qFatal("no framework is on stream %llu", static_cast<unsigned long long>(stream));
}

tl::expected<void, Refusal> TestMaster::call(StreamHandle stream, Call call)
{
    Framework &framework = on(stream);
    call.mutable_framework_id()->set_value(framework.id);
    return master.call(framework, call);
}

void TestMaster::accept(StreamHandle stream, const std::vector<std::string> &offers,
                        const std::vector<mesos::v1::TaskInfo> &tasks, double refuseSeconds)
{
    Call accept;
    accept.set_type(Call::ACCEPT);
    for (const std::string &offer : offers)
        accept.mutable_accept()->add_offer_ids()->set_value(offer);
    mesos::v1::Offer::Operation &operation = *accept.mutable_accept()->add_operations();
    operation.set_type(mesos::v1::Offer::Operation::LAUNCH);
    operation.mutable_launch();
    for (const mesos::v1::TaskInfo &task : tasks)
        *operation.mutable_launch()->add_task_infos() = task;
    accept.mutable_accept()->mutable_filters()->set_refuse_seconds(refuseSeconds);
    call(stream, accept);
}

void TestMaster::decline(StreamHandle stream, const std::string &offer, double refuseSeconds)
{
    Call decline;
    decline.set_type(Call::DECLINE);
    decline.mutable_decline()->add_offer_ids()->set_value(offer);
    decline.mutable_decline()->mutable_filters()->set_refuse_seconds(refuseSeconds);
    call(stream, decline);
}

void TestMaster::acknowledge(StreamHandle stream, const std::string &agentId,
                             const std::string &taskId, const std::string &uuid)
{
    Call acknowledge;
    acknowledge.set_type(Call::ACKNOWLEDGE);
    acknowledge.mutable_acknowledge()->mutable_agent_id()->set_value(agentId);
    acknowledge.mutable_acknowledge()->mutable_task_id()->set_value(taskId);
    acknowledge.mutable_acknowledge()->set_uuid(uuid);
    call(stream, acknowledge);
}

void TestMaster::kill(StreamHandle stream, const std::string &taskId)
{
    Call kill;
    kill.set_type(Call::KILL);
    kill.mutable_kill()->mutable_task_id()->set_value(taskId);
    call(stream, kill);
}

mesos::v1::TaskInfo TestMaster::task(const std::string &id, const std::string &agentId,
                                     const std::string &wanted)
{
    mesos::v1::TaskInfo info;
    info.set_name(id);
    info.mutable_task_id()->set_value(id);
    info.mutable_agent_id()->set_value(agentId);
    *info.mutable_resources() = resources(wanted);
    info.mutable_command()->set_value("sleep 1000");
    return info;
}

mesos::v1::TaskInfo TestMaster::taskWithExecutor(const std::string &id, const std::string &agentId,
                                                 const std::string &executorId)
{
    mesos::v1::TaskInfo info = task(id, agentId);
    info.clear_command();
    info.mutable_executor()->mutable_executor_id()->set_value(executorId);
    info.mutable_executor()->mutable_command()->set_value("./executor");
    *info.mutable_executor()->mutable_resources() = resources("cpus:0.5;mem:64");
    return info;
}

void TestMaster::run(StreamHandle stream, const std::string &offer, const mesos::v1::TaskInfo &info)
{
    accept(stream, {offer}, {info}, 1000);
    const std::string agentId = info.agent_id().value();
    const std::string taskId = info.task_id().value();
    acknowledge(stream, agentId, taskId,
                update(agentId, on(stream).id, taskId, mesos::v1::TASK_RUNNING));
    take();
}

} // namespace meseta::master::test
