#include "gui/launch/launch_request.h"

#include <QCoreApplication>
#include <QProcess>
#include <QRegularExpression>

#include "gui/model/row_builders.h"

namespace meseta::console {

namespace {

struct RequestText
{
    Q_DECLARE_TR_FUNCTIONS(LaunchRequest)
};

std::vector<std::uint32_t> pickPorts(const mesos::v1::Offer &offer, qsizetype count)
{
    std::vector<std::uint32_t> ports;
    for (const auto &resource : offer.resources()) {
        if (resource.name() != "ports")
            continue;
        for (const auto &range : resource.ranges().range()) {
            for (auto port = range.begin();
                 port <= range.end() && static_cast<qsizetype>(ports.size()) < count; ++port)
                ports.push_back(static_cast<std::uint32_t>(port));
        }
    }
    return ports;
}

void addScalar(mesos::v1::TaskInfo &task, const char *name, double value, const std::string &role)
{
    auto *resource = task.add_resources();
    resource->set_name(name);
    resource->set_type(mesos::v1::Value::SCALAR);
    resource->mutable_scalar()->set_value(value);
    if (!role.empty())
        resource->mutable_allocation_info()->set_role(role);
}

void addPorts(mesos::v1::TaskInfo &task, const std::vector<std::uint32_t> &ports,
              const std::string &role)
{
    if (ports.empty())
        return;
    auto *resource = task.add_resources();
    resource->set_name("ports");
    resource->set_type(mesos::v1::Value::RANGES);
    for (const auto port : ports) {
        auto *range = resource->mutable_ranges()->add_range();
        range->set_begin(port);
        range->set_end(port);
    }
    if (!role.empty())
        resource->mutable_allocation_info()->set_role(role);
}

void fillContainer(const LaunchRequest &request, const std::vector<std::uint32_t> &ports,
                   mesos::v1::ContainerInfo &container)
{
    using Docker = mesos::v1::ContainerInfo::DockerInfo;
    container.set_type(mesos::v1::ContainerInfo::DOCKER);
    auto *docker = container.mutable_docker();
    docker->set_image(request.image.toStdString());
    docker->set_force_pull_image(request.forcePull);
    switch (request.network) {
    case LaunchRequest::Network::Host:
        docker->set_network(Docker::HOST);
        break;
    case LaunchRequest::Network::Bridge:
        docker->set_network(Docker::BRIDGE);
        break;
    case LaunchRequest::Network::None:
        docker->set_network(Docker::NONE);
        break;
    }
    for (std::size_t i = 0; i < ports.size(); ++i) {
        auto *mapping = docker->add_port_mappings();
        mapping->set_host_port(ports[i]);
        const auto &wanted = request.ports[static_cast<qsizetype>(i)];
        mapping->set_container_port(static_cast<std::uint32_t>(wanted.containerPort));
        mapping->set_protocol(wanted.protocol.toStdString());
    }
}

} // namespace

std::optional<LaunchRequest::Problem> LaunchRequest::problem() const
{
    // Docker's reference grammar, loosely: what it refuses, the engine would refuse too.
    static const QRegularExpression reference(
        QStringLiteral("^[a-z0-9]([a-zA-Z0-9._:/@-]*[a-zA-Z0-9])?$"));
    if (image.isEmpty())
        return Problem{QStringLiteral("image"),
                       RequestText::tr("Name an image, for example library/redis.")};
    if (!reference.match(image).hasMatch())
        return Problem{
            QStringLiteral("image"),
            RequestText::tr("“%1” is not the name of an image; it looks like registry/name:tag.")
                .arg(image)};
    if (name.contains(QLatin1Char('/')) || name.size() > 200)
        return Problem{
            QStringLiteral("name"),
            RequestText::tr("The name must be shorter than 200 characters and hold no “/”.")};
    if (cpus < 0.01)
        return Problem{QStringLiteral("cpus"), RequestText::tr("A task needs at least 0.01 CPUs.")};
    if (memory < 4)
        return Problem{QStringLiteral("memory"),
                       RequestText::tr("Docker gives no container less than 4 MiB of memory.")};
    if (!ports.isEmpty() && network != Network::Bridge)
        return Problem{QStringLiteral("ports"),
                       RequestText::tr("Ports are mapped on the bridge network only.")};
    for (const PortMapping &port : ports) {
        if (port.containerPort < 1 || port.containerPort > 65535)
            return Problem{QStringLiteral("ports"),
                           RequestText::tr("%1 is not a port; ports go from 1 to 65535.")
                               .arg(port.containerPort)};
    }
    for (const auto &[variable, value] : environment) {
        if (variable.isEmpty() || variable.contains(QLatin1Char('=')))
            return Problem{QStringLiteral("environment"),
                           RequestText::tr("Write each variable as NAME=value, one a line.")};
    }
    return std::nullopt;
}

bool fits(const LaunchRequest &request, const mesos::v1::Offer &offer)
{
    if (!request.agentId.isEmpty() && offer.agent_id().value() != request.agentId.toStdString())
        return false;
    const Amounts offered = amounts(offer.resources());
    return offered.cpus + 1e-9 >= request.cpus && offered.memory + 1e-9 >= request.memory
        && pickPorts(offer, request.ports.size()).size()
        == static_cast<std::size_t>(request.ports.size());
}

Result<mesos::v1::TaskInfo> makeTask(const LaunchRequest &request, const mesos::v1::Offer &offer,
                                     const QString &taskId)
{
    if (const auto problem = request.problem())
        return fail(problem->text.toStdString());
    mesos::v1::TaskInfo task;
    task.mutable_task_id()->set_value(taskId.toStdString());
    task.set_name((request.name.isEmpty() ? taskId : request.name).toStdString());
    *task.mutable_agent_id() = offer.agent_id();

    const std::string &role = offer.allocation_info().role();
    addScalar(task, "cpus", request.cpus, role);
    addScalar(task, "mem", request.memory, role);
    const auto ports = pickPorts(offer, request.ports.size());
    addPorts(task, ports, role);
    fillContainer(request, ports, *task.mutable_container());

    auto *command = task.mutable_command();
    command->set_shell(false);
    for (const QString &word : QProcess::splitCommand(request.command))
        command->add_arguments(word.toStdString());
    for (const auto &[variable, value] : request.environment) {
        auto *entry = command->mutable_environment()->add_variables();
        entry->set_name(variable.toStdString());
        entry->set_value(value.toStdString());
    }
    return task;
}

} // namespace meseta::console
