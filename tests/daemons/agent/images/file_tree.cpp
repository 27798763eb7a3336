#include "tests/daemons/agent/images/file_tree.h"

#include <QCryptographicHash>
#include <QFile>

#include <algorithm>
#include <array>

#include <dirent.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace meseta::agent {

namespace {

QByteArray xattrsOf(const QByteArray &path)
{
    std::array<char, 4096> list{};
    const ssize_t size = ::llistxattr(path.constData(), list.data(), list.size());
    QByteArrayList attributes;
    for (ssize_t at = 0; at < size; at += ssize_t(strlen(list.data() + at)) + 1) {
        const QByteArray name(list.data() + at);
        std::array<char, 4096> value{};
        const ssize_t length =
            ::lgetxattr(path.constData(), name.constData(), value.data(), value.size());
        if (!name.startsWith("trusted.overlay."))
            attributes +=
                name + '=' + QByteArray(value.data(), std::max<ssize_t>(0, length)).toHex();
    }
    std::sort(attributes.begin(), attributes.end());
    return attributes.join(',');
}

QByteArray detailOf(const QByteArray &path, const struct stat &status)
{
    if (S_ISLNK(status.st_mode)) {
        std::array<char, 4096> target{};
        const ssize_t size = ::readlink(path.constData(), target.data(), target.size());
        return "-> " + QByteArray(target.data(), std::max<ssize_t>(0, size));
    }
    if (S_ISREG(status.st_mode)) {
        QFile file(QString::fromLocal8Bit(path));
        QCryptographicHash hash(QCryptographicHash::Sha256);
        if (!file.open(QIODevice::ReadOnly) || !hash.addData(&file))
            return "unreadable";
        return QByteArray::number(qint64(status.st_size)) + ' ' + hash.result().toHex().left(16);
    }
    return S_ISDIR(status.st_mode) ? QByteArray() : QByteArray::number(qint64(status.st_rdev));
}

void describe(const QByteArray &root, const QByteArray &path, QByteArrayList &lines)
{
    const QByteArray full = root + path;
    struct stat status
    { };
    if (::lstat(full.constData(), &status) != 0)
        return;
    QByteArrayList fields;
    fields << (path.isEmpty() ? QByteArray("/") : path) << QByteArray::number(status.st_mode, 8)
           << QByteArray::number(status.st_uid) + ':' + QByteArray::number(status.st_gid)
           << QByteArray::number(qint64(status.st_mtim.tv_sec)) + '.'
            + QByteArray::number(qint64(status.st_mtim.tv_nsec)).rightJustified(9, '0')
           << detailOf(full, status) << xattrsOf(full);
    if (!S_ISDIR(status.st_mode))
        fields << "names " + QByteArray::number(quint64(status.st_nlink));
    lines << fields.join(' ');
    if (!S_ISDIR(status.st_mode))
        return;
    QByteArrayList names;
    if (DIR *listing = ::opendir(full.constData())) {
        while (const dirent *entry = ::readdir(listing))
            names << QByteArray(static_cast<const char *>(entry->d_name));
        ::closedir(listing);
    }
    std::sort(names.begin(), names.end());
    for (const auto &name : names) {
        if (name != "." && name != "..")
            describe(root, path + '/' + name, lines);
    }
}

} // namespace

QByteArrayList describeTree(const QString &root)
{
    QByteArrayList lines;
    describe(root.toLocal8Bit(), {}, lines);
    return lines;
}

QByteArray treeDifference(const QByteArrayList &expected, const QByteArrayList &found)
{
    QByteArrayList difference;
    for (const auto &line : expected) {
        if (!found.contains(line))
            difference << "- " + line;
    }
    for (const auto &line : found) {
        if (!expected.contains(line))
            difference << "+ " + line;
    }
    return difference.mid(0, 20).join('\n');
}

} // namespace meseta::agent
