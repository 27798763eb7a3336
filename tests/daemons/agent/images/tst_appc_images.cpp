#include <QTest>

#include "tests/daemons/agent/images/fake_registry.h"
#include "tests/daemons/agent/images/provisioner_fixture.h"
#include "tests/support/results.h"

using namespace meseta;
using namespace meseta::agent;

/// Appc images, found as files of a folder and over HTTP.
class TestAppcImages : public QObject
{
    Q_OBJECT

private:
    struct Scene : ProvisionerFixture
    {
        Scene()
        {
            options.docker = false;
            options.appc = true;
            options.backend = "copy";
            QDir().mkpath(images());
            options.appcPrefix = images().toStdString() + "/";
        }
        QString images() const { return folder() + QStringLiteral("/images"); }

        void put(const QString &name, const QByteArray &aci) const
        {
            const QString path = images() + QLatin1Char('/') + name;
            QDir().mkpath(QFileInfo(path).path());
            QFile file(path);
            if (file.open(QIODevice::WriteOnly))
                file.write(aci);
        }

        static mesos::v1::Image image(const char *name, const char *version = nullptr)
        {
            mesos::v1::Image image;
            image.set_type(mesos::v1::Image::APPC);
            image.mutable_appc()->set_name(name);
            const auto label = [&image](const char *key, const char *value) {
                auto *added = image.mutable_appc()->mutable_labels()->add_labels();
                added->set_key(key);
                added->set_value(value);
            };
            label("os", "linux");
            label("arch", "amd64");
            if (version != nullptr)
                label("version", version);
            return image;
        }
        static QByteArray content(const Result<ProvisionedImage> &image, const char *name)
        {
            QFile file(QString::fromStdString(image->rootfs) + QLatin1Char('/')
                       + QLatin1String(name));
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(none)");
        }
    };

    /// JSON with single quotes, to keep the tests readable.
    static QByteArray quoted(QByteArray text) { return text.replace('\'', '"'); }

    static QByteArray aci(const QByteArray &name, const QByteArray &more, TarBuilder files)
    {
        return files
            .file("manifest",
                  "{\"acKind\":\"ImageManifest\",\"acVersion\":\"0.8.11\",\"name\":\"" + name + "\""
                      + (more.isEmpty() ? more : "," + more) + "}")
            .plain();
    }
    static QByteArray idOf(const QByteArray &archive)
    {
        return QByteArray::fromStdString(digestOf(archive.toStdString(), "sha512").fileName());
    }

private Q_SLOTS:
    void runsAsTheAppSays()
    {
        Scene scene;
        scene.put(
            QStringLiteral("example.org/app-1.2-linux-amd64.aci"),
            TarBuilder::gzipped(aci(
                "example.org/app",
                quoted(
                    "'app':{'exec':['/bin/"
                    "app','--serve'],'user':'1000','group':'100','workingDirectory':'/"
                    "srv','environment':[{'name':'COLOUR','value':'green'}],'mountPoints':[{'name':"
                    "'data','path':'/data'}],'ports':[{'name':'web','protocol':'tcp','port':80}]}"),
                TarBuilder().folder("rootfs", 0711).file("rootfs/bin/app", "#!", 0755))));
        VERIFY_OK(scene.start());
        const auto image = scene.provision("c1", scene.image("example.org/app", "1.2"));
        VERIFY_OK(image);
        QCOMPARE(scene.content(image, "bin/app"), QByteArray("#!"));
        QCOMPARE(image->runtime.command, (std::vector<std::string>{"/bin/app", "--serve"}));
        QVERIFY(image->runtime.entrypoint.empty());
        QCOMPARE(image->runtime.environment, std::vector<std::string>{"COLOUR=green"});
        QCOMPARE(image->runtime.workingDirectory, std::string("/srv"));
        QCOMPARE(image->runtime.user, std::string("1000"));
        QCOMPARE(image->runtime.group, std::string("100"));
        QCOMPARE(image->runtime.volumes, std::vector<std::string>{"/data"});
        QCOMPARE(image->runtime.exposedPorts, std::vector<std::string>{"80/tcp"});
        QVERIFY(
            !QFile::exists(QString::fromStdString(image->rootfs) + QStringLiteral("/manifest")));
    }

    void dependenciesLieBelow()
    {
        Scene scene;
        const QByteArray base = aci("example.org/base", quoted("'app':{'exec':['/base']}"),
                                    TarBuilder()
                                        .folder("rootfs")
                                        .file("rootfs/etc/both", "base")
                                        .file("rootfs/etc/base", "base"));
        scene.put(QStringLiteral("example.org/base-3-linux-amd64.aci"), base);
        scene.put(QStringLiteral("example.org/app-latest-linux-amd64.aci"),
                  aci("example.org/app",
                      quoted("'app':{'exec':['/app']},'dependencies':[{'imageName':'example.org/"
                             "base','labels':[{'name':'version','value':'3'}],'imageID':'")
                          + idOf(base) + quoted("'}]"),
                      TarBuilder().folder("rootfs").file("rootfs/etc/both", "app")));
        VERIFY_OK(scene.start());
        const auto image = scene.provision("c1", scene.image("example.org/app"));
        VERIFY_OK(image);
        QCOMPARE(scene.content(image, "etc/both"), QByteArray("app"));
        QCOMPARE(scene.content(image, "etc/base"), QByteArray("base"));
        QCOMPARE(image->runtime.command, std::vector<std::string>{"/app"});
    }

