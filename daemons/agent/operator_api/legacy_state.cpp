#include "daemons/agent/operator_api/legacy_state.h"

#include "common/codec/json.h"
#include "common/endpoints/build_info.h"
#include "common/resources/attributes.h"
#include "daemons/agent/core/agent.h"
#include "daemons/agent/operator_api/legacy_parts.h"

namespace meseta::agent {

using codec::JsonWriter;

namespace {

void writeVersion(JsonWriter &json)
{
    const mesos::v1::VersionInfo &build = buildInfo();
    json.member("version", build.version());
    if (build.has_git_sha())
        json.member("git_sha", build.git_sha());
    json.member("build_date", build.build_date());
    json.member("build_time", build.build_time());
    json.member("build_user", build.build_user());
}

void writeReservations(const std::map<std::string, Resources> &byRole, JsonWriter &json)
{
    json.beginObject();
    for (const auto &[role, resources] : byRole) {
        json.key(role);
        writeResourceSummary(resources, json);
    }
    json.endObject();
}

void writeFull(const Resources &resources, JsonWriter &json)
{
    json.beginArray();
    for (const auto &resource : resources.endpointForm())
        json.value(resource);
    json.endArray();
}

void writeResources(const Agent &agent, JsonWriter &json)
{
    const Resources &total = agent.resourceOperations().total();
    const Resources used = agent.state().allocated().unallocated();
    json.key("resources");
    writeResourceSummary(total, json);
    json.key("reserved_resources");
    writeReservations(total.reservations(), json);
    json.key("unreserved_resources");
    writeResourceSummary(total.unreserved(), json);
    json.key("reserved_resources_full").beginObject();
    for (const auto &[role, resources] : total.reservations()) {
        json.key(role);
        writeFull(resources, json);
    }
    json.endObject();
    json.key("unreserved_resources_full");
    writeFull(total.unreserved(), json);
    json.key("reserved_resources_allocated");
    writeReservations(used.reservations(), json);
    json.key("unreserved_resources_allocated");
    writeResourceSummary(used.unreserved(), json);
}

void writeAttributes(const Agent &agent, JsonWriter &json)
{
    json.key("attributes").beginObject();
    for (const auto &attribute : agent.config().attributes) {
        if (attribute.type() == mesos::v1::Value::SCALAR)
            json.member(attribute.name(), attribute.scalar().value());
        else
            json.member(attribute.name(), attributeText(attribute));
    }
    json.endObject();
}

} // namespace

void writeLegacyState(const Agent &agent, const std::map<std::string, std::string> &flags,
                      std::string &out)
{
    const AgentState &state = agent.state();
    JsonWriter json(out);
    json.beginObject();
    writeVersion(json);
    json.member("start_time", state.startTime);
    json.member("id", state.id());
    json.member("pid", agent.config().self.text());
    json.member("hostname", agent.config().hostname);
    json.key("capabilities").beginArray();
    for (const auto &capability : agent.config().capabilities)
        json.value(mesos::v1::AgentInfo::Capability::Type_Name(capability.type()));
    json.endArray();
    if (agent.config().domain)
        json.member("domain", *agent.config().domain);
    writeResources(agent, json);
    json.key("resource_providers").beginArray().endArray();
    writeAttributes(agent, json);
    if (state.isRegistered())
        json.member("master_hostname", agent.config().master.ip);
    json.key("flags").beginObject();
    for (const auto &[name, value] : flags)
        json.member(name, value);
    json.endObject();
    json.key("frameworks").beginArray();
    for (const auto &[id, framework] : state.frameworks)
        writeLegacyFramework(*framework, json);
    json.endArray();
    json.key("completed_frameworks").beginArray();
    for (const auto &framework : state.completedFrameworks)
        writeLegacyFramework(*framework, json);
    json.endArray();
    json.endObject();
}

} // namespace meseta::agent
