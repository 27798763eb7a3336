#include <QCoreApplication>

#include "gui/model/formats.h"
#include "gui/model/inspection.h"
#include "gui/model/replica.h"
#include "gui/model/row_builders.h"

// A task's life, out of its statuses and the event log.

namespace meseta::console {

namespace {

using Kind = EventRow::Kind;

struct BiographyText
{
    Q_DECLARE_TR_FUNCTIONS(Inspection)
};

/// What the event log knows of how a task came to be; null where it began too late.
struct Origin
{
    const EventRow *offered = nullptr;
    const EventRow *accepted = nullptr;
    const EventRow *added = nullptr;
    const EventRow *removed = nullptr;
};

bool isNewer(const EventRow &a, const EventRow *b)
{
    return !b || a.time > b->time;
}

/// The offer is the newest that this framework accepted of this agent before the task was sent.
Origin originOf(const TaskRow &task, const Replica &replica)
{
    Origin origin;
    replica.events().forEach([&](const EventRow &event) {
        if (event.kind == Kind::TaskAdded && event.taskKey == task.key)
            origin.added = &event;
    });
    if (!origin.added)
        return origin;
    constexpr double same = 0.001; // an accept and its tasks are of one moment
    const auto mine = [&](const EventRow &event) {
        return event.frameworkId == task.frameworkId && event.agentId == task.agentId;
    };
    replica.events().forEach([&](const EventRow &event) {
        if (event.kind != Kind::OfferRemoved || !mine(event)
            || event.state != ::meseta::v1::Event::OfferRemoved::ACCEPTED)
            return;
        if (event.time <= origin.added->time + same && isNewer(event, origin.accepted))
            origin.accepted = &event;
    });
    if (!origin.accepted)
        return origin;
    replica.events().forEach([&](const EventRow &event) {
        if (event.kind == Kind::OfferAdded && mine(event) && event.role == origin.accepted->role
            && event.time <= origin.accepted->time && isNewer(event, origin.offered))
            origin.offered = &event;
    });
    return origin;
}

void addOrigin(QList<BiographyStep> &steps, const TaskRow &task, const Origin &origin)
{
    if (origin.offered)
        steps.append({origin.offered->time,
                      BiographyText::tr("%1 was offered").arg(task.hostname),
                      origin.offered->detail,
                      {Tone::Accent, Sign::Ring}});
    if (origin.accepted) {
        const QString held = origin.offered
            ? BiographyText::tr("after %1")
                  .arg(durationText(origin.accepted->time - origin.offered->time))
            : QString();
        steps.append({origin.accepted->time,
                      BiographyText::tr("%1 accepted the offer").arg(task.frameworkName),
                      held,
                      {Tone::Accent, Sign::Half}});
    }
    if (origin.added)
        steps.append(
            {origin.added->time,
             BiographyText::tr("sent to %1").arg(task.hostname),
             origin.accepted
                 ? QString()
                 : BiographyText::tr("%1 accepted an offer of this agent").arg(task.frameworkName),
             {Tone::Accent, Sign::Dot}});
}

QString originText(const TaskStep &step)
{
    QStringList origin;
    using Status = mesos::v1::TaskStatus;
    if (step.source == Status::SOURCE_MASTER)
        origin << BiographyText::tr("told by the master");
    else if (step.source == Status::SOURCE_AGENT)
        origin << BiographyText::tr("told by the agent");
    else if (step.source == Status::SOURCE_EXECUTOR)
        origin << BiographyText::tr("told by the executor");
    if (step.reason >= 0)
        origin << fromWire(Status::Reason_Name(static_cast<Status::Reason>(step.reason)));
    return origin.join(QStringLiteral(" · "));
}

/// An agent sends an update only once the one before was acknowledged, and a master forgets a task
/// that has ended once its last one was. Source: Mesos task status updates, reliability.
QString acknowledgementText(const TaskRow &task, qsizetype index)
{
    const TaskStep &step = task.steps.at(index);
    if (step.isPull)
        return {};
    if (!step.isNumbered)
        return BiographyText::tr("needs no acknowledgement");
    for (qsizetype later = index + 1; later < task.steps.size(); ++later) {
        if (task.steps.at(later).isNumbered)
            return BiographyText::tr("acknowledged");
    }
    return isTerminal(step.state) && task.removed
        ? BiographyText::tr("acknowledged")
        : BiographyText::tr("sent to %1; that it was acknowledged shows with the next update")
              .arg(task.frameworkName);
}

BiographyStep stepOf(const TaskRow &task, qsizetype index)
{
    const TaskStep &step = task.steps.at(index);
    if (step.isPull)
        return {step.time,
                BiographyText::tr("fetching the image"),
                step.message,
                {Tone::Busy, Sign::Half}};
    QString title = stateText(step.state);
    Look look = stateLook(step.state);
    if (step.healthy >= 0) {
        title = BiographyText::tr("%1, %2").arg(
            title, step.healthy ? BiographyText::tr("healthy") : BiographyText::tr("unhealthy"));
        if (step.healthy == 0)
            look = {Tone::Bad, Sign::Cross};
    }
    QStringList lines;
    QStringList told{originText(step), acknowledgementText(task, index)};
    told.removeAll(QString());
    for (const QString &line : {step.message, told.join(QStringLiteral(" · "))}) {
        if (!line.isEmpty())
            lines << line;
    }
    return {step.time, title, lines.join(QLatin1Char('\n')), look};
}

} // namespace

QList<BiographyStep> biographyOf(const TaskRow &task, const Replica &replica)
{
    QList<BiographyStep> steps;
    addOrigin(steps, task, originOf(task, replica));
    for (qsizetype index = 0; index < task.steps.size(); ++index)
        steps.append(stepOf(task, index));
    if (steps.isEmpty())
        steps.append({task.updated, stateText(task.state), task.message, stateLook(task.state)});
    for (qsizetype i = 0; i + 1 < steps.size(); ++i) {
        if (steps[i].time > 0 && steps[i + 1].time > 0)
            steps[i].seconds = std::max(0.0, steps[i + 1].time - steps[i].time);
    }
    return steps;
}

} // namespace meseta::console
