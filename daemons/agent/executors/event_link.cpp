#include "daemons/agent/executors/event_link.h"

namespace meseta::agent {

using mesos::v1::executor::Event;

void EventLink::launch(const mesos::v1::TaskInfo &task)
{
    Event event;
    event.set_type(Event::LAUNCH);
    *event.mutable_launch()->mutable_task() = task;
    m_sink->send(event);
}

bool EventLink::launchGroup(const mesos::v1::TaskGroupInfo &group)
{
    Event event;
    event.set_type(Event::LAUNCH_GROUP);
    *event.mutable_launch_group()->mutable_task_group() = group;
    m_sink->send(event);
    return true;
}

void EventLink::kill(const std::string &taskId, const mesos::v1::KillPolicy *policy)
{
    Event event;
    event.set_type(Event::KILL);
    event.mutable_kill()->mutable_task_id()->set_value(taskId);
    if (policy)
        *event.mutable_kill()->mutable_kill_policy() = *policy;
    m_sink->send(event);
}

void EventLink::acknowledged(const std::string &taskId, const std::string &uuid)
{
    Event event;
    event.set_type(Event::ACKNOWLEDGED);
    event.mutable_acknowledged()->mutable_task_id()->set_value(taskId);
    event.mutable_acknowledged()->set_uuid(uuid);
    m_sink->send(event);
}

void EventLink::message(const std::string &data)
{
    Event event;
    event.set_type(Event::MESSAGE);
    event.mutable_message()->set_data(data);
    m_sink->send(event);
}

void EventLink::shutdown()
{
    Event event;
    event.set_type(Event::SHUTDOWN);
    m_sink->send(event);
}

} // namespace meseta::agent
