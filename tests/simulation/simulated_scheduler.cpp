#include "tests/simulation/simulated_scheduler.h"

#include "common/resources/resources.h"

namespace meseta::simulation {

using mesos::v1::FrameworkInfo;

namespace {

const std::vector<std::string> roleNames{"*", "web", "web/shop", "data"};

} // namespace

SimulatedScheduler::SimulatedScheduler(World &world, std::string name,
                                       std::function<SimulatedMaster *()> master)
    : m_world(world)
    , m_name(std::move(name))
    , m_master(std::move(master))
    , m_clock(world.clock)
    , m_info(describe())
{ }

SimulatedScheduler::~SimulatedScheduler()
{
    if (m_connection)
        m_connection->onEvent = [](const Event &) {};
    if (m_connection)
        m_connection->onEnd = [] {};
}

FrameworkInfo SimulatedScheduler::describe()
{
    using Capability = FrameworkInfo::Capability;
    FrameworkInfo info;
    info.set_user("root");
    info.set_name(m_name);
    info.set_checkpoint(m_world.chance(0.7));
    info.set_failover_timeout(m_world.chance(0.2) ? 0 : 30 + 60 * m_world.random.fraction());
    if (m_world.chance(0.7))
        info.add_capabilities()->set_type(Capability::PARTITION_AWARE);
    if (m_world.chance(0.5))
        info.add_capabilities()->set_type(Capability::TASK_KILLING_STATE);
    if (m_world.chance(0.7)) {
        info.add_capabilities()->set_type(Capability::MULTI_ROLE);
        info.add_capabilities()->set_type(Capability::RESERVATION_REFINEMENT);
        for (const std::string &role : roleNames) {
            if (role == roleNames[m_name.size() % roleNames.size()] || m_world.chance(0.4))
                info.add_roles(role);
        }
    } else {
        info.set_role(roleNames[m_world.random.below(2)]);
    }
    return info;
}

void SimulatedScheduler::connect()
{
    SimulatedMaster *master = m_master();
    if (m_connection || !master)
        return;
    m_connection = std::make_shared<SchedulerConnection>(m_world);
    const std::weak_ptr<SchedulerConnection> self = m_connection;
    m_connection->onEvent = [this, self](const Event &event) { take(self.lock(), event); };
    m_connection->onEnd = [this, self] {
        if (self.lock() == m_connection)
            ended();
    };
    Call::Subscribe wish;
    *wish.mutable_framework_info() = m_info;
    m_connection->calls->post([master, getter = m_master, connection = m_connection, wish] {
        if (getter() == master)
            master->subscribe(connection, wish);
        else
            connection->events->post([connection] { connection->onEnd(); }); // it died meanwhile
    });
}

void SimulatedScheduler::ended()
{
    m_connection.reset();
    m_subscribed = false;
    m_clock.after(m_world.between(0.1, 5), [this] { connect(); });
}

void SimulatedScheduler::disconnect()
{
    if (!m_connection)
        return;
    m_world.transcript.note(m_name + " disconnects");
    const auto old = std::exchange(m_connection, nullptr);
    m_subscribed = false;
    old->events->cut();
    if (m_world.chance(0.5))
        old->calls->cut();
    m_world.clock.after(m_world.between(0, 1), [getter = m_master, master = m_master(), old] {
        if (master && getter() == master && old->handle != 0)
            master->streamClosed(old);
    });
    m_clock.after(m_world.between(0.1, 20), [this] { connect(); });
}

void SimulatedScheduler::failOver()
{
    if (!m_connection || frameworkId().empty())
        return;
    m_world.transcript.note(m_name + " fails over");
    m_connection.reset(); // the old instance does not notice; its calls may still be under way
    m_subscribed = false;
    connect();
}

void SimulatedScheduler::teardown()
{
    if (!m_subscribed)
        return;
    m_world.transcript.note(m_name + " is torn down");
    Call call;
    call.set_type(Call::TEARDOWN);
    this->call(std::move(call));
    reset();
    if (!m_world.calm)
        m_clock.after(m_world.between(2, 20), [this] { connect(); });
}

/// From now on another framework.
void SimulatedScheduler::reset()
{
    m_connection.reset();
    m_subscribed = false;
    m_tasks.clear();
    m_executors.clear();
    m_info = describe();
    ++m_life;
}

void SimulatedScheduler::call(Call call)
{
    SimulatedMaster *master = m_master();
    if (!m_connection || !master)
        return;
    *call.mutable_framework_id() = m_info.id();
    m_connection->calls->post(
        [this, master, getter = m_master, connection = m_connection, call = std::move(call)] {
            if (m_world.transcript.isKept())
                m_world.transcript.note(m_name + " calls " + Call::Type_Name(call.type()));
            if (getter() == master)
                master->call(connection, call);
        });
}

void SimulatedScheduler::take(const std::shared_ptr<SchedulerConnection> &from, const Event &event)
{
    if (event.has_update() && m_world.transcript.isKept())
        m_world.transcript.note(m_name + " hears "
                                + mesos::v1::TaskState_Name(event.update().status().state())
                                + " of " + event.update().status().task_id().value()
                                + (from == m_connection ? "" : " too late"));
    if (from != m_connection)
        return; // an instance that was replaced
    if (event.has_update())
        m_world.ledger.updateDelivered(event.update().status());
    switch (event.type()) {
    case Event::SUBSCRIBED:
        *m_info.mutable_id() = event.subscribed().framework_id();
        m_subscribed = true;
        if (m_world.chance(0.7))
            reconcile();
        break;
    case Event::OFFERS:
        for (const auto &offer : event.offers().offers())
            considerOffer(offer);
        break;
    case Event::UPDATE:
        takeUpdate(event.update().status());
        break;
    case Event::ERROR:
        m_world.transcript.note(m_name + " hears an error: " + event.error().message());
        if (event.error().message() == "Framework has been removed") {
            reset();
            m_clock.after(m_world.between(0.1, 5), [this] { connect(); });
        }
        break;
    default:
        break;
    }
}

void SimulatedScheduler::takeUpdate(const mesos::v1::TaskStatus &status)
{
    if (isEnd(status.state()))
        m_tasks.erase(status.task_id().value());
    else if (status.has_agent_id())
        m_tasks[status.task_id().value()] = status.agent_id().value();
    if (!status.has_uuid())
        return;
    const double luck = m_world.calm ? 0 : m_world.random.fraction();
    if (luck < 0.75)
        acknowledge(status);
    else if (luck < 0.95)
        m_clock.after(m_world.between(0, 30), [this, status] { acknowledge(status); });
}

void SimulatedScheduler::acknowledge(const mesos::v1::TaskStatus &status)
{
    Call call;
    call.set_type(Call::ACKNOWLEDGE);
    *call.mutable_acknowledge()->mutable_agent_id() = status.agent_id();
    *call.mutable_acknowledge()->mutable_task_id() = status.task_id();
    call.mutable_acknowledge()->set_uuid(status.uuid());
    this->call(std::move(call));
}

void SimulatedScheduler::considerOffer(const mesos::v1::Offer &offer)
{
    const double luck = m_world.random.fraction();
    if (m_world.calm)
        return decline(offer, 10000);
    const Duration thought = m_world.chance(0.8) ? Duration::zero() : m_world.between(0, 5);
    m_clock.after(thought, [this, offer, luck] {
        if (luck < 0.55)
            accept(offer);
        else if (luck < 0.9)
            decline(offer, luck < 0.6 ? 0 : 5 * luck);
        // else it forgets the offer
    });
}

mesos::v1::TaskInfo SimulatedScheduler::newTask(const mesos::v1::Offer &offer, double cpus,
                                                double mem)
{
    mesos::v1::TaskInfo task;
    const std::string id =
        m_name + "-" + std::to_string(m_life) + "-t" + std::to_string(m_nextTask++);
    task.set_name(id);
    task.mutable_task_id()->set_value(id);
    *task.mutable_agent_id() = offer.agent_id();
    const auto resources = [](double c, double m) {
        return Resources::parse("cpus:" + std::to_string(c) + ";mem:" + std::to_string(m))
            .value()
            .proto();
    };
    *task.mutable_resources() = resources(cpus, mem);
    if (m_world.chance(0.25)) {
        const std::string executorId = m_name + "-e" + std::to_string(m_world.random.below(3));
        auto &executor = *task.mutable_executor();
        executor.mutable_executor_id()->set_value(executorId);
        executor.mutable_command()->set_value("./executor");
        *executor.mutable_resources() = resources(0.1, 32);
        m_executors[executorId] = offer.agent_id().value();
    } else {
        task.mutable_command()->set_value("sleep 1000");
    }
    return task;
}

void SimulatedScheduler::accept(const mesos::v1::Offer &offer)
{
    Call call;
    call.set_type(Call::ACCEPT);
    *call.mutable_accept()->add_offer_ids() = offer.id();
    auto &operation = *call.mutable_accept()->add_operations();
    operation.set_type(mesos::v1::Offer::Operation::LAUNCH);
    const Resources offered(offer.resources());
    const std::uint64_t count = 1 + m_world.random.below(4);
    const bool tooMuch = m_world.chance(0.05);
    for (std::uint64_t i = 0; i < count; ++i) {
        const double share = tooMuch ? 0.8 : m_world.between(0.05, 0.3).count() / 1e9;
        mesos::v1::TaskInfo task = newTask(offer, std::max(0.01, offered.scalar("cpus") * share),
                                           std::max(32.0, offered.scalar("mem") * share));
        m_tasks[task.task_id().value()] = offer.agent_id().value();
        *operation.mutable_launch()->add_task_infos() = std::move(task);
    }
    call.mutable_accept()->mutable_filters()->set_refuse_seconds(m_world.chance(0.5) ? 0 : 5);
    this->call(std::move(call));
}

void SimulatedScheduler::decline(const mesos::v1::Offer &offer, double refuseSeconds)
{
    Call call;
    call.set_type(Call::DECLINE);
    *call.mutable_decline()->add_offer_ids() = offer.id();
    call.mutable_decline()->mutable_filters()->set_refuse_seconds(refuseSeconds);
    this->call(std::move(call));
}

void SimulatedScheduler::reconcile()
{
    Call call;
    call.set_type(Call::RECONCILE);
    call.mutable_reconcile();
    if (m_world.chance(0.5)) {
        for (const auto &[id, agent] : m_tasks) {
            auto &task = *call.mutable_reconcile()->add_tasks();
            task.mutable_task_id()->set_value(id);
            if (m_world.chance(0.7))
                task.mutable_agent_id()->set_value(agent);
        }
    }
    this->call(std::move(call));
}

void SimulatedScheduler::changeRoles()
{
    if (m_info.roles_size() == 0)
        return;
    const std::string first = m_info.roles(0);
    m_info.clear_roles();
    m_info.add_roles(first);
    for (const std::string &role : roleNames) {
        if (role != first && m_world.chance(0.4))
            m_info.add_roles(role);
    }
    Call call;
    call.set_type(Call::UPDATE_FRAMEWORK);
    *call.mutable_update_framework()->mutable_framework_info() = m_info;
    this->call(std::move(call));
}

std::string SimulatedScheduler::someTask()
{
    if (m_tasks.empty())
        return {};
    return std::next(m_tasks.begin(), static_cast<long>(m_world.random.below(m_tasks.size())))
        ->first;
}

void SimulatedScheduler::act()
{
    if (!m_subscribed)
        return;
    Call made;
    switch (m_world.random.below(12)) {
    case 0:
    case 1:
    case 2: {
        const std::string id = someTask();
        if (id.empty())
            return;
        made.set_type(Call::KILL);
        made.mutable_kill()->mutable_task_id()->set_value(id);
        if (m_world.chance(0.5))
            made.mutable_kill()->mutable_agent_id()->set_value(m_tasks.at(id));
        return call(std::move(made));
    }
    case 3:
    case 4:
        return reconcile();
    case 5:
    case 6:
        made.set_type(Call::REVIVE);
        return call(std::move(made));
    case 7:
        made.set_type(Call::SUPPRESS);
        m_clock.after(m_world.between(0, 10), [this] {
            Call revive;
            revive.set_type(Call::REVIVE);
            call(std::move(revive));
        });
        return call(std::move(made));
    case 8:
        return changeRoles();
    case 9: {
        if (m_executors.empty())
            return;
        const auto &[executorId, agentId] = *m_executors.begin();
        made.set_type(Call::SHUTDOWN);
        made.mutable_shutdown()->mutable_executor_id()->set_value(executorId);
        made.mutable_shutdown()->mutable_agent_id()->set_value(agentId);
        return call(std::move(made));
    }
    default:
        return;
    }
}

} // namespace meseta::simulation
