#include "gui/views/launch_drops.h"

#include <QDragEnterEvent>
#include <QWidget>

#include "gui/model/formats.h"
#include "gui/model/replica.h"

namespace meseta::console {

LaunchDrops::LaunchDrops(const Replica &replica, QWidget *surface, ObjectAt objectAt)
    : QObject(surface), m_replica(replica), m_objectAt(std::move(objectAt))
{
    surface->setAcceptDrops(true);
    surface->installEventFilter(this);
}

QString LaunchDrops::agentOf(const ObjectRef &object) const
{
    if (object.kind == ObjectRef::Kind::Agent)
        return object.key;
    if (object.kind == ObjectRef::Kind::Offer) {
        const OfferRow *offer = m_replica.offers().find(object.key);
        return offer ? offer->agentId : QString();
    }
    if (object.kind == ObjectRef::Kind::Task) {
        const TaskRow *task = m_replica.tasks().find(object.key);
        return task ? task->agentId : QString();
    }
    return {};
}

Fit LaunchDrops::fitOf(const DropPayload &payload, const ObjectRef &object) const
{
    const AgentRow *agent = m_replica.agents().find(agentOf(object));
    if (!agent)
        return {};
    const OfferRow *offer =
        object.kind == ObjectRef::Kind::Offer ? m_replica.offers().find(object.key) : nullptr;
    const Place place = offer ? placeOf(*offer, agent) : placeOf(*agent);
    Fit worst;
    for (const ImportedLaunch &launch : payload.launches) {
        Fit answer = fit(launch.request, place);
        if (answer.verdict > worst.verdict)
            worst = std::move(answer);
    }
    return worst;
}

bool LaunchDrops::move(QDropEvent *event)
{
    if (m_payload.launches.isEmpty())
        return false;
    if (!m_refusal.isEmpty()) {
        Q_EMIT hovered(m_refusal);
        event->ignore();
        return false;
    }
    const ObjectRef object = m_objectAt(event->position().toPoint());
    const Fit answer = fitOf(m_payload, object);
    const AgentRow *agent = m_replica.agents().find(agentOf(object));
    const QString where = agent ? agent->name : tr("any agent that fits");
    const QString what = m_payload.launches.size() == 1
        ? m_payload.launches.first().request.image
        : tr("%n service(s)", nullptr, static_cast<int>(m_payload.launches.size()));
    Q_EMIT hovered(answer.reasons.isEmpty()
                       ? tr("Launch %1 on %2").arg(what, where)
                       : tr("%1 on %2: %3").arg(what, where, listText(answer.reasons)));
    if (answer.verdict == Fit::Verdict::Never) {
        event->ignore();
        return false;
    }
    event->setDropAction(Qt::CopyAction);
    event->accept();
    return true;
}

void LaunchDrops::leave()
{
    m_payload = {};
    Q_EMIT dragged(m_payload);
    Q_EMIT hovered({});
}

bool LaunchDrops::eventFilter(QObject *watched, QEvent *event)
{
    switch (event->type()) {
    case QEvent::DragEnter: {
        auto *enter = static_cast<QDragEnterEvent *>(event);
        m_payload = readDrop(*enter->mimeData());
        if (m_refusal.isEmpty())
            Q_EMIT dragged(m_payload);
        move(enter);
        enter->setAccepted(!m_payload.launches.isEmpty()); // moves tell the places apart
        return true;
    }
    case QEvent::DragMove:
        move(static_cast<QDropEvent *>(event));
        return true;
    case QEvent::DragLeave:
        leave();
        return true;
    case QEvent::Drop: {
        auto *drop = static_cast<QDropEvent *>(event);
        if (m_payload.launches.isEmpty())
            m_payload = readDrop(*drop->mimeData());
        if (move(drop)) {
            const DropPayload payload = m_payload;
            const ObjectRef onto = m_objectAt(drop->position().toPoint());
            const QString agent = agentOf(onto);
            leave();
            Q_EMIT dropped(payload, agent,
                           onto.kind == ObjectRef::Kind::Offer ? onto.key : QString());
        } else {
            leave();
        }
        return true;
    }
    default:
        return QObject::eventFilter(watched, event);
    }
}

} // namespace meseta::console
