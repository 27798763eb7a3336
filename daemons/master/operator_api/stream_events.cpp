#include "daemons/master/operator_api/stream_events.h"

#include <charconv>

#include "daemons/master/cluster/cluster.h"
#include "daemons/master/cluster/wire.h"
#include "daemons/master/state_views/cluster_views.h"

namespace meseta::master {

namespace {

using mesos::v1::master::Event;
using MesetaEvent = ::meseta::v1::Event;

template <typename... F> struct Overloaded : F...
{
    using F::operator()...;
};
template <typename... F> Overloaded(F...) -> Overloaded<F...>;

std::string serialized(const google::protobuf::MessageLite &message)
{
    std::string bytes;
    message.SerializePartialToString(&bytes);
    return bytes;
}

/// The task is told as the bytes it is kept in.
std::string taskAdded(const Task &task)
{
    std::string inner;
    wire::appendHeader(Event::TaskAdded::kTaskFieldNumber, task.serializedSize(), inner);
    task.appendTo(inner);
    std::string out;
    wire::appendNumber(Event::kTypeFieldNumber, Event::TASK_ADDED, out);
    wire::appendBytes(Event::kTaskAddedFieldNumber, inner, out);
    return out;
}

std::string taskUpdated(const TaskUpdated &change)
{
    Event event;
    event.set_type(Event::TASK_UPDATED);
    auto &told = *event.mutable_task_updated();
    told.mutable_framework_id()->set_value(std::string(change.task->frameworkId()));
    *told.mutable_status() = *change.status;
    told.set_state(change.latest);
    return serialized(event);
}

std::string frameworkUpdated(const Framework &framework)
{
    Event event;
    event.set_type(Event::FRAMEWORK_UPDATED);
    *event.mutable_framework_updated()->mutable_framework() = frameworkEventView(framework);
    return serialized(event);
}

/// Mesos tells only of agents that left, not of those that were lost.
bool toldByMesos(AgentRemoved::Why why)
{
    return why == AgentRemoved::Why::Unregistered || why == AgentRemoved::Why::Replaced
        || why == AgentRemoved::Why::MachineDown;
}

MesetaEvent::OfferRemoved::Why whyOf(OfferRemoved::Why why)
{
    using To = MesetaEvent::OfferRemoved;
    switch (why) {
    case OfferRemoved::Why::Accepted:
        return To::ACCEPTED;
    case OfferRemoved::Why::Declined:
        return To::DECLINED;
    case OfferRemoved::Why::Rescinded:
        return To::RESCINDED;
    case OfferRemoved::Why::TimedOut:
        return To::TIMED_OUT;
    case OfferRemoved::Why::Discarded:
        return To::DISCARDED;
    }
    return To::UNKNOWN;
}

MesetaEvent::AgentRemoved::Why whyOf(AgentRemoved::Why why)
{
    using To = MesetaEvent::AgentRemoved;
    switch (why) {
    case AgentRemoved::Why::Unregistered:
        return To::UNREGISTERED;
    case AgentRemoved::Why::Unreachable:
        return To::UNREACHABLE;
    case AgentRemoved::Why::Gone:
        return To::GONE;
    case AgentRemoved::Why::Replaced:
        return To::REPLACED;
    case AgentRemoved::Why::MachineDown:
        return To::MACHINE_DOWN;
    }
    return To::UNKNOWN;
}

/// An agent that fetches an image says how far it is in the labels of its updates.
std::optional<MesetaEvent> progress(const TaskUpdated &change)
{
    std::optional<std::uint64_t> done, total;
    for (const auto &label : change.status->labels().labels()) {
        std::uint64_t number = 0;
        const std::string &text = label.value();
        if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc())
            continue;
        if (label.key() == "meseta.pull.done")
            done = number;
        else if (label.key() == "meseta.pull.total")
            total = number;
    }
    if (!done || isTerminal(change.latest))
        return std::nullopt;
    MesetaEvent event;
    event.set_type(MesetaEvent::TASK_PROGRESS);
    auto &told = *event.mutable_task_progress();
    told.mutable_framework_id()->set_value(std::string(change.task->frameworkId()));
    told.mutable_task_id()->set_value(std::string(change.task->id()));
    if (change.status->has_message())
        told.set_message(change.status->message());
    told.set_done_bytes(*done);
    if (total)
        told.set_total_bytes(*total);
    return event;
}

MesetaEvent added(const Task &task)
{
    MesetaEvent event;
    event.set_type(MesetaEvent::MESOS);
    event.mutable_event()->set_type(Event::TASK_ADDED);
    *event.mutable_event()->mutable_task_added()->mutable_task() = task.toProto();
    return event;
}

MesetaEvent removed(const Task &task)
{
    MesetaEvent event;
    event.set_type(MesetaEvent::TASK_REMOVED);
    auto &told = *event.mutable_task_removed();
    told.mutable_framework_id()->set_value(std::string(task.frameworkId()));
    told.mutable_task_id()->set_value(std::string(task.id()));
    return event;
}

} // namespace

