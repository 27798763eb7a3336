#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

#include "common/endpoints/file_service.h"

using namespace meseta;

namespace {

void write(const QString &path, const QByteArray &data)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(data);
}

std::vector<std::string> paths(const std::vector<mesos::v1::FileInfo> &entries)
{
    std::vector<std::string> out;
    for (const auto &entry : entries)
        out.push_back(entry.path());
    return out;
}

} // namespace

class FileServiceTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        QVERIFY(QDir(m_dir->path()).mkpath(QStringLiteral("sandbox/deep")));
        write(at("sandbox/stdout"), "hello");
        write(at("sandbox/deep/file"), "below");
        write(at("secret"), "not yours");
        m_files = FileService();
        QVERIFY(m_files.attach(at("sandbox").toStdString(), "/run"));
    }

    void readsPieces()
    {
        QCOMPARE(m_files.read("/run/stdout", 0, std::nullopt)->data, std::string("hello"));
        QCOMPARE(m_files.read("/run/stdout", 2, 2)->data, std::string("ll"));
        QCOMPARE(m_files.read("/run/stdout", 2, 200)->data, std::string("llo"));
        QCOMPARE(m_files.read("/run/deep/file", 0, std::nullopt)->data, std::string("below"));
    }

    void withoutOffsetOnlyTheSize()
    {
        const auto piece = m_files.read("/run/stdout", std::nullopt, std::nullopt);
        QCOMPARE(piece->size, std::uint64_t(5));
        QCOMPARE(piece->data, std::string());
    }

    void behindTheEndNothing()
    {
        QCOMPARE(m_files.read("/run/stdout", 5, std::nullopt)->data, std::string());
        QCOMPARE(m_files.read("/run/stdout", ~std::uint64_t(0), 10)->data, std::string());
    }

    void readsAtMostSixteenPages()
    {
        write(at("sandbox/big"), QByteArray(100000, 'x'));
        const auto piece = m_files.read("/run/big", 0, 90000);
        QCOMPARE(piece->size, std::uint64_t(100000));
        QCOMPARE(piece->data.size(), std::size_t(16 * 4096));
    }

    void browsesSortedByFullPath()
    {
        const auto entries = m_files.browse("/run");
        QCOMPARE(paths(*entries), (std::vector<std::string>{"/run/deep", "/run/stdout"}));
        QCOMPARE((*entries)[1].size(), std::uint64_t(5));
        QVERIFY(S_ISDIR((*entries)[0].mode()));
        QVERIFY(!(*entries)[1].uid().empty());
        QCOMPARE((*entries)[1].mtime().nanoseconds() % 1000000000, std::int64_t(0));
        QCOMPARE(paths(*m_files.browse("/run/")), paths(*entries));
        QCOMPARE(paths(*m_files.browse("/run/deep")), (std::vector<std::string>{"/run/deep/file"}));
        QVERIFY(m_files.browse("/run/stdout")->empty());
    }

    void unknownPathsAreNotFound()
    {
        for (const char *path : {"", "/", "/nope", "/run/nope", "/runner", "run/stdout", "/ru"}) {
            QCOMPARE(m_files.browse(path).error().status, 404);
            QCOMPARE(m_files.read(path, 0, std::nullopt).error().status, 404);
            QVERIFY(m_files.read(path, 0, std::nullopt).error().message.empty());
        }
    }

    void foldersAndPipesCannotBeRead()
    {
        QCOMPARE(m_files.read("/run/deep", 0, std::nullopt).error().status, 400);
        QCOMPARE(::mkfifo(at("sandbox/pipe").toLocal8Bit().constData(), 0600), 0);
        QCOMPARE(m_files.read("/run/pipe", 0, std::nullopt).error().status,
                 400); // and does not wait for a writer
    }

    void dotsDoNotLeadOut()
    {
        for (const char *path : {"/run/../secret", "/run/deep/../../secret", "/run/..",
                                 "/run/deep/../../../../../etc/passwd"}) {
            QVERIFY2(!m_files.read(path, 0, std::nullopt), path);
            QVERIFY2(!m_files.browse(path), path);
        }
        QCOMPARE(m_files.read("/run/deep/../stdout", 0, std::nullopt)->data, std::string("hello"));
    }

    void linksDoNotLeadOut()
    {
        link("../secret", "out-relative");
        link(at("secret").toLocal8Bit(), "out-absolute");
        link("/etc", "out-folder");
        link("..", "up");
        link("/proc/self/root/etc", "out-magic");
        link("stdout", "inside");
        for (const char *path :
             {"/run/out-relative", "/run/out-absolute", "/run/out-folder/passwd", "/run/up/secret",
              "/run/up/sandbox/../secret", "/run/out-magic/passwd"})
            QVERIFY2(!m_files.read(path, 0, std::nullopt), path);
        QVERIFY(!m_files.browse("/run/out-folder"));
        QVERIFY(!m_files.browse("/run/up"));
        QCOMPARE(m_files.read("/run/inside", 0, std::nullopt)->data, std::string("hello"));
        // Listed they are, as the links they are: nothing of what they point to is told.
        const auto entries = m_files.browse("/run");
        for (const auto &entry : *entries) {
            if (entry.path().find("out-") != std::string::npos)
                QVERIFY2(S_ISLNK(entry.mode()), entry.path().c_str());
        }
    }

    void linkSwappedForAFolderAfterwardsStaysOut()
    {
        QVERIFY(QDir(m_dir->path()).mkpath(QStringLiteral("outside")));
        write(at("outside/file"), "not yours");
        QVERIFY(QFile::remove(at("sandbox/deep/file")));
        QVERIFY(QDir().rmdir(at("sandbox/deep")));
        link("../outside", "deep");
        QCOMPARE(m_files.read("/run/deep/file", 0, std::nullopt).error().status, 404);
    }

    void siblingWithTheSamePrefixIsOutside()
    {
        QVERIFY(QDir(m_dir->path()).mkpath(QStringLiteral("sandbox-of-another")));
        write(at("sandbox-of-another/stdout"), "not yours");
        link("../sandbox-of-another/stdout", "neighbour");
        QCOMPARE(m_files.read("/run/neighbour", 0, std::nullopt).error().status, 404);
    }

    void theLongestAttachedPathWins()
    {
        QVERIFY(m_files.attach(at("sandbox/deep").toStdString(), "/run/logs/now"));
        QCOMPARE(m_files.read("/run/logs/now/file", 0, std::nullopt)->data, std::string("below"));
    }

    void singleFilesCanBeAttached()
    {
        QVERIFY(m_files.attach(at("secret").toStdString(), "/master/log"));
        QCOMPARE(m_files.read("/master/log", 0, std::nullopt)->data, std::string("not yours"));
        QVERIFY(!m_files.read("/master/log/x", 0, std::nullopt));
        m_files.detach("/master/log");
        QVERIFY(!m_files.read("/master/log", 0, std::nullopt));
    }

    /// A volume that only a container sees where it is mounted.
    void whatIsElsewhereIsFoundThere()
    {
        QVERIFY(QDir(m_dir->path()).mkpath(QStringLiteral("volume/inner")));
        QVERIFY(QDir(m_dir->path()).mkpath(QStringLiteral("sandbox/data")));
        write(at("volume/kept"), "of the volume");
        const std::string sandbox = QFileInfo(at("sandbox")).canonicalFilePath().toStdString();
        m_files.setLookup(
            [this, sandbox](const std::string &root,
                            const std::string &below) -> std::optional<FileService::Elsewhere> {
                if (root != sandbox || !below.starts_with("/data"))
                    return std::nullopt;
                return FileService::Elsewhere{at("volume").toStdString(), below.substr(5)};
            });
        QCOMPARE(m_files.read("/run/data/kept", 0, std::nullopt)->data,
                 std::string("of the volume"));
        const auto entries = m_files.browse("/run/data");
        QCOMPARE(entries->size(), std::size_t(2));
        QCOMPARE((*entries)[0].path(), std::string("/run/data/inner"));
        QCOMPARE((*entries)[1].size(), std::uint64_t(13));
        QVERIFY(m_files.browse("/run/data/inner")->empty());
        // Nothing leads out of it, either.
        QVERIFY(QFile::link(at("secret"), at("volume/link")));
        for (const char *path : {"/run/data/link", "/run/data/../secret", "/run/data/../../secret"})
            QVERIFY2(!m_files.read(path, 0, std::nullopt), path);
        QCOMPARE(m_files.read("/run/stdout", 0, std::nullopt)->size,
                 std::uint64_t(QFileInfo(at("sandbox/stdout")).size()));
    }

    void rootsAreResolvedWhenAttached()
    {
        QVERIFY(QFile::link(at("sandbox"), at("latest")));
        QVERIFY(m_files.attach(at("latest").toStdString(), "/latest"));
        QCOMPARE(m_files.attached().at("/latest"),
                 QDir(at("sandbox")).canonicalPath().toStdString());
        QCOMPARE(m_files.read("/latest/stdout", 0, std::nullopt)->data, std::string("hello"));
        QVERIFY(!m_files.attach(at("missing").toStdString(), "/missing"));
    }

    void downloadsHoldTheirFile()
    {
        const FileResult<OpenFile> file = m_files.open("/run/stdout");
        QCOMPARE(file->size(), std::uint64_t(5));
        QCOMPARE(file->name(), std::string("stdout"));
        QVERIFY(QFile::remove(at("sandbox/stdout")));
        QCOMPARE(*file->read(0, 100), std::string("hello"));
    }

private:
    QString at(const char *name) const { return m_dir->filePath(QString::fromLatin1(name)); }
    void link(const QByteArray &target, const char *name)
    {
        QCOMPARE(
            ::symlink(target.constData(),
                      at("sandbox/").append(QString::fromLatin1(name)).toLocal8Bit().constData()),
            0);
    }

    std::unique_ptr<QTemporaryDir> m_dir;
    FileService m_files;
};

QTEST_GUILESS_MAIN(FileServiceTest)
#include "tst_file_service.moc"
