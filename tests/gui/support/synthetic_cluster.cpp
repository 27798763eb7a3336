#include "tests/gui/support/synthetic_cluster.h"

using namespace mesos::v1;

namespace {

struct Kind
{
    const char *framework;
    const char *role;
    const char *task;
    const char *image;
    double cpus;
    double memory;
};

constexpr Kind kinds[] = {
    {"marathon", "web", "shop-frontend", "library/nginx:1.25", 0.5, 256},
    {"chronos", "batch", "nightly-report", "registry:5000/reports/nightly:2.4", 2, 2048},
    {"spark", "analytics", "executor", "apache/spark:3.5.0", 4, 8192},
    {"Meseta console", "*", "redis", "library/redis:7", 0.1, 128},
    {"jenkins", "ci", "build", "library/maven:3-eclipse-temurin-17", 1, 1024},
};
constexpr int kindCount = static_cast<int>(std::size(kinds));

} // namespace

SyntheticCluster::SyntheticCluster(Size size, double now, unsigned seed)
    : m_size(size), m_now(now), m_random(seed)
{
    for (int i = 0; i < size.agents; ++i) {
        const double cpus = 4 << random(4);
        auto agent = sample::agent(agentId(i), cpus);
        auto *info = agent.mutable_agent_info();
        char host[32];
        std::snprintf(host, sizeof host, "node-%04d.eu-%c", i + 1, 'a' + i % 3);
        info->set_hostname(host);
        agent.set_pid("slave(1)@10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1)
                      + ":5051");
        auto *rack = info->add_attributes();
        rack->set_name("rack");
        rack->set_type(Value::TEXT);
        rack->mutable_text()->set_value("r" + std::to_string(i % 8 + 1));
        agent.clear_total_resources();
        sample::addScalar(agent.mutable_total_resources(), "cpus", cpus);
        sample::addScalar(agent.mutable_total_resources(), "mem", cpus * 4096);
        sample::addScalar(agent.mutable_total_resources(), "disk", cpus * 32768);
        const double used = cpus * random(95) / 100;
        sample::addScalar(agent.mutable_allocated_resources(), "cpus", used);
        sample::addScalar(agent.mutable_allocated_resources(), "mem", used * 3000);
        sample::addScalar(agent.mutable_allocated_resources(), "disk", used * 9000);
        if (random(3) == 0)
            sample::addScalar(agent.mutable_offered_resources(), "cpus", (cpus - used) * 0.8);
        agent.mutable_registered_time()->set_nanoseconds(
            static_cast<std::int64_t>((now - random(900000)) * 1e9));
        if (size.agents > 20 && random(60) == 0)
            agent.set_active(false);
        else if (size.agents > 20 && random(60) == 0)
            agent.set_deactivated(true);
        m_agents.push_back(std::move(agent));
    }
}

int SyntheticCluster::random(int below)
{
    return static_cast<int>(m_random() % static_cast<unsigned>(below));
}

std::string SyntheticCluster::frameworkId(int number) const
{
    return "5f0c1d9e-7a44-4be2-9a31-2c6f0e8d1b77-" + std::to_string(1000 + number);
}

std::string SyntheticCluster::agentId(int number) const
{
    return "5f0c1d9e-7a44-4be2-9a31-2c6f0e8d1b77-S" + std::to_string(number);
}

TaskState SyntheticCluster::someState()
{
    const int roll = random(100);
    if (roll < 72)
        return TASK_RUNNING;
    if (roll < 76)
        return TASK_STARTING;
    if (roll < 78)
        return TASK_STAGING;
    if (roll < 92)
        return TASK_FINISHED;
    if (roll < 96)
        return TASK_FAILED;
    return roll < 98 ? TASK_KILLED : TASK_LOST;
}

Task SyntheticCluster::makeTask(int number, double time)
{
    const int kind = number % std::min(kindCount, m_size.frameworks);
    const Kind &what = kinds[kind];
    const int framework = number % m_size.frameworks;
    const TaskState state = someState();
    const int agent = random(m_size.agents);
    Task task =
        sample::task(std::string(what.task) + "." + std::to_string(100000 + number),
                     frameworkId(framework), agentId(number == 0 ? 0 : agent), state, what.role);
    task.set_name(std::string(what.task) + "-" + std::to_string(number));
    task.clear_resources();
    sample::addScalar(task.mutable_resources(), "cpus", what.cpus, what.role);
    sample::addScalar(task.mutable_resources(), "mem", what.memory, what.role);
    auto *container = task.mutable_container();
    container->set_type(ContainerInfo::DOCKER);
    container->mutable_docker()->set_image(what.image);
    const auto add = [&](TaskState step, double at, const char *message) {
        auto *status = task.add_statuses();
        status->mutable_task_id()->CopyFrom(task.task_id());
        status->set_state(step);
        status->set_timestamp(at);
        status->set_source(TaskStatus::SOURCE_EXECUTOR);
        status->set_message(message);
    };
    add(TASK_STARTING, time, "");
    if (state != TASK_STARTING && state != TASK_STAGING)
        add(TASK_RUNNING, time + 2, "");
    if (state == TASK_FAILED)
        add(state, time + 40, "Command exited with status 1");
    else if (state == TASK_FINISHED)
        add(state, time + 95, "Command exited with status 0");
    return task;
}

