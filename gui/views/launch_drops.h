#pragma once

#include <functional>

#include <QObject>

#include "gui/launch/drop_payload.h"
#include "gui/launch/launch_fit.h"
#include "gui/model/object_ref.h"

class QDropEvent;
class QWidget;

namespace meseta::console {

class Replica;

/// Lets images, `docker run` lines and Compose files be dropped on a widget that shows objects of a
/// cluster. While something is dragged over it, `fitChanged` tells how each place is to be
/// coloured; a place where it can never fit takes no drop.
class LaunchDrops : public QObject
{
    Q_OBJECT
public:
    using ObjectAt = std::function<ObjectRef(const QPoint &)>;

    /// `surface` gets the drag events: of a view that scrolls, its viewport.
    LaunchDrops(const Replica &replica, QWidget *surface, ObjectAt objectAt);

    /// What a drop of that on an object would meet: the very answer of the dry run. Nothing under
    /// the mouse means anywhere in the cluster.
    Fit fitOf(const DropPayload &payload, const ObjectRef &object) const;
    /// Nothing is taken, and why is told to who drags something here; "": all is taken that fits.
    void setRefusal(const QString &reason) { m_refusal = reason; }

Q_SIGNALS:
    /// Something that can be launched is over the widget; no launches: it has gone.
    void dragged(const meseta::console::DropPayload &payload);
    void hovered(const QString &text); ///< what a drop here would meet, for the status line
    /// `agentId` is empty when any agent will do, `offerId` unless it was dropped on an offer.
    void dropped(const meseta::console::DropPayload &payload, const QString &agentId,
                 const QString &offerId);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    bool move(QDropEvent *event);
    void leave();
    QString agentOf(const ObjectRef &object) const;

    const Replica &m_replica;
    ObjectAt m_objectAt;
    DropPayload m_payload;
    QString m_refusal;
};

} // namespace meseta::console
