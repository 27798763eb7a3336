#include "daemons/execute/flags/execute_flags.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <set>

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "common/codec/json.h"
#include "common/resources/resources.h"

namespace meseta::execute {

namespace {

using mesos::v1::ContainerInfo;
using mesos::v1::FrameworkInfo;
using mesos::v1::TaskInfo;

constexpr std::string_view filePrefix = "file://";

Result<> readMaster(const std::string &given, ExecuteFlags &flags)
{
    std::string master = given;
    if (given.starts_with(filePrefix)) {
        QFile file(QString::fromStdString(given.substr(filePrefix.size())));
        if (!file.open(QIODevice::ReadOnly))
            return fail("the flag --master: cannot read the file " + file.fileName().toStdString()
                        + ": " + file.errorString().toStdString());
        master = file.read(4096).trimmed().toStdString();
    }
    if (zookeeper::Url::isUrl(master)) {
        auto url = zookeeper::Url::parse(master);
        if (!url)
            return fail(url.error().within("the flag --master"));
        flags.zk = std::move(*url);
        return {};
    }
    for (const std::string_view scheme : {"http://", "master@"}) {
        if (master.starts_with(scheme))
            master.erase(0, scheme.size());
    }
    const std::size_t colon = master.rfind(':');
    flags.masterHost = master.substr(0, colon);
    if (colon != std::string::npos) {
        bool valid = false;
        const int port = QByteArray::fromStdString(master.substr(colon + 1)).toInt(&valid);
        if (!valid || port < 1 || port > 65535)
            return fail("the flag --master: '" + given
                        + "' does not end with a port, like 192.0.2.10:5050");
        flags.masterPort = static_cast<std::uint16_t>(port);
    }
    if (flags.masterHost.empty())
        return fail("the flag --master: '" + given + "' is not host:port, like 192.0.2.10:5050");
    return {};
}

std::string userName()
{
    const passwd *entry = ::getpwuid(::getuid());
    return entry != nullptr ? entry->pw_name : std::to_string(::getuid());
}

FrameworkInfo frameworkInfo(const FlagValues &values)
{
    FrameworkInfo framework;
    framework.set_user(userName());
    framework.set_name("mesos-execute instance");
    framework.set_role(values.string("role"));
    framework.set_checkpoint(values.flag("checkpoint"));
    std::vector<FrameworkInfo::Capability::Type> capabilities{
        FrameworkInfo::Capability::RESERVATION_REFINEMENT,
        FrameworkInfo::Capability::TASK_KILLING_STATE,
        FrameworkInfo::Capability::REVOCABLE_RESOURCES};
    if (values.flag("partition_aware"))
        capabilities.push_back(FrameworkInfo::Capability::PARTITION_AWARE);
    if (values.has("framework_capabilities"))
        capabilities.push_back(FrameworkInfo::Capability::GPU_RESOURCES);
    for (const auto capability : capabilities)
        framework.add_capabilities()->set_type(capability);
    if (values.has("principal"))
        framework.set_principal(values.string("principal"));
    return framework;
}

Result<> checkTogether(const FlagValues &values)
{
    if (values.has("task") && values.has("task_group"))
        return fail("the flags --task and --task_group exclude one another: give the task a place "
                    "in the group");
    if (!values.has("task") && !values.has("task_group")) {
        if (!values.has("name"))
            return fail("the flag --name is required: it names the task; or give the whole task "
                        "with --task");
        if (values.flag("shell") && !values.has("command"))
            return fail("the flag --command is required: it says what to run; or let an image run "
                        "its own with "
                        "--shell=false and --docker_image");
        if (!values.flag("shell") && !values.has("docker_image") && !values.has("appc_image"))
            return fail("with --shell=false there is nothing to run unless an image is named; add "
                        "--docker_image or --appc_image, or give --command without --shell=false");
        return {};
    }
    for (const char *other :
         {"name", "command", "env", "docker_image", "appc_image", "volumes", "networks",
          "effective_capabilities", "bounding_capabilities", "rlimits"}) {
        if (values.has(other))
            return fail(std::string("the flag --") + other + " does not go with --"
                        + (values.has("task") ? "task" : "task_group")
                        + ", which says everything about what to run; leave one of them out");
    }
    return {};
}

Result<> checkImage(const FlagValues &values)
{
    const bool docker = values.string("containerizer") == "docker";
    if (values.has("docker_image") && values.has("appc_image"))
        return fail("the flags --docker_image and --appc_image exclude each other; a task has one "
                    "image");
    if (docker && !values.has("docker_image"))
        return fail("the flag --containerizer=docker needs an image; name it with --docker_image");
    for (const char *native : {"effective_capabilities", "bounding_capabilities", "rlimits"}) {
        if (docker && values.has(native))
            return fail(std::string("the flag --") + native
                        + " is for --containerizer=mesos; leave it out");
    }
    if (docker && values.list("networks").size() > 1)
        return fail("the flag --networks: '" + values.string("networks")
                    + "' names several networks; a Docker container starts in one");
    if (docker && values.flag("tty"))
        return fail("the flag --tty is for --containerizer=mesos; leave it out");
    if (values.has("secret") && !values.has("principal"))
        return fail("the flag --secret needs --principal, which says whose secret it is");
    return {};
}

Result<> addEnvironment(const FlagValues &values, mesos::v1::CommandInfo &command)
{
    if (!values.has("env"))
        return {};
    const QJsonObject object =
        QJsonDocument::fromJson(QByteArray::fromStdString(values.string("env"))).object();
    for (auto entry = object.begin(); entry != object.end(); ++entry) {
        if (!entry.value().isString())
            return fail("the flag --env: the value of '" + entry.key().toStdString()
                        + "' is not a text in quotes");
        auto *variable = command.mutable_environment()->add_variables();
        variable->set_name(entry.key().toStdString());
        variable->set_value(entry.value().toString().toStdString());
    }
    return {};
}

Result<> addVolumes(const FlagValues &values, ContainerInfo &container)
{
    if (!values.has("volumes"))
        return {};
    // A list is no message by itself: it is read as the member of one.
    ContainerInfo holder;
    if (const Result<> parsed = codec::parseJson(
            R"({"type":"DOCKER","volumes":)" + values.string("volumes") + "}", holder);
        !parsed)
        return fail(parsed.error().within("the flag --volumes is not a list of Volume"));
    container.mutable_volumes()->Swap(holder.mutable_volumes());
    return {};
}

/// An appc image is found by its name and the labels os and arch. Source: Mesos, mesos-execute.
void addImage(const FlagValues &values, ContainerInfo::MesosInfo &info)
{
    mesos::v1::Image &image = *info.mutable_image();
    if (values.has("docker_image")) {
        image.set_type(mesos::v1::Image::DOCKER);
        image.mutable_docker()->set_name(values.string("docker_image"));
        return;
    }
    image.set_type(mesos::v1::Image::APPC);
    image.mutable_appc()->set_name(values.string("appc_image"));
    for (const auto &[key, value] : {std::pair("os", "linux"), std::pair("arch", "amd64")}) {
        mesos::v1::Label &label = *image.mutable_appc()->mutable_labels()->add_labels();
        label.set_key(key);
        label.set_value(value);
    }
}

Result<> addLimits(const FlagValues &values, ContainerInfo &container)
{
    const auto read = [&values](const char *flag, google::protobuf::Message &message) -> Result<> {
        if (const auto parsed = codec::parseJson(values.string(flag), message); !parsed)
            return fail(parsed.error().within(std::string("the flag --") + flag));
        return {};
    };
    for (const Result<> &added :
         {values.has("effective_capabilities")
              ? read("effective_capabilities",
                     *container.mutable_linux_info()->mutable_effective_capabilities())
              : Result<>(),
          values.has("bounding_capabilities")
              ? read("bounding_capabilities",
                     *container.mutable_linux_info()->mutable_bounding_capabilities())
              : Result<>(),
          values.has("rlimits") ? read("rlimits", *container.mutable_rlimit_info()) : Result<>()}) {
        if (!added)
            return added;
    }
    return {};
}

Result<> addNativeContainer(const FlagValues &values, TaskInfo &task)
{
    ContainerInfo container;
    container.set_type(ContainerInfo::MESOS);
    if (values.has("docker_image") || values.has("appc_image"))
        addImage(values, *container.mutable_mesos());
    for (const std::string &network : values.list("networks"))
        container.add_network_infos()->set_name(network);
    if (values.flag("tty"))
        container.mutable_tty_info();
    if (auto added = addLimits(values, container); !added)
        return added;
    if (auto added = addVolumes(values, container); !added)
        return added;
    ContainerInfo nothing;
    nothing.set_type(ContainerInfo::MESOS);
    if (container.SerializeAsString() != nothing.SerializeAsString())
        *task.mutable_container() = std::move(container);
    return {};
}

Result<> addContainer(const FlagValues &values, TaskInfo &task)
{
    if (values.string("containerizer") == "docker") {
        ContainerInfo &container = *task.mutable_container();
        container.set_type(ContainerInfo::DOCKER);
        container.mutable_docker()->set_image(values.string("docker_image"));
        for (const std::string &network : values.list("networks")) {
            container.mutable_docker()->set_network(ContainerInfo::DockerInfo::USER);
            container.add_network_infos()->set_name(network);
        }
        return addVolumes(values, container);
    }
    return addNativeContainer(values, task);
}

Result<TaskInfo> taskOfFlags(const FlagValues &values)
{
    TaskInfo task;
    task.set_name(values.string("name"));
    task.mutable_task_id()->set_value(values.string("name"));
    const Result<Resources> resources = Resources::parse(values.string("resources"));
    if (!resources)
        return fail(resources.error().within("the flag --resources"));
    *task.mutable_resources() = resources->proto();
    task.mutable_command()->set_shell(values.flag("shell"));
    if (values.flag("shell"))
        task.mutable_command()->set_value(values.string("command"));
    for (const Result<> &added :
         {addEnvironment(values, *task.mutable_command()), addContainer(values, task)}) {
        if (!added)
            return fail(added.error());
    }
    return task;
}

/// The agent is only known with the offer, but TaskInfo requires it.
QJsonObject withAgent(QJsonObject task)
{
    if (!task.contains(QStringLiteral("agent_id")))
        task.insert(QStringLiteral("agent_id"), QJsonObject{{QStringLiteral("value"), QString()}});
    return task;
}

std::string compact(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact).toStdString();
}

Result<TaskInfo> taskOfJson(const std::string &json)
{
    const QJsonObject object = QJsonDocument::fromJson(QByteArray::fromStdString(json)).object();
    TaskInfo task;
    if (const Result<> parsed = codec::parseJson(compact(withAgent(object)), task); !parsed)
        return fail(parsed.error().within("the flag --task is not a TaskInfo"));
    if (task.task_id().value().empty())
        return fail("the flag --task: task_id.value is empty; name the task");
    task.clear_agent_id();
    return task;
}

Result<mesos::v1::TaskGroupInfo> groupOfJson(const std::string &json)
{
    QJsonObject object = QJsonDocument::fromJson(QByteArray::fromStdString(json)).object();
    QJsonArray tasks = object.value(QStringLiteral("tasks")).toArray();
    for (auto task = tasks.begin(); task != tasks.end(); ++task)
        *task = withAgent(task->toObject());
    object.insert(QStringLiteral("tasks"), tasks);
    mesos::v1::TaskGroupInfo group;
    if (const Result<> parsed = codec::parseJson(compact(object), group); !parsed)
        return fail(parsed.error().within("the flag --task_group is not a TaskGroupInfo"));
    if (group.tasks().empty())
        return fail("the flag --task_group: its list 'tasks' is empty; name at least one task");
    std::set<std::string> ids;
    for (TaskInfo &task : *group.mutable_tasks()) {
        if (task.task_id().value().empty())
            return fail("the flag --task_group: task_id.value is empty; name each task");
        if (!ids.insert(task.task_id().value()).second)
            return fail("the flag --task_group: two tasks have the task_id '"
                        + task.task_id().value() + "'; give each its own");
        task.clear_agent_id();
    }
    return group;
}

Result<> readWork(const FlagValues &values, ExecuteFlags &flags)
{
    if (values.has("task_group")) {
        const auto group = groupOfJson(values.string("task_group"));
        if (!group)
            return fail(group.error());
        flags.group = *group;
        return {};
    }
    Result<TaskInfo> task =
        values.has("task") ? taskOfJson(values.string("task")) : taskOfFlags(values);
    if (!task)
        return fail(task.error());
    flags.task = std::move(*task);
    return {};
}

std::optional<std::string> authorization(const FlagValues &values)
{
    if (!values.has("principal") || !values.has("secret"))
        return std::nullopt;
    const std::string pair = values.string("principal") + ":" + values.string("secret");
    return "Basic " + QByteArray::fromStdString(pair).toBase64().toStdString();
}

} // namespace

