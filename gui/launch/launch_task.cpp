#include "gui/launch/launch_task.h"

#include <QRegularExpression>

namespace meseta::console {

namespace {

using Docker = mesos::v1::ContainerInfo::DockerInfo;
using Network = LaunchRequest::Network;
using Kind = LaunchRequest::HealthCheck::Kind;

void addScalar(mesos::v1::TaskInfo &task, const char *name, double value)
{
    auto *resource = task.add_resources();
    resource->set_name(name);
    resource->set_type(mesos::v1::Value::SCALAR);
    resource->mutable_scalar()->set_value(value);
}

void addParameter(Docker &docker, const QString &key, const QString &value)
{
    auto *parameter = docker.add_parameters();
    parameter->set_key(key.toStdString());
    parameter->set_value(value.toStdString());
}

template <typename Mapping>
void fillMapping(const LaunchRequest::PortMapping &port, Mapping *mapping)
{
    mapping->set_host_port(static_cast<std::uint32_t>(port.hostPort));
    mapping->set_container_port(static_cast<std::uint32_t>(port.containerPort));
    mapping->set_protocol(port.protocol.toStdString());
}

void fillDocker(const LaunchRequest &request, mesos::v1::ContainerInfo &container)
{
    static constexpr std::array networks{Docker::HOST, Docker::BRIDGE, Docker::NONE, Docker::USER};
    container.set_type(mesos::v1::ContainerInfo::DOCKER);
    container.clear_mesos();
    auto *docker = container.mutable_docker();
    docker->set_image(request.image.toStdString());
    docker->set_force_pull_image(request.forcePull);
    docker->set_network(networks[static_cast<std::size_t>(request.network)]);
    if (request.privileged)
        docker->set_privileged(true);
    for (const auto &port : request.ports)
        fillMapping(port, docker->add_port_mappings());
    if (!request.user.isEmpty())
        addParameter(*docker, QStringLiteral("user"), request.user);
    for (const auto &[key, value] : request.parameters)
        addParameter(*docker, key, value);
    if (request.network == Network::Named)
        container.add_network_infos()->set_name(request.networkName.toStdString());
}

void fillMesos(const LaunchRequest &request, mesos::v1::ContainerInfo &container)
{
    container.set_type(mesos::v1::ContainerInfo::MESOS);
    container.clear_docker();
    auto *image = container.mutable_mesos()->mutable_image();
    image->set_type(mesos::v1::Image::DOCKER);
    image->mutable_docker()->set_name(request.image.toStdString());
    if (request.forcePull)
        image->set_cached(false);
    if (request.network != Network::Named)
        return;
    auto *network = container.add_network_infos();
    network->set_name(request.networkName.toStdString());
    for (const auto &port : request.ports)
        fillMapping(port, network->add_port_mappings());
}

void fillContainer(const LaunchRequest &request, mesos::v1::ContainerInfo &container)
{
    if (request.containerizer == LaunchRequest::Containerizer::Docker)
        fillDocker(request, container);
    else
        fillMesos(request, container);
    if (!request.hostname.isEmpty())
        container.set_hostname(request.hostname.toStdString());
    for (const auto &wanted : request.volumes) {
        auto *volume = container.add_volumes();
        volume->set_mode(wanted.readOnly ? mesos::v1::Volume::RO : mesos::v1::Volume::RW);
        volume->set_container_path(wanted.containerPath.toStdString());
        volume->set_host_path(wanted.hostPath.toStdString());
    }
}

void fillCommand(const LaunchRequest &request, mesos::v1::CommandInfo &command)
{
    command.set_shell(request.shell);
    if (request.shell) {
        command.set_value(request.command.toStdString());
    } else if (const auto words = splitWords(request.command)) {
        for (const QString &word : *words)
            command.add_arguments(word.toStdString());
    }
    if (request.containerizer == LaunchRequest::Containerizer::Mesos && !request.user.isEmpty())
        command.set_user(request.user.toStdString());
    for (const auto &[variable, value] : request.environment) {
        auto *entry = command.mutable_environment()->add_variables();
        entry->set_name(variable.toStdString());
        entry->set_value(value.toStdString());
    }
}

void fillHealthCheck(const LaunchRequest::HealthCheck &wanted, mesos::v1::HealthCheck &check)
{
    check.set_interval_seconds(wanted.interval);
    check.set_timeout_seconds(wanted.timeout);
    check.set_grace_period_seconds(wanted.grace);
    check.set_consecutive_failures(static_cast<std::uint32_t>(wanted.failures));
    const auto port = static_cast<std::uint32_t>(wanted.port);
    if (wanted.kind != Kind::Command)
        check.clear_command();
    if (wanted.kind != Kind::Http)
        check.clear_http();
    if (wanted.kind != Kind::Tcp)
        check.clear_tcp();
    switch (wanted.kind) {
    case Kind::None:
        break;
    case Kind::Command:
        check.set_type(mesos::v1::HealthCheck::COMMAND);
        check.mutable_command()->set_value(wanted.command.toStdString());
        break;
    case Kind::Http:
        check.set_type(mesos::v1::HealthCheck::HTTP);
        check.mutable_http()->set_port(port);
        check.mutable_http()->set_path(wanted.path.toStdString());
        break;
    case Kind::Tcp:
        check.set_type(mesos::v1::HealthCheck::TCP);
        check.mutable_tcp()->set_port(port);
        break;
    }
}

// An entry of the offer, as a part of it is asked for: without its amount, and with the role that
// it is offered to.
mesos::v1::Resource partOf(const mesos::v1::Resource &entry, const mesos::v1::Offer &offer)
{
    mesos::v1::Resource part = entry;
    part.clear_scalar();
    part.clear_ranges();
    if (!part.has_allocation_info() && offer.has_allocation_info())
        *part.mutable_allocation_info() = offer.allocation_info();
    return part;
}

void addReservation(mesos::v1::Resource &resource, const std::string &role)
{
    auto *reservation = resource.add_reservations();
    reservation->set_type(mesos::v1::Resource::ReservationInfo::DYNAMIC);
    reservation->set_role(role);
}

/// Takes an amount out of what is offered, entry by entry, so that reservations come along. With
/// `reserve`, what is reserved already comes first, and the rest is noted there.
class ScalarTaker
{
public:
    ScalarTaker(mesos::v1::TaskInfo &task, const mesos::v1::Offer &offer, Reserve *reserve)
        : m_task(task), m_offer(offer), m_reserve(reserve)
    { }

