#include "gui/session/deed_runner.h"

#include <QPointer>

#include "gui/model/formats.h"
#include "gui/session/cluster.h"

namespace meseta::console {

namespace {

using MesosCall = mesos::v1::master::Call;

constexpr int callsAtOnce = 4;

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
    case Deed::Unreserve:
        break; // says what
    case Deed::Kill:
    case Deed::Restart:
        break; // a framework's calls, not an operator's
    }
    return call;
}

QString doneText(Deed deed, const QString &name, int count)
{
    const bool one = count == 1;
    switch (deed) {
    case Deed::Kill:
        return one ? DeedRunner::tr("%1 is being killed.").arg(name)
                   : DeedRunner::tr("%n task(s) are being killed.", nullptr, count);
    case Deed::Restart:
        return one ? DeedRunner::tr("%1 is being restarted.").arg(name)
                   : DeedRunner::tr("%n task(s) are being restarted.", nullptr, count);
    case Deed::TearDown:
        return one ? DeedRunner::tr("%1 was torn down.").arg(name)
                   : DeedRunner::tr("%n framework(s) were torn down.", nullptr, count);
    case Deed::Deactivate:
        return one ? DeedRunner::tr("%1 is deactivated.").arg(name)
                   : DeedRunner::tr("%n agent(s) are deactivated.", nullptr, count);
    case Deed::Reactivate:
        return one ? DeedRunner::tr("%1 is active again.").arg(name)
                   : DeedRunner::tr("%n agent(s) are active again.", nullptr, count);
    case Deed::Unreserve:
        return one
            ? DeedRunner::tr("What was free of the reservations on %1 is unreserved.").arg(name)
            : DeedRunner::tr("What was free of the reservations on %n agent(s) is "
                             "unreserved.",
                             nullptr, count);
    case Deed::Drain:
        return one ? DeedRunner::tr("%1 is being drained.").arg(name)
                   : DeedRunner::tr("%n agent(s) are being drained.", nullptr, count);
    }
    return {};
}

} // namespace

/// One deed to many objects: a few calls at a time, one answer for all.
struct DeedRunner::Batch
{
    using Resources = google::protobuf::RepeatedPtrField<mesos::v1::Resource>;

    MesosCall callFor(const ObjectRef &object) const;

    Deed deed;
    BlastRadius radius;
    QHash<QString, Resources> reservations; ///< by agent, that are given back
    qsizetype next = 0;
    qsizetype answered = 0;
    QList<ObjectRef> done;
    QString firstName; ///< of those done
    int refused = 0;
    QString firstRefused;
    QString firstProblem;
};

MesosCall DeedRunner::Batch::callFor(const ObjectRef &object) const
{
    if (deed != Deed::Unreserve)
        return console::callFor(deed, object);
    MesosCall call;
    call.set_type(MesosCall::UNRESERVE_RESOURCES);
    call.mutable_unreserve_resources()->mutable_agent_id()->set_value(object.key.toStdString());
    *call.mutable_unreserve_resources()->mutable_resources() = reservations.value(object.key);
    return call;
}

DeedRunner::DeedRunner(Cluster &cluster, QObject *parent) : QObject(parent), m_cluster(cluster)
{
    connect(&cluster.replica(), &Replica::flushed, this, &DeedRunner::watchDrains);
}

QString DeedRunner::closed() const
{
    if (m_cluster.isRecording())
        return tr("This is a recording.");
    if (m_cluster.isReadOnly())
        return tr("This connection is read-only.");
    if (m_cluster.session().state() != MasterSession::State::Live)
        return tr("The master is not connected.");
    return {};
}

OwnTasks DeedRunner::ownTasks() const
{
    const LaunchFramework &launcher = m_cluster.launcher();
    return {launcher.frameworkId(), [&launcher](const QString &id) { return launcher.knows(id); }};
}

QString DeedRunner::whyNot(Deed deed, const ObjectRef &object) const
{
    const QString reason = closed();
    return reason.isEmpty() ? console::whyNot(deed, object, m_cluster.replica(), ownTasks())
                            : reason;
}

QString DeedRunner::whyNot(Deed deed, const QList<ObjectRef> &objects) const
{
    QString first;
    for (const ObjectRef &object : objects) {
        const QString reason = whyNot(deed, object);
        if (reason.isEmpty())
            return {};
        if (first.isEmpty())
            first = reason;
    }
    return first;
}

BlastRadius DeedRunner::radius(Deed deed, const QList<ObjectRef> &objects) const
{
    return blastRadius(deed, objects, m_cluster.replica(), ownTasks());
}

void DeedRunner::run(Deed deed, const QList<ObjectRef> &objects)
{
    if (const QString reason = closed(); !reason.isEmpty()) {
        Q_EMIT told(Tone::Busy, reason, {}, {});
        return;
    }
    const BlastRadius now = radius(deed, objects); // some may have ended while it was asked
    if (now.objects.isEmpty()) {
        if (!now.leftOut.isEmpty())
            Q_EMIT told(Tone::Busy,
                        tr("%1: %2").arg(now.leftOut.first().name, now.leftOut.first().why), {},
                        {});
        return;
    }
    if (deed == Deed::Kill || deed == Deed::Restart)
        return runTasks(deed, now);
    const auto batch = std::make_shared<Batch>();
    batch->deed = deed;
    batch->radius = now;
    if (deed == Deed::Unreserve) {
        for (const ObjectRef &object : now.objects)
            batch->reservations.insert(object.key, freeReservations(object, m_cluster.replica()));
    }
    for (int i = 0; i < callsAtOnce; ++i)
        sendNext(batch);
}

