#include "gui/views/table_page.h"

#include <QEvent>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QSaveFile>
#include <QSettings>
#include <QTabBar>
#include <QToolButton>
#include <QVBoxLayout>

#include "gui/model/formats.h"
#include "gui/model/table_export.h"
#include "gui/widgets/filter_bar.h"
#include "gui/widgets/icons.h"
#include "gui/widgets/table_view.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

TablePage::TablePage(std::unique_ptr<TableSource> source, Spec spec, QWidget *parent)
    : QWidget(parent)
    , m_spec(std::move(spec))
    , m_model(new TableModel(std::move(source), this))
    , m_view(new TableView(m_model, this))
    , m_filter(new FilterBar(m_model->source(), this))
    , m_title(new QLabel(this))
    , m_counts(new QLabel(this))
    , m_problem(new QLabel(this))
    , m_tabs(new QTabBar(this))
    , m_menu(new QToolButton(this))
    , m_header(new QHBoxLayout)
{
    m_view->setObjectName(m_spec.name);
    m_title->setFont(Theme::titleFont());
    for (QLabel *label : {m_title, m_counts, m_problem})
        label->setTextFormat(Qt::PlainText);
    m_counts->setForegroundRole(QPalette::PlaceholderText);
    m_problem->setWordWrap(true);
    m_problem->hide();
    m_tabs->hide();
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_filter->setMaximumWidth(460);
    m_menu->setIcon(icon(QStringLiteral("more")));
    m_menu->setPopupMode(QToolButton::InstantPopup);

    m_header->setContentsMargins(Theme::Large, Theme::Large, Theme::Medium, Theme::Small);
    m_header->setSpacing(Theme::Medium);
    m_header->addWidget(m_title);
    m_header->addWidget(m_counts, 0, Qt::AlignBottom);
    m_counts->setContentsMargins(0, 0, 0, 3);
    m_header->addStretch();
    m_header->addWidget(m_menu);
    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(Theme::Large, 0, Theme::Medium, Theme::Small);
    bar->setSpacing(Theme::Large);
    bar->addWidget(m_filter, 3);
    bar->addWidget(m_tabs, 0, Qt::AlignLeft);
    bar->addStretch(1);
    auto *problem = new QHBoxLayout;
    problem->setContentsMargins(Theme::Large, 0, Theme::Large, 0);
    problem->addWidget(m_problem);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(m_header);
    column->addLayout(bar);
    column->addLayout(problem);
    column->addWidget(m_view, 1);
    const QList<QWidget *> order{m_menu, m_filter, m_tabs, m_view};
    for (qsizetype i = 1; i < order.size(); ++i)
        setTabOrder(order[i - 1], order[i]);

    m_view->sortByColumn(m_spec.sortColumn, m_spec.sortOrder);
    restoreState();
    connect(m_filter, &QLineEdit::textChanged, this, &TablePage::setFilter);
    connect(m_model, &TableModel::rowsShown, this, &TablePage::showCounts);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex &now) {
                if (!now.isValid())
                    return; // a reset; the row is found again by its key
                m_lastKey = currentKey();
                Q_EMIT currentChanged(current());
            });
    connect(m_model, &QAbstractItemModel::modelReset, this, [this] { selectLast(); });
    m_selectionSoon.setSingleShot(true);
    connect(&m_selectionSoon, &QTimer::timeout, this, &TablePage::tellSelection);
    connect(m_view->selectionModel(), &QItemSelectionModel::selectionChanged, &m_selectionSoon,
            [this] { m_selectionSoon.start(); }); // once for all of one event
    connect(m_view, &TableView::chosen, this, [this](int row) { Q_EMIT opened(objectOfRow(row)); });
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_view, &QWidget::customContextMenuRequested, this, [this](const QPoint &at) {
        if (m_view->indexAt(at).isValid())
            Q_EMIT contextMenuWanted(m_view->viewport()->mapToGlobal(at));
        else if (const QModelIndex now = m_view->currentIndex(); now.isValid()) // by the keyboard
            Q_EMIT contextMenuWanted(
                m_view->viewport()->mapToGlobal(m_view->visualRect(now).bottomLeft()));
    });
    connect(m_tabs, &QTabBar::currentChanged, this, [this](int tab) {
        if (tab >= 0 && tab < m_tabRules.size())
            m_model->setScope(m_tabRules.at(tab).rule);
    });
    if (m_spec.ages) {
        m_ageTick.setInterval(1000);
        connect(&m_ageTick, &QTimer::timeout, m_view->viewport(), qOverload<>(&QWidget::update));
        m_ageTick.start();
    }
    translate();
}

