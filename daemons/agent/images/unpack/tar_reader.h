#pragma once

#include <array>
#include <optional>

#include "daemons/agent/images/unpack/byte_source.h"
#include "daemons/agent/images/unpack/tar_entry.h"

namespace meseta::agent {

/// Reads tar archives as image builders write them: ustar, GNU (long names, large numbers) and pax
/// (names, sizes, owners, times, extended attributes). Source: POSIX.1-2017, pax interchange
/// format; GNU tar manual, basic tar format. Sparse files and multi-volume archives are refused by
/// name.
class TarReader
{
public:
    struct Limits
    {
        std::uint64_t metadataBytes = 1ULL << 20; ///< of one entry
    };

    TarReader(ByteSource &source, Limits limits) : m_source(source), m_limits(limits) { }

    /// Goes to the next entry; content of the current one that was not read is skipped. Nothing at
    /// the end.
    Result<std::optional<TarEntry>> next();

    /// The next piece of the current entry's content, valid until the next call; empty at its end.
    Result<std::string_view> content();

    /// Where the current entry's content begins, from the start of the archive.
    std::uint64_t position() const { return m_position; }

    /// Reads what follows the last entry, so that the whole archive went through the source.
    Result<> drain();

private:
    static constexpr std::size_t blockSize = 512;
    using Block = std::array<char, blockSize>;
    struct Extended;

    Result<bool> readBlock(Block &block);
    Result<bool> fillWindow();
    Result<std::string> readMetadata(std::uint64_t size, const char *what);
    Result<> skip(std::uint64_t size);
    Result<bool> readHeader(Block &block);
    Result<bool> takeExtension(const Block &header, Extended &extended);

    ByteSource &m_source;
    Limits m_limits;
    std::string_view m_window;
    std::uint64_t m_position = 0;
    std::uint64_t m_contentLeft = 0;
    std::uint64_t m_padding = 0;
    bool m_over = false;
};

} // namespace meseta::agent
