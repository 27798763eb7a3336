#include "gui/views/main_window.h"

#include <QApplication>
#include <QCloseEvent>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QInputDialog>
#include <QMenu>
#include <QMenuBar>
#include <QSettings>
#include <QStackedWidget>

#include "gui/launch/launch_dialog.h"
#include "gui/model/palette_search.h"
#include "gui/session/cluster.h"
#include "gui/session/local_cluster.h"
#include "gui/session/playback.h"
#include "gui/views/cluster_view.h"
#include "gui/views/settings_dialog.h"
#include "gui/views/table_page.h"
#include "gui/views/welcome_page.h"
#include "gui/widgets/cluster_switch.h"
#include "gui/widgets/command_palette.h"
#include "gui/widgets/icons.h"
#include "gui/widgets/language.h"
#include "gui/widgets/message_bar.h"
#include "gui/widgets/nav_rail.h"
#include "gui/widgets/notice_button.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

MainWindow::MainWindow(QWidget *parent)
    : QMainWindow(parent)
    , m_rail(new NavRail)
    , m_switch(new ClusterSwitch)
    , m_notices(new NoticeButton)
    , m_stack(new QStackedWidget)
    , m_welcome(new WelcomePage)
    , m_local(new LocalCluster(this))
{
    m_palette = new CommandPalette(this, [this](const QString &line) {
        static const Replica none;
        const ClusterView *shown = view();
        return searchPalette(
            line, shown ? const_cast<ClusterView *>(shown)->cluster().replica() : none, commands());
    });
    layOut();
    buildActions();
    connect(m_palette, &CommandPalette::chosen, this, &MainWindow::run);
    connect(m_welcome, &WelcomePage::connectWanted, this, &MainWindow::connectToText);
    connect(m_welcome, &WelcomePage::localClusterWanted, this, &MainWindow::startLocalCluster);
    connect(m_local, &LocalCluster::ready, this, [this](const MasterAddress &address) {
        m_welcome->setBusy({});
        connectTo(address);
    });
    connect(m_local, &LocalCluster::failed, this, [this](const QString &reason) {
        m_welcome->setBusy({});
        m_welcome->setLocalProblem(m_local->whyNot());
        note(Tone::Bad, reason);
        if (!view())
            m_welcome->setProblem(reason);
    });
    m_welcome->setLocalProblem(m_local->whyNot());
    translate();
    resize(1280, 800);
    restoreGeometry(QSettings().value(QStringLiteral("window/geometry")).toByteArray());
    showState();
}

MainWindow::~MainWindow()
{
    qDeleteAll(m_views); // before the clusters, which are children of this
}

void MainWindow::layOut()
{
    m_rail->addWidgetAbove(m_switch);
    const char *pageIcons[] = {"overview",   "map",   "tasks",  "agents", "offers",
                               "frameworks", "roles", "events", "masters"};
    for (int page = 0; page < ClusterView::pageCount; ++page) {
        if (page == ClusterView::Tasks || page == ClusterView::Events)
            m_rail->addGap();
        m_rail->addPage(QString::fromLatin1(pageIcons[page]));
    }
    m_rail->addWidgetBelow(m_notices);
    connect(m_rail, &NavRail::pageChosen, this, &MainWindow::showPage);
    m_switch->setMenuFiller([this] { fillClusterMenu(); });

    m_stack->addWidget(m_welcome);
    auto *central = new QWidget;
    auto *row = new QHBoxLayout(central);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_rail);
    row->addWidget(m_stack, 1);
    setCentralWidget(central);
    setContextMenuPolicy(Qt::NoContextMenu);
}

QAction *MainWindow::add(QMenu *menu, const char *iconName, const QKeySequence &keys,
                         std::function<void()> run)
{
    auto *action = new QAction(this);
    if (*iconName)
        action->setIcon(icon(QString::fromLatin1(iconName)));
    action->setShortcut(keys);
    connect(action, &QAction::triggered, this, [run = std::move(run)] { run(); });
    menu->addAction(action);
    return action;
}

