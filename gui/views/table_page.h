#pragma once

#include <QTimer>
#include <QWidget>

#include "gui/model/object_ref.h"
#include "gui/model/table_model.h"

class QHBoxLayout;
class QLabel;
class QTabBar;
class QToolButton;

namespace meseta::console {

class FilterBar;
class TableView;

/// A page of one table: its title, tabs, a filter, and the table. Keeps the selection by key.
class TablePage : public QWidget
{
    Q_OBJECT
public:
    struct Spec
    {
        QString name; ///< for settings and tests: "tasks"
        std::function<ObjectRef(int slot)> objectOf; ///< what a row stands for
        int sortColumn = 0;
        Qt::SortOrder sortOrder = Qt::AscendingOrder;
        bool ages = false; ///< some column shows an age, which moves by itself
    };

    TablePage(std::unique_ptr<TableSource> source, Spec spec, QWidget *parent = nullptr);

    void setTitle(const QString &title);
    void setEmptyText(const QString &sentence); ///< shown while there is nothing
    /// Tabs above the table, each a choice of rows; an empty rule shows all.
    struct Tab
    {
        QString title;
        std::function<bool(int slot)> rule;
    };
    void setTabs(const QList<Tab> &tabs);
    void setTabTitles(const QStringList &titles);
    void addHeaderWidget(QWidget *widget); ///< at the right of the title
    void addBelowTable(QWidget *widget);

    void apply(const RowChanges &changes);
    void setStale(bool stale);
    void setLoading(const QString &note); ///< stands for the number of rows while more come

    TableModel &model(); ///< with all that has happened until now
    const TableModel &shown() const { return *m_model; } ///< as far as it has come
    TableView &view() { return *m_view; }
    FilterBar &filterBar() { return *m_filter; }
    ObjectRef current() const;
    ObjectRef objectAt(const QPoint &point) const; ///< in the table's viewport
    ObjectRef objectOfSlot(int slot) const;
    QString currentKey() const;
    bool hadCurrent() const { return !m_lastKey.isEmpty(); } ///< some row was, at some time
    bool selectLast() { return selectRow(m_model->rowOfKey(m_lastKey)); } ///< if it is shown again
    QList<ObjectRef> selection() const;
    bool select(const QString &key); ///< false: not shown
    void setFilter(const QString &text);
    void focusFilter();
    void saveState() const; ///< columns and order, in the settings
    void translate();

Q_SIGNALS:
    void currentChanged(const meseta::console::ObjectRef &object);
    /// More than one row is selected, or no longer: then the list is empty.
    void severalSelected(const QList<meseta::console::ObjectRef> &objects);
    void opened(const meseta::console::ObjectRef &object); ///< double click or Return
    void contextMenuWanted(const QPoint &globalPosition);

protected:
    void changeEvent(QEvent *event) override;

private:
    void showCounts();
    void tellSelection();
    bool selectRow(int row);
    void restoreState();
    void exportTo(bool json);
    void buildMenu();
    ObjectRef objectOfRow(int row) const;

    Spec m_spec;
    TableModel *m_model;
    TableView *m_view;
    FilterBar *m_filter;
    QLabel *m_title;
    QLabel *m_counts;
    QLabel *m_problem;
    QTabBar *m_tabs;
    QToolButton *m_menu;
    QHBoxLayout *m_header;
    QList<Tab> m_tabRules;
    QString m_emptyText;
    QString m_loading;
    int m_selected = 0; // rows, as told last
    QString m_lastKey; // of the row that was current before a reset
    QTimer m_ageTick;
    QTimer m_selectionSoon;
};

} // namespace meseta::console
