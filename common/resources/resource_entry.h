#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <QtCore/QSharedData>

#include "common/resources/ranges.h"
#include "common/resources/symbol.h"

namespace mesos::v1 {
class Resource;
}

namespace meseta {

/// What sets a resource apart from a plain one: reservations, disk, revocable, shared, provider.
/// Immutable and shared by copies. Plain resources have none.
struct ResourceTraits : QSharedData
{
    /// Canonical bytes of what Mesos compares (labels in order; no container path, no principal of
    /// a volume).
    std::string identity;
    /// The same parts in full, as they were given; empty when equal to `identity`.
    std::string full;

    std::vector<std::string> reservationRoles; ///< outermost first; the last is the effective one
    bool dynamic = false; ///< the effective reservation is dynamic
    bool revocable = false;
    bool shared = false;
    bool persistent = false; ///< a persistent volume
    bool exclusive =
        false; ///< cannot be split or merged: MOUNT and BLOCK disks, RAW disks with an id
    std::string volumeId;

    const std::string *role() const
    {
        return reservationRoles.empty() ? nullptr : &reservationRoles.back();
    }
    bool whole() const { return persistent || exclusive || shared; }

    /// The parts that set `resource` apart, or null when it is plain. Any of the reservation forms.
    static QExplicitlySharedDataPointer<const ResourceTraits>
    of(const mesos::v1::Resource &resource);
};

/// One kind of resource and how much of it, compactly: what `Resources` holds.
struct ResourceEntry
{
    enum class Kind : std::uint8_t { Scalar, Ranges, Set };

    struct Bulk : QSharedData
    {
        Ranges ranges;
        std::vector<std::string> items; ///< sorted, each once
    };

    Symbol name;
    Symbol allocation; ///< the role it is allocated to, or empty
    QExplicitlySharedDataPointer<const ResourceTraits> traits;
    QExplicitlySharedDataPointer<const Bulk> bulk; ///< of ranges and sets
    std::int64_t milli = 0; ///< of scalars
    std::uint32_t copies = 1; ///< of a shared resource
    Kind kind = Kind::Scalar;

    bool isScalar() const { return kind == Kind::Scalar; }
    bool isReserved() const { return traits && traits->role(); }
    bool isRevocable() const { return traits && traits->revocable; }
    bool isShared() const { return traits && traits->shared; }
    bool isPersistent() const { return traits && traits->persistent; }
    bool isWhole() const { return traits && traits->whole(); }
    bool isEmpty() const;

    /// Same name, kind, allocation and traits: differs at most in amount.
    bool sameKindAs(const ResourceEntry &other) const;
    bool sameAmountAs(const ResourceEntry &other) const;
    /// Of the same kind, and whether `other`'s amount is in this one.
    bool covers(const ResourceEntry &other) const;
    void addAmount(const ResourceEntry &other);
    void takeAmount(const ResourceEntry &other);

    const Ranges &ranges() const;
    const std::vector<std::string> &items() const;
    std::string amountText() const; ///< "1.5", "[1-2]", "{a, b}"

    void write(mesos::v1::Resource &out) const; ///< post-refinement form
    /// False when the resource is no valid amount (TEXT, negative, not a number) or empty.
    bool read(const mesos::v1::Resource &in);
};

} // namespace meseta
