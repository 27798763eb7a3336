#include "gui/views/main_window.h"

#include <QCloseEvent>
#include <QHBoxLayout>
#include <QInputDialog>
#include <QLabel>
#include <QListWidget>
#include <QMenuBar>
#include <QMessageBox>
#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>
#include <QStatusBar>
#include <QToolBar>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

#include "gui/inspect/log_panel.h"
#include "gui/launch/launch_dialog.h"
#include "gui/model/sources.h"
#include "gui/views/overview_page.h"
#include "gui/views/table_page.h"
#include "gui/widgets/cell_delegates.h"
#include "gui/widgets/connection_banner.h"
#include "gui/widgets/language.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

enum Page { Tasks, Agents, Offers, Frameworks };
constexpr QLatin1String pageIcons[] = {QLatin1String("tasks"), QLatin1String("agents"),
                                       QLatin1String("offers"), QLatin1String("frameworks")};

} // namespace

/// The framework's id lives in the settings, one a cluster.
class MainWindow::Memory : public FrameworkMemory
{
public:
    QString frameworkId(const QString &cluster) const override
    {
        return m_settings.value(key(cluster)).toString();
    }
    void setFrameworkId(const QString &cluster, const QString &id) override
    {
        if (id.isEmpty())
            m_settings.remove(key(cluster));
        else
            m_settings.setValue(key(cluster), id);
    }

private:
    static QString key(const QString &cluster) { return QStringLiteral("frameworks/") + cluster; }
    QSettings m_settings;
};

MainWindow::MainWindow(QWidget *parent)
    : QMainWindow(parent)
    , m_memory(std::make_unique<Memory>())
    , m_launcher(*m_memory)
    , m_navigation(new QListWidget)
    , m_pages(new QStackedWidget)
    , m_overview(new OverviewPage(m_replica))
    , m_log(new LogPanel(m_replica))
    , m_split(new QSplitter(Qt::Vertical))
    , m_cluster(new QLabel)
    , m_state(new QLabel)
{
    buildPages();
    buildHeader();
    buildActions();
    wireModels();
    wireLaunch();
    translate();
    resize(1180, 760);
    restoreGeometry(QSettings().value(QStringLiteral("window/geometry")).toByteArray());
}

MainWindow::~MainWindow() = default;

void MainWindow::buildPages()
{
    m_tasks = new TablePage(taskSource(m_replica), QStringLiteral("tasks"));
    m_agents = new TablePage(agentSource(m_replica), QStringLiteral("agents"));
    m_offers = new TablePage(offerSource(m_replica), QStringLiteral("offers"));
    m_frameworks = new TablePage(frameworkSource(m_replica), QStringLiteral("frameworks"));
    m_tasks->setWidths({155, 100, 160, 105, 140, 55, 90, 85});
    m_agents->setWidths({145, 120, 95, 90, 165, 165, 115, 110});
    m_offers->setWidths({140, 170, 80, 70, 90, 90, 140, 100, 160});
    m_frameworks->setWidths({220, 110, 90, 90, 70, 90, 110, 200});
    m_tasks->view().setItemDelegateForColumn(static_cast<int>(TaskColumn::State),
                                             new StateDelegate(this));
    for (const auto column : {AgentColumn::Cpus, AgentColumn::Memory, AgentColumn::Disk})
        m_agents->view().setItemDelegateForColumn(static_cast<int>(column),
                                                  new ShareDelegate(this));
    m_tasks->view().sortByColumn(static_cast<int>(TaskColumn::Updated), Qt::DescendingOrder);
    for (TablePage *page : {m_tasks, m_agents, m_offers, m_frameworks})
        m_pages->addWidget(page);

    m_tasks->hideColumn(static_cast<int>(TaskColumn::Id));
    m_agents->hideColumn(static_cast<int>(AgentColumn::Id));

    m_navigation->setObjectName(QStringLiteral("navigation"));
    m_navigation->setFrameShape(QFrame::NoFrame);
    m_navigation->setFixedWidth(176);
    m_navigation->setIconSize(QSize(18, 18));
    m_navigation->setStyleSheet(
        QStringLiteral("QListWidget { background: transparent; padding: 6px; outline: 0; "
                       "show-decoration-selected: 1; } "
                       "QListWidget::item { padding: 0 10px; border-radius: 5px; } "
                       "QListWidget::item:selected { background: palette(highlight); "
                       "color: palette(highlighted-text); }"));
    for (int page = Tasks; page <= Frameworks; ++page) {
        m_navigation->addItem(QString());
        m_navigation->item(page)->setSizeHint(QSize(0, fontMetrics().height() + 18));
        m_navigation->item(page)->setIcon(
            QIcon(QLatin1String(":/icons/actions/%1.svg").arg(pageIcons[page])));
    }
    m_navigation->setCurrentRow(Tasks);
    connect(m_navigation, &QListWidget::currentRowChanged, m_pages,
            &QStackedWidget::setCurrentIndex);
}

