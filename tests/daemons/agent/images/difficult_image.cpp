#include "tests/daemons/agent/images/difficult_image.h"

#include <QDir>
#include <QFileInfo>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace meseta::test {

namespace {

std::string local(const QString &path)
{
    return path.toLocal8Bit().toStdString();
}

} // namespace

void writeFile(const QString &path, const QByteArray &content)
{
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    if (file.open(QIODevice::WriteOnly))
        file.write(content);
}

Result<> fillDifficult(OciImage &image, DifficultParts parts)
{
    const auto first = [parts](const QString &root) -> Result<> {
        writeFile(root + QStringLiteral("/etc/kept"), "kept");
        writeFile(root + QStringLiteral("/etc/hidden"), "hidden");
        writeFile(root + QStringLiteral("/var/cache/a/one"), "1");
        writeFile(root + QStringLiteral("/var/cache/b/two"), "2");
        writeFile(root + QStringLiteral("/srv/turns-folder"), "a file");
        if (parts.folderTurnsFile)
            writeFile(root + QStringLiteral("/srv/turns-file/inner"), "inner");
        writeFile(root + QStringLiteral("/usr/bin/tool"), "#!tool");
        const std::string tool = local(root + QStringLiteral("/usr/bin/tool"));
        ::link(tool.c_str(), local(root + QStringLiteral("/usr/bin/tool-again")).c_str());
        ::chmod(tool.c_str(), 04755);
        ::chown(local(root + QStringLiteral("/etc/kept")).c_str(), 1234, 4321);
        ::symlink("usr/bin", local(root + QStringLiteral("/bin")).c_str());
        ::mknod(local(root + QStringLiteral("/null")).c_str(), S_IFCHR | 0666, makedev(1, 3));
        ::setxattr(tool.c_str(), "user.origin", "here", 4, 0);
        // cap_net_bind_service=ep, as setcap writes it (linux/capability.h, revision 2)
        const QByteArray capability =
            QByteArray::fromHex("0100000200040000000000000000000000000000");
        ::setxattr(tool.c_str(), "security.capability", capability.constData(),
                   std::size_t(capability.size()), 0);
        writeFile(root + QStringLiteral("/data/of-the-volume"), "there");
        ::chown(local(root + QStringLiteral("/data")).c_str(), 1000, 1000);
        ::chmod(local(root + QStringLiteral("/data")).c_str(), 02775);
        ::mkfifo(local(root + QStringLiteral("/pipe")).c_str(), 0640);
        ::mknod(local(root + QStringLiteral("/disk")).c_str(), S_IFBLK | 0660, makedev(7, 9));
        ::symlink("/nowhere/at all", local(root + QStringLiteral("/dangling")).c_str());
        ::lchown(local(root + QStringLiteral("/dangling")).c_str(), 12, 34);
        const timespec old[2] = {{1'000'000'000, 0}, {86'400, 0}};
        ::utimensat(AT_FDCWD, local(root + QStringLiteral("/etc/kept")).c_str(), old, 0);
        ::mkdir(local(root + QStringLiteral("/tmp")).c_str(), 0755);
        ::chmod(local(root + QStringLiteral("/tmp")).c_str(), 01777);
        return {};
    };
    const auto second = [parts](const QString &root) -> Result<> {
        QFile::remove(root + QStringLiteral("/etc/hidden"));
        QDir(root + QStringLiteral("/var/cache/a")).removeRecursively();
        QFile::remove(root + QStringLiteral("/usr/bin/tool-again")); // the other name stays
        QFile::remove(root + QStringLiteral("/srv/turns-folder"));
        writeFile(root + QStringLiteral("/srv/turns-folder/inner"), "now inside");
        if (parts.folderTurnsFile) {
            QDir(root + QStringLiteral("/srv/turns-file")).removeRecursively();
            writeFile(root + QStringLiteral("/srv/turns-file"), "now a file");
        }
        writeFile(root + QStringLiteral("/long/") + QString(180, QLatin1Char('d'))
                      + QLatin1Char('/') + QString(200, QLatin1Char('n')),
                  "long");
        return {};
    };
    const auto third = [](const QString &root) -> Result<> {
        writeFile(root + QStringLiteral("/etc/hidden"), "back again");
        writeFile(root + QStringLiteral("/var/cache/a/three"), "3");
        ::chmod(local(root + QStringLiteral("/etc/kept")).c_str(), 0600);
        return {};
    };
    for (const auto &layer : {std::function<Result<>(const QString &)>(first),
                              std::function<Result<>(const QString &)>(second),
                              std::function<Result<>(const QString &)>(third)}) {
        if (auto added = image.addLayer(layer); !added)
            return added;
        if (parts.firstLayerAlone)
            break;
    }
    return image.configure(
        {QStringLiteral("--config.user=1000:1000"), QStringLiteral("--config.volume=/data"),
         QStringLiteral("--config.workingdir=/srv"), QStringLiteral("--config.env=COLOUR=green"),
         QStringLiteral("--config.exposedports=6379/tcp"),
         QStringLiteral("--config.label=maker=test"),
         QStringLiteral("--config.entrypoint=/usr/bin/tool"),
         QStringLiteral("--config.cmd=--flag")});
}

} // namespace meseta::test
