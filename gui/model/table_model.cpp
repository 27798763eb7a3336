#include "gui/model/table_model.h"

#include <algorithm>

#include <QDateTime>

namespace meseta::console {

namespace {

// More runs than these are gathered at the end first: views pay for each run.
constexpr std::size_t fewRuns = 4;
constexpr std::size_t fewChanges = 64;
constexpr int largeTable = 5000; // rows from which it may rest
constexpr std::chrono::milliseconds rest{16}; // a frame between two slices

std::size_t countRuns(const std::vector<int> &sortedRows)
{
    std::size_t runs = sortedRows.empty() ? 0 : 1;
    for (std::size_t i = 1; i < sortedRows.size(); ++i)
        runs += sortedRows[i] != sortedRows[i - 1] + 1;
    return runs;
}

} // namespace

double TableSource::now() const
{
    return static_cast<double>(QDateTime::currentMSecsSinceEpoch()) / 1000;
}

TableModel::TableModel(std::unique_ptr<TableSource> source, QObject *parent)
    : QAbstractTableModel(parent), m_source(std::move(source))
{
    connect(&m_next, &Turn::taken, this, &TableModel::goOn);
    rebuild();
}

TableModel::~TableModel() = default;

int TableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_order.size());
}

int TableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : m_source->columnCount();
}

QVariant TableModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const int slot = slotOfRow(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return m_source->text(slot, index.column());
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(
            Qt::AlignVCenter
            | (isNumber(m_source->kind(index.column())) ? Qt::AlignRight : Qt::AlignLeft));
    case KeyRole:
        return m_source->key(slot);
    case SlotRole:
        return slot;
    default:
        return {};
    }
}

QVariant TableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    if (role == Qt::DisplayRole)
        return m_source->title(section);
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(
            Qt::AlignVCenter
            | (isNumber(m_source->kind(section)) ? Qt::AlignRight : Qt::AlignLeft));
    return {};
}

int TableModel::rowOfSlot(int slot) const
{
    return static_cast<std::size_t>(slot) < m_rows.size() ? m_rows[static_cast<std::size_t>(slot)]
                                                          : -1;
}

int TableModel::rowOfKey(const QString &key) const
{
    const int slot = m_source->slotOfKey(key);
    return slot < 0 ? -1 : rowOfSlot(slot);
}

QString TableModel::keyOfRow(int row) const
{
    return row < 0 || row >= rowCount() ? QString() : m_source->key(slotOfRow(row));
}

int TableModel::totalRows() const
{
    int total = 0;
    for (int slot = 0; slot < m_source->slotCount(); ++slot)
        total += m_source->isLive(slot) ? 1 : 0;
    return total;
}

bool TableModel::before(int a, int b) const
{
    const bool ascending = m_sortOrder == Qt::AscendingOrder;
    if (m_source->kind(m_sortColumn) != ColumnKind::Text) {
        const double x = m_source->number(a, m_sortColumn), y = m_source->number(b, m_sortColumn);
        return x != y ? (x < y) == ascending : a < b;
    }
    const QString *x = m_source->held(a, m_sortColumn), *y = m_source->held(b, m_sortColumn);
    const int order = x && y
        ? x->compare(*y)
        : m_source->text(a, m_sortColumn).compare(m_source->text(b, m_sortColumn));
    return order != 0 ? (order < 0) == ascending : a < b;
}

void TableModel::indexRows()
{
    m_rows.assign(static_cast<std::size_t>(m_source->slotCount()), -1);
    for (std::size_t row = 0; row < m_order.size(); ++row)
        m_rows[static_cast<std::size_t>(m_order[row])] = static_cast<int>(row);
}

void TableModel::rebuild()
{
    beginResetModel();
    m_noted.clear();
    m_isNoted.clear();
    m_order.clear();
    for (int slot = 0; slot < m_source->slotCount(); ++slot) {
        if (m_source->isLive(slot) && (!m_scope || m_scope(slot)))
            m_order.push_back(slot);
    }
    m_order = Filter::Pass(m_filter, *m_source).select(m_order);
    sortSlots(m_order, *m_source, m_sortColumn, m_sortOrder);
    indexRows();
    endResetModel();
    Q_EMIT rowsShown(rowCount());
}

