#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace meseta::agent {

/// Bytes that come block by block, on the thread that asks.
class ByteSource
{
public:
    virtual ~ByteSource() = default;
    /// The next block, valid until the next call; empty at the end.
    virtual Result<std::string_view> next() = 0;
    /// Goes on without reading, where that is possible; gives how far it went.
    virtual std::uint64_t skip(std::uint64_t) { return 0; }
};

/// A part of an open file, from `offset` on, at most `size` bytes. The descriptor is not owned and
/// its position not used.
class FileSource final : public ByteSource
{
public:
    static constexpr std::uint64_t toTheEnd = UINT64_MAX;

    explicit FileSource(int fd, std::uint64_t offset = 0, std::uint64_t size = toTheEnd);
    Result<std::string_view> next() override;
    std::uint64_t skip(std::uint64_t bytes) override;
    std::uint64_t consumed() const { return m_consumed; }

private:
    int m_fd;
    std::uint64_t m_offset;
    std::uint64_t m_left;
    std::uint64_t m_consumed = 0;
    std::unique_ptr<char[]> m_buffer;
};

/// How much may come out of how little.
struct InflationLimits
{
    std::uint64_t maxBytes = UINT64_MAX;
    std::uint32_t maxRatio = UINT32_MAX; ///< counts once more than `ratioFloor` came out
    std::uint64_t ratioFloor = 4ULL << 30;
};

/// Undoes gzip (RFC 1952, also of several members) and Zstandard (RFC 8878), told by the first
/// bytes; anything else passes as it is.
std::unique_ptr<ByteSource> inflating(std::unique_ptr<FileSource> packed,
                                      const InflationLimits &limits);

/// Reads ahead on a thread of its own, a few blocks at most, so that unpacking and writing go side
/// by side.
std::unique_ptr<ByteSource> readingAhead(std::unique_ptr<ByteSource> source);

} // namespace meseta::agent
