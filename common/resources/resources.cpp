#include "common/resources/resources.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace meseta {

Resources::Resources(const Proto &proto)
{
    m_entries.reserve(static_cast<std::size_t>(proto.size()));
    for (const mesos::v1::Resource &resource : proto)
        if (ResourceEntry entry; entry.read(resource))
            add(entry);
}

Resources::Resources(const mesos::v1::Resource &resource)
{
    if (ResourceEntry entry; entry.read(resource))
        add(entry);
}

void Resources::add(const ResourceEntry &entry)
{
    if (entry.isEmpty())
        return;
    for (ResourceEntry &mine : m_entries) {
        if (!mine.sameKindAs(entry))
            continue;
        if (mine.isWhole() && !(mine.isShared() && mine.sameAmountAs(entry)))
            continue;
        mine.addAmount(entry);
        return;
    }
    m_entries.push_back(entry);
}

void Resources::subtract(const ResourceEntry &entry)
{
    for (auto mine = m_entries.begin(); mine != m_entries.end(); ++mine) {
        if (!mine->sameKindAs(entry) || (mine->isWhole() && !mine->sameAmountAs(entry)))
            continue;
        if (mine->isWhole() && !mine->isShared()) {
            m_entries.erase(mine);
            return;
        }
        mine->takeAmount(entry);
        if (mine->isEmpty() || mine->copies == 0)
            m_entries.erase(mine);
        return;
    }
}

Resources &Resources::operator+=(const Resources &other)
{
    if (m_entries.empty()) {
        m_entries = other.m_entries;
        return *this;
    }
    if (this == &other)
        return *this += Resources(other);
    for (const ResourceEntry &entry : other.m_entries)
        add(entry);
    return *this;
}

Resources &Resources::operator-=(const Resources &other)
{
    if (this == &other) {
        m_entries.clear();
        return *this;
    }
    for (const ResourceEntry &entry : other.m_entries)
        subtract(entry);
    return *this;
}

bool Resources::contains(const Resources &other) const
{
    const auto count = [](const std::vector<ResourceEntry> &in, const ResourceEntry &wanted) {
        return std::count_if(in.begin(), in.end(), [&](const ResourceEntry &e) {
            return e.sameKindAs(wanted) && e.covers(wanted);
        });
    };
    return std::all_of(
        other.m_entries.begin(), other.m_entries.end(), [&](const ResourceEntry &wanted) {
            const bool repeatable = wanted.isWhole() && !wanted.isShared();
            return count(m_entries, wanted) >= (repeatable ? count(other.m_entries, wanted) : 1);
        });
}

bool Resources::operator==(const Resources &other) const
{
    return m_entries.size() == other.m_entries.size() && contains(other) && other.contains(*this);
}

void Resources::allocate(const std::string &role)
{
    *this = allocated(role);
}

void Resources::unallocate()
{
    *this = unallocated();
}

template <typename Change> Resources Resources::changed(Change change) const
{
    Resources result;
    result.m_entries.reserve(m_entries.size());
    for (ResourceEntry entry : m_entries) {
        change(entry);
        result.add(entry);
    }
    return result;
}

Resources Resources::allocated(const std::string &role) const
{
    const Symbol symbol(role);
    return changed([&symbol](ResourceEntry &entry) { entry.allocation = symbol; });
}

Resources Resources::unallocated() const
{
    return changed([](ResourceEntry &entry) { entry.allocation = Symbol(); });
}

namespace {

/// Replaces what sets an entry apart by what `change` makes of it.
template <typename Change> void reshape(ResourceEntry &entry, Change change)
{
    mesos::v1::Resource shape;
    if (entry.traits)
        shape.ParsePartialFromString(entry.traits->full.empty() ? entry.traits->identity
                                                                : entry.traits->full);
    change(shape);
    entry.traits = ResourceTraits::of(shape);
}

} // namespace

Resources Resources::pushReservation(const mesos::v1::Resource::ReservationInfo &reservation) const
{
    return changed([&](ResourceEntry &entry) {
        reshape(entry,
                [&](mesos::v1::Resource &shape) { *shape.add_reservations() = reservation; });
    });
}

Resources Resources::popReservation() const
{
    return changed([](ResourceEntry &entry) {
        reshape(entry, [](mesos::v1::Resource &shape) {
            if (shape.reservations_size() > 0)
                shape.mutable_reservations()->RemoveLast();
        });
    });
}

Resources Resources::toUnreserved() const
{
    return changed([](ResourceEntry &entry) {
        reshape(entry, [](mesos::v1::Resource &shape) { shape.clear_reservations(); });
    });
}

Resources Resources::withoutVolumes() const
{
    return changed([](ResourceEntry &entry) {
        entry.copies = 1;
        reshape(entry, [](mesos::v1::Resource &shape) {
            shape.clear_shared();
            if (!shape.has_disk())
                return;
            shape.mutable_disk()->clear_persistence();
            shape.mutable_disk()->clear_volume();
            if (!shape.disk().has_source())
                shape.clear_disk();
        });
    });
}

std::int64_t toMilli(double value)
{
    constexpr double limit = 9.0e18;
    if (std::isnan(value))
        return 0;
    return std::llround(std::clamp(value * 1000.0, -limit, limit));
}

double fromMilli(std::int64_t milli)
{
    return static_cast<double>(milli) / 1000.0;
}

} // namespace meseta