void MainWindow::buildActions()
{
    const auto ctrl = [](Qt::Key key) { return QKeySequence(Qt::CTRL | key); };
    m_clusterMenu = menuBar()->addMenu(QString());
    m_launch = add(m_clusterMenu, "launch", ctrl(Qt::Key_L), [this] {
        const TablePage *page = view() ? view()->tablePage(view()->page()) : nullptr;
        const ObjectRef object = page ? page->current() : ObjectRef{};
        const bool isAgent = object.kind == ObjectRef::Kind::Agent;
        openLaunchDialog(isAgent ? object.key : QString());
    });
    m_kill = add(m_clusterMenu, "kill", QKeySequence(Qt::Key_Delete), [this] {
        if (view())
            view()->run(QStringLiteral("object.kill"));
    });
    m_clusterMenu->addSeparator();
    m_connect = add(m_clusterMenu, "connect", ctrl(Qt::Key_O), [this] { askForAddress(); });
    m_startLocal = add(m_clusterMenu, "play", {}, [this] { startLocalCluster(); });
    m_openRecording = add(m_clusterMenu, "time", QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O),
                          [this] { askForRecording(); });
    m_back = add(m_clusterMenu, "undo", ctrl(Qt::Key_T), [this] { goBackInTime(); });
    m_readOnly = add(m_clusterMenu, "lock", {}, [this] {
        if (view())
            view()->cluster().setReadOnly(m_readOnly->isChecked());
    });
    m_readOnly->setCheckable(true);
    m_close = add(m_clusterMenu, "disconnect", ctrl(Qt::Key_W), [this] { closeCluster(); });
    m_clusterMenu->addSeparator();
    m_settings = add(m_clusterMenu, "settings", ctrl(Qt::Key_Comma), [this] {
        auto *dialog = new SettingsDialog(this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    });
    m_quit = add(m_clusterMenu, "", ctrl(Qt::Key_Q), [this] { close(); });

    m_viewMenu = menuBar()->addMenu(QString());
    for (int page = 0; page < ClusterView::pageCount; ++page)
        m_pageActions << add(m_viewMenu, "", ctrl(static_cast<Qt::Key>(Qt::Key_1 + page)),
                             [this, page] { showPage(page); });
    m_viewMenu->addSeparator();
    m_search = add(m_viewMenu, "search", ctrl(Qt::Key_K), [this] { m_palette->open(); });
    m_find = add(m_viewMenu, "filter", ctrl(Qt::Key_F), [this] {
        if (view())
            view()->focusFilter();
    });
    m_refresh = add(m_viewMenu, "refresh", QKeySequence(Qt::Key_F5), [this] {
        if (view())
            view()->cluster().session().refresh();
    });
    m_inspector = add(m_viewMenu, "inspector", ctrl(Qt::Key_I), [this] {
        if (view())
            view()->toggleInspector();
    });
    m_shelf = add(m_viewMenu, "image", ctrl(Qt::Key_B), [this] {
        if (view())
            view()->toggleShelf();
    });
    m_output = add(m_viewMenu, "output", ctrl(Qt::Key_J), [this] {
        if (view())
            view()->toggleOutput();
    });
    m_viewMenu->addSeparator();
    buildLookMenu();

    m_helpMenu = menuBar()->addMenu(QString());
    m_shortcuts = add(m_helpMenu, "keyboard", QKeySequence(Qt::Key_F1), [this] {
        auto *dialog =
            new ShortcutsDialog(findChildren<QAction *>(Qt::FindDirectChildrenOnly), this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    });
    m_about = add(m_helpMenu, "info", {}, [this] {
        auto *dialog = new AboutDialog(this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    });
}

void MainWindow::buildLookMenu()
{
    m_lookMenu = m_viewMenu->addMenu(QString());
    const auto look = [this](Theme::Mode mode) {
        return add(m_lookMenu, "", {}, [mode] {
            QSettings().setValue(QStringLiteral("theme"), Theme::nameOf(mode));
            Theme::apply(*qobject_cast<QApplication *>(QApplication::instance()), mode,
                         Theme::fontScale());
        });
    };
    m_light = look(Theme::Mode::Light);
    m_dark = look(Theme::Mode::Dark);
    m_system = look(Theme::Mode::System);
    m_languageMenu = m_viewMenu->addMenu(icon(QStringLiteral("language")), QString());
    for (const QString &code : Language::codes()) {
        QAction *action = m_languageMenu->addAction(Language::nativeName(code));
        connect(action, &QAction::triggered, this, [code] { Language::choose(code); });
    }
}

ClusterView *MainWindow::view() const
{
    return qobject_cast<ClusterView *>(m_stack->currentWidget());
}

ClusterView *MainWindow::addView(const MasterAddress &address)
{
    ConnectionProfile profile;
    profile.address = address.text();
    profile.color = static_cast<int>(m_views.size()) % connectionColors;
    for (const ConnectionProfile &known : savedConnections()) {
        if (known.address == profile.address)
            profile = known;
    }
    return adopt(new Cluster(profile, this));
}

ClusterView *MainWindow::adopt(Cluster *cluster)
{
    auto *shown = new ClusterView(*cluster);
    m_views << shown;
    m_stack->addWidget(shown);
    connect(shown, &ClusterView::pageChanged, this, [this, shown](int page) {
        if (shown == view())
            m_rail->setCurrentPage(page);
    });
    connect(shown, &ClusterView::figuresChanged, this, [this, shown] {
        if (shown == view())
            showFigures();
    });
    connect(cluster, &Cluster::changed, this, &MainWindow::showState);
    connect(shown, &ClusterView::noteworthy, this, &MainWindow::note);
    return shown;
}

void MainWindow::connectTo(const MasterAddress &address)
{
    for (int i = 0; i < m_views.size(); ++i) {
        if (m_views.at(i)->cluster().profile().address == address.text())
            return bringToFront(i);
    }
    ClusterView *shown = addView(address);
    bringToFront(static_cast<int>(m_views.size()) - 1);
    shown->cluster().open(address);
    saveSession();
}

void MainWindow::connectToText(const QString &text)
{
    const auto address = MasterAddress::parse(text);
    if (address)
        return connectTo(*address);
    const QString problem = QString::fromStdString(address.error().message);
    if (view())
        view()->messages().show(Tone::Bad, problem);
    else
        m_welcome->setProblem(problem);
}

void MainWindow::restoreSession()
{
    QStringList open;
    for (const ConnectionProfile &profile : savedConnections()) {
        if (profile.open)
            open << profile.address;
    }
    for (const QString &address : open)
        connectToText(address);
    if (!open.isEmpty())
        bringToFront(0);
}

void MainWindow::saveSession() const
{
    QList<ConnectionProfile> profiles;
    const auto isOpen = [&](const QString &address) {
        return std::any_of(profiles.cbegin(), profiles.cend(), [&](const ConnectionProfile &known) {
            return known.address == address;
        });
    };
    for (ClusterView *shown : m_views) {
        if (shown->cluster().isRecording())
            continue;
        ConnectionProfile profile = shown->cluster().profile();
        profile.open = true;
        profiles << profile;
    }
    for (ConnectionProfile profile : savedConnections()) {
        profile.open = false;
        if (!isOpen(profile.address))
            profiles << profile;
    }
    saveConnections(profiles);
}

void MainWindow::closeCluster()
{
    ClusterView *shown = view();
    if (!shown)
        return;
    shown->saveState();
    m_views.removeOne(shown);
    m_stack->removeWidget(shown);
    Cluster *cluster = &shown->cluster();
    if (m_local->isRunning() && cluster->profile().address == m_local->address().text())
        m_local->stop();
    cluster->close();
    delete shown;
    cluster->deleteLater();
    saveSession();
    m_welcome->showRecent();
    bringToFront(m_views.isEmpty() ? -1 : 0);
}

void MainWindow::bringToFront(int index)
{
    if (index < 0 || index >= m_views.size())
        m_stack->setCurrentWidget(m_welcome);
    else
        m_stack->setCurrentWidget(m_views.at(index));
    if (view())
        showPage(view()->page());
    showState();
    showFigures();
}

void MainWindow::startLocalCluster()
{
    if (m_local->isRunning())
        return connectTo(m_local->address());
    m_welcome->setBusy(tr("Starting…"));
    m_local->start(2);
}

bool MainWindow::openRecording(const QString &path)
{
    auto file = EventFile::open(path);
    if (!file) {
        const QString problem = QString::fromStdString(file.error().message);
        note(Tone::Bad, problem);
        if (view())
            view()->messages().show(Tone::Bad, problem);
        else
            m_welcome->setProblem(problem);
        return false;
    }
    ConnectionProfile profile;
    profile.color = static_cast<int>(m_views.size()) % connectionColors;
    auto *cluster = new Cluster(profile, this);
    cluster->openRecording(std::move(*file));
    adopt(cluster);
    bringToFront(static_cast<int>(m_views.size()) - 1);
    cluster->playback()->seek(cluster->playback()->begin());
    return true;
}

void MainWindow::askForRecording()
{
    auto *dialog = new QFileDialog(this, tr("Open a recording"), EventRecorder::defaultFolder(),
                                   tr("Recordings (*.events);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::openRecording);
    dialog->open();
}

/// The recording of the cluster in front, at its newest moment.
void MainWindow::goBackInTime()
{
    if (!view() || view()->cluster().isRecording())
        return;
    EventRecorder &recorder = view()->cluster().recorder();
    recorder.flush();
    const int page = view()->page();
    if (recorder.path().isEmpty() || !openRecording(recorder.path()))
        return;
    Playback *playback = view()->cluster().playback();
    playback->seek(playback->end());
    showPage(page);
}

void MainWindow::showPage(int page)
{
    m_rail->setCurrentPage(page);
    if (view())
        view()->showPage(page);
}

Replica &MainWindow::replica()
{
    return view()->cluster().replica();
}

MasterSession &MainWindow::session()
{
    return view()->cluster().session();
}

LogPanel &MainWindow::log()
{
    return view()->log();
}

void MainWindow::openLaunchDialog(const QString &agentId)
{
    if (view())
        view()->openLaunchDialog(agentId);
}

LaunchDialog *MainWindow::launchDialog() const
{
    return view() ? view()->launchDialog() : nullptr;
}

void MainWindow::askForAddress()
{
    auto *dialog = new QInputDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Connect"));
    dialog->setLabelText(tr("Address of a master (host:port), or zk://host:port/path:"));
    dialog->setOkButtonText(tr("Connect"));
    dialog->setTextValue(view() ? view()->cluster().profile().address
                                : QStringLiteral("localhost:5050"));
    dialog->resize(420, dialog->height());
    connect(dialog, &QInputDialog::textValueSelected, this, &MainWindow::connectToText);
    dialog->open();
}

void MainWindow::fillClusterMenu()
{
    QMenu &menu = m_switch->openMenu();
    for (int i = 0; i < m_views.size(); ++i) {
        const Cluster &cluster = m_views.at(i)->cluster();
        const QString title = cluster.name() == cluster.profile().address
            ? cluster.name()
            : QStringLiteral("%1 (%2)").arg(cluster.name(), cluster.profile().address);
        QAction *action = menu.addAction(ClusterSwitch::colorIcon(cluster.profile().color), title,
                                         this, [this, i] { bringToFront(i); });
        action->setCheckable(true);
        action->setChecked(m_views.at(i) == view());
    }
    if (!m_views.isEmpty())
        menu.addSeparator();
    menu.addAction(m_connect);
    menu.addAction(m_startLocal);
    menu.addAction(m_openRecording);
    if (view()) {
        menu.addSeparator();
        menu.addAction(m_readOnly);
        menu.addAction(m_close);
    }
}

void MainWindow::note(Tone tone, const QString &text)
{
    m_notices->add(tone, text);
}

QList<PaletteCommand> MainWindow::commands() const
{
    QList<PaletteCommand> list;
    if (view())
        list = view()->commands();
    for (const QAction *action : {m_launch, m_connect, m_startLocal, m_openRecording, m_back,
                                  m_close, m_settings, m_refresh, m_inspector, m_shelf, m_output,
                                  m_light, m_dark, m_shortcuts, m_about, m_quit}) {
        PaletteCommand command;
        command.id = QStringLiteral("window.%1").arg(reinterpret_cast<quintptr>(action));
        command.title = QString(action->text()).remove(QLatin1Char('&'));
        command.shortcut = action->shortcut().toString(QKeySequence::NativeText);
        command.enabled = action->isEnabled();
        list << command;
    }
    return list;
}

void MainWindow::run(const PaletteEntry &entry)
{
    if (entry.kind == PaletteEntry::Kind::Object && view())
        return view()->showObject(entry.ref);
    if (entry.kind == PaletteEntry::Kind::Why && view())
        return view()->askWhy(entry.ref);
    if (!entry.command.startsWith(QLatin1String("window."))) {
        if (view())
            view()->run(entry.command);
        return;
    }
    const quintptr wanted = entry.command.section(QLatin1Char('.'), 1).toULongLong();
    for (QAction *action : findChildren<QAction *>(Qt::FindDirectChildrenOnly)) {
        if (reinterpret_cast<quintptr>(action) == wanted)
            action->trigger();
    }
}

void MainWindow::showFigures()
{
    for (int page = 0; page < ClusterView::pageCount; ++page) {
        bool alarming = false;
        const QString count = view() ? view()->countOf(page, &alarming) : QString();
        m_rail->pageButton(page)->setCount(count, alarming);
    }
}

void MainWindow::showState()
{
    const ClusterView *shown = view();
    const bool any = shown != nullptr;
    m_rail->setVisible(any);
    for (QAction *action : std::as_const(m_pageActions))
        action->setEnabled(any);
    for (QAction *action :
         {m_kill, m_back, m_close, m_readOnly, m_find, m_refresh, m_inspector, m_shelf, m_output})
        action->setEnabled(any);
    if (!any) {
        setWindowTitle(tr("Meseta console"));
        m_launch->setEnabled(false);
        return;
    }
    Cluster &cluster = const_cast<ClusterView *>(shown)->cluster();
    const MasterSession &session = cluster.session();
    QString state;
    Look look{Tone::Muted, Sign::Ring};
    switch (session.state()) {
    case MasterSession::State::Idle:
        state = tr("Not connected");
        break;
    case MasterSession::State::Connecting:
        state = tr("Connecting…");
        look = {Tone::Busy, Sign::Ring};
        break;
    case MasterSession::State::Live:
        state = session.isStock() ? tr("Live, stock Mesos") : tr("Live");
        look = {Tone::Good, Sign::Dot};
        break;
    case MasterSession::State::Waiting:
        state = tr("Connection lost");
        look = {Tone::Bad, Sign::Triangle};
        break;
    }
    if (cluster.isRecording()) {
        state = tr("A recording");
        look = {Tone::Accent, Sign::Half};
    } else if (cluster.isReadOnly())
        state = tr("%1, read-only").arg(state);
    const QString name = cluster.isRecording() && !cluster.replica().clusterName().isEmpty()
        ? cluster.replica().clusterName()
        : cluster.name(); // that it is one is told below
    m_switch->setCluster(name, session.address().text(), state, look, cluster.profile().color);
    setWindowTitle(tr("%1 – Meseta console").arg(cluster.name()));
    m_readOnly->setChecked(cluster.isReadOnly());
    m_launch->setEnabled(session.state() == MasterSession::State::Live && !cluster.isReadOnly());
}

void MainWindow::translate()
{
    m_clusterMenu->setTitle(tr("&Cluster"));
    m_viewMenu->setTitle(tr("&View"));
    m_helpMenu->setTitle(tr("&Help"));
    m_lookMenu->setTitle(tr("Colours"));
    m_languageMenu->setTitle(QStringLiteral("Language / 语言"));
    m_launch->setText(tr("Launch…"));
    m_kill->setText(tr("Kill the selected task…"));
    m_connect->setText(tr("Connect…"));
    m_startLocal->setText(tr("Start a local cluster"));
    m_openRecording->setText(tr("Open a recording…"));
    m_back->setText(tr("Go back in time"));
    m_close->setText(tr("Close this cluster"));
    m_readOnly->setText(tr("Read-only"));
    m_quit->setText(tr("Quit"));
    m_search->setText(tr("Search or act…"));
    m_find->setText(tr("Filter the table"));
    m_refresh->setText(tr("Read everything anew"));
    m_inspector->setText(tr("Show or hide the inspector"));
    m_shelf->setText(tr("Show or hide the shelf of images"));
    m_output->setText(tr("Show or hide the output"));
    m_settings->setText(tr("Settings…"));
    m_shortcuts->setText(tr("Keyboard shortcuts"));
    m_about->setText(tr("About Meseta"));
    m_light->setText(tr("Light colours"));
    m_dark->setText(tr("Dark colours"));
    m_system->setText(tr("Colours of the system"));
    m_rail->setAccessibleName(tr("Pages"));
    for (int page = 0; page < ClusterView::pageCount; ++page) {
        const QString name = ClusterView::pageName(page);
        NavButton *button = m_rail->pageButton(page);
        button->setText(name);
        button->setAccessibleName(name);
        button->setToolTip(QStringLiteral("%1 (Ctrl+%2)").arg(name).arg(page + 1));
        m_pageActions.at(page)->setText(name);
    }
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
    if (view()) {
        view()->saveState();
        QSettings().setValue(QStringLiteral("window/page"), ClusterView::pageId(view()->page()));
    }
    saveSession();
    QMainWindow::closeEvent(event);
}

} // namespace meseta::console