Result<ExecuteFlags> executeFlags(const FlagValues &values)
{
    for (const Result<> &checked : {checkTogether(values), checkImage(values)}) {
        if (!checked)
            return fail(checked.error());
    }
    ExecuteFlags flags;
    if (const Result<> read = readMaster(values.string("master"), flags); !read)
        return fail(read.error());
    if (const Result<> read = readWork(values, flags); !read)
        return fail(read.error());
    flags.json = values.string("content_type").find("json") != std::string::npos;
    flags.framework = frameworkInfo(values);
    flags.killAfter = values.duration("kill_after");
    flags.authorization = authorization(values);
    return flags;
}

ExecuteFlagsOutcome loadExecuteFlags(int argc, const char *const *argv)
{
    const FlagsOutcome loaded = loadFlagsOrExplain(executeFlagTable(), argc, argv);
    if (!loaded.values)
        return {std::nullopt, loaded.exitCode};
    for (const std::string &warning : loaded.values->warnings())
        std::cerr << "mesos-execute: " << warning << std::endl;
    Result<ExecuteFlags> flags = executeFlags(*loaded.values);
    if (!flags) {
        std::cerr << "mesos-execute: " << flags.error().message
                  << "\nSee mesos-execute --help for every flag." << std::endl;
        return {std::nullopt, EXIT_FAILURE};
    }
    return {std::move(*flags), EXIT_SUCCESS};
}

} // namespace meseta::execute
