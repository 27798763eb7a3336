#pragma once

#include <functional>

#include <QList>

#include "gui/model/object_ref.h"
#include "mesos/v1/resource.pb.h"

namespace meseta::console {

class Replica;

/// What can be done to an object of a cluster.
enum class Deed { Kill, Restart, TearDown, Deactivate, Reactivate, Drain, Unreserve };

/// What the console's own framework knows of the tasks it launched.
struct OwnTasks
{
    QString frameworkId; ///< "": it has launched nothing yet
    std::function<bool(const QString &taskId)> remembered; ///< could be launched again as it was

    bool remembers(const QString &taskId) const { return remembered && remembered(taskId); }
};

/// What a deed will touch, before it is done: to one object, or to many of one kind at once.
struct BlastRadius
{
    struct LeftOut
    {
        QString name;
        QString why;
    };

    QString question; ///< "Tear down marathon?"
    QString consequence; ///< one sentence on what it means
    QString verb; ///< for the button
    QString undo; ///< how it can be undone; "" when it cannot
    QList<ObjectRef> objects; ///< that it is done to
    QStringList objectNames; ///< of agents and frameworks; empty when the objects are tasks
    QList<ObjectRef> tasks; ///< that end, or will have to move
    QStringList names; ///< of the tasks, for a person
    QList<ObjectRef> offers; ///< that are taken back
    QStringList offerNames;
    QList<LeftOut> leftOut; ///< chosen too, but it cannot be done to them
};

BlastRadius blastRadius(Deed deed, const QList<ObjectRef> &objects, const Replica &replica,
                        const OwnTasks &own);
/// Of a deed that is possible, to one object.
BlastRadius blastRadius(Deed deed, const ObjectRef &object, const Replica &replica);

/// Why a deed cannot be done to an object now; "" when it can.
QString whyNot(Deed deed, const ObjectRef &object, const Replica &replica, const OwnTasks &own);

/// What Unreserve gives back of an agent: reserved at run time, and nothing runs on it.
google::protobuf::RepeatedPtrField<mesos::v1::Resource> freeReservations(const ObjectRef &agent,
                                                                         const Replica &replica);

/// "redis on alpha", "alpha :5051": an object's name for a person.
QString nameOf(const ObjectRef &object, const Replica &replica);

} // namespace meseta::console
