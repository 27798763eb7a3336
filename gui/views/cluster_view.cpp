#include "gui/views/cluster_view.h"

#include <QEvent>
#include <QSplitter>

#include "gui/inspect/log_panel.h"
#include "gui/launch/image_shelf.h"
#include "gui/launch/launch_dialog.h"
#include "gui/model/formats.h"
#include "gui/session/cluster.h"
#include "gui/session/deed_runner.h"
#include "gui/session/playback.h"
#include "gui/views/ha_page.h"
#include "gui/views/map_page.h"
#include "gui/views/overview_page.h"
#include "gui/views/table_page.h"
#include "gui/views/why_panel.h"
#include "gui/widgets/cluster_map.h"
#include "gui/widgets/connection_banner.h"
#include "gui/widgets/message_bar.h"
#include "gui/widgets/page_stack.h"
#include "gui/widgets/tab_order.h"
#include "gui/widgets/table_view.h"

namespace meseta::console {

namespace {

using Kind = ObjectRef::Kind;

} // namespace

QString ClusterView::pageId(int page)
{
    static const char *ids[pageCount] = {"overview",   "map",   "tasks",  "agents", "offers",
                                         "frameworks", "roles", "events", "masters"};
    return page >= 0 && page < pageCount ? QString::fromLatin1(ids[page]) : QString();
}

QString ClusterView::pageName(int page)
{
    switch (page) {
    case Overview:
        return tr("Overview");
    case Map:
        return tr("Map");
    case Tasks:
        return tr("Tasks");
    case Agents:
        return tr("Agents");
    case Offers:
        return tr("Offers");
    case Frameworks:
        return tr("Frameworks");
    case Roles:
        return tr("Roles");
    case Events:
        return tr("Events");
    default:
        return tr("Masters");
    }
}

// Each widget is made where it stands: one that moves is polished anew by the style sheet, with all
// that is in it. The Tab key goes from one to the next as they are made.
ClusterView::ClusterView(Cluster &cluster, QWidget *parent)
    : QWidget(parent)
    , m_cluster(cluster)
    , m_deeds(new DeedRunner(cluster, this))
    , m_banner(new ConnectionBanner(cluster.session(), this))
    , m_messages(new MessageBar(this))
    , m_split(new QSplitter(Qt::Horizontal, this))
    , m_catalog(new ImageCatalog(this))
    , m_shelf(new ImageShelf(*m_catalog, m_split))
    , m_lower(new QSplitter(Qt::Vertical, m_split))
    , m_pages(new PageStack(m_lower))
    , m_overview(new OverviewPage(cluster.replica(), m_pages))
    , m_map(new MapPage(cluster.replica(), m_pages))
    , m_masters(new HaPage(cluster, m_pages))
{
    buildPages();
    m_log = new LogPanel(cluster.replica(), m_lower);
    m_inspector = new InspectorPanel(cluster.replica(), m_split);
    layOut();
    orderTabs({m_banner, m_messages, m_shelf, m_pages, m_log, m_inspector});
    wireModels();
    wireLaunch();
    connect(m_deeds, &DeedRunner::told, this, &ClusterView::tell);
    wireDrops();
    translate();
}

ClusterView::~ClusterView() = default;

void ClusterView::wireTable(TablePage *page)
{
    connect(page, &TablePage::currentChanged, this, [this, page](const ObjectRef &object) {
        if (m_pages->currentWidget()->isAncestorOf(page) || page == m_pages->currentWidget())
            selectionChanged(object); // of others, when they are turned to
        else if (object.kind == Kind::Task)
            m_log->showTask(object.key);
    });
    connect(page, &TablePage::severalSelected, this, [this, page](const QList<ObjectRef> &objects) {
        if (page == tablePage(this->page()))
            m_inspector->showSeveral(objects);
    });
    connect(page, &TablePage::opened, this, [this](const ObjectRef &object) {
        m_inspectorWanted = true;
        selectionChanged(object);
    });
    connect(page, &TablePage::contextMenuWanted, this,
            [this, page](const QPoint &at) { showMenu(page, at); });
}

void ClusterView::wireModels()
{
    Replica &replica = m_cluster.replica();
    const auto feed = [&](auto signal, TablePage *page) {
        connect(&replica, signal, page, &TablePage::apply);
        wireTable(page);
    };
    feed(&Replica::tasksChanged, m_tasks);
    feed(&Replica::agentsChanged, m_agents);
    feed(&Replica::offersChanged, m_offers);
    feed(&Replica::offerFlowsChanged, m_offerFlows);
    feed(&Replica::frameworksChanged, m_frameworks);
    feed(&Replica::rolesChanged, m_roles);
    feed(&Replica::eventsChanged, m_events);
    connect(&replica, &Replica::flushed, this, [this] {
        m_overview->refresh();
        m_map->refresh();
        m_inspector->refreshSoon();
        showTabCounts();
        m_banner->setLeftOut(m_cluster.replica().leftOut());
        const auto &loading = m_cluster.replica().loading();
        m_tasks->setLoading(loading
                                ? tr("loading: %1 of %2")
                                      .arg(countText(loading->tasks), countText(loading->ofTasks))
                                : QString());
        // What was launched here comes to the front as soon as the master tells of it; before that,
        // the first task does.
        if (!m_newestLaunch.isEmpty() && m_tasks->select(m_newestLaunch))
            m_newestLaunch.clear();
        else if (m_newestLaunch.isEmpty() && m_tasks->currentKey().isEmpty()
                 && !m_tasks->selectLast() && !m_tasks->hadCurrent())
            m_tasks->select(firstTaskToShow());
        Q_EMIT figuresChanged();
    });
    connect(&m_cluster, &Cluster::changed, this, &ClusterView::showState);
    if (const Playback *playback = m_cluster.playback()) {
        m_wasSeeking = playback->isSeeking();
        connect(playback, &Playback::moved, this, [this, playback] {
            const bool before = std::exchange(m_wasSeeking, playback->isSeeking());
            if (before != m_wasSeeking)
                showEmptyTexts(); // rows were on their way, or there are none
        });
    }
    connect(&replica, &Replica::taskNews, this, &ClusterView::watchTask);
    connect(&replica, &Replica::agentsChanged, this, &ClusterView::watchAgents);
}

/// Troubles of what was launched from here are told; those of others stand in the events.
void ClusterView::watchTask(const QString &key)
{
    const TaskRow *task = m_cluster.replica().tasks().find(key);
    if (!task || m_cluster.isRecording() || task->frameworkId != m_cluster.launcher().frameworkId())
        return;
    if (stateLook(task->state).tone != Tone::Bad) {
        if (!task->steps.isEmpty() && task->steps.constLast().isPull)
            tellLaunch(task->id, task->message, false, Tone::Accent);
        return;
    }
    const QString told =
        tr("%1 on %2 is %3: %4")
            .arg(task->name, task->hostname, stateText(task->state), task->message);
    const MessageBar::Action show{tr("Show"), [this, key] { showObject({Kind::Task, key}); }};
    m_messages->show(Tone::Bad, told, show, task->id);
    Q_EMIT noteworthy(Tone::Bad, told);
}

void ClusterView::watchAgents(const RowChanges &changes)
{
    if (changes.reset || changes.removed.empty() || m_cluster.isRecording())
        return;
    if (changes.removed.size() > 1)
        return tell(Tone::Bad,
                    tr("%n agent(s) were lost", nullptr, static_cast<int>(changes.removed.size())));
    const AgentRow &agent = m_cluster.replica().agents().at(changes.removed.front());
    tell(Tone::Bad, tr("Agent %1 was lost").arg(agent.name));
}

/// A running task, when there is one, else the newest.
QString ClusterView::firstTaskToShow() const
{
    const TableModel &model = m_tasks->shown();
    for (int row = 0; row < std::min(200, model.rowCount()); ++row) {
        const TaskRow *task = m_cluster.replica().tasks().find(model.keyOfRow(row));
        if (task && task->state == mesos::v1::TASK_RUNNING)
            return task->key;
    }
    return model.keyOfRow(0);
}

TablePage *ClusterView::tablePage(int page) const
{
    switch (page) {
    case Tasks:
        return m_tasks;
    case Agents:
        return m_agents;
    case Offers:
        return m_offers;
    case Frameworks:
        return m_frameworks;
    case Roles:
        return m_roles;
    case Events:
        return m_events;
    default:
        return nullptr;
    }
}

int ClusterView::page() const
{
    return m_pages->currentIndex();
}

void ClusterView::showPage(int page)
{
    if (page < 0 || page >= pageCount)
        return;
    m_pages->setCurrentIndex(page);
    if (page == Roles)
        m_cluster.askRoleSettings();
    m_masters->setShown(page == Masters);
    m_map->refresh();
    m_overview->refresh();
    m_log->setVisible(page == Tasks && m_outputWanted);
    TablePage *table = tablePage(page);
    ObjectRef object = table ? table->current() : ObjectRef{};
    if (page == Map)
        object = {Kind::Agent, m_map->map().selected()};
    if (object.isValid())
        selectionChanged(object);
    else
        m_inspector->hide();
    if (const QList<ObjectRef> rows = selectedObjects(); rows.size() > 1)
        m_inspector->showSeveral(rows);
    if (table)
        table->view().setFocus();
    else
        m_pages->currentWidget()->setFocus();
    Q_EMIT pageChanged(page);
}

void ClusterView::selectionChanged(const ObjectRef &object)
{
    if (!object.isValid())
        return;
    m_selected = object;
    if (object.kind == Kind::Task)
        m_log->showTask(object.key);
    const bool shown = m_inspectorWanted && page() != Masters && page() != Overview;
    m_inspector->setVisible(shown);
    m_inspector->show(object);
}

void ClusterView::showObject(const ObjectRef &object)
{
    if (!object.isValid())
        return;
    const auto open = [&](int page, TablePage *table) {
        if (m_pages->currentIndex() != page)
            showPage(page);
        if (!table->select(object.key)) {
            table->setFilter({}); // it may be hidden by the filter only
            table->select(object.key);
        }
    };
    switch (object.kind) {
    case Kind::Task:
        open(Tasks, m_tasks);
        break;
    case Kind::Agent:
        if (page() != Map)
            open(Agents, m_agents);
        break;
    case Kind::Offer:
        open(Offers, m_offers);
        break;
    case Kind::Framework:
        open(Frameworks, m_frameworks);
        break;
    case Kind::Role:
        open(Roles, m_roles);
        break;
    case Kind::None:
        break;
    }
    m_inspectorWanted = true;
    selectionChanged(object);
}

void ClusterView::toggleInspector()
{
    m_inspectorWanted = !m_inspectorWanted;
    m_inspector->setVisible(m_inspectorWanted && m_selected.isValid());
}

void ClusterView::toggleOutput()
{
    m_outputWanted = !m_outputWanted;
    m_log->setVisible(m_outputWanted && page() == Tasks);
}

void ClusterView::toggleShelf()
{
    m_shelf->setVisible(m_shelf->isHidden());
    if (!m_shelf->isHidden())
        m_shelf->list().setFocus();
}

void ClusterView::focusFilter()
{
    if (TablePage *table = tablePage(page()))
        table->focusFilter();
}

void ClusterView::tell(Tone tone, const QString &text, const QString &actionTitle,
                       std::function<void()> action)
{
    m_messages->show(tone, text, {actionTitle, std::move(action)});
    Q_EMIT noteworthy(tone, text);
}

void ClusterView::askWhy(const ObjectRef &object)
{
    auto *dialog = new WhyDialog(m_cluster, object, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

QString ClusterView::countOf(int page, bool *alarming) const
{
    const Replica &replica = m_cluster.replica();
    const auto number = [](int count) { return count > 0 ? countText(count) : QString(); };
    *alarming = false;
    switch (page) {
    case Tasks:
        return number(replica.figures().runningTasks + replica.figures().waitingTasks);
    case Agents: {
        const ClusterFigures sums = replica.figures();
        *alarming = sums.activeAgents < sums.agents;
        return *alarming
            ? QStringLiteral("%1/%2").arg(countText(sums.activeAgents), countText(sums.agents))
            : number(sums.agents);
    }
    case Offers:
        return number(replica.offers().size());
    case Frameworks:
        return number(replica.figures().frameworks);
    case Roles:
        return number(replica.roles().size());
    default:
        return {};
    }
}

void ClusterView::showTabCounts()
{
    const ClusterFigures sums = m_cluster.replica().figures();
    const auto with = [](const QString &name, int count) {
        return QStringLiteral("%1  %2").arg(name, countText(count));
    };
    m_tasks->setTabTitles({tr("All"), with(tr("Active"), sums.runningTasks + sums.waitingTasks),
                           with(tr("Completed"), sums.finishedTasks),
                           with(tr("Unreachable"), sums.unreachableTasks)});
    m_frameworks->setTabTitles({tr("Current"), tr("Ended")});
}

/// What a stock Mesos master does not tell is said where it is missed.
void ClusterView::showStockHint()
{
    if (!m_wasLive && !m_cluster.isRecording())
        return;
    const bool stock = m_cluster.session().isStock();
    m_offers->setEmptyText(
        stock ? tr("No offers are outstanding. This is a stock Mesos master: its offers are read "
                   "every two seconds, so short ones are never seen.")
              : tr("No offers are outstanding: no framework is waiting for resources."));
    m_offerFlows->setEmptyText(
        stock ? tr("A stock Mesos master does not tell what became of its offers.")
              : tr("No offers were made since the console connected."));
}

void ClusterView::showState()
{
    if (!m_wasLive && m_cluster.session().state() == MasterSession::State::Live) {
        m_wasLive = true;
        showEmptyTexts();
    }
    showStockHint();
    const bool stale = m_cluster.session().state() == MasterSession::State::Waiting;
    for (TablePage *page :
         {m_tasks, m_agents, m_offers, m_offerFlows, m_frameworks, m_roles, m_events})
        page->setStale(stale);
    m_overview->setStale(stale);
    m_overview->setCanLaunch(m_cluster.session().state() == MasterSession::State::Live
                             && !m_cluster.isReadOnly() && !m_cluster.isRecording());
    m_map->setStale(stale);
    m_inspector->refresh();
    Q_EMIT figuresChanged();
}

void ClusterView::translate()
{
    m_tasks->setTitle(tr("Tasks"));
    m_agents->setTitle(tr("Agents"));
    m_offers->setTitle(tr("Outstanding offers"));
    m_offerFlows->setTitle(tr("Offers so far"));
    m_frameworks->setTitle(tr("Frameworks"));
    m_roles->setTitle(tr("Roles"));
    m_events->setTitle(tr("Events"));
    showEmptyTexts();
    showTabCounts();
    showState();
}

/// What stands where rows would be.
void ClusterView::showEmptyTexts()
{
    if (m_wasSeeking || (!m_wasLive && !m_cluster.isRecording())) {
        for (TablePage *page :
             {m_tasks, m_agents, m_offers, m_offerFlows, m_frameworks, m_roles, m_events})
            page->setEmptyText(m_wasSeeking ? tr("Loading…") : tr("Not connected yet."));
        return;
    }
    m_tasks->setEmptyText(m_cluster.isRecording()
                              ? tr("No tasks at this moment.")
                              : tr("No tasks yet. Launch one with Ctrl+L, or with mesos-execute."));
    const MasterAddress address = m_cluster.session().address();
    m_agents->setEmptyText(
        tr("No agents. Start one with: mesos-agent --master=%1 --work_dir=…")
            .arg(address.host.isEmpty() ? QStringLiteral("host:5050") : address.text()));
    showStockHint();
    m_frameworks->setEmptyText(tr("No frameworks are subscribed."));
    m_roles->setEmptyText(tr("No role is in use."));
    m_events->setEmptyText(tr("Nothing has happened since the console connected."));
}

void ClusterView::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange)
        translate();
    QWidget::changeEvent(event);
}

} // namespace meseta::console
