#include "daemons/agent/images/unpack/byte_source.h"

#include <cerrno>
#include <cstring>

#include <isa-l/igzip_lib.h>
#include <unistd.h>
#include <zstd.h>

namespace meseta::agent {

namespace {

constexpr std::size_t inBytes = 256 * 1024;
constexpr std::size_t outBytes = 512 * 1024;

std::string megabytes(std::uint64_t bytes)
{
    return std::to_string(bytes >> 20) + " MB";
}

/// What all unpackers share: the packed side and the limits.
class Inflater : public ByteSource
{
protected:
    Inflater(std::unique_ptr<FileSource> packed, std::string_view first,
             const InflationLimits &limits)
        : m_packed(std::move(packed))
        , m_in(first)
        , m_limits(limits)
        , m_out(std::make_unique<char[]>(outBytes))
    { }

    /// Makes `m_in` hold something, unless the file is at its end.
    Result<> refill()
    {
        if (!m_in.empty())
            return {};
        const auto block = m_packed->next();
        if (!block)
            return fail(block.error());
        m_in = *block;
        return {};
    }

    Result<> count(std::size_t size)
    {
        m_produced += size;
        if (m_produced > m_limits.maxBytes)
            return fail("it unpacks to more than " + megabytes(m_limits.maxBytes)
                        + ", the limit of one layer");
        if (m_produced > m_limits.ratioFloor
            && m_produced / m_limits.maxRatio > m_packed->consumed())
            return fail("it unpacks to more than " + std::to_string(m_limits.maxRatio)
                        + " times its size, as archives do that are made to fill disks");
        return {};
    }

    Result<std::string_view> deliver(std::size_t size)
    {
        if (auto counted = count(size); !counted)
            return fail(counted.error());
        return std::string_view(m_out.get(), size);
    }

    std::unique_ptr<FileSource> m_packed;
    std::string_view m_in;
    InflationLimits m_limits;
    std::unique_ptr<char[]> m_out;
    std::uint64_t m_produced = 0;
};

/// What ISA-L says of broken input.
std::string gzipProblem(int status)
{
    switch (status) {
    case ISAL_INVALID_WRAPPER:
        return "its gzip header is malformed";
    case ISAL_UNSUPPORTED_METHOD:
        return "it is packed by a method that gzip does not define";
    case ISAL_INCORRECT_CHECKSUM:
        return "the checksum of its content is wrong";
    default:
        return "it holds what no packer writes";
    }
}

/// By ISA-L, which needs about half the time of zlib.
class GzipSource final : public Inflater
{
public:
    GzipSource(std::unique_ptr<FileSource> packed, std::string_view first,
               const InflationLimits &limits)
        : Inflater(std::move(packed), first, limits), m_state(std::make_unique<inflate_state>())
    {
        beginMember();
    }

    Result<std::string_view> next() override
    {
        m_state->next_out = reinterpret_cast<std::uint8_t *>(m_out.get());
        m_state->avail_out = outBytes;
        while (m_state->avail_out > 0 && !m_over) {
            if (auto filled = refill(); !filled)
                return fail(filled.error());
            if (m_memberDone) {
                if (auto turned = betweenMembers(); !turned)
                    return fail(turned.error());
                continue;
            }
            const bool atEnd = m_in.empty(); // there may be output yet that had no room
            const auto room = m_state->avail_out;
            if (auto fed = feed(); !fed)
                return fail(fed.error());
            if (atEnd && !m_memberDone && m_state->avail_out == room)
                return fail("it ends in the middle: the gzip stream is cut short");
        }
        return deliver(outBytes - m_state->avail_out);
    }

private:
    void beginMember()
    {
        auto *out = m_state->next_out;
        const auto room = m_state->avail_out;
        ::isal_inflate_init(m_state.get());
        m_state->crc_flag = ISAL_GZIP;
        m_state->next_out = out;
        m_state->avail_out = room;
        m_memberDone = false;
    }

    Result<> feed()
    {
        m_state->next_in = reinterpret_cast<std::uint8_t *>(const_cast<char *>(m_in.data()));
        m_state->avail_in = static_cast<std::uint32_t>(m_in.size());
        const int status = ::isal_inflate(m_state.get());
        m_in.remove_prefix(m_in.size() - m_state->avail_in);
        if (status < 0)
            return fail("it is damaged: " + gzipProblem(status));
        m_memberDone = m_state->block_state == ISAL_BLOCK_FINISH;
        return {};
    }

