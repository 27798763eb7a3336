#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "daemons/agent/images/unpack/tar_entry.h"

namespace meseta::agent::tar {

/// Fields of a 512 byte tar header.
char typeOf(const char *header);
std::string_view textAt(const char *header, std::size_t offset, std::size_t size);

/// Octal with spaces and zeros around it, or GNU's binary form (first bit set). Nothing when it is
/// neither.
std::optional<std::int64_t> numberAt(const char *header, std::size_t offset, std::size_t size);

bool isZero(const char *header);
bool checksumHolds(const char *header);

/// The entry that a header alone describes. The error says which field is malformed.
Result<TarEntry> entryOf(const char *header);

/// The records of a pax extended header, "<length> <key>=<value>\n" each.
Result<std::map<std::string, std::string>> parsePax(std::string_view text);

/// Applies pax records to an entry. Unknown ones are ignored, sparse ones refused.
Result<> applyPax(const std::map<std::string, std::string> &records, TarEntry &entry);

} // namespace meseta::agent::tar
