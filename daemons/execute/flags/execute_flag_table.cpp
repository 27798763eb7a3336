#include "daemons/execute/flags/execute_flags.h"

namespace meseta::execute {

namespace {

const std::string noHadoop =
    "uploading with Hadoop is not available yet; make the files part of the image, or use "
    "--task with URIs that http(s) serves";

std::vector<FlagRow> whatRows()
{
    return {
        {.name = "help",
         .type = FlagType::Bool,
         .fallback = "false",
         .help = "Print this and leave."},
        {.name = "name",
         .help = "The task's name, and its id. Required unless --task or --task_group is given."},
        {.name = "command",
         .help = "What to run. Required with --shell (the default) unless --task or --task_group "
                 "is given."},
        {.name = "shell",
         .type = FlagType::Bool,
         .fallback = "true",
         .help = "Run the command with /bin/sh. With --shell=false no command is sent: an image "
                 "runs what it is made to "
                 "run."},
        {.name = "env",
         .type = FlagType::Json,
         .help = "Environment variables of the command: {\"NAME\":\"value\"}."},
        {.name = "resources", .fallback = "cpus:1;mem:128", .help = "What the task needs."},
        {.name = "task",
         .type = FlagType::Json,
         .help = "The whole task as TaskInfo in JSON (agent_id may be missing), or file:///path of "
                 "a file with it. "
                 "Excludes --name, --command, --env, --docker_image, --appc_image, --volumes and "
                 "--networks."},
        {.name = "task_group",
         .type = FlagType::Json,
         .help =
             "Several tasks that start together under one executor, as TaskGroupInfo in JSON, or "
             "file:///path of a file with it. Excludes --task and all that describes a single "
             "task."},
        {.name = "package",
         .type = FlagType::Path,
         .help = "A local file to upload to HDFS and fetch into the sandbox.",
         .notYet = noHadoop},
        {.name = "hadoop",
         .fallback = "hadoop",
         .help = "The hadoop program for --package.",
         .notYet = noHadoop},
        {.name = "hdfs",
         .fallback = "localhost:9000",
         .help = "The NameNode for --package.",
         .notYet = noHadoop},
        {.name = "overwrite",
         .type = FlagType::Bool,
         .fallback = "false",
         .help = "Replace what --package finds at the NameNode.",
         .notYet = noHadoop},
    };
}

std::vector<FlagRow> containerRows()
{
    return {
        {.name = "containerizer",
         .fallback = "mesos",
         .help = "What runs the task: mesos or docker.",
         .choices = {"mesos", "docker"}},
        {.name = "docker_image", .help = "The Docker image to run: library/redis."},
        {.name = "appc_image", .help = "The appc image to run."},
        {.name = "networks",
         .help =
             "The networks to join, by name: one Docker network, or CNI networks. Without it, the "
             "host's."},
        {.name = "volumes",
         .type = FlagType::Json,
         .help = "A list of Volume in JSON: "
                 "[{\"container_path\":\"/data\",\"host_path\":\"/srv\",\"mode\":\"RW\"}]."},
        {.name = "effective_capabilities",
         .type = FlagType::Json,
         .help = "The capabilities the command gets, as CapabilityInfo in JSON."},
        {.name = "bounding_capabilities",
         .type = FlagType::Json,
         .help = "The capabilities the command may get, as CapabilityInfo in JSON."},
        {.name = "rlimits",
         .type = FlagType::Json,
         .help = "Limits of the command, as RLimitInfo in JSON."},
        {.name = "tty",
         .type = FlagType::Bool,
         .fallback = "false",
         .help = "Give the command a terminal, which others can attach to."},
    };
}

std::vector<FlagRow> whereRows()
{
    return {
        {.name = "master",
         .type = FlagType::Location,
         .help =
             "Where the master is: host:port, of several masters any one, it tells the leader; or "
             "zk://host1:port1,host2:port2/path.",
         .required = true},
        {.name = "role", .fallback = "*", .help = "The role whose resources are used."},
        {.name = "checkpoint",
         .type = FlagType::Bool,
         .fallback = "false",
         .help = "Let the task outlive a restart of its agent."},
        {.name = "kill_after",
         .type = FlagType::TimeSpan,
         .help = "Kill the task when it has been running for this long."},
        {.name = "partition_aware",
         .type = FlagType::Bool,
         .fallback = "true",
         .help = "Be told apart when an agent is unreachable and when a task is lost."},
        {.name = "framework_capabilities",
         .type = FlagType::StringList,
         .help = "Further capabilities to announce.",
         .choices = {"GPU_RESOURCES"}},
        {.name = "principal", .help = "Who is asking, where the master wants to know."},
        {.name = "secret", .help = "The secret of --principal."},
        {.name = "content_type",
         .fallback = "protobuf",
         .help = "How to speak to the master: protobuf or json.",
         .choices = {"protobuf", "json", "application/x-protobuf", "application/json"}},
    };
}

} // namespace

FlagTable executeFlagTable()
{
    FlagTable table;
    table.program = "mesos-execute";
    table.version = "mesos 1.11.0";
    table.summary = "Runs one task on a cluster and follows it to its end. Ctrl-C kills the task. "
                    "The exit code is 0 when "
                    "the task finished and 1 in any other case.";
    for (const auto &rows : {whatRows(), containerRows(), whereRows()})
        table.rows.insert(table.rows.end(), rows.begin(), rows.end());
    return table;
}

} // namespace meseta::execute
