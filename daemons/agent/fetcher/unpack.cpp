#include "daemons/agent/fetcher/unpack.h"

#include <memory>

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemons/agent/fetcher/sandbox_work.h"

namespace meseta::agent {

namespace {

constexpr std::size_t blockBytes = 64 * 1024;
constexpr std::uint64_t maxEntries = 1'000'000;

using Reader = std::unique_ptr<archive, int (*)(archive *)>;

std::string said(archive *a)
{
    const char *text = ::archive_error_string(a);
    return text != nullptr ? text : "unknown error";
}

/// libarchive writes what it likes into entries without names.
std::string nameOf(const char *text)
{
    return text != nullptr ? text : "";
}

bool leavesFolder(const std::string &path)
{
    return path.empty() || path.front() == '/'
        || ("/" + path + "/").find("/../") != std::string::npos;
}

Result<> check(archive_entry *entry)
{
    const auto path = nameOf(::archive_entry_pathname(entry));
    if (leavesFolder(path))
        return fail("the entry '" + path + "' would be written outside the sandbox");
    if (const auto link = nameOf(::archive_entry_hardlink(entry)); !link.empty()) {
        if (leavesFolder(link))
            return fail("the entry '" + path + "' is a link to '" + link
                        + "', outside the sandbox");
        return {};
    }
    const auto type = ::archive_entry_filetype(entry);
    if (type != AE_IFREG && type != AE_IFDIR && type != AE_IFLNK)
        return fail("the entry '" + path + "' is a special file");
    return {};
}

Result<> copyContent(archive *from, archive *to, std::uint64_t &left)
{
    const void *block = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    for (int status = 0;
         (status = ::archive_read_data_block(from, &block, &size, &offset)) != ARCHIVE_EOF;) {
        if (status < ARCHIVE_WARN)
            return fail(said(from));
        if (size > left)
            return fail("its content is larger than allowed");
        left -= size;
        if (::archive_write_data_block(to, block, size, offset) < ARCHIVE_WARN)
            return fail(said(to));
    }
    return {};
}

} // namespace

Result<> unpackArchive(int file, std::uint64_t maxBytes)
{
    const Reader from(::archive_read_new(), ::archive_read_free);
    ::archive_read_support_filter_all(from.get());
    ::archive_read_support_format_tar(from.get());
    ::archive_read_support_format_gnutar(from.get());
    ::archive_read_support_format_zip(from.get());
    const Reader to(::archive_write_disk_new(), ::archive_write_free);
    ::archive_write_disk_set_options(
        to.get(),
        ARCHIVE_EXTRACT_PERM | ARCHIVE_EXTRACT_TIME | ARCHIVE_EXTRACT_SECURE_SYMLINKS
            | ARCHIVE_EXTRACT_SECURE_NODOTDOT | ARCHIVE_EXTRACT_SECURE_NOABSOLUTEPATHS);
    if (::archive_read_open_fd(from.get(), file, blockBytes) != ARCHIVE_OK)
        return fail("it is not an archive that can be read: " + said(from.get()));

    std::uint64_t entries = 0;
    archive_entry *entry = nullptr;
    for (int status = 0;
         (status = ::archive_read_next_header(from.get(), &entry)) != ARCHIVE_EOF;) {
        if (status < ARCHIVE_WARN)
            return fail("it is damaged: " + said(from.get()));
        if (++entries > maxEntries)
            return fail("it has more than " + std::to_string(maxEntries) + " entries");
        if (auto safe = check(entry); !safe)
            return safe;
        if (::archive_write_header(to.get(), entry) < ARCHIVE_WARN)
            return fail(said(to.get()));
        if (auto copied = copyContent(from.get(), to.get(), maxBytes); !copied)
            return fail(copied.error().within("the entry '"
                                              + nameOf(::archive_entry_pathname(entry)) + "'"));
        if (::archive_write_finish_entry(to.get()) < ARCHIVE_WARN)
            return fail(said(to.get()));
    }
    return {};
}

Result<> unpackGzip(int source, int target, std::uint64_t maxBytes)
{
    const Reader from(::archive_read_new(), ::archive_read_free);
    ::archive_read_support_filter_gzip(from.get());
    ::archive_read_support_format_raw(from.get());
    archive_entry *entry = nullptr;
    if (::archive_read_open_fd(from.get(), source, blockBytes) != ARCHIVE_OK
        || ::archive_read_next_header(from.get(), &entry) != ARCHIVE_OK)
        return fail("it is not a gzip file that can be read: " + said(from.get()));
    if (::archive_filter_code(from.get(), 0) != ARCHIVE_FILTER_GZIP)
        return fail("it is not a gzip file");
    char block[blockBytes];
    for (;;) {
        const auto count = ::archive_read_data(from.get(), block, sizeof block);
        if (count < 0)
            return fail("it is damaged: " + said(from.get()));
        if (count == 0)
            return {};
        if (static_cast<std::uint64_t>(count) > maxBytes)
            return fail("its content is larger than allowed");
        maxBytes -= static_cast<std::uint64_t>(count);
        if (auto written = writeAll(target, block, static_cast<std::size_t>(count)); !written)
            return written;
    }
}

} // namespace meseta::agent
