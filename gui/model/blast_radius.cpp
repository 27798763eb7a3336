#include "gui/model/blast_radius.h"

#include <QCoreApplication>
#include <QSet>

#include "gui/model/replica.h"
#include "gui/model/row_builders.h"

namespace meseta::console {

namespace {

using Kind = ObjectRef::Kind;

struct BlastText
{
    Q_DECLARE_TR_FUNCTIONS(BlastRadius)
};

QString nameOf(const TaskRow &task)
{
    return task.hostname.isEmpty() ? task.name
                                   : BlastText::tr("%1 on %2").arg(task.name, task.hostname);
}

template <typename Pick> void touchTasks(BlastRadius &radius, const Replica &replica, Pick pick)
{
    replica.tasks().forEach([&](const TaskRow &task) {
        if (isTerminal(task.state) || !pick(task))
            return;
        radius.tasks.append({Kind::Task, task.key});
        radius.names.append(nameOf(task));
    });
}

template <typename Pick> void touchOffers(BlastRadius &radius, const Replica &replica, Pick pick)
{
    replica.offers().forEach([&](const OfferRow &offer) {
        if (!pick(offer))
            return;
        radius.offers.append({Kind::Offer, offer.id});
        radius.offerNames.append(
            BlastText::tr("offer of %1 to %2").arg(offer.hostname, offer.frameworkName));
    });
}

QSet<QString> keysOf(const QList<ObjectRef> &objects)
{
    QSet<QString> keys;
    for (const ObjectRef &object : objects)
        keys.insert(object.key);
    return keys;
}

void describeTasks(BlastRadius &radius, Deed deed, const Replica &replica, const OwnTasks &own)
{
    const int count = static_cast<int>(radius.objects.size());
    const TaskRow *only = count == 1 ? replica.tasks().find(radius.objects.first().key) : nullptr;
    if (deed == Deed::Restart) {
        radius.question = only ? BlastText::tr("Restart %1?").arg(only->name)
                               : BlastText::tr("Restart %n task(s)?", nullptr, count);
        radius.consequence = only
            ? BlastText::tr("Its container is stopped, and launched again as it was asked for; it "
                            "may come up on another agent.")
            : BlastText::tr("Their containers are stopped, and launched again as they were asked "
                            "for; they may come up on other agents.");
    } else {
        radius.question = only ? BlastText::tr("Kill %1?").arg(only->name)
                               : BlastText::tr("Kill %n task(s)?", nullptr, count);
        radius.consequence = only
            ? BlastText::tr("Its container on %1 is stopped.").arg(only->hostname)
            : BlastText::tr("Their containers are stopped.");
        const auto known = [&](const ObjectRef &object) {
            const TaskRow *task = replica.tasks().find(object.key);
            return task && own.remembers(task->id);
        };
        if (count > 0 && std::all_of(radius.objects.cbegin(), radius.objects.cend(), known))
            radius.undo = BlastText::tr("Launch again");
    }
    for (const ObjectRef &object : std::as_const(radius.objects)) {
        radius.tasks.append(object);
        if (const TaskRow *task = replica.tasks().find(object.key))
            radius.names.append(nameOf(*task));
    }
}

void describeFrameworks(BlastRadius &radius, const Replica &replica)
{
    const QSet<QString> keys = keysOf(radius.objects);
    const auto mine = [&](const auto &row) { return keys.contains(row.frameworkId); };
    touchTasks(radius, replica, mine);
    touchOffers(radius, replica, mine);
    const int count = static_cast<int>(radius.objects.size());
    radius.question = count == 1 ? BlastText::tr("Tear down %1?").arg(radius.objectNames.first())
                                 : BlastText::tr("Tear down %n framework(s)?", nullptr, count);
    radius.consequence = count == 1
        ? BlastText::tr("The framework is removed for good, and all its tasks and executors are "
                        "killed.")
        : BlastText::tr("The frameworks are removed for good, and all their tasks and executors "
                        "are killed.");
}

/// What is not reserved any more, and the offers to the roles that it was reserved for.
void describeReservations(BlastRadius &radius, const Replica &replica)
{
    const int count = static_cast<int>(radius.objects.size());
    google::protobuf::RepeatedPtrField<mesos::v1::Resource> all;
    for (const ObjectRef &object : std::as_const(radius.objects)) {
        const auto free = freeReservations(object, replica);
        all.MergeFrom(free);
        QSet<QString> roles;
        for (const auto &resource : free)
            roles.insert(fromWire(resource.reservations().rbegin()->role()));
        touchOffers(radius, replica, [&](const OfferRow &offer) {
            return offer.agentId == object.key && roles.contains(offer.role);
        });
    }
    radius.question = count == 1 ? BlastText::tr("Unreserve on %1?").arg(radius.objectNames.first())
                                 : BlastText::tr("Unreserve on %n agent(s)?", nullptr, count);
    radius.consequence =
        BlastText::tr("What was reserved at run time and is not in use is offered to all roles "
                      "again: %1.")
            .arg(reservedText(all));
    radius.undo = BlastText::tr("Reserve again");
}

void describeAgents(BlastRadius &radius, Deed deed, const Replica &replica)
{
    const QSet<QString> keys = keysOf(radius.objects);
    const auto here = [&](const auto &row) { return keys.contains(row.agentId); };
    const int count = static_cast<int>(radius.objects.size());
    const bool one = count == 1;
    const QString name = radius.objectNames.value(0);
    switch (deed) {
    case Deed::Deactivate:
        touchOffers(radius, replica, here);
        radius.question = one ? BlastText::tr("Deactivate %1?").arg(name)
                              : BlastText::tr("Deactivate %n agent(s)?", nullptr, count);
        radius.consequence = one
            ? BlastText::tr("Nothing of it is offered any more. Its tasks run on.")
            : BlastText::tr("Nothing of them is offered any more. Their tasks run on.");
        radius.undo = BlastText::tr("Reactivate");
        break;
    case Deed::Drain:
        touchOffers(radius, replica, here);
        touchTasks(radius, replica, here);
        radius.question = one ? BlastText::tr("Drain %1?").arg(name)
                              : BlastText::tr("Drain %n agent(s)?", nullptr, count);
        radius.consequence = one
            ? BlastText::tr("Nothing of it is offered any more, and its tasks are "
                            "killed, so that their frameworks start them elsewhere.")
            : BlastText::tr("Nothing of them is offered any more, and their tasks are "
                            "killed, so that their frameworks start them elsewhere.");
        break;
    case Deed::Unreserve:
        describeReservations(radius, replica);
        break;
    default:
        radius.question = one ? BlastText::tr("Reactivate %1?").arg(name)
                              : BlastText::tr("Reactivate %n agent(s)?", nullptr, count);
        radius.consequence = one ? BlastText::tr("Its free resources are offered again.")
                                 : BlastText::tr("Their free resources are offered again.");
        radius.undo = BlastText::tr("Deactivate");
        break;
    }
}

QString verbOf(Deed deed)
{
    switch (deed) {
    case Deed::Kill:
        return BlastText::tr("Kill");
    case Deed::Restart:
        return BlastText::tr("Restart");
    case Deed::TearDown:
        return BlastText::tr("Tear down");
    case Deed::Deactivate:
        return BlastText::tr("Deactivate");
    case Deed::Reactivate:
        return BlastText::tr("Reactivate");
    case Deed::Drain:
        return BlastText::tr("Drain");
    case Deed::Unreserve:
        return BlastText::tr("Unreserve");
    }
    return {};
}

QString whyNotTask(Deed deed, const TaskRow *task, const OwnTasks &own)
{
    if (!task || isTerminal(task->state))
        return BlastText::tr("It has ended.");
    if (task->frameworkId != own.frameworkId)
        return deed == Deed::Kill
            ? BlastText::tr("It belongs to another framework (%1); only that one can kill it.")
                  .arg(task->frameworkName)
            : BlastText::tr("It belongs to another framework (%1); only that one can restart it. "
                            "A copy can be launched.")
                  .arg(task->frameworkName);
    if (deed == Deed::Restart && !own.remembers(task->id))
        return BlastText::tr("What it was launched with is not remembered here, and no master "
                             "tells its command. A copy can be launched.");
    return {};
}

QString whyNotAgent(Deed deed, const AgentRow *agent)
{
    if (!agent)
        return BlastText::tr("The master does not know this agent any more.");
    const bool off = agent->deactivated || !agent->drain.isEmpty();
    if (deed == Deed::Reactivate && !off)
        return BlastText::tr("It is not deactivated.");
    if (deed == Deed::Reactivate && agent->drain == QLatin1String("draining"))
        return BlastText::tr("It is still draining; it can be reactivated when it is drained.");
    if (deed == Deed::Deactivate && off)
        return BlastText::tr("It is deactivated already.");
    if (deed == Deed::Drain && !agent->drain.isEmpty())
        return BlastText::tr("It is draining already.");
    if (deed == Deed::Unreserve && agent->freeReservations.isEmpty())
        return agent->reserved.isEmpty()
            ? BlastText::tr("Nothing is reserved on it.")
            : BlastText::tr("What is reserved on it is in use, or its own --resources say so.");
    return {};
}

BlastRadius describe(Deed deed, const QList<ObjectRef> &objects, const Replica &replica,
                     const OwnTasks &own)
{
    BlastRadius radius;
    radius.verb = verbOf(deed);
    radius.objects = objects;
    const bool ofTasks = deed == Deed::Kill || deed == Deed::Restart;
    if (!ofTasks) {
        for (const ObjectRef &object : objects)
            radius.objectNames.append(nameOf(object, replica));
    }
    if (ofTasks)
        describeTasks(radius, deed, replica, own);
    else if (deed == Deed::TearDown)
        describeFrameworks(radius, replica);
    else
        describeAgents(radius, deed, replica);
    return radius;
}

} // namespace

QString nameOf(const ObjectRef &object, const Replica &replica)
{
    if (object.kind == Kind::Agent) {
        const AgentRow *agent = replica.agents().find(object.key);
        return agent ? agent->name : object.key;
    }
    if (object.kind == Kind::Framework) {
        const FrameworkRow *framework = replica.frameworks().find(object.key);
        return framework ? framework->name : object.key;
    }
    if (object.kind == Kind::Task) {
        const TaskRow *task = replica.tasks().find(object.key);
        return task ? nameOf(*task) : object.key;
    }
    return object.key;
}

google::protobuf::RepeatedPtrField<mesos::v1::Resource> freeReservations(const ObjectRef &object,
                                                                         const Replica &replica)
{
    mesos::v1::master::Call::UnreserveResources call;
    if (const AgentRow *agent = replica.agents().find(object.key))
        (void)call.ParseFromArray(agent->freeReservations.constData(),
                                  static_cast<int>(agent->freeReservations.size()));
    return call.resources();
}

BlastRadius blastRadius(Deed deed, const QList<ObjectRef> &objects, const Replica &replica,
                        const OwnTasks &own)
{
    QList<ObjectRef> possible;
    QList<BlastRadius::LeftOut> leftOut;
    for (const ObjectRef &object : objects) {
        const QString why = whyNot(deed, object, replica, own);
        if (why.isEmpty())
            possible.append(object);
        else
            leftOut.append({nameOf(object, replica), why});
    }
    BlastRadius radius = describe(deed, possible, replica, own);
    radius.leftOut = std::move(leftOut);
    return radius;
}

BlastRadius blastRadius(Deed deed, const ObjectRef &object, const Replica &replica)
{
    return describe(deed, {object}, replica, {});
}

QString whyNot(Deed deed, const ObjectRef &object, const Replica &replica, const OwnTasks &own)
{
    if (deed == Deed::Kill || deed == Deed::Restart)
        return whyNotTask(deed, replica.tasks().find(object.key), own);
    if (deed == Deed::TearDown) {
        const FrameworkRow *framework = replica.frameworks().find(object.key);
        return !framework || framework->completed ? BlastText::tr("It has ended.") : QString();
    }
    return whyNotAgent(deed, replica.agents().find(object.key));
}

} // namespace meseta::console