    /// After a member comes another, zeros, or the end.
    Result<> betweenMembers()
    {
        while (!m_in.empty() && m_in.front() == 0)
            m_in.remove_prefix(1);
        if (!m_in.empty()) {
            beginMember();
            return {};
        }
        if (auto filled = refill(); !filled)
            return filled;
        m_over = m_in.empty();
        return {};
    }

    std::unique_ptr<inflate_state> m_state;
    bool m_memberDone = false;
    bool m_over = false;
};

class ZstdSource final : public Inflater
{
public:
    ZstdSource(std::unique_ptr<FileSource> packed, std::string_view first,
               const InflationLimits &limits)
        : Inflater(std::move(packed), first, limits), m_stream(::ZSTD_createDStream())
    { }
    ~ZstdSource() override { ::ZSTD_freeDStream(m_stream); }

    Result<std::string_view> next() override
    {
        ZSTD_outBuffer out{m_out.get(), outBytes, 0};
        for (;;) {
            if (auto filled = refill(); !filled)
                return fail(filled.error());
            const bool atEnd = m_in.empty();
            ZSTD_inBuffer in{m_in.data(), m_in.size(), 0};
            const std::size_t before = out.pos;
            const std::size_t status = ::ZSTD_decompressStream(m_stream, &out, &in);
            if (::ZSTD_isError(status) != 0)
                return fail("it is damaged: " + std::string(::ZSTD_getErrorName(status)));
            m_in.remove_prefix(in.pos);
            if (in.pos > 0 || out.pos > before)
                m_frameOpen = status != 0;
            if (atEnd && m_frameOpen && out.pos == before)
                return fail("it ends in the middle: the zstd stream is cut short");
            if (out.pos == outBytes || atEnd)
                return deliver(out.pos);
        }
    }

private:
    ZSTD_DStream *m_stream;
    bool m_frameOpen = false;
};

class PlainSource final : public Inflater
{
public:
    PlainSource(std::unique_ptr<FileSource> packed, std::string_view first,
                const InflationLimits &limits)
        : Inflater(std::move(packed), first, limits)
    { }

    Result<std::string_view> next() override
    {
        if (auto filled = refill(); !filled)
            return fail(filled.error());
        const auto block = std::exchange(m_in, {});
        if (auto counted = count(block.size()); !counted)
            return fail(counted.error());
        return block;
    }
};

/// A file that cannot be read at all.
class FailedSource final : public ByteSource
{
public:
    explicit FailedSource(Error error) : m_error(std::move(error)) { }
    Result<std::string_view> next() override { return fail(m_error); }

private:
    Error m_error;
};

} // namespace

FileSource::FileSource(int fd, std::uint64_t offset, std::uint64_t size)
    : m_fd(fd), m_offset(offset), m_left(size), m_buffer(std::make_unique<char[]>(inBytes))
{ }

Result<std::string_view> FileSource::next()
{
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(m_left, inBytes));
    ssize_t got = 0;
    do
        got = wanted == 0 ? 0 : ::pread(m_fd, m_buffer.get(), wanted, static_cast<off_t>(m_offset));
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return fail(std::string("cannot read it: ") + std::strerror(errno));
    m_offset += static_cast<std::uint64_t>(got);
    m_left -= static_cast<std::uint64_t>(got);
    m_consumed += static_cast<std::uint64_t>(got);
    return std::string_view(m_buffer.get(), static_cast<std::size_t>(got));
}

std::uint64_t FileSource::skip(std::uint64_t bytes)
{
    const auto skipped = std::min(bytes, m_left);
    m_offset += skipped;
    m_left -= skipped;
    return skipped;
}

std::unique_ptr<ByteSource> inflating(std::unique_ptr<FileSource> packed,
                                      const InflationLimits &limits)
{
    const auto first = packed->next();
    if (!first)
        return std::make_unique<FailedSource>(first.error());
    if (first->starts_with("\x1f\x8b"))
        return std::make_unique<GzipSource>(std::move(packed), *first, limits);
    if (first->starts_with("\x28\xb5\x2f\xfd"))
        return std::make_unique<ZstdSource>(std::move(packed), *first, limits);
    return std::make_unique<PlainSource>(std::move(packed), *first, limits);
}

} // namespace meseta::agent
