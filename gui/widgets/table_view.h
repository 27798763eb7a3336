#pragma once

#include <functional>

#include <QTableView>

namespace meseta::console {

class TableDelegate;
class TableModel;

/// A table of the console: whole rows, fixed heights, its own painting, a sentence while it is
/// empty.
class TableView : public QTableView
{
    Q_OBJECT
public:
    explicit TableView(TableModel *model, QWidget *parent = nullptr);

    void setEmptyText(const QString &sentence);
    const QString &emptyText() const { return m_emptyText; } ///< shown where rows would be
    void setStale(bool stale);
    void setFit(std::function<int(int slot)> fit); ///< tints rows while something is dragged
    QList<int> shownColumns() const; ///< in the order on the screen
    QList<int> selectedRows() const; ///< ascending
    void copySelection() const;

Q_SIGNALS:
    void chosen(int row); ///< double click or Return

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void rowsAboutToBeRemoved(const QModelIndex &parent, int first, int last) override;

private:
    void setMetrics();
    void chooseColumns(const QPoint &at);

    TableModel *m_model;
    TableDelegate *m_delegate;
    QString m_emptyText;
};

} // namespace meseta::console
