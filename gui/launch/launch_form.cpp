// From a task back to the form, and its JSON.

#include <QJsonDocument>
#include <QJsonObject>

#include "common/codec/json.h"
#include "gui/launch/launch_task.h"

namespace meseta::console {

namespace {

using Docker = mesos::v1::ContainerInfo::DockerInfo;
using Network = LaunchRequest::Network;
using Kind = LaunchRequest::HealthCheck::Kind;

QString text(const std::string &value)
{
    return QString::fromStdString(value);
}

template <typename Mappings> QList<LaunchRequest::PortMapping> portsOf(const Mappings &mappings)
{
    QList<LaunchRequest::PortMapping> ports;
    for (const auto &mapping : mappings)
        ports.push_back({static_cast<int>(mapping.container_port()),
                         mapping.has_protocol() ? text(mapping.protocol()) : QStringLiteral("tcp"),
                         static_cast<int>(mapping.host_port())});
    return ports;
}

// Each reader takes out of `task` what it shows; what stays is kept as `rest`.

void readResources(mesos::v1::TaskInfo &task, LaunchRequest &request)
{
    const auto given = task.resources();
    task.clear_resources();
    for (const auto &resource : given) {
        double *field = resource.name() == "cpus" ? &request.cpus
            : resource.name() == "mem"            ? &request.memory
            : resource.name() == "disk"           ? &request.disk
                                                  : nullptr;
        const bool isPlain = resource.reservations_size() == 0;
        const bool isToReserve = resource.reservations_size() == 1
            && resource.reservations(0).type() == mesos::v1::Resource::ReservationInfo::DYNAMIC;
        if (!field || resource.type() != mesos::v1::Value::SCALAR || !(isPlain || isToReserve)) {
            *task.add_resources() = resource;
            continue;
        }
        *field = resource.scalar().value();
        if (isToReserve) {
            request.reserve = true;
            request.role = text(resource.reservations(0).role());
        }
    }
}

void readDocker(mesos::v1::ContainerInfo &container, LaunchRequest &request)
{
    auto &docker = *container.mutable_docker();
    request.containerizer = LaunchRequest::Containerizer::Docker;
    request.image = text(docker.image());
    request.forcePull = docker.force_pull_image();
    request.privileged = docker.privileged();
    request.network = static_cast<Network>(docker.network() - Docker::HOST);
    request.ports = portsOf(docker.port_mappings());
    for (const auto &parameter : docker.parameters()) {
        if (parameter.key() == "user" && request.user.isEmpty())
            request.user = text(parameter.value());
        else
            request.parameters.push_back({text(parameter.key()), text(parameter.value())});
    }
    if (request.network == Network::Named && container.network_infos_size() == 1) {
        request.networkName = text(container.network_infos(0).name());
        container.clear_network_infos();
    }
    docker.clear_image();
    docker.clear_force_pull_image();
    docker.clear_privileged();
    docker.clear_network();
    docker.clear_port_mappings();
    docker.clear_parameters();
}

void readMesos(mesos::v1::ContainerInfo &container, LaunchRequest &request)
{
    request.containerizer = LaunchRequest::Containerizer::Mesos;
    auto &image = *container.mutable_mesos()->mutable_image();
    request.image = text(image.docker().name());
    request.forcePull = image.has_cached() && !image.cached();
    image.mutable_docker()->clear_name();
    image.clear_cached();
    image.clear_type();
    if (container.network_infos_size() == 1 && container.network_infos(0).has_name()) {
        request.network = Network::Named;
        request.networkName = text(container.network_infos(0).name());
        request.ports = portsOf(container.network_infos(0).port_mappings());
        container.clear_network_infos();
    }
}

void readContainer(mesos::v1::TaskInfo &task, LaunchRequest &request)
{
    auto &container = *task.mutable_container();
    if (container.has_docker())
        readDocker(container, request);
    else
        readMesos(container, request);
    request.hostname = text(container.hostname());
    container.clear_hostname();
    const auto volumes = container.volumes();
    container.clear_volumes();
    for (const auto &volume : volumes) {
        if (volume.has_host_path() && !volume.has_source() && !volume.has_image())
            request.volumes.push_back({text(volume.host_path()), text(volume.container_path()),
                                       volume.mode() == mesos::v1::Volume::RO});
        else
            *container.add_volumes() = volume;
    }
    container.clear_type();
}

void readCommand(mesos::v1::TaskInfo &task, LaunchRequest &request)
{
    auto &command = *task.mutable_command();
    request.shell = command.shell();
    if (request.shell) {
        request.command = text(command.value());
        command.clear_value();
    } else {
        QStringList words;
        for (const auto &word : command.arguments())
            words << text(word);
        request.command = joinWords(words);
        command.clear_arguments();
    }
    if (request.containerizer == LaunchRequest::Containerizer::Mesos && command.has_user()) {
        request.user = text(command.user());
        command.clear_user();
    }
    command.clear_shell();
    const auto variables = command.environment().variables();
    command.clear_environment();
    for (const auto &variable : variables) {
        if (variable.has_value())
            request.environment.push_back({text(variable.name()), text(variable.value())});
        else
            *command.mutable_environment()->add_variables() = variable; // a secret
    }
}

void readHealthCheck(mesos::v1::TaskInfo &task, LaunchRequest &request)
{
    if (!task.has_health_check())
        return;
    const auto &given = task.health_check();
    auto &check = request.healthCheck;
    check.interval = given.interval_seconds();
    check.timeout = given.timeout_seconds();
    check.grace = given.grace_period_seconds();
    check.failures = static_cast<int>(given.consecutive_failures());
    if (given.type() == mesos::v1::HealthCheck::COMMAND) {
        check.kind = Kind::Command;
        check.command = text(given.command().value());
    } else if (given.type() == mesos::v1::HealthCheck::HTTP) {
        check.kind = Kind::Http;
        check.port = static_cast<int>(given.http().port());
        check.path = given.http().has_path() ? text(given.http().path()) : QStringLiteral("/");
    } else {
        check.kind = Kind::Tcp;
        check.port = static_cast<int>(given.tcp().port());
    }
}

/// The letter that the escape at `at` ("\\u7F13") stands for, if it can be shown as it is;
/// controls, and marks that turn the direction of a line, are better seen as their number.
std::optional<QChar> escapedLetter(const std::string &json, std::size_t at)
{
    if (at + 6 > json.size() || json[at] != '\\' || json[at + 1] != 'u')
        return std::nullopt;
    bool ok = false;
    const QChar letter(QByteArray::fromStdString(json.substr(at + 2, 4)).toUShort(&ok, 16));
    const bool isShown = ok && letter.unicode() >= 0x80
        && (letter.isLetterOrNumber() || letter.isSurrogate() || letter.isPunct());
    return isShown ? std::optional(letter) : std::nullopt;
}

QString indented(const std::string &json)
{
    QString out;
    int depth = 0;
    bool inText = false;
    const auto newLine = [&] { out += QLatin1Char('\n') + QString(depth * 2, QLatin1Char(' ')); };
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (inText) {
            if (const auto letter = escapedLetter(json, i)) {
                out += *letter;
                i += 5;
                continue;
            }
            out += QLatin1Char(c);
            if (c == '\\')
                out += QLatin1Char(json[++i]);
            else if (c == '"')
                inText = false;
            continue;
        }
        if (c == '}' || c == ']') {
            --depth;
            newLine();
        }
        out += QLatin1Char(c);
        if (c == '"')
            inText = true;
        else if (c == ':')
            out += QLatin1Char(' ');
        else if (c == ',')
            newLine();
        else if (c == '{' || c == '[') {
            const char closing = c == '{' ? '}' : ']';
            if (i + 1 < json.size() && json[i + 1] == closing) {
                out += QLatin1Char(json[++i]);
                continue;
            }
            ++depth;
            newLine();
        }
    }
    return out;
}

int lineOf(const QByteArray &json, int offset)
{
    return static_cast<int>(json.left(offset).count('\n')) + 1;
}

} // namespace

