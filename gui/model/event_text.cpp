#include <QCoreApplication>

#include "gui/model/rows.h"
#include "meseta/v1/meseta.pb.h"

namespace meseta::console {

namespace {

using Kind = EventRow::Kind;

struct EventsText
{
    Q_DECLARE_TR_FUNCTIONS(Events)
};

QString withDetail(const QString &sentence, const QString &detail)
{
    return detail.isEmpty() ? sentence : EventsText::tr("%1: %2").arg(sentence, detail);
}

QString offerRemovedText(const EventRow &event)
{
    using Removed = ::meseta::v1::Event::OfferRemoved;
    switch (event.state) {
    case Removed::ACCEPTED:
        return EventsText::tr("%1 accepted an offer of %2");
    case Removed::DECLINED:
        return EventsText::tr("%1 declined an offer of %2");
    case Removed::RESCINDED:
        return EventsText::tr("An offer of %2 was taken back from %1");
    case Removed::TIMED_OUT:
        return EventsText::tr("%1 held an offer of %2 too long; it was taken back");
    case Removed::DISCARDED:
        return EventsText::tr("An offer of %2 went with %1");
    default:
        return EventsText::tr("An offer of %2 to %1 ended");
    }
}

QString agentRemovedText(const EventRow &event)
{
    using Removed = ::meseta::v1::Event::AgentRemoved;
    switch (event.state) {
    case Removed::UNREGISTERED:
        return EventsText::tr("Agent %1 said goodbye");
    case Removed::UNREACHABLE:
        return EventsText::tr("Agent %1 cannot be reached");
    case Removed::GONE:
        return EventsText::tr("Agent %1 was marked as gone");
    case Removed::REPLACED:
        return EventsText::tr("Agent %1 registered anew under another id");
    case Removed::MACHINE_DOWN:
        return EventsText::tr("Agent %1 went down for maintenance");
    default:
        return EventsText::tr("Agent %1 was removed");
    }
}

} // namespace

QString eventKindWord(Kind kind)
{
    switch (kind) {
    case Kind::Connected:
        return QStringLiteral("console.connected");
    case Kind::Lost:
        return QStringLiteral("console.lost");
    case Kind::AgentAdded:
        return QStringLiteral("agent.added");
    case Kind::AgentChanged:
        return QStringLiteral("agent.changed");
    case Kind::AgentRemoved:
        return QStringLiteral("agent.removed");
    case Kind::FrameworkAdded:
        return QStringLiteral("framework.added");
    case Kind::FrameworkUpdated:
        return QStringLiteral("framework.updated");
    case Kind::FrameworkRemoved:
        return QStringLiteral("framework.removed");
    case Kind::TaskAdded:
        return QStringLiteral("task.added");
    case Kind::TaskUpdated:
        return QStringLiteral("task.updated");
    case Kind::TaskRemoved:
        return QStringLiteral("task.removed");
    case Kind::Progress:
        return QStringLiteral("task.progress");
    case Kind::OfferAdded:
        return QStringLiteral("offer.made");
    case Kind::OfferRemoved:
        return QStringLiteral("offer.ended");
    case Kind::LeaderElected:
        return QStringLiteral("leader.elected");
    case Kind::LeaderStepped:
        return QStringLiteral("leader.stepped");
    case Kind::AgentsBack:
        return QStringLiteral("leader.agents_back");
    case Kind::AgentsGivenUp:
        return QStringLiteral("leader.agents_given_up");
    case Kind::AgentBack:
        return QStringLiteral("agent.back");
    case Kind::FrameworkBack:
        return QStringLiteral("framework.back");
    }
    return {};
}

QString eventKindText(Kind kind)
{
    switch (kind) {
    case Kind::Connected:
    case Kind::Lost:
        return EventsText::tr("Connection");
    case Kind::AgentAdded:
    case Kind::AgentChanged:
    case Kind::AgentRemoved:
    case Kind::AgentBack:
        return EventsText::tr("Agent");
    case Kind::FrameworkAdded:
    case Kind::FrameworkUpdated:
    case Kind::FrameworkRemoved:
    case Kind::FrameworkBack:
        return EventsText::tr("Framework");
    case Kind::LeaderElected:
    case Kind::LeaderStepped:
    case Kind::AgentsBack:
    case Kind::AgentsGivenUp:
        return EventsText::tr("Leader");
    case Kind::TaskAdded:
    case Kind::TaskUpdated:
    case Kind::TaskRemoved:
    case Kind::Progress:
        return EventsText::tr("Task");
    case Kind::OfferAdded:
    case Kind::OfferRemoved:
        return EventsText::tr("Offer");
    }
    return {};
}

QString eventText(const EventRow &event)
{
    switch (event.kind) {
    case Kind::Connected:
        return EventsText::tr("Connected to %1").arg(event.subject);
    case Kind::Lost:
        return withDetail(EventsText::tr("Lost %1").arg(event.subject), event.detail);
    case Kind::AgentAdded:
        return EventsText::tr("Agent %1 registered").arg(event.subject);
    case Kind::AgentChanged:
        return EventsText::tr("Agent %1 is %2").arg(event.subject, event.detail);
    case Kind::AgentRemoved:
        return agentRemovedText(event).arg(event.subject);
    case Kind::FrameworkAdded:
        return EventsText::tr("Framework %1 subscribed").arg(event.subject);
    case Kind::FrameworkUpdated:
        return withDetail(EventsText::tr("Framework %1 changed").arg(event.subject), event.detail);
    case Kind::FrameworkRemoved:
        return EventsText::tr("Framework %1 ended").arg(event.subject);
    case Kind::TaskAdded:
        return EventsText::tr("%1 was sent to %2").arg(event.subject, event.hostname);
    case Kind::TaskUpdated:
        return withDetail(
            EventsText::tr("%1 is %2")
                .arg(event.subject, stateText(static_cast<mesos::v1::TaskState>(event.state))),
            event.detail);
    case Kind::TaskRemoved:
        return EventsText::tr("%1 left the master's memory of active tasks").arg(event.subject);
    case Kind::Progress:
        return withDetail(event.subject, event.detail);
    case Kind::OfferAdded:
        return withDetail(EventsText::tr("%1 was offered resources of %2")
                              .arg(event.frameworkName, event.hostname),
                          event.detail);
    case Kind::OfferRemoved:
        return offerRemovedText(event).arg(event.frameworkName, event.hostname);
    case Kind::LeaderElected:
        return event.detail.isEmpty()
            ? EventsText::tr("%1 was elected to lead").arg(event.subject)
            : EventsText::tr("%1 was elected to lead, and read its registry in %2")
                  .arg(event.subject, event.detail);
    case Kind::LeaderStepped:
        return EventsText::tr("%1 leads no more").arg(event.subject);
    case Kind::AgentsBack:
        return EventsText::tr("All %n agent(s) are back %1 after the election", nullptr,
                              event.state)
            .arg(event.detail);
    case Kind::AgentsGivenUp:
        return EventsText::tr("%n agent(s) did not come back in time", nullptr, event.state);
    case Kind::AgentBack:
        return EventsText::tr("Agent %1 registered with the new leader").arg(event.subject);
    case Kind::FrameworkBack:
        return EventsText::tr("Framework %1 subscribed to the new leader").arg(event.subject);
    }
    return {};
}

} // namespace meseta::console
