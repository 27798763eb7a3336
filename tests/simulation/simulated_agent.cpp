#include "tests/simulation/simulated_agent.h"

#include "tests/simulation/simulated_executor.h"

namespace meseta::simulation {

class SimulatedAgent::Sandboxes final : public agent::SandboxStore
{
public:
    Result<std::string> create(const agent::SandboxId &id, const std::string &) override
    {
        return "/sandboxes/" + id.containerId;
    }
    Result<std::string> createNested(const std::string &parentSandbox,
                                     const std::string &containerId, const std::string &) override
    {
        return parentSandbox + "/containers/" + containerId;
    }
    std::string adopt(const agent::SandboxId &id) override
    {
        return "/sandboxes/" + id.containerId;
    }
    void retire(const agent::SandboxId &) override { }
    void agentRegistered(const mesos::v1::AgentInfo &) override { }
};

class SimulatedAgent::Fetcher final : public agent::UriFetcher
{
public:
    void fetch(agent::FetchRequest, std::function<void(Result<>)> done) override { done({}); }
    void cancel(const std::string &) override { }
};

SimulatedAgent::SimulatedAgent(World &world, SimulatedNetwork &network, messages::Pid self,
                               messages::Pid master)
    : m_world(world)
    , m_network(network)
    , m_self(std::move(self))
    , m_clock(world.clock, &m_time)
    , m_containers(world, m_clock, m_self.address())
    , m_sandboxes(std::make_unique<Sandboxes>())
    , m_fetcher(std::make_unique<Fetcher>())
    , m_detects(master.isEmpty())
{
    if (world.fault == Fault::ForgetsFlushes)
        m_disk.forgetFlushes();
    m_config.self = m_self;
    m_config.master = std::move(master);
    m_config.hostname = "host-" + std::to_string(m_self.port);
    m_config.version = "1.11.0";
    m_config.capabilities = agent::defaultCapabilities();
    m_config.launcherDir = "/usr/libexec/mesos";
    m_config.resources =
        Resources::parse(m_self.port % 2 == 0 ? "cpus:4;mem:4096" : "cpus:2;mem:1024").value();
    m_config.bootId = "boot 1000";

    m_containers.onExecutorStarted = [this](const agent::ContainerSpec &spec) {
        auto executor = std::make_shared<SimulatedExecutor>(
            m_world, m_clock, [this] { return m_process ? &m_process->core() : nullptr; },
            m_containers, spec);
        m_executors[spec.containerId] = executor;
        executor->start();
    };
    m_containers.onEnded = [this](const std::string &containerId) {
        if (const auto node = m_executors.extract(containerId))
            node.mapped()->stop();
    };
    start();
}

SimulatedAgent::~SimulatedAgent()
{
    m_world.clock.cancel(m_wakeTimer);
    if (m_process)
        m_network.detach(address(), SimulatedNetwork::LastWords::MayArrive);
}

void SimulatedAgent::suspend(Duration duration)
{
    if (m_time.asleep)
        return;
    m_world.transcript.note("the machine of " + m_self.text() + " sleeps");
    m_time.asleep = true;
    m_wakeTimer = m_world.clock.after(duration, [this] { wake(); });
}

void SimulatedAgent::wake()
{
    m_world.clock.cancel(std::exchange(m_wakeTimer, 0));
    if (!m_time.asleep)
        return;
    m_world.transcript.note("the machine of " + m_self.text() + " wakes");
    m_time.wake(m_world.chance(0.5));
}

void SimulatedAgent::hold(std::function<void()> thing)
{
    m_time.hold([thing = std::move(thing), life = std::weak_ptr(m_life)] {
        if (!life.expired())
            thing();
    });
}

void SimulatedAgent::receive(const messages::Envelope &envelope)
{
    if (m_time.asleep)
        return hold([this, envelope] { receive(envelope); });
    m_process->receive(envelope);
}

void SimulatedAgent::linkBroken(const messages::Pid &peer)
{
    if (m_time.asleep)
        return hold([this, peer] { linkBroken(peer); });
    m_process->core().linkBroken(peer);
}

void SimulatedAgent::start()
{
    wake();
    m_clock.cancel(m_startTimer);
    m_startTimer = 0;
    if (m_process)
        return;
    m_comesBack = false;
    m_life = std::make_shared<bool>(true);
    agent::AgentConfig config = m_config;
    if (m_detects)
        config.master = {}; // until ZooKeeper says
    agent::LaunchServices services;
    services.containerizers = {&m_containers};
    services.sandboxes = m_sandboxes.get();
    services.fetcher = m_fetcher.get();
    m_process = std::make_unique<AgentProcess>(
        AgentProcess::Machine{m_world, m_network, m_disk, m_time}, config, std::move(services));
    m_process->onFinish = [this](int exitCode, const std::string &) { finished(exitCode); };
    m_network.attach(address(), *this);
    takeUp();
}

void SimulatedAgent::takeUp()
{
    m_process->recover();
    if (m_detects && !m_config.master.isEmpty())
        m_process->clock().after(m_world.between(0, 0.5),
                                 [this] { m_process->core().masterDetected(m_config.master); });
    m_containers.cleanOrphans(m_process->core().state().liveContainers(), [](Result<int>) {});
    m_process->clock().after(m_world.between(0, 0.2), [this] { m_process->core().start(); });
}

void SimulatedAgent::masterDetected(const messages::Pid &master)
{
    m_config.master = master;
    if (!m_process)
        return;
    if (m_time.asleep)
        return hold([this] { m_process->core().masterDetected(m_config.master); });
    m_process->core().masterDetected(master);
}

void SimulatedAgent::endProcess()
{
    m_network.detach(address(), SimulatedNetwork::LastWords::MayArrive);
    m_life.reset();
    m_process.reset();
    m_containers.agentDied();
    for (const auto &[id, executor] : std::map(m_executors))
        executor->agentDied();
}

void SimulatedAgent::startLater()
{
    m_clock.cancel(m_startTimer);
    const Duration away = m_world.chance(0.7) ? m_world.between(0, 2) : m_world.between(0, 40);
    m_startTimer = m_clock.after(away, [this] { start(); });
}

void SimulatedAgent::crash()
{
    wake();
    if (!m_process)
        return;
    m_world.transcript.note(m_self.text() + " is killed");
    endProcess();
    startLater();
}

void SimulatedAgent::losePower()
{
    wake();
    m_world.transcript.note(m_self.text() + " loses its power");
    if (m_process)
        endProcess();
    m_containers.losePower();
    m_disk.losePower(m_world.random);
    m_config.bootId = "boot " + std::to_string(1000 + ++m_boots);
    startLater();
}

void SimulatedAgent::stopForAWhile()
{
    wake();
    if (!m_process)
        return;
    m_comesBack = true;
    m_process->core().shutdown(agent::Agent::Departure::ForAWhile, "the simulation asked it to");
}

void SimulatedAgent::finished(int exitCode)
{
    // It may hear the answer to the process before it, and ends then, as agents of Mesos do.
    const bool confused = exitCode != 0;
    if (onFinished && !m_comesBack && !confused && (m_world.calm || m_world.chance(0.5)))
        return onFinished();
    endProcess(); // a supervisor starts it again
    startLater();
}

} // namespace meseta::simulation
