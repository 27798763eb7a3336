#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "daemons/agent/images/rootfs/volume_folders.h"
#include "daemons/agent/images/unpack/rooted_tree.h"
#include "daemons/agent/images/unpack/unpack_layer.h"
#include "tests/daemons/agent/images/file_tree.h"
#include "tests/daemons/agent/images/tar_builder.h"
#include "tests/support/missing.h"

using namespace meseta;
using namespace meseta::agent;

/// Layers as archives, honest and hostile, and what becomes of them on disk.
class TestImageUnpack : public QObject
{
    Q_OBJECT

private:
    struct Scene
    {
        Scene()
        {
            QDir(folder.path()).mkpath(QStringLiteral("layer"));
            QDir(folder.path()).mkpath(QStringLiteral("canary/inner"));
            for (const char *name : {"canary/file", "canary/inner/file"}) {
                QFile file(folder.filePath(QLatin1String(name)));
                if (file.open(QIODevice::WriteOnly))
                    file.write("untouched");
            }
            before = describeTree(folder.filePath(QStringLiteral("canary")));
        }

        Result<UnpackedLayer> unpack(const QByteArray &archive, const ImageLimits &limits = {})
        {
            QFile file(folder.filePath(QStringLiteral("archive")));
            if (!file.open(QIODevice::ReadWrite | QIODevice::Truncate))
                return fail("no archive");
            file.write(archive);
            file.flush();
            return unpackLayer({file.handle()}, root().toStdString(), limits, {});
        }

        QString root() const { return folder.filePath(QStringLiteral("layer")); }
        QString path(const char *name) const
        {
            return root() + QLatin1Char('/') + QString::fromUtf8(name);
        }
        struct stat status(const char *name) const
        {
            struct stat result
            { };
            ::lstat(path(name).toLocal8Bit().constData(), &result);
            return result;
        }
        QByteArray content(const char *name) const
        {
            QFile file(path(name));
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(no file)");
        }
        QByteArray xattr(const char *name, const char *attribute) const
        {
            char value[64] = {};
            const ssize_t size =
                ::lgetxattr(path(name).toLocal8Bit().constData(), attribute, value, sizeof value);
            return size < 0 ? QByteArray("(none)") : QByteArray(value, size);
        }
        bool isWhiteout(const char *name) const
        {
            const auto found = status(name);
            return S_ISCHR(found.st_mode) && found.st_rdev == 0;
        }
        QByteArray canaryDamage() const
        {
            return treeDifference(before, describeTree(folder.filePath(QStringLiteral("canary"))));
        }

        QTemporaryDir folder;
        QByteArrayList before;
    };

    static std::string errorOf(const Result<UnpackedLayer> &result)
    {
        return result ? std::string() : result.error().message;
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (::geteuid() != 0)
            MESETA_MISSING(QStringLiteral("owners and devices need root"));
    }

