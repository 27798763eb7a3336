#include "daemons/agent/checkpoint/task_records.h"

#include <charconv>

#include <google/protobuf/unknown_field_set.h>

namespace meseta::agent {

namespace {

// Of Meseta, beside the fields of mesos.Task.
constexpr int infoField = 10000;
constexpr int launchedField = 10001;
constexpr int groupField = 10002;

void addLabel(mesos::v1::Labels &labels, const char *key, std::int64_t value)
{
    auto *label = labels.add_labels();
    label->set_key(key);
    label->set_value(std::to_string(value));
}

std::optional<std::int64_t> number(const std::string &text)
{
    std::int64_t value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    if (result.ec != std::errc() || result.ptr != text.data() + text.size())
        return std::nullopt;
    return value;
}

} // namespace

std::string encodeTask(const KeptTask &kept)
{
    mesos::v1::Task task = kept.task;
    auto *more = task.GetReflection()->MutableUnknownFields(&task);
    more->AddLengthDelimited(infoField, kept.info.SerializeAsString());
    more->AddVarint(launchedField, static_cast<std::uint64_t>(kept.launched.count()));
    if (!kept.group.empty())
        more->AddLengthDelimited(groupField, kept.group);
    return task.SerializeAsString();
}

Result<KeptTask> decodeTask(const std::string &bytes)
{
    KeptTask kept;
    if (!kept.task.ParseFromString(bytes))
        return fail("it is no mesos.Task");
    auto *more = kept.task.GetReflection()->MutableUnknownFields(&kept.task);
    for (int i = 0; i < more->field_count(); ++i) {
        const auto &field = more->field(i);
        using Field = google::protobuf::UnknownField;
        if (field.number() == infoField && field.type() == Field::TYPE_LENGTH_DELIMITED) {
            if (!kept.info.ParseFromString(field.length_delimited()))
                return fail("the TaskInfo in it does not parse");
        } else if (field.number() == launchedField && field.type() == Field::TYPE_VARINT) {
            kept.launched = Duration(static_cast<Duration::rep>(field.varint()));
        } else if (field.number() == groupField && field.type() == Field::TYPE_LENGTH_DELIMITED) {
            kept.group = field.length_delimited();
        }
    }
    more->Clear();
    return kept;
}

std::string encodeEnding(const TaskEnding &ending)
{
    mesos::v1::Labels labels;
    if (ending.killGrace)
        addLabel(labels, "kill_grace_nanoseconds", ending.killGrace->count());
    addLabel(labels, "since_nanoseconds", ending.since.count());
    addLabel(labels, "during_launch", ending.duringLaunch);
    addLabel(labels, "unhealthy", ending.unhealthy);
    addLabel(labels, "too_long", ending.tooLong);
    return labels.SerializeAsString();
}

Result<TaskEnding> decodeEnding(const std::string &bytes)
{
    mesos::v1::Labels labels;
    if (!labels.ParseFromString(bytes))
        return fail("it does not parse");
    TaskEnding ending;
    for (const auto &label : labels.labels()) {
        const auto value = number(label.value());
        if (!value)
            return fail("'" + label.key() + "' is no number: '" + label.value() + "'");
        if (label.key() == "kill_grace_nanoseconds")
            ending.killGrace = Duration(*value);
        else if (label.key() == "since_nanoseconds")
            ending.since = Duration(*value);
        else if (label.key() == "during_launch")
            ending.duringLaunch = *value != 0;
        else if (label.key() == "unhealthy")
            ending.unhealthy = *value != 0;
        else if (label.key() == "too_long")
            ending.tooLong = *value != 0;
    }
    return ending;
}

} // namespace meseta::agent
