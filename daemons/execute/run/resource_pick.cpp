#include "daemons/execute/run/resource_pick.h"

#include <algorithm>
#include <array>

namespace meseta::execute {

namespace {

using mesos::v1::Resource;

bool isDedicatedDisk(const Resource &resource)
{
    return resource.has_disk()
        && (resource.disk().has_source() || resource.disk().has_persistence());
}

/// Takes up to `milli` thousandths of a scalar out of `pool`; returns what is still missing.
std::int64_t takeScalar(const std::string &name, std::int64_t milli, Resources &pool,
                        Resources &picked)
{
    for (const Resource &item : pool.named(name).proto()) {
        if (milli == 0)
            break;
        if (item.type() != mesos::v1::Value::SCALAR || isDedicatedDisk(item))
            continue;
        const std::int64_t taken = std::min(milli, toMilli(item.scalar().value()));
        Resource piece = item;
        piece.mutable_scalar()->set_value(fromMilli(taken));
        picked += Resources(piece);
        pool -= Resources(piece);
        milli -= taken;
    }
    return milli;
}

/// Takes ranges or a set whole out of `pool`, in the reservation they have there.
bool takeWhole(const Resource &wanted, Resources &pool, Resources &picked)
{
    for (const Resource &item : pool.named(wanted.name()).proto()) {
        Resource piece = wanted;
        *piece.mutable_reservations() = item.reservations();
        if (!pool.contains(Resources(piece)))
            continue;
        picked += Resources(piece);
        pool -= Resources(piece);
        return true;
    }
    return false;
}

} // namespace

std::optional<Resources> pickResources(const Resources &offered, const Resources &wanted,
                                       const std::string &role)
{
    const Resources available = offered.unallocated().nonRevocable().nonShared();
    std::array<Resources, 2> pools{role == "*" ? Resources() : available.reservedTo(role),
                                   available.unreserved()};
    Resources picked;
    for (const Resource &item : wanted.proto()) {
        if (item.reservations_size() > 0) { // asked for as it is: it is there or it is not
            if (!available.contains(Resources(item)))
                return std::nullopt;
            picked += Resources(item);
            continue;
        }
        if (item.type() == mesos::v1::Value::SCALAR) {
            std::int64_t missing = toMilli(item.scalar().value());
            for (Resources &pool : pools)
                missing = takeScalar(item.name(), missing, pool, picked);
            if (missing > 0)
                return std::nullopt;
        } else if (!takeWhole(item, pools[0], picked) && !takeWhole(item, pools[1], picked)) {
            return std::nullopt;
        }
    }
    return picked;
}

} // namespace meseta::execute
