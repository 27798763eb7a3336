#pragma once

#include <algorithm>

#include <QByteArrayList>
#include <QFile>
#include <QStringList>

namespace meseta::test {

/// The lines of this thread's mount table that speak of one of these folders, as mount point, root
/// or source. A test asks for its own folders only: others mount and unmount beside it.
inline QByteArrayList mountsOf(const QStringList &folders)
{
    QByteArrayList found;
    QFile table(QStringLiteral("/proc/thread-self/mountinfo"));
    if (!table.open(QIODevice::ReadOnly))
        return {"the mount table cannot be read"};
    for (const QByteArray &line : table.readAll().split('\n')) {
        if (std::any_of(folders.begin(), folders.end(), [&line](const QString &folder) {
                return line.contains(QFile::encodeName(folder));
            }))
            found.append(line);
    }
    return found;
}

} // namespace meseta::test
