#include "common/codec/json.h"
#include "daemons/agent/containerizer/native/isolators/filesystem_linux.h"
#include "daemons/agent/containerizer/native/isolators/image_runtime_isolators.h"
#include "daemons/agent/containerizer/native/isolators/isolator_rows.h"
#include "daemons/agent/containerizer/native/isolators/kernel_features.h"
#include "daemons/agent/containerizer/native/isolators/linux_isolators.h"
#include "daemons/agent/containerizer/native/isolators/namespace_isolators.h"
#include "daemons/agent/containerizer/native/isolators/seccomp_isolator.h"

namespace meseta::agent::rows {

namespace {

/// Named in `--isolation`, but nothing to do: the containerizer itself tells the usage of a
/// container's processes, and without another isolator they share the host's file system.
class NothingToIsolate final : public Isolator
{
public:
    explicit NothingToIsolate(std::string name) : m_name(std::move(name)) { }
    std::string name() const override { return m_name; }

private:
    std::string m_name;
};

IsolatorRow nothing(const char *name, IsolatorStage stage)
{
    return {name, stage, false,
            [name](const IsolatorContext &) -> Result<std::unique_ptr<Isolator>> {
                return std::make_unique<NothingToIsolate>(name);
            }};
}

using Made = Result<std::unique_ptr<Isolator>>;

Result<Capabilities::Set> capabilitiesOf(const FlagValues &flags, const char *flag)
{
    const auto text = flags.text(flag);
    if (!text)
        return Capabilities::Set();
    mesos::v1::CapabilityInfo info;
    if (auto parsed = codec::parseJson(*text, info); !parsed)
        return fail(parsed.error().within(std::string("--") + flag));
    return Capabilities::Set(Capabilities::bits(info));
}

Made makeCapabilities(const IsolatorContext &context)
{
    const auto effective = capabilitiesOf(context.flags, "effective_capabilities");
    const auto bounding = capabilitiesOf(context.flags, "bounding_capabilities");
    if (!effective || !bounding)
        return fail(effective ? bounding.error() : effective.error());
    return std::make_unique<Capabilities>(*effective, *bounding);
}

Made makeSeccomp(const IsolatorContext &context)
{
    return SeccompIsolator::create(
        {context.flags.string("seccomp_config_dir"), context.flags.string("seccomp_profile_name")});
}

bool rulesDevices(const FlagValues &flags)
{
    const QByteArray isolation = QByteArray::fromStdString(flags.string("isolation"));
    return isolation.contains("cgroups/devices") || isolation.contains("cgroups/all");
}

Made makeImageRuntime(mesos::v1::Image::Type type, const IsolatorContext &context)
{
    return std::make_unique<ImageRuntimeIsolator>(type,
                                                  context.flags.flag("docker_ignore_runtime"));
}

} // namespace

std::vector<IsolatorRow> processIsolators()
{
    return {
        {"filesystem/posix", IsolatorStage::Filesystem, false,
         [](const IsolatorContext &) -> Made { return std::make_unique<FilesystemPosix>(); }},
        {"filesystem/linux",
         IsolatorStage::Filesystem,
         true,
         [](const IsolatorContext &c) -> Made {
             return std::make_unique<FilesystemLinux>(c.flags.string("sandbox_directory"),
                                                      rulesDevices(c.flags));
         },
         {},
         [](const IsolatorContext &) { return lackOfMountCalls(); }},
        nothing("posix/cpu", IsolatorStage::Posix),
        nothing("posix/mem", IsolatorStage::Posix),
        {"posix/rlimits", IsolatorStage::Posix, false,
         [](const IsolatorContext &) -> Made { return std::make_unique<ResourceLimits>(); }},
        {"docker/runtime", IsolatorStage::Runtime, true,
         [](const IsolatorContext &c) { return makeImageRuntime(mesos::v1::Image::DOCKER, c); }},
        {"appc/runtime", IsolatorStage::Runtime, true,
         [](const IsolatorContext &c) { return makeImageRuntime(mesos::v1::Image::APPC, c); }},
        {"linux/capabilities", IsolatorStage::Linux, true, makeCapabilities},
        {"linux/nnp", IsolatorStage::Linux, false,
         [](const IsolatorContext &) -> Made { return std::make_unique<NoNewPrivileges>(); }},
        {"namespaces/pid",
         IsolatorStage::Namespaces,
         true,
         [](const IsolatorContext &c) -> Made {
             return std::make_unique<PidNamespace>(
                 c.flags.flag("disallow_sharing_agent_pid_namespace"));
         },
         {},
         [](const IsolatorContext &) { return lackOfNamespace("pid"); }},
        {"namespaces/ipc",
         IsolatorStage::Namespaces,
         true,
         [](const IsolatorContext &c) -> Made {
             return std::make_unique<IpcNamespace>(
                 c.flags.bytes("default_container_shm_size"),
                 c.flags.flag("disallow_sharing_agent_ipc_namespace"));
         },
         {},
         [](const IsolatorContext &) { return lackOfNamespace("ipc"); }},
        {"linux/seccomp",
         IsolatorStage::Seccomp,
         true,
         makeSeccomp,
         {},
         [](const IsolatorContext &) { return lackOfSeccomp(); }},
    };
}

} // namespace meseta::agent::rows
