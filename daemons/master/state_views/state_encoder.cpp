#include "daemons/master/state_views/state_encoder.h"

#include "common/codec/json.h"
#include "daemons/master/cluster/cluster.h"
#include "daemons/master/cluster/wire.h"
#include "daemons/master/state_views/cluster_views.h"

namespace meseta::master {

using mesos::v1::master::Event;
using mesos::v1::master::Response;

namespace {

/// Field numbers, from the descriptors' constants so that they cannot drift.
using GetTasks = Response::GetTasks;
constexpr std::pair<TaskList, int> taskFields[] = {
    {TaskList::Active, GetTasks::kTasksFieldNumber},
    {TaskList::Unreachable, GetTasks::kUnreachableTasksFieldNumber},
    {TaskList::Completed, GetTasks::kCompletedTasksFieldNumber}};
constexpr std::pair<TaskList, const char *> taskNames[] = {
    {TaskList::Active, "tasks"},
    {TaskList::Unreachable, "unreachable_tasks"},
    {TaskList::Completed, "completed_tasks"}};

std::size_t varintSize(std::uint64_t value)
{
    std::size_t size = 1;
    for (; value >= 0x80; value >>= 7)
        ++size;
    return size;
}

/// Tag, length and content of a field whose number is below 16.
std::size_t fieldSize(std::size_t content)
{
    return 1 + varintSize(content) + content;
}

void putDouble(int field, double value, std::string &out)
{
    wire::appendVarint((std::uint64_t(field) << 3) | 1, out);
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value); // little endian, as the hosts are
    out.append(bytes, sizeof value);
}

/// Writes `[a,b]`: `each` is called for every element before it is written.
class JsonList
{
public:
    JsonList(AnswerBuffer &out, std::string_view name) : m_out(out)
    {
        m_out.text().append("\"").append(name).append("\":[");
    }
    std::string &next()
    {
        m_out.spill();
        if (!m_first)
            m_out.text().push_back(',');
        m_first = false;
        return m_out.text();
    }
    void end() { m_out.text().push_back(']'); }

private:
    AnswerBuffer &m_out;
    bool m_first = true;
};

template <typename Visit> void forEachFramework(const Cluster &cluster, bool completed, Visit visit)
{
    if (completed) {
        for (const auto &framework : cluster.completedFrameworks())
            visit(frameworkView(*framework));
        return;
    }
    for (const auto &entry : cluster.frameworks())
        visit(frameworkView(*entry.second));
}

/// An AgentInfo that came from an agent says of old that it checkpoints; the Mesos 1 schema has no
/// such field, but Mesos writes it in JSON all the same.
void agentInfoJson(const mesos::v1::AgentInfo &info, std::string &out)
{
    codec::writeJson(info, out);
    out.pop_back();
    out.append(",\"checkpoint\":true}");
}

std::string serialized(const google::protobuf::MessageLite &message)
{
    std::string bytes;
    message.AppendPartialToString(&bytes);
    return bytes;
}

} // namespace

void agentJson(const Response::GetAgents::Agent &agent, std::string &out)
{
    out.append("{\"agent_info\":");
    agentInfoJson(agent.agent_info(), out);
    std::string rest;
    Response::GetAgents::Agent others = agent;
    others.clear_agent_info();
    codec::transcodeToJson(others.GetDescriptor(), serialized(others), rest);
    out.push_back(rest.size() > 2 ? ',' : '}');
    if (rest.size() > 2)
        out.append(rest, 1);
}

QByteArray recordOf(QByteArray body)
{
    QByteArray length = QByteArray::number(body.size());
    length += '\n';
    if (body.size() < 64 * 1024)
        return length + body;
    body.prepend(length);
    return body;
}

/// The parts that are small beside the tasks, serialized.
struct StateEncoder::Parts
{
    std::size_t tasks = 0; ///< size only
    std::string executors;
    std::string frameworks;
    std::string agents;

    std::size_t size() const
    {
        return fieldSize(tasks) + fieldSize(executors.size()) + fieldSize(frameworks.size())
            + fieldSize(agents.size());
    }
};

std::string StateEncoder::executorsMessage() const
{
    using Entry = Response::GetExecutors::Executor;
    std::string out;
    forEachExecutor(m_cluster, [&out](const std::string &bytes, const std::string &agentId) {
        std::string entry;
        wire::appendBytes(Entry::kExecutorInfoFieldNumber, bytes, entry);
        mesos::v1::AgentID id;
        id.set_value(agentId);
        wire::appendMessage(Entry::kAgentIdFieldNumber, id, entry);
        wire::appendBytes(Response::GetExecutors::kExecutorsFieldNumber, entry, out);
    });
    return out;
}

