#include "daemons/master/registry/records.h"

#include <algorithm>
#include <cstring>

namespace meseta::master {

namespace {

// A change: uint32 length of the key, key, uint32 length of the value plus one, value; the second
// length is 0 when the record goes. Little endian.

void appendLength(std::size_t length, std::string &out)
{
    for (int shift = 0; shift < 32; shift += 8)
        out.push_back(static_cast<char>(length >> shift & 0xff));
}

std::optional<std::size_t> takeLength(std::string_view &rest)
{
    if (rest.size() < 4)
        return std::nullopt;
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i)
        length |= static_cast<std::size_t>(static_cast<unsigned char>(rest[i])) << (8 * i);
    rest.remove_prefix(4);
    return length;
}

std::optional<std::string_view> takeText(std::string_view &rest, std::size_t length)
{
    if (length > rest.size())
        return std::nullopt;
    const std::string_view text = rest.substr(0, length);
    rest.remove_prefix(length);
    return text;
}

/// Those of one kind, oldest first; of one instant by id.
template <typename Marked>
void appendByTime(const RegistryRecords &records, const std::string &prefix,
                  google::protobuf::RepeatedPtrField<Marked> &out)
{
    records.each<Marked>(prefix,
                         [&out](const std::string &, const Marked &one) { *out.Add() = one; });
    std::stable_sort(out.pointer_begin(), out.pointer_end(), [](const Marked *a, const Marked *b) {
        return a->timestamp().nanoseconds() < b->timestamp().nanoseconds();
    });
}

} // namespace

const std::string *RegistryRecords::find(std::string_view key) const
{
    const auto at = m_table.find(key);
    return at == m_table.end() ? nullptr : &at->second;
}

std::size_t RegistryRecords::count(std::string_view prefix) const
{
    std::size_t found = 0;
    for (auto at = m_table.lower_bound(prefix);
         at != m_table.end() && at->first.starts_with(prefix); ++at)
        ++found;
    return found;
}

mesos::internal::Registry RegistryRecords::toProto() const
{
    using mesos::internal::Registry;
    Registry all;
    if (auto master = get<Registry::Master>(registry_keys::Master))
        *all.mutable_master() = std::move(*master);
    all.mutable_slaves();
    each<Registry::Slave>(registry_keys::Agent, [&all](const std::string &, const auto &one) {
        *all.mutable_slaves()->add_slaves() = one;
    });
    all.mutable_machines();
    each<Registry::Machine>(registry_keys::Machine, [&all](const std::string &, const auto &one) {
        *all.mutable_machines()->add_machines() = one;
    });
    if (auto schedule = get<mesos::v1::maintenance::Schedule>(registry_keys::Schedule))
        *all.add_schedules() = std::move(*schedule);
    each<Registry::Weight>(registry_keys::Weight, [&all](const std::string &, const auto &one) {
        *all.add_weights() = one;
    });
    appendByTime(*this, registry_keys::Unreachable, *all.mutable_unreachable()->mutable_slaves());
    appendByTime(*this, registry_keys::Gone, *all.mutable_gone()->mutable_slaves());
    each<Registry::MinimumCapability>(
        registry_keys::Capability,
        [&all](const std::string &, const auto &one) { *all.add_minimum_capabilities() = one; });
    each<mesos::v1::quota::QuotaConfig>(
        registry_keys::Quota,
        [&all](const std::string &, const auto &one) { *all.add_quota_configs() = one; });
    return all;
}

void RegistryChanges::put(std::string_view key, std::string_view value)
{
    appendLength(key.size(), m_bytes);
    m_bytes.append(key);
    appendLength(value.size() + 1, m_bytes);
    m_bytes.append(value);
}

void RegistryChanges::remove(std::string_view key)
{
    appendLength(key.size(), m_bytes);
    m_bytes.append(key);
    appendLength(0, m_bytes);
}

std::string RegistryChanges::snapshotOf(const RegistryRecords &records)
{
    RegistryChanges changes;
    for (const auto &[key, value] : records.table())
        changes.put(key, value);
    return std::move(changes.m_bytes);
}

Result<> RegistryChanges::apply(std::string_view bytes, RegistryRecords &records)
{
    while (!bytes.empty()) {
        const auto keyLength = takeLength(bytes);
        const auto key = keyLength ? takeText(bytes, *keyLength) : std::nullopt;
        const auto length = key ? takeLength(bytes) : std::nullopt;
        const auto value = length && *length > 0 ? takeText(bytes, *length - 1)
                                                 : std::optional(std::string_view());
        if (!length || !value)
            return fail("the registry holds a change that ends in the middle; it was written by "
                        "another program, or damaged");
        if (*length == 0)
            records.remove(std::string(*key));
        else
            records.put(std::string(*key), std::string(*value));
    }
    return {};
}

} // namespace meseta::master