/// What is noted is asked again when its turn comes.
void TableModel::narrow()
{
    beginResetModel();
    m_order = Filter::Pass(m_filter, *m_source).select(m_order);
    indexRows();
    endResetModel();
    Q_EMIT rowsShown(rowCount());
}

void TableModel::apply(const RowChanges &changes)
{
    const bool much = m_noted.size() + changes.added.size() + changes.changed.size() > sliceRows;
    if ((m_resting && m_source->slotCount() > largeTable) || much || isBehind())
        note(changes);
    else
        applyNow(changes);
}

void TableModel::setResting(bool resting)
{
    m_resting = resting;
    if (resting)
        return;
    if (m_noted.size() <= sliceRows)
        catchUp();
    else
        m_next.start(rest);
}

/// From no rows to all that the source has.
void TableModel::begin()
{
    beginResetModel();
    m_order.clear();
    m_rows.clear();
    m_noted.clear();
    m_isNoted.clear();
    endResetModel();
    RowChanges all;
    for (int slot = 0; slot < m_source->slotCount(); ++slot) {
        if (m_source->isLive(slot))
            all.added.push_back(slot);
    }
    if (all.added.size() <= sliceRows)
        applyNow(all);
    else
        note(all);
}

void TableModel::note(const RowChanges &changes)
{
    if (changes.reset)
        return begin();
    m_isNoted.resize(static_cast<std::size_t>(m_source->slotCount()), false);
    for (const int slot : changes.removed)
        m_isNoted[static_cast<std::size_t>(slot)] = false; // another row may come to lie there
    removeSlots(changes.removed);
    for (const auto *altered : {&changes.added, &changes.changed}) {
        for (const int slot : *altered) {
            if (!m_isNoted[static_cast<std::size_t>(slot)])
                m_noted.push_back(slot);
            m_isNoted[static_cast<std::size_t>(slot)] = true;
        }
    }
    if (!m_next.isActive() && (!m_resting || m_noted.size() >= sliceRows))
        m_next.start(rest);
    if (!changes.removed.empty())
        Q_EMIT rowsShown(rowCount());
}

bool TableModel::isNoted(int slot) const
{
    return static_cast<std::size_t>(slot) < m_isNoted.size()
        && m_isNoted[static_cast<std::size_t>(slot)];
}

/// The slots of some rows that were noted, which are so no more.
std::vector<int> TableModel::takeNoted(std::size_t most)
{
    std::vector<int> taken;
    while (!m_noted.empty() && taken.size() < most) {
        const int slot = m_noted.back();
        m_noted.pop_back();
        if (isNoted(slot) && m_source->isLive(slot))
            taken.push_back(slot);
        m_isNoted[static_cast<std::size_t>(slot)] = false;
    }
    return taken;
}

void TableModel::goOn()
{
    RowChanges slice;
    slice.changed = takeNoted(sliceRows);
    applyNow(slice);
    if (m_resting ? m_noted.size() >= sliceRows : isBehind())
        m_next.start(rest);
}

void TableModel::catchUp()
{
    m_next.stop();
    if (!isBehind())
        return;
    if (m_order.empty())
        return rebuild();
    RowChanges all;
    all.changed = takeNoted(m_noted.size());
    applyNow(all);
}

/// A row that was added may be shown already: the filter was set between two flushes.
void TableModel::sortOut(const std::vector<int> &altered, Altered &result)
{
    Filter::Pass pass(m_filter, *m_source);
    for (const int slot : altered) {
        const bool shown = rowOfSlot(slot) >= 0;
        const bool isWanted = (!m_scope || m_scope(slot)) && pass.matches(slot);
        if (shown && isWanted)
            result.kept.push_back(slot);
        else if (shown)
            result.gone.push_back(slot);
        else if (isWanted)
            result.fresh.push_back(slot);
    }
}