std::optional<std::string> mesosEvent(const ClusterEvent &change)
{
    using Told = std::optional<std::string>;
    Event event;
    return std::visit(
        Overloaded{
            [](const TaskAdded &e) -> Told { return taskAdded(*e.task); },
            [](const TaskUpdated &e) -> Told { return taskUpdated(e); },
            [](const FrameworkUpdated &e) -> Told { return frameworkUpdated(*e.framework); },
            [&event](const FrameworkAdded &e) -> Told {
                event.set_type(Event::FRAMEWORK_ADDED);
                *event.mutable_framework_added()->mutable_framework() =
                    frameworkEventView(*e.framework);
                return serialized(event);
            },
            [&event](const FrameworkRemoved &e) -> Told {
                event.set_type(Event::FRAMEWORK_REMOVED);
                *event.mutable_framework_removed()->mutable_framework_info() = e.framework->info;
                return serialized(event);
            },
            [&event](const AgentAdded &e) -> Told {
                event.set_type(Event::AGENT_ADDED);
                *event.mutable_agent_added()->mutable_agent() = agentView(*e.agent);
                return serialized(event);
            },
            [&event](const AgentRemoved &e) -> Told {
                if (!toldByMesos(e.why))
                    return std::nullopt;
                event.set_type(Event::AGENT_REMOVED);
                event.mutable_agent_removed()->mutable_agent_id()->set_value(e.agent->id);
                return serialized(event);
            },
            [](const auto &) -> Told { return std::nullopt; },
        },
        change);
}

std::vector<MesetaEvent> mesetaEvents(const ClusterEvent &change)
{
    using Told = std::vector<MesetaEvent>;
    MesetaEvent event;
    return std::visit(
        Overloaded{
            [&event](const OfferAdded &e) -> Told {
                event.set_type(MesetaEvent::OFFER_ADDED);
                *event.mutable_offer_added() = offerView(*e.offer);
                return {event};
            },
            [&event](const OfferRemoved &e) -> Told {
                event.set_type(MesetaEvent::OFFER_REMOVED);
                auto &told = *event.mutable_offer_removed();
                told.mutable_offer_id()->set_value(e.offer->id);
                told.set_why(whyOf(e.why));
                told.mutable_framework_id()->set_value(e.offer->framework->id);
                told.mutable_agent_id()->set_value(e.offer->agent->id);
                return {event};
            },
            [&event](const AgentRemoved &e) -> Told {
                event.set_type(MesetaEvent::AGENT_REMOVED);
                event.mutable_agent_removed()->mutable_agent_id()->set_value(e.agent->id);
                event.mutable_agent_removed()->set_why(whyOf(e.why));
                return {event};
            },
            [&event](const RecoveredAgentLost &e) -> Told {
                event.set_type(MesetaEvent::AGENT_REMOVED);
                event.mutable_agent_removed()->mutable_agent_id()->set_value(*e.agentId);
                event.mutable_agent_removed()->set_why(whyOf(e.why));
                return {event};
            },
            [](const TaskRemoved &e) -> Told { return {removed(*e.task)}; },
            // Mesos' own stream does not tell of it.
            [](const PastTaskAdded &e) -> Told {
                return {added(*e.task), removed(*e.task)};
            },
            [](const TaskUpdated &e) -> Told {
                const std::optional<MesetaEvent> told = progress(e);
                return told ? Told{*told} : Told{};
            },
            [&event](const FrameworkStateChanged &e) -> Told {
                event.set_type(MesetaEvent::MESOS);
                event.mutable_event()->set_type(Event::FRAMEWORK_UPDATED);
                *event.mutable_event()->mutable_framework_updated()->mutable_framework() =
                    frameworkEventView(*e.framework);
                return {event};
            },
            [](const auto &) -> Told { return {}; },
        },
        change);
}

std::vector<std::string> agentsTouched(const ClusterEvent &change)
{
    using Ids = std::vector<std::string>;
    return std::visit(
        Overloaded{
            [](const AgentChanged &e) -> Ids { return {e.agent->id}; },
            [](const OfferAdded &e) -> Ids { return {e.offer->agent->id}; },
            [](const OfferRemoved &e) -> Ids { return {e.offer->agent->id}; },
            [](const TaskAdded &e) -> Ids { return {std::string(e.task->agentId())}; },
            [](const TaskUpdated &e) -> Ids { return {std::string(e.task->agentId())}; },
            [](const TaskRemoved &e) -> Ids { return {std::string(e.task->agentId())}; },
            [](const auto &) -> Ids { return {}; },
        },
        change);
}

} // namespace meseta::master
