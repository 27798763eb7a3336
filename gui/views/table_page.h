#pragma once

#include <QWidget>

#include "gui/model/table_model.h"

class QLabel;
class QLineEdit;
class QTreeView;

namespace meseta::console {

/// A table with a filter above it and, while it has no rows, a sentence in its place. Keeps the
/// selection by key.
class TablePage : public QWidget
{
    Q_OBJECT
public:
    TablePage(std::unique_ptr<TableSource> source, const QString &name, QWidget *parent = nullptr);

    void setEmptyText(const QString &sentence); ///< shown while there is nothing

    TableModel &model() { return *m_model; }
    QTreeView &view() { return *m_view; }
    QString currentKey() const;
    void select(const QString &key);
    void focusFilter();
    void hideColumn(int column); ///< a person can show it again from the header's menu
    void setWidths(std::initializer_list<int> widths);

Q_SIGNALS:
    void currentKeyChanged(const QString &key);
    void activated(const QString &key);

protected:
    void changeEvent(QEvent *event) override;

private:
    void showCounts();
    void chooseColumns(const QPoint &at);
    void translate();

    TableModel *m_model;
    QTreeView *m_view;
    QLineEdit *m_filter;
    QLabel *m_counts;
    QLabel *m_empty;
    QString m_emptyText;
};

} // namespace meseta::console
