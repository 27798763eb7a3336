#include "gui/model/sources.h"

#include "gui/model/store_source.h"

namespace meseta::console {

namespace {

struct TablesText
{
    Q_DECLARE_TR_FUNCTIONS(Tables)
};

ObjectRef ref(ObjectRef::Kind kind, const QString &key)
{
    return {kind, key};
}

} // namespace

QString frameworkState(const FrameworkRow &framework)
{
    if (framework.completed)
        return TablesText::tr("completed");
    if (framework.recovered)
        return TablesText::tr("recovered");
    if (!framework.connected)
        return TablesText::tr("disconnected");
    return framework.active ? TablesText::tr("active") : TablesText::tr("inactive");
}

std::unique_ptr<TableSource> offerSource(const Replica &replica)
{
    using Row = OfferRow;
    std::vector<Column<Row>> columns = {
        {.title = QT_TRANSLATE_NOOP("Tables", "Agent"),
         .field = "agent",
         .held = member<Row, &Row::hostname>,
         .link = [](const Row &r) { return ref(ObjectRef::Kind::Agent, r.agentId); },
         .width = 150},
        {.title = QT_TRANSLATE_NOOP("Tables", "Held by"),
         .field = "framework",
         .held = member<Row, &Row::frameworkName>,
         .link = [](const Row &r) { return ref(ObjectRef::Kind::Framework, r.frameworkId); },
         .width = 180},
        {.title = QT_TRANSLATE_NOOP("Tables", "Role"),
         .field = "role",
         .held = member<Row, &Row::role>,
         .link = [](const Row &r) { return ref(ObjectRef::Kind::Role, r.role); },
         .width = 90},
        {.title = QT_TRANSLATE_NOOP("Tables", "CPUs"),
         .field = "cpus",
         .kind = ColumnKind::Amount,
         .number = [](const Row &r) { return r.resources.cpus; },
         .width = 70},
        {.title = QT_TRANSLATE_NOOP("Tables", "Memory"),
         .field = "mem",
         .kind = ColumnKind::Memory,
         .number = [](const Row &r) { return r.resources.memory; },
         .width = 100},
        {.title = QT_TRANSLATE_NOOP("Tables", "Disk"),
         .field = "disk",
         .kind = ColumnKind::Memory,
         .number = [](const Row &r) { return r.resources.disk; },
         .width = 100},
        {.title = QT_TRANSLATE_NOOP("Tables", "GPUs"),
         .field = "gpus",
         .kind = ColumnKind::Amount,
         .number = [](const Row &r) { return r.resources.gpus; },
         .width = 64,
         .hidden = true},
        {.title = QT_TRANSLATE_NOOP("Tables", "Ports"),
         .field = "ports",
         .text = [](const Row &r) { return r.resources.ports; },
         .width = 140},
        {.title = QT_TRANSLATE_NOOP("Tables", "Age"),
         .field = "age",
         .kind = ColumnKind::Age,
         .number = [](const Row &r) { return r.offered; },
         .width = 90},
        {.title = QT_TRANSLATE_NOOP("Tables", "Id"),
         .field = "id",
         .held = member<Row, &Row::id>,
         .width = 280},
    };
    return std::make_unique<StoreSource<Row>>(
        replica.offers(), &Row::id, [&replica] { return replica.now(); }, std::move(columns));
}

std::unique_ptr<TableSource> offerFlowSource(const Replica &replica)
{
    using Row = OfferFlowRow;
    std::vector<Column<Row>> columns = {
        {.title = QT_TRANSLATE_NOOP("Tables", "Framework"),
         .field = "framework",
         .held = member<Row, &Row::frameworkName>,
         .link = [](const Row &r) { return ref(ObjectRef::Kind::Framework, r.frameworkId); },
         .width = 220},
        {.title = QT_TRANSLATE_NOOP("Tables", "Role"),
         .field = "role",
         .held = member<Row, &Row::role>,
         .link = [](const Row &r) { return ref(ObjectRef::Kind::Role, r.role); },
         .width = 110},
        {.title = QT_TRANSLATE_NOOP("Tables", "Made"),
         .field = "made",
         .kind = ColumnKind::Count,
         .number = [](const Row &r) { return double(r.made); },
         .width = 80},
        {.title = QT_TRANSLATE_NOOP("Tables", "Held"),
         .field = "held",
         .kind = ColumnKind::Count,
         .number = [](const Row &r) { return double(r.held); },
         .width = 80},
        {.title = QT_TRANSLATE_NOOP("Tables", "Accepted"),
         .field = "accepted",
         .kind = ColumnKind::Count,
         .number = [](const Row &r) { return double(r.accepted); },
         .width = 90},
        {.title = QT_TRANSLATE_NOOP("Tables", "Declined"),
         .field = "declined",
         .kind = ColumnKind::Count,
         .number = [](const Row &r) { return double(r.declined); },
         .width = 90},
        {.title = QT_TRANSLATE_NOOP("Tables", "Taken back"),
         .field = "rescinded",
         .kind = ColumnKind::Count,
         .number = [](const Row &r) { return double(r.rescinded); },
         .width = 100},
        {.title = QT_TRANSLATE_NOOP("Tables", "Mean time held"),
         .field = "hold",
         .kind = ColumnKind::Amount,
         .number = [](const Row &r) { return r.meanHold(); },
         .text = [](const Row &r) { return r.ended() ? durationText(r.meanHold()) : QString(); },
         .width = 120},
        {.title = QT_TRANSLATE_NOOP("Tables", "Last"),
         .field = "last",
         .kind = ColumnKind::Time,
         .number = [](const Row &r) { return r.last; },
         .width = 110},
    };
    return std::make_unique<StoreSource<Row>>(
        replica.offerFlows(), &Row::key, [&replica] { return replica.now(); }, std::move(columns));
}

std::unique_ptr<TableSource> frameworkSource(const Replica &replica)
{
    using Row = FrameworkRow;
    std::vector<Column<Row>> columns = {
        {.title = QT_TRANSLATE_NOOP("Tables", "Framework"),
         .field = "name",
         .held = member<Row, &Row::name>,
         .width = 230},
        {.title = QT_TRANSLATE_NOOP("Tables", "State"),
         .field = "state",
         .text = frameworkState,
         .look = frameworkLook,
         .width = 130},
        {.title = QT_TRANSLATE_NOOP("Tables", "Roles"),
         .field = "role",
         .held = member<Row, &Row::roles>,
         .width = 110},
        {.title = QT_TRANSLATE_NOOP("Tables", "Tasks"),
         .field = "tasks",
         .kind = ColumnKind::Count,
         .number = [](const Row &r) { return double(r.tasks); },
         .width = 64},
        {.title = QT_TRANSLATE_NOOP("Tables", "CPUs"),
         .field = "cpus",
         .kind = ColumnKind::Amount,
         .number = [](const Row &r) { return r.allocated.cpus; },
         .width = 70},
        {.title = QT_TRANSLATE_NOOP("Tables", "Memory"),
         .field = "mem",
         .kind = ColumnKind::Memory,
         .number = [](const Row &r) { return r.allocated.memory; },
         .width = 100},
        {.title = QT_TRANSLATE_NOOP("Tables", "CPUs on offer"),
         .field = "offered.cpus",
         .kind = ColumnKind::Amount,
         .number = [](const Row &r) { return r.offered.cpus; },
         .width = 110,
         .hidden = true},
        {.title = QT_TRANSLATE_NOOP("Tables", "User"),
         .field = "user",
         .held = member<Row, &Row::user>,
         .width = 90},
        {.title = QT_TRANSLATE_NOOP("Tables", "Principal"),
         .field = "principal",
         .held = member<Row, &Row::principal>,
         .width = 110,
         .hidden = true},
        {.title = QT_TRANSLATE_NOOP("Tables", "Host"),
         .field = "host",
         .held = member<Row, &Row::hostname>,
         .width = 130},
        {.title = QT_TRANSLATE_NOOP("Tables", "Registered"),
         .field = "registered",
         .kind = ColumnKind::Time,
         .number = [](const Row &r) { return r.registered; },
         .width = 110},
        {.title = QT_TRANSLATE_NOOP("Tables", "Id"),
         .field = "id",
         .held = member<Row, &Row::id>,
         .width = 300},
    };
    return std::make_unique<StoreSource<Row>>(
        replica.frameworks(), &Row::id, [&replica] { return replica.now(); }, std::move(columns));
}

std::unique_ptr<TableSource> roleSource(const Replica &replica)
{
    using Row = RoleRow;
    std::vector<Column<Row>> columns = {
        {.title = QT_TRANSLATE_NOOP("Tables", "Role"),
         .field = "name",
         .held = member<Row, &Row::name>,
         .width = 180},
        {.title = QT_TRANSLATE_NOOP("Tables", "Dominant share"),
         .field = "share",
         .kind = ColumnKind::Share,
         .number = [](const Row &r) { return r.share; },
         .look =
             [](const Row &r) {
                 Look look;
                 look.used = std::clamp(r.share, 0.0, 1.0);
                 return look;
             },
         .width = 130},
        {.title = QT_TRANSLATE_NOOP("Tables", "Weight"),
         .field = "weight",
         .kind = ColumnKind::Amount,
         .number = [](const Row &r) { return r.weight; },
         .width = 80},
        {.title = QT_TRANSLATE_NOOP("Tables", "Frameworks"),
         .field = "frameworks",
         .kind = ColumnKind::Count,
         .number = [](const Row &r) { return double(r.frameworks); },
         .width = 100},
        {.title = QT_TRANSLATE_NOOP("Tables", "Tasks"),
         .field = "tasks",
         .kind = ColumnKind::Count,
         .number = [](const Row &r) { return double(r.tasks); },
         .width = 80},
        {.title = QT_TRANSLATE_NOOP("Tables", "Offers"),
         .field = "offers",
         .kind = ColumnKind::Count,
         .number = [](const Row &r) { return double(r.offers); },
         .width = 80},
        {.title = QT_TRANSLATE_NOOP("Tables", "CPUs"),
         .field = "cpus",
         .kind = ColumnKind::Amount,
         .number = [](const Row &r) { return r.allocated.cpus; },
         .width = 80},
        {.title = QT_TRANSLATE_NOOP("Tables", "Memory"),
         .field = "mem",
         .kind = ColumnKind::Memory,
         .number = [](const Row &r) { return r.allocated.memory; },
         .width = 110},
        {.title = QT_TRANSLATE_NOOP("Tables", "CPUs on offer"),
         .field = "offered.cpus",
         .kind = ColumnKind::Amount,
         .number = [](const Row &r) { return r.offered.cpus; },
         .width = 110},
        {.title = QT_TRANSLATE_NOOP("Tables", "Guarantee"),
         .field = "guarantee",
         .held = member<Row, &Row::guarantee>,
         .width = 160},
        {.title = QT_TRANSLATE_NOOP("Tables", "Limit"),
         .field = "limit",
         .held = member<Row, &Row::limit>,
         .width = 160},
    };
    return std::make_unique<StoreSource<Row>>(
        replica.roles(), &Row::name, [&replica] { return replica.now(); }, std::move(columns));
}

std::unique_ptr<TableSource> eventSource(const Replica &replica)
{
    using Row = EventRow;
    std::vector<Column<Row>> columns = {
        {.title = QT_TRANSLATE_NOOP("Tables", "Time"),
         .field = "time",
         .kind = ColumnKind::Time,
         .number = [](const Row &r) { return r.time; },
         .width = 96},
        {.title = QT_TRANSLATE_NOOP("Tables", "Kind"),
         .field = "kind",
         .text = [](const Row &r) { return eventKindWord(r.kind); },
         .look = eventLook,
         .width = 160},
        {.title = QT_TRANSLATE_NOOP("Tables", "What happened"),
         .field = "text",
         .text = eventText,
         .width = 520},
        {.title = QT_TRANSLATE_NOOP("Tables", "Agent"),
         .field = "agent",
         .held = member<Row, &Row::hostname>,
         .link = [](const Row &r) { return ref(ObjectRef::Kind::Agent, r.agentId); },
         .width = 130},
        {.title = QT_TRANSLATE_NOOP("Tables", "Framework"),
         .field = "framework",
         .held = member<Row, &Row::frameworkName>,
         .link = [](const Row &r) { return ref(ObjectRef::Kind::Framework, r.frameworkId); },
         .width = 160},
        {.title = QT_TRANSLATE_NOOP("Tables", "Role"),
         .field = "role",
         .held = member<Row, &Row::role>,
         .width = 90,
         .hidden = true},
    };
    return std::make_unique<StoreSource<Row>>(
        replica.events(), &Row::key, [&replica] { return replica.now(); }, std::move(columns));
}

} // namespace meseta::console
