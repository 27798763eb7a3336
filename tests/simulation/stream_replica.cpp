#include "tests/simulation/stream_replica.h"

namespace meseta::simulation {

using MesetaEvent = ::meseta::v1::Event;
using mesos::v1::master::Event;
using GetAgents = mesos::v1::master::Response::GetAgents;
using GetFrameworks = mesos::v1::master::Response::GetFrameworks;

namespace {

std::string keyOf(const mesos::v1::FrameworkID &framework, const mesos::v1::TaskID &task)
{
    return framework.value() + " " + task.value();
}

template <typename Message> std::string textOf(const std::string &bytes)
{
    Message message;
    return message.ParseFromString(bytes) ? message.ShortDebugString() : bytes;
}

std::string firstDifference(const char *what, std::string (*print)(const std::string &),
                            const std::map<std::string, std::string> &left,
                            const std::map<std::string, std::string> &right)
{
    for (const auto &[id, text] : left) {
        const auto other = right.find(id);
        if (other == right.end())
            return std::string(what) + " " + id + " is in the first only: " + print(text);
        if (other->second != text)
            return std::string(what) + " " + id + " is\n    " + print(text)
                + "\n  in the first and\n    " + print(other->second) + "\n  in the second";
    }
    for (const auto &[id, text] : right) {
        if (!left.contains(id))
            return std::string(what) + " " + id + " is in the second only: " + print(text);
    }
    return {};
}

} // namespace

std::string StreamReplica::difference(const StreamReplica &left, const StreamReplica &right)
{
    std::string found =
        firstDifference("agent", textOf<GetAgents::Agent>, left.agents, right.agents);
    if (found.empty())
        found = firstDifference("framework", textOf<GetFrameworks::Framework>, left.frameworks,
                                right.frameworks);
    if (found.empty())
        found = firstDifference(
            "task", [](const std::string &state) { return state; }, left.tasks, right.tasks);
    if (found.empty())
        found = firstDifference("offer", textOf<::meseta::v1::Offer>, left.offers, right.offers);
    return found;
}

void StreamReplica::take(const MesetaEvent &event)
{
    switch (event.type()) {
    case MesetaEvent::SUBSCRIBED:
        return load(event.subscribed());
    case MesetaEvent::MESOS:
        return takeMesos(event.event());
    case MesetaEvent::OFFER_ADDED:
        offers[event.offer_added().offer().id().value()] = event.offer_added().SerializeAsString();
        break;
    case MesetaEvent::OFFER_REMOVED:
        offers.erase(event.offer_removed().offer_id().value());
        break;
    case MesetaEvent::AGENT_CHANGED:
        put(event.agent_changed());
        break;
    case MesetaEvent::AGENT_REMOVED:
        agents.erase(event.agent_removed().agent_id().value());
        break;
    case MesetaEvent::TASK_REMOVED:
        tasks.erase(keyOf(event.task_removed().framework_id(), event.task_removed().task_id()));
        break;
    default:
        break;
    }
}

void StreamReplica::load(const MesetaEvent::Subscribed &all)
{
    *this = StreamReplica();
    for (const auto &agent : all.get_state().get_agents().agents())
        put(agent);
    for (const auto &framework : all.get_state().get_frameworks().frameworks())
        put(framework);
    for (const auto &task : all.get_state().get_tasks().tasks())
        put(task);
    for (const auto &offer : all.offers())
        offers[offer.offer().id().value()] = offer.SerializeAsString();
}

void StreamReplica::takeMesos(const Event &event)
{
    switch (event.type()) {
    case Event::TASK_ADDED:
        put(event.task_added().task());
        break;
    case Event::TASK_UPDATED: {
        const auto &update = event.task_updated();
        const auto task = tasks.find(keyOf(update.framework_id(), update.status().task_id()));
        if (task != tasks.end())
            task->second = mesos::v1::TaskState_Name(update.state());
        break;
    }
    case Event::AGENT_ADDED:
        put(event.agent_added().agent());
        break;
    case Event::FRAMEWORK_ADDED:
        put(event.framework_added().framework());
        break;
    case Event::FRAMEWORK_UPDATED:
        put(event.framework_updated().framework());
        break;
    case Event::FRAMEWORK_REMOVED:
        frameworks.erase(event.framework_removed().framework_info().id().value());
        break;
    default:
        break;
    }
}

void StreamReplica::put(const mesos::v1::master::Response::GetAgents::Agent &agent)
{
    agents[agent.agent_info().id().value()] = agent.SerializeAsString();
}

void StreamReplica::put(const mesos::v1::Task &task)
{
    tasks[keyOf(task.framework_id(), task.task_id())] = mesos::v1::TaskState_Name(task.state());
}

void StreamReplica::put(mesos::v1::master::Response::GetFrameworks::Framework framework)
{
    // What the framework holds is told by offers and tasks.
    framework.clear_offers();
    framework.clear_allocated_resources();
    framework.clear_offered_resources();
    framework.clear_offer_constraints();
    framework.clear_unregistered_time();
    frameworks[framework.framework_info().id().value()] = framework.SerializeAsString();
}

} // namespace meseta::simulation
