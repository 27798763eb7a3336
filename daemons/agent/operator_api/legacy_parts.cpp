#include "daemons/agent/operator_api/legacy_parts.h"

#include "daemons/agent/core/agent_state.h"

namespace meseta::agent {

using codec::JsonWriter;
using mesos::v1::Task;
using mesos::v1::TaskStatus;

namespace {

std::string rangesText(const mesos::v1::Value::Ranges &ranges)
{
    std::string text = "[";
    for (const auto &range : ranges.range())
        text += (text.size() > 1 ? ", " : "") + std::to_string(range.begin()) + "-"
            + std::to_string(range.end());
    return text + "]";
}

std::string setText(const mesos::v1::Value::Set &set)
{
    std::string text = "{";
    for (const auto &item : set.item())
        text += (text.size() > 1 ? ", " : "") + item;
    return text + "}";
}

std::string roleOf(const google::protobuf::RepeatedPtrField<mesos::v1::Resource> &resources)
{
    for (const auto &resource : resources) {
        if (resource.has_allocation_info())
            return resource.allocation_info().role();
    }
    return {};
}

void writeLabels(const mesos::v1::Labels &labels, JsonWriter &json)
{
    json.key("labels").beginArray();
    for (const auto &label : labels.labels())
        json.value(label);
    json.endArray();
}

void writeStatus(const TaskStatus &status, JsonWriter &json)
{
    json.beginObject();
    json.member("state", mesos::v1::TaskState_Name(status.state()));
    json.member("timestamp", status.timestamp());
    if (status.has_labels())
        writeLabels(status.labels(), json);
    if (status.has_container_status()) {
        mesos::v1::ContainerStatus shown = status.container_status();
        shown.clear_executor_pid();
        json.member("container_status", shown);
    }
    if (status.has_healthy())
        json.member("healthy", status.healthy());
    json.endObject();
}

void writeTask(const Task &task, JsonWriter &json)
{
    json.beginObject();
    json.member("id", task.task_id().value());
    json.member("name", task.name());
    json.member("framework_id", task.framework_id().value());
    json.member("executor_id", task.executor_id().value());
    json.member("slave_id", task.agent_id().value());
    json.member("state", mesos::v1::TaskState_Name(task.state()));
    json.key("resources");
    writeResourceSummary(Resources(task.resources()), json);
    if (const std::string role = roleOf(task.resources()); !role.empty())
        json.member("role", role);
    json.key("statuses").beginArray();
    for (const auto &status : task.statuses())
        writeStatus(status, json);
    json.endArray();
    if (task.has_user())
        json.member("user", task.user());
    if (task.has_labels())
        writeLabels(task.labels(), json);
    if (task.has_discovery())
        json.member("discovery", task.discovery());
    if (task.has_container())
        json.member("container", task.container());
    if (task.has_health_check())
        json.member("health_check", task.health_check());
    json.endObject();
}

void writeQueuedTask(const mesos::v1::TaskInfo &task, JsonWriter &json)
{
    json.beginObject();
    json.member("id", task.task_id().value());
    json.member("name", task.name());
    json.member("slave_id", task.agent_id().value());
    json.key("resources");
    writeResourceSummary(Resources(task.resources()), json);
    if (const std::string role = roleOf(task.resources()); !role.empty())
        json.member("role", role);
    if (task.has_command())
        json.member("command", task.command());
    if (task.has_executor())
        json.member("executor_id", task.executor().executor_id().value());
    if (task.has_discovery())
        json.member("discovery", task.discovery());
    json.endObject();
}

void writeExecutorTasks(const Executor &executor, JsonWriter &json)
{
    json.key("tasks").beginArray();
    for (const auto &[id, task] : executor.launched)
        writeTask(task, json);
    json.endArray();
    json.key("queued_tasks").beginArray();
    for (const auto &task : executor.queued)
        writeQueuedTask(task, json);
    json.endArray();
    json.key("completed_tasks").beginArray();
    for (const auto &task : executor.completed)
        writeTask(task, json);
    for (const auto &[id, task] : executor.terminated)
        writeTask(task, json);
    json.endArray();
}

void writeExecutor(const Executor &executor, JsonWriter &json)
{
    json.beginObject();
    json.member("id", executor.id());
    json.member("name", executor.info.name());
    json.member("source", executor.info.source());
    json.member("container", executor.containerId);
    json.member("directory", executor.directory);
    json.key("resources");
    writeResourceSummary(executor.allocated(), json);
    if (const std::string role = roleOf(executor.info.resources()); !role.empty())
        json.member("role", role);
    if (executor.info.has_labels())
        writeLabels(executor.info.labels(), json);
    if (executor.info.has_type())
        json.member("type", mesos::v1::ExecutorInfo::Type_Name(executor.info.type()));
    writeExecutorTasks(executor, json);
    json.endObject();
}

} // namespace

void writeResourceSummary(const Resources &resources, JsonWriter &json)
{
    std::map<std::string, double> scalars{{"cpus", 0}, {"gpus", 0}, {"mem", 0}, {"disk", 0}};
    std::map<std::string, std::string> texts;
    for (const auto &[name, amount] : resources.nonRevocable().quantities())
        scalars[name] = fromMilli(amount);
    for (const auto &[name, amount] : resources.revocable().quantities())
        scalars[name + "_revocable"] = fromMilli(amount);
    for (const auto &resource : resources.proto()) {
        if (resource.type() == mesos::v1::Value::RANGES)
            texts[resource.name()] = rangesText(resource.ranges());
        else if (resource.type() == mesos::v1::Value::SET)
            texts[resource.name()] = setText(resource.set());
    }
    json.beginObject();
    for (const auto &[name, value] : scalars)
        json.member(name, value);
    for (const auto &[name, value] : texts)
        json.member(name, value);
    json.endObject();
}

void writeLegacyFramework(const Framework &framework, JsonWriter &json)
{
    const mesos::v1::FrameworkInfo &info = framework.info;
    json.beginObject();
    json.member("id", framework.id());
    json.member("name", info.name());
    json.member("user", info.user());
    json.member("failover_timeout", info.failover_timeout());
    json.member("checkpoint", info.checkpoint());
    json.member("hostname", info.hostname());
    if (info.has_principal())
        json.member("principal", info.principal());
    if (framework.hasCapability(mesos::v1::FrameworkInfo::Capability::MULTI_ROLE)) {
        json.key("roles").beginArray();
        for (const auto &role : info.roles())
            json.value(role);
        json.endArray();
    } else {
        json.member("role", info.role());
    }
    json.key("executors").beginArray();
    for (const auto &[id, executor] : framework.executors)
        writeExecutor(*executor, json);
    json.endArray();
    json.key("completed_executors").beginArray();
    for (const auto &executor : framework.completedExecutors)
        writeExecutor(*executor, json);
    json.endArray();
    json.endObject();
}

} // namespace meseta::agent