void MainWindow::buildHeader()
{
    m_split->addWidget(m_pages);
    m_split->addWidget(m_log);
    m_split->setStretchFactor(0, 3);
    m_split->setStretchFactor(1, 2);
    m_split->setChildrenCollapsible(false);

    auto *right = new QVBoxLayout;
    right->setSpacing(0);
    right->addWidget(new ConnectionBanner(m_session));
    right->addWidget(m_overview);
    right->addWidget(m_split, 1);
    auto *left = new QVBoxLayout;
    m_cluster->setTextFormat(Qt::PlainText);
    m_cluster->setWordWrap(true);
    m_cluster->setContentsMargins(16, 16, 12, 0);
    QFont bold = m_cluster->font();
    bold.setWeight(QFont::DemiBold);
    m_cluster->setFont(bold);
    m_state->setTextFormat(Qt::PlainText);
    m_state->setContentsMargins(16, 0, 12, 6);
    m_state->setForegroundRole(QPalette::PlaceholderText);
    m_state->setWordWrap(true);
    left->addWidget(m_cluster);
    left->addWidget(m_state);
    left->addWidget(m_navigation, 1);

    auto *central = new QWidget;
    auto *row = new QHBoxLayout(central);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addLayout(left);
    row->addLayout(right, 1);
    setCentralWidget(central);
    connect(&m_session, &MasterSession::stateChanged, this, &MainWindow::showState);
}

void MainWindow::buildActions()
{
    m_clusterMenu = menuBar()->addMenu(QString());
    m_connectAction = m_clusterMenu->addAction({}, QKeySequence(Qt::CTRL | Qt::Key_O), this,
                                               &MainWindow::askForAddress);
    m_launchAction = m_clusterMenu->addAction({}, QKeySequence(Qt::CTRL | Qt::Key_L), this, [this] {
        openLaunchDialog(m_pages->currentIndex() == Agents ? m_agents->currentKey() : QString());
    });
    m_killAction =
        m_clusterMenu->addAction({}, QKeySequence(Qt::Key_Delete), this, &MainWindow::killSelected);
    m_clusterMenu->addSeparator();
    m_quitAction =
        m_clusterMenu->addAction({}, QKeySequence(Qt::CTRL | Qt::Key_Q), this, &QWidget::close);

    m_viewMenu = menuBar()->addMenu(QString());
    for (int page = Tasks; page <= Frameworks; ++page) {
        QAction *action = m_viewMenu->addAction(
            {}, QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_1 + page)), this,
            [this, page] { showPage(page); });
        action->setData(page);
    }
    QAction *find = new QAction(this);
    find->setShortcut(QKeySequence::Find);
    connect(find, &QAction::triggered, this,
            [this] { static_cast<TablePage *>(m_pages->currentWidget())->focusFilter(); });
    addAction(find);

    m_languageMenu = menuBar()->addMenu(QString());
    for (const QString &code : Language::codes()) {
        QAction *action = m_languageMenu->addAction(Language::nativeName(code));
        connect(action, &QAction::triggered, this, [code] { Language::choose(code); });
    }

    m_launchAction->setIcon(QIcon(QStringLiteral(":/icons/actions/launch.svg")));
    m_killAction->setIcon(QIcon(QStringLiteral(":/icons/actions/kill.svg")));
    m_connectAction->setIcon(QIcon(QStringLiteral(":/icons/actions/connect.svg")));
    auto *bar = new QToolBar;
    bar->setIconSize(QSize(16, 16));
    bar->setMovable(false);
    bar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    bar->addAction(m_launchAction);
    bar->addAction(m_killAction);
    bar->addSeparator();
    bar->addAction(m_connectAction);
    addToolBar(bar);
    setContextMenuPolicy(Qt::NoContextMenu);
}

