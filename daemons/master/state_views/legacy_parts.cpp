#include "daemons/master/state_views/legacy_parts.h"

#include "daemons/master/cluster/cluster.h"

namespace meseta::master {

namespace {

double seconds(Duration time)
{
    return std::chrono::duration<double>(time).count();
}

std::string setText(const mesos::v1::Value::Set &set)
{
    std::string text = "{";
    for (const std::string &item : set.item())
        text.append(text.size() > 1 ? ", " : "").append(item);
    return text + "}";
}

void jsonOf(std::string_view name, const google::protobuf::Message &message,
            codec::JsonWriter &json)
{
    json.key(name).value(message);
}

/// Amounts summed by the name they are shown under.
struct Summary
{
    std::map<std::string, double> scalars{{"cpus", 0}, {"disk", 0}, {"gpus", 0}, {"mem", 0}};
    std::map<std::string, mesos::v1::Value::Ranges> ranges;
    std::map<std::string, mesos::v1::Value::Set> sets;
};

/// Ranges of several reservations of one name stand in one text: sorted, neighbours joined.
void normalize(mesos::v1::Value::Ranges &ranges)
{
    auto &list = *ranges.mutable_range();
    std::sort(list.begin(), list.end(),
              [](const auto &a, const auto &b) { return a.begin() < b.begin(); });
    mesos::v1::Value::Ranges joined;
    for (const auto &range : list) {
        auto *last = joined.range_size() ? joined.mutable_range(joined.range_size() - 1) : nullptr;
        if (last && range.begin() <= last->end() + 1)
            last->set_end(std::max(last->end(), range.end()));
        else
            *joined.add_range() = range;
    }
    ranges.Swap(&joined);
}

} // namespace

void attributesObject(const google::protobuf::RepeatedPtrField<mesos::v1::Attribute> &attributes,
                      codec::JsonWriter &json)
{
    json.beginObject();
    for (const mesos::v1::Attribute &attribute : attributes) {
        json.key(attribute.name());
        switch (attribute.type()) {
        case mesos::v1::Value::SCALAR:
            json.value(attribute.scalar().value());
            break;
        case mesos::v1::Value::RANGES:
            json.value(std::string_view(rangesText(attribute.ranges())));
            break;
        case mesos::v1::Value::SET:
            json.value(std::string_view(setText(attribute.set())));
            break;
        default:
            json.value(std::string_view(attribute.text().value()));
            break;
        }
    }
    json.endObject();
}

std::string rangesText(const mesos::v1::Value_Ranges &ranges)
{
    std::string text = "[";
    for (const auto &range : ranges.range()) {
        text.append(text.size() > 1 ? ", " : "");
        text.append(std::to_string(range.begin())).append("-").append(std::to_string(range.end()));
    }
    return text + "]";
}

void resourceSummary(const Resources &resources, codec::JsonWriter &json)
{
    Summary summary;
    for (const mesos::v1::Resource &item : resources.items()) {
        const std::string name = item.has_revocable() ? item.name() + "_revocable" : item.name();
        if (item.has_scalar())
            summary.scalars[name] += item.scalar().value();
        else if (item.has_ranges())
            summary.ranges[name].mutable_range()->MergeFrom(item.ranges().range());
        else if (item.has_set())
            summary.sets[name].mutable_item()->MergeFrom(item.set().item());
    }
    json.beginObject();
    for (const auto &[name, value] : summary.scalars)
        json.member(name, fromMilli(toMilli(value)));
    for (auto &[name, ranges] : summary.ranges) {
        normalize(ranges);
        json.member(name, std::string_view(rangesText(ranges)));
    }
    for (const auto &[name, set] : summary.sets)
        json.member(name, std::string_view(setText(set)));
    json.endObject();
}

void quantitiesObject(const Quantities &quantities, codec::JsonWriter &json)
{
    json.beginObject();
    for (const auto &[name, milli] : quantities)
        json.member(name, fromMilli(milli));
    json.endObject();
}

void labelsArray(const mesos::v1::Labels &labels, codec::JsonWriter &json)
{
    json.beginArray();
    for (const auto &label : labels.labels())
        json.value(label);
    json.endArray();
}

void commandObject(const mesos::v1::CommandInfo &command, codec::JsonWriter &json)
{
    json.beginObject();
    if (command.has_shell())
        json.member("shell", command.shell());
    if (command.has_value())
        json.member("value", std::string_view(command.value()));
    json.key("argv").beginArray();
    for (const std::string &argument : command.arguments())
        json.value(std::string_view(argument));
    json.endArray();
    if (command.has_environment()) {
        json.key("environment").beginObject().key("variables").beginArray();
        for (const auto &variable : command.environment().variables()) {
            json.beginObject()
                .member("name", std::string_view(variable.name()))
                .member("value", std::string_view(variable.value()))
                .endObject();
        }
        json.endArray().endObject();
    }
    json.key("uris").beginArray();
    for (const auto &uri : command.uris()) {
        json.beginObject()
            .member("value", std::string_view(uri.value()))
            .member("executable", uri.executable())
            .endObject();
    }
    json.endArray().endObject();
}

namespace {

void statusObject(const mesos::v1::TaskStatus &status, codec::JsonWriter &json)
{
    json.beginObject();
    json.member("state", std::string_view(mesos::v1::TaskState_Name(status.state())));
    json.member("timestamp", status.timestamp());
    if (status.has_labels()) {
        json.key("labels");
        labelsArray(status.labels(), json);
    }
    if (status.has_container_status()) {
        mesos::v1::ContainerStatus container = status.container_status();
        container.clear_executor_pid(); // told by the v1 API only
        jsonOf("container_status", container, json);
    }
    if (status.has_healthy())
        json.member("healthy", status.healthy());
    json.endObject();
}

std::string roleOf(const google::protobuf::RepeatedPtrField<mesos::v1::Resource> &resources)
{
    return resources.empty() ? std::string() : resources.begin()->allocation_info().role();
}

} // namespace

void taskObject(const mesos::v1::Task &task, codec::JsonWriter &json)
{
    json.beginObject();
    json.member("id", std::string_view(task.task_id().value()));
    json.member("name", std::string_view(task.name()));
    json.member("framework_id", std::string_view(task.framework_id().value()));
    json.member("executor_id", std::string_view(task.executor_id().value()));
    json.member("slave_id", std::string_view(task.agent_id().value()));
    json.member("state", std::string_view(mesos::v1::TaskState_Name(task.state())));
    json.key("resources");
    resourceSummary(task.resources(), json);
    if (task.limits_size() > 0) {
        json.key("limits").beginObject();
        for (const auto &[name, scalar] : task.limits())
            json.member(name, scalar.value());
        json.endObject();
    }
    json.member("role", std::string_view(roleOf(task.resources())));
    json.key("statuses").beginArray();
    for (const auto &status : task.statuses())
        statusObject(status, json);
    json.endArray();
    if (task.has_user())
        json.member("user", std::string_view(task.user()));
    if (task.has_labels()) {
        json.key("labels");
        labelsArray(task.labels(), json);
    }
    if (task.has_discovery())
        jsonOf("discovery", task.discovery(), json);
    if (task.has_container())
        jsonOf("container", task.container(), json);
    if (task.has_health_check())
        jsonOf("health_check", task.health_check(), json);
    json.endObject();
}

void offerObject(const Offer &offer, codec::JsonWriter &json)
{
    json.beginObject();
    json.member("id", std::string_view(offer.id));
    json.member("framework_id", std::string_view(offer.framework->id));
    json.key("allocation_info")
        .beginObject()
        .member("role", std::string_view(offer.role))
        .endObject();
    json.member("slave_id", std::string_view(offer.agent->id));
    json.key("resources");
    resourceSummary(offer.resources, json);
    json.endObject();
}

void executorObject(const std::string &bytes, const std::string &frameworkId,
                    const std::string &agentId, codec::JsonWriter &json)
{
    mesos::v1::ExecutorInfo info;
    info.ParsePartialFromString(bytes);
    json.beginObject();
    json.member("executor_id", std::string_view(info.executor_id().value()));
    json.member("name", std::string_view(info.name()));
    json.member("framework_id", std::string_view(frameworkId));
    json.key("command");
    commandObject(info.command(), json);
    json.key("resources");
    resourceSummary(info.resources(), json);
    if (const std::string role = roleOf(info.resources()); !role.empty())
        json.member("role", std::string_view(role));
    if (info.has_labels()) {
        json.key("labels");
        labelsArray(info.labels(), json);
    }
    if (info.has_type())
        json.member("type", std::string_view(mesos::v1::ExecutorInfo::Type_Name(info.type())));
    json.member("slave_id", std::string_view(agentId));
    json.endObject();
}

void agentMembers(const Agent &agent, codec::JsonWriter &json)
{
    json.member("id", std::string_view(agent.id));
    json.member("hostname", std::string_view(agent.info.hostname()));
    json.member("port", std::int64_t(agent.info.port()));
    json.key("attributes");
    attributesObject(agent.info.attributes(), json);
    if (agent.info.has_domain())
        jsonOf("domain", agent.info.domain(), json);
    json.member("pid", std::string_view(agent.pid.text()));
    json.member("registered_time", seconds(agent.registeredTime));
    if (agent.reregisteredTime != Duration::zero())
        json.member("reregistered_time", seconds(agent.reregisteredTime));
    json.key("resources");
    resourceSummary(agent.total, json);
    json.key("used_resources");
    resourceSummary(agent.totalUsed(), json);
    json.key("offered_resources");
    resourceSummary(agent.totalOffered(), json);
    json.key("reserved_resources").beginObject();
    for (const auto &[role, resources] : agent.total.reservations()) {
        json.key(role);
        resourceSummary(resources, json);
    }
    json.endObject();
    json.key("unreserved_resources");
    resourceSummary(agent.total.unreserved(), json);
    json.member("active", agent.active);
    json.member("deactivated", agent.deactivated);
    json.member("version", std::string_view(agent.version));
    json.key("capabilities").beginArray();
    for (const auto &capability : agent.capabilityList)
        json.value(
            std::string_view(mesos::v1::AgentInfo::Capability::Type_Name(capability.type())));
    json.endArray();
    if (agent.drainInfo)
        jsonOf("drain_info", *agent.drainInfo, json);
    if (agent.estimatedDrainStart)
        json.member("estimated_drain_start_time_seconds",
                    double(agent.estimatedDrainStart->nanoseconds()) / 1e9);
}

namespace {

void resourceArray(const Resources &resources, codec::JsonWriter &json)
{
    json.beginArray();
    for (const mesos::v1::Resource &item : resources.endpointForm())
        json.value(item);
    json.endArray();
}

} // namespace

void agentFullResources(const Agent &agent, codec::JsonWriter &json)
{
    json.key("reserved_resources_full").beginObject();
    for (const auto &[role, resources] : agent.total.reservations()) {
        json.key(role);
        resourceArray(resources, json);
    }
    json.endObject();
    json.key("unreserved_resources_full");
    resourceArray(agent.total.unreserved(), json);
    json.key("used_resources_full");
    resourceArray(agent.totalUsed(), json);
    json.key("offered_resources_full");
    resourceArray(agent.totalOffered(), json);
}

void frameworkSummaryMembers(const Framework &framework, codec::JsonWriter &json)
{
    json.member("id", std::string_view(framework.id));
    json.member("name", std::string_view(framework.info.name()));
    if (!framework.pid.isEmpty()) // of libmesos drivers only; an empty text breaks readers
        json.member("pid", std::string_view(framework.pid.text()));
    json.key("used_resources");
    resourceSummary(framework.totalUsed(), json);
    json.key("offered_resources");
    resourceSummary(framework.totalOffered(), json);
    json.key("capabilities").beginArray();
    for (const auto &capability : framework.info.capabilities())
        json.value(
            std::string_view(mesos::v1::FrameworkInfo::Capability::Type_Name(capability.type())));
    json.endArray();
    json.member("hostname", std::string_view(framework.info.hostname()));
    json.member("webui_url", std::string_view(framework.info.webui_url()));
    json.member("active", framework.active());
    json.member("connected", framework.connected());
    json.member("recovered", framework.recovered());
}

namespace {

void frameworkDescription(const Framework &framework, codec::JsonWriter &json)
{
    json.member("user", std::string_view(framework.info.user()));
    json.member("failover_timeout", framework.info.failover_timeout());
    json.member("checkpoint", framework.info.checkpoint());
    json.member("registered_time", seconds(framework.registeredTime));
    json.member("unregistered_time", seconds(framework.unregisteredTime));
    if (framework.info.has_principal())
        json.member("principal", std::string_view(framework.info.principal()));
    json.key("resources");
    resourceSummary(framework.totalUsed() + framework.totalOffered(), json);
    if (framework.reregisteredTime != Duration::zero()
        && framework.reregisteredTime != framework.registeredTime)
        json.member("reregistered_time", seconds(framework.reregisteredTime));
    if (!framework.capabilities.multiRole) {
        json.member("role", std::string_view(framework.info.role()));
        return;
    }
    json.key("roles").beginArray();
    for (const std::string &role : framework.info.roles())
        json.value(std::string_view(role));
    json.endArray();
}

template <typename Tasks, typename Get>
void taskArray(std::string_view name, const Tasks &tasks, Get get, codec::JsonWriter &json,
               const std::function<void()> &pause)
{
    json.key(name).beginArray();
    mesos::v1::Task parsed; // its memory is used again for each
    std::string bytes;
    for (const auto &entry : tasks) {
        bytes.clear();
        get(entry).appendTo(bytes);
        parsed.ParsePartialFromString(bytes);
        taskObject(parsed, json);
        pause();
    }
    json.endArray();
}

} // namespace

void frameworkMembers(const Framework &framework, codec::JsonWriter &json,
                      const std::function<void()> &pause)
{
    frameworkDescription(framework, json);
    const auto inMap = [](const auto &entry) -> const Task & { return *entry.second; };
    const auto inList = [](const auto &entry) -> const Task & { return *entry; };
    taskArray("tasks", framework.tasks, inMap, json, pause);
    taskArray("unreachable_tasks", framework.unreachableTasks, inList, json, pause);
    taskArray("completed_tasks", framework.completedTasks, inList, json, pause);
    json.key("offers").beginArray();
    for (const Offer *offer : framework.offers)
        offerObject(*offer, json);
    json.endArray();
    json.key("executors").beginArray();
    for (const auto &[agentId, executors] : framework.executors) {
        for (const auto &entry : executors)
            executorObject(entry.second.bytes, framework.id, agentId, json);
    }
    json.endArray();
    if (framework.info.has_labels()) {
        json.key("labels");
        labelsArray(framework.info.labels(), json);
    }
    jsonOf("offer_constraints", framework.offerConstraints, json);
}

} // namespace meseta::master