void TableModel::applyNow(const RowChanges &changes)
{
    if (changes.reset)
        return begin();
    Altered now;
    now.gone = changes.removed;
    sortOut(changes.changed, now);
    sortOut(changes.added, now);
    removeSlots(now.gone);
    appendSlots(now.fresh);
    tellChanged(now.kept);
    std::vector<int> moved = std::move(now.fresh);
    std::copy_if(now.kept.begin(), now.kept.end(), std::back_inserter(moved),
                 [this](int slot) { return isBehind() || !inOrder(rowOfSlot(slot)); });
    if (!moved.empty()) {
        // A neighbour of a row out of order may look out of order too, and the other way round:
        // all that changed are placed anew.
        moved.insert(moved.end(), now.kept.begin(), now.kept.end());
        place(moved);
    }
    if (!now.gone.empty() || !changes.added.empty() || !moved.empty())
        Q_EMIT rowsShown(rowCount());
}

void TableModel::removeSlots(const std::vector<int> &gone)
{
    std::vector<int> rows;
    for (const int slot : gone) {
        if (const int row = rowOfSlot(slot); row >= 0)
            rows.push_back(row);
    }
    if (rows.empty())
        return;
    std::sort(rows.begin(), rows.end());
    if (countRuns(rows) > fewRuns) {
        std::vector<int> order, last;
        order.reserve(m_order.size());
        auto next = rows.begin();
        for (int row = 0; row < rowCount(); ++row) {
            const bool goes = next != rows.end() && *next == row;
            (goes ? last : order).push_back(slotOfRow(row));
            next += goes;
        }
        const int first = static_cast<int>(order.size());
        order.insert(order.end(), last.begin(), last.end());
        reorder(std::move(order));
        rows.clear();
        for (int row = first; row < rowCount(); ++row)
            rows.push_back(row);
    }
    for (std::size_t end = rows.size(); end > 0;) {
        std::size_t begin = end - 1;
        while (begin > 0 && rows[begin - 1] == rows[begin] - 1)
            --begin;
        beginRemoveRows({}, rows[begin], rows[end - 1]);
        m_order.erase(m_order.begin() + rows[begin], m_order.begin() + rows[end - 1] + 1);
        indexRows();
        endRemoveRows();
        end = begin;
    }
}

void TableModel::appendSlots(const std::vector<int> &fresh)
{
    if (fresh.empty())
        return;
    const int first = rowCount();
    beginInsertRows({}, first, first + static_cast<int>(fresh.size()) - 1);
    m_order.insert(m_order.end(), fresh.begin(), fresh.end());
    indexRows();
    endInsertRows();
}

bool TableModel::inOrder(int row) const
{
    const auto at = [this](int r) { return m_order[static_cast<std::size_t>(r)]; };
    return (row == 0 || before(at(row - 1), at(row)))
        && (row + 1 == rowCount() || before(at(row), at(row + 1)));
}

void TableModel::tellChanged(const std::vector<int> &changed)
{
    std::vector<int> rows;
    for (const int slot : changed)
        rows.push_back(rowOfSlot(slot));
    if (rows.empty())
        return;
    std::sort(rows.begin(), rows.end());
    const int lastColumn = columnCount() - 1;
    if (countRuns(rows) > fewChanges) {
        Q_EMIT dataChanged(index(rows.front(), 0), index(rows.back(), lastColumn));
        return;
    }
    for (std::size_t i = 0; i < rows.size();) {
        std::size_t last = i;
        while (last + 1 < rows.size() && rows[last + 1] == rows[last] + 1)
            ++last;
        Q_EMIT dataChanged(index(rows[i], 0), index(rows[last], lastColumn));
        i = last + 1;
    }
}

