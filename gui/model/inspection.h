#pragma once

#include <QList>

#include "gui/model/look.h"
#include "gui/model/object_ref.h"

namespace meseta::console {

class Replica;
struct EventRow;
struct TaskRow;

/// One line of an inspector: a name and a value, which may lead somewhere.
struct InspectionField
{
    QString name;
    QString value;
    ObjectRef link;
    Look look;
};

/// Fields under a heading.
struct InspectionSection
{
    QString title;
    QList<InspectionField> fields;
};

/// A step of a biography: what happened to a task, when, and for how long it stayed so.
struct BiographyStep
{
    double time = 0;
    QString title; ///< "running"
    QString text; ///< message, source and reason
    Look look;
    double seconds = -1; ///< until the next step; below 0: this is how it is now
};

/// A task's life: the offer it was launched on and how that was taken, the fetching of its image,
/// each update with who told it, why, and whether the framework has acknowledged it.
QList<BiographyStep> biographyOf(const TaskRow &task, const Replica &replica);

/// Everything the console knows about one object, as text.
struct Inspection
{
    ObjectRef ref;
    QString kind; ///< "Task"
    QString title;
    QString subtitle; ///< its state
    Look look;
    QList<InspectionSection> sections;
    QList<BiographyStep> biography; ///< of a task, oldest first
    bool exists = false; ///< false: it is no more, or never was

    QString plainText() const; ///< for the clipboard
};

Inspection inspect(const ObjectRef &ref, const Replica &replica);

/// Several of one kind together: what they come to, and each by name; of one: all about it.
Inspection inspectAll(const QList<ObjectRef> &objects, const Replica &replica);

/// Whether an event is about that object: an agent's events are those of its tasks and offers too.
bool concerns(const EventRow &event, const ObjectRef &ref);

/// The newest events about an object, newest first.
QList<EventRow> eventsOf(const ObjectRef &ref, const Replica &replica, int limit);

} // namespace meseta::console
