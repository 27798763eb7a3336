#include "daemons/agent/operator_api/nested_calls.h"

#include <csignal>

#include "common/endpoints/answers.h"
#include "daemons/agent/core/agent.h"
#include "daemons/agent/executors/nested_spec.h"

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

const ContainerID &outermost(const ContainerID &id)
{
    return id.has_parent() ? outermost(id.parent()) : id;
}

/// Of a container that ended by itself only its exit status is told.
template <typename Told> void describe(const ContainerTermination &termination, Told &told)
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

/// What both launching calls say.
struct NestedCalls::Launch
{
    ContainerID id;
    mesos::v1::CommandInfo command;
    std::optional<mesos::v1::ContainerInfo> container;
    google::protobuf::RepeatedPtrField<mesos::v1::Resource> resources;
};

bool NestedCalls::handles(Call::Type type)
{
    switch (type) {
    case Call::LAUNCH_NESTED_CONTAINER:
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

bool NestedCalls::runs(const ContainerID &id) const
{
    const Executor *executor = m_agent.state().executorByContainer(outermost(id).value());
    return executor && (!id.has_parent() || m_agent.nested().running(containerKey(id)));
}

void NestedCalls::answer(const Call &call, codec::MediaType accept, const Responder &responder)
{
    const auto launched = [&](const auto &wish) {
        Launch order{wish.container_id(), wish.command(), std::nullopt, {}};
        if (wish.has_container())
            order.container = wish.container();
        return order;
    };
    switch (call.type()) {
    case Call::LAUNCH_NESTED_CONTAINER:
        return launch(launched(call.launch_nested_container()), responder);
    case Call::LAUNCH_CONTAINER: {
        Launch order = launched(call.launch_container());
        order.resources = call.launch_container().resources();
        return launch(order, responder);
    }
    case Call::WAIT_NESTED_CONTAINER:
        return wait(call.wait_nested_container().container_id(), true, accept, responder);
    case Call::WAIT_CONTAINER:
        return wait(call.wait_container().container_id(), false, accept, responder);
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

void NestedCalls::launch(const Launch &launch, const Responder &responder)
{
    if (!launch.id.has_parent())
        return responder->send(text(501,
                                    "This agent does not run standalone containers yet; give "
                                    "container_id.parent, or launch the work as a task"));
    if (launch.container && launch.container->type() != mesos::v1::ContainerInfo::MESOS)
        return responder->send(text(
            400,
            "container.type is " + mesos::v1::ContainerInfo::Type_Name(launch.container->type())
                + ": a container inside another must be of type MESOS"));
    const std::string parent = containerKey(launch.id.parent());
    const Executor *executor = m_agent.state().executorByContainer(outermost(launch.id).value());
    if (!executor || executor->state == Executor::State::Terminated || !runs(launch.id.parent()))
        return responder->send(text(400, "Parent container " + parent + " does not exist"));
    ContainerSpec spec = nestedSpec(m_agent.state(), *executor, launch.command);
    spec.container = launch.container;
    const Resources resources(launch.resources);
    spec.resources.assign(launch.resources.begin(), launch.resources.end());
    spec.cpus = resources.scalar("cpus");
    spec.memBytes = resources.scalar("mem") * bytesPerMegabyte;
    const std::string sandbox = launch.id.parent().has_parent()
        ? m_agent.nested().sandboxOf(parent).value_or(executor->directory)
        : executor->directory;
    const auto answered = std::make_shared<bool>(false);
    NestedContainers::Events events;
    events.started = [responder, answered](const mesos::v1::ContainerStatus &) {
        if (!std::exchange(*answered, true))
            responder->send(Response{200, {}, {}});
    };
    events.ended = [responder, answered](const ContainerTermination &termination) {
        if (std::exchange(*answered, true))
            return;
        // It may have run and ended before its start was told.
        responder->send(termination.reason ? text(400, termination.message)
                                           : Response{200, {}, {}});
    };
    if (!m_agent.nested().launch(containerKey(launch.id), std::move(spec), sandbox,
                                 std::move(events)))
        responder->send(Response{202, {}, {}}); // there is one of that id already
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
                describe(end, *response.mutable_wait_nested_container());
            } else {
                response.set_type(AgentResponse::WAIT_CONTAINER);
                describe(end, *response.mutable_wait_container());
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
    if (id.has_parent()) {
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
                 : text(404, "Container '" + key + "' cannot be found (or is already killed)");
}

Response NestedCalls::remove(const ContainerID &id)
{
    const std::string key = containerKey(id);
    if (!id.has_parent() && runs(id))
        return text(500, "Container " + key + " is an executor's, and has not ended yet");
    return m_agent.nested().remove(key) ? Response{200, {}, {}}
                                        : text(500, "Nested container has not terminated yet");
}

} // namespace meseta::agent
