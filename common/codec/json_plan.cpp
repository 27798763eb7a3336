#include "common/codec/json_plan.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <unordered_map>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include "common/codec/json_sink.h"

namespace meseta::codec {

namespace pb = google::protobuf;

namespace {

using Kind = JsonPlan::Kind;

constexpr std::uint32_t LargestTabledNumber = 255;

/// Lists that the Mesos operator APIs write even when empty.
bool isAlwaysWritten(const pb::FieldDescriptor *field)
{
    static const auto *const names = new std::vector<std::string_view>{
        "mesos.v1.agent.Response.GetExecutors.completed_executors",
        "mesos.v1.agent.Response.GetExecutors.executors",
        "mesos.v1.agent.Response.GetFrameworks.completed_frameworks",
        "mesos.v1.agent.Response.GetFrameworks.frameworks",
        "mesos.v1.agent.Response.GetTasks.completed_tasks",
        "mesos.v1.agent.Response.GetTasks.launched_tasks",
        "mesos.v1.agent.Response.GetTasks.pending_tasks",
        "mesos.v1.agent.Response.GetTasks.queued_tasks",
        "mesos.v1.agent.Response.GetTasks.terminated_tasks",
        "mesos.v1.master.Response.GetAgents.agents",
        "mesos.v1.master.Response.GetAgents.recovered_agents",
        "mesos.v1.master.Response.GetExecutors.executors",
        "mesos.v1.master.Response.GetFrameworks.completed_frameworks",
        "mesos.v1.master.Response.GetFrameworks.frameworks",
        "mesos.v1.master.Response.GetTasks.completed_tasks",
        "mesos.v1.master.Response.GetTasks.tasks",
        "mesos.v1.master.Response.GetTasks.unreachable_tasks",
    };
    return std::binary_search(names->begin(), names->end(), std::string_view(field->full_name()));
}

Kind kindOf(const pb::FieldDescriptor *field)
{
    switch (field->type()) {
    case pb::FieldDescriptor::TYPE_INT32:
        return Kind::Int32;
    case pb::FieldDescriptor::TYPE_INT64:
        return Kind::Int64;
    case pb::FieldDescriptor::TYPE_UINT32:
        return Kind::Uint32;
    case pb::FieldDescriptor::TYPE_UINT64:
        return Kind::Uint64;
    case pb::FieldDescriptor::TYPE_SINT32:
        return Kind::Sint32;
    case pb::FieldDescriptor::TYPE_SINT64:
        return Kind::Sint64;
    case pb::FieldDescriptor::TYPE_FIXED32:
        return Kind::Fixed32;
    case pb::FieldDescriptor::TYPE_FIXED64:
        return Kind::Fixed64;
    case pb::FieldDescriptor::TYPE_SFIXED32:
        return Kind::Sfixed32;
    case pb::FieldDescriptor::TYPE_SFIXED64:
        return Kind::Sfixed64;
    case pb::FieldDescriptor::TYPE_FLOAT:
        return Kind::Float;
    case pb::FieldDescriptor::TYPE_DOUBLE:
        return Kind::Double;
    case pb::FieldDescriptor::TYPE_BOOL:
        return Kind::Bool;
    case pb::FieldDescriptor::TYPE_ENUM:
        return Kind::Enum;
    case pb::FieldDescriptor::TYPE_STRING:
        return Kind::String;
    case pb::FieldDescriptor::TYPE_BYTES:
        return Kind::Bytes;
    case pb::FieldDescriptor::TYPE_MESSAGE:
    case pb::FieldDescriptor::TYPE_GROUP:
        return Kind::Message;
    }
    return Kind::Message;
}

std::uint8_t wireTypeOf(Kind kind)
{
    switch (kind) {
    case Kind::Fixed32:
    case Kind::Sfixed32:
    case Kind::Float:
        return 5;
    case Kind::Fixed64:
    case Kind::Sfixed64:
    case Kind::Double:
        return 1;
    case Kind::String:
    case Kind::Bytes:
    case Kind::Message:
        return 2;
    default:
        return 0;
    }
}

std::string quoted(std::string_view text)
{
    std::string out;
    JsonSink(out).string(text);
    return out;
}

void writeDefault(const pb::FieldDescriptor *field, std::string &out)
{
    JsonSink sink(out);
    switch (field->cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_INT32:
        sink.integer(field->default_value_int32());
        break;
    case pb::FieldDescriptor::CPPTYPE_INT64:
        sink.integer(field->default_value_int64());
        break;
    case pb::FieldDescriptor::CPPTYPE_UINT32:
        sink.integer(field->default_value_uint32());
        break;
    case pb::FieldDescriptor::CPPTYPE_UINT64:
        sink.integer(field->default_value_uint64());
        break;
    case pb::FieldDescriptor::CPPTYPE_FLOAT:
        sink.number(static_cast<double>(field->default_value_float()));
        break;
    case pb::FieldDescriptor::CPPTYPE_DOUBLE:
        sink.number(field->default_value_double());
        break;
    case pb::FieldDescriptor::CPPTYPE_BOOL:
        sink.put(field->default_value_bool() ? "true" : "false");
        break;
    case pb::FieldDescriptor::CPPTYPE_ENUM:
        sink.string(field->default_value_enum()->name());
        break;
    case pb::FieldDescriptor::CPPTYPE_STRING:
        sink.string(field->default_value_string());
        break;
    case pb::FieldDescriptor::CPPTYPE_MESSAGE:
        break;
    }
}

std::string defaultTextOf(const pb::FieldDescriptor *field)
{
    if (field->is_repeated() || field->is_required() || !field->has_default_value()
        || field->options().deprecated())
        return {};
    std::string out;
    writeDefault(field, out);
    return out;
}

std::vector<std::pair<int, std::string>> enumNamesOf(const pb::FieldDescriptor *field)
{
    std::vector<std::pair<int, std::string>> names;
    const pb::EnumDescriptor *type = field->enum_type();
    for (int i = 0; i < type->value_count(); ++i)
        names.emplace_back(type->value(i)->number(), quoted(type->value(i)->name()));
    std::stable_sort(names.begin(), names.end(),
                     [](const auto &a, const auto &b) { return a.first < b.first; });
    return names;
}

JsonPlan::Field fieldOf(const pb::FieldDescriptor *descriptor)
{
    JsonPlan::Field field;
    field.number = static_cast<std::uint32_t>(descriptor->number());
    field.kind = kindOf(descriptor);
    field.wireType = wireTypeOf(field.kind);
    field.repeated = descriptor->is_repeated();
    field.map = descriptor->is_map();
    field.alwaysWritten = isAlwaysWritten(descriptor);
    field.implicit = !descriptor->is_repeated() && !descriptor->has_presence();
    field.key = quoted(descriptor->name()) + ":";
    field.defaultText = defaultTextOf(descriptor);
    if (const pb::OneofDescriptor *oneof = descriptor->real_containing_oneof())
        field.oneof = oneof->index();
    if (field.kind == Kind::Enum)
        field.enumNames = enumNamesOf(descriptor);
    return field;
}

} // namespace

/// All plans made so far. A plan is registered before its fields are filled in, so that types may
/// contain themselves.
class JsonPlanCache
{
public:
    const JsonPlan &get(const pb::Descriptor *type)
    {
        const std::lock_guard lock(m_mutex);
        return make(type);
    }

private:
    const JsonPlan &make(const pb::Descriptor *type)
    {
        std::unique_ptr<JsonPlan> &slot = m_plans[type];
        if (slot)
            return *slot;
        slot = std::make_unique<JsonPlan>();
        JsonPlan &plan = *slot;
        for (int i = 0; i < type->field_count(); ++i) {
            plan.fields.push_back(fieldOf(type->field(i)));
            plan.hasOneof |= plan.fields.back().oneof >= 0;
        }
        index(plan);
        for (int i = 0; i < type->field_count(); ++i) {
            if (const pb::Descriptor *inner = type->field(i)->message_type())
                plan.fields[static_cast<std::size_t>(i)].message = &make(inner);
        }
        return plan;
    }