    void keepsModesOwnersTimesAndKinds()
    {
        Scene scene;
        TarBuilder tar;
        tar.add({.name = "./", .type = '5', .mode = 0711, .mtime = 1'500'000'000})
            .add({.name = "./bin/", .type = '5', .mode = 0755, .mtime = 1'500'000'001})
            .add({.name = "./bin/tool", .mode = 04755, .uid = 12, .gid = 34}, "#!")
            .hardLink("./bin/same", "./bin/tool")
            .add({.name = "./bin/link", .type = '2', .link = "/bin/tool", .uid = 7, .mtime = 99})
            .add({.name = "./dev/null", .type = '3', .mode = 0666, .major = 1, .minor = 3})
            .add(
                {.name = "./dev/disk", .type = '4', .mode = 0660, .gid = 6, .major = 8, .minor = 1})
            .add({.name = "./pipe", .type = '6', .mode = 0600});
        const auto unpacked = scene.unpack(tar.plain());
        QCOMPARE(errorOf(unpacked), std::string());
        QVERIFY(unpacked->describesRoot);
        QCOMPARE(unpacked->entries, std::uint64_t(8));
        QCOMPARE(scene.status("").st_mode & 07777, 0711U);
        QCOMPARE(scene.status("").st_mtim.tv_sec, 1'500'000'000);
        QCOMPARE(scene.status("bin").st_mtim.tv_sec,
                 1'500'000'001); // not the time of writing in it
        QCOMPARE(scene.status("bin/tool").st_mode & 07777, 04755U);
        QCOMPARE(scene.status("bin/tool").st_uid, 12U);
        QCOMPARE(scene.status("bin/tool").st_gid, 34U);
        QCOMPARE(scene.status("bin/same").st_ino, scene.status("bin/tool").st_ino);
        QCOMPARE(QFile::symLinkTarget(scene.path("bin/link")), QStringLiteral("/bin/tool"));
        QCOMPARE(scene.status("bin/link").st_uid, 7U);
        QCOMPARE(scene.status("bin/link").st_mtim.tv_sec, 99);
        QVERIFY(S_ISCHR(scene.status("dev/null").st_mode));
        QCOMPARE(scene.status("dev/null").st_rdev, makedev(1, 3));
        QVERIFY(S_ISBLK(scene.status("dev/disk").st_mode));
        QCOMPARE(scene.status("dev").st_mode & 07777, 0755U); // not in the archive
        QVERIFY(S_ISFIFO(scene.status("pipe").st_mode));
    }

    void takesGzipZstdAndSeveralMembers()
    {
        TarBuilder tar;
        for (int i = 0; i < 300; ++i)
            tar.file("file" + QByteArray::number(i), QByteArray(7000 + i, char('a' + i % 26)));
        const QByteArray plain = tar.plain();
        const QByteArray half = plain.left(plain.size() / 2), rest = plain.mid(plain.size() / 2);
        const auto expected = digestOf(plain.toStdString());
        for (const auto &packed : {plain, TarBuilder::gzipped(plain), TarBuilder::zstd(plain),
                                   TarBuilder::gzipped(half) + TarBuilder::gzipped(rest),
                                   TarBuilder::gzipped(plain) + QByteArray(100, '\0'),
                                   TarBuilder::zstd(half) + TarBuilder::zstd(rest)}) {
            Scene scene;
            const auto unpacked = scene.unpack(packed);
            QCOMPARE(errorOf(unpacked), std::string());
            QCOMPARE(unpacked->diffId.text(), expected.text());
            QCOMPARE(scene.content("file299"), QByteArray(7299, char('a' + 299 % 26)));
        }
    }

    void unpacksWholeAtEverySize()
    {
        // Sizes around those of the buffers, packed so tightly that output waits for room.
        for (const int size : {0, 1, 511, 512, 524288 - 2560, 524288 - 1536, 524288, 1048576 - 1536,
                               1048576, 3 * 524288 + 7}) {
            const QByteArray plain = TarBuilder().file("f", QByteArray(size, 'z')).plain();
            for (const auto &packed : {TarBuilder::gzipped(plain, 9), TarBuilder::gzipped(plain, 1),
                                       TarBuilder::zstd(plain)}) {
                Scene scene;
                const auto unpacked = scene.unpack(packed);
                QCOMPARE(errorOf(unpacked), std::string());
                QCOMPARE(unpacked->diffId.text(), digestOf(plain.toStdString()).text());
                QCOMPARE(scene.status("f").st_size, off_t(size));
                QVERIFY(!Scene().unpack(packed.chopped(5)));
            }
        }
    }

    void noticesDamage()
    {
        const QByteArray good = TarBuilder().file("f", QByteArray(100'000, 'z')).gzipped();
        for (qsizetype at = 0; at < good.size(); at += 7) {
            QByteArray bad = good;
            bad[at] = char(bad[at] ^ 0x10);
            Scene scene;
            const auto unpacked = scene.unpack(bad);
            // Only what gzip itself does not check (its header's time and system) may pass.
            if (unpacked)
                QVERIFY2(at < 10, QByteArray::number(at).constData());
        }
    }

    void takesNamesAndAttributesOfExtendedHeaders()
    {
        Scene scene;
        const QByteArray deep = QByteArray(200, 'd') + "/" + QByteArray(200, 'n');
        TarBuilder tar;
        tar.longName('L', deep).file("cut", "gnu");
        tar.longName('K', deep).longName('L', "link-" + QByteArray(150, 'x')).symlink("x", "y");
        tar.pax({{"path", "pax-\xc3\xa9"},
                 {"mtime", "1500000000.123456789"},
                 {"uid", "3000000"},
                 {"SCHILY.xattr.user.note", "hello"},
                 {"SCHILY.xattr.trusted.overlay.redirect", "/etc"}})
            .file("short", "pax");
        QCOMPARE(errorOf(scene.unpack(tar.plain())), std::string());
        QCOMPARE(scene.content(deep), QByteArray("gnu"));
        QCOMPARE(QFile::symLinkTarget(scene.path("link-" + QByteArray(150, 'x')))
                     .section(QLatin1Char('/'), -1),
                 QString(200, QLatin1Char('n')));
        const auto status = scene.status("pax-\xc3\xa9");
        QCOMPARE(status.st_uid, 3000000U);
        QCOMPARE(status.st_mtim.tv_nsec, 123456789L);
        QCOMPARE(scene.xattr("pax-\xc3\xa9", "user.note"), QByteArray("hello"));
        QCOMPARE(scene.xattr("pax-\xc3\xa9", "trusted.overlay.redirect"), QByteArray("(none)"));
    }

    void laterEntriesReplaceEarlierOnes()
    {
        Scene scene;
        TarBuilder tar;
        tar.file("a", "first").file("a", "second");
        tar.folder("b").file("b/inner", "x").file("b", "now a file");
        tar.symlink("c", "/etc").folder("c", 0700).file("c/inner", "mine");
        tar.folder("d", 0700).file("d/kept", "x").folder("d", 0750);
        QCOMPARE(errorOf(scene.unpack(tar.plain())), std::string());
        QCOMPARE(scene.content("a"), QByteArray("second"));
        QCOMPARE(scene.content("b"), QByteArray("now a file"));
        QVERIFY(S_ISDIR(scene.status("c").st_mode));
        QCOMPARE(scene.content("c/inner"), QByteArray("mine"));
        QCOMPARE(scene.status("d").st_mode & 07777, 0750U);
        QCOMPARE(scene.content("d/kept"), QByteArray("x"));
    }

    void whiteoutsBecomeOverlays()
    {
        Scene scene;
        TarBuilder tar;
        tar.file("etc/.wh.passwd", "");
        tar.folder("var").file("var/.wh..wh..opq", "").file("var/own", "x");
        tar.file(".wh..wh.aufs", "").file(".wh..wh.plnk/1.2", "");
        // A name that is hidden and brought anew, in either order.
        tar.file(".wh.early", "").folder("early");
        tar.folder("late").file(".wh.late", "");
        tar.file(".wh.file", "").file("file", "new");
        const auto unpacked = scene.unpack(tar.plain());
        QCOMPARE(errorOf(unpacked), std::string());
        QVERIFY(unpacked->hasWhiteouts);
        QVERIFY(scene.isWhiteout("etc/passwd"));
        QCOMPARE(scene.xattr("var", "trusted.overlay.opaque"), QByteArray("y"));
        QCOMPARE(scene.xattr("early", "trusted.overlay.opaque"), QByteArray("y"));
        QCOMPARE(scene.xattr("late", "trusted.overlay.opaque"), QByteArray("y"));
        QCOMPARE(scene.content("file"), QByteArray("new"));
        QVERIFY(!QFile::exists(scene.path(".wh..wh.aufs")));
    }

    void whiteoutsBelowAFileChangeNothing()
    {
        Scene scene;
        TarBuilder tar;
        tar.file("was-folder", "now a file").file("was-folder/.wh.inner", "");
        QCOMPARE(errorOf(scene.unpack(tar.plain())), std::string());
        QCOMPARE(scene.content("was-folder"), QByteArray("now a file"));
    }

    void followsLinksInsideTheRootOnly()
    {
        Scene scene;
        const QByteArray canary = scene.folder.filePath(QStringLiteral("canary")).toLocal8Bit();
        TarBuilder tar;
        tar.folder("usr/lib").symlink("lib", "usr/lib").file("lib/so", "inside");
        tar.symlink("out", canary).file("out/file", "hostile");
        tar.symlink("up", "../../../../../../../.." + canary).file("up/inner/file", "hostile");
        tar.symlink("chain1", "chain2").symlink("chain2", "chain3").symlink("chain3", "/");
        tar.file("chain1" + canary + "/file", "hostile");
        tar.file(canary + "/absolute", "hostile");
        const auto unpacked = scene.unpack(tar.plain());
        // Links that lead to nothing inside the root are refused; with the target made, they work.
        QVERIFY(errorOf(unpacked).find("leads nowhere") != std::string::npos);
        QCOMPARE(scene.content("usr/lib/so"), QByteArray("inside"));
        QCOMPARE(scene.canaryDamage(), QByteArray());
    }

    void absoluteNamesCountFromTheRoot()
    {
        Scene scene;
        const QByteArray canary = scene.folder.filePath(QStringLiteral("canary")).toLocal8Bit();
        TarBuilder tar;
        tar.file(canary + "/file", "in the image").symlink("out", canary).file("out/more", "too");
        QCOMPARE(errorOf(scene.unpack(tar.plain())), std::string());
        QCOMPARE(scene.content((canary.mid(1) + "/file").constData()), QByteArray("in the image"));
        QCOMPARE(scene.content((canary.mid(1) + "/more").constData()), QByteArray("too"));
        QCOMPARE(scene.canaryDamage(), QByteArray());
    }

    void refusesByName_data()
    {
        QTest::addColumn<QByteArray>("archive");
        QTest::addColumn<QByteArray>("named"); // what the error has to say
        const auto row = [](const char *name, const TarBuilder &tar, const char *named) {
            QTest::newRow(name) << tar.plain() << QByteArray(named);
        };
        row("a name with dots", TarBuilder().file("../canary/file", "x"), "'../canary/file'");
        row("dots inside", TarBuilder().folder("a").file("a/../../canary/file", "x"), "'..'");
        row("dots behind a link", TarBuilder().symlink("l", "/").file("l/../x", "x"), "'l/../x'");
        row("a hard link with dots", TarBuilder().hardLink("h", "../canary/file"), "'h'");
        row("a hard link to nothing", TarBuilder().hardLink("h", "/etc/passwd"),
            "not in its layer");
        row("a hard link through a link",
            TarBuilder().symlink("l", "../canary").hardLink("h", "l/file"), "'h'");
        row("a hard link to a folder", TarBuilder().folder("d").hardLink("h", "d"), "folder 'd'");
        row("a whiteout of nothing", TarBuilder().file(".wh.", ""), "'.wh.'");
        row("a whiteout of dots", TarBuilder().file("a/.wh...", ""), "'a/.wh...'");
        row("a whiteout behind a link",
            TarBuilder().folder("d").symlink("l", "d").file("l/.wh.file", ""), "behind a link");
        row("an opaque mark behind a link",
            TarBuilder().folder("d").symlink("l", "d").file("l/.wh..wh..opq", ""), "behind a link");
        row("a file for the root", TarBuilder().file("./", "x").symlink(".", "/etc"), "root");
        row("a sparse file", TarBuilder().add({.name = "s", .type = 'S'}), "sparse");
        row("an unknown kind", TarBuilder().add({.name = "m", .type = 'M'}), "unknown kind 'M'");
        row("a huge header", TarBuilder().add({.name = "x", .type = 'x', .size = 1LL << 32}),
            "extended headers of 4294967296 bytes");
        row("a folder in a file", TarBuilder().file("f", "x").file("f/inner", "x"), "'f/inner'");
        QTest::newRow("no archive") << QByteArray(2048, 'x') << QByteArray("no tar archive");
        QTest::newRow("cut short")
            << TarBuilder().file("f", QByteArray(5000, 'x')).plain().left(3000)
            << QByteArray("cut short");
        QTest::newRow("gzip cut short")
            << TarBuilder().file("f", "x").gzipped().chopped(12) << QByteArray("cut short");
        QByteArray deep;
        for (int i = 0; i < 400; ++i)
            deep += "d/";
        row("too deep", TarBuilder().longName('L', deep + "f").file("f", "x"), "deeper than 256");
        row("too long", TarBuilder().longName('L', QByteArray(5000, 'x')).file("f", "x"),
            "longer than 4095");
    }
    void refusesByName()
    {
        QFETCH(QByteArray, archive);
        QFETCH(QByteArray, named);
        Scene scene;
        const auto unpacked = scene.unpack(archive);
        QVERIFY(!unpacked);
        QVERIFY2(QByteArray::fromStdString(errorOf(unpacked)).contains(named),
                 errorOf(unpacked).c_str());
        QCOMPARE(scene.canaryDamage(), QByteArray());
    }

    void boundsWhatComesOut()
    {
        ImageLimits limits;
        limits.layerBytes = 10 << 20;
        const QByteArray zeros(20 << 20, '\0');
        Scene large;
        auto unpacked = large.unpack(TarBuilder().file("zeros", zeros).gzipped(), limits);
        QVERIFY2(errorOf(unpacked).find("more than 10 MB") != std::string::npos,
                 errorOf(unpacked).c_str());
        limits.layerBytes = 1 << 30;
        limits.ratioFloor = 1 << 20;
        Scene bomb;
        unpacked = bomb.unpack(TarBuilder().file("zeros", zeros).gzipped(), limits);
        QVERIFY2(errorOf(unpacked).find("200 times its size") != std::string::npos,
                 errorOf(unpacked).c_str());
        Scene packedTight;
        unpacked =
            packedTight.unpack(TarBuilder::zstd(TarBuilder().file("zeros", zeros).plain()), limits);
        QVERIFY2(errorOf(unpacked).find("200 times its size") != std::string::npos,
                 errorOf(unpacked).c_str());
        limits.layerEntries = 10;
        TarBuilder many;
        for (int i = 0; i < 11; ++i)
            many.file("f" + QByteArray::number(i), "");
        Scene crowd;
        unpacked = crowd.unpack(many.plain(), limits);
        QVERIFY2(errorOf(unpacked).find("more than 10 entries") != std::string::npos,
                 errorOf(unpacked).c_str());
    }

    void damagedArchivesStayInside()
    {
        TarBuilder tar;
        tar.folder("etc").symlink("out", "../canary").file("etc/file", QByteArray(700, 'x'));
        tar.pax({{"path", "etc/long"}, {"SCHILY.xattr.user.a", "b"}}).file("short", "y");
        tar.hardLink("same", "etc/file").file("etc/.wh.gone", "").longName('L', "l").file("x", "z");
        const QByteArray good = tar.plain();
        quint32 state = 7;
        const auto random = [&state](quint32 below) {
            state = state * 1664525U + 1013904223U;
            return (state >> 8) % below;
        };
        Scene scene;
        for (int round = 0; round < 300; ++round) {
            QByteArray bad = good;
            const qsizetype header = qsizetype(random(quint32(bad.size() / 512))) * 512;
            for (int i = 0; i < 4; ++i)
                bad[header + qsizetype(random(512))] = "./\0a7o2x5"[random(10)];
            // With a checksum that holds, or the reader would look no further.
            unsigned sum = 0;
            for (qsizetype i = 0; i < 512; ++i)
                sum += i >= 148 && i < 156 ? unsigned(' ')
                                           : static_cast<unsigned char>(bad[header + i]);
            bad.replace(header + 148, 8,
                        QByteArray::number(sum, 8).rightJustified(6, '0') + QByteArray("\0 ", 2));
            static_cast<void>(scene.unpack(bad));
            static_cast<void>(removeTree(scene.root().toStdString()));
            QDir(scene.folder.path()).mkpath(QStringLiteral("layer"));
        }
        QCOMPARE(scene.canaryDamage(), QByteArray());
    }

    void stopsWhenToldTo()
    {
        Scene scene;
        QFile file(scene.folder.filePath(QStringLiteral("archive")));
        QVERIFY(file.open(QIODevice::ReadWrite));
        file.write(TarBuilder().file("f", QByteArray(4 << 20, 'x')).gzipped());
        file.flush();
        std::stop_source stop;
        stop.request_stop();
        const auto unpacked =
            unpackLayer({file.handle()}, scene.root().toStdString(), {}, stop.get_token());
        QVERIFY(!unpacked);
        QVERIFY(errorOf(unpacked).find("cancelled") != std::string::npos);
    }

    void foldersOfVolumesAreMadeInside()
    {
        const QTemporaryDir folder;
        const QString root = folder.filePath(QStringLiteral("root"));
        QDir(folder.path()).mkpath(QStringLiteral("root/etc"));
        QVERIFY(QFile::link(folder.path(), root + QStringLiteral("/out")));
        QVERIFY(QFile::link(QStringLiteral("/etc"), root + QStringLiteral("/link")));
        QFile file(root + QStringLiteral("/file"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QVERIFY(::chmod(folder.filePath(QStringLiteral("root/etc")).toLocal8Bit(), 0700) == 0);
        QVERIFY(makeVolumeFolders(root.toStdString(), {"/etc", "/a/b", "/link/c", "/"}));
        QCOMPARE(
            QDir(root + QStringLiteral("/etc")).entryList(QDir::AllEntries | QDir::NoDotAndDotDot),
            QStringList{QStringLiteral("c")});
        struct stat status
        { };
        QVERIFY(::stat((root + QStringLiteral("/a/b")).toLocal8Bit(), &status) == 0);
        QCOMPARE(status.st_mode & 07777, mode_t(0755));
        QVERIFY(::stat((root + QStringLiteral("/etc")).toLocal8Bit(), &status) == 0);
        QCOMPARE(status.st_mode & 07777, mode_t(0700)); // as it was

        const auto refused =
            makeVolumeFolders(root.toStdString(), {"/file", "/out/x", "/../y", "/z"});
        QVERIFY(!refused);
        QVERIFY(refused.error().message.find("the volume /file of the image") != std::string::npos);
        QVERIFY(QFile::exists(root + QStringLiteral("/z"))); // the others are made
        QCOMPARE(QDir(folder.path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot),
                 QStringList{QStringLiteral("root")});
    }

    void removalStaysInside()
    {
        Scene scene;
        const QByteArray canary = scene.folder.filePath(QStringLiteral("canary")).toLocal8Bit();
        QCOMPARE(::symlink(canary.constData(), scene.path("link").toLocal8Bit().constData()), 0);
        // Deeper than any path can say.
        int folder = ::open(scene.root().toLocal8Bit().constData(), O_RDONLY | O_DIRECTORY);
        for (int i = 0; i < 3000; ++i) {
            QCOMPARE(::mkdirat(folder, "deep", 0755), 0);
            const int below = ::openat(folder, "deep", O_RDONLY | O_DIRECTORY);
            ::symlinkat(canary.constData(), folder, "link");
            ::close(folder);
            folder = below;
        }
        ::close(folder);
        const auto removed = removeTree(scene.root().toStdString());
        QVERIFY2(removed, removed ? "" : removed.error().message.c_str());
        QVERIFY(!QFile::exists(scene.root()));
        QCOMPARE(scene.canaryDamage(), QByteArray());
    }
};

QTEST_GUILESS_MAIN(TestImageUnpack)
#include "tst_image_unpack.moc"
