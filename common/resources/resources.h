#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <google/protobuf/repeated_ptr_field.h>

#include "common/base/result.h"
#include "common/resources/resource_entry.h"
#include "mesos/v1/resource.pb.h"

namespace meseta {

/// Scalar amounts by name, in thousandths (Mesos compares and adds scalars as fixed point with
/// three decimals).
using Quantities = std::map<std::string, std::int64_t>;

/// A set of resources with Mesos' arithmetic: scalars as fixed point, ranges and sets exact,
/// reservations, volumes, revocable and shared kept apart. Held compactly; a value type, cheap to
/// copy. Protobuf is only at its doors.
///
/// A MOUNT or BLOCK disk and a persistent volume are indivisible: they are added beside each other,
/// and taken whole or not at all. A shared volume is counted: adding it twice makes two copies of
/// one volume.
class Resources
{
public:
    using Proto = google::protobuf::RepeatedPtrField<mesos::v1::Resource>;

    Resources() = default;
    /// Any of the three reservation forms; does not validate. Empty and nonsensical amounts are
    /// left out.
    Resources(const Proto &proto); // NOLINT(google-explicit-constructor): they are the same thing
    Resources(const mesos::v1::Resource &resource); // NOLINT

    /// "cpus:4;mem:2048;ports:[31000-32000];disk(role):100;set:{a,b}" or the JSON array of
    /// Resource, validated, as the flags of agent and mesos-execute take it. `defaultRole` is for
    /// those that name none. An amount of zero is left out.
    static Result<Resources> parse(std::string_view text, const std::string &defaultRole = "*");

    /// The same as a list, amounts of zero kept: they tell the agent not to detect that resource.
    static Result<Proto> parseList(std::string_view text, const std::string &defaultRole = "*");

    /// The first rule of Mesos that a list of resources breaks (type, negative, overlapping range,
    /// role, disk …).
    static Result<> validate(const Proto &proto);
    static Result<> validate(const mesos::v1::Resource &resource);

    Proto proto() const; ///< post-refinement form
    Proto
    preRefinement() const; ///< `role` and `reservation`, for clients without RESERVATION_REFINEMENT
    Proto endpointForm() const; ///< both, as GET_AGENTS and the legacy `*_full` lists show
    Proto items() const { return proto(); }

    bool empty() const { return m_entries.empty(); }
    bool contains(const Resources &other) const;
    Resources &operator+=(const Resources &other);
    Resources &operator-=(const Resources &other); ///< what is not there is not taken
    friend Resources operator+(Resources a, const Resources &b) { return a += b; }
    friend Resources operator-(Resources a, const Resources &b) { return a -= b; }
    bool operator==(const Resources &other) const;

    void allocate(const std::string &role); ///< sets allocation_info.role on each
    void unallocate();
    Resources allocated(const std::string &role) const; ///< a copy, allocated
    Resources unallocated() const; ///< a copy, without allocation
    std::map<std::string, Resources> byAllocationRole() const;

    Resources unreserved() const;
    Resources reserved() const;
    Resources reservedTo(
        const std::string &role) const; ///< effective (last) reservation is exactly this role
    Resources allocatableTo(
        const std::string &role) const; ///< unreserved, or reserved to the role or its ancestor
    std::map<std::string, Resources> reservations() const; ///< by effective role
    Resources dynamicallyReserved() const; ///< the effective reservation is dynamic
    Resources revocable() const;
    Resources nonRevocable() const;
    Resources shared() const;
    Resources nonShared() const;
    Resources scalars() const;
    Resources named(const std::string &name) const;
    Resources persistentVolumes() const;
    /// What an agent must remember over restarts: dynamic reservations and persistent volumes.
    Resources needingCheckpoint() const;
    Resources withoutSharedCopies() const; ///< each shared volume once

    /// With one more reservation on top of each (RESERVE), or without the top one (UNRESERVE).
    Resources pushReservation(const mesos::v1::Resource::ReservationInfo &reservation) const;
    Resources popReservation() const;
    Resources toUnreserved() const; ///< without any reservation
    /// As before CREATE: no persistence, no container path, not shared.
    Resources withoutVolumes() const;

    Quantities quantities() const; ///< scalars summed by name; a shared volume once
    double scalar(const std::string &name) const; ///< 0 when absent
    Ranges ranges(const std::string &name) const; ///< all ranges of that name, united
    std::string text() const; ///< for logs and messages: "cpus:1; mem:128; ports:[31000-31001]"

    /// One line of a summary: everything of one name, revocable or not, whatever its reservation.
    struct Summed
    {
        std::string name;
        bool revocable = false;
        ResourceEntry::Kind kind = ResourceEntry::Kind::Scalar;
        double scalar = 0;
        std::string text; ///< of ranges and sets: "[31000-32000]", "{a, b}"
    };
    std::vector<Summed> summed() const;

    /// The compact contents, for those who compute with them.
    const std::vector<ResourceEntry> &entries() const { return m_entries; }
    void add(const ResourceEntry &entry);
    void subtract(const ResourceEntry &entry);

    /// Those for which `keep(entry)` is true.
    template <typename Keep> Resources filtered(Keep keep) const
    {
        Resources result;
        for (const ResourceEntry &entry : m_entries)
            if (keep(entry))
                result.m_entries.push_back(entry);
        return result;
    }

private:
    template <typename Change> Resources changed(Change change) const;

    std::vector<ResourceEntry>
        m_entries; ///< none is empty; those of one kind are one, unless indivisible
};

/// Thousandths, rounded half away from zero; not-a-number is 0, what does not fit is the nearest
/// that does.
std::int64_t toMilli(double value);
double fromMilli(std::int64_t milli);
/// The sum, or the nearest that fits: amounts come from outside.
inline std::int64_t saturatedSum(std::int64_t a, std::int64_t b)
{
    std::int64_t sum = 0;
    if (!__builtin_add_overflow(a, b, &sum))
        return sum;
    return a > 0 ? INT64_MAX : INT64_MIN;
}
/// "1.5", "128", "0.001".
std::string milliText(std::int64_t milli);
/// "cpus:1.5; mem:128"; "nothing" when there is none.
std::string quantitiesText(const Quantities &quantities);
/// "cpus:0.01;mem:32" (an amount may be given as text of `Resources::parse`, scalars only), for
/// flags of quantities.
Result<Quantities> parseQuantities(std::string_view text);

} // namespace meseta
