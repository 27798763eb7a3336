#include "common/resources/resources.h"
#include "daemons/agent/containerizer/native/isolators/cgroups/cgroup_rows.h"
#include "daemons/agent/containerizer/native/isolators/cni/cni_rows.h"
#include "daemons/agent/containerizer/native/isolators/disk/disk_isolator.h"
#include "daemons/agent/containerizer/native/isolators/isolator_rows.h"
#include "daemons/agent/containerizer/native/isolators/kernel_features.h"
#include "daemons/agent/containerizer/native/isolators/ports/ports_isolator.h"
#include "daemons/agent/containerizer/native/isolators/secrets/secret_isolators.h"
#include "daemons/agent/containerizer/native/isolators/volumes/image_volumes.h"
#include "daemons/agent/containerizer/native/isolators/volumes/path_volumes.h"
#include "daemons/agent/containerizer/native/isolators/volumes/persistent_volumes.h"

namespace meseta::agent::rows {

namespace {

using Made = Result<std::unique_ptr<Isolator>>;

VolumeSettings volumeSettings(const IsolatorContext &context)
{
    const QByteArray isolation = QByteArray::fromStdString(context.flags.string("isolation"));
    return {context.workDir, context.flags.string("sandbox_directory"),
            context.linuxLauncher && context.root && isolation.contains("filesystem/linux"),
            isolation.contains("volume/secret")};
}

/// The isolators that only mount.
Made mounting(const IsolatorContext &context,
              const std::function<Made(const VolumeSettings &)> &make)
{
    const VolumeSettings settings = volumeSettings(context);
    if (!settings.canMount)
        return fail("it needs filesystem/linux: add that to --isolation");
    return make(settings);
}

Made makeHostPath(const IsolatorContext &context)
{
    return mounting(context, [&context](const VolumeSettings &settings) -> Made {
        std::vector<std::string> creatable;
        const QByteArray list =
            QByteArray::fromStdString(context.flags.string("host_path_volume_force_creation"));
        for (QByteArray folder : list.split(':')) {
            while (folder.size() > 1 && folder.endsWith('/'))
                folder.chop(1);
            if (folder.startsWith('/'))
                creatable.push_back(folder.toStdString());
            else if (!folder.isEmpty())
                return fail("--host_path_volume_force_creation: '" + folder.toStdString()
                            + "' is not absolute");
        }
        return std::make_unique<HostPathVolumes>(settings, std::move(creatable));
    });
}

Made makeSecretVolumes(const IsolatorContext &context)
{
    return mounting(context, [&context](const VolumeSettings &settings) -> Made {
        return std::make_unique<SecretVolumes>(settings, context.runtimeDir);
    });
}

Made makeImageVolumes(const IsolatorContext &context)
{
    return mounting(context, [&context](const VolumeSettings &settings) -> Made {
        return std::make_unique<ImageVolumes>(settings, context.images);
    });
}

Made makeDisk(const IsolatorContext &context)
{
    DiskOptions options;
    options.workDir = context.workDir;
    options.interval =
        context.flags.duration("container_disk_watch_interval").value_or(options.interval);
    options.enforce = context.flags.flag("enforce_container_disk_quota");
    if (options.interval <= Duration::zero())
        return fail("--container_disk_watch_interval must be more than zero");
    return std::make_unique<DiskIsolator>(std::move(options));
}

/// The ports in a text like "[31000-32000]".
Result<std::vector<std::pair<std::uint16_t, std::uint16_t>>> rangesIn(const std::string &flag,
                                                                      const std::string &text)
{
    const auto resources = Resources::parse(text, "*");
    if (!resources)
        return fail(resources.error().within("--" + flag));
    std::vector<std::pair<std::uint16_t, std::uint16_t>> ranges;
    for (const auto &resource : resources->proto()) {
        if (resource.name() != "ports")
            continue;
        for (const auto &range : resource.ranges().range())
            ranges.emplace_back(
                static_cast<std::uint16_t>(std::min<std::uint64_t>(range.begin(), 65535)),
                static_cast<std::uint16_t>(std::min<std::uint64_t>(range.end(), 65535)));
    }
    return ranges;
}

Made makePorts(const IsolatorContext &context)
{
    PortsOptions options;
    options.interval =
        context.flags.duration("container_ports_watch_interval").value_or(options.interval);
    options.enforce = context.flags.flag("enforce_container_ports");
    if (options.interval <= Duration::zero())
        return fail("--container_ports_watch_interval must be more than zero");
    const auto isolated = context.flags.text("container_ports_isolated_range");
    const bool agentOnly = context.flags.flag("check_agent_port_range_only");
    if (isolated && agentOnly)
        return fail("--check_agent_port_range_only and --container_ports_isolated_range exclude "
                    "each other: give one");
    if (isolated || agentOnly) {
        const std::string given = context.flags.string("resources");
        const std::string text = isolated                        ? "ports:" + *isolated
            : QByteArray::fromStdString(given).contains("ports") ? given
                                                                 : "ports:[31000-32000]";
        auto ranges = rangesIn(isolated ? "container_ports_isolated_range" : "resources", text);
        if (!ranges)
            return fail(ranges.error());
        options.ranges = std::move(*ranges);
    }
    return std::make_unique<PortsIsolator>(std::move(options));
}

std::vector<IsolatorRow> otherIsolators()
{
    return {
        {"volume/persistent", IsolatorStage::Volumes, false,
         [](const IsolatorContext &c) -> Made {
             return std::make_unique<PersistentVolumes>(volumeSettings(c));
         }},
        {"volume/host_path", IsolatorStage::Volumes, true, makeHostPath},
        {"volume/sandbox_path", IsolatorStage::Volumes, false,
         [](const IsolatorContext &c) -> Made {
             return std::make_unique<SandboxPathVolumes>(volumeSettings(c));
         }},
        {"volume/image", IsolatorStage::Volumes, true, makeImageVolumes},
        {"volume/secret", IsolatorStage::Volumes, true, makeSecretVolumes},
        {"disk/du", IsolatorStage::Disk, false, makeDisk},
        {"network/ports",
         IsolatorStage::Network,
         true,
         makePorts,
         {},
         [](const IsolatorContext &) { return lackOfSocketLists(); }},
        {"environment_secret", IsolatorStage::Environment, false,
         [](const IsolatorContext &) -> Made { return std::make_unique<EnvironmentSecrets>(); }},
    };
}

} // namespace

std::vector<IsolatorRow> resourceIsolators()
{
    std::vector<IsolatorRow> rows;
    for (const auto &part : {cgroupIsolators(), otherIsolators(), cniIsolators()})
        rows.insert(rows.end(), part.begin(), part.end());
    return rows;
}

} // namespace meseta::agent::rows