void DeedRunner::runTasks(Deed deed, const BlastRadius &radius)
{
    LaunchFramework &launcher = m_cluster.launcher();
    QStringList ids;
    for (const ObjectRef &object : radius.objects) {
        if (const TaskRow *task = m_cluster.replica().tasks().find(object.key))
            ids << task->id;
    }
    for (const QString &id : std::as_const(ids)) {
        if (deed == Deed::Restart)
            launcher.restart(id);
        else
            launcher.cancel(id);
    }
    const QPointer<DeedRunner> self(this);
    Q_EMIT told(
        Tone::Neutral, doneText(deed, radius.names.value(0), static_cast<int>(ids.size())),
        radius.undo, radius.undo.isEmpty() ? Undo() : [self, ids] {
            for (const QString &id : ids) {
                if (self)
                    self->m_cluster.launcher().launchAgain(id);
            }
        });
}

bool DeedRunner::launchAgain(const ObjectRef &object)
{
    const TaskRow *task = m_cluster.replica().tasks().find(object.key);
    return task && closed().isEmpty() && m_cluster.launcher().launchAgain(task->id);
}

void DeedRunner::sendNext(const std::shared_ptr<Batch> &batch)
{
    if (batch->next == batch->radius.objects.size())
        return;
    const qsizetype index = batch->next++;
    const QPointer<DeedRunner> self(this);
    m_cluster.session().call(
        batch->callFor(batch->radius.objects.at(index)),
        [self, batch, index](Result<mesos::v1::master::Response> answer) {
            if (!self)
                return;
            const QString name = batch->radius.objectNames.value(index);
            if (answer) {
                if (batch->done.isEmpty())
                    batch->firstName = name;
                batch->done.append(batch->radius.objects.at(index));
                if (batch->deed == Deed::Drain)
                    self->m_draining.insert(batch->radius.objects.at(index).key);
            } else if (++batch->refused == 1) {
                batch->firstRefused = name;
                batch->firstProblem = QString::fromStdString(answer.error().message);
            }
            if (++batch->answered == batch->radius.objects.size())
                self->finish(*batch);
            else
                self->sendNext(batch);
        });
}

void DeedRunner::finish(const Batch &batch)
{
    QStringList parts;
    if (!batch.done.isEmpty())
        parts << doneText(batch.deed, batch.firstName, static_cast<int>(batch.done.size()));
    if (batch.refused == 1)
        parts << tr("%1 was refused for %2: %3")
                     .arg(batch.radius.verb, batch.firstRefused, batch.firstProblem);
    else if (batch.refused > 1)
        parts << tr("%1 was refused %n time(s), first for %2: %3", nullptr, batch.refused)
                     .arg(batch.radius.verb, batch.firstRefused, batch.firstProblem);
    const bool undoable = !batch.radius.undo.isEmpty() && !batch.done.isEmpty();
    Q_EMIT told(batch.refused > 0 ? Tone::Bad : Tone::Good, parts.join(QLatin1Char(' ')),
                undoable ? batch.radius.undo : QString(), undoable ? wayBack(batch) : Undo());
}

DeedRunner::Undo DeedRunner::wayBack(const Batch &batch)
{
    const QPointer<DeedRunner> self(this);
    if (batch.deed == Deed::Unreserve)
        return [self, batch] {
            if (self)
                self->reserveAgain(batch);
        };
    const Deed back = batch.deed == Deed::Deactivate ? Deed::Reactivate : Deed::Deactivate;
    return [self, back, done = batch.done] {
        if (self)
            self->run(back, done);
    };
}

void DeedRunner::reserveAgain(const Batch &batch)
{
    const QPointer<DeedRunner> self(this);
    for (const ObjectRef &agent : batch.done) {
        MesosCall call;
        call.set_type(MesosCall::RESERVE_RESOURCES);
        call.mutable_reserve_resources()->mutable_agent_id()->set_value(agent.key.toStdString());
        *call.mutable_reserve_resources()->mutable_resources() =
            batch.reservations.value(agent.key);
        m_cluster.session().call(call, [self, agent](const auto &answer) {
            if (!self)
                return;
            const QString name = nameOf(agent, self->m_cluster.replica());
            if (answer)
                Q_EMIT self->told(Tone::Good, tr("Reserved on %1 again.").arg(name), {}, {});
            else
                Q_EMIT self->told(Tone::Bad,
                                  tr("It could not be reserved on %1 again: %2")
                                      .arg(name, QString::fromStdString(answer.error().message)),
                                  {}, {});
        });
    }
}

/// Draining takes a while; its way back is offered when it is over.
void DeedRunner::watchDrains()
{
    QList<ObjectRef> drained;
    for (const QString &id : std::as_const(m_draining)) {
        const AgentRow *agent = m_cluster.replica().agents().find(id);
        if (agent && agent->drain == QLatin1String("drained"))
            drained.append({ObjectRef::Kind::Agent, id});
    }
    if (drained.isEmpty())
        return;
    for (const ObjectRef &agent : std::as_const(drained))
        m_draining.remove(agent.key);
    const int count = static_cast<int>(drained.size());
    const QPointer<DeedRunner> self(this);
    Q_EMIT told(Tone::Good,
                count == 1 ? tr("%1 is drained.").arg(nameOf(drained.first(), m_cluster.replica()))
                           : tr("%n agent(s) are drained.", nullptr, count),
                tr("Reactivate"), [self, drained] {
                    if (self)
                        self->run(Deed::Reactivate, drained);
                });
}

} // namespace meseta::console
