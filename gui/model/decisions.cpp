#include "gui/model/decisions.h"

#include <QCoreApplication>
#include <QMap>

#include "gui/model/formats.h"
#include "gui/model/replica.h"

namespace meseta::console {

namespace {

using Decision = ::meseta::v1::OfferDecision;

struct DecisionsText
{
    Q_DECLARE_TR_FUNCTIONS(Decisions)
};

struct Gate
{
    Decision::Gate gate;
    const char *passed; ///< what holds when it lets a pair through
    const char *stopped; ///< why it does not
};

// In the order in which the allocator asks them.
constexpr Gate gates[] = {
    {Decision::AGENT_INACTIVE, QT_TRANSLATE_NOOP("Decisions", "The agent takes tasks"),
     QT_TRANSLATE_NOOP("Decisions", "The agent is disconnected, deactivated or draining")},
    {Decision::AGENT_NOT_WHITELISTED,
     QT_TRANSLATE_NOOP("Decisions", "The agent is on the whitelist"),
     QT_TRANSLATE_NOOP("Decisions", "The agent is not on the master's whitelist")},
    {Decision::FRAMEWORK_INACTIVE, QT_TRANSLATE_NOOP("Decisions", "The framework is connected"),
     QT_TRANSLATE_NOOP("Decisions", "The framework is not connected")},
    {Decision::ROLE_SUPPRESSED, QT_TRANSLATE_NOOP("Decisions", "The framework wants offers"),
     QT_TRANSLATE_NOOP("Decisions", "The framework has suppressed offers for this role")},
    {Decision::CAPABILITY_MISSING,
     QT_TRANSLATE_NOOP("Decisions", "The framework understands what the agent has"),
     QT_TRANSLATE_NOOP("Decisions", "The framework lacks a capability that this agent asks for")},
    {Decision::OFFER_CONSTRAINTS,
     QT_TRANSLATE_NOOP("Decisions", "The agent fits the framework's constraints"),
     QT_TRANSLATE_NOOP("Decisions", "The framework's constraints exclude this agent")},
    {Decision::QUOTA, QT_TRANSLATE_NOOP("Decisions", "Quota leaves room"),
     QT_TRANSLATE_NOOP("Decisions", "Quota leaves no room for this role")},
    {Decision::NOTHING_LEFT, QT_TRANSLATE_NOOP("Decisions", "The agent has free resources"),
     QT_TRANSLATE_NOOP("Decisions", "The agent has nothing free for this role")},
    {Decision::BELOW_MINIMUM,
     QT_TRANSLATE_NOOP("Decisions", "What is free is enough to be offered"),
     QT_TRANSLATE_NOOP("Decisions", "What is free is less than the smallest offer allowed")},
    {Decision::FILTER, QT_TRANSLATE_NOOP("Decisions", "No earlier refusal is in force"),
     QT_TRANSLATE_NOOP("Decisions",
                       "The framework refused this agent before, and its refusal lasts")},
    {Decision::RECOVERY_PAUSE,
     QT_TRANSLATE_NOOP("Decisions", "The master is not waiting for agents to come back"),
     QT_TRANSLATE_NOOP("Decisions", "The master has just taken over and waits for its agents")},
};

QString detailOf(const Decision &decision)
{
    QString detail = QString::fromStdString(decision.detail());
    if (decision.has_filter_expires() && decision.filter_expires() > decision.time()) {
        const QString until =
            DecisionsText::tr("until %1").arg(timeText(decision.filter_expires()));
        detail = detail.isEmpty() ? until : detail + QStringLiteral(" · ") + until;
    }
    return detail;
}

} // namespace

DecisionLadder ladderOf(const Decision &decision, const Replica &replica)
{
    DecisionLadder ladder;
    ladder.frameworkId = QString::fromStdString(decision.framework_id().value());
    ladder.agentId = QString::fromStdString(decision.agent_id().value());
    const FrameworkRow *framework = replica.frameworks().find(ladder.frameworkId);
    const AgentRow *agent = replica.agents().find(ladder.agentId);
    ladder.framework = framework ? framework->name : ladder.frameworkId;
    ladder.agent = agent ? agent->name : ladder.agentId;
    ladder.role = QString::fromStdString(decision.role());
    ladder.time = decision.time();
    ladder.offered = decision.gate() == Decision::OFFERED;
    bool asked = true;
    for (const Gate &gate : gates) {
        GateStep step;
        step.gate = gate.gate;
        const bool stops = decision.gate() == gate.gate;
        step.title = DecisionsText::tr(stops ? gate.stopped : gate.passed);
        step.answer = stops ? GateStep::Answer::Stopped
            : asked         ? GateStep::Answer::Passed
                            : GateStep::Answer::NotAsked;
        if (stops) {
            step.detail = detailOf(decision);
            ladder.verdict = step.title;
            asked = false;
        }
        ladder.steps.append(step);
    }
    if (ladder.offered)
        ladder.verdict = DecisionsText::tr("It was offered");
    return ladder;
}

QList<GateCount> countGates(const QList<DecisionLadder> &ladders)
{
    QMap<int, GateCount> counts;
    for (const DecisionLadder &ladder : ladders) {
        int gate = 0;
        for (const GateStep &step : ladder.steps) {
            if (step.answer == GateStep::Answer::Stopped)
                gate = step.gate;
        }
        GateCount &count = counts[gate];
        count.title = ladder.verdict;
        count.look = ladder.offered ? Look{Tone::Good, Sign::Check} : Look{Tone::Bad, Sign::Cross};
        ++count.pairs;
    }
    return counts.values();
}

} // namespace meseta::console
