#pragma once

#include <google/protobuf/repeated_ptr_field.h>

#include "common/base/result.h"
#include "mesos/v1/cluster.pb.h"
#include "mesos/v1/quota/quota.pb.h"

namespace meseta::master {

struct Core;

/// UPDATE_WEIGHTS, PUT /weights: sets the weights of roles. When one of them has frameworks, all
/// outstanding offers are taken back, for they were made by the old weights. The error is the text
/// of a 400. Source: Mesos weights.
Result<> updateWeights(Core &core,
                       const google::protobuf::RepeatedPtrField<mesos::v1::WeightInfo> &weights);

/// UPDATE_QUOTA: sets guarantees and limits of roles; a role without both has no quota any more.
/// Without `force` no limit may lie below what the role consumes, and guarantees must fit the
/// cluster. Offers are taken back so that the next ones keep to it. All or nothing. The error is
/// the text of a 400. Source: Mesos quota.
Result<>
updateQuota(Core &core,
            const google::protobuf::RepeatedPtrField<mesos::v1::quota::QuotaConfig> &configs,
            bool force);

} // namespace meseta::master
