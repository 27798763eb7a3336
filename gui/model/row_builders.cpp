#include "gui/model/row_builders.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include <QCoreApplication>
#include <QMap>

#include "common/resources/resources.h"
#include "gui/model/formats.h"

namespace meseta::console {

namespace {

using Resources = google::protobuf::RepeatedPtrField<mesos::v1::Resource>;

QString text(const std::string &utf8)
{
    return fromWire(utf8);
}

/// Text that many rows have in common, held once by each thread that makes rows.
QString shared(const std::string &utf8)
{
    constexpr std::size_t kept = 20000, longest = 128;
    if (utf8.empty() || utf8.size() > longest)
        return text(utf8);
    thread_local std::unordered_map<std::string, QString> known;
    if (const auto found = known.find(utf8); found != known.end())
        return found->second;
    if (known.size() >= kept)
        known.clear();
    return known.emplace(utf8, text(utf8)).first->second;
}

/// What is no number, or one that no cluster has, would spoil sums and orders.
double sane(double told)
{
    constexpr double most = 1e15;
    return std::isfinite(told) ? std::clamp(told, -most, most) : 0.0;
}

double seconds(const mesos::v1::TimeInfo &time)
{
    return static_cast<double>(time.nanoseconds()) / 1e9;
}

QString rangesText(const mesos::v1::Value::Ranges &ranges)
{
    QStringList parts;
    for (const auto &range : ranges.range())
        parts << QStringLiteral("%1-%2").arg(range.begin()).arg(range.end());
    return parts.join(QLatin1String(", "));
}

QString attributesText(const google::protobuf::RepeatedPtrField<mesos::v1::Attribute> &attributes)
{
    QStringList parts;
    for (const auto &attribute : attributes) {
        QString value;
        if (attribute.has_text())
            value = text(attribute.text().value());
        else if (attribute.has_scalar())
            value = QString::number(attribute.scalar().value());
        else if (attribute.has_ranges())
            value = rangesText(attribute.ranges());
        parts << text(attribute.name()) + QLatin1Char(':') + value;
    }
    return parts.join(QLatin1String("; "));
}

QString imageOf(const mesos::v1::Task &task)
{
    if (!task.has_container())
        return {};
    const auto &container = task.container();
    if (container.has_docker())
        return shared(container.docker().image());
    const auto &image = container.mesos().image();
    return image.has_docker() ? shared(image.docker().name()) : shared(image.appc().name());
}

QString labelsText(const mesos::v1::Labels &labels)
{
    QStringList parts;
    for (const auto &label : labels.labels())
        parts << (label.has_value() ? text(label.key()) + QLatin1Char('=') + text(label.value())
                                    : text(label.key()));
    return parts.join(QLatin1String(", "));
}

/// Ports that a container maps, else those that the task holds.
QString portsOf(const mesos::v1::Task &task)
{
    QStringList parts;
    for (const auto &mapping : task.container().docker().port_mappings())
        parts << QStringLiteral("%1→%2/%3")
                     .arg(mapping.host_port())
                     .arg(mapping.container_port())
                     .arg(mapping.protocol().empty() ? QStringLiteral("tcp")
                                                     : text(mapping.protocol()));
    return parts.isEmpty() ? amounts(task.resources()).ports : parts.join(QLatin1String(", "));
}

/// Reservations made at run time that no task and no volume takes up.
QByteArray freeReservations(const mesos::v1::master::Response::GetAgents::Agent &agent)
{
    using Info = mesos::v1::Resource::ReservationInfo;
    const auto isDynamic = [](const mesos::v1::Resource &resource) {
        const int count = resource.reservations_size();
        return count > 0 && resource.reservations(count - 1).type() == Info::DYNAMIC;
    };
    constexpr int most = 1000; // each is looked for among the others
    constexpr std::size_t longest = 256 * 1024; // bytes: a server may send anything
    const Resources &total = agent.total_resources(), &allocated = agent.allocated_resources();
    if (total.size() > most || allocated.size() > most
        || std::none_of(total.begin(), total.end(), isDynamic) || agent.ByteSizeLong() > longest)
        return {};
    ::meseta::Resources free = ::meseta::Resources(total).dynamicallyReserved();
    free -= free.persistentVolumes();
    free -= ::meseta::Resources(allocated).unallocated();
    if (free.empty())
        return {};
    mesos::v1::master::Call::UnreserveResources call;
    *call.mutable_agent_id() = agent.agent_info().id();
    *call.mutable_resources() = free.proto();
    return QByteArray::fromStdString(call.SerializeAsString());
}

QString zoneText(const mesos::v1::DomainInfo &domain)
{
    if (!domain.has_fault_domain())
        return {};
    return text(domain.fault_domain().region().name()) + QLatin1String(" / ")
        + text(domain.fault_domain().zone().name());
}

QString addressOf(const mesos::v1::TaskStatus &status)
{
    for (const auto &network : status.container_status().network_infos()) {
        for (const auto &address : network.ip_addresses()) {
            if (!address.ip_address().empty())
                return text(address.ip_address());
        }
    }
    return {};
}

/// Our agents say in labels how far an image has come. Other agents send no such labels.
bool tellsOfAPull(const mesos::v1::TaskStatus &status)
{
    const auto &labels = status.labels().labels();
    return std::any_of(labels.begin(), labels.end(), [](const mesos::v1::Label &label) {
        return label.key() == "meseta.pull.done";
    });
}

QString roleOf(const Resources &resources)
{
    return resources.empty() ? QString() : shared(resources.begin()->allocation_info().role());
}

} // namespace

QString fromWire(const std::string &utf8)
{
    constexpr std::size_t longest = 4096;
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(std::min(utf8.size(), longest)));
}

