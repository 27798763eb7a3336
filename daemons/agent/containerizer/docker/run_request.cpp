#include "daemons/agent/containerizer/docker/run_request.h"

#include <cmath>

#include <QJsonDocument>

#include "common/resources/persistent_volume.h"
#include "daemons/agent/containerizer/docker/engine.h"
#include "daemons/agent/images/reference/image_reference.h"

namespace meseta::agent {

using mesos::v1::ContainerInfo;
using DockerInfo = ContainerInfo::DockerInfo;
using mesos::v1::Volume;
using namespace Qt::StringLiterals;

namespace {

constexpr double smallestMemory = 32.0 * 1024 * 1024;

QString text(const std::string &s)
{
    return QString::fromStdString(s);
}

Result<> addCommand(const mesos::v1::CommandInfo &command, DockerRunConfig &run)
{
    QJsonArray words;
    if (command.shell()) {
        if (!command.has_value())
            return fail("command.shell is true, but command.value is missing: set it, or "
                        "command.shell to false");
        run.config.insert(u"Entrypoint", QJsonArray{QStringLiteral("/bin/sh")});
        words = {QStringLiteral("-c"), text(command.value())};
    } else {
        if (command.has_value())
            words.append(text(command.value()));
        for (const auto &argument : command.arguments())
            words.append(text(argument));
    }
    if (!words.isEmpty())
        run.config.insert(u"Cmd", words);
    return {};
}

Result<> addEnvironment(const ContainerSpec &spec, const RunSurroundings &around,
                        DockerRunConfig &run)
{
    std::map<std::string, std::string> environment;
    for (const auto &variable : spec.command.environment().variables()) {
        if (variable.type() == mesos::v1::Environment::Variable::SECRET)
            return fail("the environment variable '" + variable.name()
                        + "' is a SECRET, and this agent has no secret resolver: give it a value");
        environment[variable.name()] = variable.value();
    }
    for (const auto &[name, value] : spec.environment)
        environment[name] = value;
    environment["MESOS_SANDBOX"] = around.options.sandboxDirectory;
    environment["MESOS_CONTAINER_NAME"] = dockerName(spec.containerId);
    for (const auto &[name, value] : environment)
        DockerRunConfig::append(run.config, QStringLiteral("Env"), text(name + "=" + value));
    return {};
}

void addCpu(const ContainerSpec &spec, const RunSurroundings &around, DockerRunConfig &run)
{
    constexpr double period = 100'000, smallestQuota = 1'000; // microseconds
    if (spec.cpus > 0)
        run.host.insert(u"CpuShares", static_cast<qint64>(std::max(1024 * spec.cpus, 2.0)));
    std::optional<double> quota;
    if (spec.cpusLimit && std::isfinite(*spec.cpusLimit))
        quota = *spec.cpusLimit;
    else if (!spec.cpusLimit && around.options.enableCfs && spec.cpus > 0)
        quota = spec.cpus;
    if (quota)
        run.host.insert(u"CpuQuota", static_cast<qint64>(std::max(period * *quota, smallestQuota)));
}

void addMemory(const ContainerSpec &spec, const RunSurroundings &around, DockerRunConfig &run)
{
    const double request = std::max(spec.memBytes, smallestMemory);
    if (!spec.memLimitBytes) {
        if (spec.memBytes > 0)
            run.host.insert(u"Memory", static_cast<qint64>(request));
        return;
    }
    if (std::isfinite(*spec.memLimitBytes))
        run.host.insert(u"Memory",
                        static_cast<qint64>(std::max(*spec.memLimitBytes, smallestMemory)));
    if (spec.memBytes <= 0)
        return;
    run.host.insert(u"MemoryReservation", static_cast<qint64>(request));
    if (spec.memBytes < *spec.memLimitBytes && around.totalMemoryBytes > 0)
        run.host.insert(
            u"OomScoreAdj",
            std::clamp(1000 - static_cast<int>(1000 * spec.memBytes / around.totalMemoryBytes), 1,
                       999));
}

/// One volume as `docker run -v` takes it; a driver comes back beside it.
struct Bind
{
    std::string spec;
    std::string driver;
};

Result<Bind> bindOf(const Volume &volume, const ContainerSpec &spec, const RunSurroundings &around)
{
    std::string inside = volume.container_path();
    const bool relativeInside = !inside.starts_with('/');
    if (relativeInside)
        inside = around.options.sandboxDirectory + "/" + inside;
    const std::string mode = volume.mode() == Volume::RO ? ":ro" : ":rw";

    if (volume.has_source() && volume.source().type() == Volume::Source::DOCKER_VOLUME) {
        const auto &named = volume.source().docker_volume();
        if (named.driver_options().parameter_size() > 0)
            return fail("container.volumes: options of the volume '" + named.name()
                        + "' cannot be passed on to Docker; create the volume beforehand");
        return Bind{named.name() + ":" + inside + mode, named.driver()};
    }
    const bool isHostSource =
        volume.has_source() && volume.source().type() == Volume::Source::HOST_PATH;
    if (volume.has_source() && !isHostSource)
        return Bind{};
    std::string host = isHostSource ? volume.source().host_path().path() : volume.host_path();
    if (!isHostSource && !volume.has_host_path())
        return Bind{inside, {}};
    if (!host.starts_with('/') && !spec.container->docker().has_volume_driver()) {
        if (relativeInside)
            return fail("A volume's host_path '" + host + "' and container_path '"
                        + volume.container_path()
                        + "' are both relative: make one of them absolute");
        host = spec.sandbox + "/" + host;
    }
    return Bind{host + ":" + inside + mode, {}};
}

/// As a mount and not as "source:target", since the path of a sandbox may hold colons.
void addMount(const std::string &source, const std::string &target, bool readOnly,
              DockerRunConfig &run)
{
    QJsonObject mount{{QStringLiteral("Type"), QStringLiteral("bind")},
                      {QStringLiteral("Source"), text(source)},
                      {QStringLiteral("Target"), text(target)}};
    if (readOnly)
        mount.insert(u"ReadOnly", true);
    DockerRunConfig::append(run.host, QStringLiteral("Mounts"), mount);
}

/// As Mesos: a path with a slash is left to the executor.
void addPersistentVolumes(const ContainerSpec &spec, const DockerOptions &options,
                          DockerRunConfig &run)
{
    for (const auto &resource : spec.resources) {
        const Volume &volume = resource.disk().volume();
        if (isPersistentVolume(resource) && volume.container_path().find('/') == std::string::npos)
            addMount(persistentVolumePath(options.workDir, resource),
                     options.sandboxDirectory + "/" + volume.container_path(),
                     volume.mode() == Volume::RO, run);
    }
}

Result<> addVolumes(const ContainerSpec &spec, const RunSurroundings &around, DockerRunConfig &run)
{
    std::string driver = spec.container->docker().volume_driver();
    for (const auto &volume : spec.container->volumes()) {
        const auto bind = bindOf(volume, spec, around);
        if (!bind)
            return fail(bind.error());
        if (!bind->driver.empty() && !driver.empty() && bind->driver != driver)
            return fail("Docker takes one volume driver for all: the volumes name '" + driver
                        + "' and '" + bind->driver + "'");
        if (!bind->driver.empty())
            driver = bind->driver;
        if (!bind->spec.empty())
            DockerRunConfig::append(run.host, QStringLiteral("Binds"), text(bind->spec));
    }
    if (!driver.empty())
        run.host.insert(u"VolumeDriver", text(driver));
    addMount(spec.sandbox, around.options.sandboxDirectory, false, run);
    addPersistentVolumes(spec, around.options, run);
    return {};
}

Result<std::string> networkOf(const ContainerInfo &container)
{
    switch (container.docker().network()) {
    case DockerInfo::HOST:
        return "host";
    case DockerInfo::BRIDGE:
        return "bridge";
    case DockerInfo::NONE:
        return "none";
    case DockerInfo::USER:
        break;
    }
    if (container.network_infos_size() == 0)
        return fail(
            "container.network_infos is empty: the network USER needs one entry with a name");
    if (container.network_infos_size() > 1)
        return fail("Docker takes one network at the start: container.network_infos has "
                    + std::to_string(container.network_infos_size()) + " entries");
    if (!container.network_infos(0).has_name())
        return fail("container.network_infos[0].name is missing: it names the network");
    return container.network_infos(0).name();
}

bool offersPort(const ContainerSpec &spec, std::uint64_t port)
{
    for (const auto &resource : spec.resources) {
        if (resource.name() != "ports")
            continue;
        for (const auto &range : resource.ranges().range()) {
            if (range.begin() <= port && port <= range.end())
                return true;
        }
    }
    return false;
}

Result<> addPorts(const ContainerSpec &spec, DockerRunConfig &run)
{
    const auto &docker = spec.container->docker();
    if (docker.port_mappings_size() > 0 && docker.network() != DockerInfo::BRIDGE
        && docker.network() != DockerInfo::USER)
        return fail("container.docker.port_mappings need a network of the container's own: set "
                    "container.docker.network to BRIDGE or USER");
    for (const auto &mapping : docker.port_mappings()) {
        if (!offersPort(spec, mapping.host_port()))
            return fail("Port [" + std::to_string(mapping.host_port())
                        + "] not included in resources: the task must take the host_port of each "
                          "port mapping from its offer");
        QString inside = QString::number(mapping.container_port()) + QLatin1Char('/')
            + (mapping.has_protocol() ? text(mapping.protocol()).toLower() : QStringLiteral("tcp"));
        auto bindings = run.host.value(u"PortBindings").toObject();
        DockerRunConfig::append(
            bindings, inside,
            QJsonObject{{QStringLiteral("HostPort"), QString::number(mapping.host_port())}});
        run.host.insert(u"PortBindings", bindings);
        DockerRunConfig::put(run.config, QStringLiteral("ExposedPorts"), inside, QJsonObject());
    }
    return {};
}

bool hasDnsOption(const DockerInfo &docker)
{
    return std::any_of(docker.parameters().begin(), docker.parameters().end(),
                       [](const auto &p) { return p.key().starts_with("dns"); });
}

/// --default_container_dns: the entry of this network; of a user's network else the one without a
/// name.
void addDefaultDns(const std::string &json, const std::string &network, DockerRunConfig &run)
{
    const bool user = network != "host" && network != "bridge" && network != "none";
    QJsonObject chosen;
    const auto entries = QJsonDocument::fromJson(QByteArray::fromStdString(json))
                             .object()
                             .value(u"docker")
                             .toArray();
    for (const auto &value : entries) {
        const auto entry = value.toObject();
        const QString mode = entry.value(u"network_mode").toString().toLower();
        const QString name = entry.value(u"network_name").toString();
        const bool exactly =
            mode == (user ? u"user"_s : text(network)) && (!user || name == text(network));
        if (exactly || (user && mode == u"user" && name.isEmpty() && chosen.isEmpty()))
            chosen = entry.value(u"dns").toObject();
    }
    const std::pair<QStringView, QStringView> fields[] = {
        {u"nameservers", u"Dns"}, {u"search", u"DnsSearch"}, {u"options", u"DnsOptions"}};
    for (const auto &[from, to] : fields) {
        if (chosen.contains(from))
            run.host.insert(to, chosen.value(from));
    }
}

Result<> addNetwork(const ContainerSpec &spec, const RunSurroundings &around, DockerRunConfig &run)
{
    const auto network = networkOf(*spec.container);
    if (!network)
        return fail(network.error());
    run.host.insert(u"NetworkMode", text(*network));
    if (!around.options.defaultDns.empty() && !hasDnsOption(spec.container->docker()))
        addDefaultDns(around.options.defaultDns, *network, run);
    if (spec.container->has_hostname()) {
        if (spec.container->docker().network() == DockerInfo::HOST)
            return fail("container.hostname is set, but with the host's network the name is the "
                        "host's: leave it out, or choose another network");
        run.config.insert(u"Hostname", text(spec.container->hostname()));
    }
    return addPorts(spec, run);
}

void addLabels(const ContainerSpec &spec, const RunSurroundings &around, DockerRunConfig &run)
{
    const std::pair<const char *, const std::string &> labels[] = {
        {DockerEngine::workDirLabelKey, around.options.workDir},
        {"meseta.container_id", spec.containerId},
        {"meseta.agent_id", spec.agentId},
        {"meseta.framework_id", spec.frameworkId},
        {"meseta.executor_id", spec.executorId},
        {"MESOS_TASK_ID", spec.taskId}};
    for (const auto &[key, value] : labels) {
        if (!value.empty())
            DockerRunConfig::put(run.config, QStringLiteral("Labels"), QLatin1String(key),
                                 text(value));
    }
}

/// The engine keeps its own copy of the output until the container is removed.
void boundEngineLog(DockerRunConfig &run)
{
    if (!run.host.contains(u"LogConfig"))
        run.host.insert(
            u"LogConfig",
            QJsonObject{{QStringLiteral("Type"), QStringLiteral("json-file")},
                        {QStringLiteral("Config"),
                         QJsonObject{{QStringLiteral("max-size"), QStringLiteral("10m")},
                                     {QStringLiteral("max-file"), QStringLiteral("2")}}}});
}

} // namespace

std::string dockerName(const std::string &containerId)
{
    return "mesos-" + containerId;
}

Result<DockerRunConfig> describeRun(const ContainerSpec &spec, const RunSurroundings &around)
{
    DockerRunConfig run;
    const auto image = ImageReference::parse(spec.container->docker().image());
    if (!image)
        return fail(image.error());
    run.config.insert(u"Image", text(image->full()));
    if (spec.container->docker().privileged())
        run.host.insert(u"Privileged", true);
    addCpu(spec, around, run);
    addMemory(spec, around, run);
    addLabels(spec, around, run);
    if (auto added = addEnvironment(spec, around, run); !added)
        return fail(added.error());
    if (auto added = addVolumes(spec, around, run); !added)
        return fail(added.error());
    if (auto added = addNetwork(spec, around, run); !added)
        return fail(added.error());
    if (auto added = addCommand(spec.command, run); !added)
        return fail(added.error());
    for (const auto &parameter : spec.container->docker().parameters()) {
        if (auto applied = applyRunOption(parameter, run); !applied)
            return fail(applied.error());
    }
    if (around.boundEngineLog)
        boundEngineLog(run);
    return run;
}

} // namespace meseta::agent
