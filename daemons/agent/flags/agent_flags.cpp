#include "daemons/agent/flags/agent_flags.h"

#include <cstdlib>
#include <iostream>

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>

#include "common/base/daemon_flags.h"
#include "common/base/firewall_flags.h"
#include "common/codec/json.h"
#include "daemons/agent/flags/agent_flag_rows.h"

namespace meseta::agent {

namespace {

constexpr std::string_view filePrefix = "file://";

QJsonObject jsonObject(const FlagValues &values, const char *name)
{
    return QJsonDocument::fromJson(QByteArray::fromStdString(values.string(name))).object();
}

/// With file://, the text is in that file.
Result<std::string> masterText(const std::string &given)
{
    std::string master = given;
    if (given.starts_with(filePrefix)) {
        QFile file(QString::fromStdString(given.substr(filePrefix.size())));
        if (!file.open(QIODevice::ReadOnly))
            return fail("the flag --master: cannot read the file " + file.fileName().toStdString()
                        + ": " + file.errorString().toStdString());
        master = file.read(4096).trimmed().toStdString();
    }
    return master;
}

/// "host:port" of a master that is named by its address.
Result<std::string> masterAddress(std::string master)
{
    const std::size_t at = master.find('@');
    if (at != std::string::npos)
        master.erase(0, at + 1); // master@host:port is an address too
    const std::size_t colon = master.rfind(':');
    bool valid = false;
    const int port = colon == std::string::npos
        ? 0
        : QByteArray::fromStdString(master.substr(colon + 1)).toInt(&valid);
    if (!valid || port < 1 || port > 65535 || colon == 0)
        return fail("the flag --master: '" + master + "' is not host:port, like 192.0.2.10:5050");
    return master;
}

Result<> readMaster(const std::string &text, const FlagValues &values, AgentFlags &flags)
{
    flags.zkSessionTimeout = *values.duration("zk_session_timeout");
    if (zookeeper::Url::isUrl(text)) {
        auto url = zookeeper::Url::parse(text);
        if (!url)
            return fail(url.error().within("the flag --master"));
        flags.zk = std::move(*url);
        return {};
    }
    Result<std::string> address = masterAddress(text);
    if (!address)
        return fail(address.error());
    flags.master = std::move(*address);
    return {};
}

Result<std::optional<std::map<std::string, std::string>>>
executorEnvironment(const FlagValues &values)
{
    if (!values.has("executor_environment_variables"))
        return std::nullopt;
    std::map<std::string, std::string> variables;
    const QJsonObject object = jsonObject(values, "executor_environment_variables");
    for (auto entry = object.begin(); entry != object.end(); ++entry) {
        if (!entry.value().isString())
            return fail("the flag --executor_environment_variables: the value of '"
                        + entry.key().toStdString() + "' is not a text in quotes");
        variables[entry.key().toStdString()] = entry.value().toString().toStdString();
    }
    return std::optional(std::move(variables));
}

void readIdentity(const FlagValues &values, AgentFlags &flags)
{
    flags.hostname = values.text("hostname");
    flags.hostnameLookup = values.flag("hostname_lookup");
    flags.workDir = values.string("work_dir");
    flags.runtimeDir = values.string("runtime_dir");
    flags.launcherDir = values.string("launcher_dir");
    flags.externalLogFile = values.text("external_log_file");
    flags.disabledEndpoints = disabledEndpoints(values);
    flags.resources = values.text("resources");
    flags.attributes = values.text("attributes");
    flags.defaultRole = values.string("default_role");
    // Both were checked when they were loaded.
    if (const auto domain = values.text("domain"))
        (void)codec::parseJson(*domain, flags.domain.emplace());
    if (const auto container = values.text("default_container_info"))
        (void)codec::parseJson(*container, flags.defaultContainerInfo.emplace());
}

void readExecutors(const FlagValues &values, AgentFlags &flags)
{
    flags.registrationBackoffFactor = *values.duration("registration_backoff_factor");
    flags.executorRegistrationTimeout = *values.duration("executor_registration_timeout");
    flags.executorReregistrationTimeout = *values.duration("executor_reregistration_timeout");
    flags.executorShutdownGracePeriod = *values.duration("executor_shutdown_grace_period");
    flags.executorReregistrationRetryInterval =
        values.duration("executor_reregistration_retry_interval");
    flags.recoveryTimeout = *values.duration("recovery_timeout");
    flags.httpHeartbeatInterval = *values.duration("http_heartbeat_interval");
    flags.recoverByCleanup = values.string("recover") == "cleanup";
    flags.strict = values.flag("strict");
    if (values.given("reconfiguration_policy"))
        flags.reconfiguration = values.string("reconfiguration_policy") == "additive"
            ? ReconfigurationPolicy::Additive
            : ReconfigurationPolicy::Equal;
    flags.maxCompletedExecutorsPerFramework =
        static_cast<std::uint64_t>(*values.integer("max_completed_executors_per_framework"));
    flags.switchUser = values.flag("switch_user");
    flags.gcDelay = *values.duration("gc_delay");
    flags.gcNonExecutorContainers = values.flag("gc_non_executor_container_sandboxes");
    flags.gcDiskHeadroom = *values.number("gc_disk_headroom");
    flags.diskWatchInterval = *values.duration("disk_watch_interval");
    flags.frameworksHome = values.string("frameworks_home");
    flags.fetcherCacheDir = values.string("fetcher_cache_dir");
    flags.fetcherCacheBytes = *values.bytes("fetcher_cache_size");
    flags.fetcherStallTimeout = *values.duration("fetcher_stall_timeout");
}

void readContainerizers(const FlagValues &values, AgentFlags &flags)
{
    flags.containerizers = values.list("containerizers");
    flags.sandboxDirectory = values.string("sandbox_directory");
    flags.dockerSocket = values.string("docker_socket");
    flags.dockerRemoveDelay = *values.duration("docker_remove_delay");
    flags.dockerKillOrphans = values.flag("docker_kill_orphans");
    flags.dockerStopTimeout = *values.duration("docker_stop_timeout");
    flags.dockerConfig = values.text("docker_config");
    flags.defaultContainerDns = values.text("default_container_dns");
    flags.cgroupsEnableCfs = values.flag("cgroups_enable_cfs");
}

} // namespace

FlagTable agentFlagTable()
{
    FlagTable table;
    table.program = "mesos-agent";
    table.version = "mesos 1.11.0";
    table.summary = "Offers this machine to a cluster, and runs the tasks it is given.";
    table.environment = "MESOS_";
    for (const auto &part :
         {daemonFlagRows(), rows::identity(), addressFlagRows(5051), loggingFlagRows(),
          rows::cluster(), rows::executors(), rows::sandboxes(), rows::docker(), rows::isolation(),
          rows::images(), rows::cgroups(), rows::network(), rows::disks(), rows::security()})
        table.rows.insert(table.rows.end(), part.begin(), part.end());
    return table;
}

Result<AgentFlags> agentFlags(const FlagValues &values, const Environment &environment)
{
    Result<AddressFlags> address = addressFlags(values, environment);
    if (!address)
        return fail(address.error());
    const Result<std::string> master = masterText(values.string("master"));
    if (!master)
        return fail(master.error());
    auto variables = executorEnvironment(values);
    if (!variables)
        return fail(variables.error());
    AgentFlags flags{values, std::move(*address), loggingOptions("mesos-agent", values)};
    if (const Result<> read = readMaster(*master, values, flags); !read)
        return fail(read.error());
    flags.executorEnvironment = std::move(*variables);
    readIdentity(values, flags);
    readExecutors(values, flags);
    readContainerizers(values, flags);
    return flags;
}

AgentFlagsOutcome loadAgentFlags(int argc, const char *const *argv)
{
    FlagsOutcome loaded = loadFlagsOrExplain(agentFlagTable(), argc, argv);
    if (!loaded.values)
        return {std::nullopt, loaded.exitCode};
    Result<AgentFlags> flags = agentFlags(*loaded.values, processEnvironment());
    if (!flags) {
        std::cerr << "mesos-agent: " << flags.error().message << std::endl;
        return {std::nullopt, EXIT_FAILURE};
    }
    return {std::move(*flags), EXIT_SUCCESS};
}

} // namespace meseta::agent