void TablePage::buildMenu()
{
    if (QMenu *old = m_menu->menu())
        old->deleteLater();
    auto *menu = new QMenu(m_menu);
    menu->addAction(icon(QStringLiteral("copy")), tr("Copy selected rows"), m_view,
                    &TableView::copySelection)
        ->setShortcut(QKeySequence(QKeySequence::Copy));
    menu->actions().constLast()->setShortcutContext(Qt::WidgetShortcut);
    menu->addSeparator();
    menu->addAction(icon(QStringLiteral("export")), tr("Export as CSV…"), this,
                    [this] { exportTo(false); });
    menu->addAction(icon(QStringLiteral("export")), tr("Export as JSON…"), this,
                    [this] { exportTo(true); });
    menu->addSeparator();
    QMenu *columns = menu->addMenu(tr("Columns"));
    for (int column = 1; column < m_model->columnCount(); ++column) {
        QAction *action = columns->addAction(m_model->source().title(column));
        action->setCheckable(true);
        connect(action, &QAction::toggled, this,
                [this, column](bool shown) { m_view->setColumnHidden(column, !shown); });
        connect(columns, &QMenu::aboutToShow, action, [this, action, column] {
            const QSignalBlocker quiet(action);
            action->setChecked(!m_view->isColumnHidden(column));
        });
    }
    m_menu->setMenu(menu);
}

void TablePage::exportTo(bool json)
{
    const QString suffix = json ? QStringLiteral("json") : QStringLiteral("csv");
    auto *dialog = new QFileDialog(this, tr("Export"), m_spec.name + QLatin1Char('.') + suffix);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(suffix);
    dialog->selectFile(m_spec.name + QLatin1Char('.') + suffix);
    connect(dialog, &QFileDialog::fileSelected, this, [this, json](const QString &path) {
        QSaveFile file(path);
        const QList<int> columns = m_view->shownColumns();
        const QByteArray bytes = json ? toJson(*m_model, columns) : toCsv(*m_model, columns);
        if (file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.commit())
            return;
        m_problem->setText(tr("%1 cannot be written: %2").arg(path, file.errorString()));
        m_problem->show();
    });
    dialog->open();
}

void TablePage::setTitle(const QString &title)
{
    m_title->setText(title);
    m_view->setAccessibleName(title);
}

void TablePage::setEmptyText(const QString &sentence)
{
    m_emptyText = sentence;
    showCounts();
}

void TablePage::setTabs(const QList<Tab> &tabs)
{
    m_tabRules = tabs;
    const QSignalBlocker quiet(m_tabs);
    for (const Tab &tab : tabs)
        m_tabs->addTab(tab.title);
    m_tabs->setVisible(!tabs.isEmpty());
}

void TablePage::setTabTitles(const QStringList &titles)
{
    for (int tab = 0; tab < m_tabs->count() && tab < titles.size(); ++tab) {
        if (m_tabs->tabText(tab) != titles.at(tab))
            m_tabs->setTabText(tab, titles.at(tab));
    }
}

void TablePage::addHeaderWidget(QWidget *widget)
{
    m_header->insertWidget(m_header->count() - 1, widget);
}

void TablePage::addBelowTable(QWidget *widget)
{
    layout()->addWidget(widget);
}

void TablePage::apply(const RowChanges &changes)
{
    m_model->apply(changes);
    showCounts();
}

void TablePage::setLoading(const QString &note)
{
    if (m_loading == note)
        return;
    m_loading = note;
    showCounts();
}

void TablePage::setStale(bool stale)
{
    m_view->setStale(stale);
}

