#pragma once

#include <optional>
#include <string>
#include <vector>

#include <QByteArray>

#include "meseta/v1/meseta.pb.h"
#include "mesos/internal/registry.pb.h"
#include "mesos/v1/quota/quota.pb.h"

namespace meseta::master {

class Cluster;
struct MasterFacts;

// The JSON of the master's GET endpoints, made at each request from the cluster as it is. Shapes as
// recorded from Mesos.

QByteArray stateDocument(const Cluster &cluster, const MasterFacts &master);
QByteArray stateSummaryDocument(const Cluster &cluster, const MasterFacts &master);

/// /slaves; of one agent only when `agentId` is given.
QByteArray slavesDocument(const Cluster &cluster, const std::optional<std::string> &agentId);

/// /frameworks; of one framework only when `frameworkId` is given.
QByteArray frameworksDocument(const Cluster &cluster,
                              const std::optional<std::string> &frameworkId);

/// The query of /tasks.
struct TasksQuery
{
    std::optional<std::string> frameworkId;
    std::optional<std::string> taskId;
    std::int64_t limit = 100; ///< negative: all
    std::int64_t offset = 0;
    bool ascending = false; ///< by the time of the first status
};
QByteArray tasksDocument(const Cluster &cluster, const TasksQuery &query);

QByteArray rolesDocument(const Cluster &cluster);
QByteArray quotaDocument(const Cluster &cluster);
QByteArray weightsDocument(const Cluster &cluster);

QByteArray registryDocument(const mesos::internal::Registry &registry);

/// Which agents each framework's offer constraints keep out, by the newest decisions of the
/// allocator.
QByteArray offerConstraintsDocument(const Cluster &cluster,
                                    const std::vector<::meseta::v1::OfferDecision> &decisions);

/// Guarantees and limits of all roles, in the old form and the new. Source: Mesos quota, GET_QUOTA.
mesos::v1::quota::QuotaStatus quotaStatus(const Cluster &cluster);

} // namespace meseta::master
