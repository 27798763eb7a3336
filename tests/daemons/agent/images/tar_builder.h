#pragma once

#include <QByteArray>
#include <QTemporaryFile>

#include <zlib.h>
#include <zstd.h>

namespace meseta::agent {

/// Writes tar archives byte by byte, also such as no honest program would.
class TarBuilder
{
public:
    struct Entry
    {
        QByteArray name;
        char type = '0';
        QByteArray link = {};
        unsigned mode = 0644;
        unsigned uid = 0;
        unsigned gid = 0;
        qint64 mtime = 1'600'000'000;
        unsigned major = 0;
        unsigned minor = 0;
        qint64 size = -1; ///< what the header says; the content's own by default
    };

    TarBuilder &add(const Entry &entry, const QByteArray &content = {})
    {
        QByteArray header(512, '\0');
        put(header, 0, entry.name.left(100));
        put(header, 100, octal(entry.mode, 7));
        put(header, 108, octal(entry.uid, 7));
        put(header, 116, octal(entry.gid, 7));
        put(header, 124, octal(entry.size < 0 ? content.size() : entry.size, 11));
        put(header, 136, octal(entry.mtime, 11));
        put(header, 148, "        ");
        header[156] = entry.type;
        put(header, 157, entry.link.left(100));
        put(header, 257,
            QByteArray("ustar\0"
                       "00",
                       8));
        put(header, 329, octal(entry.major, 7));
        put(header, 337, octal(entry.minor, 7));
        unsigned sum = 0;
        for (const char c : header)
            sum += static_cast<unsigned char>(c);
        put(header, 148, octal(sum, 6) + QByteArray("\0 ", 2));
        m_bytes += header + content + QByteArray((512 - content.size() % 512) % 512, '\0');
        return *this;
    }

    TarBuilder &file(const QByteArray &name, const QByteArray &content, unsigned mode = 0644)
    {
        return add({.name = name, .mode = mode}, content);
    }
    TarBuilder &folder(const QByteArray &name, unsigned mode = 0755)
    {
        return add({.name = name, .type = '5', .mode = mode});
    }
    TarBuilder &symlink(const QByteArray &name, const QByteArray &target)
    {
        return add({.name = name, .type = '2', .link = target, .mode = 0777});
    }
    TarBuilder &hardLink(const QByteArray &name, const QByteArray &target)
    {
        return add({.name = name, .type = '1', .link = target});
    }
    /// GNU's way to say names of any length: 'L' for the name, 'K' for a link.
    TarBuilder &longName(char type, const QByteArray &name)
    {
        return add({.name = "././@LongLink", .type = type}, name + '\0');
    }
    /// A pax header for the entry that follows.
    TarBuilder &pax(const QList<std::pair<QByteArray, QByteArray>> &records)
    {
        QByteArray text;
        for (const auto &[key, value] : records)
            text += record(key, value);
        return add({.name = "PaxHeaders/x", .type = 'x'}, text);
    }

    QByteArray plain() const { return m_bytes + QByteArray(1024, '\0'); }

    QByteArray gzipped(int level = 6) const { return gzipped(plain(), level); }

    static QByteArray gzipped(const QByteArray &bytes, int level = 6)
    {
        z_stream stream{};
        ::deflateInit2(&stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
        QByteArray out(qsizetype(::deflateBound(&stream, uLong(bytes.size()))), '\0');
        stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(bytes.constData()));
        stream.avail_in = uInt(bytes.size());
        stream.next_out = reinterpret_cast<Bytef *>(out.data());
        stream.avail_out = uInt(out.size());
        ::deflate(&stream, Z_FINISH);
        out.resize(qsizetype(stream.total_out));
        ::deflateEnd(&stream);
        return out;
    }

    static QByteArray zstd(const QByteArray &bytes)
    {
        QByteArray out(qsizetype(::ZSTD_compressBound(size_t(bytes.size()))), '\0');
        out.resize(qsizetype(::ZSTD_compress(out.data(), size_t(out.size()), bytes.constData(),
                                             size_t(bytes.size()), 3)));
        return out;
    }

private:
    static QByteArray octal(qint64 number, int digits)
    {
        return QByteArray::number(number, 8).rightJustified(digits, '0');
    }
    static void put(QByteArray &header, qsizetype at, const QByteArray &text)
    {
        header.replace(at, text.size(), text);
    }
    static QByteArray record(const QByteArray &key, const QByteArray &value)
    {
        const qsizetype bare = key.size() + value.size() + 3;
        qsizetype length = bare + 1;
        while (length != bare + QByteArray::number(length).size())
            ++length;
        return QByteArray::number(length) + ' ' + key + '=' + value + '\n';
    }

    QByteArray m_bytes;
};

} // namespace meseta::agent