    static void index(JsonPlan &plan)
    {
        for (std::size_t i = 0; i < plan.fields.size(); ++i) {
            const std::uint32_t number = plan.fields[i].number;
            if (number > LargestTabledNumber)
                continue;
            if (plan.m_byNumber.size() <= number)
                plan.m_byNumber.resize(number + 1, -1);
            plan.m_byNumber[number] = static_cast<std::int16_t>(i);
        }
    }

    std::mutex m_mutex;
    std::unordered_map<const pb::Descriptor *, std::unique_ptr<JsonPlan>> m_plans;
};

const std::string *JsonPlan::Field::enumName(int value) const
{
    const auto first = static_cast<std::size_t>(value);
    if (first < enumNames.size() && enumNames[first].first == value)
        return &enumNames[first].second;
    const auto it =
        std::lower_bound(enumNames.begin(), enumNames.end(), value,
                         [](const auto &entry, int wanted) { return entry.first < wanted; });
    return it != enumNames.end() && it->first == value ? &it->second : nullptr;
}

int JsonPlan::indexOfLarge(std::uint32_t number) const
{
    for (std::size_t i = 0; number > LargestTabledNumber && i < fields.size(); ++i) {
        if (fields[i].number == number)
            return static_cast<int>(i);
    }
    return -1;
}

const JsonPlan &JsonPlan::of(const pb::Descriptor *type)
{
    static auto *const cache = new JsonPlanCache;
    return cache->get(type);
}

} // namespace meseta::codec
