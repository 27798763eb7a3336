#include <QMenu>

#include "gui/model/sources.h"
#include "gui/session/cluster.h"
#include "gui/views/cluster_view.h"
#include "gui/views/deed_dialog.h"
#include "gui/views/table_page.h"
#include "gui/widgets/icons.h"
#include "gui/widgets/table_view.h"

// What can be done in a cluster: which actions an object has, the question before, the call.

namespace meseta::console {

namespace {

using Kind = ObjectRef::Kind;
using MesosCall = mesos::v1::master::Call;

struct DeedName
{
    const char *id;
    Deed deed;
};

constexpr DeedName deeds[] = {{"kill", Deed::Kill},
                              {"teardown", Deed::TearDown},
                              {"deactivate", Deed::Deactivate},
                              {"reactivate", Deed::Reactivate},
                              {"drain", Deed::Drain}};

std::optional<Deed> deedOf(const QString &id)
{
    for (const DeedName &known : deeds) {
        if (id == QLatin1String(known.id))
            return known.deed;
    }
    return std::nullopt;
}

MesosCall callFor(Deed deed, const ObjectRef &object)
{
    MesosCall call;
    const std::string id = object.key.toStdString();
    switch (deed) {
    case Deed::TearDown:
        call.set_type(MesosCall::TEARDOWN);
        call.mutable_teardown()->mutable_framework_id()->set_value(id);
        break;
    case Deed::Deactivate:
        call.set_type(MesosCall::DEACTIVATE_AGENT);
        call.mutable_deactivate_agent()->mutable_agent_id()->set_value(id);
        break;
    case Deed::Reactivate:
        call.set_type(MesosCall::REACTIVATE_AGENT);
        call.mutable_reactivate_agent()->mutable_agent_id()->set_value(id);
        break;
    case Deed::Drain:
        call.set_type(MesosCall::DRAIN_AGENT);
        call.mutable_drain_agent()->mutable_agent_id()->set_value(id);
        break;
    case Deed::Kill:
        break; // a framework's call, not an operator's
    }
    return call;
}

} // namespace

QList<InspectorPanel::Action> ClusterView::actionsFor(const ObjectRef &object) const
{
    QList<InspectorPanel::Action> actions;
    const QString closed = m_cluster.isRecording() ? tr("This is a recording.")
        : m_cluster.isReadOnly()                   ? tr("This connection is read-only.")
        : m_cluster.session().state() != MasterSession::State::Live
        ? tr("The master is not connected.")
        : QString();
    const auto add = [&](const char *id, const QString &title, const char *picture, bool danger) {
        QString reason = closed;
        if (const auto deed = deedOf(QString::fromLatin1(id)); deed && reason.isEmpty())
            reason = whyNot(*deed, object, m_cluster.replica(),
                            const_cast<Cluster &>(m_cluster).launcher().frameworkId());
        actions.append(
            {QString::fromLatin1(id), title, QString::fromLatin1(picture), reason, danger});
    };
    switch (object.kind) {
    case Kind::Task:
        actions.append(
            {QStringLiteral("output"), tr("Output"), QStringLiteral("output"), {}, false});
        add("kill", tr("Kill…"), "kill", true);
        break;
    case Kind::Agent: {
        add("launch", tr("Launch here…"), "launch", false);
        actions.append(
            {QStringLiteral("why"), tr("Why no offer?"), QStringLiteral("why"), {}, false});
        const AgentRow *agent = m_cluster.replica().agents().find(object.key);
        if (agent && (agent->deactivated || !agent->drain.isEmpty()))
            add("reactivate", tr("Reactivate…"), "play", false);
        else
            add("deactivate", tr("Deactivate…"), "pause", false);
        add("drain", tr("Drain…"), "drain", true);
        break;
    }
    case Kind::Offer:
        add("launch", tr("Launch on it…"), "launch", false);
        break;
    case Kind::Framework:
        actions.append(
            {QStringLiteral("why"), tr("Why no offer?"), QStringLiteral("why"), {}, false});
        add("teardown", tr("Tear down…"), "kill", true);
        break;
    case Kind::Role:
        actions.append(
            {QStringLiteral("why"), tr("Why no offer?"), QStringLiteral("why"), {}, false});
        break;
    case Kind::None:
        break;
    }
    return actions;
}

void ClusterView::act(const QString &id, const ObjectRef &object)
{
    if (const auto deed = deedOf(id))
        return confirm(*deed, object);
    if (id == QLatin1String("why"))
        return askWhy(object);
    if (id == QLatin1String("output")) {
        if (page() != Tasks)
            showObject(object);
        m_outputWanted = false;
        return toggleOutput();
    }
    if (id == QLatin1String("launch")) {
        QString agent = object.key;
        if (object.kind == Kind::Offer) {
            const OfferRow *offer = m_cluster.replica().offers().find(object.key);
            agent = offer ? offer->agentId : QString();
        }
        openLaunchDialog(agent);
    }
}

void ClusterView::confirm(Deed deed, const ObjectRef &object)
{
    auto *dialog = new DeedDialog(blastRadius(deed, object, m_cluster.replica()), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, deed, object] { perform(deed, object); });
    dialog->open();
}

void ClusterView::perform(Deed deed, const ObjectRef &object)
{
    const BlastRadius radius = blastRadius(deed, object, m_cluster.replica());
    if (deed == Deed::Kill) {
        if (const TaskRow *task = m_cluster.replica().tasks().find(object.key)) {
            m_cluster.launcher().cancel(task->id);
            tell(Tone::Neutral, tr("%1 is being killed.").arg(task->name));
        }
        return;
    }
    m_cluster.session().call(
        callFor(deed, object),
        [self = QPointer<ClusterView>(this), deed, object,
         radius](Result<mesos::v1::master::Response> answer) {
            if (!self)
                return;
            if (!answer)
                return self->tell(
                    Tone::Bad,
                    tr("%1 was refused: %2")
                        .arg(radius.verb, QString::fromStdString(answer.error().message)));
            const Deed back = deed == Deed::Deactivate ? Deed::Reactivate : Deed::Deactivate;
            self->tell(
                Tone::Good, tr("Done: %1").arg(radius.verb), radius.undo,
                radius.undo.isEmpty() ? std::function<void()>() : [self, back, object] {
                    if (self)
                        self->perform(back, object);
                });
        });
}

void ClusterView::showMenu(TablePage *page, const QPoint &at)
{
    const ObjectRef object = page->current();
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setToolTipsVisible(true);
    for (const InspectorPanel::Action &action : actionsFor(object)) {
        QAction *item = menu->addAction(icon(action.icon), action.title, this,
                                        [this, id = action.id, object] { act(id, object); });
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
    for (const InspectorPanel::Action &action : actionsFor(m_selected))
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
        for (const InspectorPanel::Action &action : actionsFor(m_selected)) {
            if (action.id != rest)
                continue;
            if (action.whyNot.isEmpty())
                act(rest, m_selected);
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
