#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/store/record_file.h"

namespace meseta::store {

/// What a store holds: a picture of the whole, and the changes since.
struct Contents
{
    std::string snapshot; ///< empty: there was none yet
    std::vector<std::string> batches; ///< oldest first
};

/// A folder with one snapshot and the batches of changes after it:
///
///     <folder>/snapshot-<generation>   one record
///     <folder>/log-<generation>        a record for each batch
///
/// A snapshot begins a generation: it is written beside the old one and renamed, and only then are
/// the files of the generation before removed. Whenever the power is cut, `open` finds every batch
/// whose `append` had returned, perhaps the one that was being written, and nothing else. Blocking;
/// one user at a time.
class LogStore
{
public:
    LogStore(Disk &disk, std::string folder) : m_disk(disk), m_folder(std::move(folder)) { }

    /// Reads what is there and makes ready to append. An error names the damaged file: what was
    /// promised to be kept cannot be read.
    Result<Contents> open();

    /// Durable when it returns well. After a failure nothing can be appended until `open`.
    Result<> append(std::string_view batch);

    /// Replaces snapshot and batches. After a failure nothing can be appended until `open`.
    Result<> replace(std::string_view snapshot);

private:
    std::string path(const char *kind, std::uint64_t generation) const;
    Result<std::optional<std::uint64_t>> newestGeneration();
    Result<> removeOthers();
    Result<> startLog(std::uint64_t goodBytes);

    Disk &m_disk;
    std::string m_folder;
    std::uint64_t m_generation = 0;
    std::optional<RecordStream> m_log;
};

} // namespace meseta::store