void MainWindow::wireModels()
{
    connect(&m_session, &MasterSession::event, &m_replica, &Replica::apply);
    connect(&m_replica, &Replica::agentsChanged, this,
            [this](const RowChanges &c) { m_agents->model().apply(c); });
    connect(&m_replica, &Replica::offersChanged, this,
            [this](const RowChanges &c) { m_offers->model().apply(c); });
    connect(&m_replica, &Replica::tasksChanged, this, [this](const RowChanges &c) {
        const QString selected = m_tasks->currentKey();
        m_tasks->model().apply(c);
        if (c.reset)
            m_tasks->select(selected);
    });
    connect(&m_replica, &Replica::frameworksChanged, this,
            [this](const RowChanges &c) { m_frameworks->model().apply(c); });
    connect(&m_replica, &Replica::flushed, m_overview, &OverviewPage::refresh);
    connect(&m_replica, &Replica::flushed, this, &MainWindow::showState);
    connect(&m_replica, &Replica::flushed, this, [this] {
        // What was launched here comes to the front as soon as the master tells of it; before that,
        // the first task does.
        if (!m_newestLaunch.isEmpty() && m_replica.tasks().find(m_newestLaunch))
            m_tasks->select(std::exchange(m_newestLaunch, QString()));
        else if (m_tasks->currentKey().isEmpty())
            m_tasks->select(firstToShow());
    });
    connect(m_tasks, &TablePage::currentKeyChanged, m_log, &LogPanel::showTask);
    connect(m_tasks, &TablePage::currentKeyChanged, this, [this](const QString &key) {
        const TaskRow *task = m_replica.tasks().find(key);
        m_killAction->setEnabled(task && !isTerminal(task->state));
    });
    connect(m_agents, &TablePage::activated, this, &MainWindow::openLaunchDialog);
}

/// A running task, when there is one, else the newest.
QString MainWindow::firstToShow() const
{
    const TableModel &model = m_tasks->model();
    for (int row = 0; row < model.rowCount(); ++row) {
        const TaskRow *task = m_replica.tasks().find(model.keyOfRow(row));
        if (task && task->state == mesos::v1::TASK_RUNNING)
            return task->key;
    }
    return model.keyOfRow(0);
}

void MainWindow::wireLaunch()
{
    connect(&m_launcher, &LaunchFramework::progress, this,
            [this](const QString &task, const QString &text, bool ended) {
                statusBar()->showMessage(QStringLiteral("%1: %2").arg(task, text),
                                         ended ? 20000 : 0);
            });
    connect(&m_launcher, &LaunchFramework::launched, this,
            [this](const QString &task, const QString &framework) {
                m_newestLaunch = Replica::taskKey(framework, task);
            });
}

void MainWindow::connectTo(const MasterAddress &address)
{
    m_replica.clear();
    QSettings().setValue(QStringLiteral("session/master"), address.text());
    m_session.connectTo(address);
    m_launcher.setMaster(address);
    showState();
}

void MainWindow::showPage(int index)
{
    m_navigation->setCurrentRow(index);
}

void MainWindow::openLaunchDialog(const QString &agentId)
{
    m_dialog = new LaunchDialog(m_replica, this);
    m_dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_dialog, &QObject::destroyed, this, [this] { m_dialog = nullptr; });
    LaunchRequest request;
    request.agentId = agentId;
    m_dialog->setRequest(request);
    connect(m_dialog, &LaunchDialog::launchRequested, this, [this](const LaunchRequest &wanted) {
        m_launcher.launch(wanted);
        showPage(Tasks);
    });
    m_dialog->open();
}

