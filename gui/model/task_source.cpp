#include "gui/model/sources.h"
#include "gui/model/store_source.h"

namespace meseta::console {

namespace {

const QString &healthOf(const TaskRow &task)
{
    return healthText(task.healthy);
}

Look healthLook(const TaskRow &task)
{
    if (task.healthy < 0)
        return {};
    return task.healthy ? Look{Tone::Good, Sign::Check} : Look{Tone::Bad, Sign::Cross};
}

ObjectRef frameworkOf(const TaskRow &task)
{
    return {ObjectRef::Kind::Framework, task.frameworkId};
}

ObjectRef agentOf(const TaskRow &task)
{
    return {ObjectRef::Kind::Agent, task.agentId};
}

} // namespace

bool isInScope(const TaskRow &task, TaskScope scope)
{
    const bool unreachable = task.state == mesos::v1::TASK_UNREACHABLE;
    switch (scope) {
    case TaskScope::All:
        return true;
    case TaskScope::Active:
        return !isTerminal(task.state) && !unreachable;
    case TaskScope::Completed:
        return isTerminal(task.state);
    case TaskScope::Unreachable:
        return unreachable;
    }
    return true;
}

std::unique_ptr<TableSource> taskSource(const Replica &replica)
{
    using Row = TaskRow;
    std::vector<Column<Row>> columns = {
        {.title = QT_TRANSLATE_NOOP("Tables", "Task"),
         .field = "name",
         .held = member<Row, &Row::name>,
         .width = 170},
        {.title = QT_TRANSLATE_NOOP("Tables", "State"),
         .field = "state",
         .held = [](const Row &r) -> const QString & { return stateText(r.state); },
         .alias = [](const Row &r) -> const QString & { return stateWord(r.state); },
         .look = [](const Row &r) { return stateLook(r.state); },
         .width = 105},
        {.title = QT_TRANSLATE_NOOP("Tables", "Health"),
         .field = "health",
         .held = healthOf,
         .look = healthLook,
         .width = 100,
         .hidden = true},
        {.title = QT_TRANSLATE_NOOP("Tables", "Framework"),
         .field = "framework",
         .held = member<Row, &Row::frameworkName>,
         .link = frameworkOf,
         .width = 125},
        {.title = QT_TRANSLATE_NOOP("Tables", "Agent"),
         .field = "agent",
         .held = member<Row, &Row::hostname>,
         .link = agentOf,
         .width = 120},
        {.title = QT_TRANSLATE_NOOP("Tables", "Image"),
         .field = "image",
         .held = member<Row, &Row::image>,
         .width = 150},
        {.title = QT_TRANSLATE_NOOP("Tables", "CPUs"),
         .field = "cpus",
         .kind = ColumnKind::Amount,
         .number = [](const Row &r) { return r.resources.cpus; },
         .width = 64},
        {.title = QT_TRANSLATE_NOOP("Tables", "Memory"),
         .field = "mem",
         .kind = ColumnKind::Memory,
         .number = [](const Row &r) { return r.resources.memory; },
         .width = 96},
        {.title = QT_TRANSLATE_NOOP("Tables", "Disk"),
         .field = "disk",
         .kind = ColumnKind::Memory,
         .number = [](const Row &r) { return r.resources.disk; },
         .width = 96,
         .hidden = true},
        {.title = QT_TRANSLATE_NOOP("Tables", "GPUs"),
         .field = "gpus",
         .kind = ColumnKind::Amount,
         .number = [](const Row &r) { return r.resources.gpus; },
         .width = 64,
         .hidden = true},
        {.title = QT_TRANSLATE_NOOP("Tables", "Role"),
         .field = "role",
         .held = member<Row, &Row::role>,
         .link =
             [](const Row &r) {
                 return ObjectRef{ObjectRef::Kind::Role, r.role};
             },
         .width = 90,
         .hidden = true},
        {.title = QT_TRANSLATE_NOOP("Tables", "Updated"),
         .field = "updated",
         .kind = ColumnKind::Time,
         .number = [](const Row &r) { return r.updated; },
         .width = 96},
        {.title = QT_TRANSLATE_NOOP("Tables", "Launched"),
         .field = "launched",
         .kind = ColumnKind::Time,
         .number = [](const Row &r) { return r.launched; },
         .width = 96,
         .hidden = true},
        {.title = QT_TRANSLATE_NOOP("Tables", "Ports"),
         .field = "ports",
         .held = member<Row, &Row::ports>,
         .width = 140,
         .hidden = true},
        {.title = QT_TRANSLATE_NOOP("Tables", "Reason"),
         .field = "reason",
         .held = member<Row, &Row::reason>,
         .width = 180,
         .hidden = true},
        {.title = QT_TRANSLATE_NOOP("Tables", "Labels"),
         .field = "labels",
         .held = member<Row, &Row::labels>,
         .width = 160,
         .hidden = true},
        {.title = QT_TRANSLATE_NOOP("Tables", "Id"),
         .field = "id",
         .held = member<Row, &Row::id>,
         .width = 220,
         .hidden = true},
        {.title = QT_TRANSLATE_NOOP("Tables", "Message"),
         .field = "message",
         .held = member<Row, &Row::message>,
         .width = 240},
    };
    return std::make_unique<StoreSource<Row>>(
        replica.tasks(), &Row::key, [&replica] { return replica.now(); }, std::move(columns));
}

} // namespace meseta::console
