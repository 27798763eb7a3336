#include "tests/bench/console/living_cluster.h"

using mesos::v1::master::Event;

namespace {

constexpr int mostStatuses = 8; // of a task

} // namespace

LivingCluster::LivingCluster(SyntheticCluster::Size size, double now)
    : m_city(size, now), m_tasksAtOnce(static_cast<std::size_t>(size.tasks)), m_time(now)
{
    m_head = m_city.snapshot();
    auto *state = sample::state(m_head);
    for (const auto &agent : state->get_agents().agents())
        m_agents[agent.agent_info().id().value()] = agent;
    for (auto *tasks : {state->mutable_get_tasks()->mutable_tasks(),
                        state->mutable_get_tasks()->mutable_completed_tasks()}) {
        for (auto &task : *tasks) {
            m_order.push_back(task.task_id().value());
            m_tasks[task.task_id().value()] = std::move(task);
        }
    }
    for (const auto &offer : m_head.subscribed().offers())
        m_offers[offer.offer().id().value()] =
            sample::offerAdded(offer.offer(), offer.offered_time());
    state->clear_get_agents();
    state->clear_get_tasks();
    m_head.mutable_subscribed()->clear_offers();
}

sample::Event LivingCluster::snapshot() const
{
    sample::Event event = m_head;
    event.set_time(m_time);
    auto *state = sample::state(event);
    for (const auto &[id, agent] : m_agents)
        *state->mutable_get_agents()->add_agents() = agent;
    for (const auto &[id, task] : m_tasks)
        *state->mutable_get_tasks()->add_tasks() = task;
    for (const auto &[id, told] : m_offers) {
        auto *offer = event.mutable_subscribed()->add_offers();
        *offer->mutable_offer() = told.offer_added().offer();
        offer->set_offered_time(told.offer_added().offered_time());
    }
    return event;
}

sample::Event LivingCluster::next(double time)
{
    m_time = time;
    sample::Event event;
    do {
        if (m_due.empty()) {
            event = m_city.next(time);
        } else {
            event = std::move(m_due.front());
            m_due.pop_front();
        }
    } while (!note(event));
    while (m_tasks.size() > m_tasksAtOnce + m_due.size() / 2)
        end(time);
    return event;
}

/// The oldest task finishes and is forgotten.
void LivingCluster::end(double time)
{
    const std::string id = m_order.front();
    m_order.pop_front();
    const auto &framework = m_tasks.at(id).framework_id().value();
    m_due.push_back(sample::taskUpdated(id, framework, mesos::v1::TASK_FINISHED, time));
    sample::Event removed;
    removed.set_type(sample::Event::TASK_REMOVED);
    removed.set_time(time);
    removed.mutable_task_removed()->mutable_framework_id()->set_value(framework);
    removed.mutable_task_removed()->mutable_task_id()->set_value(id);
    m_due.push_back(removed);
}

/// False: it is of a task that is gone.
bool LivingCluster::note(const sample::Event &event)
{
    using Ours = sample::Event;
    switch (event.type()) {
    case Ours::AGENT_CHANGED:
        m_agents[event.agent_changed().agent_info().id().value()] = event.agent_changed();
        return true;
    case Ours::OFFER_ADDED:
        m_offers[event.offer_added().offer().id().value()] = event;
        return true;
    case Ours::OFFER_REMOVED:
        m_offers.erase(event.offer_removed().offer_id().value());
        return true;
    case Ours::TASK_REMOVED:
        m_tasks.erase(event.task_removed().task_id().value());
        return true;
    default:
        break;
    }
    if (event.event().type() == Event::TASK_ADDED) {
        const auto &task = event.event().task_added().task();
        m_order.push_back(task.task_id().value());
        m_tasks[task.task_id().value()] = task;
        return true;
    }
    const auto &status = event.event().task_updated().status();
    const auto task = m_tasks.find(status.task_id().value());
    if (task == m_tasks.end())
        return false;
    task->second.set_state(event.event().task_updated().state());
    if (task->second.statuses_size() == mostStatuses)
        task->second.mutable_statuses()->DeleteSubrange(0, 1);
    *task->second.add_statuses() = status;
    return true;
}