void MainWindow::killSelected()
{
    const TaskRow *task = m_replica.tasks().find(m_tasks->currentKey());
    if (!task || isTerminal(task->state))
        return;
    if (task->frameworkId != m_launcher.frameworkId()) {
        statusBar()->showMessage(
            tr("%1 belongs to another framework (%2); only that one can kill it.")
                .arg(task->name, task->frameworkName),
            10000);
        return;
    }
    auto *box = new QMessageBox(QMessageBox::Question, tr("Kill a task"),
                                tr("Kill %1 on %2?").arg(task->name, task->hostname),
                                QMessageBox::Cancel, this);
    box->setTextFormat(Qt::PlainText);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->addButton(tr("Kill"), QMessageBox::DestructiveRole);
    box->setDefaultButton(QMessageBox::Cancel);
    connect(box, &QMessageBox::buttonClicked, this,
            [this, box, id = task->id](QAbstractButton *button) {
                if (box->buttonRole(button) == QMessageBox::DestructiveRole)
                    m_launcher.cancel(id);
            });
    box->open();
}

void MainWindow::askForAddress()
{
    auto *dialog = new QInputDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Connect"));
    dialog->setLabelText(tr("Address of a master (host:port):"));
    dialog->setTextValue(
        QSettings()
            .value(QStringLiteral("session/master"), QStringLiteral("localhost:5050"))
            .toString());
    connect(dialog, &QInputDialog::textValueSelected, this, [this](const QString &text) {
        if (const auto address = MasterAddress::parse(text))
            connectTo(*address);
        else
            statusBar()->showMessage(QString::fromStdString(address.error().message), 15000);
    });
    dialog->open();
}

void MainWindow::showState()
{
    QString state;
    switch (m_session.state()) {
    case MasterSession::State::Idle:
        state = tr("Not connected");
        break;
    case MasterSession::State::Connecting:
        state = tr("Connecting to %1…").arg(m_session.address().text());
        break;
    case MasterSession::State::Live:
        state = m_session.isStock()
            ? tr("Live, %1 (offers are polled)").arg(m_session.address().text())
            : tr("Live, %1").arg(m_session.address().text());
        break;
    case MasterSession::State::Waiting:
        state = tr("Lost, %1").arg(m_session.address().text());
        break;
    }
    m_state->setText(state);
    m_cluster->setText(m_replica.clusterName().isEmpty() ? tr("Cluster") : m_replica.clusterName());
    setWindowTitle(m_replica.clusterName().isEmpty()
                       ? tr("Meseta console")
                       : tr("%1 – Meseta console").arg(m_replica.clusterName()));
    const bool stale = m_session.state() == MasterSession::State::Waiting;
    m_pages->setEnabled(!stale);
    m_overview->setEnabled(!stale);
    m_launchAction->setEnabled(m_session.state() == MasterSession::State::Live);
}

void MainWindow::translate()
{
    m_clusterMenu->setTitle(tr("&Cluster"));
    m_viewMenu->setTitle(tr("&View"));
    m_languageMenu->setTitle(tr("&Language"));
    m_connectAction->setText(tr("Connect…"));
    m_launchAction->setText(tr("Launch…"));
    m_killAction->setText(tr("Kill…"));
    m_quitAction->setText(tr("Quit"));
    const QStringList names{tr("Tasks"), tr("Agents"), tr("Offers"), tr("Frameworks")};
    for (int page = Tasks; page <= Frameworks; ++page) {
        m_navigation->item(page)->setText(names[page]);
        m_viewMenu->actions().at(page)->setText(names[page]);
    }
    m_navigation->setAccessibleName(tr("Pages"));
    m_tasks->setEmptyText(tr("No tasks yet. Launch one with Ctrl+L, or with mesos-execute."));
    m_agents->setEmptyText(tr("No agents. Start one with: mesos-agent --master=%1 --work_dir=…")
                               .arg(m_session.address().host.isEmpty()
                                        ? QStringLiteral("host:5050")
                                        : m_session.address().text()));
    m_offers->setEmptyText(tr("No offers are outstanding: no framework is waiting for resources."));
    m_frameworks->setEmptyText(tr("No frameworks are subscribed."));
    showState();
}

void MainWindow::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange)
        translate();
    QMainWindow::changeEvent(event);
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    QSettings().setValue(QStringLiteral("window/geometry"), saveGeometry());
    QMainWindow::closeEvent(event);
}

} // namespace meseta::console
