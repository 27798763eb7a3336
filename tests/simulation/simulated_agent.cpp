#include "tests/simulation/simulated_agent.h"

#include "tests/simulation/simulated_executor.h"

namespace meseta::simulation {

using namespace mesos::internal;

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
    , m_clock(world.clock)
    , m_random(world.random.next())
    , m_containers(world, m_clock, m_self.address())
    , m_sandboxes(std::make_unique<Sandboxes>())
    , m_fetcher(std::make_unique<Fetcher>())
{
    agent::AgentConfig config;
    config.self = m_self;
    config.master = std::move(master);
    config.hostname = "host-" + std::to_string(m_self.port);
    config.version = "1.11.0";
    config.capabilities = agent::defaultCapabilities();
    config.launcherDir = "/usr/libexec/mesos";
    config.resources =
        Resources::parse(world.chance(0.5) ? "cpus:4;mem:4096" : "cpus:2;mem:1024").value();
    agent::LaunchServices services;
    services.containerizers = {&m_containers};
    services.sandboxes = m_sandboxes.get();
    services.fetcher = m_fetcher.get();
    m_agent = std::make_unique<agent::Agent>(m_clock, m_random, *this, config, services);

    m_containers.onExecutorStarted = [this](const agent::ContainerSpec &spec) {
        auto executor =
            std::make_shared<SimulatedExecutor>(m_world, m_clock, *m_agent, m_containers, spec);
        m_executors[spec.containerId] = executor;
        executor->start();
    };
    m_containers.onEnded = [this](const std::string &containerId) {
        if (const auto node = m_executors.extract(containerId))
            node.mapped()->stop();
    };
    m_network.attach(address(), *this);
    m_agent->start();
}

SimulatedAgent::~SimulatedAgent()
{
    m_network.detach(address(), SimulatedNetwork::LastWords::MayArrive);
}

void SimulatedAgent::persist(std::vector<agent::CheckpointChange>,
                             std::function<void(const Result<> &)> done)
{
    m_clock.after(Duration::zero(), [done = std::move(done)] { done({}); });
}

void SimulatedAgent::receive(const messages::Envelope &envelope)
{
    if (envelope.name == StatusUpdateAcknowledgementMessage::descriptor()->full_name()) {
        StatusUpdateAcknowledgementMessage message;
        message.ParseFromString(envelope.body);
        m_agent->receive(envelope);
        if (envelope.from == m_agent->config().master) // who leads no more is not listened to
            m_world.ledger.acknowledged(message.framework_id().value(), message.uuid());
        return;
    }
    m_agent->receive(envelope);
}

void SimulatedAgent::send(const messages::Pid &to, const google::protobuf::Message &message)
{
    const std::string &name = message.GetDescriptor()->full_name();
    if (const auto *told = dynamic_cast<const StatusUpdateMessage *>(&message)) {
        if (m_world.strikes(Fault::ForgetsAcknowledgements, 0.1)) {
            m_clock.after(m_world.between(5, 20), [this, to, again = *told] {
                m_world.ledger.updateSent(again.update());
                m_network.send(m_self, to, again.GetDescriptor()->full_name(),
                               again.SerializePartialAsString());
            });
        }
        m_world.ledger.updateSent(told->update());
        m_world.transcript.note(m_self.text() + " tells "
                                + mesos::v1::TaskState_Name(told->update().status().state())
                                + " of " + told->update().status().task_id().value());
    }
    if (to.isEmpty())
        return; // no master leads
    if (const auto *back = dynamic_cast<const ReregisterSlaveMessage *>(&message);
        back && back->tasks_size() > 0 && m_world.fault == Fault::HidesTasks) {
        ReregisterSlaveMessage quiet = *back;
        quiet.mutable_tasks()->RemoveLast();
        return m_network.send(m_self, to, name, quiet.SerializePartialAsString());
    }
    m_network.send(m_self, to, name, message.SerializePartialAsString());
}

void SimulatedAgent::finish(int exitCode, const std::string &why)
{
    m_world.transcript.note(m_self.text() + " ends with " + std::to_string(exitCode) + ": " + why);
    m_clock.after(Duration::zero(), [this] { onFinished(); });
}

} // namespace meseta::simulation
