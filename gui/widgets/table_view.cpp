#include "gui/widgets/table_view.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>

#include "gui/model/table_export.h"
#include "gui/model/table_model.h"
#include "gui/widgets/table_delegate.h"
#include "gui/widgets/table_header.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

TableView::TableView(TableModel *model, QWidget *parent)
    : QTableView(parent), m_model(model), m_delegate(new TableDelegate(this))
{
    setModel(model);
    model->setResting(true); // until it is shown
    setItemDelegate(m_delegate);
    setFrameShape(QFrame::NoFrame);
    setShowGrid(false);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setSelectionMode(QAbstractItemView::ExtendedSelection);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setTabKeyNavigation(false);
    setWordWrap(false);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    viewport()->setAttribute(Qt::WA_Hover);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    auto *header = new TableHeader(this);
    setHorizontalHeader(header);
    setSortingEnabled(true);
    connect(header, &QWidget::customContextMenuRequested, this, &TableView::chooseColumns);
    const double scale = Theme::fontScale();
    for (int column = 0; column < model->columnCount(); ++column) {
        setColumnWidth(column, static_cast<int>(model->source().width(column) * scale));
        setColumnHidden(column, model->source().isHidden(column));
    }
    connect(this, &QTableView::activated, this,
            [this](const QModelIndex &index) { Q_EMIT chosen(index.row()); });
    connect(model, &TableModel::rowsShown, viewport(), qOverload<>(&QWidget::update));
    setMetrics();
}

void TableView::setMetrics()
{
    verticalHeader()->setMinimumSectionSize(Theme::rowHeight());
    verticalHeader()->setDefaultSectionSize(Theme::rowHeight());
    m_delegate->forgetTexts();
}

void TableView::setEmptyText(const QString &sentence)
{
    m_emptyText = sentence;
    viewport()->update();
}

void TableView::setStale(bool stale)
{
    m_delegate->setStale(stale);
    viewport()->update();
}

void TableView::setFit(std::function<int(int)> fit)
{
    m_delegate->setFit(std::move(fit));
    viewport()->update();
}

QList<int> TableView::shownColumns() const
{
    QList<int> columns;
    for (int at = 0; at < m_model->columnCount(); ++at) {
        const int column = horizontalHeader()->logicalIndex(at);
        if (!isColumnHidden(column))
            columns << column;
    }
    return columns;
}

QList<int> TableView::selectedRows() const
{
    QList<int> rows;
    for (const QModelIndex &index : selectionModel()->selectedRows())
        rows << index.row();
    std::sort(rows.begin(), rows.end());
    return rows;
}

void TableView::copySelection() const
{
    QGuiApplication::clipboard()->setText(toClipboard(*m_model, selectedRows(), shownColumns()));
}

void TableView::chooseColumns(const QPoint &at)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (int column = 0; column < m_model->columnCount(); ++column) {
        QAction *action = menu->addAction(m_model->source().title(column));
        action->setCheckable(true);
        action->setChecked(!isColumnHidden(column));
        action->setEnabled(column > 0); // the first names the row
        connect(action, &QAction::toggled, this,
                [this, column](bool shown) { setColumnHidden(column, !shown); });
    }
    menu->popup(horizontalHeader()->mapToGlobal(at));
}

void TableView::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        copySelection();
        return;
    }
    const bool isReturn = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (isReturn && event->modifiers() == Qt::NoModifier && currentIndex().isValid()) {
        Q_EMIT chosen(currentIndex().row());
        return;
    }
    QTableView::keyPressEvent(event);
}

/// When the current row goes, none is: another would be acted on unasked for.
void TableView::rowsAboutToBeRemoved(const QModelIndex &parent, int first, int last)
{
    if (const int now = currentIndex().row(); now >= first && now <= last)
        selectionModel()->clearCurrentIndex();
    QTableView::rowsAboutToBeRemoved(parent, first, last);
}

void TableView::showEvent(QShowEvent *event)
{
    m_model->setResting(false);
    QTableView::showEvent(event);
}

void TableView::hideEvent(QHideEvent *event)
{
    QTableView::hideEvent(event);
    m_model->setResting(true);
}

void TableView::paintEvent(QPaintEvent *event)
{
    QTableView::paintEvent(event);
    if (m_model->rowCount() > 0 || m_emptyText.isEmpty())
        return;
    QPainter painter(viewport());
    painter.setPen(Theme::muted());
    const QRect area = viewport()->rect().adjusted(40, 0, -40, -viewport()->height() / 4);
    painter.drawText(area, static_cast<int>(Qt::AlignCenter) | Qt::TextWordWrap, m_emptyText);
}

void TableView::changeEvent(QEvent *event)
{
    QTableView::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        setMetrics();
}

} // namespace meseta::console
