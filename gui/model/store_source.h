#pragma once

#include <functional>

#include <QCoreApplication>

#include "gui/model/formats.h"
#include "gui/model/row_store.h"
#include "gui/model/table_source.h"

namespace meseta::console {

/// One column over rows of a type. Plain functions, for they are called a million times a sort.
template <typename Row> struct Column
{
    const char *title = ""; ///< QT_TRANSLATE_NOOP("Tables", ...)
    const char *field = "";
    ColumnKind kind = ColumnKind::Text;
    const QString &(*held)(const Row &) = nullptr;
    const QString &(*alias)(const Row &) = nullptr;
    double (*number)(const Row &) = nullptr;
    QString (*text)(const Row &) = nullptr; ///< where neither of the two says it
    Look (*look)(const Row &) = nullptr;
    ObjectRef (*link)(const Row &) = nullptr;
    int width = 110;
    bool hidden = false;
};

/// A column's `held` for a member: `member<TaskRow, &TaskRow::name>`.
template <typename Row, QString Row::*Member> const QString &member(const Row &row)
{
    return row.*Member;
}

inline QString numberText(ColumnKind kind, double value, double now)
{
    switch (kind) {
    case ColumnKind::Count:
        return countText(value);
    case ColumnKind::Memory:
        return memoryText(value);
    case ColumnKind::Share:
        return percentText(value);
    case ColumnKind::Time:
        return timeText(value);
    case ColumnKind::Age:
        return value > 0 ? durationText(now - value) : QString();
    default:
        return amountText(value);
    }
}

/// The table of a store.
template <typename Row> class StoreSource : public TableSource
{
public:
    StoreSource(const RowStore<Row> &store, QString Row::*key, std::function<double()> now,
                std::vector<Column<Row>> columns)
        : m_store(store), m_key(key), m_now(std::move(now)), m_columns(std::move(columns))
    { }

    int slotCount() const override { return m_store.slotCount(); }
    bool isLive(int slot) const override { return m_store.isLive(slot); }
    QString key(int slot) const override { return m_store.at(slot).*m_key; }
    int slotOfKey(const QString &key) const override { return m_store.slotOf(key); }
    int columnCount() const override { return static_cast<int>(m_columns.size()); }
    QString title(int column) const override
    {
        return QCoreApplication::translate("Tables", at(column).title);
    }
    QString field(int column) const override { return QString::fromLatin1(at(column).field); }
    ColumnKind kind(int column) const override { return at(column).kind; }
    int width(int column) const override { return at(column).width; }
    bool isHidden(int column) const override { return at(column).hidden; }
    double now() const override { return m_now ? m_now() : TableSource::now(); }

    QString text(int slot, int column) const override
    {
        const Column<Row> &c = at(column);
        const Row &row = m_store.at(slot);
        if (c.text)
            return c.text(row);
        return c.held ? c.held(row) : numberText(c.kind, c.number(row), now());
    }
    const QString *held(int slot, int column) const override
    {
        const Column<Row> &c = at(column);
        return c.held ? &c.held(m_store.at(slot)) : nullptr;
    }
    const QString *alias(int slot, int column) const override
    {
        const Column<Row> &c = at(column);
        return c.alias ? &c.alias(m_store.at(slot)) : nullptr;
    }
    double number(int slot, int column) const override
    {
        const Column<Row> &c = at(column);
        return c.number ? c.number(m_store.at(slot)) : 0;
    }
    void prefetch(int slot) const override
    {
        constexpr std::size_t cacheLine = 64;
        const auto *row = reinterpret_cast<const char *>(&m_store.at(slot));
        for (std::size_t at = 0; at < sizeof(Row); at += cacheLine)
            __builtin_prefetch(row + at);
    }
    Look look(int slot, int column) const override
    {
        const Column<Row> &c = at(column);
        return c.look ? c.look(m_store.at(slot)) : Look{};
    }
    ObjectRef link(int slot, int column) const override
    {
        const Column<Row> &c = at(column);
        return c.link ? c.link(m_store.at(slot)) : ObjectRef{};
    }

private:
    const Column<Row> &at(int column) const { return m_columns[static_cast<std::size_t>(column)]; }

    const RowStore<Row> &m_store;
    QString Row::*m_key;
    std::function<double()> m_now;
    std::vector<Column<Row>> m_columns;
};

} // namespace meseta::console