Amounts amounts(const Resources &resources)
{
    Amounts sum;
    QStringList ports;
    for (const auto &resource : resources) {
        const double value = sane(resource.scalar().value());
        if (resource.name() == "cpus")
            sum.cpus += value;
        else if (resource.name() == "mem")
            sum.memory += value;
        else if (resource.name() == "disk")
            sum.disk += value;
        else if (resource.name() == "gpus")
            sum.gpus += value;
        else if (resource.name() == "ports")
            ports << rangesText(resource.ranges());
    }
    sum.ports = ports.join(QLatin1String(", "));
    return sum;
}

QString amountsText(const Amounts &amounts)
{
    QStringList parts;
    if (amounts.cpus > 0)
        parts << (amounts.cpus == 1 ? QCoreApplication::translate("Formats", "1 CPU")
                                    : QCoreApplication::translate("Formats", "%1 CPUs")
                                          .arg(amountText(amounts.cpus)));
    if (amounts.memory > 0)
        parts << memoryText(amounts.memory);
    if (amounts.gpus > 0)
        parts << QCoreApplication::translate("Formats", "%1 GPUs").arg(amountText(amounts.gpus));
    if (amounts.disk > 0)
        parts << QCoreApplication::translate("Formats", "%1 disk").arg(memoryText(amounts.disk));
    return listText(parts);
}

QString reservedText(const Resources &resources)
{
    QMap<QString, Amounts> byRole;
    for (const auto &resource : resources) {
        QString role;
        if (resource.reservations_size() > 0)
            role = text(resource.reservations(resource.reservations_size() - 1).role());
        else if (resource.has_role() && resource.role() != "*")
            role = text(resource.role());
        if (role.isEmpty())
            continue;
        Resources one;
        *one.Add() = resource;
        addAmounts(byRole[role], amounts(one));
    }
    QStringList parts;
    for (auto role = byRole.cbegin(); role != byRole.cend(); ++role)
        parts << role.key() + QLatin1String(": ") + amountsText(*role);
    return parts.join(QLatin1String("; "));
}

void addAmounts(Amounts &sum, const Amounts &more)
{
    sum.cpus += more.cpus;
    sum.memory += more.memory;
    sum.disk += more.disk;
    sum.gpus += more.gpus;
}

AgentRow agentRow(const mesos::v1::master::Response::GetAgents::Agent &agent)
{
    AgentRow row;
    const auto &info = agent.agent_info();
    row.id = text(info.id().value());
    row.hostname = text(info.hostname());
    const std::string &pid = agent.pid();
    const auto at = pid.find('@');
    row.address = at == std::string::npos
        ? QStringLiteral("%1:%2").arg(row.hostname).arg(info.port())
        : text(pid.substr(at + 1));
    row.name = row.hostname + QLatin1String(" :") + row.address.section(QLatin1Char(':'), -1);
    row.version = text(agent.version());
    row.zone = zoneText(info.domain());
    row.reserved = reservedText(agent.total_resources());
    row.freeReservations = freeReservations(agent);
    row.attributes = attributesText(info.attributes());
    row.active = agent.active();
    row.deactivated = agent.deactivated();
    if (agent.has_drain_info())
        row.drain = text(mesos::v1::DrainState_Name(agent.drain_info().state())).toLower();
    row.total = amounts(agent.total_resources());
    row.allocated = amounts(agent.allocated_resources());
    row.offered = amounts(agent.offered_resources());
    row.registered = seconds(agent.has_reregistered_time() ? agent.reregistered_time()
                                                           : agent.registered_time());
    return row;
}

