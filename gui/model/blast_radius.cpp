#include "gui/model/blast_radius.h"

#include <QCoreApplication>

#include "gui/model/replica.h"

namespace meseta::console {

namespace {

struct BlastText
{
    Q_DECLARE_TR_FUNCTIONS(BlastRadius)
};

template <typename Pick> void touchTasks(BlastRadius &radius, const Replica &replica, Pick pick)
{
    replica.tasks().forEach([&](const TaskRow &task) {
        if (isTerminal(task.state) || !pick(task))
            return;
        radius.tasks.append({ObjectRef::Kind::Task, task.key});
        radius.names.append(task.hostname.isEmpty()
                                ? task.name
                                : BlastText::tr("%1 on %2").arg(task.name, task.hostname));
    });
}

template <typename Pick> void touchOffers(BlastRadius &radius, const Replica &replica, Pick pick)
{
    replica.offers().forEach([&](const OfferRow &offer) {
        if (pick(offer))
            radius.offers.append({ObjectRef::Kind::Offer, offer.id});
    });
}

void killRadius(BlastRadius &radius, const ObjectRef &object, const Replica &replica)
{
    const TaskRow *task = replica.tasks().find(object.key);
    if (!task)
        return;
    radius.question = BlastText::tr("Kill %1?").arg(task->name);
    radius.consequence = BlastText::tr("Its container on %1 is stopped.").arg(task->hostname);
    touchTasks(radius, replica, [&](const TaskRow &row) { return row.key == object.key; });
}

void tearDownRadius(BlastRadius &radius, const ObjectRef &object, const Replica &replica)
{
    const FrameworkRow *framework = replica.frameworks().find(object.key);
    const auto mine = [&](const auto &row) { return row.frameworkId == object.key; };
    touchTasks(radius, replica, mine);
    touchOffers(radius, replica, mine);
    radius.question = BlastText::tr("Tear down %1?").arg(framework ? framework->name : object.key);
    radius.consequence = BlastText::tr("The framework is removed for good, and all its tasks and "
                                       "executors are killed.");
}

void agentRadius(BlastRadius &radius, Deed deed, const ObjectRef &object, const Replica &replica)
{
    const AgentRow *agent = replica.agents().find(object.key);
    const QString name = agent ? agent->name : object.key;
    const auto here = [&](const auto &row) { return row.agentId == object.key; };
    switch (deed) {
    case Deed::Deactivate:
        touchOffers(radius, replica, here);
        radius.question = BlastText::tr("Deactivate %1?").arg(name);
        radius.consequence = BlastText::tr("Nothing of it is offered any more. Its tasks run on.");
        radius.undo = BlastText::tr("Reactivate");
        break;
    case Deed::Drain:
        touchOffers(radius, replica, here);
        touchTasks(radius, replica, here);
        radius.question = BlastText::tr("Drain %1?").arg(name);
        radius.consequence =
            BlastText::tr("Nothing of it is offered any more, and its tasks are "
                          "killed, so that their frameworks start them elsewhere.");
        break;
    default:
        radius.question = BlastText::tr("Reactivate %1?").arg(name);
        radius.consequence = BlastText::tr("Its free resources are offered again.");
        radius.undo = BlastText::tr("Deactivate");
        break;
    }
}

QString verbOf(Deed deed)
{
    switch (deed) {
    case Deed::Kill:
        return BlastText::tr("Kill");
    case Deed::TearDown:
        return BlastText::tr("Tear down");
    case Deed::Deactivate:
        return BlastText::tr("Deactivate");
    case Deed::Reactivate:
        return BlastText::tr("Reactivate");
    case Deed::Drain:
        return BlastText::tr("Drain");
    }
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
    return {};
}

} // namespace

BlastRadius blastRadius(Deed deed, const ObjectRef &object, const Replica &replica)
{
    BlastRadius radius;
    radius.verb = verbOf(deed);
    if (deed == Deed::Kill)
        killRadius(radius, object, replica);
    else if (deed == Deed::TearDown)
        tearDownRadius(radius, object, replica);
    else
        agentRadius(radius, deed, object, replica);
    return radius;
}

QString whyNot(Deed deed, const ObjectRef &object, const Replica &replica,
               const QString &ownFramework)
{
    if (deed == Deed::Kill) {
        const TaskRow *task = replica.tasks().find(object.key);
        if (!task || isTerminal(task->state))
            return BlastText::tr("It has ended.");
        if (task->frameworkId != ownFramework)
            return BlastText::tr("It belongs to another framework (%1); only that one can kill it.")
                .arg(task->frameworkName);
        return {};
    }
    if (deed == Deed::TearDown) {
        const FrameworkRow *framework = replica.frameworks().find(object.key);
        return !framework || framework->completed ? BlastText::tr("It has ended.") : QString();
    }
    return whyNotAgent(deed, replica.agents().find(object.key));
}

} // namespace meseta::console
