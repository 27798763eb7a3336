#include <QSettings>
#include <QSplitter>
#include <QVBoxLayout>

#include "gui/inspect/log_panel.h"
#include "gui/inspect/usage_card.h"
#include "gui/launch/image_shelf.h"
#include "gui/model/sources.h"
#include "gui/session/cluster.h"
#include "gui/views/cluster_view.h"
#include "gui/views/ha_page.h"
#include "gui/views/launch_drops.h"
#include "gui/views/map_page.h"
#include "gui/views/overview_page.h"
#include "gui/views/river_panel.h"
#include "gui/views/table_page.h"
#include "gui/widgets/connection_banner.h"
#include "gui/widgets/event_list.h"
#include "gui/widgets/message_bar.h"
#include "gui/widgets/page_stack.h"
#include "gui/widgets/theme.h"
#include "gui/widgets/time_bar.h"

// The pages of a cluster, where they stand, and what they remember from one session to the next.

namespace meseta::console {

namespace {

using Kind = ObjectRef::Kind;

/// Where in a source's table the column of a field is.
int columnOf(const TableSource &source, const QString &field)
{
    for (int column = 0; column < source.columnCount(); ++column) {
        if (source.field(column) == field)
            return column;
    }
    return 0;
}

template <typename Row>
std::function<ObjectRef(int)> refs(Kind kind, const RowStore<Row> &store, QString Row::*key)
{
    return [kind, &store, key](int slot) { return ObjectRef{kind, store.at(slot).*key}; };
}

} // namespace

void ClusterView::buildPages()
{
    auto *offers = new QSplitter(Qt::Vertical, m_pages);
    auto *river = new RiverPanel(m_cluster.replica(), offers);
    buildTables(offers);
    buildTabs();
    connect(river, &RiverPanel::filterWanted, this,
            [this](const QString &filter) { m_offers->setFilter(filter); });
    offers->setStretchFactor(0, 2);
    offers->setStretchFactor(1, 3);
    offers->setStretchFactor(2, 2);
    offers->setChildrenCollapsible(false);
    for (QWidget *page :
         std::initializer_list<QWidget *>{m_overview, m_map, m_tasks, m_agents, offers,
                                          m_frameworks, m_roles, m_events, m_masters})
        m_pages->addWidget(page);
}

void ClusterView::buildTables(QWidget *offersPage)
{
    const Replica &replica = m_cluster.replica();
    QWidget *place = m_pages;
    const auto make = [&place](std::unique_ptr<TableSource> source, TablePage::Spec spec,
                               const QString &sortField) {
        spec.sortColumn = columnOf(*source, sortField);
        return new TablePage(std::move(source), std::move(spec), place);
    };
    m_tasks = make(taskSource(replica),
                   {.name = QStringLiteral("tasks"),
                    .objectOf = refs(Kind::Task, replica.tasks(), &TaskRow::key),
                    .sortOrder = Qt::DescendingOrder},
                   QStringLiteral("updated"));
    m_agents = make(agentSource(replica),
                    {.name = QStringLiteral("agents"),
                     .objectOf = refs(Kind::Agent, replica.agents(), &AgentRow::id)},
                    QStringLiteral("name"));
    place = offersPage;
    m_offers = make(offerSource(replica),
                    {.name = QStringLiteral("offers"),
                     .objectOf = refs(Kind::Offer, replica.offers(), &OfferRow::id),
                     .ages = true},
                    QStringLiteral("age"));
    m_offerFlows =
        make(offerFlowSource(replica),
             {.name = QStringLiteral("offerhistory"),
              .objectOf = refs(Kind::Framework, replica.offerFlows(), &OfferFlowRow::frameworkId),
              .sortOrder = Qt::DescendingOrder},
             QStringLiteral("made"));
    place = m_pages;
    m_frameworks =
        make(frameworkSource(replica),
             {.name = QStringLiteral("frameworks"),
              .objectOf = refs(Kind::Framework, replica.frameworks(), &FrameworkRow::id)},
             QStringLiteral("name"));
    m_roles = make(roleSource(replica),
                   {.name = QStringLiteral("roles"),
                    .objectOf = refs(Kind::Role, replica.roles(), &RoleRow::name),
                    .sortOrder = Qt::DescendingOrder},
                   QStringLiteral("share"));
    m_events =
        make(eventSource(replica),
             {.name = QStringLiteral("events"),
              .objectOf = [&replica](int slot) { return objectOf(replica.events().at(slot)); },
              .sortOrder = Qt::DescendingOrder},
             QStringLiteral("time"));
}

void ClusterView::buildTabs()
{
    const Replica &replica = m_cluster.replica();
    const RowStore<TaskRow> &tasks = replica.tasks();
    QList<TablePage::Tab> tabs{{{}, nullptr}};
    for (const TaskScope scope : {TaskScope::Active, TaskScope::Completed, TaskScope::Unreachable})
        tabs.append({{}, [&tasks, scope](int slot) { return isInScope(tasks.at(slot), scope); }});
    m_tasks->setTabs(tabs);
    const RowStore<FrameworkRow> &frameworks = replica.frameworks();
    m_frameworks->setTabs(
        {{{}, [&frameworks](int slot) { return !frameworks.at(slot).completed; }},
         {{}, [&frameworks](int slot) { return frameworks.at(slot).completed; }}});
    m_frameworks->model().setScope(
        [&frameworks](int slot) { return !frameworks.at(slot).completed; });
}

void ClusterView::layOut()
{
    m_lower->addWidget(m_pages);
    m_lower->addWidget(m_log);
    m_lower->setStretchFactor(0, 3);
    m_lower->setStretchFactor(1, 2);
    m_lower->setChildrenCollapsible(false);
    m_lower->setSizes({600, 400});
    m_split->addWidget(m_shelf);
    m_split->addWidget(m_lower);
    m_split->addWidget(m_inspector);
    m_split->setStretchFactor(0, 0);
    m_split->setStretchFactor(1, 1);
    m_split->setStretchFactor(2, 0);
    m_split->setChildrenCollapsible(false);
    const auto withText = [](int width) { // text twice as large asks for half as much again
        return qRound(width * (1 + Theme::fontScale()) / 2);
    };
    m_split->setSizes({withText(240), 900, withText(320)});
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_banner);
    column->addWidget(m_messages);
    column->addWidget(m_split, 1);
    if (m_cluster.playback())
        column->addWidget(new TimeBar(*m_cluster.playback()));
    m_log->hide();
    m_inspector->hide();
    QSettings settings;
    m_split->restoreState(settings.value(QStringLiteral("window/split3")).toByteArray());
    m_shelf->setVisible(settings.value(QStringLiteral("window/shelf"), false).toBool());
    connect(m_shelf, &ImageShelf::launchWanted, this,
            [this](const QString &image) { openLaunchDialog(readDropText(image), QString()); });
    m_lower->restoreState(settings.value(QStringLiteral("window/lower")).toByteArray());
    m_outputWanted = settings.value(QStringLiteral("window/output"), true).toBool();
    m_inspectorWanted = settings.value(QStringLiteral("window/inspector"), true).toBool();
    m_inspector->usage().setLive(!m_cluster.isRecording());
    m_overview->setLive(!m_cluster.isRecording());
    m_inspector->setActionSource(
        [this](const QList<ObjectRef> &objects) { return actionsFor(objects); });
    connect(m_inspector, &InspectorPanel::linkChosen, this, &ClusterView::showObject);
    connect(m_inspector, &InspectorPanel::actionChosen, this, &ClusterView::act);
    connect(m_inspector, &InspectorPanel::closed, this, &ClusterView::toggleInspector);
    connect(m_overview, &OverviewPage::linkChosen, this, &ClusterView::showObject);
    connect(m_overview, &OverviewPage::launchWanted, this, [this] { openLaunchDialog(); });
    connect(m_overview, &OverviewPage::tasksWanted, this, [this](const QString &filter) {
        showPage(Tasks);
        m_tasks->setFilter(filter);
    });
    connect(m_map, &MapPage::agentChosen, this, [this](const QString &id) {
        selectionChanged({Kind::Agent, id});
    });
}

void ClusterView::saveState() const
{
    QSettings settings;
    settings.setValue(QStringLiteral("window/split3"), m_split->saveState());
    settings.setValue(QStringLiteral("window/shelf"), !m_shelf->isHidden());
    settings.setValue(QStringLiteral("window/lower"), m_lower->saveState());
    settings.setValue(QStringLiteral("window/output"), m_outputWanted);
    settings.setValue(QStringLiteral("window/inspector"), m_inspectorWanted);
    for (TablePage *page :
         {m_tasks, m_agents, m_offers, m_offerFlows, m_frameworks, m_roles, m_events})
        page->saveState();
}

} // namespace meseta::console
