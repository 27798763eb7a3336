#include "tests/support/root_folder.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>

#include "tests/support/server_process.h"

namespace meseta::test {

Result<> RootFolder::addProgram(const QString &program)
{
    const auto libraries = runProgram(QStringLiteral("ldd"), {program});
    if (!libraries)
        return fail(libraries.error());
    if (auto copied = copy(program); !copied)
        return copied;
    // "libc.so.6 => /lib/…/libc.so.6 (0x…)" and "/lib64/ld-linux-x86-64.so.2 (0x…)"
    static const QRegularExpression path(QStringLiteral("(/\\S+) \\(0x"));
    for (auto match = path.globalMatch(QString::fromLocal8Bit(*libraries)); match.hasNext();) {
        if (auto copied = copy(match.next().captured(1)); !copied)
            return copied;
    }
    return {};
}

void RootFolder::makeDirectory(const QString &path)
{
    QDir().mkpath(m_path + QLatin1Char('/') + path);
}

Result<> RootFolder::copy(const QString &file)
{
    const QString target = m_path + file;
    if (QFile::exists(target))
        return {};
    QDir().mkpath(QFileInfo(target).path());
    const QString source = QFileInfo(file).canonicalFilePath(); // /bin/sh is a link
    if (source.isEmpty() || !QFile::copy(source, target))
        return fail("cannot copy " + file.toStdString() + " to " + target.toStdString());
    return {};
}

} // namespace meseta::test
