#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace meseta::store {

/// How records lie on disk:
///
///     uint32 length (host byte order) | message, `length` bytes
///
/// which is what Mesos writes. The last nine bytes of the message are a protobuf field of its own,
/// number 536870911 (the largest there is) of type fixed32: the CRC-32 of the length and the bytes
/// before that field. No message of Mesos has a field of that number, so that its readers skip it
/// as one they do not know; and a record without it, written by Mesos, is taken as it is.
std::string framed(std::string_view message);

/// The records in the bytes of a file.
struct RecordsFound
{
    std::vector<std::string_view> records; ///< without lengths and checksums; views into the bytes
    std::uint64_t goodBytes = 0; ///< how far they reach
    /// What follows is the beginning of a record whose writing was cut off: the process or the
    /// machine died in it, nobody was told that it is kept.
    bool torn = false;
    /// What follows was written whole and has changed since: where it is and what is wrong. Empty
    /// when all is well.
    std::string damage;
};

RecordsFound findRecords(std::string_view bytes);

} // namespace meseta::store
