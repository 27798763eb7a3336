#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/store/disk.h"

namespace google::protobuf {
class MessageLite;
}

/// Checkpoints: files that are whole or not there, and files of records that grow. The bytes are
/// those of Mesos with a checksum inside (record_format.h). Source: Mesos checkpoint files.
namespace meseta::store {

/// What a write must survive once it has returned. A process that dies loses nothing that the
/// kernel has; only a power cut asks for fsync, which takes milliseconds.
enum class Durability { ProcessDeath, PowerCut };

/// Replaces a file by these bytes, whatever happens meanwhile: a reader finds the old or the new
/// ones. They are written beside it ("<path>.new") and renamed. The folder must exist.
Result<> replaceFile(Disk &disk, const std::string &path, std::string_view bytes,
                     Durability durability = Durability::PowerCut);

/// Replaces a file by one record.
Result<> writeRecord(Disk &disk, const std::string &path,
                     const google::protobuf::MessageLite &message,
                     Durability durability = Durability::PowerCut);

/// Reads a file of one record. False: there is no such file, or an empty one. The error names the
/// file and says that it is damaged; `message` is undefined then.
Result<bool> readRecord(Disk &disk, const std::string &path,
                        google::protobuf::MessageLite &message);

/// A file of records as it was found.
struct RecordList
{
    std::vector<std::string> records; ///< the good ones, from the beginning
    std::uint64_t goodBytes = 0; ///< how far they reach
    std::uint64_t tornBytes = 0; ///< of a last record that was not written whole; never an error
    /// A record that changed after it was written, in a sentence with the path; what follows it is
    /// not read. Empty when all is well.
    std::string damage;
};

/// Reads a file of records; none when there is no such file. An error only when it cannot be read.
Result<RecordList> readRecords(Disk &disk, const std::string &path);

/// A file of records that grows.
class RecordStream
{
public:
    /// Opens the file after its first `goodBytes` bytes, as `readRecords` found them, and cuts off
    /// what follows. A file that is not there is made.
    static Result<RecordStream> open(Disk &disk, const std::string &path, std::uint64_t goodBytes,
                                     Durability durability);

    /// On failure the file is as it was before, or, when not even that can be done, this stream
    /// takes no more.
    Result<> append(const google::protobuf::MessageLite &message);
    Result<> append(std::string_view message);

    std::uint64_t size() const { return m_size; }

private:
    RecordStream(std::string path, std::unique_ptr<DiskFile> file, std::uint64_t size,
                 Durability durability)
        : m_path(std::move(path)), m_file(std::move(file)), m_size(size), m_durability(durability)
    { }

    Result<> write(std::string_view record);

    std::string m_path;
    std::unique_ptr<DiskFile> m_file;
    std::uint64_t m_size;
    Durability m_durability;
    bool m_broken = false;
};

} // namespace meseta::store