LaunchRequest requestOf(const mesos::v1::TaskInfo &task)
{
    LaunchRequest request;
    request.rest = task;
    request.name = text(task.name());
    request.rest.clear_name();
    request.rest.clear_task_id();
    request.rest.clear_agent_id();
    readResources(request.rest, request);
    readContainer(request.rest, request);
    readCommand(request.rest, request);
    readHealthCheck(request.rest, request);
    return request;
}

QString templateJson(const LaunchRequest &request)
{
    return indented(codec::toJson(taskTemplate(request)));
}

Result<LaunchRequest> requestOfJson(const QString &json, const LaunchRequest &before)
{
    const QByteArray bytes = json.toUtf8();
    QJsonParseError problem;
    QJsonObject object = QJsonDocument::fromJson(bytes, &problem).object();
    if (problem.error != QJsonParseError::NoError)
        return fail("line " + std::to_string(lineOf(bytes, problem.offset)) + ": "
                    + problem.errorString().toStdString());
    // Where it runs is decided at the launch, yet a task without is none.
    const QJsonObject later{{QStringLiteral("value"), QString()}};
    object.insert(QStringLiteral("task_id"), later);
    object.insert(QStringLiteral("agent_id"), later);
    mesos::v1::TaskInfo task;
    const QByteArray whole = QJsonDocument(object).toJson(QJsonDocument::Compact);
    if (auto read =
            codec::parseJson({whole.constData(), static_cast<std::size_t>(whole.size())}, task);
        !read)
        return fail(read.error());
    LaunchRequest request = requestOf(task);
    request.instances = before.instances;
    if (!request.reserve)
        request.role = before.role;
    request.constraints = before.constraints;
    request.agentId = before.agentId;
    return request;
}

} // namespace meseta::console