std::string StateEncoder::frameworksMessage() const
{
    using List = Response::GetFrameworks;
    std::string out;
    forEachFramework(m_cluster, false, [&out](const auto &view) {
        wire::appendMessage(List::kFrameworksFieldNumber, view, out);
    });
    forEachFramework(m_cluster, true, [&out](const auto &view) {
        wire::appendMessage(List::kCompletedFrameworksFieldNumber, view, out);
    });
    return out;
}

std::string StateEncoder::agentsMessage() const
{
    using List = Response::GetAgents;
    std::string out;
    for (const auto &entry : m_cluster.agents())
        wire::appendMessage(List::kAgentsFieldNumber, agentView(*entry.second), out);
    for (const auto &entry : m_cluster.recoveredAgents)
        wire::appendMessage(List::kRecoveredAgentsFieldNumber, entry.second, out);
    return out;
}

std::size_t StateEncoder::tasksSize() const
{
    std::size_t size = 0;
    for (const auto &[list, field] : taskFields)
        forEachTask(m_cluster, list,
                    [&size](const Task &task) { size += fieldSize(task.serializedSize()); });
    return size;
}

StateEncoder::Parts StateEncoder::parts() const
{
    return {tasksSize(), executorsMessage(), frameworksMessage(), agentsMessage()};
}

void StateEncoder::putTasks(AnswerBuffer &out) const
{
    for (const auto &[list, number] : taskFields) {
        const int field = number;
        forEachTask(m_cluster, list, [&out, field](const Task &task) {
            wire::appendHeader(field, task.serializedSize(), out.text());
            task.appendTo(out.text());
            out.spill();
        });
    }
}

void StateEncoder::putState(AnswerBuffer &out, const Parts &parts) const
{
    using State = Response::GetState;
    wire::appendHeader(State::kGetTasksFieldNumber, parts.tasks, out.text());
    putTasks(out);
    wire::appendBytes(State::kGetExecutorsFieldNumber, parts.executors, out.text());
    out.spill();
    wire::appendBytes(State::kGetFrameworksFieldNumber, parts.frameworks, out.text());
    out.spill();
    wire::appendBytes(State::kGetAgentsFieldNumber, parts.agents, out.text());
    out.spill();
}

QByteArray StateEncoder::protobufAnswer(Response::Type type) const
{
    AnswerBuffer out;
    wire::appendNumber(Response::kTypeFieldNumber, std::uint64_t(type), out.text());
    switch (type) {
    case Response::GET_TASKS: {
        const std::size_t size = tasksSize();
        out.reserve(size + 32);
        wire::appendHeader(Response::kGetTasksFieldNumber, size, out.text());
        putTasks(out);
        break;
    }
    case Response::GET_EXECUTORS:
        wire::appendBytes(Response::kGetExecutorsFieldNumber, executorsMessage(), out.text());
        break;
    case Response::GET_FRAMEWORKS:
        wire::appendBytes(Response::kGetFrameworksFieldNumber, frameworksMessage(), out.text());
        break;
    case Response::GET_AGENTS:
        wire::appendBytes(Response::kGetAgentsFieldNumber, agentsMessage(), out.text());
        break;
    default: {
        const Parts all = parts();
        out.reserve(all.size() + 32);
        wire::appendHeader(Response::kGetStateFieldNumber, all.size(), out.text());
        putState(out, all);
        break;
    }
    }
    return out.take();
}

void StateEncoder::jsonTasks(AnswerBuffer &out) const
{
    std::string bytes;
    out.text().push_back('{');
    for (const auto &[list, name] : taskNames) {
        if (list != TaskList::Active)
            out.text().push_back(',');
        JsonList json(out, name);
        forEachTask(m_cluster, list, [&bytes, &json](const Task &task) {
            bytes.clear();
            task.appendTo(bytes);
            codec::transcodeToJson(mesos::v1::Task::descriptor(), bytes, json.next());
        });
        json.end();
    }
    out.text().push_back('}');
}

void StateEncoder::jsonExecutors(AnswerBuffer &out) const
{
    out.text().push_back('{');
    JsonList json(out, "executors");
    forEachExecutor(m_cluster, [&json](const std::string &bytes, const std::string &agentId) {
        std::string &text = json.next();
        text.append("{\"executor_info\":");
        codec::transcodeToJson(mesos::v1::ExecutorInfo::descriptor(), bytes, text);
        text.append(",\"agent_id\":{\"value\":");
        codec::writeString(agentId, text);
        text.append("}}");
    });
    json.end();
    out.text().push_back('}');
}

void StateEncoder::jsonFrameworks(AnswerBuffer &out) const
{
    out.text().push_back('{');
    JsonList current(out, "frameworks");
    forEachFramework(m_cluster, false,
                     [&current](const auto &view) { codec::writeJson(view, current.next()); });
    current.end();
    out.text().push_back(',');
    JsonList completed(out, "completed_frameworks");
    forEachFramework(m_cluster, true,
                     [&completed](const auto &view) { codec::writeJson(view, completed.next()); });
    completed.end();
    out.text().push_back('}');
}

