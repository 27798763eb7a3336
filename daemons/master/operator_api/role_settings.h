#pragma once

#include <google/protobuf/repeated_ptr_field.h>

#include "daemons/master/operator_api/operator_writes.h"
#include "mesos/v1/cluster.pb.h"
#include "mesos/v1/quota/quota.pb.h"

namespace meseta::master {

struct Core;

/// UPDATE_WEIGHTS, PUT /weights: sets the weights of roles. When one of them has frameworks, all
/// outstanding offers are taken back, for they were made by the old weights. Source: Mesos weights.
void updateWeights(Core &core,
                   const google::protobuf::RepeatedPtrField<mesos::v1::WeightInfo> &weights,
                   const Written &written);

/// UPDATE_QUOTA: sets guarantees and limits of roles; a role without both has no quota any more.
/// Without `force` no limit may lie below what the role consumes, and guarantees must fit the
/// cluster. Offers are taken back so that the next ones keep to it. All or nothing. Source: Mesos
/// quota.
void updateQuota(Core &core,
                 const google::protobuf::RepeatedPtrField<mesos::v1::quota::QuotaConfig> &configs,
                 bool force, const Written &written);

/// SET_QUOTA, POST /quota: a guarantee, and a limit of the same amounts, for a role that has none
/// yet; guarantees beyond what the cluster has are a conflict unless forced.
void setQuota(Core &core, const mesos::v1::quota::QuotaRequest &request, const Written &written);

/// REMOVE_QUOTA, DELETE /quota/<role>.
void removeQuota(Core &core, const std::string &role, const Written &written);

} // namespace meseta::master
