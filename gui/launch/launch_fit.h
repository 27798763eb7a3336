#pragma once

#include <QHash>
#include <QSet>

#include "gui/launch/launch_request.h"
#include "gui/model/rows.h"

namespace meseta::console {

/// Where a launch might go: what an agent, or an offer of it, has to give.
struct Place
{
    QString agentId;
    QString hostname;
    Amounts free;
    Amounts total; ///< what it has when nothing else runs; of an offer: as `free`
    QHash<QString, QString> attributes; ///< "hostname" is one of them
    bool usable = true; ///< connected, not drained or deactivated
};

Place placeOf(const AgentRow &agent);
Place placeOf(const OfferRow &offer, const AgentRow *agent);
Place placeOf(const mesos::v1::Offer &offer);

/// Whether a request could be launched at a place, and why not: what a drop on it would meet.
struct Fit
{
    enum class Verdict {
        Now, ///< it has the room
        Later, ///< it has what is asked for, but not free
        Never
    };
    Verdict verdict = Verdict::Now;
    QStringList reasons; ///< in words with figures; empty for Now
};

/// The values that instances of one launch have taken of "one per value" attributes.
using TakenValues = QHash<QString, QSet<QString>>;

Fit fit(const LaunchRequest &request, const Place &place, const TakenValues &taken = {});

/// Whether an offer covers one instance of the request: the same rules, and the very resources.
bool fits(const LaunchRequest &request, const mesos::v1::Offer &offer,
          const TakenValues &taken = {});

/// Notes the values that an instance at this place takes.
void take(const LaunchRequest &request, const Place &place, TakenValues &taken);

} // namespace meseta::console