    /// False when it is not there.
    bool take(const mesos::v1::Resource &wanted)
    {
        m_left = wanted.scalar().value();
        if (m_reserve)
            takeFrom(wanted.name(),
                     [](const auto &entry) { return entry.reservations_size() > 0; });
        takeFrom(wanted.name(), [this](const auto &entry) {
            return !m_reserve || entry.reservations_size() == 0;
        });
        return m_left <= rounding;
    }

private:
    static constexpr double rounding = 1e-9;

    template <typename Pick> void takeFrom(const std::string &name, Pick pick)
    {
        for (const auto &entry : m_offer.resources()) {
            const bool ordinary =
                !entry.has_revocable() && !entry.has_disk() && !entry.has_shared();
            if (m_left <= rounding || entry.name() != name || !ordinary || !pick(entry))
                continue;
            auto *taken = m_task.add_resources();
            *taken = partOf(entry, m_offer);
            taken->mutable_scalar()->set_value(std::min(m_left, entry.scalar().value()));
            m_left -= taken->scalar().value();
            if (!m_reserve || entry.reservations_size() > 0)
                continue;
            addReservation(*taken, m_offer.allocation_info().role());
            *m_reserve->add_resources() = *taken;
        }
    }

    mesos::v1::TaskInfo &m_task;
    const mesos::v1::Offer &m_offer;
    Reserve *m_reserve;
    double m_left = 0;
};

const mesos::v1::Resource *portsEntry(const mesos::v1::Offer &offer, std::uint64_t port)
{
    for (const auto &entry : offer.resources()) {
        if (entry.name() != "ports")
            continue;
        for (const auto &range : entry.ranges().range()) {
            if (port >= range.begin() && port <= range.end())
                return &entry;
        }
    }
    return nullptr;
}

std::optional<std::uint64_t> freePort(const mesos::v1::Offer &offer,
                                      const std::set<std::uint64_t> &taken)
{
    for (const auto &entry : offer.resources()) {
        if (entry.name() != "ports")
            continue;
        for (const auto &range : entry.ranges().range()) {
            for (auto port = range.begin(); port <= range.end(); ++port) {
                if (!taken.contains(port))
                    return port;
            }
        }
    }
    return std::nullopt;
}

void addPort(mesos::v1::TaskInfo &task, const mesos::v1::Resource &part, std::uint64_t port)
{
    auto *resource = task.add_resources();
    *resource = part;
    auto *range = resource->mutable_ranges()->add_range();
    range->set_begin(port);
    range->set_end(port);
}

// Fills in the host ports that were left to the offer.
template <typename Mappings>
Result<> takePorts(mesos::v1::TaskInfo &task, const mesos::v1::Offer &offer, Mappings *mappings)
{
    std::set<std::uint64_t> taken;
    for (const auto &mapping : *mappings)
        taken.insert(mapping.host_port());
    for (auto &mapping : *mappings) {
        if (mapping.host_port() == 0) {
            const auto port = freePort(offer, taken);
            if (!port)
                return fail("the offer has too few ports");
            taken.insert(*port);
            mapping.set_host_port(static_cast<std::uint32_t>(*port));
        }
        const auto *entry = portsEntry(offer, mapping.host_port());
        if (!entry)
            return fail("port " + std::to_string(mapping.host_port()) + " is not offered");
        addPort(task, partOf(*entry, offer), mapping.host_port());
    }
    return {};
}

} // namespace

mesos::v1::TaskInfo taskTemplate(const LaunchRequest &request)
{
    mesos::v1::TaskInfo task = request.rest;
    task.set_name(request.name.toStdString());
    addScalar(task, "cpus", request.cpus);
    addScalar(task, "mem", request.memory);
    if (request.disk > 0)
        addScalar(task, "disk", request.disk);
    if (request.reserve) {
        for (auto &resource : *task.mutable_resources())
            addReservation(resource, request.role.toStdString());
    }
    fillContainer(request, *task.mutable_container());
    fillCommand(request, *task.mutable_command());
    if (request.healthCheck.kind != Kind::None)
        fillHealthCheck(request.healthCheck, *task.mutable_health_check());
    else
        task.clear_health_check();
    return task;
}

Result<mesos::v1::TaskInfo> makeTask(const LaunchRequest &request, const mesos::v1::Offer &offer,
                                     const QString &taskId, Reserve *reserve)
{
    Reserve unheard;
    if (const auto problem = request.problem())
        return fail(problem->text.toStdString());
    mesos::v1::TaskInfo task = taskTemplate(request);
    const auto wanted = task.resources();
    task.clear_resources();
    ScalarTaker taker(task, offer, !request.reserve ? nullptr : reserve ? reserve : &unheard);
    for (const auto &resource : wanted) {
        if (!taker.take(resource))
            return fail("the offer has too little of " + resource.name());
    }
    auto *container = task.mutable_container();
    auto ports = container->has_docker()
        ? takePorts(task, offer, container->mutable_docker()->mutable_port_mappings())
        : Result<>{};
    for (auto &network : *container->mutable_network_infos()) {
        if (ports)
            ports = takePorts(task, offer, network.mutable_port_mappings());
    }
    if (!ports)
        return fail(ports.error());
    task.mutable_task_id()->set_value(taskId.toStdString());
    if (task.name().empty())
        task.set_name(taskId.toStdString());
    *task.mutable_agent_id() = offer.agent_id();
    return task;
}

} // namespace meseta::console
