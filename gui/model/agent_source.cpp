#include "gui/model/sources.h"
#include "gui/model/store_source.h"

namespace meseta::console {

namespace {

struct TablesText
{
    Q_DECLARE_TR_FUNCTIONS(Tables)
};

QString usedOf(double used, double total, QString (*text)(double))
{
    return QStringLiteral("%1 / %2").arg(text(used), text(total));
}

double share(double part, double whole)
{
    return whole > 0 ? std::clamp(part / whole, 0.0, 1.0) : 0.0;
}

template <double Amounts::*Which> Look shareLook(const AgentRow &agent)
{
    Look look;
    look.used = share(agent.allocated.*Which, agent.total.*Which);
    look.offered = std::min(share(agent.offered.*Which, agent.total.*Which), 1 - look.used);
    return look;
}

} // namespace

QString agentState(const AgentRow &agent)
{
    if (agent.drain == QLatin1String("draining"))
        return TablesText::tr("draining");
    if (agent.drain == QLatin1String("drained"))
        return TablesText::tr("drained");
    if (agent.deactivated)
        return TablesText::tr("deactivated");
    if (agent.recovered)
        return TablesText::tr("not back yet");
    return agent.active ? TablesText::tr("active") : TablesText::tr("disconnected");
}

std::unique_ptr<TableSource> agentSource(const Replica &replica)
{
    using Row = AgentRow;
    std::vector<Column<Row>> columns = {
        {.title = QT_TRANSLATE_NOOP("Tables", "Agent"),
         .field = "name",
         .held = member<Row, &Row::name>,
         .width = 170},
        {.title = QT_TRANSLATE_NOOP("Tables", "State"),
         .field = "state",
         .text = agentState,
         .look = agentLook,
         .width = 130},
        {.title = QT_TRANSLATE_NOOP("Tables", "CPUs"),
         .field = "cpus",
         .kind = ColumnKind::Amount,
         .number = [](const Row &r) { return r.allocated.cpus; },
         .text = [](const Row &r) { return usedOf(r.allocated.cpus, r.total.cpus, amountText); },
         .look = shareLook<&Amounts::cpus>,
         .width = 110},
        {.title = QT_TRANSLATE_NOOP("Tables", "Memory"),
         .field = "mem",
         .kind = ColumnKind::Memory,
         .number = [](const Row &r) { return r.allocated.memory; },
         .text =
             [](const Row &r) { return usedOf(r.allocated.memory, r.total.memory, memoryText); },
         .look = shareLook<&Amounts::memory>,
         .width = 170},
        {.title = QT_TRANSLATE_NOOP("Tables", "Disk"),
         .field = "disk",
         .kind = ColumnKind::Memory,
         .number = [](const Row &r) { return r.allocated.disk; },
         .text = [](const Row &r) { return usedOf(r.allocated.disk, r.total.disk, memoryText); },
         .look = shareLook<&Amounts::disk>,
         .width = 160},
        {.title = QT_TRANSLATE_NOOP("Tables", "GPUs"),
         .field = "gpus",
         .kind = ColumnKind::Amount,
         .number = [](const Row &r) { return r.total.gpus; },
         .width = 64,
         .hidden = true},
        {.title = QT_TRANSLATE_NOOP("Tables", "Free CPUs"),
         .field = "free.cpus",
         .kind = ColumnKind::Amount,
         .number = [](const Row &r) { return r.total.cpus - r.allocated.cpus; },
         .width = 90,
         .hidden = true},
        {.title = QT_TRANSLATE_NOOP("Tables", "Free memory"),
         .field = "free.mem",
         .kind = ColumnKind::Memory,
         .number = [](const Row &r) { return r.total.memory - r.allocated.memory; },
         .width = 110,
         .hidden = true},
        {.title = QT_TRANSLATE_NOOP("Tables", "Tasks"),
         .field = "tasks",
         .kind = ColumnKind::Count,
         .number = [](const Row &r) { return double(r.tasks); },
         .width = 64},
        {.title = QT_TRANSLATE_NOOP("Tables", "Attributes"),
         .field = "attributes",
         .held = member<Row, &Row::attributes>,
         .width = 150},
        {.title = QT_TRANSLATE_NOOP("Tables", "Zone"),
         .field = "zone",
         .held = member<Row, &Row::zone>,
         .width = 130,
         .hidden = true},
        {.title = QT_TRANSLATE_NOOP("Tables", "Reserved"),
         .field = "reserved",
         .held = member<Row, &Row::reserved>,
         .width = 160,
         .hidden = true},
        {.title = QT_TRANSLATE_NOOP("Tables", "Ports"),
         .field = "ports",
         .text = [](const Row &r) { return r.total.ports; },
         .width = 120,
         .hidden = true},
        {.title = QT_TRANSLATE_NOOP("Tables", "Version"),
         .field = "version",
         .held = member<Row, &Row::version>,
         .width = 80,
         .hidden = true},
        {.title = QT_TRANSLATE_NOOP("Tables", "Id"),
         .field = "id",
         .held = member<Row, &Row::id>,
         .width = 300,
         .hidden = true},
        {.title = QT_TRANSLATE_NOOP("Tables", "Registered"),
         .field = "registered",
         .kind = ColumnKind::Time,
         .number = [](const Row &r) { return r.registered; },
         .width = 110},
    };
    return std::make_unique<StoreSource<Row>>(
        replica.agents(), &Row::id, [&replica] { return replica.now(); }, std::move(columns));
}

} // namespace meseta::console
