#include "gui/model/sources.h"

#include <cmath>

#include <QDateTime>
#include <QLocale>

namespace meseta::console {

QString amountText(double value)
{
    return QLocale().toString(value, 'g', 6);
}

QString memoryText(double mebibytes)
{
    if (mebibytes <= 0)
        return QStringLiteral("0");
    return QLocale().formattedDataSize(static_cast<qint64>(mebibytes * 1024 * 1024), 1,
                                       QLocale::DataSizeIecFormat);
}

QString timeText(double secondsSinceEpoch)
{
    if (secondsSinceEpoch <= 0)
        return {};
    const auto when = QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(secondsSinceEpoch * 1000));
    return when.date() == QDate::currentDate()
        ? QLocale().toString(when.time(), QStringLiteral("HH:mm:ss"))
        : QLocale().toString(when, QStringLiteral("yyyy-MM-dd HH:mm"));
}

namespace {

struct TablesText
{
    Q_DECLARE_TR_FUNCTIONS(Tables)
};

template <typename Row> struct Column
{
    const char *title;
    std::function<QString(const Row &)> text;
    std::function<double(const Row &)> number; // set: sorted by it and right-aligned
    bool leftAligned = false;
};

template <typename Row> class StoreSource : public TableSource
{
public:
    using Extra = std::function<QVariant(const Row &, int column, int role)>;

    StoreSource(const RowStore<Row> &store, std::vector<Column<Row>> columns, QString Row::*key,
                Extra extra)
        : m_store(store), m_columns(std::move(columns)), m_key(key), m_extra(std::move(extra))
    { }

    int slotCount() const override { return m_store.slotCount(); }
    bool isLive(int slot) const override { return m_store.isLive(slot); }
    int columnCount() const override { return static_cast<int>(m_columns.size()); }
    QString title(int column) const override
    {
        return QCoreApplication::translate("Tables", at(column).title);
    }
    QString text(int slot, int column) const override { return at(column).text(m_store.at(slot)); }
    bool isNumber(int column) const override
    {
        return at(column).number && !at(column).leftAligned;
    }
    QString key(int slot) const override { return m_store.at(slot).*m_key; }
    QVariant data(int slot, int column, int role) const override
    {
        return m_extra ? m_extra(m_store.at(slot), column, role) : QVariant();
    }

    bool less(int a, int b, int column) const override
    {
        const Column<Row> &c = at(column);
        if (c.number)
            return c.number(m_store.at(a)) < c.number(m_store.at(b));
        return c.text(m_store.at(a)) < c.text(m_store.at(b));
    }

private:
    const Column<Row> &at(int column) const { return m_columns[static_cast<std::size_t>(column)]; }

    const RowStore<Row> &m_store;
    std::vector<Column<Row>> m_columns;
    QString Row::*m_key;
    Extra m_extra;
};

QString agentState(const AgentRow &agent)
{
    if (!agent.drain.isEmpty())
        return agent.drain;
    if (agent.deactivated)
        return TablesText::tr("deactivated");
    return agent.active ? TablesText::tr("active") : TablesText::tr("disconnected");
}

QString frameworkState(const FrameworkRow &framework)
{
    if (framework.recovered)
        return TablesText::tr("recovered");
    if (!framework.connected)
        return TablesText::tr("disconnected");
    return framework.active ? TablesText::tr("active") : TablesText::tr("inactive");
}

QString usedOf(double used, double total, QString (*text)(double))
{
    return QStringLiteral("%1 / %2").arg(text(used), text(total));
}

double share(double part, double whole)
{
    return whole > 0 ? std::min(1.0, part / whole) : 0.0;
}

QVariant agentShares(const AgentRow &agent, int column, int role)
{
    double Amounts::*which = nullptr;
    switch (static_cast<AgentColumn>(column)) {
    case AgentColumn::Cpus:
        which = &Amounts::cpus;
        break;
    case AgentColumn::Memory:
        which = &Amounts::memory;
        break;
    case AgentColumn::Disk:
        which = &Amounts::disk;
        break;
    default:
        return {};
    }
    if (role == UsedShareRole)
        return share(agent.allocated.*which, agent.total.*which);
    if (role == OfferedShareRole)
        return share(agent.offered.*which, agent.total.*which);
    return {};
}

} // namespace

std::unique_ptr<TableSource> agentSource(const Replica &replica)
{
    using Row = AgentRow;
    std::vector<Column<Row>> columns = {
        {QT_TRANSLATE_NOOP("Tables", "Agent"),
         [](const Row &r) {
             return r.hostname + QLatin1Char(' ')
                 + r.address.section(QLatin1Char(':'), -1).prepend(QLatin1Char(':'));
         },
         {}},
        {QT_TRANSLATE_NOOP("Tables", "Id"), [](const Row &r) { return r.id; }, {}},
        {QT_TRANSLATE_NOOP("Tables", "State"), agentState, {}},
        {QT_TRANSLATE_NOOP("Tables", "CPUs"),
         [](const Row &r) { return usedOf(r.allocated.cpus, r.total.cpus, amountText); },
         [](const Row &r) { return r.allocated.cpus; }},
        {QT_TRANSLATE_NOOP("Tables", "Memory"),
         [](const Row &r) { return usedOf(r.allocated.memory, r.total.memory, memoryText); },
         [](const Row &r) { return r.allocated.memory; }},
        {QT_TRANSLATE_NOOP("Tables", "Disk"),
         [](const Row &r) { return usedOf(r.allocated.disk, r.total.disk, memoryText); },
         [](const Row &r) { return r.allocated.disk; }},
        {QT_TRANSLATE_NOOP("Tables", "Ports"), [](const Row &r) { return r.total.ports; }, {}},
        {QT_TRANSLATE_NOOP("Tables", "Attributes"), [](const Row &r) { return r.attributes; }, {}},
        {QT_TRANSLATE_NOOP("Tables", "Registered"),
         [](const Row &r) { return timeText(r.registered); },
         [](const Row &r) { return r.registered; }, true},
    };
    return std::make_unique<StoreSource<Row>>(replica.agents(), std::move(columns), &Row::id,
                                              agentShares);
}

