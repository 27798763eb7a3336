#include "gui/model/table_model.h"

#include <algorithm>

namespace meseta::console {

QVariant TableSource::data(int, int, int) const
{
    return {};
}

TableModel::TableModel(std::unique_ptr<TableSource> source, QObject *parent)
    : QAbstractTableModel(parent), m_source(std::move(source))
{
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
            | (m_source->isNumber(index.column()) ? Qt::AlignRight : Qt::AlignLeft));
    case KeyRole:
        return m_source->key(slot);
    case SlotRole:
        return slot;
    default:
        return m_source->data(slot, index.column(), role);
    }
}

QVariant TableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::DisplayRole)
        return m_source->title(section);
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(
            Qt::AlignVCenter | (m_source->isNumber(section) ? Qt::AlignRight : Qt::AlignLeft));
    return {};
}

int TableModel::rowOfSlot(int slot) const
{
    return static_cast<std::size_t>(slot) < m_rows.size() ? m_rows[static_cast<std::size_t>(slot)]
                                                          : -1;
}

int TableModel::rowOfKey(const QString &key) const
{
    for (std::size_t row = 0; row < m_order.size(); ++row) {
        if (m_source->key(m_order[row]) == key)
            return static_cast<int>(row);
    }
    return -1;
}

QString TableModel::keyOfRow(int row) const
{
    return row < 0 || row >= rowCount() ? QString() : m_source->key(slotOfRow(row));
}

bool TableModel::matches(int slot) const
{
    const int columns = m_source->columnCount();
    return std::all_of(m_words.begin(), m_words.end(), [&](const QString &word) {
        for (int column = 0; column < columns; ++column) {
            if (m_source->text(slot, column).contains(word, Qt::CaseInsensitive))
                return true;
        }
        return false;
    });
}

bool TableModel::before(int a, int b) const
{
    if (m_source->less(a, b, m_sortColumn))
        return m_sortOrder == Qt::AscendingOrder;
    if (m_source->less(b, a, m_sortColumn))
        return m_sortOrder == Qt::DescendingOrder;
    return a < b; // equal rows keep a fixed order, so that nothing jumps
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
    m_order.clear();
    for (int slot = 0; slot < m_source->slotCount(); ++slot) {
        if (m_source->isLive(slot) && matches(slot))
            m_order.push_back(slot);
    }
    std::sort(m_order.begin(), m_order.end(), [this](int a, int b) { return before(a, b); });
    indexRows();
    endResetModel();
    Q_EMIT rowsShown(rowCount(), m_source->slotCount());
}

void TableModel::apply(const RowChanges &changes)
{
    if (changes.reset) {
        rebuild();
        return;
    }
    std::vector<int> gone = changes.removed, fresh, kept;
    // A row that was added may be shown already: the filter was set between two flushes.
    std::vector<int> altered = changes.changed;
    altered.insert(altered.end(), changes.added.begin(), changes.added.end());
    for (const int slot : altered) {
        const bool shown = rowOfSlot(slot) >= 0, wanted = matches(slot);
        if (shown && wanted)
            kept.push_back(slot);
        else if (shown)
            gone.push_back(slot);
        else if (wanted)
            fresh.push_back(slot);
    }
    removeSlots(gone);
    insertSlots(fresh);
    tellChanged(kept);
    if (!gone.empty() || !fresh.empty())
        Q_EMIT rowsShown(rowCount(), m_source->slotCount());
}

void TableModel::removeSlots(const std::vector<int> &gone)
{
    std::vector<int> rows;
    for (const int slot : gone) {
        if (const int row = rowOfSlot(slot); row >= 0)
            rows.push_back(row);
    }
    std::sort(rows.begin(), rows.end(), std::greater<>());
    for (std::size_t i = 0; i < rows.size();) {
        std::size_t last = i;
        while (last + 1 < rows.size() && rows[last + 1] == rows[last] - 1)
            ++last;
        beginRemoveRows({}, rows[last], rows[i]);
        m_order.erase(m_order.begin() + rows[last], m_order.begin() + rows[i] + 1);
        endRemoveRows();
        i = last + 1;
    }
    if (!rows.empty())
        indexRows();
}

void TableModel::insertSlots(const std::vector<int> &fresh)
{
    if (fresh.empty())
        return;
    const int first = rowCount();
    beginInsertRows({}, first, first + static_cast<int>(fresh.size()) - 1);
    m_order.insert(m_order.end(), fresh.begin(), fresh.end());
    indexRows();
    endInsertRows();
    resort();
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
    bool broken = false;
    for (const int slot : changed) {
        rows.push_back(rowOfSlot(slot));
        broken = broken || !inOrder(rows.back());
    }
    std::sort(rows.begin(), rows.end());
    const int lastColumn = columnCount() - 1;
    for (std::size_t i = 0; i < rows.size();) {
        std::size_t last = i;
        while (last + 1 < rows.size() && rows[last + 1] == rows[last] + 1)
            ++last;
        Q_EMIT dataChanged(index(rows[i], 0), index(rows[last], lastColumn));
        i = last + 1;
    }
    if (broken)
        resort();
}

void TableModel::resort()
{
    const auto less = [this](int a, int b) { return before(a, b); };
    if (std::is_sorted(m_order.begin(), m_order.end(), less))
        return;
    Q_EMIT layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    const QModelIndexList old = persistentIndexList();
    std::vector<int> held;
    held.reserve(static_cast<std::size_t>(old.size()));
    for (const QModelIndex &index : old)
        held.push_back(slotOfRow(index.row()));
    std::stable_sort(m_order.begin(), m_order.end(), less);
    indexRows();
    QModelIndexList moved;
    moved.reserve(old.size());
    for (qsizetype i = 0; i < old.size(); ++i)
        moved << index(rowOfSlot(held[static_cast<std::size_t>(i)]), old[i].column());
    changePersistentIndexList(old, moved);
    Q_EMIT layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

void TableModel::sort(int column, Qt::SortOrder order)
{
    if (column < 0 || column >= columnCount())
        return;
    m_sortColumn = column;
    m_sortOrder = order;
    resort();
}

void TableModel::setFilter(const QString &words)
{
    if (words == m_filterText)
        return;
    m_filterText = words;
    m_words = words.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    rebuild();
}

} // namespace meseta::console
