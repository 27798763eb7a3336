#include "daemons/master/flags/master_flags.h"

#include <cstdlib>

#include "common/base/daemon_flags.h"
#include "common/base/firewall_flags.h"
#include "common/validation/domain_flag.h"
#include "mesos/v1/cluster.pb.h"

namespace meseta::master {

namespace {

using namespace std::chrono_literals;

// Why a flag is refused today, and what to do instead.
const std::string noRateLimits =
    "limiting the rate of frameworks is not available yet; start without it";
const std::string noPortMapping =
    "limits of the port mapping isolator are not available; start without it";

Result<> checkPercentage(const std::string &text)
{
    if (const Result<double> share = parsePercentage(text); !share)
        return fail(share.error());
    return {};
}

Result<> checkWeights(const std::string &text)
{
    for (const QByteArray &item : QByteArray::fromStdString(text).split(',')) {
        const QByteArrayList parts = item.split('=');
        bool valid = false;
        const double weight = parts.size() == 2 ? parts[1].toDouble(&valid) : 0;
        if (!valid || weight <= 0 || parts[0].trimmed().isEmpty())
            return fail("'" + item.toStdString()
                        + "' is not a role and a weight above 0, like ads=2.5");
    }
    return {};
}

Result<> checkMinAllocatable(const std::string &text)
{
    const auto parsed = parseMinAllocatable(text);
    return parsed ? Result<>() : Result<>(fail(parsed.error()));
}

Result<> checkRemovalRate(const std::string &text)
{
    const auto parsed = parseRemovalRate(text);
    return parsed ? Result<>() : Result<>(fail(parsed.error()));
}

std::vector<FlagRow> identityRows()
{
    return {
        {.name = "hostname",
         .help = "The name that clients and other masters are told to reach this master by. "
                 "Without it, the name its ip "
                 "resolves to."},
        {.name = "cluster",
         .help = "A name for the cluster, shown by the state endpoints and the console."},
        {.name = "work_dir",
         .type = FlagType::Path,
         .help = "The folder for what the master keeps. Required unless --registry=in_memory."},
        {.name = "webui_dir",
         .type = FlagType::Path,
         .fallback = "/usr/local/share/mesos/webui",
         .help = "A folder of static files to serve at /, such as a web interface."},
        domainFlagRow("master"),
        {.name = "require_agent_domain",
         .type = FlagType::Bool,
         .fallback = "false",
         .help = "Turn away agents that tell no fault domain."},
    };
}

std::vector<FlagRow> registryRows()
{
    return {
        {.name = "registry",
         .fallback = "replicated_log",
         .help = "Where agents, quotas, weights and maintenance are kept: replicated_log or "
                 "log_storage "
                 "(both mean the durable store: below --work_dir, or with --zk in ZooKeeper), or "
                 "in_memory.",
         .choices = {"replicated_log", "log_storage", "in_memory"}},
        {.name = "quorum",
         .type = FlagType::Int,
         .help =
             "Taken for the sake of scripts written for Mesos: with --zk the registry is kept by "
             "ZooKeeper, whose own quorum decides.",
         .check = numberWithin(1, 1000)},
        {.name = "zk",
         .type = FlagType::Location,
         .help = "Where masters elect their leader: zk://host1:port1,host2:port2/path, or "
                 "file:///path of a file holding "
                 "that. Without it this master leads."},
        {.name = "zk_session_timeout",
         .type = FlagType::TimeSpan,
         .fallback = "10secs",
         .help = "How long ZooKeeper waits for a silent master before another one leads.",
         .check = durationWithin(1s, 1h)},
        {.name = "master_contender",
         .help = "The module that stands for election; goes with --master_detector, excludes --zk.",
         .notYet = not_yet::modules},
        {.name = "master_detector",
         .help = "The module that finds the leader; goes with --master_contender, excludes --zk.",
         .notYet = not_yet::modules},
        {.name = "registry_strict",
         .type = FlagType::Bool,
         .fallback = "false",
         .help = "An experiment that Mesos gave up; only false is possible.",
         .notYet = "it does not exist in any version; leave it at false"},
        {.name = "registry_fetch_timeout",
         .type = FlagType::TimeSpan,
         .fallback = "1mins",
         .help = "How long reading the registry may take at start.",
         .check = durationWithin(1ms, Duration::max())},
        {.name = "registry_store_timeout",
         .type = FlagType::TimeSpan,
         .fallback = "20secs",
         .help = "How long writing to the registry may take before the master gives up.",
         .check = durationWithin(1ms, Duration::max())},
        {.name = "log_auto_initialize",
         .type = FlagType::Bool,
         .fallback = "true",
         .help = "Taken for the sake of scripts written for Mesos: an empty registry is always "
                 "usable."},
        {.name = "registry_gc_interval",
         .type = FlagType::TimeSpan,
         .fallback = "15mins",
         .help =
             "How often unreachable and gone agents that are too old or too many are forgotten.",
         .check = durationWithin(1s, Duration::max())},
        {.name = "registry_max_agent_age",
         .type = FlagType::TimeSpan,
         .fallback = "2weeks",
         .help = "The age at which an unreachable or gone agent may be forgotten."},
        {.name = "registry_max_agent_count",
         .type = FlagType::UInt,
         .fallback = "102400",
         .help = "How many unreachable agents, and how many gone ones, are remembered at most."},
    };
}

std::vector<FlagRow> agentRows()
{
    return {
        {.name = "agent_ping_timeout",
         .type = FlagType::TimeSpan,
         .fallback = "15secs",
         .help = "How often an agent's health is asked for, and how long its answer may take; "
                 "between 1secs and 15mins.",
         .alias = "slave_ping_timeout",
         .check = durationWithin(1s, 15min)},
        {.name = "max_agent_ping_timeouts",
         .type = FlagType::UInt,
         .fallback = "5",
         .help = "After how many missing answers an agent is unreachable; at least 1.",
         .alias = "max_slave_ping_timeouts",
         .check = numberWithin(1, 1e9)},
        {.name = "agent_reregister_timeout",
         .type = FlagType::TimeSpan,
         .fallback = "10mins",
         .help = "How long agents may take to come back after a new master leads, or after their "
                 "connection broke, before "
                 "they are unreachable; at least 10mins.",
         .alias = "slave_reregister_timeout",
         .check = durationWithin(10min, Duration::max())},
        {.name = "recovery_agent_removal_limit",
         .fallback = "100%",
         .help = "The share of known agents that may be given up after a change of leader; with "
                 "more missing the master "
                 "leaves instead.",
         .alias = "recovery_slave_removal_limit",
         .check = checkPercentage},
        {.name = "agent_removal_rate_limit",
         .help = "How fast agents may be marked unreachable, as count/duration: 1/10mins.",
         .alias = "slave_removal_rate_limit",
         .check = checkRemovalRate},
        {.name = "max_executors_per_agent",
         .type = FlagType::UInt,
         .help = "With the port mapping isolator: how many executors an agent may run.",
         .alias = "max_executors_per_slave",
         .notYet = noPortMapping},
    };
}

std::vector<FlagRow> offerRows()
{
    return {
        {.name = "allocator",
         .fallback = "hierarchical",
         .help = "What decides which framework is offered what.",
         .notYet = not_yet::modules},
        {.name = "allocation_interval",
         .type = FlagType::TimeSpan,
         .fallback = "1secs",
         .help = "The longest time between two looks at everything that could be offered. What "
                 "becomes free is offered at "
                 "once.",
         .check = durationWithin(1ms, Duration::max())},
        {.name = "allocator_agent_recovery_factor",
         .type = FlagType::Double,
         .fallback = "0.8",
         .help = "The share of known agents that has to be back after a change of leader before "
                 "offers are made.",
         .check = numberWithin(0, 1)},
        {.name = "allocator_recovery_timeout",
         .type = FlagType::TimeSpan,
         .fallback = "10mins",
         .help = "How long offers wait for those agents at most.",
         .check = durationWithin(1ms, Duration::max())},
        {.name = "offer_timeout",
         .type = FlagType::TimeSpan,
         .help = "Take an offer back when it was neither accepted nor declined for this long. "
                 "Without it offers stand."},
        {.name = "role_sorter",
         .fallback = "drf",
         .help = "How roles are ordered for the next offer: drf (smallest weighted share first) or "
                 "random.",
         .alias = "user_sorter",
         .choices = {"drf", "random"}},
        {.name = "framework_sorter",
         .fallback = "drf",
         .help = "How the frameworks of a role are ordered for the next offer: drf or random.",
         .choices = {"drf", "random"}},
        {.name = "min_allocatable_resources",
         .fallback = "cpus:0.01|mem:32",
         .help = "The least that is worth an offer; | is or, ; is and.",
         .check = checkMinAllocatable},
        {.name = "fair_sharing_excluded_resource_names",
         .type = FlagType::StringList,
         .help = "Names of resources that do not count in a role's share."},
        {.name = "filter_gpu_resources",
         .type = FlagType::Bool,
         .fallback = "true",
         .help = "Offer agents with GPUs only to frameworks that can use them."},
        {.name = "whitelist",
         .type = FlagType::Path,
         .help = "A file of hostnames, one a line: only these agents are offered. Read again every "
                 "5 seconds."},
        {.name = "roles",
         .type = FlagType::StringList,
         .help = "Only frameworks of these roles, and of *, may subscribe."},
        {.name = "weights",
         .help = "Weights of roles at the first start: ads=2,web=1.",
         .check = checkWeights},
        {.name = "offer_constraints_re2_max_mem",
         .type = FlagType::Bytes,
         .fallback = "4KB",
         .help = "The most memory that one regular expression of a framework's offer constraints "
                 "may take."},
        {.name = "offer_constraints_re2_max_program_size",
         .type = FlagType::Int,
         .fallback = "100",
         .help = "The largest program that one such expression may be compiled to.",
         .check = numberWithin(1, 1e9)},
    };
}

std::vector<FlagRow> securityRows()
{
    return {
        {.name = "root_submissions",
         .type = FlagType::Bool,
         .fallback = "true",
         .help = "Whether frameworks that run as root may subscribe."},
        {.name = "authenticate_frameworks",
         .type = FlagType::Bool,
         .fallback = "false",
         .help = "Turn away driver frameworks that did not prove who they are.",
         .alias = "authenticate",
         .notYet = not_yet::authentication},
        {.name = "authenticate_agents",
         .type = FlagType::Bool,
         .fallback = "false",
         .help = "Turn away agents that did not prove who they are.",
         .alias = "authenticate_slaves",
         .notYet = not_yet::authentication},
        {.name = "authentication_v0_timeout",
         .type = FlagType::TimeSpan,
         .fallback = "15secs",
         .help = "How long one proof of identity may take.",
         .notYet = not_yet::authentication},
        {.name = "authenticate_http_readwrite",
         .type = FlagType::Bool,
         .fallback = "false",
         .help = "Ask for credentials at endpoints that change something.",
         .alias = "authenticate_http",
         .notYet = not_yet::authentication},
        {.name = "authenticate_http_frameworks",
         .type = FlagType::Bool,
         .fallback = "false",
         .help = "Ask schedulers for credentials.",
         .notYet = not_yet::authentication},
        {.name = "credentials",
         .type = FlagType::Path,
         .help = "A JSON file of principals and their secrets.",
         .notYet = not_yet::authentication},
        {.name = "authenticators",
         .fallback = "crammd5",
         .help = "How agents and driver frameworks prove who they are.",
         .notYet = not_yet::authentication},
        {.name = "http_authenticators",
         .fallback = "basic",
         .help = "How HTTP clients prove who they are.",
         .notYet = not_yet::authentication},
        {.name = "http_framework_authenticators",
         .help = "How schedulers prove who they are.",
         .notYet = not_yet::authentication},
        {.name = "authorizers",
         .fallback = "local",
         .help = "What decides who may do what.",
         .notYet = not_yet::modules},
        firewallFlagRow("/master/state"),
        {.name = "rate_limits",
         .type = FlagType::Json,
         .help =
             "How many calls a second each principal's framework may make, as RateLimits in JSON.",
         .notYet = noRateLimits},
    };
}

std::vector<FlagRow> historyRows()
{
    return {
        {.name = "max_operator_event_stream_subscribers",
         .type = FlagType::UInt,
         .fallback = "1000",
         .help = "How many operator event streams there may be; one more closes the oldest."},
        {.name = "max_completed_frameworks",
         .type = FlagType::UInt,
         .fallback = "50",
         .help = "How many ended frameworks are remembered."},
        {.name = "max_completed_tasks_per_framework",
         .type = FlagType::UInt,
         .fallback = "1000",
         .help = "How many ended tasks of a framework are remembered."},
        {.name = "max_unreachable_tasks_per_framework",
         .type = FlagType::UInt,
         .fallback = "1000",
         .help = "How many unreachable tasks of a framework are remembered."},
        {.name = "publish_per_framework_metrics",
         .type = FlagType::Bool,
         .fallback = "true",
         .help = "Publish metrics of each framework."},
    };
}

} // namespace

FlagTable masterFlagTable()
{
    FlagTable table;
    table.program = "mesos-master";
    table.version = "mesos 1.11.0";
    table.summary =
        "Leads a cluster: keeps account of agents, frameworks and tasks, and offers what is free.";
    table.environment = "MESOS_";
    for (const auto &rows :
         {daemonFlagRows(), identityRows(), addressFlagRows(5050), loggingFlagRows(),
          registryRows(), agentRows(), offerRows(), securityRows(), historyRows()})
        table.rows.insert(table.rows.end(), rows.begin(), rows.end());
    return table;
}

} // namespace meseta::master
