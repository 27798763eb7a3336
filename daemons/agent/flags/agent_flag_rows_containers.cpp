#include "daemons/agent/flags/agent_flag_rows.h"

#include <algorithm>
#include <cstdlib>

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMap>

#include <unistd.h>

#include "common/codec/json.h"
#include "mesos/v1/container.pb.h"

namespace meseta::agent::rows {

using namespace Qt::StringLiterals;

namespace {

const std::string noIsolators =
    "the isolator it is for is not among those of this agent; start without it";
const std::string noDockerInDocker =
    "running the agent in a Docker container is not available yet; start it on the host";

std::string temporaryFolder()
{
    const char *folder = std::getenv("TMPDIR");
    return folder != nullptr && *folder != '\0' ? folder : "/tmp";
}

/// As Mesos chooses: `linux` where the agent is root and has cgroups to keep processes together.
std::string usualLauncher()
{
    const bool groups = QFile::exists(u"/sys/fs/cgroup/freezer"_s)
        || QFile::exists(u"/sys/fs/cgroup/cgroup.controllers"_s);
    return ::geteuid() == 0 && groups ? "linux" : "posix";
}

Result<> checkContainerizers(const std::string &text)
{
    if (QByteArray::fromStdString(text).split(',').size() > 2)
        return fail("'" + text + "' names a containerizer twice");
    return {};
}

/// One entry of a part of --default_container_dns, by what that part allows.
struct DnsPart
{
    QStringList modes;
    QStringList fields; ///< of its object `dns`
};

Result<> checkDnsEntry(const QJsonObject &entry, const DnsPart &part)
{
    const QString mode = entry.value(u"network_mode").toString();
    if (!part.modes.contains(mode))
        return fail("its network_mode is '" + mode.toStdString() + "', but must be one of "
                    + part.modes.join(u", "_s).toStdString());
    if (!entry.value(u"dns").isObject())
        return fail("it has no object 'dns', like {\"nameservers\":[\"10.0.0.53\"]}");
    const QJsonObject dns = entry.value(u"dns").toObject();
    for (auto field = dns.begin(); field != dns.end(); ++field) {
        if (!part.fields.contains(field.key()))
            return fail("dns." + field.key().toStdString() + " is not known here; use "
                        + part.fields.join(u", "_s).toStdString());
        if (field.key() == u"domain" && field.value().isString())
            continue;
        const QJsonArray items = field.value().toArray();
        const bool texts = std::all_of(items.begin(), items.end(),
                                       [](const auto &item) { return item.isString(); });
        if (!field.value().isArray() || !texts)
            return fail("dns." + field.key().toStdString() + " must be a list of texts");
    }
    return {};
}

Result<> checkContainerDns(const std::string &text)
{
    static const QMap<QString, DnsPart> parts{
        {u"docker"_s,
         {{u"BRIDGE"_s, u"HOST"_s, u"USER"_s}, {u"nameservers"_s, u"search"_s, u"options"_s}}},
        {u"mesos"_s,
         {{u"CNI"_s, u"HOST"_s}, {u"nameservers"_s, u"domain"_s, u"search"_s, u"options"_s}}},
    };
    const QJsonDocument document = QJsonDocument::fromJson(QByteArray::fromStdString(text));
    if (!document.isObject())
        return fail("it is not a ContainerDNSInfo, which is an object in JSON");
    const QJsonObject info = document.object();
    for (auto part = info.begin(); part != info.end(); ++part) {
        const auto known = parts.find(part.key());
        if (known == parts.end() || !part.value().isArray())
            return fail("'" + part.key().toStdString()
                        + "' is refused: give lists called docker and mesos");
        const QJsonArray entries = part.value().toArray();
        for (qsizetype i = 0; i < entries.size(); ++i) {
            if (const Result<> fine = checkDnsEntry(entries[i].toObject(), *known); !fine)
                return fail(
                    fine.error().within(part.key().toStdString() + "[" + std::to_string(i) + "]"));
        }
    }
    return {};
}

template <typename Message> std::function<Result<>(const std::string &)> isMessage(const char *type)
{
    return [type](const std::string &text) -> Result<> {
        Message message;
        if (const Result<> parsed = codec::parseJson(text, message); !parsed)
            return fail(parsed.error().within(std::string("it is not a ") + type));
        return {};
    };
}

} // namespace

std::vector<FlagRow> docker()
{
    return {
        {.name = "containerizers",
         .type = FlagType::StringList,
         .fallback = "mesos",
         .help = "What runs containers, in the order to ask: mesos, docker.",
         .choices = {"mesos", "docker"},
         .check = checkContainerizers},
        {.name = "docker",
         .fallback = "docker",
         .help = "The docker program. Not needed: the engine is spoken to over its socket."},
        {.name = "docker_socket",
         .type = FlagType::Path,
         .fallback = "/var/run/docker.sock",
         .help = "The socket of the Docker engine."},
        {.name = "docker_remove_delay",
         .type = FlagType::TimeSpan,
         .fallback = "6hrs",
         .help = "How long ended Docker containers are kept."},
        {.name = "docker_kill_orphans",
         .type = FlagType::Bool,
         .fallback = "true",
         .help = "At start, end Docker containers of an earlier agent that nobody knows any more."},
        {.name = "docker_stop_timeout",
         .type = FlagType::TimeSpan,
         .fallback = "0ns",
         .help = "How long a Docker container may take to end where no kill policy says so."},
        {.name = "docker_config",
         .type = FlagType::Json,
         .help = "Credentials for registries, as in ~/.docker/config.json: JSON, or the path of a "
                 "file holding it."},
        {.name = "docker_mesos_image",
         .help = "The image that the agent itself runs in.",
         .notYet = noDockerInDocker},
        {.name = "sandbox_directory",
         .type = FlagType::Path,
         .fallback = "/mnt/mesos/sandbox",
         .help = "Where a container with a file system of its own finds its sandbox."},
        {.name = "default_container_info",
         .type = FlagType::Json,
         .help = "The ContainerInfo, in JSON, of executors that come without one.",
         .check = isMessage<mesos::v1::ContainerInfo>("ContainerInfo")},
        {.name = "default_container_dns",
         .type = FlagType::Json,
         .help = "Name servers of containers by their network, as ContainerDNSInfo in JSON.",
         .check = checkContainerDns},
    };
}

std::vector<FlagRow> isolation()
{
    return {
        {.name = "isolation",
         .fallback = "posix/cpu,posix/mem",
         .help = "How the mesos containerizer keeps containers apart: the names of isolators, in "
                 "any order."},
        {.name = "launcher",
         .fallback = usualLauncher(),
         .help = "How the mesos containerizer starts processes: posix; linux uses cgroups and "
                 "namespaces.",
         .choices = {"posix", "linux"}},
        {.name = "effective_capabilities",
         .type = FlagType::Json,
         .help = "Capabilities of tasks that ask for none, as CapabilityInfo in JSON.",
         .alias = "allowed_capabilities",
         .check = isMessage<mesos::v1::CapabilityInfo>("CapabilityInfo")},
        {.name = "bounding_capabilities",
         .type = FlagType::Json,
         .help = "The most capabilities a task may have, as CapabilityInfo in JSON.",
         .check = isMessage<mesos::v1::CapabilityInfo>("CapabilityInfo")},
        {.name = "default_container_shm_size",
         .type = FlagType::Bytes,
         .help = "The size of a container's own /dev/shm."},
        {.name = "disallow_sharing_agent_ipc_namespace",
         .type = FlagType::Bool,
         .fallback = "false",
         .help = "Refuse tasks in the host's IPC namespace."},
        {.name = "disallow_sharing_agent_pid_namespace",
         .type = FlagType::Bool,
         .fallback = "false",
         .help = "Refuse tasks in the host's PID namespace."},
        {.name = "host_path_volume_force_creation",
         .help =
             "Folders, separated by colons, in which missing sources of host volumes may be made."},
        {.name = "volume_gid_range",
         .help = "Group ids for volumes that tasks of other users share.",
         .notYet = noIsolators},
        {.name = "nvidia_gpu_devices",
         .type = FlagType::UIntList,
         .help = "The GPUs to use, by their NVML index.",
         .notYet = noIsolators},
        {.name = "seccomp_config_dir",
         .type = FlagType::Path,
         .help = "The folder of seccomp profiles."},
        {.name = "seccomp_profile_name", .help = "The profile of tasks that name none."},
    };
}

std::vector<FlagRow> images()
{
    return {
        {.name = "image_providers",
         .type = FlagType::StringList,
         .help = "The kinds of images that the mesos containerizer runs: DOCKER, APPC."},
        {.name = "image_provisioner_backend",
         .help = "How layers become a file system: overlay, copy, bind or aufs."},
        {.name = "image_gc_config",
         .type = FlagType::Json,
         .help = "When unused images are removed, as ImageGcConfig in JSON."},
        {.name = "appc_simple_discovery_uri_prefix",
         .fallback = "http://",
         .help = "What URIs of discovered appc images begin with."},
        {.name = "appc_store_dir",
         .type = FlagType::Path,
         .fallback = temporaryFolder() + "/mesos/store/appc",
         .help = "The folder of appc images."},
        {.name = "docker_registry",
         .fallback = "https://registry-1.docker.io",
         .help = "Where the mesos containerizer gets Docker images. The Docker engine has its own "
                 "configuration."},
        {.name = "docker_store_dir",
         .type = FlagType::Path,
         .fallback = temporaryFolder() + "/mesos/store/docker",
         .help = "The folder of Docker layers of the mesos containerizer."},
        {.name = "docker_ignore_runtime",
         .type = FlagType::Bool,
         .fallback = "false",
         .help = "Ignore an image's environment, entrypoint, command and working directory."},
        {.name = "docker_volume_checkpoint_dir",
         .type = FlagType::Path,
         .fallback = "/var/run/mesos/isolators/docker/volume",
         .help = "Where mounted Docker volumes are noted.",
         .notYet = noIsolators},
        {.name = "docker_volume_chown",
         .type = FlagType::Bool,
         .fallback = "false",
         .help = "Give mounted Docker volumes to the container's user.",
         .notYet = noIsolators},
    };
}

std::vector<FlagRow> cgroups()
{
    return {
        {.name = "cgroups_enable_cfs",
         .type = FlagType::Bool,
         .fallback = "false",
         .help = "Limit a container to the CPUs it asked for, also while others are idle."},
        {.name = "cgroups_destroy_timeout",
         .type = FlagType::TimeSpan,
         .fallback = "1mins",
         .help = "How long removing a cgroup may take."},
        {.name = "cgroups_hierarchy",
         .type = FlagType::Path,
         .fallback = "/sys/fs/cgroup",
         .help = "Where cgroups are mounted."},
        {.name = "cgroups_root", .fallback = "mesos", .help = "The cgroup of all containers."},
        {.name = "cgroups_limit_swap",
         .type = FlagType::Bool,
         .fallback = "false",
         .help = "Limit memory and swap together."},
        {.name = "cgroups_cpu_enable_pids_and_tids_count",
         .type = FlagType::Bool,
         .fallback = "false",
         .help = "Count a container's processes and threads."},
        {.name = "cgroups_net_cls_primary_handle",
         .help = "The net_cls major number, 0xAAAA.",
         .notYet = noIsolators},
        {.name = "cgroups_net_cls_secondary_handles",
         .help = "The range of net_cls minor numbers, 0xAAAA,0xBBBB.",
         .notYet = noIsolators},
        {.name = "allowed_devices",
         .type = FlagType::Json,
         .help =
             "Devices that containers may use beside the usual ones, as DeviceWhitelist in JSON.",
         .check = isMessage<mesos::v1::DeviceWhitelist>("DeviceWhitelist")},
        {.name = "agent_subsystems",
         .type = FlagType::StringList,
         .help = "The cgroup controllers that the agent itself is put under.",
         .alias = "slave_subsystems",
         .notYet = noIsolators},
        {.name = "perf_events", .help = "The events that perf samples.", .notYet = noIsolators},
        {.name = "perf_interval",
         .type = FlagType::TimeSpan,
         .fallback = "1mins",
         .help = "How often perf samples.",
         .notYet = noIsolators},
        {.name = "perf_duration",
         .type = FlagType::TimeSpan,
         .fallback = "10secs",
         .help = "How long perf samples; less than --perf_interval.",
         .notYet = noIsolators},
        {.name = "revocable_cpu_low_priority",
         .type = FlagType::Bool,
         .fallback = "true",
         .help = "Run containers with revocable CPUs below the others."},
        {.name = "systemd_enable_support",
         .type = FlagType::Bool,
         .fallback = "true",
         .help = "Use systemd where it runs the machine. Containers are kept apart without it, so "
                 "both are the same."},
        {.name = "systemd_runtime_directory",
         .type = FlagType::Path,
         .fallback = "/run/systemd/system",
         .help = "The folder of systemd's units.",
         .notYet = "slices of systemd are not available yet; leave it at its default"},
    };
}

} // namespace meseta::agent::rows
