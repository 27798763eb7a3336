#include "daemons/master/state_views/legacy_documents.h"

#include "common/endpoints/build_info.h"
#include "daemons/master/cluster/cluster.h"
#include "daemons/master/state_views/answer_buffer.h"
#include "daemons/master/state_views/cluster_views.h"
#include "daemons/master/state_views/legacy_parts.h"
#include "daemons/master/state_views/master_facts.h"
#include "daemons/master/state_views/role_figures.h"
#include "daemons/master/state_views/task_counts.h"

namespace meseta::master {

namespace {

using codec::JsonWriter;

/// A document in the making. `json` writes into `out`, which may be emptied between values: the
/// writer never looks back.
struct Document
{
    AnswerBuffer out;
    JsonWriter json{out.text()};

    QByteArray take() { return out.take(); }
};

void text(JsonWriter &json, std::string_view name, const std::string &value)
{
    json.member(name, std::string_view(value));
}

void versionMembers(JsonWriter &json)
{
    const mesos::v1::VersionInfo &build = buildInfo();
    text(json, "version", build.version());
    if (build.has_git_sha())
        text(json, "git_sha", build.git_sha());
    text(json, "build_date", build.build_date());
    json.member("build_time", build.build_time());
    text(json, "build_user", build.build_user());
}

void leaderMembers(const MasterFacts &master, JsonWriter &json)
{
    if (!master.leader)
        return;
    text(json, "leader", master.leader->pid());
    json.key("leader_info").beginObject();
    text(json, "id", master.leader->id());
    text(json, "pid", master.leader->pid());
    json.member("port", std::int64_t(master.leader->port()));
    text(json, "hostname", master.leader->hostname());
    if (master.leader->has_domain())
        json.key("domain").value(master.leader->domain());
    json.endObject();
}

void flagMembers(const MasterFacts &master, JsonWriter &json)
{
    for (const char *name : {"cluster", "log_dir", "external_log_file"}) {
        if (const auto value = master.flag(name))
            text(json, name, *value);
    }
    json.key("flags").beginObject();
    for (const auto &[name, value] : master.flags)
        text(json, name, value);
    json.endObject();
}

void agentCounts(const Cluster &cluster, JsonWriter &json)
{
    const auto active = std::count_if(cluster.agents().begin(), cluster.agents().end(),
                                      [](const auto &entry) { return entry.second->active; });
    json.member("activated_slaves", double(active));
    json.member("deactivated_slaves", double(cluster.agents().size()) - double(active));
    json.member("unreachable_slaves", double(cluster.unreachable.size()));
}

void recoveredAgents(const Cluster &cluster, const std::optional<std::string> &only,
                     JsonWriter &json)
{
    json.key("recovered_slaves").beginArray();
    for (const auto &[id, info] : cluster.recoveredAgents) {
        if (only && *only != id)
            continue;
        json.beginObject();
        text(json, "id", id);
        text(json, "hostname", info.hostname());
        json.member("port", std::int64_t(info.port()));
        json.key("attributes");
        attributesObject(info.attributes(), json);
        if (info.has_domain())
            json.key("domain").value(info.domain());
        json.endObject();
    }
    json.endArray();
}

/// One framework with all that /state tells of it.
void frameworkObject(const Framework &framework, Document &doc)
{
    doc.out.spill();
    doc.json.beginObject();
    frameworkSummaryMembers(framework, doc.json);
    frameworkMembers(framework, doc.json, [&doc] { doc.out.spill(); });
    doc.json.endObject();
}

void frameworkArrays(const Cluster &cluster, const std::optional<std::string> &only, Document &doc)
{
    doc.json.key("frameworks").beginArray();
    for (const auto &[id, framework] : cluster.frameworks()) {
        if (!only || *only == id)
            frameworkObject(*framework, doc);
    }
    doc.json.endArray();
    doc.json.key("completed_frameworks").beginArray();
    for (const auto &framework : cluster.completedFrameworks()) {
        if (!only || *only == framework->id)
            frameworkObject(*framework, doc);
    }
    doc.json.endArray();
}

} // namespace

QByteArray stateDocument(const Cluster &cluster, const MasterFacts &master)
{
    Document doc;
    JsonWriter &json = doc.json;
    json.beginObject();
    versionMembers(json);
    json.member("start_time", master.startTime);
    if (master.electedTime)
        json.member("elected_time", *master.electedTime);
    text(json, "id", master.info.id());
    text(json, "pid", master.info.pid());
    text(json, "hostname", master.info.hostname());
    json.key("capabilities").beginArray();
    for (const auto &capability : master.info.capabilities())
        json.value(
            std::string_view(mesos::v1::MasterInfo::Capability::Type_Name(capability.type())));
    json.endArray();
    agentCounts(cluster, json);
    if (master.info.has_domain())
        json.key("domain").value(master.info.domain());
    leaderMembers(master, json);
    flagMembers(master, json);
    json.key("slaves").beginArray();
    for (const auto &entry : cluster.agents()) {
        json.beginObject();
        agentMembers(*entry.second, json);
        json.endObject();
        doc.out.spill();
    }
    json.endArray();
    recoveredAgents(cluster, std::nullopt, json);
    frameworkArrays(cluster, std::nullopt, doc);
    json.key("orphan_tasks").beginArray().endArray();
    json.key("unregistered_frameworks").beginArray().endArray();
    json.endObject();
    return doc.take();
}

QByteArray stateSummaryDocument(const Cluster &cluster, const MasterFacts &master)
{
    const TaskTable table = tabulateTasks(cluster);
    const auto find = [](const auto &map, const std::string &id) {
        const auto found = map.find(id);
        return found == map.end() ? nullptr : &found->second;
    };
    const auto ids = [](const std::set<std::string> *set, JsonWriter &json) {
        json.beginArray();
        if (set)
            std::for_each(set->begin(), set->end(),
                          [&json](const std::string &id) { json.value(std::string_view(id)); });
        json.endArray();
    };
    Document doc;
    JsonWriter &json = doc.json;
    json.beginObject();
    text(json, "hostname", master.info.hostname());
    if (const auto name = master.flag("cluster"))
        text(json, "cluster", *name);
    json.key("slaves").beginArray();
    for (const auto &[id, agent] : cluster.agents()) {
        json.beginObject();
        agentMembers(*agent, json);
        countMembers(find(table.byAgent, id), json);
        json.key("framework_ids");
        ids(find(table.frameworksOfAgent, id), json);
        json.endObject();
        doc.out.spill();
    }
    json.endArray();
    json.key("frameworks").beginArray();
    for (const auto &[id, framework] : cluster.frameworks()) {
        json.beginObject();
        frameworkSummaryMembers(*framework, json);
        countMembers(find(table.byFramework, id), json);
        json.key("slave_ids");
        ids(find(table.agentsOfFramework, id), json);
        json.endObject();
        doc.out.spill();
    }
    json.endArray();
    json.endObject();
    return doc.take();
}

QByteArray slavesDocument(const Cluster &cluster, const std::optional<std::string> &agentId)
{
    Document doc;
    doc.json.beginObject().key("slaves").beginArray();
    for (const auto &[id, agent] : cluster.agents()) {
        if (agentId && *agentId != id)
            continue;
        doc.json.beginObject();
        agentMembers(*agent, doc.json);
        agentFullResources(*agent, doc.json);
        doc.json.endObject();
        doc.out.spill();
    }
    doc.json.endArray();
    recoveredAgents(cluster, agentId, doc.json);
    doc.json.endObject();
    return doc.take();
}

QByteArray frameworksDocument(const Cluster &cluster, const std::optional<std::string> &frameworkId)
{
    Document doc;
    doc.json.beginObject();
    frameworkArrays(cluster, frameworkId, doc);
    doc.json.key("unregistered_frameworks").beginArray().endArray();
    doc.json.endObject();
    return doc.take();
}

QByteArray tasksDocument(const Cluster &cluster, const TasksQuery &query)
{
    std::vector<const Task *> tasks;
    const auto gather = [&](const Task &task) {
        if ((!query.frameworkId || *query.frameworkId == task.frameworkId())
            && (!query.taskId || *query.taskId == task.id()))
            tasks.push_back(&task);
    };
    for (const TaskList list : {TaskList::Active, TaskList::Unreachable, TaskList::Completed})
        forEachTask(cluster, list, gather);
    const std::uint64_t count = tasks.size();
    const std::uint64_t from =
        std::min<std::uint64_t>(std::uint64_t(std::max<std::int64_t>(0, query.offset)), count);
    const std::uint64_t many = query.limit < 0
        ? count - from
        : std::min<std::uint64_t>(std::uint64_t(query.limit), count - from);
    const auto before = [&query](const Task *a, const Task *b) {
        return query.ascending ? a->firstStatusTime() < b->firstStatusTime()
                               : a->firstStatusTime() > b->firstStatusTime();
    };
    const auto begin = tasks.begin() + std::ptrdiff_t(from);
    const auto end = begin + std::ptrdiff_t(many);
    std::stable_sort(tasks.begin(), tasks.end(), before);

    Document doc;
    doc.json.beginObject().key("tasks").beginArray();
    for (auto it = begin; it != end; ++it) {
        taskObject((*it)->toProto(), doc.json);
        doc.out.spill();
    }
    doc.json.endArray().endObject();
    return doc.take();
}

QByteArray rolesDocument(const Cluster &cluster)
{
    Document doc;
    JsonWriter &json = doc.json;
    json.beginObject().key("roles").beginArray();
    for (const RoleFigures &role : roleFigures(cluster)) {
        json.beginObject();
        text(json, "name", role.name);
        json.member("weight", role.weight);
        json.key("quota").beginObject();
        text(json, "role", role.name);
        json.key("guarantee");
        quantitiesObject(role.guarantee, json);
        json.key("limit");
        quantitiesObject(role.limit, json);
        json.key("consumed");
        quantitiesObject(role.consumed, json);
        json.endObject();
        Quantities both = role.allocated;
        for (const auto &[name, milli] : role.offered)
            both[name] += milli;
        json.key("resources");
        quantitiesObject(both, json);
        json.key("allocated");
        quantitiesObject(role.allocated, json);
        json.key("offered");
        quantitiesObject(role.offered, json);
        json.key("reserved");
        quantitiesObject(role.reserved, json);
        json.key("frameworks").beginArray();
        for (const std::string &id : role.frameworks)
            json.value(std::string_view(id));
        json.endArray().endObject();
        doc.out.spill();
    }
    json.endArray().endObject();
    return doc.take();
}

mesos::v1::quota::QuotaStatus quotaStatus(const Cluster &cluster)
{
    mesos::v1::quota::QuotaStatus status;
    for (const auto &[role, config] : cluster.quotas) {
        mesos::v1::quota::QuotaInfo &info = *status.add_infos();
        info.set_role(role);
        for (const auto &[name, milli] : quotaQuantities(config.guarantees())) {
            mesos::v1::Resource &resource = *info.add_guarantee();
            resource.set_name(name);
            resource.set_type(mesos::v1::Value::SCALAR);
            resource.mutable_scalar()->set_value(fromMilli(milli));
        }
        *status.add_configs() = config;
    }
    return status;
}

QByteArray quotaDocument(const Cluster &cluster)
{
    return QByteArray::fromStdString(codec::toJson(quotaStatus(cluster)));
}

QByteArray weightsDocument(const Cluster &cluster)
{
    Document doc;
    doc.json.beginArray();
    for (const auto &[role, weight] : cluster.weights) {
        doc.json.beginObject();
        text(doc.json, "role", role);
        doc.json.member("weight", weight).endObject();
    }
    doc.json.endArray();
    return doc.take();
}

namespace {

/// A list that Mesos does not write when it is empty, within its object.
template <typename List>
void wrapped(JsonWriter &json, const char *outer, const char *inner, const List &list)
{
    if (list.empty())
        return;
    json.key(outer).beginObject().key(inner).beginArray();
    for (const auto &one : list)
        json.value(one);
    json.endArray().endObject();
}

template <typename List> void listed(JsonWriter &json, const char *name, const List &list)
{
    if (list.empty())
        return;
    json.key(name).beginArray();
    for (const auto &one : list)
        json.value(one);
    json.endArray();
}

void registeredAgent(JsonWriter &json, const mesos::internal::Registry::Slave &agent)
{
    mesos::SlaveInfo info = agent.info();
    *info.mutable_resources() = Resources(info.resources()).preRefinement();
    json.beginObject().member("deactivated", agent.deactivated());
    if (agent.has_drain_info())
        json.key("drain_info").value(agent.drain_info());
    json.key("info").value(info).endObject();
}

} // namespace

QByteArray registryDocument(const mesos::internal::Registry &registry)
{
    Document doc;
    JsonWriter &json = doc.json;
    json.beginObject();
    wrapped(json, "gone", "slaves", registry.gone().slaves());
    wrapped(json, "machines", "machines", registry.machines().machines());
    if (registry.has_master())
        json.key("master").value(registry.master());
    listed(json, "minimum_capabilities", registry.minimum_capabilities());
    listed(json, "quota_configs", registry.quota_configs());
    listed(json, "schedules", registry.schedules());
    json.key("slaves").beginObject().key("slaves").beginArray();
    for (const auto &agent : registry.slaves().slaves())
        registeredAgent(json, agent);
    json.endArray().endObject();
    wrapped(json, "unreachable", "slaves", registry.unreachable().slaves());
    listed(json, "weights", registry.weights());
    json.endObject();
    return doc.take();
}

QByteArray offerConstraintsDocument(const Cluster &cluster,
                                    const std::vector<::meseta::v1::OfferDecision> &decisions)
{
    std::map<std::pair<std::string, std::string>, std::set<std::string>> excluded;
    for (const ::meseta::v1::OfferDecision &decision : decisions) {
        if (decision.gate() == ::meseta::v1::OfferDecision::OFFER_CONSTRAINTS)
            excluded[{decision.framework_id().value(), decision.role()}].insert(
                decision.agent_id().value());
    }
    Document doc;
    JsonWriter &json = doc.json;
    json.beginObject().key("frameworks").beginObject();
    for (const auto &[id, framework] : cluster.frameworks()) {
        json.key(id).beginObject().key("suppressed_roles").beginArray();
        for (const std::string &role : framework->suppressedRoles)
            json.value(std::string_view(role));
        json.endArray().key("excluded_by_attribute_constraints").beginObject();
        for (const std::string &role : framework->roles) {
            json.key(role).beginArray();
            for (const std::string &agentId : excluded[{id, role}])
                json.value(std::string_view(agentId));
            json.endArray();
        }
        json.endObject().endObject();
    }
    json.endObject().endObject();
    return doc.take();
}

} // namespace meseta::master
