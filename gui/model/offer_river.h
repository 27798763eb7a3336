#pragma once

#include <vector>

#include <QList>
#include <QString>

namespace meseta::console {

class Replica;

/// What happened to offers over time, step by step, for one framework or role.
struct RiverBand
{
    QString key; ///< framework id or role; empty: all the others together
    QString name;
    std::vector<int> made;
    std::vector<int> held; ///< outstanding at the end of the step
    std::vector<int> accepted;
    std::vector<int> declined;
    std::vector<int> takenBack; ///< rescinded, timed out or discarded
    std::vector<int> hoarded; ///< of those held, longer than `hoardSeconds`
};

struct OfferRiver
{
    double begin = 0; ///< seconds since the epoch
    double end = 0;
    QList<RiverBand> bands; ///< the largest first, the others last

    static constexpr double hoardSeconds = 60;
    static constexpr int mostBands = 6;

    int steps() const { return bands.isEmpty() ? 0 : static_cast<int>(bands[0].made.size()); }
    double timeOf(int step) const { return begin + (end - begin) * (step + 0.5) / steps(); }
};

enum class RiverBy { Framework, Role };

/// What is known of offers at a moment, copied from a replica: to be reckoned with on any thread.
struct OfferLog
{
    struct Offer
    {
        qlonglong number = 0; ///< in the event log; of outstanding ones 0
        double time = 0; ///< when it was made, or ended
        bool made = true;
        int why = 0; ///< it has ended: `meseta.v1` OfferRemoved.Why
        QString agentId, frameworkId, frameworkName, role;
    };
    std::vector<Offer> news; ///< oldest first
    std::vector<Offer> outstanding;
    double now = 0;
};

OfferLog offerLog(const Replica &replica);

/// The last so many seconds before that moment, in so many steps, out of the event log and the
/// outstanding offers. Offers that were made before the log begins count as held since then.
OfferRiver offerRiver(const OfferLog &log, RiverBy by, double seconds, int steps);

} // namespace meseta::console