    void imagesThatDependOnOneAnotherEnd()
    {
        Scene scene;
        for (const auto &[own, other] : {std::pair{"a", "b"}, std::pair{"b", "a"}})
            scene.put(QStringLiteral("%1-latest-linux-amd64.aci").arg(QLatin1String(own)),
                      aci(own, (quoted("'dependencies':[{'imageName':'")) + other + quoted("'}]"),
                          TarBuilder().folder("rootfs").file(QByteArray("rootfs/") + own, own)));
        VERIFY_OK(scene.start());
        const auto image = scene.provision("c1", scene.image("a"));
        VERIFY_OK(image);
        QCOMPARE(scene.content(image, "a"), QByteArray("a"));
        QCOMPARE(scene.content(image, "b"), QByteArray("b"));
    }

    void overHttp()
    {
        Scene scene;
        FakeRegistry server;
        const QByteArray packed = TarBuilder::gzipped(
            aci("example.org/app", {}, TarBuilder().folder("rootfs").file("rootfs/x", "y")));
        server.filter = [&](const http::Request &request, const auto &responder) {
            const bool known = request.path == "/acis/example.org/app-latest-linux-amd64.aci";
            responder->send(known ? http::Response::ok(packed, "application/octet-stream")
                                  : http::Response::text(404, "no"));
            return true;
        };
        scene.options.appcPrefix = (server.url() + "/acis/").toStdString();
        VERIFY_OK(scene.start());
        const auto image = scene.provision("c1", scene.image("example.org/app"));
        VERIFY_OK(image);
        QCOMPARE(scene.content(image, "x"), QByteArray("y"));
        VERIFY_OK(scene.provision("c2", scene.image("example.org/app")));
        QCOMPARE(server.requests.size(), std::size_t(1)); // kept
        const auto missing = scene.provision("c3", scene.image("example.org/none"));
        QVERIFY(!missing);
        QVERIFY(missing.error().message.find("example.org/none-latest-linux-amd64.aci")
                != std::string::npos);
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("aci");
        QTest::addColumn<QByteArray>("id");
        QTest::addColumn<QString>("said");
        const QByteArray good = aci("a", {}, TarBuilder().folder("rootfs"));
        QTest::newRow("another id")
            << good << "sha512-" + QByteArray(128, 'a') << QStringLiteral("has the id sha512-");
        QTest::newRow("a malformed id")
            << good << QByteArray("sha512-abc") << QStringLiteral("is no id of an appc image");
        QTest::newRow("another name") << aci("b", {}, TarBuilder().folder("rootfs")) << QByteArray()
                                      << QStringLiteral("is of the image b");
        QTest::newRow("no manifest") << TarBuilder().folder("rootfs").plain() << QByteArray()
                                     << QStringLiteral("no manifest");
        QTest::newRow("no root") << aci("a", {}, TarBuilder()) << QByteArray()
                                 << QStringLiteral("no folder rootfs");
        QTest::newRow("a root that leads away")
            << aci("a", {}, TarBuilder().symlink("rootfs", "/etc")) << QByteArray()
            << QStringLiteral("no folder rootfs");
        QTest::newRow("a hostile entry")
            << aci("a", {}, TarBuilder().folder("rootfs").file("rootfs/../../x", "x"))
            << QByteArray() << QStringLiteral("'rootfs/../../x'");
    }
    void refuses()
    {
        QFETCH(QByteArray, aci);
        QFETCH(QByteArray, id);
        QFETCH(QString, said);
        Scene scene;
        scene.put(QStringLiteral("a-latest-linux-amd64.aci"), aci);
        VERIFY_OK(scene.start());
        auto wanted = scene.image("a");
        if (!id.isEmpty())
            wanted.mutable_appc()->set_id(id.toStdString());
        const auto image = scene.provision("c1", wanted);
        QVERIFY(!image);
        QVERIFY2(image.error().message.find(said.toStdString()) != std::string::npos,
                 image.error().message.c_str());
    }

    void labelsThatAreNeeded()
    {
        Scene scene;
        VERIFY_OK(scene.start());
        mesos::v1::Image bare;
        bare.set_type(mesos::v1::Image::APPC);
        bare.mutable_appc()->set_name("a");
        const auto image = scene.provision("c1", bare);
        QVERIFY(!image);
        QVERIFY(image.error().message.find("label 'os' is missing") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestAppcImages)
#include "tst_appc_images.moc"