void SyntheticCluster::placeAgent(int number, const std::string &pid)
{
    m_agents.at(static_cast<std::size_t>(number)).set_pid(pid);
}

sample::Event SyntheticCluster::snapshot()
{
    sample::Event event = sample::snapshot();
    event.set_time(m_now);
    auto *subscribed = event.mutable_subscribed();
    subscribed->set_cluster("production");
    auto *master = subscribed->mutable_master_info();
    master->set_id("5f0c1d9e-7a44-4be2-9a31-2c6f0e8d1b77");
    master->set_ip(0);
    master->set_port(5050);
    master->set_hostname("master-1.eu-a");
    master->set_version("1.11.0");
    auto *state = subscribed->mutable_get_state();
    for (const auto &agent : m_agents)
        *state->mutable_get_agents()->add_agents() = agent;
    for (int i = 0; i < m_size.frameworks; ++i) {
        const Kind &kind = kinds[i % kindCount];
        std::string name = kind.framework;
        if (i >= kindCount)
            name += "-" + std::to_string(i / kindCount + 1);
        auto framework = sample::framework(frameworkId(i), name, kind.role);
        framework.mutable_framework_info()->set_hostname("scheduler-" + std::to_string(i + 1));
        framework.mutable_registered_time()->set_nanoseconds(
            static_cast<std::int64_t>((m_now - 86400.0 * (i % 9 + 1)) * 1e9));
        *state->mutable_get_frameworks()->add_frameworks() = framework;
    }
    for (; m_nextTask < m_size.tasks; ++m_nextTask) {
        Task task = makeTask(m_nextTask, m_now - random(5000) - 100);
        const auto ended = task.state() == TASK_FINISHED || task.state() == TASK_FAILED
            || task.state() == TASK_KILLED || task.state() == TASK_LOST;
        *(ended ? state->mutable_get_tasks()->add_completed_tasks()
                : state->mutable_get_tasks()->add_tasks()) = std::move(task);
    }
    for (int i = 0; i < m_size.offers; ++i) {
        const std::string id = frameworkId(0) + "-O" + std::to_string(m_nextOffer++);
        const int agent = i % m_size.agents;
        auto *told = subscribed->add_offers();
        *told->mutable_offer() =
            sample::offer(id, frameworkId(i % m_size.frameworks), agentId(agent), 1 + i % 6);
        told->mutable_offer()->set_hostname(
            m_agents[static_cast<std::size_t>(agent)].agent_info().hostname());
        told->mutable_offer()->mutable_allocation_info()->set_role(
            kinds[i % m_size.frameworks % kindCount].role);
        told->set_offered_time(m_now - 3 * i - 2);
        m_offers.push_back(id);
    }
    return event;
}

sample::Event SyntheticCluster::updateSomeTask(double time)
{
    const int number = random(std::max(1, m_nextTask));
    const Kind &what = kinds[number % std::min(kindCount, m_size.frameworks)];
    sample::Event event =
        sample::taskUpdated(std::string(what.task) + "." + std::to_string(100000 + number),
                            frameworkId(number % m_size.frameworks), someState(), time);
    event.mutable_event()->mutable_task_updated()->mutable_status()->set_source(
        TaskStatus::SOURCE_EXECUTOR);
    return event;
}

sample::Event SyntheticCluster::changeSomeAgent()
{
    auto &agent = m_agents[static_cast<std::size_t>(random(m_size.agents))];
    const double cpus = agent.total_resources(0).scalar().value();
    agent.mutable_allocated_resources(0)->mutable_scalar()->set_value(cpus * random(95) / 100);
    sample::Event event;
    event.set_type(sample::Event::AGENT_CHANGED);
    *event.mutable_agent_changed() = agent;
    return event;
}

sample::Event SyntheticCluster::next(double time)
{
    const int roll = random(100);
    sample::Event event;
    if (roll < 50) {
        event = updateSomeTask(time);
    } else if (roll < 60) {
        event = sample::taskAdded(makeTask(m_nextTask++, time), time);
    } else if (roll < 80) {
        event = changeSomeAgent();
    } else if (roll < 90 || m_offers.empty()) {
        const std::string id = frameworkId(0) + "-O" + std::to_string(m_nextOffer++);
        const int agent = random(m_size.agents), framework = random(m_size.frameworks);
        auto offer = sample::offer(id, frameworkId(framework), agentId(agent), 1 + random(4));
        offer.set_hostname(m_agents[static_cast<std::size_t>(agent)].agent_info().hostname());
        offer.mutable_allocation_info()->set_role(kinds[framework % kindCount].role);
        event = sample::offerAdded(offer, time);
        m_offers.push_back(id);
    } else {
        using Removed = sample::Event::OfferRemoved;
        const auto at = static_cast<std::size_t>(random(static_cast<int>(m_offers.size())));
        event = sample::offerRemoved(m_offers[at],
                                     random(2) ? Removed::ACCEPTED : Removed::DECLINED, time);
        m_offers.erase(m_offers.begin() + static_cast<std::ptrdiff_t>(at));
    }
    event.set_time(time);
    return event;
}
