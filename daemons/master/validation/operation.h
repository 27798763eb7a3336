#pragma once

#include "daemons/master/validation/validation.h"
#include "mesos/v1/task.pb.h"

/// The operations one by one. Internal to this room.
namespace meseta::master::operations {

using mesos::v1::Offer_Operation;

Result<> validateReserve(const Offer_Operation::Reserve &reserve, const OperationContext &context);
Result<> validateUnreserve(const Offer_Operation::Unreserve &unreserve);
Result<> validateCreate(const Offer_Operation::Create &create, const OperationContext &context);
Result<> validateDestroy(const Offer_Operation::Destroy &destroy, const OperationContext &context);
Result<> validateGrow(const Offer_Operation::GrowVolume &grow, const OperationContext &context);
Result<> validateShrink(const Offer_Operation::ShrinkVolume &shrink,
                        const OperationContext &context);
Result<> validateCreateDisk(const Offer_Operation::CreateDisk &create);
Result<> validateDestroyDisk(const Offer_Operation::DestroyDisk &destroy);

/// A reservation that an older agent could not hold.
Result<> validateForAgent(const mesos::v1::Resource &resource,
                          const std::set<std::string> &agentCapabilities);

} // namespace meseta::master::operations
