#include "daemons/master/flags/master_flags.h"

#include <cmath>
#include <cstdlib>
#include <iostream>

#include "common/base/duration_text.h"
#include "common/base/firewall_flags.h"
#include "common/codec/json.h"

namespace meseta::master {

namespace {

std::map<std::string, double> weights(const FlagValues &values)
{
    std::map<std::string, double> byRole;
    for (const std::string &item : values.list("weights")) {
        const std::size_t equals = item.find('=');
        byRole[item.substr(0, equals)] =
            QByteArray::fromStdString(item.substr(equals + 1)).toDouble();
    }
    return byRole;
}

Result<> checkTogether(const FlagValues &values)
{
    if (!values.has("work_dir") && values.string("registry") != "in_memory")
        return fail("the flag --work_dir is required: name a folder for what the master keeps, or "
                    "start with "
                    "--registry=in_memory");
    return {};
}

void readIdentity(const FlagValues &values, MasterFlags &flags)
{
    flags.hostname = values.text("hostname");
    flags.hostnameLookup = values.flag("hostname_lookup");
    flags.cluster = values.text("cluster");
    flags.workDir = values.string("work_dir");
    flags.registry = values.string("registry") == "in_memory" ? "in_memory" : "replicated_log";
    flags.webuiDir = values.string("webui_dir");
    flags.externalLogFile = values.text("external_log_file");
    if (const auto domain = values.text("domain")) {
        flags.domain.emplace();
        (void)codec::parseJson(*domain, *flags.domain); // checked when it was loaded
    }
    flags.requireAgentDomain = values.flag("require_agent_domain");
    flags.disabledEndpoints = disabledEndpoints(values);
    flags.rootSubmissions = values.flag("root_submissions");
}

void readAllocation(const FlagValues &values, MasterFlags &flags)
{
    for (const std::string &role : values.list("roles"))
        flags.roles.insert(role);
    if (!flags.roles.empty())
        flags.roles.insert("*");
    flags.weights = weights(values);
    flags.allocationInterval = *values.duration("allocation_interval");
    flags.minAllocatable = parseMinAllocatable(values.string("min_allocatable_resources")).value();
    for (const std::string &name : values.list("fair_sharing_excluded_resource_names"))
        flags.fairSharingExcluded.insert(name);
    flags.filterGpuResources = values.flag("filter_gpu_resources");
    flags.randomRoleSorter = values.string("role_sorter") == "random";
    flags.randomFrameworkSorter = values.string("framework_sorter") == "random";
    flags.whitelistFile = values.text("whitelist");
    flags.offerTimeout = values.duration("offer_timeout");
    flags.offerConstraintsMaxMemory = *values.bytes("offer_constraints_re2_max_mem");
    flags.offerConstraintsMaxProgramSize =
        *values.integer("offer_constraints_re2_max_program_size");
}

std::uint64_t count(const FlagValues &values, const char *name)
{
    return static_cast<std::uint64_t>(*values.integer(name));
}

void readLimits(const FlagValues &values, MasterFlags &flags)
{
    flags.agentPingTimeout = *values.duration("agent_ping_timeout");
    flags.maxAgentPingTimeouts = count(values, "max_agent_ping_timeouts");
    flags.agentReregisterTimeout = *values.duration("agent_reregister_timeout");
    if (const auto rate = values.text("agent_removal_rate_limit"))
        flags.agentRemovalInterval = parseRemovalRate(*rate).value();
    flags.maxOperatorEventStreamSubscribers =
        count(values, "max_operator_event_stream_subscribers");
    flags.maxCompletedFrameworks = count(values, "max_completed_frameworks");
    flags.maxCompletedTasksPerFramework = count(values, "max_completed_tasks_per_framework");
    flags.maxUnreachableTasksPerFramework = count(values, "max_unreachable_tasks_per_framework");
    flags.registryFetchTimeout = *values.duration("registry_fetch_timeout");
    flags.registryStoreTimeout = *values.duration("registry_store_timeout");
    flags.recoveryAgentRemovalLimit =
        parsePercentage(values.string("recovery_agent_removal_limit")).value();
    flags.allocatorAgentRecoveryFactor = *values.number("allocator_agent_recovery_factor");
    flags.allocatorRecoveryTimeout = *values.duration("allocator_recovery_timeout");
    flags.registryGcInterval = *values.duration("registry_gc_interval");
    flags.registryMaxAgentAge = *values.duration("registry_max_agent_age");
    flags.registryMaxAgentCount = count(values, "registry_max_agent_count");
    flags.publishPerFrameworkMetrics = values.flag("publish_per_framework_metrics");
}

} // namespace

Result<std::vector<std::map<std::string, std::int64_t>>>
parseMinAllocatable(const std::string &text)
{
    std::vector<std::map<std::string, std::int64_t>> alternatives;
    if (text.empty())
        return alternatives;
    for (const QByteArray &alternative : QByteArray::fromStdString(text).split('|')) {
        std::map<std::string, std::int64_t> quantities;
        for (const QByteArray &item : alternative.split(';')) {
            const QByteArrayList parts = item.split(':');
            bool valid = false;
            const double amount = parts.size() == 2 ? parts[1].trimmed().toDouble(&valid) : 0;
            if (!valid || amount < 0 || parts[0].trimmed().isEmpty())
                return fail("'" + item.toStdString()
                            + "' is not a name and an amount, like cpus:0.01");
            quantities[parts[0].trimmed().toStdString()] += std::llround(amount * 1000);
        }
        alternatives.push_back(std::move(quantities));
    }
    return alternatives;
}

Result<double> parsePercentage(const std::string &text)
{
    bool valid = false;
    const double percent =
        QByteArray::fromStdString(text.substr(0, text.find('%'))).toDouble(&valid);
    if (!text.ends_with('%') || !valid || percent < 0 || percent > 100)
        return fail("'" + text + "' is not a share from 0% to 100%, like 50%");
    return percent / 100;
}

Result<Duration> parseRemovalRate(const std::string &text)
{
    const std::size_t slash = text.find('/');
    bool valid = false;
    const uint count = QByteArray::fromStdString(text.substr(0, slash)).toUInt(&valid);
    if (slash == std::string::npos || !valid || count == 0)
        return fail("'" + text + "' is not a count of at least 1 and a duration, like 1/10mins");
    const Result<Duration> duration = parseDuration(std::string_view(text).substr(slash + 1));
    if (!duration)
        return fail(duration.error());
    return *duration / count;
}

Result<MasterFlags> masterFlags(const FlagValues &values, const Environment &environment)
{
    if (const Result<> checked = checkTogether(values); !checked)
        return fail(checked.error());
    Result<AddressFlags> address = addressFlags(values, environment);
    if (!address)
        return fail(address.error());
    MasterFlags flags{values, std::move(*address), loggingOptions("mesos-master", values)};
    if (const auto zk = values.text("zk")) {
        auto url = zookeeper::Url::read(*zk);
        if (!url)
            return fail(url.error().within("the flag --zk"));
        flags.zk = std::move(*url);
    }
    flags.zkSessionTimeout = *values.duration("zk_session_timeout");
    readIdentity(values, flags);
    readAllocation(values, flags);
    readLimits(values, flags);
    return flags;
}

MasterFlagsOutcome loadMasterFlags(int argc, const char *const *argv)
{
    FlagsOutcome loaded = loadFlagsOrExplain(masterFlagTable(), argc, argv);
    if (!loaded.values)
        return {std::nullopt, loaded.exitCode};
    Result<MasterFlags> flags = masterFlags(*loaded.values, processEnvironment());
    if (!flags) {
        std::cerr << "mesos-master: " << flags.error().message << std::endl;
        return {std::nullopt, EXIT_FAILURE};
    }
    return {std::move(*flags), EXIT_SUCCESS};
}

} // namespace meseta::master
