#pragma once

#include <memory>
#include <vector>

#include <QAbstractTableModel>

#include "gui/model/row_store.h"

namespace meseta::console {

/// What a table shows: columns over the slots of a store. No state of its own, so tests of it are
/// text in, text out.
class TableSource
{
public:
    virtual ~TableSource() = default;

    virtual int slotCount() const = 0;
    virtual bool isLive(int slot) const = 0;
    virtual int columnCount() const = 0;
    virtual QString title(int column) const = 0;
    virtual QString text(int slot, int column) const = 0;
    /// Order of two rows by a column; must not format.
    virtual bool less(int a, int b, int column) const = 0;
    virtual bool isNumber(int column) const = 0; ///< right-aligned
    virtual QString key(int slot) const = 0; ///< stable across flushes
    virtual QVariant data(int slot, int column, int role) const; ///< further roles; default none
};

/// Rows of a source in an order of its own, filtered. Kept by `apply` with the replica's changes:
/// removals in runs, insertions as one run, a sort only when an order was broken. 100,000 rows are
/// no trouble.
class TableModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Roles { KeyRole = Qt::UserRole, SlotRole };

    explicit TableModel(std::unique_ptr<TableSource> source, QObject *parent = nullptr);
    ~TableModel() override;

    void apply(const RowChanges &changes);

    /// Shows only rows in which each word stands in some column (case does not matter). Empty: all.
    void setFilter(const QString &words);
    QString filter() const { return m_filterText; }

    int rowOfKey(const QString &key) const; ///< -1: not shown
    QString keyOfRow(int row) const;
    int slotOfRow(int row) const { return m_order[static_cast<std::size_t>(row)]; }
    const TableSource &source() const { return *m_source; }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;

Q_SIGNALS:
    void rowsShown(int shown, int total);

private:
    void rebuild();
    void removeSlots(const std::vector<int> &gone);
    void insertSlots(const std::vector<int> &fresh);
    void tellChanged(const std::vector<int> &changed);
    bool matches(int slot) const;
    bool before(int a, int b) const;
    bool inOrder(int row) const;
    void resort();
    void indexRows();
    int rowOfSlot(int slot) const;

    std::unique_ptr<TableSource> m_source;
    std::vector<int> m_order; // row -> slot
    std::vector<int> m_rows; // slot -> row, or -1
    int m_sortColumn = 0;
    Qt::SortOrder m_sortOrder = Qt::AscendingOrder;
    QString m_filterText;
    QStringList m_words;
};

} // namespace meseta::console
