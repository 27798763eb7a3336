#include "gui/views/table_page.h"

#include <QAction>
#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QTreeView>
#include <QVBoxLayout>

#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

QTreeView *makeView(TableModel *model, const QString &name)
{
    auto *view = new QTreeView;
    view->setObjectName(name);
    view->setModel(model);
    view->setRootIsDecorated(false);
    view->setUniformRowHeights(true);
    view->setAllColumnsShowFocus(true);
    view->setSortingEnabled(true);
    view->sortByColumn(0, Qt::AscendingOrder);
    view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    view->setTextElideMode(Qt::ElideRight);
    view->setFrameShape(QFrame::NoFrame);
    view->header()->setStretchLastSection(true);
    view->header()->setHighlightSections(false);
    view->setStyleSheet(QStringLiteral(
        "QTreeView::item { padding: 5px 6px; } QHeaderView::section { padding: 5px 6px; }"));
    return view;
}

} // namespace

TablePage::TablePage(std::unique_ptr<TableSource> source, const QString &name, QWidget *parent)
    : QWidget(parent)
    , m_model(new TableModel(std::move(source), this))
    , m_view(makeView(m_model, name))
    , m_filter(new QLineEdit)
    , m_counts(new QLabel)
    , m_empty(new QLabel(m_view->viewport()))
{
    m_filter->setClearButtonEnabled(true);
    m_filter->setMaximumWidth(420);
    m_empty->setTextFormat(Qt::PlainText);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_counts->setForegroundRole(QPalette::PlaceholderText);

    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(12, 8, 12, 8);
    bar->addWidget(m_filter, 1);
    bar->addStretch();
    bar->addWidget(m_counts);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(bar);
    column->addWidget(m_view, 1);
    auto *center = new QVBoxLayout(m_view->viewport()); // keeps the sentence in the middle
    center->addWidget(m_empty);

    auto *copy = new QAction(m_view);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    m_view->addAction(copy);
    connect(copy, &QAction::triggered, this, [this] {
        QStringList lines;
        for (const QModelIndex &row : m_view->selectionModel()->selectedRows()) {
            QStringList cells;
            for (int cell = 0; cell < m_model->columnCount(); ++cell)
                cells << row.siblingAtColumn(cell).data().toString();
            lines << cells.join(QLatin1Char('\t'));
        }
        QGuiApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
    });
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString &words) {
        const QString key = currentKey();
        m_model->setFilter(words);
        select(key);
        showCounts();
    });
    connect(m_model, &TableModel::rowsShown, this, &TablePage::showCounts);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this] { Q_EMIT currentKeyChanged(currentKey()); });
    connect(m_view, &QTreeView::activated, this,
            [this](const QModelIndex &index) { Q_EMIT activated(m_model->keyOfRow(index.row())); });
    m_view->header()->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_view->header(), &QWidget::customContextMenuRequested, this,
            &TablePage::chooseColumns);
    translate();
}

void TablePage::chooseColumns(const QPoint &at)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (int column = 0; column < m_model->columnCount(); ++column) {
        QAction *action = menu->addAction(m_model->source().title(column));
        action->setCheckable(true);
        action->setChecked(!m_view->isColumnHidden(column));
        action->setEnabled(column > 0); // the first names the row
        connect(action, &QAction::toggled, this,
                [this, column](bool shown) { m_view->setColumnHidden(column, !shown); });
    }
    menu->popup(m_view->header()->mapToGlobal(at));
}

void TablePage::hideColumn(int column)
{
    m_view->setColumnHidden(column, true);
}

void TablePage::translate()
{
    m_filter->setPlaceholderText(tr("Filter (Ctrl+F)"));
    m_filter->setAccessibleName(tr("Filter"));
    showCounts();
}

void TablePage::setEmptyText(const QString &sentence)
{
    m_emptyText = sentence;
    showCounts();
}

void TablePage::showCounts()
{
    const int shown = m_model->rowCount();
    m_counts->setText(m_filter->text().isEmpty() ? tr("%n row(s)", nullptr, shown)
                                                 : tr("%n row(s) match", nullptr, shown));
    m_empty->setVisible(shown == 0);
    m_empty->setText(m_filter->text().isEmpty() ? m_emptyText : tr("Nothing matches the filter."));
}

QString TablePage::currentKey() const
{
    return m_model->keyOfRow(m_view->currentIndex().row());
}

void TablePage::select(const QString &key)
{
    const int row = key.isEmpty() ? -1 : m_model->rowOfKey(key);
    if (row >= 0 && row != m_view->currentIndex().row())
        m_view->setCurrentIndex(m_model->index(row, 0));
}

void TablePage::focusFilter()
{
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

void TablePage::setWidths(std::initializer_list<int> widths)
{
    int column = 0;
    for (const int width : widths)
        m_view->setColumnWidth(column++, width);
}

void TablePage::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange)
        translate();
    QWidget::changeEvent(event);
}

} // namespace meseta::console
