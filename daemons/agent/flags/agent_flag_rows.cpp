#include "daemons/agent/flags/agent_flag_rows.h"

#include <cstdlib>
#include <filesystem>

#include <unistd.h>

#include "common/base/daemon_flags.h"
#include "common/validation/domain_flag.h"
#include "mesos/v1/cluster.pb.h"
#include "mesos/v1/container.pb.h"

namespace meseta::agent::rows {

namespace {

using namespace std::chrono_literals;

std::string temporaryFolder()
{
    const char *folder = std::getenv("TMPDIR");
    return folder != nullptr && *folder != '\0' ? folder : "/tmp";
}

std::string runtimeFolder()
{
    const bool writable = ::access("/var/run/mesos", W_OK) == 0
        || (::access("/var/run/mesos", F_OK) != 0 && ::access("/var/run", W_OK) == 0);
    return writable ? "/var/run/mesos" : temporaryFolder() + "/mesos/runtime";
}

Result<> checkMaster(const std::string &text)
{
    if (text.empty())
        return fail(
            "it is empty; give the master's host:port, or zk://host1:port1,host2:port2/path");
    return {};
}

} // namespace

std::vector<FlagRow> identity()
{
    return {
        {.name = "hostname",
         .help = "The name the cluster is told to reach this agent by. Without it, the name its ip "
                 "resolves to."},
        {.name = "ip6",
         .help = "The IPv6 address of containers in the host's network.",
         .notYet = "telling an IPv6 address is not available yet; start without it"},
        {.name = "ip6_discovery_command",
         .help = "A shell command that prints that address.",
         .notYet = "telling an IPv6 address is not available yet; start without it"},
        {.name = "work_dir",
         .type = FlagType::Path,
         .help = "The folder for sandboxes and for what has to survive a restart.",
         .required = true},
        {.name = "runtime_dir",
         .type = FlagType::Path,
         .fallback = runtimeFolder(),
         .help =
             "The folder for what has to survive a restart of the agent but not of the machine."},
        {.name = "launcher_dir",
         .type = FlagType::Path,
         .fallback = "/usr/local/libexec/mesos",
         .help = "The folder of helper programs."},
        domainFlagRow("agent"),
        {.name = "resources",
         .help = "What the agent offers: name(role):value;... such as "
                 "cpus:4;mem:2048;ports:[31000-32000], or a JSON list "
                 "of Resource. What is not named among cpus, mem, disk and ports is detected."},
        {.name = "default_role", .fallback = "*", .help = "The role of resources that name none."},
        {.name = "attributes",
         .help = "What schedulers may want to know of this agent: name:value;..."},
        {.name = "agent_features",
         .type = FlagType::Json,
         .help = "The capabilities the agent tells the master, instead of its own.",
         .notYet = "telling other capabilities than the built-in ones is not available yet; start "
                   "without it"},
    };
}

std::vector<FlagRow> cluster()
{
    return {
        {.name = "master",
         .type = FlagType::Location,
         .help =
             "Where the master is: host:port, or zk://host1:port1,host2:port2/path to follow the "
             "one that leads; or file:///path of a file holding either.",
         .required = true,
         .check = checkMaster},
        {.name = "master_detector",
         .help = "The module that finds the leading master; excludes --master.",
         .notYet = not_yet::modules},
        {.name = "zk_session_timeout",
         .type = FlagType::TimeSpan,
         .fallback = "10secs",
         .help = "The length of the ZooKeeper session that finds the leading master.",
         .check = durationWithin(1s, 1h)},
        {.name = "registration_backoff_factor",
         .type = FlagType::TimeSpan,
         .fallback = "1secs",
         .help = "The first, random wait before registering lasts up to this; it doubles with each "
                 "try, up to a minute.",
         .check = durationWithin(0s, 1min)},
        {.name = "recover",
         .fallback = "reconnect",
         .help = "What happens at start to executors that an earlier agent left: reconnect, or "
                 "cleanup (end them and "
                 "leave).",
         .choices = {"reconnect", "cleanup"}},
        {.name = "recovery_timeout",
         .type = FlagType::TimeSpan,
         .fallback = "15mins",
         .help = "How long executors of frameworks with checkpointing go on without their agent."},
        {.name = "reconfiguration_policy",
         .fallback = "equal",
         .help = "Which changes of resources and attributes a restart may bring: equal (none) or "
                 "additive. Not given: all that the running tasks still fit in.",
         .choices = {"equal", "additive"}},
        {.name = "strict",
         .type = FlagType::Bool,
         .fallback = "true",
         .help = "Leave when what an earlier agent kept cannot be read; otherwise go on with what "
                 "can be."},
        {.name = "resource_estimator",
         .help = "The module that estimates what could be offered again.",
         .notYet = not_yet::modules},
        {.name = "qos_controller",
         .help = "The module that protects tasks from each other.",
         .notYet = not_yet::modules},
        {.name = "qos_correction_interval_min",
         .type = FlagType::TimeSpan,
         .fallback = "0ns",
         .help = "The shortest time between two corrections of that module.",
         .notYet = not_yet::modules},
        {.name = "oversubscribed_resources_interval",
         .type = FlagType::TimeSpan,
         .fallback = "15secs",
         .help = "How often the master is told of estimated resources.",
         .notYet = not_yet::modules},
        {.name = "resource_provider_config_dir",
         .type = FlagType::Path,
         .help = "A folder of ResourceProviderInfo files in JSON.",
         .notYet = "resource providers are not available yet; start without it"},
    };
}

std::vector<FlagRow> executors()
{
    return {
        {.name = "executor_environment_variables",
         .type = FlagType::Json,
         .help =
             "The environment of executors, as {\"NAME\":\"value\"}, instead of the agent's own."},
        {.name = "executor_registration_timeout",
         .type = FlagType::TimeSpan,
         .fallback = "1mins",
         .help = "How long an executor may take to subscribe before it is ended; fetching and "
                 "pulling count."},
        {.name = "executor_reregistration_timeout",
         .type = FlagType::TimeSpan,
         .fallback = "2secs",
         .help =
             "How long executors may take to come back after the agent's restart; at most 15secs.",
         .check = durationWithin(0s, 15s)},
        {.name = "executor_reregistration_retry_interval",
         .type = FlagType::TimeSpan,
         .help = "How often driver executors are asked to come back after the agent's restart."},
        {.name = "executor_shutdown_grace_period",
         .type = FlagType::TimeSpan,
         .fallback = "5secs",
         .help = "How long an executor may take to end after it was asked to, unless it names its "
                 "own."},
        {.name = "http_command_executor",
         .type = FlagType::Bool,
         .fallback = "false",
         .help = "Which protocol the built-in command executor speaks. It is part of the agent, so "
                 "both are the same."},
        {.name = "http_heartbeat_interval",
         .type = FlagType::TimeSpan,
         .fallback = "30secs",
         .help = "How often streams of container sessions carry a heartbeat."},
        {.name = "max_completed_executors_per_framework",
         .type = FlagType::UInt,
         .fallback = "150",
         .help = "How many ended executors of a framework are remembered."},
        {.name = "switch_user",
         .type = FlagType::Bool,
         .fallback = "true",
         .help = "Run tasks as the user they ask for; otherwise as the agent's."},
    };
}

std::vector<FlagRow> sandboxes()
{
    return {
        {.name = "frameworks_home",
         .fallback = "",
         .help = "The folder that relative URIs of tasks are fetched from."},
        {.name = "hadoop_home",
         .type = FlagType::Path,
         .help = "Where Hadoop is installed, for fetching hdfs URIs.",
         .notYet = "fetching with Hadoop is not available yet; serve the files over http(s)"},
        {.name = "fetcher_cache_size",
         .type = FlagType::Bytes,
         .fallback = "2GB",
         .help = "How much the cache of fetched files may hold."},
        {.name = "fetcher_cache_dir",
         .type = FlagType::Path,
         .fallback = temporaryFolder() + "/mesos/fetch",
         .help = "The folder of that cache; emptied at start."},
        {.name = "fetcher_stall_timeout",
         .type = FlagType::TimeSpan,
         .fallback = "1mins",
         .help = "Give up a download that stands still for this long."},
        {.name = "gc_delay",
         .type = FlagType::TimeSpan,
         .fallback = "1weeks",
         .help = "How long sandboxes of ended executors are kept while the disk has room."},
        {.name = "gc_disk_headroom",
         .type = FlagType::Double,
         .fallback = "0.1",
         .help = "The share of the disk to keep free: the fuller it is beyond that, the sooner "
                 "sandboxes go.",
         .check = numberWithin(0, 1)},
        {.name = "gc_non_executor_container_sandboxes",
         .type = FlagType::Bool,
         .fallback = "false",
         .help = "Also remove sandboxes of nested and standalone containers that are over."},
        {.name = "disk_watch_interval",
         .type = FlagType::TimeSpan,
         .fallback = "1mins",
         .help = "How often the disk is looked at for that."},
        {.name = "container_logger",
         .help = "The module that keeps the output of tasks; without it, size-limited files in the "
                 "sandbox.",
         .notYet = not_yet::modules},
    };
}

} // namespace meseta::agent::rows