void StateEncoder::jsonAgents(AnswerBuffer &out) const
{
    out.text().push_back('{');
    JsonList agents(out, "agents");
    for (const auto &entry : m_cluster.agents())
        agentJson(agentView(*entry.second), agents.next());
    agents.end();
    out.text().push_back(',');
    JsonList recovered(out, "recovered_agents");
    for (const auto &entry : m_cluster.recoveredAgents)
        agentInfoJson(entry.second, recovered.next());
    recovered.end();
    out.text().push_back('}');
}

void StateEncoder::jsonState(AnswerBuffer &out) const
{
    out.text().append("{\"get_tasks\":");
    jsonTasks(out);
    out.text().append(",\"get_executors\":");
    jsonExecutors(out);
    out.text().append(",\"get_frameworks\":");
    jsonFrameworks(out);
    out.text().append(",\"get_agents\":");
    jsonAgents(out);
    out.text().push_back('}');
}

QByteArray StateEncoder::jsonAnswer(Response::Type type) const
{
    AnswerBuffer out;
    std::string &text = out.text();
    text.append("{\"type\":\"").append(Response::Type_Name(type)).append("\",\"");
    switch (type) {
    case Response::GET_TASKS:
        text.append("get_tasks\":");
        jsonTasks(out);
        break;
    case Response::GET_EXECUTORS:
        text.append("get_executors\":");
        jsonExecutors(out);
        break;
    case Response::GET_FRAMEWORKS:
        text.append("get_frameworks\":");
        jsonFrameworks(out);
        break;
    case Response::GET_AGENTS:
        text.append("get_agents\":");
        jsonAgents(out);
        break;
    default:
        text.append("get_state\":");
        jsonState(out);
        break;
    }
    out.text().push_back('}');
    return out.take();
}

QByteArray StateEncoder::answer(Response::Type type)
{
    return m_form == codec::MediaType::Json ? jsonAnswer(type) : protobufAnswer(type);
}

QByteArray StateEncoder::subscribedRecord(double heartbeatSeconds)
{
    AnswerBuffer out;
    if (m_form == codec::MediaType::Json) {
        out.text().append("{\"type\":\"SUBSCRIBED\",\"subscribed\":{\"get_state\":");
        jsonState(out);
        out.text().append(",\"heartbeat_interval_seconds\":");
        codec::writeDouble(heartbeatSeconds, out.text());
        out.text().append("}}");
        return recordOf(out.take());
    }
    const Parts all = parts();
    std::string tail;
    putDouble(Event::Subscribed::kHeartbeatIntervalSecondsFieldNumber, heartbeatSeconds, tail);
    out.reserve(all.size() + 64);
    wire::appendNumber(Event::kTypeFieldNumber, Event::SUBSCRIBED, out.text());
    wire::appendHeader(Event::kSubscribedFieldNumber, fieldSize(all.size()) + tail.size(),
                       out.text());
    wire::appendHeader(Event::Subscribed::kGetStateFieldNumber, all.size(), out.text());
    putState(out, all);
    out.text().append(tail);
    return recordOf(out.take());
}

QByteArray StateEncoder::mesetaSubscribedRecord(double time,
                                                const ::meseta::v1::Event::Subscribed &rest)
{
    using MesetaEvent = ::meseta::v1::Event;
    ::meseta::v1::Event::Subscribed tail = rest;
    for (const auto &entry : m_cluster.offers())
        *tail.add_offers() = offerView(*entry.second);
    AnswerBuffer out;
    if (m_form == codec::MediaType::Json) {
        out.text().append("{\"type\":\"SUBSCRIBED\",\"time\":");
        codec::writeDouble(time, out.text());
        out.text().append(",\"subscribed\":{\"get_state\":");
        jsonState(out);
        std::string others = codec::toJson(tail);
        out.text().append(others.size() > 2 ? "," : "}");
        if (others.size() > 2)
            out.text().append(others, 1);
        out.text().push_back('}');
        return recordOf(out.take());
    }
    const Parts all = parts();
    const std::string others = serialized(tail);
    out.reserve(all.size() + others.size() + 64);
    wire::appendNumber(MesetaEvent::kTypeFieldNumber, MesetaEvent::SUBSCRIBED, out.text());
    putDouble(MesetaEvent::kTimeFieldNumber, time, out.text());
    wire::appendHeader(MesetaEvent::kSubscribedFieldNumber, fieldSize(all.size()) + others.size(),
                       out.text());
    wire::appendHeader(MesetaEvent::Subscribed::kGetStateFieldNumber, all.size(), out.text());
    putState(out, all);
    out.text().append(others);
    return recordOf(out.take());
}

} // namespace meseta::master
