#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemons/agent/fetcher/fetcher.h"
#include "tests/daemons/agent/fetcher/http_source.h"
#include "tests/daemons/agent/fetcher/test_archive.h"
#include "tests/support/missing.h"

using namespace meseta;
using namespace meseta::agent;
using namespace std::chrono_literals;
using Uri = mesos::v1::CommandInfo::URI;
using Form = TestArchive::Form;

Q_DECLARE_METATYPE(Form)

namespace {

Uri uriOf(const std::string &value)
{
    Uri uri;
    uri.set_value(value);
    return uri;
}

void writeFile(const QString &path, const QByteArray &content)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(content) == content.size());
}

} // namespace

class TestFetcher : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder; ///< of the sandbox, the cache and the sources
    std::unique_ptr<Fetcher> m_fetcher;
    HttpSource m_http;

    QString path(const QString &name) const { return m_folder->filePath(name); }
    QString inSandbox(const QString &name) const { return path(QStringLiteral("sandbox/") + name); }
    QByteArray fetched(const QString &name) const
    {
        QFile file(inSandbox(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(missing)");
    }
    FetcherOptions options() const
    {
        FetcherOptions o;
        o.cacheDirectory = path(QStringLiteral("cache")).toStdString();
        o.frameworksHome = path(QStringLiteral("sources")).toStdString();
        return o;
    }
    FetchRequest request(std::vector<Uri> uris, const std::string &user = {}) const
    {
        return {"container", path(QStringLiteral("sandbox")).toStdString(), std::move(uris), user};
    }
    /// The error of a fetch; empty when it went well.
    std::string errorOf(FetchRequest asked)
    {
        std::optional<Result<>> answer;
        m_fetcher->fetch(std::move(asked), [&](Result<> result) { answer = result; });
        if (!QTest::qWaitFor([&] { return answer.has_value(); }, 20000))
            return "no answer";
        return *answer ? std::string() : answer->error().message;
    }
    std::string errorOf(const std::string &uri) { return errorOf(request({uriOf(uri)})); }

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        ::chmod(m_folder->path().toLocal8Bit().constData(), 0755);
        for (const char *name : {"sandbox", "sources", "cache"})
            QVERIFY(QDir(m_folder->path()).mkdir(QLatin1String(name)));
        writeFile(path(QStringLiteral("sources/plain.txt")), "plain");
        m_http.files.clear();
        m_http.requests = 0;
        m_fetcher = std::make_unique<Fetcher>(options());
    }
    void cleanup() { m_fetcher.reset(); }

    void bringsFilesFromEverywhere_data()
    {
        QTest::addColumn<QString>("uri");
        QTest::addColumn<QString>("name");
        QTest::newRow("path") << "%1/sources/plain.txt"
                              << "plain.txt";
        QTest::newRow("file URL") << "file://%1/sources/plain.txt"
                                  << "plain.txt";
        QTest::newRow("file URL with localhost") << "file://localhost%1/sources/plain.txt"
                                                 << "plain.txt";
        QTest::newRow("relative to --frameworks_home") << "plain.txt"
                                                       << "plain.txt";
        QTest::newRow("http") << "http://127.0.0.1:%2/some/where.txt"
                              << "where.txt";
        QTest::newRow("http with a redirect") << "http://127.0.0.1:%2/moved/some/where.txt"
                                              << "where.txt";
    }
    void bringsFilesFromEverywhere()
    {
        QFETCH(QString, uri);
        QFETCH(QString, name);
        m_http.files["/some/where.txt"] = "plain";
        const QString value =
            QString(uri)
                .replace(QStringLiteral("%1"), m_folder->path())
                .replace(QStringLiteral("%2"), QString::number(m_http.serverPort()));
        QCOMPARE(errorOf(value.toStdString()), std::string());
        QCOMPARE(fetched(name), QByteArray("plain"));
        QCOMPARE(QDir(path(QStringLiteral("sandbox"))).entryList(QDir::Files | QDir::Hidden).size(),
                 1);
    }

    void outputFileNamesTheFile()
    {
        Uri uri = uriOf("plain.txt");
        uri.set_output_file("deep/er/named");
        QCOMPARE(errorOf(request({uri})), std::string());
        QCOMPARE(fetched(QStringLiteral("deep/er/named")), QByteArray("plain"));
    }

    void executableFilesAreNotUnpacked()
    {
        m_http.files["/tool.gz"] = "not packed at all";
        Uri uri = uriOf(m_http.url("/tool.gz"));
        uri.set_executable(true);
        QCOMPARE(errorOf(request({uri})), std::string());
        QCOMPARE(fetched(QStringLiteral("tool.gz")), QByteArray("not packed at all"));
        QVERIFY(QFileInfo(inSandbox(QStringLiteral("tool.gz"))).isExecutable());
    }

    void unpacksArchives_data()
    {
        QTest::addColumn<Form>("form");
        QTest::addColumn<QString>("name");
        QTest::newRow("tar") << Form::Tar << "a.tar";
        QTest::newRow("tar.gz") << Form::TarGz << "a.tar.gz";
        QTest::newRow("tgz") << Form::TarGz << "a.tgz";
        QTest::newRow("tar.bz2") << Form::TarBz2 << "a.tar.bz2";
        QTest::newRow("tar.xz") << Form::TarXz << "a.tar.xz";
        QTest::newRow("zip") << Form::Zip << "a.zip";
    }
    void unpacksArchives()
    {
        QFETCH(Form, form);
        QFETCH(QString, name);
        const QByteArray bytes = TestArchive(form)
                                     .file("folder/run.sh", "#!/bin/sh\n", 0755)
                                     .file("readme", "hello")
                                     .link("latest", "readme")
                                     .bytes();
        writeFile(path(QStringLiteral("sources/") + name), bytes);
        for (const bool cached : {false, true}) {
            QVERIFY(QDir(path(QStringLiteral("sandbox"))).removeRecursively()
                    && QDir(m_folder->path()).mkdir(QStringLiteral("sandbox")));
            Uri uri = uriOf(name.toStdString());
            uri.set_cache(cached);
            QCOMPARE(errorOf(request({uri})), std::string());
            QCOMPARE(fetched(QStringLiteral("readme")), QByteArray("hello"));
            QCOMPARE(fetched(QStringLiteral("latest")), QByteArray("hello"));
            QVERIFY(QFileInfo(inSandbox(QStringLiteral("folder/run.sh"))).isExecutable());
            QCOMPARE(QFile::exists(inSandbox(name)),
                     !cached); // the archive itself stays, but is not copied from the cache
        }
    }

    void unpacksASingleGzipFile()
    {
        writeFile(path(QStringLiteral("sources/data.tar.gz")),
                  TestArchive(Form::TarGz).file("x", "y").bytes());
        Uri uri = uriOf("data.tar.gz");
        uri.set_output_file("data.gz"); // named as one packed file: the tar comes out
        QCOMPARE(errorOf(request({uri})), std::string());
        QVERIFY(fetched(QStringLiteral("data")).contains("ustar"));

        uri = uriOf("data.tar.gz");
        uri.set_extract(false);
        QCOMPARE(errorOf(request({uri})), std::string());
        QVERIFY(!QFile::exists(inSandbox(QStringLiteral("x"))));
    }

    void hostileArchivesAreRefused_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("message");
        const char *victim = "/tmp/meseta-fetcher-victim";
        QTest::newRow("..") << TestArchive(Form::Tar).file("../escaped", "x").bytes()
                            << "outside the sandbox";
        QTest::newRow("hidden ..")
            << TestArchive(Form::Tar).file("a/b/../../../escaped", "x").bytes()
            << "outside the sandbox";
        QTest::newRow("absolute") << TestArchive(Form::Tar).file(victim, "x").bytes()
                                  << "outside the sandbox";
        QTest::newRow("through a link")
            << TestArchive(Form::Tar).link("door", "..").file("door/escaped", "x").bytes()
            << "door";
        QTest::newRow("through an absolute link") << TestArchive(Form::Tar)
                                                         .link("door", "/tmp")
                                                         .file("door/meseta-fetcher-victim", "x")
                                                         .bytes()
                                                  << "door";
        QTest::newRow("hard link out")
            << TestArchive(Form::Tar).hardLink("shadow", "/etc/passwd").bytes()
            << "outside the sandbox";
        QTest::newRow("hard link with ..")
            << TestArchive(Form::Tar).hardLink("shadow", "../sources/plain.txt").bytes()
            << "outside the sandbox";
        QTest::newRow("device") << TestArchive(Form::Tar).device("null").bytes() << "special file";
        QTest::newRow("bomb")
            << TestArchive(Form::TarGz).file("zeros", QByteArray(2 << 20, '\0')).bytes()
            << "larger than allowed";
        QTest::newRow("cut off")
            << TestArchive(Form::Tar).file("a", QByteArray(5000, 'a')).bytes().left(2000)
            << "a.tar";
        QTest::newRow("no archive")
            << QByteArray("just some text, long enough to look at") << "a.tar";
    }
    void hostileArchivesAreRefused()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, message);
        auto o = options();
        o.maxUriBytes = 1 << 20;
        m_fetcher = std::make_unique<Fetcher>(o);
        writeFile(path(QStringLiteral("sources/a.tar")), bytes);
        const auto error = errorOf("a.tar");
        QVERIFY2(error.find(message.toStdString()) != std::string::npos, error.c_str());
        QVERIFY2(error.find("a.tar") != std::string::npos, error.c_str());
        QVERIFY(!QFile::exists(path(QStringLiteral("escaped"))));
        QVERIFY(!QFile::exists(QStringLiteral("/tmp/meseta-fetcher-victim")));
        QCOMPARE(m_fetcher->statistics().failed, 1u);
    }

    void refusesByName_data()
    {
        QTest::addColumn<QString>("uri");
        QTest::addColumn<QString>("output");
        QTest::addColumn<QString>("message");
        QTest::newRow("ftp") << "ftp://host/file" << QString() << "'ftp'";
        QTest::newRow("hdfs") << "hdfs://host/file" << QString() << "'hdfs'";
        QTest::newRow("quote") << "/tmp/it's" << QString() << "backslash";
        QTest::newRow("no name") << "http://host/" << QString() << "no file name";
        QTest::newRow("other host") << "file://elsewhere/x" << QString() << "another host";
        QTest::newRow("absolute output") << "/tmp/x"
                                         << "/etc/x"
                                         << "output_file";
        QTest::newRow("output outside") << "/tmp/x"
                                        << "a/../../x"
                                        << "output_file";
        QTest::newRow("missing") << "/no/such/file" << QString() << "No such file or directory";
        QTest::newRow("folder") << "/tmp" << QString() << "not a plain file";
    }
    void refusesByName()
    {
        QFETCH(QString, uri);
        QFETCH(QString, output);
        QFETCH(QString, message);
        Uri asked = uriOf(uri.toStdString());
        if (!output.isEmpty())
            asked.set_output_file(output.toStdString());
        const auto error = errorOf(request({asked}));
        QVERIFY2(error.find(message.toStdString()) != std::string::npos, error.c_str());
        QVERIFY2(error.find(uri.toStdString()) != std::string::npos, error.c_str());
    }

    void aFailureStopsTheRest()
    {
        const auto error = errorOf(request(
            {uriOf("plain.txt"), uriOf(m_http.url("/missing")), uriOf(m_http.url("/never"))}));
        QVERIFY2(error.find("status 404") != std::string::npos, error.c_str());
        QCOMPARE(fetched(QStringLiteral("plain.txt")), QByteArray("plain"));
        QCOMPARE(m_http.requests, 1);
    }

    void aSilentServerIsGivenUp()
    {
        auto o = options();
        o.stallTimeout = 200ms;
        m_fetcher = std::make_unique<Fetcher>(o);
        const auto error = errorOf(m_http.url("/silent"));
        QVERIFY2(error.find("--fetcher_stall_timeout") != std::string::npos, error.c_str());
        QVERIFY(QDir(path(QStringLiteral("sandbox"))).isEmpty(QDir::Files | QDir::Hidden));
    }

    void tooLargeIsGivenUp()
    {
        auto o = options();
        o.maxUriBytes = 1000;
        m_fetcher = std::make_unique<Fetcher>(o);
        m_http.files["/large"] = QByteArray(5000, 'x');
        QVERIFY(errorOf(m_http.url("/large")).find("larger than allowed") != std::string::npos);
    }

    void cachedFilesAreFetchedOnce()
    {
        m_http.files["/a-rather-long-name-of-a-file.txt"] = "cached";
        Uri uri = uriOf(m_http.url("/a-rather-long-name-of-a-file.txt"));
        uri.set_cache(true);
        int done = 0;
        for (int i = 0; i < 5; ++i) { // five containers, each with its sandbox
            FetchRequest asked = request({uri});
            asked.sandbox += std::to_string(i);
            QVERIFY(QDir().mkpath(QString::fromStdString(asked.sandbox)));
            m_fetcher->fetch(asked, [&](Result<> result) { done += result ? 1 : 0; });
        }
        QTRY_COMPARE(done, 5);
        QCOMPARE(errorOf(request({uri})), std::string());
        QCOMPARE(m_http.requests, 1);
        QCOMPARE(fetched(QStringLiteral("a-rather-long-name-of-a-file.txt")), QByteArray("cached"));
        QCOMPARE(m_fetcher->statistics().cacheBytesUsed, 6u);
        QCOMPARE(QDir(path(QStringLiteral("cache/agent"))).entryList(QDir::Files),
                 QStringList(QStringLiteral("c1-a-rather-l_a-file.txt")));

        m_fetcher = std::make_unique<Fetcher>(options()); // as after a restart of the agent
        QCOMPARE(m_fetcher->statistics().cacheBytesUsed, 0u);
        QVERIFY(!QDir(path(QStringLiteral("cache/agent"))).exists());
    }

    void theCacheMakesRoomForWhatIsNew()
    {
        auto o = options();
        o.cacheBytes = 250;
        m_fetcher = std::make_unique<Fetcher>(o);
        const auto get = [&](const char *path) {
            m_http.files[path] = QByteArray(100, 'x');
            Uri uri = uriOf(m_http.url(path));
            uri.set_cache(true);
            return errorOf(request({uri}));
        };
        for (const char *name :
             {"/one", "/two", "/one", "/three"}) // two is the one used longest ago
            QCOMPARE(get(name), std::string());
        QCOMPARE(m_http.requests, 3);
        QCOMPARE(get("/one"), std::string());
        QCOMPARE(m_http.requests, 3);
        QCOMPARE(get("/two"), std::string());
        QCOMPARE(m_http.requests, 4);
        QCOMPARE(m_fetcher->statistics().cacheBytesUsed, 200u);

        m_http.files["/huge"] = QByteArray(1000, 'x'); // does not fit: fetched, not kept
        Uri huge = uriOf(m_http.url("/huge"));
        huge.set_cache(true);
        QCOMPARE(errorOf(request({huge})), std::string());
        QCOMPARE(fetched(QStringLiteral("huge")).size(), 1000);
        QVERIFY(m_fetcher->statistics().cacheBytesUsed <= 250);
    }

    void aFailedDownloadIsNotKept()
    {
        Uri uri = uriOf(m_http.url("/late"));
        uri.set_cache(true);
        QVERIFY(!errorOf(request({uri})).empty());
        m_http.files["/late"] = "there";
        QCOMPARE(errorOf(request({uri})), std::string());
        QCOMPARE(fetched(QStringLiteral("late")), QByteArray("there"));
    }

    void nothingIsToldAfterCancel()
    {
        bool told = false;
        m_fetcher->fetch(request({uriOf(m_http.url("/silent"))}), [&](Result<>) { told = true; });
        QTRY_COMPARE(m_http.requests, 1);
        m_fetcher->cancel("container");
        QCOMPARE(errorOf("plain.txt"), std::string()); // later ones are not touched
        QVERIFY(!told);
    }

    void worksAsTheUserOfTheTask()
    {
        if (::geteuid() != 0)
            MESETA_MISSING(QStringLiteral("changing the user needs root"));
        const passwd *nobody = ::getpwnam("nobody");
        QVERIFY(::chown(path(QStringLiteral("sandbox")).toLocal8Bit().constData(), nobody->pw_uid,
                        nobody->pw_gid)
                == 0);
        m_http.files["/web"] = "web";
        QCOMPARE(errorOf(request({uriOf("plain.txt"), uriOf(m_http.url("/web"))}, "nobody")),
                 std::string());
        QCOMPARE(QFileInfo(inSandbox(QStringLiteral("plain.txt"))).owner(),
                 QStringLiteral("nobody"));
        QCOMPARE(QFileInfo(inSandbox(QStringLiteral("web"))).owner(), QStringLiteral("nobody"));

        writeFile(path(QStringLiteral("sources/secret")), "root's own");
        ::chmod(path(QStringLiteral("sources/secret")).toLocal8Bit().constData(), 0600);
        Uri secret = uriOf("secret");
        for (const bool cached : {false, true}) {
            secret.set_cache(cached);
            const auto error = errorOf(request({secret}, "nobody"));
            QVERIFY2(error.find("Permission denied") != std::string::npos, error.c_str());
        }
        QVERIFY(!QFile::exists(inSandbox(QStringLiteral("secret"))));
        QVERIFY(errorOf(request({uriOf("plain.txt")}, "no-such-user")).find("no-such-user")
                != std::string::npos);
        // This thread is itself again.
        QFile mine(path(QStringLiteral("sources/secret")));
        QVERIFY(mine.open(QIODevice::ReadOnly));
    }
};

QTEST_GUILESS_MAIN(TestFetcher)
#include "tst_fetcher.moc"
