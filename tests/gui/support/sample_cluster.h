#pragma once

#include <string>

#include "meseta/v1/meseta.pb.h"

/// Events about small clusters, for the console's tests.
namespace sample {

using Event = ::meseta::v1::Event;

inline void addScalar(google::protobuf::RepeatedPtrField<mesos::v1::Resource> *resources,
                      const char *name, double value, const std::string &role = {})
{
    auto *resource = resources->Add();
    resource->set_name(name);
    resource->set_type(mesos::v1::Value::SCALAR);
    resource->mutable_scalar()->set_value(value);
    if (!role.empty())
        resource->mutable_allocation_info()->set_role(role);
}

inline mesos::v1::master::Response::GetAgents::Agent agent(const std::string &id, double cpus,
                                                           double used = 0)
{
    mesos::v1::master::Response::GetAgents::Agent agent;
    agent.mutable_agent_info()->mutable_id()->set_value(id);
    agent.mutable_agent_info()->set_hostname("host-" + id);
    agent.set_active(true);
    agent.set_version("1.11.0");
    agent.set_pid("slave(1)@127.0.0.1:5051");
    addScalar(agent.mutable_total_resources(), "cpus", cpus);
    addScalar(agent.mutable_total_resources(), "mem", cpus * 1024);
    if (used > 0) {
        addScalar(agent.mutable_allocated_resources(), "cpus", used);
        addScalar(agent.mutable_allocated_resources(), "mem", used * 256);
    }
    return agent;
}

inline mesos::v1::master::Response::GetFrameworks::Framework
framework(const std::string &id, const std::string &name, const std::string &role = "*")
{
    mesos::v1::master::Response::GetFrameworks::Framework framework;
    auto *info = framework.mutable_framework_info();
    info->mutable_id()->set_value(id);
    info->set_name(name);
    info->set_user("root");
    info->add_roles(role);
    framework.set_active(true);
    framework.set_connected(true);
    framework.set_recovered(false);
    return framework;
}

inline mesos::v1::Task task(const std::string &id, const std::string &framework,
                            const std::string &agent, mesos::v1::TaskState state,
                            const std::string &role = "*")
{
    mesos::v1::Task task;
    task.set_name(id);
    task.mutable_task_id()->set_value(id);
    task.mutable_framework_id()->set_value(framework);
    task.mutable_agent_id()->set_value(agent);
    task.set_state(state);
    addScalar(task.mutable_resources(), "cpus", 1, role);
    addScalar(task.mutable_resources(), "mem", 256, role);
    return task;
}

inline mesos::v1::Offer offer(const std::string &id, const std::string &framework,
                              const std::string &agent, double cpus)
{
    mesos::v1::Offer offer;
    offer.mutable_id()->set_value(id);
    offer.mutable_framework_id()->set_value(framework);
    offer.mutable_agent_id()->set_value(agent);
    offer.set_hostname("host-" + agent);
    offer.mutable_allocation_info()->set_role("*");
    addScalar(offer.mutable_resources(), "cpus", cpus, "*");
    addScalar(offer.mutable_resources(), "mem", cpus * 512, "*");
    return offer;
}

inline Event snapshot()
{
    Event event;
    event.set_type(Event::SUBSCRIBED);
    event.set_time(1000);
    event.mutable_subscribed()->set_cluster("sample");
    return event;
}

inline auto *state(Event &event)
{
    return event.mutable_subscribed()->mutable_get_state();
}

inline Event mesosEvent(mesos::v1::master::Event::Type type, double time)
{
    Event event;
    event.set_type(Event::MESOS);
    event.set_time(time);
    event.mutable_event()->set_type(type);
    return event;
}

inline Event taskAdded(const mesos::v1::Task &task, double time)
{
    Event event = mesosEvent(mesos::v1::master::Event::TASK_ADDED, time);
    *event.mutable_event()->mutable_task_added()->mutable_task() = task;
    return event;
}

inline Event taskUpdated(const std::string &id, const std::string &framework,
                         mesos::v1::TaskState state, double time, const std::string &message = {})
{
    Event event = mesosEvent(mesos::v1::master::Event::TASK_UPDATED, time);
    auto *update = event.mutable_event()->mutable_task_updated();
    update->mutable_framework_id()->set_value(framework);
    update->mutable_status()->mutable_task_id()->set_value(id);
    update->mutable_status()->set_state(state);
    update->mutable_status()->set_timestamp(time);
    if (!message.empty())
        update->mutable_status()->set_message(message);
    update->set_state(state);
    return event;
}

inline Event offerAdded(const mesos::v1::Offer &offer, double time)
{
    Event event;
    event.set_type(Event::OFFER_ADDED);
    event.set_time(time);
    *event.mutable_offer_added()->mutable_offer() = offer;
    event.mutable_offer_added()->set_offered_time(time);
    return event;
}

inline Event offerRemoved(const std::string &id, Event::OfferRemoved::Why why, double time)
{
    Event event;
    event.set_type(Event::OFFER_REMOVED);
    event.set_time(time);
    event.mutable_offer_removed()->mutable_offer_id()->set_value(id);
    event.mutable_offer_removed()->set_why(why);
    return event;
}

} // namespace sample
