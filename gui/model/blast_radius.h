#pragma once

#include <QList>

#include "gui/model/object_ref.h"

namespace meseta::console {

class Replica;

/// What can be done to an object of a cluster.
enum class Deed { Kill, TearDown, Deactivate, Reactivate, Drain };

/// What a deed will touch, before it is done.
struct BlastRadius
{
    QString question; ///< "Tear down marathon?"
    QString consequence; ///< one sentence on what it means
    QString verb; ///< for the button
    QString undo; ///< how it can be undone; "" when it cannot
    QList<ObjectRef> tasks; ///< that end, or will have to move
    QList<ObjectRef> offers; ///< that are taken back
    QStringList names; ///< of the tasks, for a person
};

BlastRadius blastRadius(Deed deed, const ObjectRef &object, const Replica &replica);

/// Why a deed cannot be done to an object now; "" when it can. `ownFramework`: the console's own.
QString whyNot(Deed deed, const ObjectRef &object, const Replica &replica,
               const QString &ownFramework);

} // namespace meseta::console
