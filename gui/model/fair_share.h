#pragma once

#include <QList>
#include <QString>

#include "common/base/result.h"
#include "gui/model/rows.h"

namespace meseta::console {

class Replica;

/// A role in a question of "what if": how it weighs, what its tasks are like, how many it wants.
struct FairShareRole
{
    QString name;
    double weight = 1;
    Amounts task; ///< what one of its tasks takes
    int most = 0; ///< tasks that it wants at most; 0: as many as it can get
    Amounts guarantee; ///< of its quota; 0 of a kind: none
    Amounts limit = unlimited; ///< of its quota; below 0 of a kind: none

    static inline const Amounts unlimited{-1, -1, -1, -1, {}};
    bool isMadeUp = false; ///< not in the cluster
    double shareNow = 0; ///< dominant, 0 to 1, as it is
};

struct FairShareOutcome
{
    QString name;
    int tasks = 0;
    Amounts given;
    double share = 0; ///< dominant, 0 to 1
};

/// Amounts as a person types and reads them: "cpus:2 mem:1.5GiB disk:10GiB gpus:1", memory and disk
/// in MiB without a unit. Kinds that are not named are `otherwise`. Fails on what is no amount.
Result<Amounts> parseAmounts(const QString &text, double otherwise = 0);
QString typedAmounts(const Amounts &amounts, double otherwise = 0); ///< what `parseAmounts` reads

/// The roles of a cluster as they are: weights, quotas, tasks of their mean size, wanting as many
/// as they can get.
QList<FairShareRole> rolesAsTheyAre(const Replica &replica);

/// What each role would hold at the end, were the cluster empty and every role filled up again task
/// by task: the master's own allocator decides each time whose turn it is (hierarchical weighted
/// DRF, quotas). The cluster is taken as one large agent, so that no resource is lost to
/// fragments. Tasks are gathered when there would be more than some thousands.
QList<FairShareOutcome> fairShares(const Amounts &total, const QList<FairShareRole> &roles);

} // namespace meseta::console
