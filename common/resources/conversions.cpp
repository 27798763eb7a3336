#include "common/resources/conversions.h"

#include "mesos/v1/task.pb.h"

namespace meseta {

namespace {

using mesos::v1::Resource;
using Operation = mesos::v1::Offer::Operation;

std::vector<Conversion> reserve(const Operation::Reserve &operation)
{
    if (operation.source_size() > 0)
        return {{Resources(operation.source()), Resources(operation.resources())}};
    std::vector<Conversion> result;
    for (const Resource &resource : operation.resources())
        result.push_back({Resources(resource).popReservation(), Resources(resource)});
    return result;
}

std::vector<Conversion> unreserve(const Operation::Unreserve &operation)
{
    std::vector<Conversion> result;
    for (const Resource &resource : operation.resources())
        result.push_back({Resources(resource), Resources(resource).popReservation()});
    return result;
}

std::vector<Conversion> create(const Operation::Create &operation)
{
    std::vector<Conversion> result;
    for (const Resource &volume : operation.volumes())
        result.push_back({Resources(volume).withoutVolumes(), Resources(volume)});
    return result;
}

std::vector<Conversion> destroy(const Operation::Destroy &operation)
{
    std::vector<Conversion> result;
    for (const Resource &volume : operation.volumes())
        result.push_back({Resources(volume), Resources(volume).withoutVolumes()});
    return result;
}

Resource resized(Resource volume, std::int64_t milli)
{
    volume.mutable_scalar()->set_value(fromMilli(toMilli(volume.scalar().value()) + milli));
    return volume;
}

Conversion grow(const Operation::GrowVolume &operation)
{
    const std::int64_t more = toMilli(operation.addition().scalar().value());
    return {Resources(operation.volume()) + Resources(operation.addition()),
            Resources(resized(operation.volume(), more))};
}

Conversion shrink(const Operation::ShrinkVolume &operation)
{
    const std::int64_t less = toMilli(operation.subtract().value());
    Resource free = operation.volume();
    free.mutable_scalar()->set_value(fromMilli(less));
    return {Resources(operation.volume()),
            Resources(resized(operation.volume(), -less)) + Resources(free).withoutVolumes()};
}

} // namespace

Result<std::vector<Conversion>> conversionsOf(const Operation &operation)
{
    switch (operation.type()) {
    case Operation::RESERVE:
        return reserve(operation.reserve());
    case Operation::UNRESERVE:
        return unreserve(operation.unreserve());
    case Operation::CREATE:
        return create(operation.create());
    case Operation::DESTROY:
        return destroy(operation.destroy());
    case Operation::GROW_VOLUME:
        return std::vector{grow(operation.grow_volume())};
    case Operation::SHRINK_VOLUME:
        return std::vector{shrink(operation.shrink_volume())};
    default:
        break;
    }
    return fail("the operation " + Operation::Type_Name(operation.type())
                + " does not say what it turns resources into");
}

Result<Resources> converted(Resources from, const std::vector<Conversion> &conversions)
{
    for (const Conversion &conversion : conversions) {
        if (!from.contains(conversion.consumed))
            return fail("the operation needs '" + conversion.consumed.text() + "', and there is '"
                        + from.text() + "'");
        from -= conversion.consumed;
        from += conversion.converted;
    }
    return from;
}

} // namespace meseta
