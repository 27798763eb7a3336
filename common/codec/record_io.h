#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace meseta::codec {

/// RecordIO of the Mesos streaming APIs: the decimal length of a record, a newline, then that many
/// bytes.
std::string encodeRecord(std::string_view record);

/// Takes a RecordIO stream in whatever pieces it arrives and gives whole records. No I/O.
class RecordDecoder
{
public:
    /// Records longer than `maxRecordBytes` are an error (a stream cannot be resynchronised after
    /// one).
    explicit RecordDecoder(std::size_t maxRecordBytes = 64 * 1024 * 1024)
        : m_max(maxRecordBytes) { }

    /// Adds bytes; returns the records completed by them. After an error the decoder refuses
    /// further bytes.
    Result<std::vector<std::string>> feed(std::string_view bytes);

    /// Whether the stream could end here: no record is half read.
    bool atBoundary() const { return m_head.empty() && !m_length && !m_failed; }

private:
    Result<> takeHead(std::string_view &bytes);
    bool takeRecord(std::string_view &bytes);

    std::size_t m_max;
    std::string m_head; ///< of a length whose newline has not come yet
    std::optional<std::size_t> m_length; ///< of the record that is being read
    std::string m_record; ///< what has come of it; given away as it is, for some are large
    bool m_failed = false;
};

} // namespace meseta::codec
