#include "daemons/agent/operator_api/nested_calls.h"

#include <csignal>

#include "common/endpoints/answers.h"
#include "daemons/agent/core/agent.h"
#include "daemons/agent/executors/nested_spec.h"
#include "daemons/agent/operator_api/container_ids.h"

namespace meseta::agent {

using http::Response;
using mesos::v1::ContainerID;
using mesos::v1::agent::Call;
using AgentResponse = mesos::v1::agent::Response;

namespace {

constexpr double bytesPerMegabyte = 1024.0 * 1024.0;

Response text(int status, const std::string &words)
{
    return Response::text(status, QByteArray::fromStdString(words));
}

/// Of a container that ended by itself only its exit status is told.
template <typename Told> void tellEnd(const ContainerTermination &termination, Told &told)
{
    if (termination.waitStatus)
        told.set_exit_status(*termination.waitStatus);
    if (!termination.reason)
        return;
    told.set_state(mesos::v1::TASK_FAILED);
    told.set_reason(*termination.reason);
    told.set_message(termination.message);
    if (termination.limitation)
        *told.mutable_limitation() = *termination.limitation;
}

} // namespace

/// What all launching calls say.
struct NestedCalls::Launch
{
    Launch(const ContainerID &containerId, const mesos::v1::CommandInfo &what)
        : id(containerId), command(what)
    { }
    explicit Launch(const Call::LaunchContainer &call)
        : id(call.container_id())
        , command(call.command())
        , resources(call.resources())
        , limits(call.limits())
    {
        if (call.has_container())
            container = call.container();
        if (!id.has_parent())
            standalone = &call;
    }