void TablePage::setFilter(const QString &text)
{
    if (m_filter->text() != text)
        return m_filter->setText(text); // comes back here
    m_model->setFilter(text);
    const auto &problem = m_model->filter().problem();
    m_filter->showProblem(problem);
    m_problem->setText(problem ? problem->text : QString());
    m_problem->setVisible(problem.has_value());
    showCounts();
}

void TablePage::showCounts()
{
    const int shown = m_model->rowCount();
    const bool isFiltered = !m_filter->text().isEmpty();
    QString counts = isFiltered ? tr("%n match(es)", nullptr, shown) : countText(shown);
    if (m_selected > 1)
        counts = tr("%1, %n selected", nullptr, m_selected).arg(counts);
    m_counts->setText(m_loading.isEmpty() ? counts : m_loading);
    m_view->setEmptyText(isFiltered ? tr("Nothing matches the filter.") : m_emptyText);
}

void TablePage::tellSelection()
{
    int rows = 0;
    for (const QItemSelectionRange &range : m_view->selectionModel()->selection())
        rows += range.height();
    const int before = std::exchange(m_selected, rows);
    if (rows > 1)
        Q_EMIT severalSelected(selection());
    else if (before > 1)
        Q_EMIT severalSelected({});
    showCounts();
}

ObjectRef TablePage::objectOfRow(int row) const
{
    return row < 0 || row >= m_model->rowCount() ? ObjectRef{}
                                                 : m_spec.objectOf(m_model->slotOfRow(row));
}

ObjectRef TablePage::objectAt(const QPoint &point) const
{
    return objectOfRow(m_view->rowAt(point.y()));
}

ObjectRef TablePage::objectOfSlot(int slot) const
{
    return m_spec.objectOf(slot);
}

ObjectRef TablePage::current() const
{
    return objectOfRow(m_view->currentIndex().row());
}

QString TablePage::currentKey() const
{
    return m_model->keyOfRow(m_view->currentIndex().row());
}

QList<ObjectRef> TablePage::selection() const
{
    QList<ObjectRef> objects;
    for (const int row : m_view->selectedRows())
        objects << objectOfRow(row);
    return objects;
}

TableModel &TablePage::model()
{
    m_model->catchUp();
    return *m_model;
}

bool TablePage::select(const QString &key)
{
    int row = key.isEmpty() ? -1 : m_model->rowOfKey(key);
    if (row < 0 && !key.isEmpty() && m_model->source().slotOfKey(key) >= 0) {
        m_model->catchUp(); // it may have come a moment ago
        row = m_model->rowOfKey(key);
    }
    return selectRow(row);
}

bool TablePage::selectRow(int row)
{
    if (row < 0)
        return false;
    if (row != m_view->currentIndex().row() || !m_view->selectionModel()->isRowSelected(row))
        m_view->setCurrentIndex(m_model->index(row, 0));
    return true;
}

void TablePage::focusFilter()
{
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

void TablePage::saveState() const
{
    QSettings settings;
    settings.setValue(QStringLiteral("tables/") + m_spec.name,
                      m_view->horizontalHeader()->saveState());
}

void TablePage::restoreState()
{
    const QByteArray state =
        QSettings().value(QStringLiteral("tables/") + m_spec.name).toByteArray();
    QHeaderView *header = m_view->horizontalHeader();
    if (state.isEmpty() || !header->restoreState(state))
        return;
    m_view->setColumnHidden(0, false);
    m_view->sortByColumn(header->sortIndicatorSection(), header->sortIndicatorOrder());
}

void TablePage::translate()
{
    m_model->retranslate();
    m_filter->translate();
    m_menu->setToolTip(tr("Columns, copy and export"));
    m_menu->setAccessibleName(tr("Columns, copy and export"));
    m_tabs->setAccessibleName(tr("Which rows"));
    buildMenu();
    setFilter(m_filter->text());
}

void TablePage::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange)
        translate();
    if (event->type() == QEvent::FontChange)
        m_title->setFont(Theme::titleFont());
    QWidget::changeEvent(event);
}

} // namespace meseta::console
