#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <google/protobuf/repeated_ptr_field.h>

#include "common/base/result.h"
#include "mesos/v1/resource.pb.h"

namespace meseta {

/// Scalar amounts by name, in thousandths (Mesos compares and adds scalars as fixed point with three decimals).
using Quantities = std::map<std::string, std::int64_t>;

/// A set of resources with Mesos' arithmetic: scalars as fixed point, ranges and sets exact, reservations, volumes,
/// revocable and shared kept apart. Held in post-refinement form. A value type.
class Resources
{
public:
    using Proto = google::protobuf::RepeatedPtrField<mesos::v1::Resource>;

    Resources() = default;
    /// Any of the three reservation forms; does not validate.
    Resources(const Proto &proto); // NOLINT(google-explicit-constructor): they are the same thing
    Resources(const mesos::v1::Resource &resource); // NOLINT

    /// "cpus:4;mem:2048;ports:[31000-32000];disk(role):100" or the JSON array of Resource, for `defaultRole`.
    static Result<Resources> parse(std::string_view text, const std::string &defaultRole = "*");

    /// The first rule of Mesos that a list of resources breaks (type, negative, duplicate range, role, disk …).
    static Result<> validate(const Proto &proto);

    Proto proto() const;                 ///< post-refinement form
    Proto preRefinement() const;         ///< `role` and `reservation`, for clients without RESERVATION_REFINEMENT
    Proto endpointForm() const;          ///< both, as GET_AGENTS and the legacy `*_full` lists show

    bool empty() const;
    bool contains(const Resources &other) const;
    Resources &operator+=(const Resources &other);
    Resources &operator-=(const Resources &other); ///< what is not there is not taken
    friend Resources operator+(Resources a, const Resources &b) { return a += b; }
    friend Resources operator-(Resources a, const Resources &b) { return a -= b; }
    bool operator==(const Resources &other) const;

    void allocate(const std::string &role); ///< sets allocation_info.role on each
    void unallocate();
    Resources allocated(const std::string &role) const; ///< a copy, allocated
    Resources unallocated() const;                      ///< a copy, without allocation
    std::map<std::string, Resources> byAllocationRole() const;

    Resources unreserved() const;
    Resources reserved() const;
    Resources reservedTo(const std::string &role) const;     ///< effective (last) reservation is exactly this role
    Resources allocatableTo(const std::string &role) const;  ///< unreserved, or reserved to the role or its ancestor
    std::map<std::string, Resources> reservations() const;   ///< by role
    Resources revocable() const;
    Resources nonRevocable() const;
    Resources shared() const;
    Resources nonShared() const;
    Resources scalars() const;
    Resources named(const std::string &name) const;
    Resources persistentVolumes() const;

    Quantities quantities() const;                 ///< scalars summed by name
    double scalar(const std::string &name) const;  ///< 0 when absent
    std::string text() const;                      ///< for logs and messages: "cpus:1; mem:128; ports:[31000-31001]"

    const std::vector<mesos::v1::Resource> &items() const { return m_items; }

private:
    void add(const mesos::v1::Resource &resource);
    void subtract(const mesos::v1::Resource &resource);

    std::vector<mesos::v1::Resource> m_items;
};

std::int64_t toMilli(double value);
double fromMilli(std::int64_t milli);

} // namespace meseta
