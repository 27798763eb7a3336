#include <QMenu>

#include "gui/launch/launch_dialog.h"
#include "gui/model/sources.h"
#include "gui/session/cluster.h"
#include "gui/session/deed_runner.h"
#include "gui/views/cluster_view.h"
#include "gui/views/deed_dialog.h"
#include "gui/views/table_page.h"
#include "gui/widgets/icons.h"
#include "gui/widgets/table_view.h"

// What can be done in a cluster: which actions an object has, the question before, the call.

namespace meseta::console {

namespace {

using Kind = ObjectRef::Kind;

struct DeedName
{
    const char *id;
    Deed deed;
};

constexpr DeedName deeds[] = {{"kill", Deed::Kill},
                              {"restart", Deed::Restart},
                              {"teardown", Deed::TearDown},
                              {"deactivate", Deed::Deactivate},
                              {"reactivate", Deed::Reactivate},
                              {"drain", Deed::Drain},
                              {"unreserve", Deed::Unreserve}};

std::optional<Deed> deedOf(const QString &id)
{
    for (const DeedName &known : deeds) {
        if (id == QLatin1String(known.id))
            return known.deed;
    }
    return std::nullopt;
}

} // namespace

/// What is selected on this page: its rows, else what is inspected.
QList<ObjectRef> ClusterView::selectedObjects() const
{
    if (const TablePage *table = tablePage(page())) {
        const QList<ObjectRef> rows = table->selection();
        if (!rows.isEmpty() && (rows.size() > 1 || rows.first().kind != m_selected.kind))
            return rows;
    }
    return {m_selected};
}

namespace {

/// How an action is called for so many objects.
QString titleOf(const char *one, const char *several, int count)
{
    return count == 1 ? ClusterView::tr(one) : ClusterView::tr(several, nullptr, count);
}

} // namespace

QList<InspectorPanel::Action> ClusterView::actionsFor(const QList<ObjectRef> &objects) const
{
    QList<InspectorPanel::Action> actions;
    const int count = static_cast<int>(objects.size());
    const Kind kind = objects.isEmpty() ? Kind::None : objects.first().kind;
    const auto deed = [&](const char *id, const QString &title, const char *picture, bool danger) {
        const QString name = QString::fromLatin1(id);
        actions.append({name, title, QString::fromLatin1(picture),
                        m_deeds->whyNot(*deedOf(name), objects), danger});
    };
    if (kind == Kind::Task) {
        if (count == 1)
            addTaskActions(actions, objects.first());
        deed("restart", titleOf(QT_TR_NOOP("Restart…"), QT_TR_N_NOOP("Restart %n task(s)…"), count),
             "refresh", true);
        deed("kill", titleOf(QT_TR_NOOP("Kill…"), QT_TR_N_NOOP("Kill %n task(s)…"), count), "kill",
             true);
    } else if (kind == Kind::Agent) {
        if (count == 1)
            addAgentActions(actions, objects.first());
        const bool off = m_deeds->whyNot(Deed::Deactivate, objects).isEmpty();
        if (count > 1 || off || !m_deeds->closed().isEmpty())
            deed("deactivate",
                 titleOf(QT_TR_NOOP("Deactivate…"), QT_TR_N_NOOP("Deactivate %n agent(s)…"), count),
                 "pause", false);
        if (count > 1 || !off)
            deed("reactivate",
                 titleOf(QT_TR_NOOP("Reactivate…"), QT_TR_N_NOOP("Reactivate %n agent(s)…"), count),
                 "play", false);
        if (std::any_of(objects.cbegin(), objects.cend(), [this](const ObjectRef &object) {
                const AgentRow *agent = m_cluster.replica().agents().find(object.key);
                return agent && !agent->reserved.isEmpty();
            }))
            deed(
                "unreserve",
                titleOf(QT_TR_NOOP("Unreserve…"), QT_TR_N_NOOP("Unreserve on %n agent(s)…"), count),
                "unlock", false);
        deed("drain", titleOf(QT_TR_NOOP("Drain…"), QT_TR_N_NOOP("Drain %n agent(s)…"), count),
             "drain", true);
    } else if (kind == Kind::Framework) {
        if (count == 1)
            actions.append(whyAction());
        deed("teardown",
             titleOf(QT_TR_NOOP("Tear down…"), QT_TR_N_NOOP("Tear down %n framework(s)…"), count),
             "kill", true);
    } else if (kind == Kind::Offer && count == 1) {
        actions.append({QStringLiteral("launch"), tr("Launch on it…"), QStringLiteral("launch"),
                        m_deeds->closed(), false});
    } else if (kind == Kind::Role && count == 1) {
        actions.append(whyAction());
        actions.append(
            {QStringLiteral("whatif"), tr("What if…"), QStringLiteral("chart"), {}, false});
    }
    return actions;
}

InspectorPanel::Action ClusterView::whyAction() const
{
    return {QStringLiteral("why"), tr("Why no offer?"), QStringLiteral("why"), {}, false};
}

void ClusterView::addTaskActions(QList<InspectorPanel::Action> &actions,
                                 const ObjectRef &object) const
{
    actions.append({QStringLiteral("output"), tr("Output"), QStringLiteral("output"), {}, false});
    const TaskRow *task = m_cluster.replica().tasks().find(object.key);
    actions.append({QStringLiteral("terminal"), tr("Terminal…"), QStringLiteral("terminal"),
                    whyNoTerminal(task), false});
    actions.append({QStringLiteral("copy"), tr("Launch a copy…"), QStringLiteral("launch"),
                    task ? m_deeds->closed() : tr("It is no more."), false});
}

void ClusterView::addAgentActions(QList<InspectorPanel::Action> &actions,
                                  const ObjectRef &object) const
{
    const AgentRow *agent = m_cluster.replica().agents().find(object.key);
    actions.append({QStringLiteral("launch"), tr("Launch here…"), QStringLiteral("launch"),
                    agent ? m_deeds->closed() : tr("It is no more."), false});
    actions.append(whyAction());
}

void ClusterView::act(const QString &id, const QList<ObjectRef> &objects)
{
    if (objects.isEmpty())
        return;
    if (const auto deed = deedOf(id))
        return confirm(*deed, objects);
    const ObjectRef &object = objects.first();
    if (id == QLatin1String("why"))
        return askWhy(object);
    if (id == QLatin1String("copy"))
        return launchCopy(object);
    if (id == QLatin1String("whatif"))
        return askWhatIf();
    if (id == QLatin1String("terminal"))
        return openTerminal(object);
    if (id == QLatin1String("output")) {
        if (page() != Tasks)
            showObject(object);
        m_outputWanted = false;
        return toggleOutput();
    }
    if (id == QLatin1String("launch")) {
        if (object.kind != Kind::Offer)
            return openLaunchDialog(object.key);
        const OfferRow *offer = m_cluster.replica().offers().find(object.key);
        openLaunchDialog({}, offer ? offer->agentId : QString(), object.key);
    }
}

/// The dialog with what a task was launched with; of tasks of others as much as the master tells.
void ClusterView::launchCopy(const ObjectRef &object)
{
    const TaskRow *task = m_cluster.replica().tasks().find(object.key);
    if (!task)
        return;
    auto request = m_cluster.launcher().requestFor(task->id);
    const bool whole = request.has_value();
    if (!whole) {
        request.emplace();
        request->name = task->name;
        request->image = task->image;
        request->cpus = std::max(0.01, task->resources.cpus);
        request->memory = std::max(4.0, task->resources.memory);
        request->disk = task->resources.disk;
    }
    openLaunchDialog();
    if (!m_dialog)
        return;
    m_dialog->setRequest(*request);
    if (!whole)
        tell(Tone::Busy,
             tr("The master tells the image and the size of %1, not its command, environment and "
                "volumes: look through the form before you launch the copy.")
                 .arg(task->name));
}

void ClusterView::confirm(Deed deed, const QList<ObjectRef> &objects)
{
    auto *dialog = new DeedDialog(m_deeds->radius(deed, objects), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this,
            [this, deed, agreed = dialog->radius().objects] { m_deeds->run(deed, agreed); });
    dialog->open();
}

void ClusterView::showMenu(TablePage *page, const QPoint &at)
{
    const QList<ObjectRef> rows = page->selection();
    const QList<ObjectRef> objects = rows.size() > 1 ? rows : QList<ObjectRef>{page->current()};
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setToolTipsVisible(true);
    for (const InspectorPanel::Action &action : actionsFor(objects)) {
        QAction *item = menu->addAction(icon(action.icon), action.title, this,
                                        [this, id = action.id, objects] { act(id, objects); });
        item->setEnabled(action.whyNot.isEmpty());
        item->setToolTip(action.whyNot.toHtmlEscaped());
    }
    menu->addSeparator();
    menu->addAction(icon(QStringLiteral("copy")), tr("Copy"), &page->view(),
                    &TableView::copySelection);
    menu->popup(at);
}

QList<PaletteCommand> ClusterView::commands() const
{
    QList<PaletteCommand> commands;
    for (int number = 0; number < pageCount; ++number)
        commands.append({QStringLiteral("page.") + pageId(number),
                         tr("Go to %1").arg(pageName(number)),
                         QStringLiteral("Ctrl+%1").arg(number + 1), pageId(number), true});
    for (const InspectorPanel::Action &action : actionsFor(selectedObjects()))
        commands.append({QStringLiteral("object.") + action.id,
                         action.title,
                         {},
                         action.icon,
                         action.whyNot.isEmpty()});
    return commands;
}

void ClusterView::run(const QString &command)
{
    const QString rest = command.section(QLatin1Char('.'), 1);
    if (command.startsWith(QLatin1String("object."))) {
        for (const InspectorPanel::Action &action : actionsFor(selectedObjects())) {
            if (action.id != rest)
                continue;
            if (action.whyNot.isEmpty())
                act(rest, selectedObjects());
            else
                tell(Tone::Busy, action.whyNot);
        }
        return;
    }
    for (int number = 0; number < pageCount; ++number) {
        if (rest == pageId(number))
            return showPage(number);
    }
}

} // namespace meseta::console
