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

/// The last so many seconds before the replica's moment, in so many steps, out of its event log and
/// its outstanding offers. Offers that were made before the log begins count as held since then.
OfferRiver offerRiver(const Replica &replica, RiverBy by, double seconds, int steps);

} // namespace meseta::console
