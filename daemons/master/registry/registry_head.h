#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace meseta::master {

/// The head of a registry in ZooKeeper (see ZooKeeperStorage), and how bytes are cut to fit its
/// nodes.
struct RegistryHead
{
    std::uint64_t generation = 0;
    std::uint64_t shards = 0; ///< of the snapshot
    std::uint64_t pieces = 0; ///< of the batches
    std::uint64_t term = 0; ///< grows whenever a master takes over
    std::uint64_t writes = 0; ///< grows with each write: no two heads are equal
    std::string owner; ///< who wrote it

    /// "meseta-registry 1\ngeneration 3\nshards 1\n…", for people with a ZooKeeper shell as well.
    std::string text() const;
    /// Of an empty node: a registry that was never written.
    static Result<RegistryHead> parse(std::string_view text);

    bool operator==(const RegistryHead &) const = default;

    std::string shardName(std::uint64_t number) const;
    std::string pieceName(std::uint64_t number) const;
    /// Whether a node of this name belongs to what the head says.
    bool names(const std::string &child) const;
};

namespace registry_pieces {

/// Bytes in parts of at most `most`, each with a checksum; the first byte of each tells whether
/// more of the same follows. At least one part.
std::vector<std::string> cut(std::string_view bytes, std::size_t most);

/// The whole things that parts were cut from, in order. The error tells which part is damaged, or
/// that the last one is missing its end.
Result<std::vector<std::string>> join(const std::vector<std::string> &parts);

} // namespace registry_pieces
} // namespace meseta::master
