#pragma once

#include <QByteArray>

#include <archive.h>
#include <archive_entry.h>

namespace meseta::agent {

/// Builds archives, also ones that no honest program would write.
class TestArchive
{
public:
    enum class Form { Tar, TarGz, TarBz2, TarXz, Zip };

    explicit TestArchive(Form form) : m_archive(::archive_write_new())
    {
        form == Form::Zip ? ::archive_write_set_format_zip(m_archive)
                          : ::archive_write_set_format_gnutar(m_archive);
        if (form == Form::TarGz)
            ::archive_write_add_filter_gzip(m_archive);
        if (form == Form::TarBz2)
            ::archive_write_add_filter_bzip2(m_archive);
        if (form == Form::TarXz)
            ::archive_write_add_filter_xz(m_archive);
        ::archive_write_open(m_archive, this, nullptr, append, nullptr);
    }

    TestArchive &file(const char *path, const QByteArray &content, unsigned mode = 0644)
    {
        add(path, AE_IFREG, mode, content, nullptr, nullptr);
        return *this;
    }
    TestArchive &link(const char *path, const char *target)
    {
        add(path, AE_IFLNK, 0777, {}, target, nullptr);
        return *this;
    }
    TestArchive &hardLink(const char *path, const char *target)
    {
        add(path, AE_IFREG, 0644, {}, nullptr, target);
        return *this;
    }
    TestArchive &device(const char *path)
    {
        add(path, AE_IFCHR, 0666, {}, nullptr, nullptr);
        return *this;
    }
    QByteArray bytes()
    {
        ::archive_write_close(m_archive);
        ::archive_write_free(m_archive);
        return m_bytes;
    }

private:
    static la_ssize_t append(archive *, void *self, const void *data, std::size_t size)
    {
        static_cast<TestArchive *>(self)->m_bytes.append(static_cast<const char *>(data),
                                                         static_cast<qsizetype>(size));
        return static_cast<la_ssize_t>(size);
    }
    void add(const char *path, unsigned type, unsigned mode, const QByteArray &content,
             const char *symlink, const char *hardlink)
    {
        archive_entry *entry = ::archive_entry_new();
        ::archive_entry_set_pathname(entry, path);
        ::archive_entry_set_filetype(entry, type);
        ::archive_entry_set_perm(entry, mode);
        ::archive_entry_set_size(entry, content.size());
        if (symlink != nullptr)
            ::archive_entry_set_symlink(entry, symlink);
        if (hardlink != nullptr)
            ::archive_entry_set_hardlink(entry, hardlink);
        ::archive_write_header(m_archive, entry);
        ::archive_write_data(m_archive, content.constData(),
                             static_cast<std::size_t>(content.size()));
        ::archive_entry_free(entry);
    }

    archive *m_archive;
    QByteArray m_bytes;
};

} // namespace meseta::agent
