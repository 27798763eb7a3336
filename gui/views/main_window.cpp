#include "gui/views/main_window.h"

#include <QApplication>
#include <QCloseEvent>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QInputDialog>
#include <QMenu>
#include <QSettings>
#include <QTimer>

#include "gui/launch/launch_dialog.h"
#include "gui/model/palette_search.h"
#include "gui/session/cluster.h"
#include "gui/session/local_cluster.h"
#include "gui/session/playback.h"
#include "gui/views/cluster_view.h"
#include "gui/views/welcome_page.h"
#include "gui/widgets/cluster_switch.h"
#include "gui/widgets/command_palette.h"
#include "gui/widgets/message_bar.h"
#include "gui/widgets/nav_rail.h"
#include "gui/widgets/notice_button.h"
#include "gui/widgets/page_stack.h"

namespace meseta::console {

namespace {

constexpr std::chrono::milliseconds frame{16};

} // namespace

MainWindow::MainWindow(QWidget *parent)
    : QMainWindow(parent)
    , m_rail(new NavRail)
    , m_switch(new ClusterSwitch)
    , m_notices(new NoticeButton)
    , m_stack(new PageStack)
    , m_welcome(new WelcomePage)
    , m_local(new LocalCluster(this))
{
    setAcceptDrops(true); // recordings and incidents
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
        if (!LocalCluster::hasDockerEngine())
            view()->setContainerizer(LaunchRequest::Containerizer::Mesos);
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
    auto *shown = new ClusterView(*cluster, m_stack);
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
        // The local cluster ends with the console: next time there is nothing to connect to.
        if (m_local->isRunning() && profile.address == m_local->address().text())
            continue;
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

void MainWindow::tellProblem(const QString &problem)
{
    note(Tone::Bad, problem);
    if (view())
        view()->messages().show(Tone::Bad, problem);
    else
        m_welcome->setProblem(problem);
}

bool MainWindow::openRecording(const QString &path)
{
    ClusterView *shown = addRecording(EventFile::open(path));
    if (shown)
        showRecording(*shown);
    return shown != nullptr;
}

void MainWindow::openRecordingSoon(const QString &path, const std::function<void()> &then,
                                   const std::function<void(const QString &)> &otherwise)
{
    EventFile::openSoon(path, this, [this, then, otherwise](EventFile::Opened file) {
        if (!file && otherwise)
            otherwise(QString::fromStdString(file.error().message));
        ClusterView *shown = addRecording(std::move(file));
        if (!shown)
            return;
        // What it takes to build it and what it takes to show it are two frames.
        QTimer::singleShot(frame, shown, [this, shown, then] {
            showRecording(*shown);
            if (then)
                then();
        });
    });
}

ClusterView *MainWindow::addRecording(EventFile::Opened file)
{
    if (!file) {
        tellProblem(QString::fromStdString(file.error().message));
        return nullptr;
    }
    ConnectionProfile profile;
    profile.color = static_cast<int>(m_views.size()) % connectionColors;
    auto *cluster = new Cluster(profile, this);
    cluster->openRecording(std::move(*file));
    return adopt(cluster);
}

void MainWindow::showRecording(ClusterView &shown)
{
    bringToFront(static_cast<int>(m_views.indexOf(&shown)));
    Playback &playback = *shown.cluster().playback();
    playback.seek(playback.begin());
    showIncident();
}

void MainWindow::askForRecording()
{
    auto *dialog =
        new QFileDialog(this, tr("Open a recording"), EventRecorder::defaultFolder(),
                        tr("Recordings and incidents (*.events *.incident);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this,
            [this](const QString &path) { openRecordingSoon(path); });
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
    if (recorder.path().isEmpty())
        return;
    openRecordingSoon(recorder.path(), [this, page] {
        Playback *playback = view()->cluster().playback();
        playback->seek(playback->end());
        showPage(page);
    });
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

void MainWindow::note(Tone tone, const QString &text)
{
    m_notices->add(tone, text);
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
    for (QAction *action : {m_launch, m_kill, m_restart, m_undo, m_saveIncident, m_back, m_close,
                            m_readOnly, m_find, m_refresh, m_inspector, m_shelf, m_output})
        action->setEnabled(any);
    if (!any) {
        setWindowTitle(tr("Meseta console"));
        m_incidentNotes->setEnabled(false);
        return;
    }
    m_incidentNotes->setEnabled(isIncident());
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
        state = shown->wasLive() ? tr("Connection lost") : tr("Not connected");
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
