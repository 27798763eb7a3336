#include "daemons/agent/flags/agent_flag_rows.h"

#include "common/base/daemon_flags.h"
#include "common/base/firewall_flags.h"

namespace meseta::agent::rows {

namespace {

const std::string noPortMapping = "the port mapping isolator is not available; start without it";
const std::string noPortWatch =
    "watching the ports of containers is not available yet; start without it";
const std::string noXfs = "limiting the disk of containers is not available yet; start without it";
const std::string noDomainSockets =
    "reaching the agent over a Unix socket is not available yet; executors use its TCP port";

FlagRow portMapping(const char *name, FlagType type, std::optional<std::string> fallback,
                    const char *help)
{
    return {.name = name,
            .type = type,
            .fallback = std::move(fallback),
            .help = help,
            .notYet = noPortMapping};
}

std::vector<FlagRow> portMappingRows()
{
    return {
        portMapping("ephemeral_ports_per_container", FlagType::UInt16, "1024",
                    "How many ephemeral ports each container gets; a power of two."),
        portMapping("eth0_name", FlagType::String, {}, "The machine's public interface."),
        portMapping("lo_name", FlagType::String, {}, "The machine's loopback interface."),
        portMapping("egress_rate_limit_per_container", FlagType::Bytes, {},
                    "Bytes a second that a container may send."),
        portMapping("egress_rate_per_cpu", FlagType::String, {}, "The same for each CPU, or auto."),
        portMapping("minimum_egress_rate_limit", FlagType::Bytes, {},
                    "The least that comes out of that."),
        portMapping("maximum_egress_rate_limit", FlagType::Bytes, {},
                    "The most that comes out of that."),
        portMapping("egress_ceil_limit", FlagType::Bytes, {},
                    "The rate that may be borrowed up to when sending."),
        portMapping("egress_burst", FlagType::Bytes, {},
                    "How much may be sent at that rate at once."),
        portMapping("egress_unique_flow_per_container", FlagType::Bool, "false",
                    "Queue each container's packets apart."),
        portMapping("egress_flow_classifier_parent", FlagType::String, "root",
                    "Where those queues are attached."),
        portMapping("ingress_rate_limit_per_container", FlagType::Bytes, {},
                    "Bytes a second that a container may receive."),
        portMapping("ingress_rate_per_cpu", FlagType::String, {},
                    "The same for each CPU, or auto."),
        portMapping("minimum_ingress_rate_limit", FlagType::Bytes, {},
                    "The least that comes out of that."),
        portMapping("maximum_ingress_rate_limit", FlagType::Bytes, {},
                    "The most that comes out of that."),
        portMapping("ingress_ceil_limit", FlagType::Bytes, {},
                    "The rate that may be borrowed up to when receiving."),
        portMapping("ingress_burst", FlagType::Bytes, {},
                    "How much may be received at that rate at once."),
        portMapping("ingress_isolate_existing_containers", FlagType::Bool, "true",
                    "Apply these limits also to containers that run when the agent starts."),
        portMapping("network_link_speed", FlagType::Bytes, {},
                    "The speed of the link, for rates that are auto."),
        portMapping("network_enable_socket_statistics_summary", FlagType::Bool, "false",
                    "Sum up sockets."),
        portMapping("network_enable_socket_statistics_details", FlagType::Bool, "false",
                    "Tell of each socket."),
        portMapping("network_enable_snmp_statistics", FlagType::Bool, "false",
                    "Tell the counters of SNMP."),
        portMapping("network_enable_rate_statistics", FlagType::Bool, "false",
                    "Tell rates and their percentiles."),
        portMapping("network_rate_statistics_window", FlagType::TimeSpan, {},
                    "The time those rates look back on."),
        portMapping("network_rate_statistics_interval", FlagType::TimeSpan, {},
                    "How often those rates are taken."),
    };
}

} // namespace

std::vector<FlagRow> network()
{
    std::vector<FlagRow> rows{
        {.name = "container_ports_watch_interval",
         .type = FlagType::TimeSpan,
         .fallback = "30secs",
         .help = "How often the ports that containers listen on are compared with those they got."},
        {.name = "check_agent_port_range_only",
         .type = FlagType::Bool,
         .fallback = "false",
         .help = "Look only at the ports among the agent's resources."},
        {.name = "enforce_container_ports",
         .type = FlagType::Bool,
         .fallback = "false",
         .help = "End containers that listen on other ports than theirs."},
        {.name = "container_ports_isolated_range", .help = "Look only at ports of this range."},
        {.name = "network_cni_plugins_dir",
         .help = "The folders of CNI plugins, separated by colons."},
        {.name = "network_cni_config_dir",
         .type = FlagType::Path,
         .help = "The folder of CNI networks in JSON."},
        {.name = "network_cni_root_dir_persist",
         .type = FlagType::Bool,
         .fallback = "false",
         .help = "Keep what CNI needs over a restart of the machine."},
        {.name = "network_cni_metrics",
         .type = FlagType::Bool,
         .fallback = "true",
         .help = "Publish metrics of CNI networks. There are none yet, so both are the same."},
    };
    const std::vector<FlagRow> mapping = portMappingRows();
    rows.insert(rows.end(), mapping.begin(), mapping.end());
    return rows;
}

std::vector<FlagRow> disks()
{
    return {
        {.name = "container_disk_watch_interval",
         .type = FlagType::TimeSpan,
         .fallback = "15secs",
         .help = "How often the disk that containers use is measured."},
        {.name = "enforce_container_disk_quota",
         .type = FlagType::Bool,
         .fallback = "false",
         .help = "End containers that use more disk than they got."},
        {.name = "xfs_project_range",
         .fallback = "[5000-10000]",
         .help = "The XFS project ids for quotas.",
         .notYet = noXfs},
        {.name = "xfs_kill_containers",
         .type = FlagType::Bool,
         .fallback = "false",
         .help = "End containers beyond their XFS quota.",
         .notYet = noXfs},
        {.name = "xfs_quota_headroom",
         .type = FlagType::Bytes,
         .fallback = "10MB",
         .help = "How much lies between that end and the hard quota.",
         .notYet = noXfs},
        {.name = "csi_plugin_config_dir",
         .type = FlagType::Path,
         .help = "A folder of CSIPluginInfo files in JSON.",
         .notYet = "CSI volumes are not available yet; start without it"},
        {.name = "disk_profile_adaptor",
         .help = "The module that explains the profiles of storage providers.",
         .notYet = not_yet::modules},
    };
}

std::vector<FlagRow> security()
{
    return {
        {.name = "credential",
         .type = FlagType::Path,
         .help = "A JSON file with the principal and secret to tell the master.",
         .notYet = not_yet::authentication},
        {.name = "authenticatee",
         .fallback = "crammd5",
         .help = "How the agent proves to the master who it is.",
         .notYet = not_yet::authentication},
        {.name = "authentication_backoff_factor",
         .type = FlagType::TimeSpan,
         .fallback = "1secs",
         .help = "By how much the time for that proof grows from try to try.",
         .notYet = not_yet::authentication},
        {.name = "authentication_timeout_min",
         .type = FlagType::TimeSpan,
         .fallback = "5secs",
         .help = "The least time for that proof.",
         .notYet = not_yet::authentication},
        {.name = "authentication_timeout_max",
         .type = FlagType::TimeSpan,
         .fallback = "1mins",
         .help = "The most time for that proof.",
         .notYet = not_yet::authentication},
        {.name = "http_authenticators",
         .type = FlagType::StringList,
         .help = "How HTTP clients prove who they are.",
         .notYet = not_yet::authentication,
         .accepted = {"basic"}},
        {.name = "authenticate_http_readwrite",
         .type = FlagType::Bool,
         .fallback = "false",
         .help = "Ask for credentials at endpoints that change something.",
         .notYet = not_yet::authentication},
        {.name = "authenticate_http_executors",
         .type = FlagType::Bool,
         .fallback = "false",
         .help = "Ask executors for a token.",
         .notYet = not_yet::authentication},
        {.name = "http_credentials",
         .type = FlagType::Path,
         .help = "A JSON file of principals and their secrets, for HTTP.",
         .notYet = not_yet::authentication},
        {.name = "jwt_secret_key",
         .type = FlagType::Path,
         .help = "The file of the key that signs executors' tokens.",
         .alias = "executor_secret_key",
         .notYet = not_yet::authentication},
        {.name = "http_executor_domain_sockets",
         .type = FlagType::Bool,
         .fallback = "false",
         .help = "Let executors reach the agent over a Unix socket.",
         .notYet = noDomainSockets},
        {.name = "domain_socket_location",
         .help = "The path of that socket.",
         .notYet = noDomainSockets},
        {.name = "authorizer",
         .fallback = "local",
         .help = "What decides who may do what.",
         .notYet = not_yet::modules},
        firewallFlagRow("/slave(1)/state"),
        {.name = "secret_resolver",
         .help = "The module that looks up secrets.",
         .notYet = not_yet::modules},
    };
}

} // namespace meseta::agent::rows