    ContainerID id;
    mesos::v1::CommandInfo command;
    std::optional<mesos::v1::ContainerInfo> container;
    google::protobuf::RepeatedPtrField<mesos::v1::Resource> resources;
    google::protobuf::Map<std::string, mesos::v1::Value::Scalar> limits;
    std::optional<CallForm> session; ///< of its answer
    const Call::LaunchContainer *standalone = nullptr; ///< to be kept for a later agent
};

bool NestedCalls::handles(Call::Type type)
{
    switch (type) {
    case Call::LAUNCH_NESTED_CONTAINER:
    case Call::LAUNCH_NESTED_CONTAINER_SESSION:
    case Call::WAIT_NESTED_CONTAINER:
    case Call::KILL_NESTED_CONTAINER:
    case Call::REMOVE_NESTED_CONTAINER:
    case Call::LAUNCH_CONTAINER:
    case Call::WAIT_CONTAINER:
    case Call::KILL_CONTAINER:
    case Call::REMOVE_CONTAINER:
        return true;
    default:
        return false;
    }
}

NestedCalls::NestedCalls(Agent &agent, ContainerStreams &streams)
    : m_agent(agent), m_streams(streams), m_records(agent.config().workDir)
{ }

void NestedCalls::recover()
{
    for (const Call::LaunchContainer &call : m_records.read()) {
        const Launch launch(call);
        auto spec = describe(launch);
        if (!spec)
            continue;
        NestedContainers::Events events;
        events.ended = [this, id = launch.id.value()](const ContainerTermination &) {
            m_records.forget(id);
        };
        m_agent.nested().recover(launch.id.value(), std::move(*spec), m_agent.config().workDir,
                                 std::move(events));
    }
}

bool NestedCalls::runs(const ContainerID &id) const
{
    if (m_agent.nested().running(containerKey(id)))
        return true;
    const Executor *executor = m_agent.state().executorByContainer(id.value());
    return !id.has_parent() && executor && executor->state != Executor::State::Terminated;
}

void NestedCalls::answer(const Call &call, const CallForm &form, const Responder &responder)
{
    const auto launched = [&](const auto &wish) {
        Launch order(wish.container_id(), wish.command());
        if (wish.has_container())
            order.container = wish.container();
        return order;
    };
    switch (call.type()) {
    case Call::LAUNCH_NESTED_CONTAINER:
        return launch(launched(call.launch_nested_container()), responder);
    case Call::LAUNCH_NESTED_CONTAINER_SESSION: {
        Launch order = launched(call.launch_nested_container_session());
        order.session = form;
        return launch(order, responder);
    }
    case Call::LAUNCH_CONTAINER:
        return launch(Launch(call.launch_container()), responder);
    case Call::WAIT_NESTED_CONTAINER:
        return wait(call.wait_nested_container().container_id(), true, form.accept, responder);
    case Call::WAIT_CONTAINER:
        return wait(call.wait_container().container_id(), false, form.accept, responder);
    case Call::KILL_NESTED_CONTAINER: {
        const auto &wish = call.kill_nested_container();
        return responder->send(
            kill(wish.container_id(), wish.has_signal() ? wish.signal() : SIGKILL));
    }
    case Call::KILL_CONTAINER: {
        const auto &wish = call.kill_container();
        return responder->send(
            kill(wish.container_id(), wish.has_signal() ? wish.signal() : SIGKILL));
    }
    case Call::REMOVE_NESTED_CONTAINER:
        return responder->send(remove(call.remove_nested_container().container_id()));
    default:
        return responder->send(remove(call.remove_container().container_id()));
    }
}

ContainerSpec NestedCalls::describeStandalone(const Launch &launch) const
{
    ContainerSpec spec;
    spec.command = launch.command;
    if (m_agent.config().switchUser)
        spec.user = launch.command.user();
    spec.agentId = m_agent.state().id();
    spec.checkpoint = !launch.id.has_parent();
    return spec;
}

tl::expected<ContainerSpec, Response> NestedCalls::describeNested(const Launch &launch) const
{
    const ContainerID &root = outermost(launch.id);
    const Executor *executor = m_agent.state().executorByContainer(root.value());
    const ContainerSpec *standalone = m_agent.nested().running(root.value());
    if ((!executor && !standalone) || !runs(launch.id.parent()))
        return tl::unexpected(
            text(400, "Parent container " + containerKey(launch.id.parent()) + " does not exist"));
    const bool inDocker =
        executor && executor->containerizer && executor->containerizer->name() == "docker";
    if (inDocker || (executor && executor->isDocker))
        return tl::unexpected(text(
            400,
            "No container can be started inside " + root.value()
                + ", which is one of Docker's; run the command there with 'docker exec' on the "
                  "agent's host, or launch the task with a container of type MESOS"));
    if (executor)
        return nestedSpec(m_agent.state(), *executor, launch.command);
    ContainerSpec spec = describeStandalone(launch);
    if (!launch.command.has_user())
        spec.user = standalone->user;
    return spec;
}

tl::expected<ContainerSpec, Response> NestedCalls::describe(const Launch &launch) const
{
    if (launch.container && launch.container->type() != mesos::v1::ContainerInfo::MESOS)
        return tl::unexpected(text(
            400,
            "container.type is " + mesos::v1::ContainerInfo::Type_Name(launch.container->type())
                + ": a container launched on this API must be of type MESOS"));
    if (launch.session && launch.container
        && (launch.container->mesos().has_image() || launch.container->volumes_size() > 0))
        return tl::unexpected(
            text(400,
                 "a session lives in the files of the container it is in: leave out "
                 "container.mesos.image and container.volumes"));
    auto spec = launch.id.has_parent()
        ? describeNested(launch)
        : tl::expected<ContainerSpec, Response>(describeStandalone(launch));
    if (!spec)
        return spec;
    const Resources resources(launch.resources);
    spec->container = launch.container;
    spec->resources.assign(launch.resources.begin(), launch.resources.end());
    spec->cpus = resources.scalar("cpus");
    spec->memBytes = resources.scalar("mem") * bytesPerMegabyte;
    if (const auto cpus = launch.limits.find("cpus"); cpus != launch.limits.end())
        spec->cpusLimit = cpus->second.value();
    if (const auto mem = launch.limits.find("mem"); mem != launch.limits.end())
        spec->memLimitBytes = mem->second.value() * bytesPerMegabyte;
    spec->session = spec->besideParent = launch.session.has_value();
    return spec;
}

/// Where the sandbox of a container is made: that of a standalone one directly below --work_dir.
std::string NestedCalls::parentSandbox(const ContainerID &id) const
{
    if (!id.has_parent())
        return m_agent.config().workDir;
    if (auto sandbox = m_agent.nested().sandboxOf(containerKey(id.parent())))
        return *sandbox;
    const Executor *executor = m_agent.state().executorByContainer(outermost(id).value());
    return executor ? executor->directory : std::string();
}

/// Where that of a container is or was, also when nothing else is known of it any more.
std::string NestedCalls::sandboxOf(const ContainerID &id) const
{
    const Executor *executor =
        id.has_parent() ? nullptr : m_agent.state().executorByContainer(id.value());
    if (executor)
        return executor->directory;
    const std::string parent = id.has_parent() ? sandboxOf(id.parent()) : m_agent.config().workDir;
    return parent.empty() ? std::string() : parent + "/containers/" + id.value();
}

void NestedCalls::launch(const Launch &launch, const Responder &responder)
{
    auto spec = describe(launch);
    if (!spec)
        return responder->send(std::move(spec.error()));
    if (!launch.id.has_parent() && runs(launch.id))
        return responder->send(Response{202, {}, {}});
    if (launch.standalone) {
        if (auto kept = m_records.keep(*launch.standalone); !kept)
            return responder->send(text(500, kept.error().message));
    }
    const auto answered = std::make_shared<bool>(false);
    NestedContainers::Events events;
    events.started = [this, id = launch.id, session = launch.session, responder,
                      answered](const mesos::v1::ContainerStatus &) {
        if (std::exchange(*answered, true))
            return;
        if (session)
            m_streams.openSession(id, *session, responder);
        else
            responder->send(Response{200, {}, {}});
    };
    events.ended = [this, id = launch.id, responder,
                    answered](const ContainerTermination &termination) {
        if (!id.has_parent())
            m_records.forget(id.value());
        if (std::exchange(*answered, true))
            return;
        // It may have run and ended before its start was told.
        responder->send(termination.reason ? text(400, termination.message)
                                           : Response{200, {}, {}});
    };
    if (!m_agent.nested().launch(containerKey(launch.id), std::move(*spec),
                                 parentSandbox(launch.id), std::move(events))) {
        if (launch.standalone)
            m_records.forget(launch.id.value());
        responder->send(Response{202, {}, {}}); // there is one of that id already
    }
}

void NestedCalls::wait(const ContainerID &id, bool oldName, codec::MediaType accept,
                       const Responder &responder)
{
    const std::string key = containerKey(id);
    const bool known =
        m_agent.nested().wait(key, [oldName, accept, responder](const ContainerTermination &end) {
            AgentResponse response;
            if (oldName) {
                response.set_type(AgentResponse::WAIT_NESTED_CONTAINER);
                tellEnd(end, *response.mutable_wait_nested_container());
            } else {
                response.set_type(AgentResponse::WAIT_CONTAINER);
                tellEnd(end, *response.mutable_wait_container());
            }
            responder->send(messageAnswer(response, accept));
        });
    if (known)
        return;
    if (runs(id))
        return responder->send(text(501,
                                    "Container " + key
                                        + " cannot be waited for now: it is an executor's own, or "
                                          "too many wait for it already"));
    responder->send(text(404, "Container " + key + " cannot be found"));
}

Response NestedCalls::kill(const ContainerID &id, int signal)
{
    const std::string key = containerKey(id);
    bool found = false;
    if (id.has_parent() || m_agent.nested().running(key)) {
        found = m_agent.nested().signal(key, signal);
    } else if (const Executor *executor = m_agent.state().executorByContainer(key);
               executor && executor->containerLaunched) {
        found = true;
        if (signal == SIGKILL)
            executor->containerizer->destroy(key);
        else
            executor->containerizer->signal(key, signal);
    }
    return found ? Response{200, {}, {}}
                 : text(404, "Container '" + key + "' is not there, or has ended");
}

Response NestedCalls::remove(const ContainerID &id)
{
    const std::string key = containerKey(id);
    if (!id.has_parent() && runs(id) && !m_agent.nested().running(key))
        return text(500, "Container " + key + " is an executor's, and has not ended yet");
    if (!m_agent.nested().remove(key))
        return text(500, "The container still runs: kill it first");
    const Result<> removed = m_agent.nested().removeSandbox(sandboxOf(id));
    return removed ? Response{200, {}, {}} : text(500, removed.error().message);
}

} // namespace meseta::agent
