#include <QLabel>

#include "gui/launch/image_catalog.h"
#include "gui/launch/launch_dialog.h"
#include "gui/session/cluster.h"
#include "gui/session/deed_runner.h"
#include "gui/views/cluster_view.h"
#include "gui/views/launch_drops.h"
#include "gui/views/map_page.h"
#include "gui/views/overview_page.h"
#include "gui/views/table_page.h"
#include "gui/widgets/cluster_map.h"
#include "gui/widgets/message_bar.h"
#include "gui/widgets/table_view.h"
#include "gui/widgets/theme.h"

// Launching in a cluster: the dialog, what is dropped on its pages, and what became of a launch.

namespace meseta::console {

namespace {

using Kind = ObjectRef::Kind;

/// What a drop would meet, over the lower edge of the pages: it takes no room, for a row that moves
/// away under the mouse cannot be dropped on.
void showDropHint(QWidget *over, const QString &text)
{
    const QString name = QStringLiteral("dropHint");
    auto *hint = over->findChild<QLabel *>(name, Qt::FindDirectChildrenOnly);
    if (!hint) {
        hint = new QLabel(over);
        hint->setObjectName(name);
        hint->setTextFormat(Qt::PlainText);
        hint->setAttribute(Qt::WA_TransparentForMouseEvents);
        hint->setAutoFillBackground(true);
        hint->setMargin(Theme::Small);
    }
    QPalette palette = hint->palette();
    palette.setColor(QPalette::Window, Theme::notice(Tone::Accent));
    hint->setPalette(palette);
    hint->setText(
        hint->fontMetrics().elidedText(text, Qt::ElideMiddle, over->width() - 8 * Theme::Medium));
    hint->adjustSize();
    hint->move((over->width() - hint->width()) / 2, over->height() - hint->height() - Theme::Wide);
    hint->setVisible(!text.isEmpty());
    hint->raise();
}

} // namespace

void ClusterView::wireLaunch()
{
    LaunchFramework &launcher = m_cluster.launcher();
    connect(&launcher, &LaunchFramework::progress, this, &ClusterView::tellLaunch);
    connect(&launcher, &LaunchFramework::launched, this,
            [this](const QString &task, const QString &framework) {
                m_newestLaunch = Replica::taskKey(framework, task);
            });
}

/// One message for each launch, that goes on with it: sent, how far its image is, started, running;
/// undone by killing it.
void ClusterView::tellLaunch(const QString &task, const QString &text, bool ended, Tone tone)
{
    // The end of a task that the master tells of is told by watchTask.
    const QString key = Replica::taskKey(m_cluster.launcher().frameworkId(), task);
    const TaskRow *row = m_cluster.replica().tasks().find(key);
    if (tone == Tone::Bad && row && stateLook(row->state).tone == Tone::Bad)
        return;
    if (ended)
        m_underWay.remove(task);
    else if (!row) // it waits, or was just sent
        m_underWay.insert(task);
    MessageBar::Action undo;
    if (m_underWay.contains(task) && !m_cluster.launcher().isEnding(task))
        undo = {tr("Undo"), [this, task] { m_cluster.launcher().cancel(task); }};
    const QString told = tr("%1: %2").arg(task, text);
    m_messages->show(tone, told, undo, task);
    if (tone == Tone::Bad && !row)
        Q_EMIT noteworthy(tone, told);
}

void ClusterView::openLaunchDialog(const QString &agentId)
{
    openLaunchDialog(DropPayload{}, agentId);
}

void ClusterView::openLaunchDialog(const DropPayload &payload, const QString &agentId,
                                   const QString &offerId)
{
    if (const QString reason = m_deeds->closed(); !reason.isEmpty())
        return tell(Tone::Busy, tr("Nothing can be launched here: %1").arg(reason));
    m_dialog = new LaunchDialog(m_cluster.replica(), this);
    m_dialog->setAttribute(Qt::WA_DeleteOnClose);
    if (payload.launches.isEmpty()) {
        LaunchRequest request;
        request.agentId = agentId;
        request.containerizer = m_containerizer;
        m_dialog->setRequest(request);
    } else {
        DropPayload meant = payload;
        for (ImportedLaunch &launch : meant.launches)
            launch.request.containerizer = m_containerizer;
        m_dialog->setPayload(meant, agentId);
    }
    m_dialog->setOffer(offerId);
    connect(m_dialog, &LaunchDialog::launchRequested, this, [this](const LaunchRequest &wanted) {
        m_catalog->noteLaunched(wanted.image);
        m_cluster.launcher().launch(wanted);
        showPage(Tasks);
    });
    m_dialog->open();
}

void ClusterView::setContainerizer(LaunchRequest::Containerizer containerizer)
{
    m_containerizer = containerizer;
}

/// Images and the like can be dropped on the map, the tables of agents, offers and tasks.
void ClusterView::wireDrops()
{
    ClusterMap &map = m_map->map();
    addDrops(
        map.viewport(),
        [&map](const QPoint &at) {
            return ObjectRef{Kind::Agent, map.agentAt(at)};
        },
        [page = m_map](std::function<int(const ObjectRef &)> fit) {
            if (!fit)
                return page->setFit(nullptr);
            page->setFit([fit](const AgentRow &agent) { return fit({Kind::Agent, agent.id}); });
        });
    // Nowhere in particular: any agent that fits.
    addDrops(
        m_overview, [](const QPoint &) { return ObjectRef{}; },
        [](const std::function<int(const ObjectRef &)> &) {});
    for (TablePage *page : {m_agents, m_offers, m_tasks}) {
        addDrops(
            page->view().viewport(), [page](const QPoint &at) { return page->objectAt(at); },
            [page](std::function<int(const ObjectRef &)> fit) {
                if (!fit)
                    return page->view().setFit(nullptr);
                page->view().setFit(
                    [page, fit](int slot) { return fit(page->objectOfSlot(slot)); });
            });
    }
}

void ClusterView::addDrops(QWidget *surface, std::function<ObjectRef(const QPoint &)> objectAt,
                           std::function<void(std::function<int(const ObjectRef &)>)> tint)
{
    auto *drops = new LaunchDrops(m_cluster.replica(), surface, std::move(objectAt));
    drops->setRefusal(m_deeds->closed());
    connect(&m_cluster, &Cluster::changed, drops,
            [this, drops] { drops->setRefusal(m_deeds->closed()); });
    connect(drops, &LaunchDrops::dragged, this, [drops, tint](const DropPayload &payload) {
        if (payload.launches.isEmpty())
            return tint(nullptr);
        tint([drops, payload](const ObjectRef &object) {
            switch (drops->fitOf(payload, object).verdict) {
            case Fit::Verdict::Now:
                return 1;
            case Fit::Verdict::Later:
                return 0;
            default:
                return -1;
            }
        });
    });
    connect(drops, &LaunchDrops::hovered, this,
            [this](const QString &text) { showDropHint(this, text); });
    connect(drops, &LaunchDrops::dropped, this,
            [this](const DropPayload &payload, const QString &agentId, const QString &offerId) {
                openLaunchDialog(payload, agentId, offerId);
            });
}

LaunchDialog *ClusterView::launchDialog() const
{
    return m_dialog;
}

} // namespace meseta::console
