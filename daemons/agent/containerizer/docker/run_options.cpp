// The options of `docker run` that ContainerInfo.docker.parameters may name, and where each goes in
// the Engine API.

#include <cmath>

#include <QFile>
#include <QJsonDocument>

#include "common/base/duration_text.h"
#include "daemons/agent/containerizer/docker/run_config.h"

namespace meseta::agent {

namespace {

enum class Place { Config, Host };

enum class Kind {
    Text, // a string
    Number, // a whole number
    Bytes, // a size with a unit
    Flag, // true or false; empty is true
    List, // one more element of a list
    Map, // key=value, one more entry of an object
    Words, // a string, as a list of one
};

struct SimpleOption
{
    const char *name;
    Kind kind;
    Place place;
    QStringView field;
};

constexpr SimpleOption simpleOptions[] = {
    {"add-host", Kind::List, Place::Host, u"ExtraHosts"},
    {"blkio-weight", Kind::Number, Place::Host, u"BlkioWeight"},
    {"c", Kind::Number, Place::Host, u"CpuShares"},
    {"cap-add", Kind::List, Place::Host, u"CapAdd"},
    {"cap-drop", Kind::List, Place::Host, u"CapDrop"},
    {"cgroup-parent", Kind::Text, Place::Host, u"CgroupParent"},
    {"cgroupns", Kind::Text, Place::Host, u"CgroupnsMode"},
    {"cpu-period", Kind::Number, Place::Host, u"CpuPeriod"},
    {"cpu-quota", Kind::Number, Place::Host, u"CpuQuota"},
    {"cpu-rt-period", Kind::Number, Place::Host, u"CpuRealtimePeriod"},
    {"cpu-rt-runtime", Kind::Number, Place::Host, u"CpuRealtimeRuntime"},
    {"cpu-shares", Kind::Number, Place::Host, u"CpuShares"},
    {"cpuset-cpus", Kind::Text, Place::Host, u"CpusetCpus"},
    {"cpuset-mems", Kind::Text, Place::Host, u"CpusetMems"},
    {"device-cgroup-rule", Kind::List, Place::Host, u"DeviceCgroupRules"},
    {"dns", Kind::List, Place::Host, u"Dns"},
    {"dns-opt", Kind::List, Place::Host, u"DnsOptions"},
    {"dns-option", Kind::List, Place::Host, u"DnsOptions"},
    {"dns-search", Kind::List, Place::Host, u"DnsSearch"},
    {"domainname", Kind::Text, Place::Config, u"Domainname"},
    {"entrypoint", Kind::Words, Place::Config, u"Entrypoint"},
    {"group-add", Kind::List, Place::Host, u"GroupAdd"},
    {"h", Kind::Text, Place::Config, u"Hostname"},
    {"hostname", Kind::Text, Place::Config, u"Hostname"},
    {"i", Kind::Flag, Place::Config, u"OpenStdin"},
    {"init", Kind::Flag, Place::Host, u"Init"},
    {"interactive", Kind::Flag, Place::Config, u"OpenStdin"},
    {"ipc", Kind::Text, Place::Host, u"IpcMode"},
    {"kernel-memory", Kind::Bytes, Place::Host, u"KernelMemory"},
    {"l", Kind::Map, Place::Config, u"Labels"},
    {"label", Kind::Map, Place::Config, u"Labels"},
    {"link", Kind::List, Place::Host, u"Links"},
    {"m", Kind::Bytes, Place::Host, u"Memory"},
    {"mac-address", Kind::Text, Place::Config, u"MacAddress"},
    {"memory", Kind::Bytes, Place::Host, u"Memory"},
    {"memory-reservation", Kind::Bytes, Place::Host, u"MemoryReservation"},
    {"memory-swap", Kind::Bytes, Place::Host, u"MemorySwap"},
    {"memory-swappiness", Kind::Number, Place::Host, u"MemorySwappiness"},
    {"net", Kind::Text, Place::Host, u"NetworkMode"},
    {"network", Kind::Text, Place::Host, u"NetworkMode"},
    {"oom-kill-disable", Kind::Flag, Place::Host, u"OomKillDisable"},
    {"oom-score-adj", Kind::Number, Place::Host, u"OomScoreAdj"},
    {"P", Kind::Flag, Place::Host, u"PublishAllPorts"},
    {"pid", Kind::Text, Place::Host, u"PidMode"},
    {"pids-limit", Kind::Number, Place::Host, u"PidsLimit"},
    {"privileged", Kind::Flag, Place::Host, u"Privileged"},
    {"publish-all", Kind::Flag, Place::Host, u"PublishAllPorts"},
    {"read-only", Kind::Flag, Place::Host, u"ReadonlyRootfs"},
    {"runtime", Kind::Text, Place::Host, u"Runtime"},
    {"shm-size", Kind::Bytes, Place::Host, u"ShmSize"},
    {"stop-signal", Kind::Text, Place::Config, u"StopSignal"},
    {"stop-timeout", Kind::Number, Place::Config, u"StopTimeout"},
    {"storage-opt", Kind::Map, Place::Host, u"StorageOpt"},
    {"sysctl", Kind::Map, Place::Host, u"Sysctls"},
    {"t", Kind::Flag, Place::Config, u"Tty"},
    {"tty", Kind::Flag, Place::Config, u"Tty"},
    {"u", Kind::Text, Place::Config, u"User"},
    {"user", Kind::Text, Place::Config, u"User"},
    {"userns", Kind::Text, Place::Host, u"UsernsMode"},
    {"uts", Kind::Text, Place::Host, u"UTSMode"},
    {"v", Kind::List, Place::Host, u"Binds"},
    {"volume", Kind::List, Place::Host, u"Binds"},
    {"volume-driver", Kind::Text, Place::Host, u"VolumeDriver"},
    {"volumes-from", Kind::List, Place::Host, u"VolumesFrom"},
    {"w", Kind::Text, Place::Config, u"WorkingDir"},
    {"workdir", Kind::Text, Place::Config, u"WorkingDir"},
};

QString text(const std::string &s)
{
    return QString::fromStdString(s);
}

Result<qint64> parseNumber(const std::string &value)
{
    bool ok = false;
    const qint64 number = text(value).toLongLong(&ok);
    if (!ok)
        return fail("'" + value + "' is not a whole number");
    return number;
}

Result<bool> parseFlag(const std::string &value)
{
    if (value.empty() || value == "true" || value == "1")
        return true;
    if (value == "false" || value == "0")
        return false;
    return fail("'" + value + "' is neither true nor false");
}

/// The two sides of the first `separator`; the second is empty when there is none.
std::pair<std::string, std::string> split(const std::string &value, char separator)
{
    const auto at = value.find(separator);
    return at == std::string::npos ? std::pair{value, std::string()}
                                   : std::pair{value.substr(0, at), value.substr(at + 1)};
}

Result<> insert(QJsonObject &object, QStringView field, Result<QJsonValue> value)
{
    if (!value)
        return fail(value.error());
    object.insert(field, *value);
    return {};
}

template <typename T> Result<QJsonValue> json(Result<T> value)
{
    if (!value)
        return fail(value.error());
    return QJsonValue(*value);
}

Result<> applySimple(const SimpleOption &option, const std::string &value, DockerRunConfig &run)
{
    QJsonObject &object = option.place == Place::Config ? run.config : run.host;
    const QString field = option.field.toString();
    switch (option.kind) {
    case Kind::Text:
        object.insert(field, text(value));
        return {};
    case Kind::Words:
        object.insert(field, QJsonArray{text(value)});
        return {};
    case Kind::List:
        DockerRunConfig::append(object, field, text(value));
        return {};
    case Kind::Number:
        return insert(object, field, json(parseNumber(value)));
    case Kind::Bytes:
        return insert(object, field,
                      json(value == "-1" ? Result<qint64>(-1) : parseDockerBytes(value)));
    case Kind::Flag:
        return insert(object, field, json(parseFlag(value)));
    case Kind::Map: {
        const auto [key, entry] = split(value, '=');
        DockerRunConfig::put(object, field, text(key), text(entry));
        return {};
    }
    }
    return {};
}

// Options with a form of their own.

using Apply = Result<> (*)(const std::string &value, DockerRunConfig &run);

Result<> applyCpus(const std::string &value, DockerRunConfig &run)
{
    bool ok = false;
    const double cpus = text(value).toDouble(&ok);
    if (!ok || cpus <= 0)
        return fail("'" + value + "' is not a number of CPUs");
    run.host.insert(u"NanoCpus", static_cast<qint64>(std::llround(cpus * 1e9)));
    return {};
}

Result<> applyDevice(const std::string &value, DockerRunConfig &run)
{
    const auto parts = text(value).split(QLatin1Char(':'));
    if (parts.size() > 3 || !parts[0].startsWith(QLatin1Char('/')))
        return fail("'" + value + "' is not of the form /dev/host[:/dev/container[:rwm]]");
    const bool short2 = parts.size() == 2 && !parts[1].startsWith(QLatin1Char('/')); // /dev/x:rw
    const QString inside = parts.size() > 1 && !short2 ? parts[1] : parts[0];
    const QString mode = short2 ? parts[1] : parts.value(2, QStringLiteral("rwm"));
    DockerRunConfig::append(run.host, QStringLiteral("Devices"),
                            QJsonObject{{QStringLiteral("PathOnHost"), parts[0]},
                                        {QStringLiteral("PathInContainer"), inside},
                                        {QStringLiteral("CgroupPermissions"), mode}});
    return {};
}

Result<> applyThrottle(const QString &field, bool bytes, const std::string &value,
                       DockerRunConfig &run)
{
    const auto [path, rate] = split(value, ':');
    const auto number = bytes ? parseDockerBytes(rate) : parseNumber(rate);
    if (!number)
        return fail(number.error());
    DockerRunConfig::append(
        run.host, field,
        QJsonObject{{QStringLiteral("Path"), text(path)}, {QStringLiteral("Rate"), *number}});
    return {};
}

Result<> applyEnv(const std::string &value, DockerRunConfig &run)
{
    if (value.find('=') == std::string::npos)
        return fail(
            "'" + value
            + "' has no value; the agent's own environment is not passed on, so write NAME=value");
    DockerRunConfig::append(run.config, QStringLiteral("Env"), text(value));
    return {};
}

QString withProtocol(const QString &port)
{
    return port.contains(QLatin1Char('/')) ? port : port + QStringLiteral("/tcp");
}

Result<> applyExpose(const std::string &value, DockerRunConfig &run)
{
    DockerRunConfig::put(run.config, QStringLiteral("ExposedPorts"), withProtocol(text(value)),
                         QJsonObject());
    return {};
}

Result<> applyPublish(const std::string &value, DockerRunConfig &run)
{
    const auto parts = text(value).split(QLatin1Char(':'));
    if (parts.size() > 3 || value.find('-') != std::string::npos
        || value.find('[') != std::string::npos)
        return fail("'" + value
                    + "' is not of the form [[ip:]host_port:]container_port[/protocol] (ranges are "
                      "not understood)");
    const QString inside = withProtocol(parts.last());
    const QJsonObject binding{
        {QStringLiteral("HostIp"), parts.size() == 3 ? parts[0] : QString()},
        {QStringLiteral("HostPort"), parts.size() > 1 ? parts[parts.size() - 2] : QString()}};
    auto bindings = run.host.value(u"PortBindings").toObject();
    DockerRunConfig::append(bindings, inside, binding);
    run.host.insert(u"PortBindings", bindings);
    DockerRunConfig::put(run.config, QStringLiteral("ExposedPorts"), inside, QJsonObject());
    return {};
}

Result<> applyGpus(const std::string &value, DockerRunConfig &run)
{
    const auto count = value == "all" ? Result<qint64>(-1) : parseNumber(value);
    if (!count)
        return fail("'" + value + "' is neither a number nor 'all'");
    DockerRunConfig::append(run.host, QStringLiteral("DeviceRequests"),
                            QJsonObject{{QStringLiteral("Count"), *count},
                                        {QStringLiteral("Capabilities"),
                                         QJsonArray{QJsonArray{QStringLiteral("gpu")}}}});
    return {};
}

Result<> applyHealthCommand(const std::string &value, DockerRunConfig &run)
{
    DockerRunConfig::put(run.config, QStringLiteral("Healthcheck"), QStringLiteral("Test"),
                         QJsonArray{QStringLiteral("CMD-SHELL"), text(value)});
    return {};
}

Result<> applyNoHealthCheck(const std::string &value, DockerRunConfig &run)
{
    const auto off = parseFlag(value);
    if (!off)
        return fail(off.error());
    if (*off)
        DockerRunConfig::put(run.config, QStringLiteral("Healthcheck"), QStringLiteral("Test"),
                             QJsonArray{QStringLiteral("NONE")});
    return {};
}

Result<> applyHealthRetries(const std::string &value, DockerRunConfig &run)
{
    const auto retries = parseNumber(value);
    if (!retries)
        return fail(retries.error());
    DockerRunConfig::put(run.config, QStringLiteral("Healthcheck"), QStringLiteral("Retries"),
                         *retries);
    return {};
}

/// Go's durations as far as people write them here: one number, one unit.
Result<> applyHealthTime(const QString &field, const std::string &value, DockerRunConfig &run)
{
    QString number = text(value);
    QString unit;
    while (!number.isEmpty() && number.back().isLetter()) {
        unit.prepend(number.back());
        number.chop(1);
    }
    static const std::map<QString, double> units{{QStringLiteral("ms"), 1e6},
                                                 {QStringLiteral("s"), 1e9},
                                                 {QStringLiteral("m"), 60e9},
                                                 {QStringLiteral("h"), 3600e9}};
    bool ok = false;
    const double amount = number.toDouble(&ok);
    if (!ok || !units.contains(unit))
        return fail("'" + value + "' is not a duration such as 30s or 500ms");
    DockerRunConfig::put(run.config, QStringLiteral("Healthcheck"), field,
                         static_cast<qint64>(amount * units.at(unit)));
    return {};
}

Result<> applyIp(const QString &field, const std::string &value, DockerRunConfig &run)
{
    DockerRunConfig::put(run.endpoint, QStringLiteral("IPAMConfig"), field, text(value));
    return {};
}

Result<> applyAlias(const std::string &value, DockerRunConfig &run)
{
    DockerRunConfig::append(run.endpoint, QStringLiteral("Aliases"), text(value));
    return {};
}

Result<> applyLogDriver(const std::string &value, DockerRunConfig &run)
{
    DockerRunConfig::put(run.host, QStringLiteral("LogConfig"), QStringLiteral("Type"),
                         text(value));
    return {};
}

Result<> applyLogOption(const std::string &value, DockerRunConfig &run)
{
    const auto [key, entry] = split(value, '=');
    auto log = run.host.value(u"LogConfig").toObject();
    DockerRunConfig::put(log, QStringLiteral("Config"), text(key), text(entry));
    run.host.insert(u"LogConfig", log);
    return {};
}

Result<> applyMount(const std::string &value, DockerRunConfig &run)
{
    QJsonObject mount{{QStringLiteral("Type"), QStringLiteral("volume")}};
    for (const auto &part : text(value).split(QLatin1Char(','))) {
        const auto [key, entry] = split(part.toStdString(), '=');
        if (key == "type")
            mount.insert(u"Type", text(entry));
        else if (key == "source" || key == "src")
            mount.insert(u"Source", text(entry));
        else if (key == "target" || key == "dst" || key == "destination")
            mount.insert(u"Target", text(entry));
        else if (key == "readonly" || key == "ro")
            mount.insert(u"ReadOnly", parseFlag(entry).value_or(true));
        else if (key == "bind-propagation")
            mount.insert(u"BindOptions", QJsonObject{{QStringLiteral("Propagation"), text(entry)}});
        else
            return fail(
                "'" + key
                + "' is not understood; type, source, target, readonly and bind-propagation are");
    }
    DockerRunConfig::append(run.host, QStringLiteral("Mounts"), mount);
    return {};
}

Result<> applyRestart(const std::string &value, DockerRunConfig &)
{
    if (value.empty() || value == "no")
        return {};
    return fail("'" + value
                + "' would restart the container behind the framework's back; leave it out and let "
                  "the framework restart the task");
}

Result<> applyRemove(const std::string &value, DockerRunConfig &run)
{
    const auto remove = parseFlag(value);
    if (!remove)
        return fail(remove.error());
    run.removeAtEnd = *remove;
    return {};
}

/// `seccomp=<path>`: the engine wants the profile itself.
Result<> applySecurity(const std::string &value, DockerRunConfig &run)
{
    QString option = text(value);
    if (option.startsWith(u"seccomp=/")) {
        QFile file(option.mid(8));
        if (!file.open(QIODevice::ReadOnly))
            return fail("the seccomp profile " + file.fileName().toStdString()
                        + " cannot be read: " + file.errorString().toStdString());
        const auto profile = QJsonDocument::fromJson(file.read(1 << 20));
        if (!profile.isObject())
            return fail("the seccomp profile " + file.fileName().toStdString()
                        + " is not a JSON object");
        option =
            QStringLiteral("seccomp=") + QString::fromUtf8(profile.toJson(QJsonDocument::Compact));
    }
    DockerRunConfig::append(run.host, QStringLiteral("SecurityOpt"), option);
    return {};
}

Result<> applyTmpfs(const std::string &value, DockerRunConfig &run)
{
    const auto [path, options] = split(value, ':');
    DockerRunConfig::put(run.host, QStringLiteral("Tmpfs"), text(path), text(options));
    return {};
}

Result<> applyUlimit(const std::string &value, DockerRunConfig &run)
{
    const auto [name, limits] = split(value, '=');
    const auto [softText, hardText] = split(limits, ':');
    const auto soft = parseNumber(softText), hard = hardText.empty() ? soft : parseNumber(hardText);
    if (!soft || !hard)
        return fail("'" + value + "' is not of the form name=soft[:hard]");
    DockerRunConfig::append(run.host, QStringLiteral("Ulimits"),
                            QJsonObject{{QStringLiteral("Name"), text(name)},
                                        {QStringLiteral("Soft"), *soft},
                                        {QStringLiteral("Hard"), *hard}});
    return {};
}

Result<> ignore(const std::string &, DockerRunConfig &) // about the command line's own terminal
{
    return {};
}

const std::map<std::string_view, Apply> &specialOptions()
{
    static const std::map<std::string_view, Apply> table{
        {"cpus", applyCpus},
        {"d", ignore},
        {"detach", ignore},
        {"device", applyDevice},
        {"device-read-bps",
         [](const std::string &v, DockerRunConfig &r) {
             return applyThrottle(QStringLiteral("BlkioDeviceReadBps"), true, v, r);
         }},
        {"device-read-iops",
         [](const std::string &v, DockerRunConfig &r) {
             return applyThrottle(QStringLiteral("BlkioDeviceReadIOps"), false, v, r);
         }},
        {"device-write-bps",
         [](const std::string &v, DockerRunConfig &r) {
             return applyThrottle(QStringLiteral("BlkioDeviceWriteBps"), true, v, r);
         }},
        {"device-write-iops",
         [](const std::string &v, DockerRunConfig &r) {
             return applyThrottle(QStringLiteral("BlkioDeviceWriteIOps"), false, v, r);
         }},
        {"disable-content-trust", ignore},
        {"e", applyEnv},
        {"env", applyEnv},
        {"expose", applyExpose},
        {"gpus", applyGpus},
        {"health-cmd", applyHealthCommand},
        {"health-interval",
         [](const std::string &v, DockerRunConfig &r) {
             return applyHealthTime(QStringLiteral("Interval"), v, r);
         }},
        {"health-retries", applyHealthRetries},
        {"health-start-period",
         [](const std::string &v, DockerRunConfig &r) {
             return applyHealthTime(QStringLiteral("StartPeriod"), v, r);
         }},
        {"health-timeout",
         [](const std::string &v, DockerRunConfig &r) {
             return applyHealthTime(QStringLiteral("Timeout"), v, r);
         }},
        {"ip",
         [](const std::string &v, DockerRunConfig &r) {
             return applyIp(QStringLiteral("IPv4Address"), v, r);
         }},
        {"ip6",
         [](const std::string &v, DockerRunConfig &r) {
             return applyIp(QStringLiteral("IPv6Address"), v, r);
         }},
        {"log-driver", applyLogDriver},
        {"log-opt", applyLogOption},
        {"mount", applyMount},
        {"net-alias", applyAlias},
        {"network-alias", applyAlias},
        {"no-healthcheck", applyNoHealthCheck},
        {"p", applyPublish},
        {"publish", applyPublish},
        {"restart", applyRestart},
        {"rm", applyRemove},
        {"security-opt", applySecurity},
        {"sig-proxy", ignore},
        {"tmpfs", applyTmpfs},
        {"ulimit", applyUlimit},
    };
    return table;
}

Result<> applyByName(const mesos::v1::Parameter &parameter, DockerRunConfig &run)
{
    for (const auto &option : simpleOptions) {
        if (parameter.key() == option.name)
            return applySimple(option, parameter.value(), run);
    }
    if (const auto special = specialOptions().find(parameter.key());
        special != specialOptions().end())
        return special->second(parameter.value(), run);
    if (parameter.key() == "name")
        return fail("the agent names the container itself");
    return fail(
        "no such option of docker run is known to this agent; take it out, or correct its name");
}

} // namespace

Result<qint64> parseDockerBytes(const std::string &value)
{
    QString number = text(value).toLower();
    if (number.endsWith(QLatin1Char('b')))
        number.chop(1);
    static const QString units = QStringLiteral("kmgtp");
    double factor = 1;
    if (const auto unit = number.isEmpty() ? -1 : units.indexOf(number.back()); unit >= 0) {
        factor = std::pow(1024.0, static_cast<double>(unit + 1));
        number.chop(1);
    }
    bool ok = false;
    const double amount = number.toDouble(&ok);
    if (!ok || amount < 0 || amount * factor > 9e18)
        return fail("'" + value + "' is not a size such as 64m or 1g");
    return static_cast<qint64>(amount * factor);
}

Result<> applyRunOption(const mesos::v1::Parameter &parameter, DockerRunConfig &config)
{
    auto applied = applyByName(parameter, config);
    if (!applied)
        return fail(applied.error().within("container.docker.parameters: the option '"
                                           + parameter.key() + "'"));
    return applied;
}

} // namespace meseta::agent
