#include "common/resources/resource_entry.h"

#include <algorithm>
#include <iterator>

#include "common/resources/resources.h"
#include "mesos/v1/resource.pb.h"

namespace meseta {

using mesos::v1::Resource;
using mesos::v1::Value;

namespace {

using Bulk = ResourceEntry::Bulk;
using BulkPointer = QExplicitlySharedDataPointer<const Bulk>;

BulkPointer bulkOf(Ranges ranges)
{
    auto *bulk = new Bulk;
    bulk->ranges = std::move(ranges);
    return BulkPointer(bulk);
}

BulkPointer bulkOf(std::vector<std::string> items)
{
    auto *bulk = new Bulk;
    bulk->items = std::move(items);
    return BulkPointer(bulk);
}

Ranges rangesOf(const Value::Ranges &proto)
{
    std::vector<Ranges::Interval> intervals;
    intervals.reserve(static_cast<std::size_t>(proto.range_size()));
    for (const Value::Range &range : proto.range())
        intervals.push_back({range.begin(), range.end()});
    return Ranges(std::move(intervals));
}

std::vector<std::string> itemsOf(const Value::Set &proto)
{
    std::vector<std::string> items(proto.item().begin(), proto.item().end());
    std::sort(items.begin(), items.end());
    items.erase(std::unique(items.begin(), items.end()), items.end());
    return items;
}

bool sameTraits(const ResourceTraits *a, const ResourceTraits *b)
{
    return a == b || (a && b && a->identity == b->identity);
}

} // namespace

const Ranges &ResourceEntry::ranges() const
{
    static const Ranges none;
    return bulk ? bulk->ranges : none;
}

const std::vector<std::string> &ResourceEntry::items() const
{
    static const std::vector<std::string> none;
    return bulk ? bulk->items : none;
}

bool ResourceEntry::isEmpty() const
{
    switch (kind) {
    case Kind::Scalar:
        return milli <= 0;
    case Kind::Ranges:
        return ranges().empty();
    case Kind::Set:
        return items().empty();
    }
    return true;
}

bool ResourceEntry::sameKindAs(const ResourceEntry &other) const
{
    return name == other.name && kind == other.kind && allocation == other.allocation
        && sameTraits(traits.constData(), other.traits.constData());
}

bool ResourceEntry::sameAmountAs(const ResourceEntry &other) const
{
    if (kind == Kind::Scalar)
        return milli == other.milli;
    return bulk == other.bulk || (ranges() == other.ranges() && items() == other.items());
}

bool ResourceEntry::covers(const ResourceEntry &other) const
{
    if (isWhole())
        return sameAmountAs(other) && copies >= other.copies;
    switch (kind) {
    case Kind::Scalar:
        return milli >= other.milli;
    case Kind::Ranges:
        return bulk == other.bulk || ranges().contains(other.ranges());
    case Kind::Set:
        return std::includes(items().begin(), items().end(), other.items().begin(),
                             other.items().end());
    }
    return false;
}

void ResourceEntry::addAmount(const ResourceEntry &other)
{
    if (isShared()) {
        copies += other.copies;
    } else if (kind == Kind::Scalar) {
        milli = saturatedSum(milli, other.milli);
    } else if (kind == Kind::Ranges) {
        bulk = bulkOf(ranges().united(other.ranges()));
    } else {
        std::vector<std::string> all;
        std::set_union(items().begin(), items().end(), other.items().begin(), other.items().end(),
                       std::back_inserter(all));
        bulk = bulkOf(std::move(all));
    }
}

void ResourceEntry::takeAmount(const ResourceEntry &other)
{
    if (isShared()) {
        copies -= std::min(copies, other.copies);
        if (copies == 0)
            milli = 0;
    } else if (kind == Kind::Scalar) {
        milli = std::max<std::int64_t>(0, milli - other.milli);
    } else if (kind == Kind::Ranges) {
        bulk = bulkOf(ranges().minus(other.ranges()));
    } else {
        std::vector<std::string> rest;
        std::set_difference(items().begin(), items().end(), other.items().begin(),
                            other.items().end(), std::back_inserter(rest));
        bulk = bulkOf(std::move(rest));
    }
}

std::string ResourceEntry::amountText() const
{
    if (kind == Kind::Scalar)
        return milliText(milli);
    if (kind == Kind::Ranges)
        return ranges().text();
    std::string out = "{";
    for (const std::string &item : items())
        out += (out.size() > 1 ? ", " : "") + item;
    return out + "}";
}

void ResourceEntry::write(Resource &out) const
{
    if (traits)
        out.ParsePartialFromString(traits->full.empty() ? traits->identity : traits->full);
    out.set_name(name.text());
    if (!allocation.empty())
        out.mutable_allocation_info()->set_role(allocation.text());
    switch (kind) {
    case Kind::Scalar:
        out.set_type(Value::SCALAR);
        out.mutable_scalar()->set_value(fromMilli(milli));
        break;
    case Kind::Ranges:
        out.set_type(Value::RANGES);
        out.mutable_ranges();
        for (const Ranges::Interval &interval : ranges().intervals()) {
            Value::Range &range = *out.mutable_ranges()->add_range();
            range.set_begin(interval.begin);
            range.set_end(interval.end);
        }
        break;
    case Kind::Set:
        out.set_type(Value::SET);
        out.mutable_set();
        for (const std::string &item : items())
            out.mutable_set()->add_item(item);
        break;
    }
}

bool ResourceEntry::read(const Resource &in)
{
    switch (in.type()) {
    case Value::SCALAR:
        kind = Kind::Scalar;
        milli = toMilli(in.scalar().value());
        break;
    case Value::RANGES:
        kind = Kind::Ranges;
        bulk = bulkOf(rangesOf(in.ranges()));
        break;
    case Value::SET:
        kind = Kind::Set;
        bulk = bulkOf(itemsOf(in.set()));
        break;
    case Value::TEXT:
        return false;
    }
    if (isEmpty())
        return false;
    name = Symbol(in.name());
    allocation = Symbol(in.allocation_info().role());
    traits = ResourceTraits::of(in);
    return true;
}

} // namespace meseta