/// Puts those slots where they belong. All others are in order, but for those that are noted: they
/// stay after the row that is before them, and nothing is compared with them.
void TableModel::place(const std::vector<int> &moved)
{
    std::vector<bool> isMoved(static_cast<std::size_t>(m_source->slotCount()), false);
    std::vector<int> loose;
    for (const int slot : moved) {
        if (!isMoved[static_cast<std::size_t>(slot)])
            loose.push_back(slot);
        isMoved[static_cast<std::size_t>(slot)] = true;
    }
    struct Waiting
    {
        std::size_t after; // so many of those that are in order
        int slot;
    };
    std::vector<int> still;
    std::vector<Waiting> waiting;
    still.reserve(m_order.size());
    for (const int slot : m_order) {
        if (isMoved[static_cast<std::size_t>(slot)])
            continue;
        if (isBehind() && isNoted(slot))
            waiting.push_back({still.size(), slot});
        else
            still.push_back(slot);
    }
    sortSlots(loose, *m_source, m_sortColumn, m_sortOrder);
    std::vector<int> order;
    order.reserve(m_order.size());
    std::size_t from = 0;
    auto next = waiting.begin();
    const auto takeUntil = [&](std::size_t to) {
        while (true) {
            for (; next != waiting.end() && next->after == from; ++next)
                order.push_back(next->slot);
            if (from == to)
                return;
            order.push_back(still[from++]);
        }
    };
    for (const int slot : loose) {
        const auto to =
            std::upper_bound(still.begin() + static_cast<std::ptrdiff_t>(from), still.end(), slot,
                             [this](int a, int b) { return before(a, b); });
        takeUntil(static_cast<std::size_t>(to - still.begin()));
        order.push_back(slot);
    }
    takeUntil(still.size());
    reorder(std::move(order));
}

void TableModel::reorder(std::vector<int> order)
{
    if (order == m_order)
        return;
    Q_EMIT layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    const QModelIndexList old = persistentIndexList();
    std::vector<int> held;
    held.reserve(static_cast<std::size_t>(old.size()));
    for (const QModelIndex &index : old)
        held.push_back(slotOfRow(index.row()));
    m_order = std::move(order);
    indexRows();
    QModelIndexList now;
    now.reserve(old.size());
    for (qsizetype i = 0; i < old.size(); ++i)
        now << index(rowOfSlot(held[static_cast<std::size_t>(i)]), old[i].column());
    changePersistentIndexList(old, now);
    Q_EMIT layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

void TableModel::sort(int column, Qt::SortOrder order)
{
    if (column < 0 || column >= columnCount())
        return;
    if (column == m_sortColumn && order == m_sortOrder && !isBehind())
        return; // views of Qt ask twice
    m_next.stop();
    Altered now;
    sortOut(takeNoted(m_noted.size()), now);
    removeSlots(now.gone);
    appendSlots(now.fresh);
    m_sortColumn = column;
    m_sortOrder = order;
    sortAnew();
    if (!now.gone.empty() || !now.fresh.empty())
        Q_EMIT rowsShown(rowCount());
}

void TableModel::sortAnew()
{
    std::vector<int> sorted = m_order;
    sortSlots(sorted, *m_source, m_sortColumn, m_sortOrder);
    reorder(std::move(sorted));
}

void TableModel::setFilter(const QString &text)
{
    if (text == m_filterText)
        return;
    Filter filter = Filter::parse(text, *m_source);
    const bool narrower = filter.narrows(m_filter);
    m_filterText = text;
    m_filter = std::move(filter);
    if (narrower)
        narrow();
    else
        rebuild();
}

void TableModel::setScope(std::function<bool(int)> scope)
{
    m_scope = std::move(scope);
    rebuild();
}

void TableModel::retranslate()
{
    m_filter = Filter::parse(m_filterText, *m_source); // its problem is told in words
    if (m_source->kind(m_sortColumn) == ColumnKind::Text)
        sortAnew(); // states have other names now
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, columnCount() - 1);
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

} // namespace meseta::console
