#pragma once

#include <vector>

#include "common/base/result.h"
#include "common/resources/resources.h"

namespace mesos::v1 {
class Offer_Operation;
}

namespace meseta {

/// Resources that turn into others: what an operation on resources comes down to, for master and
/// agent alike.
struct Conversion
{
    Resources consumed;
    Resources converted;
};

/// What RESERVE, UNRESERVE, CREATE, DESTROY, GROW_VOLUME or SHRINK_VOLUME turns into what.
/// Allocation info is kept as the operation has it. Does not validate; other operations are an
/// error, since only their agent knows the outcome.
Result<std::vector<Conversion>> conversionsOf(const mesos::v1::Offer_Operation &operation);

/// `from` after the conversions, one after the other; an error when it lacks what one of them
/// consumes.
Result<Resources> converted(Resources from, const std::vector<Conversion> &conversions);

} // namespace meseta