FrameworkRow frameworkRow(const mesos::v1::master::Response::GetFrameworks::Framework &framework)
{
    FrameworkRow row;
    const auto &info = framework.framework_info();
    row.id = text(info.id().value());
    row.name = text(info.name());
    row.user = text(info.user());
    QStringList roles;
    for (const auto &role : info.roles())
        roles << text(role);
    row.roles = roles.isEmpty() ? text(info.role()) : roles.join(QLatin1String(", "));
    row.principal = text(info.principal());
    row.hostname = text(info.hostname());
    row.webUi = text(info.webui_url());
    row.checkpoint = info.checkpoint();
    row.failoverTimeout = info.failover_timeout();
    QStringList capabilities;
    for (const auto &capability : info.capabilities())
        capabilities << text(mesos::v1::FrameworkInfo::Capability::Type_Name(capability.type()));
    row.capabilities = capabilities.join(QLatin1String(", "));
    row.offered = amounts(framework.offered_resources());
    row.active = framework.active();
    row.connected = framework.connected();
    row.recovered = framework.recovered();
    row.allocated = amounts(framework.allocated_resources());
    row.registered = seconds(framework.has_reregistered_time() ? framework.reregistered_time()
                                                               : framework.registered_time());
    return row;
}

OfferRow offerRow(const mesos::v1::Offer &offer, double time)
{
    OfferRow row;
    row.id = text(offer.id().value());
    row.frameworkId = text(offer.framework_id().value());
    row.agentId = text(offer.agent_id().value());
    row.hostname = text(offer.hostname());
    row.role = offer.has_allocation_info() ? text(offer.allocation_info().role())
                                           : roleOf(offer.resources());
    row.resources = amounts(offer.resources());
    row.offered = sane(time);
    return row;
}

TaskRow taskRow(const mesos::v1::Task &task)
{
    TaskRow row;
    row.id = text(task.task_id().value());
    row.name = text(task.name());
    row.frameworkId = shared(task.framework_id().value());
    row.agentId = shared(task.agent_id().value());
    row.executorId = task.executor_id().value().empty() ? row.id : text(task.executor_id().value());
    row.image = imageOf(task);
    row.byDocker =
        task.has_container() && task.container().type() == mesos::v1::ContainerInfo::DOCKER;
    row.role = roleOf(task.resources());
    row.resources = amounts(task.resources());
    row.ports = portsOf(task);
    row.labels = labelsText(task.labels());
    for (const auto &status : task.statuses())
        addStatus(row, status, status.state());
    row.state = task.state();
    row.key = taskKey(row.frameworkId, row.id);
    return row;
}

QString taskKey(const QString &frameworkId, const QString &taskId)
{
    return frameworkId + QLatin1Char('/') + taskId;
}

void addStatus(TaskRow &row, const mesos::v1::TaskStatus &status, mesos::v1::TaskState state)
{
    TaskStep step;
    step.state = status.state();
    step.time = sane(status.timestamp());
    step.message = shared(status.message());
    if (status.has_source())
        step.source = static_cast<std::int8_t>(status.source());
    if (status.has_reason())
        step.reason = static_cast<std::int16_t>(status.reason());
    step.isPull = !isTerminal(status.state()) && tellsOfAPull(status);
    step.isNumbered = !status.uuid().empty();
    if (status.has_healthy())
        step.healthy = status.healthy() ? 1 : 0;
    row.state = state;
    row.message = step.message;
    row.reason = status.has_reason() ? shared(mesos::v1::TaskStatus::Reason_Name(status.reason()))
                                     : QString();
    if (status.has_healthy())
        row.healthy = status.healthy() ? 1 : 0;
    if (row.launched == 0)
        row.launched = step.time;
    if (row.started == 0 && step.state == mesos::v1::TASK_RUNNING)
        row.started = step.time;
    if (const QString address = addressOf(status); !address.isEmpty())
        row.address = address;
    row.updated = step.time;
    addStep(row, std::move(step));
}

void addStep(TaskRow &row, TaskStep &&step)
{
    if (step.isPull && !row.steps.isEmpty() && row.steps.constLast().isPull) {
        TaskStep &pull = row.steps.last();
        pull.message = step.message;
        pull.isNumbered = pull.isNumbered || step.isNumbered;
        return;
    }
    if (row.steps.size() == TaskRow::maxSteps)
        row.steps.removeFirst();
    row.steps.append(std::move(step));
}

} // namespace meseta::console
