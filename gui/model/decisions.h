#pragma once

#include <QList>
#include <QString>

#include "gui/model/look.h"
#include "meseta/v1/meseta.pb.h"

namespace meseta::console {

class Replica;

/// One gate between free resources and an offer, for a framework and an agent.
struct GateStep
{
    enum class Answer { Passed, Stopped, NotAsked };

    ::meseta::v1::OfferDecision::Gate gate = ::meseta::v1::OfferDecision::OFFERED;
    QString title; ///< "The agent takes tasks"
    Answer answer = Answer::NotAsked;
    QString detail; ///< the numbers, of the one that stopped it
};

/// What the allocator decided of one framework, role and agent, as a ladder of gates: those that
/// let it through, the first that did not, and those that were not asked any more.
struct DecisionLadder
{
    QString frameworkId;
    QString framework;
    QString agentId;
    QString agent;
    QString role;
    double time = 0; ///< of that run of the allocator; seconds since the epoch
    bool offered = false; ///< every gate let it through
    QString verdict; ///< one sentence
    QList<GateStep> steps;
};

DecisionLadder ladderOf(const ::meseta::v1::OfferDecision &decision, const Replica &replica);

/// How many pairs each gate stopped, in the order of the gates; those that stopped none are left
/// out.
struct GateCount
{
    QString title;
    int pairs = 0;
    Look look;
};
QList<GateCount> countGates(const QList<DecisionLadder> &ladders);

} // namespace meseta::console
