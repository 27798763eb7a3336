#pragma once

#include <optional>

#include <QList>
#include <QString>

#include "gui/model/look.h"

namespace meseta::console {

/// What a failover now would depend on, as far as the console knows it.
struct FailoverFacts
{
    struct Standby
    {
        QString address;
        QString version;
        std::optional<bool> healthy; ///< its answer to /health; nothing: not asked yet
    };

    bool flagsKnown = false; ///< the two below
    bool usesZooKeeper = false;
    bool registryKept = false; ///< outlasts the leader
    bool contendersKnown = false;
    QList<Standby> standbys; ///< the contenders but for the leader
    QString leaderVersion;
    int servers = 0; ///< of the ensemble
    int serversReached = 0;
    int agents = 0;
    int agentsAway = 0; ///< not active: they would be awaited in vain
    int frameworks = 0;
    QStringList frameworksWithoutTimeout; ///< names of those that end with their connection
    double sessionSeconds = 0; ///< of the leader's session in ZooKeeper; 0: not known
    double lastReturnSeconds = 0; ///< from the last election until all agents were back; 0: unknown
};

/// One question of a rehearsal, with its answer.
struct FailoverAnswer
{
    Look look; ///< Good, Busy (it would work, but), Bad (it would not), Muted (not known)
    QString question;
    QString text;
};

QList<FailoverAnswer> checkFailover(const FailoverFacts &facts);

/// The sum of it, in a sentence.
FailoverAnswer failoverVerdict(const QList<FailoverAnswer> &answers);

} // namespace meseta::console
