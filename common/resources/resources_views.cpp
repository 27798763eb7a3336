#include "common/resources/resources.h"

#include <algorithm>

#include "common/resources/role.h"

// What can be asked of resources: parts of them, sums of them, and their forms for the wire and for
// people.

namespace meseta {

std::map<std::string, Resources> Resources::byAllocationRole() const
{
    std::map<std::string, Resources> result;
    for (const ResourceEntry &entry : m_entries)
        result[entry.allocation.text()].m_entries.push_back(entry);
    return result;
}

Resources Resources::unreserved() const
{
    return filtered([](const ResourceEntry &e) { return !e.isReserved(); });
}

Resources Resources::reserved() const
{
    return filtered([](const ResourceEntry &e) { return e.isReserved(); });
}

Resources Resources::reservedTo(const std::string &role) const
{
    return filtered(
        [&](const ResourceEntry &e) { return e.isReserved() && *e.traits->role() == role; });
}

Resources Resources::allocatableTo(const std::string &role) const
{
    return filtered([&](const ResourceEntry &e) {
        return !e.isReserved() || isWithin(role, *e.traits->role());
    });
}

std::map<std::string, Resources> Resources::reservations() const
{
    std::map<std::string, Resources> result;
    for (const ResourceEntry &entry : m_entries)
        if (entry.isReserved())
            result[*entry.traits->role()].m_entries.push_back(entry);
    return result;
}

Resources Resources::dynamicallyReserved() const
{
    return filtered([](const ResourceEntry &e) { return e.isReserved() && e.traits->dynamic; });
}

Resources Resources::revocable() const
{
    return filtered([](const ResourceEntry &e) { return e.isRevocable(); });
}

Resources Resources::nonRevocable() const
{
    return filtered([](const ResourceEntry &e) { return !e.isRevocable(); });
}

Resources Resources::shared() const
{
    return filtered([](const ResourceEntry &e) { return e.isShared(); });
}

Resources Resources::nonShared() const
{
    return filtered([](const ResourceEntry &e) { return !e.isShared(); });
}

Resources Resources::scalars() const
{
    return filtered([](const ResourceEntry &e) { return e.isScalar(); });
}

Resources Resources::named(const std::string &name) const
{
    return filtered([&](const ResourceEntry &e) { return e.name == name; });
}

Resources Resources::persistentVolumes() const
{
    return filtered([](const ResourceEntry &e) { return e.isPersistent(); });
}

Resources Resources::needingCheckpoint() const
{
    return filtered([](const ResourceEntry &e) {
        return e.traits && ((e.traits->role() && e.traits->dynamic) || e.traits->persistent);
    });
}

Resources Resources::withoutSharedCopies() const
{
    Resources result = *this;
    for (ResourceEntry &entry : result.m_entries)
        entry.copies = 1;
    return result;
}

Resources::Proto Resources::proto() const
{
    Proto result;
    result.Reserve(static_cast<int>(m_entries.size()));
    for (const ResourceEntry &entry : m_entries)
        entry.write(*result.Add());
    return result;
}

namespace {

void writeRoleAndReservation(mesos::v1::Resource &resource)
{
    if (resource.reservations_size() == 0) {
        resource.set_role("*");
        return;
    }
    const mesos::v1::Resource::ReservationInfo &top = *resource.reservations().rbegin();
    resource.set_role(top.role());
    if (top.type() != mesos::v1::Resource::ReservationInfo::DYNAMIC)
        return;
    mesos::v1::Resource::ReservationInfo &reservation = *resource.mutable_reservation();
    if (top.has_principal())
        reservation.set_principal(top.principal());
    if (top.has_labels())
        *reservation.mutable_labels() = top.labels();
}

} // namespace

Resources::Proto Resources::preRefinement() const
{
    Proto result = proto();
    for (mesos::v1::Resource &resource : result) {
        writeRoleAndReservation(resource);
        resource.clear_reservations();
    }
    return result;
}

Resources::Proto Resources::endpointForm() const
{
    Proto result = proto();
    for (mesos::v1::Resource &resource : result)
        if (resource.reservations_size() < 2)
            writeRoleAndReservation(resource);
    return result;
}

Quantities Resources::quantities() const
{
    Quantities result;
    for (const ResourceEntry &entry : m_entries)
        if (entry.isScalar()) {
            std::int64_t &sum = result[entry.name.text()];
            sum = saturatedSum(sum, entry.milli);
        }
    return result;
}

double Resources::scalar(const std::string &name) const
{
    std::int64_t sum = 0;
    for (const ResourceEntry &entry : m_entries)
        if (entry.isScalar() && entry.name == name)
            sum = saturatedSum(sum, entry.milli);
    return fromMilli(sum);
}

Ranges Resources::ranges(const std::string &name) const
{
    Ranges result;
    for (const ResourceEntry &entry : m_entries)
        if (entry.kind == ResourceEntry::Kind::Ranges && entry.name == name)
            result = result.empty() ? entry.ranges() : result.united(entry.ranges());
    return result;
}

namespace {

/// "(eng/web)" of a reservation, "[id1:path]" of a volume, "{REV}", "<SHARED>": what a reader must
/// tell apart.
std::string traitsText(const ResourceTraits &traits)
{
    std::string out;
    if (const std::string *role = traits.role())
        out += "(" + *role + (traits.dynamic ? ", dynamic" : "") + ")";
    if (traits.persistent)
        out += "[volume " + traits.volumeId + "]";
    if (traits.revocable)
        out += "{revocable}";
    if (traits.shared)
        out += "{shared}";
    return out;
}

} // namespace

std::string Resources::text() const
{
    std::string out;
    for (const ResourceEntry &entry : m_entries) {
        if (!out.empty())
            out += "; ";
        out += entry.name.text();
        if (entry.traits)
            out += traitsText(*entry.traits);
        out += ":" + entry.amountText();
    }
    return out;
}

std::vector<Resources::Summed> Resources::summed() const
{
    struct Sum : ResourceEntry
    {
        bool revocable = false;
    };
    std::vector<Sum> sums;
    for (const ResourceEntry &entry : m_entries) {
        const auto same = [&entry](const Sum &sum) {
            return sum.name == entry.name && sum.kind == entry.kind
                && sum.revocable == entry.isRevocable();
        };
        auto found = std::find_if(sums.begin(), sums.end(), same);
        if (found == sums.end()) {
            found = sums.insert(sums.end(), Sum());
            found->name = entry.name;
            found->kind = entry.kind;
            found->revocable = entry.isRevocable();
        }
        found->addAmount(entry);
    }
    std::vector<Summed> result;
    for (const Sum &sum : sums)
        result.push_back({sum.name.text(), sum.revocable, sum.kind, fromMilli(sum.milli),
                          sum.isScalar() ? std::string() : sum.amountText()});
    return result;
}

std::string milliText(std::int64_t milli)
{
    const bool negative = milli < 0;
    const std::uint64_t size =
        negative ? -static_cast<std::uint64_t>(milli) : static_cast<std::uint64_t>(milli);
    std::string out = (negative ? "-" : "") + std::to_string(size / 1000);
    if (size % 1000 == 0)
        return out;
    std::string fraction = std::to_string(1000 + size % 1000).substr(1);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    return out + "." + fraction;
}

std::string quantitiesText(const Quantities &quantities)
{
    std::string out;
    for (const auto &[name, milli] : quantities)
        if (milli != 0)
            out += (out.empty() ? "" : "; ") + name + ":" + milliText(milli);
    return out.empty() ? "nothing" : out;
}

} // namespace meseta
