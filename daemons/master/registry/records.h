#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "mesos/internal/registry.pb.h"

namespace meseta::master {

/// The registry of a master as a table: one record for each thing in mesos.internal.Registry, so
/// that a change touches what it changes and no more. Values are the serialized members of that
/// message.
///
///     master               Registry.Master
///     agent/<id>           Registry.Slave
///     unreachable/<id>     Registry.UnreachableSlave
///     gone/<id>            Registry.GoneSlave
///     machine/<ip>/<host>  Registry.Machine
///     schedule             maintenance.Schedule
///     quota/<role>         quota.QuotaConfig
///     weight/<role>        Registry.Weight
///     capability/<name>    Registry.MinimumCapability
class RegistryRecords
{
public:
    using Table = std::map<std::string, std::string, std::less<>>;

    /// Null when there is none.
    const std::string *find(std::string_view key) const;
    bool contains(std::string_view key) const { return find(key) != nullptr; }
    const Table &table() const { return m_table; }
    /// How many keys begin so.
    std::size_t count(std::string_view prefix) const;

    /// One record as its message; nothing when there is none.
    template <typename Message> std::optional<Message> get(std::string_view key) const
    {
        Message message;
        const std::string *bytes = find(key);
        if (!bytes || !message.ParsePartialFromString(*bytes))
            return std::nullopt;
        return message;
    }

    /// Calls `visit(key without prefix, message)` for all keys that begin so, in their order.
    template <typename Message, typename Visit>
    void each(std::string_view prefix, Visit visit) const
    {
        Message message;
        for (auto at = m_table.lower_bound(prefix);
             at != m_table.end() && at->first.starts_with(prefix); ++at) {
            if (message.ParsePartialFromString(at->second))
                visit(at->first.substr(prefix.size()), message);
        }
    }

    void put(const std::string &key, std::string value) { m_table[key] = std::move(value); }
    void remove(const std::string &key) { m_table.erase(key); }

    /// The whole as Mesos' message: agents by id, unreachable and gone ones by time.
    mesos::internal::Registry toProto() const;

private:
    Table m_table;
};

/// Records as bytes: the form of snapshots and of batches of changes. A batch is a list of keys
/// with their new values, or without one when the record goes; a snapshot is a batch that makes the
/// whole table out of an empty one.
class RegistryChanges
{
public:
    void put(std::string_view key, std::string_view value);
    void remove(std::string_view key);
    bool empty() const { return m_bytes.empty(); }
    const std::string &bytes() const { return m_bytes; }

    static std::string snapshotOf(const RegistryRecords &records);
    /// Does the changes to `records`. The error says that the bytes are none of ours.
    static Result<> apply(std::string_view bytes, RegistryRecords &records);

private:
    std::string m_bytes;
};

namespace registry_keys {
inline const std::string Master = "master";
inline const std::string Agent = "agent/";
inline const std::string Unreachable = "unreachable/";
inline const std::string Gone = "gone/";
inline const std::string Machine = "machine/";
inline const std::string Schedule = "schedule";
inline const std::string Quota = "quota/";
inline const std::string Weight = "weight/";
inline const std::string Capability = "capability/";
} // namespace registry_keys

} // namespace meseta::master
