#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <QAbstractTableModel>

#include "gui/model/filter.h"
#include "gui/model/row_store.h"
#include "gui/model/table_source.h"
#include "gui/model/turn.h"

namespace meseta::console {

/// Rows of a source in an order of its own, filtered. Kept by `apply` with the replica's changes:
/// removals and insertions in few runs, and what is out of order moved by binary search, so that
/// 100,000 rows are no trouble. What is too much for one frame is taken a slice at a time: rows
/// that went go at once, those that came or changed find their places within the next frames.
class TableModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Roles { KeyRole = Qt::UserRole, SlotRole };

    explicit TableModel(std::unique_ptr<TableSource> source, QObject *parent = nullptr);
    ~TableModel() override;

    void apply(const RowChanges &changes);

    static constexpr std::size_t sliceRows = 1000; ///< that are placed at once, at most

    /// While nobody looks at a large table, what came and what changed is only noted until there is
    /// a slice of it; what went goes at once.
    void setResting(bool resting);
    void catchUp(); ///< applies all that was noted, now
    bool isBehind() const { return !m_noted.empty(); } ///< something is noted and not shown yet

    /// Shows only rows that the filter lets through; see Filter. Empty: all.
    void setFilter(const QString &text);
    QString filterText() const { return m_filterText; }
    const Filter &filter() const { return m_filter; }

    /// A choice beside the filter (a tab above the table); nothing: all rows.
    void setScope(std::function<bool(int slot)> scope);

    int rowOfKey(const QString &key) const; ///< -1: not shown
    QString keyOfRow(int row) const;
    int slotOfRow(int row) const { return m_order[static_cast<std::size_t>(row)]; }
    const TableSource &source() const { return *m_source; }
    int totalRows() const; ///< without filter and scope
    int sortColumn() const { return m_sortColumn; }
    Qt::SortOrder sortOrder() const { return m_sortOrder; }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;
    void retranslate(); ///< titles and texts anew

Q_SIGNALS:
    void rowsShown(int shown);

private:
    /// What rows that came or changed mean for what is shown.
    struct Altered
    {
        std::vector<int> gone, fresh, kept;
    };

    bool before(int a, int b) const;
    void rebuild();
    void narrow();
    void applyNow(const RowChanges &changes);
    void begin();
    void note(const RowChanges &changes);
    void goOn();
    std::vector<int> takeNoted(std::size_t most);
    bool isNoted(int slot) const;
    void sortOut(const std::vector<int> &altered, Altered &result);
    void removeSlots(const std::vector<int> &gone);
    void appendSlots(const std::vector<int> &fresh);
    void place(const std::vector<int> &moved);
    void tellChanged(const std::vector<int> &changed);
    bool inOrder(int row) const;
    void sortAnew();
    void reorder(std::vector<int> order);
    void indexRows();
    int rowOfSlot(int slot) const;

    std::unique_ptr<TableSource> m_source;
    std::vector<int> m_order; // row -> slot
    std::vector<int> m_rows; // slot -> row, or -1
    bool m_resting = false;
    std::vector<int> m_noted; // slots; some may be gone since
    std::vector<bool> m_isNoted; // by slot
    Turn m_next; // the next slice of those
    int m_sortColumn = 0;
    Qt::SortOrder m_sortOrder = Qt::AscendingOrder;
    QString m_filterText;
    Filter m_filter;
    std::function<bool(int)> m_scope;
};

/// Sorts slots by a column of a source, fast: keys are taken out once, texts are compared by eight
/// characters after what all have in common. Equal rows keep the order of their slots.
void sortSlots(std::vector<int> &slotsToSort, const TableSource &source, int column,
               Qt::SortOrder order);

} // namespace meseta::console