std::unique_ptr<TableSource> offerSource(const Replica &replica)
{
    using Row = OfferRow;
    std::vector<Column<Row>> columns = {
        {QT_TRANSLATE_NOOP("Tables", "Agent"), [](const Row &r) { return r.hostname; }, {}},
        {QT_TRANSLATE_NOOP("Tables", "Framework"),
         [](const Row &r) { return r.frameworkName; },
         {}},
        {QT_TRANSLATE_NOOP("Tables", "Role"), [](const Row &r) { return r.role; }, {}},
        {QT_TRANSLATE_NOOP("Tables", "CPUs"),
         [](const Row &r) { return amountText(r.resources.cpus); },
         [](const Row &r) { return r.resources.cpus; }},
        {QT_TRANSLATE_NOOP("Tables", "Memory"),
         [](const Row &r) { return memoryText(r.resources.memory); },
         [](const Row &r) { return r.resources.memory; }},
        {QT_TRANSLATE_NOOP("Tables", "Disk"),
         [](const Row &r) { return memoryText(r.resources.disk); },
         [](const Row &r) { return r.resources.disk; }},
        {QT_TRANSLATE_NOOP("Tables", "Ports"), [](const Row &r) { return r.resources.ports; }, {}},
        {QT_TRANSLATE_NOOP("Tables", "Since"), [](const Row &r) { return timeText(r.offered); },
         [](const Row &r) { return r.offered; }, true},
        {QT_TRANSLATE_NOOP("Tables", "Id"), [](const Row &r) { return r.id; }, {}},
    };
    return std::make_unique<StoreSource<Row>>(replica.offers(), std::move(columns), &Row::id,
                                              nullptr);
}

std::unique_ptr<TableSource> taskSource(const Replica &replica)
{
    using Row = TaskRow;
    std::vector<Column<Row>> columns = {
        {QT_TRANSLATE_NOOP("Tables", "Task"), [](const Row &r) { return r.name; }, {}},
        {QT_TRANSLATE_NOOP("Tables", "State"), [](const Row &r) { return stateText(r.state); }, {}},
        {QT_TRANSLATE_NOOP("Tables", "Framework"),
         [](const Row &r) { return r.frameworkName; },
         {}},
        {QT_TRANSLATE_NOOP("Tables", "Agent"), [](const Row &r) { return r.hostname; }, {}},
        {QT_TRANSLATE_NOOP("Tables", "Image"), [](const Row &r) { return r.image; }, {}},
        {QT_TRANSLATE_NOOP("Tables", "CPUs"),
         [](const Row &r) { return amountText(r.resources.cpus); },
         [](const Row &r) { return r.resources.cpus; }},
        {QT_TRANSLATE_NOOP("Tables", "Memory"),
         [](const Row &r) { return memoryText(r.resources.memory); },
         [](const Row &r) { return r.resources.memory; }},
        {QT_TRANSLATE_NOOP("Tables", "Updated"), [](const Row &r) { return timeText(r.updated); },
         [](const Row &r) { return r.updated; }, true},
        {QT_TRANSLATE_NOOP("Tables", "Id"), [](const Row &r) { return r.id; }, {}},
        {QT_TRANSLATE_NOOP("Tables", "Message"), [](const Row &r) { return r.message; }, {}},
    };
    const auto extra = [](const Row &row, int column, int role) {
        return role == TaskStateRole && column == static_cast<int>(TaskColumn::State)
            ? QVariant(static_cast<int>(row.state))
            : QVariant();
    };
    return std::make_unique<StoreSource<Row>>(replica.tasks(), std::move(columns), &Row::key,
                                              extra);
}

std::unique_ptr<TableSource> frameworkSource(const Replica &replica)
{
    using Row = FrameworkRow;
    std::vector<Column<Row>> columns = {
        {QT_TRANSLATE_NOOP("Tables", "Framework"), [](const Row &r) { return r.name; }, {}},
        {QT_TRANSLATE_NOOP("Tables", "State"), frameworkState, {}},
        {QT_TRANSLATE_NOOP("Tables", "User"), [](const Row &r) { return r.user; }, {}},
        {QT_TRANSLATE_NOOP("Tables", "Roles"), [](const Row &r) { return r.roles; }, {}},
        {QT_TRANSLATE_NOOP("Tables", "CPUs"),
         [](const Row &r) { return amountText(r.allocated.cpus); },
         [](const Row &r) { return r.allocated.cpus; }},
        {QT_TRANSLATE_NOOP("Tables", "Memory"),
         [](const Row &r) { return memoryText(r.allocated.memory); },
         [](const Row &r) { return r.allocated.memory; }},
        {QT_TRANSLATE_NOOP("Tables", "Registered"),
         [](const Row &r) { return timeText(r.registered); },
         [](const Row &r) { return r.registered; }, true},
        {QT_TRANSLATE_NOOP("Tables", "Id"), [](const Row &r) { return r.id; }, {}},
    };
    return std::make_unique<StoreSource<Row>>(replica.frameworks(), std::move(columns), &Row::id,
                                              nullptr);
}

} // namespace meseta::console
