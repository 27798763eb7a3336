#include "daemons/agent/images/unpack/tar_reader.h"

#include <algorithm>
#include <cstring>

#include "daemons/agent/images/unpack/tar_header.h"

namespace meseta::agent {

namespace {

constexpr int maxExtensions = 8;

} // namespace

/// What headers before an entry say about it.
struct TarReader::Extended
{
    std::optional<std::string> longName;
    std::optional<std::string> longLink;
    std::map<std::string, std::string> pax;
    int headers = 0;
};

Result<bool> TarReader::fillWindow()
{
    if (!m_window.empty())
        return true;
    auto block = m_source.next();
    if (!block)
        return fail(block.error());
    m_window = *block;
    return !m_window.empty();
}

Result<bool> TarReader::readBlock(Block &block)
{
    std::size_t got = 0;
    while (got < blockSize) {
        const auto filled = fillWindow();
        if (!filled)
            return fail(filled.error());
        if (!*filled)
            break;
        const std::size_t part = std::min(blockSize - got, m_window.size());
        std::memcpy(block.data() + got, m_window.data(), part);
        m_window.remove_prefix(part);
        got += part;
    }
    m_position += got;
    if (got != 0 && got != blockSize)
        return fail("the archive is cut short");
    return got == blockSize;
}

Result<std::string> TarReader::readMetadata(std::uint64_t size, const char *what)
{
    if (size > m_limits.metadataBytes)
        return fail("an entry has " + std::string(what) + " of " + std::to_string(size)
                    + " bytes; the limit is " + std::to_string(m_limits.metadataBytes));
    std::string text;
    Block block;
    for (std::uint64_t left = size; left > 0;) {
        const auto read = readBlock(block);
        if (!read)
            return fail(read.error());
        if (!*read)
            return fail("the archive is cut short");
        const auto part = std::min<std::uint64_t>(left, blockSize);
        text.append(block.data(), part);
        left -= part;
    }
    return text;
}

Result<> TarReader::skip(std::uint64_t size)
{
    while (size > 0) {
        if (m_window.empty()) {
            const auto skipped = m_source.skip(size);
            m_position += skipped;
            size -= skipped;
            if (size == 0)
                break;
        }
        const auto filled = fillWindow();
        if (!filled)
            return fail(filled.error());
        if (!*filled)
            return fail("the archive is cut short");
        const auto part = std::min<std::uint64_t>(size, m_window.size());
        m_window.remove_prefix(part);
        m_position += part;
        size -= part;
    }
    return {};
}

Result<std::string_view> TarReader::content()
{
    if (m_contentLeft == 0)
        return std::string_view();
    const auto filled = fillWindow();
    if (!filled)
        return fail(filled.error());
    if (!*filled)
        return fail("the archive is cut short");
    const auto part = std::min<std::uint64_t>(m_contentLeft, m_window.size());
    const auto piece = m_window.substr(0, part);
    m_window.remove_prefix(part);
    m_position += part;
    m_contentLeft -= part;
    return piece;
}

/// A header that is no end marker and whose checksum holds; false at the end.
Result<bool> TarReader::readHeader(Block &block)
{
    const auto read = readBlock(block);
    if (!read || !*read)
        return read;
    if (tar::isZero(block.data())) {
        m_over = true;
        return false;
    }
    if (!tar::checksumHolds(block.data()))
        return fail("it is no tar archive, or damaged: the checksum of a header is wrong");
    return true;
}

/// Takes a header that only describes the next entry; false for an entry's own.
Result<bool> TarReader::takeExtension(const Block &header, Extended &extended)
{
    const char type = tar::typeOf(header.data());
    if (std::strchr("xgLK", type) == nullptr || type == '\0')
        return false;
    const auto size = tar::numberAt(header.data(), 124, 12);
    if (!size || *size < 0)
        return fail("an extended header is malformed");
    auto text = readMetadata(static_cast<std::uint64_t>(*size),
                             type == 'x' || type == 'g' ? "extended headers" : "a name");
    if (!text)
        return fail(text.error());
    if (++extended.headers > maxExtensions)
        return fail("an entry has more than " + std::to_string(maxExtensions)
                    + " extended headers");
    if (type == 'L')
        extended.longName = text->substr(0, text->find('\0'));
    else if (type == 'K')
        extended.longLink = text->substr(0, text->find('\0'));
    else if (auto records = tar::parsePax(*text); !records)
        return fail(records.error());
    else if (type == 'x') // what holds for the whole archive ("g") says nothing about files
        extended.pax = std::move(*records);
    return true;
}

Result<std::optional<TarEntry>> TarReader::next()
{
    if (auto skipped = skip(m_contentLeft + m_padding); !skipped)
        return fail(skipped.error());
    m_contentLeft = m_padding = 0;
    Extended extended;
    Block block;
    while (!m_over) {
        const auto header = readHeader(block);
        if (!header)
            return fail(header.error());
        if (!*header)
            break;
        const auto extension = takeExtension(block, extended);
        if (!extension)
            return fail(extension.error());
        if (*extension)
            continue;
        auto entry = tar::entryOf(block.data());
        if (!entry)
            return fail(entry.error());
        if (extended.longName)
            entry->name = std::move(*extended.longName);
        if (extended.longLink)
            entry->link = std::move(*extended.longLink);
        entry->accessed.tv_nsec = -1;
        if (auto applied = tar::applyPax(extended.pax, *entry); !applied)
            return fail(applied.error());
        if (entry->accessed.tv_nsec < 0)
            entry->accessed = entry->modified;
        if (entry->type == TarEntry::Type::File && entry->name.ends_with('/'))
            entry->type = TarEntry::Type::Directory; // as archives before POSIX say it
        const bool linkOnly =
            entry->type == TarEntry::Type::HardLink || entry->type == TarEntry::Type::SymbolicLink;
        m_contentLeft = linkOnly ? 0 : entry->size;
        m_padding = (blockSize - m_contentLeft % blockSize) % blockSize;
        return std::optional(std::move(*entry));
    }
    if (extended.headers > 0)
        return fail("the archive is cut short: an extended header has no entry");
    return std::optional<TarEntry>();
}

Result<> TarReader::drain()
{
    m_window = {};
    for (;;) {
        const auto block = m_source.next();
        if (!block)
            return fail(block.error());
        if (block->empty())
            return {};
    }
}

} // namespace meseta::agent
