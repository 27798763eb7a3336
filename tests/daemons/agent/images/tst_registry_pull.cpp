#include <QStandardPaths>
#include <QTest>

#include <unistd.h>

#include "tests/daemons/agent/images/fake_registry.h"
#include "tests/daemons/agent/images/provisioner_fixture.h"
#include "tests/support/missing.h"
#include "tests/support/results.h"
#include "tests/support/server_process.h"

using namespace meseta;
using namespace meseta::agent;
using meseta::http::Request;
using meseta::http::Response;

/// Pulls from a registry that misbehaves.
class TestRegistryPull : public QObject
{
    Q_OBJECT

private:
    struct Scene : ProvisionerFixture
    {
        Scene()
        {
            options.backend = "copy"; // needs no root
            options.retryPause = std::chrono::milliseconds(5);
            options.dockerRegistry = registry.url().toStdString();
            archive = TarBuilder().folder("bin").file("bin/tool", QByteArray(300'000, 'x')).plain();
            manifest = registry.addImage("team/app", "1", {archive});
        }
        Result<ProvisionedImage> pull(const char *name = "team/app:1")
        {
            if (!provisioner) {
                if (auto started = start(); !started)
                    return fail(started.error());
            }
            return provision("c1", docker(QString::fromLatin1(name)));
        }
        QByteArray content(const Result<ProvisionedImage> &image, const char *name) const
        {
            QFile file(QString::fromStdString(image->rootfs) + QLatin1Char('/')
                       + QLatin1String(name));
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(none)");
        }

        FakeRegistry registry;
        QByteArray archive;
        QByteArray manifest;
    };

    static bool isBlob(const Request &request) { return request.path.contains("/blobs/"); }

    /// The layer, not the config.
    static bool isLayer(const Scene &scene, const Request &request)
    {
        return request.path.endsWith(FakeRegistry::digest(TarBuilder::gzipped(scene.archive)));
    }

    /// Layers are begun from now on, and no more than that.
    static void beginLayers(Scene &scene, std::vector<std::shared_ptr<http::ResponseStream>> &open)
    {
        scene.registry.filter = [&](const Request &request, const auto &responder) {
            if (!isLayer(scene, request))
                return false;
            open.push_back(responder->stream(Response::ok({}, "application/octet-stream")));
            open.back()->write("\x1f\x8b");
            return true;
        };
    }

private Q_SLOTS:
    void pullsAnonymously()
    {
        Scene scene;
        const auto image = scene.pull();
        VERIFY_OK(image);
        QCOMPARE(scene.content(image, "bin/tool").size(), 300'000);
        QCOMPARE(image->runtime.command, std::vector<std::string>{"/run"});
        for (const auto &request : scene.registry.requests)
            QVERIFY(!request.headers.has("Authorization"));
        const auto asked = scene.registry.requests.size();
        VERIFY_OK(scene.provision("c2", ProvisionerFixture::docker(QStringLiteral("team/app:1"))));
        QCOMPARE(scene.registry.requests.size(), asked); // cached: nothing is asked
        VERIFY_OK(
            scene.provision("c3", ProvisionerFixture::docker(QStringLiteral("team/app:1"), false)));
        QCOMPARE(scene.registry.countOf("/manifests/"), 2); // asked again, nothing downloaded
        QCOMPARE(scene.registry.countOf("/blobs/"), 3);
    }

    void getsATokenWhenAsked()
    {
        Scene scene;
        scene.registry.filter = [&scene](const Request &request, const auto &responder) {
            if (request.path == "/token") {
                responder->send(Response::json(R"({"token":"abc","expires_in":300})"));
                return true;
            }
            if (request.headers.value("Authorization") == "Bearer abc")
                return false;
            Response refusal = Response::text(401, "no");
            refusal.headers.add("WWW-Authenticate",
                                "Bearer realm=\"" + scene.registry.url()
                                    + "/token\",service=\"fake, registry\",scope=\"repository:team/"
                                      "app:pull\"");
            responder->send(refusal);
            return true;
        };
        VERIFY_OK(scene.pull());
        QCOMPARE(scene.registry.countOf("/token"), 1); // one token for everything
        const auto asked =
            std::find_if(scene.registry.requests.begin(), scene.registry.requests.end(),
                         [](const Request &r) { return r.path == "/token"; });
        QCOMPARE(asked->parameter("service").value_or(""), QByteArray("fake, registry"));
        QCOMPARE(asked->parameter("scope").value_or(""), QByteArray("repository:team/app:pull"));
    }

    void aTokenThatEndsIsAskedForAgain()
    {
        Scene scene;
        QByteArray valid = "one";
        scene.registry.filter = [&](const Request &request, const auto &responder) {
            if (request.path == "/token") {
                responder->send(Response::json("{\"token\":\"" + valid + "\"}"));
                return true;
            }
            if (isLayer(scene, request) && scene.registry.countOf("/token") == 1)
                valid = "two"; // the config took its time
            if (request.headers.value("Authorization") == "Bearer " + valid)
                return false;
            Response refusal = Response::text(401, "no");
            refusal.headers.add("WWW-Authenticate",
                                "Bearer realm=\"" + scene.registry.url()
                                    + "/token\",error=\"invalid_token\"");
            responder->send(refusal);
            return true;
        };
        VERIFY_OK(scene.pull());
        QCOMPARE(scene.registry.countOf("/token"), 2);
    }

    void credentialsStayWithTheirHost()
    {
        Scene scene;
        FakeRegistry storage;
        storage.blobs = scene.registry.blobs;
        scene.registry.filter = [&storage](const Request &request, const auto &responder) {
            if (request.headers.value("Authorization")
                != "Basic " + QByteArray("who:secret").toBase64()) {
                Response refusal = Response::text(401, "no");
                refusal.headers.add("WWW-Authenticate", "Basic realm=\"r\"");
                responder->send(refusal);
                return true;
            }
            if (!isBlob(request))
                return false;
            Response elsewhere = Response::text(307, "there");
            elsewhere.headers.add("Location", storage.url() + request.path);
            responder->send(elsewhere);
            return true;
        };
        scene.options.dockerConfig = "{\"auths\":{\"" + scene.registry.host().toStdString()
            + "\":{\"username\":\"who\",\"password\":\"secret\"}}}";
        VERIFY_OK(scene.pull());
        QCOMPARE(storage.requests.size(), std::size_t(2));
        for (const auto &request : storage.requests)
            QVERIFY(!request.headers.has("Authorization"));
    }

    void aHostThatIsLedToIsNotTrusted()
    {
        Scene scene;
        FakeRegistry hostile;
        hostile.filter = [&hostile](const Request &, const auto &responder) {
            Response refusal = Response::text(401, "give me");
            refusal.headers.add("WWW-Authenticate", "Bearer realm=\"" + hostile.url() + "/token\"");
            responder->send(refusal);
            return true;
        };
        scene.registry.filter = [&hostile](const Request &request, const auto &responder) {
            if (!isBlob(request))
                return false;
            Response elsewhere = Response::text(302, "there");
            elsewhere.headers.add("Location", hostile.url() + request.path);
            responder->send(elsewhere);
            return true;
        };
        scene.options.dockerConfig = "{\"auths\":{\"" + scene.registry.host().toStdString()
            + "\":{\"username\":\"who\",\"password\":\"secret\"}}}";
        VERIFY_REFUSED(scene.pull(), "does not allow it");
        QCOMPARE(hostile.countOf("/token"), 0);
    }

    void redirectsEnd()
    {
        Scene scene;
        scene.registry.filter = [](const Request &request, const auto &responder) {
            Response again = Response::text(302, "again");
            again.headers.add("Location", request.path + "x");
            responder->send(again);
            return true;
        };
        VERIFY_REFUSED(scene.pull(), "more than 8 redirects");
        QCOMPARE(scene.registry.requests.size(), std::size_t(9));
    }

    void goesOnWhereATransferBroke_data()
    {
        QTest::addColumn<bool>("knowsRanges");
        QTest::newRow("with ranges") << true;
        QTest::newRow("from the start") << false;
    }
    void goesOnWhereATransferBroke()
    {
        QFETCH(bool, knowsRanges);
        Scene scene;
        scene.archive = TarBuilder().file("noise", noise(400'000)).plain();
        scene.registry.addImage("team/app", "1", {scene.archive});
        scene.registry.knowsRanges = knowsRanges;
        int broken = 0;
        const QByteArray blob = TarBuilder::gzipped(scene.archive);
        std::vector<QByteArray> ranges;
        scene.registry.filter = [&](const Request &request, const auto &responder) {
            if (!isLayer(scene, request))
                return false;
            ranges.push_back(request.headers.value("Range"));
            if (++broken > 2)
                return false;
            const qint64 from = knowsRanges && broken == 2 ? 100'000 : 0;
            Response head = Response::ok({}, "application/octet-stream");
            if (from > 0) {
                head.status = 206;
                head.headers.add("Content-Range", "bytes 100000-199999/*");
            }
            auto stream = responder->stream(head);
            stream->write(blob.mid(from, 100'000));
            // Abort once the bytes are surely on their way.
            stream->onDrained = [stream]() mutable { std::exchange(stream, nullptr)->abort(); };
            return true;
        };
        const auto image = scene.pull();
        VERIFY_OK(image);
        QCOMPARE(scene.content(image, "noise"), noise(400'000));
        QCOMPARE(ranges.size(), std::size_t(3));
        QVERIFY(ranges[1].startsWith("bytes="));
        if (knowsRanges)
            QCOMPARE(ranges[2], QByteArray("bytes=200000-"));
    }

    void triesAgainAndGivesUp()
    {
        Scene scene;
        int refusals = 2;
        scene.registry.filter = [&refusals](const Request &, const auto &responder) {
            if (--refusals < 0)
                return false;
            responder->send(Response::text(503, "busy"));
            return true;
        };
        VERIFY_OK(scene.pull());

        Scene closed;
        closed.registry.filter = [](const Request &, const auto &responder) {
            responder->send(Response::text(404, R"({"errors":[{"message":"manifest unknown"}]})"));
            return true;
        };
        VERIFY_REFUSED(closed.pull(), "manifest unknown; check the registry, the name");
        QCOMPARE(closed.registry.requests.size(), std::size_t(1)); // no use in asking again
        closed.registry.filter = [](const Request &, const auto &responder) {
            responder->send(Response::text(400, "speak\nTLS"));
            return true;
        };
        VERIFY_REFUSED(closed.pull(), "answered with status 400: speak TLS");
    }

    void refusesWhatIsNotWhatItShouldBe_data()
    {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("said");
        const auto row = [](const char *what, const char *said) {
            QTest::newRow(what) << QString::fromLatin1(what) << QString::fromLatin1(said);
        };
        row("other bytes", "the digest is");
        row("too many bytes", "sends more than");
        row("too few bytes", "sent 10 of the");
        row("another diff id", "is not what the image's config says");
        row("another manifest", "is not what was asked for");
        row("another config", "its manifest says");
        row("a manifest of 100 MB", "larger than 4194304 bytes");
        row("no JSON", "no JSON object");
        row("schema 1", "old schema 1");
        row("a digest that climbs", "is no digest");
        row("too many layers", "the limit is 500");
    }
    void refusesWhatIsNotWhatItShouldBe()
    {
        QFETCH(QString, what);
        QFETCH(QString, said);
        Scene scene;
        auto &registry = scene.registry;
        const QByteArray blob = TarBuilder::gzipped(scene.archive);
        auto &stored = registry.blobs[FakeRegistry::digest(blob)];
        auto &manifest = registry.manifests["/v2/team/app/manifests/1"];
        std::string name = "team/app:1";
        if (what == QLatin1String("other bytes"))
            stored[100] = char(stored[100] + 1);
        else if (what == QLatin1String("too many bytes"))
            stored += "more";
        else if (what == QLatin1String("too few bytes"))
            stored.truncate(10);
        else if (what == QLatin1String("another diff id"))
            registry.addPacked("team/app", "1", {{TarBuilder().file("other", "x").plain(), blob}});
        else if (what == QLatin1String("another manifest")) {
            const QByteArray digest = FakeRegistry::digest(manifest);
            registry.manifests["/v2/team/app/manifests/" + digest] = manifest + " ";
            name = "team/app@" + digest.toStdString();
        } else if (what == QLatin1String("another config")) {
            for (auto &[digest, bytes] : registry.blobs) {
                if (bytes.startsWith('{'))
                    bytes += " ";
            }
        } else if (what == QLatin1String("a manifest of 100 MB"))
            manifest = QByteArray(100 << 20, ' ');
        else if (what == QLatin1String("no JSON"))
            manifest = "[1";
        else if (what == QLatin1String("schema 1"))
            manifest = R"({"schemaVersion":1})";
        else if (what == QLatin1String("a digest that climbs"))
            manifest.replace("sha256:", "sha256:../../../../");
        else if (what == QLatin1String("too many layers")) {
            QList<QByteArray> archives(501, scene.archive);
            registry.addImage("team/app", "1", archives);
        }
        VERIFY_REFUSED(scene.pull(name.c_str()), said.toStdString());
        QTRY_COMPARE_WITH_TIMEOUT(scene.staged(), QStringList(), 30000);
        QCOMPARE(scene.layers(), QStringList());
    }

    void picksThePlatform()
    {
        Scene scene;
        const QByteArray other =
            scene.registry.addImage("team/app", "other", {TarBuilder().file("arm", "x").plain()});
        const auto entry = [](const QByteArray &manifest, const char *architecture) {
            QJsonObject object =
                FakeRegistry::descriptor("application/vnd.oci.image.manifest.v1+json", manifest);
            object.insert(
                QStringLiteral("platform"),
                QJsonObject{{QStringLiteral("os"), QStringLiteral("linux")},
                            {QStringLiteral("architecture"), QString::fromLatin1(architecture)}});
            return object;
        };
        const QJsonObject index{
            {QStringLiteral("schemaVersion"), 2},
            {QStringLiteral("manifests"),
             QJsonArray{entry(other, "arm64"), entry(scene.manifest, "amd64")}}};
        scene.registry.manifests["/v2/team/app/manifests/all"] = QJsonDocument(index).toJson();
        scene.options.platform = "amd64";
        const auto image = scene.pull("team/app:all");
        VERIFY_OK(image);
        QCOMPARE(scene.content(image, "bin/tool").size(), 300'000);
        scene.options.platform = "s390x";
        VERIFY_OK(scene.start());
        VERIFY_REFUSED(scene.provision(
                           "c2", ProvisionerFixture::docker(QStringLiteral("team/app:all"), false)),
                       "it is for linux/amd64, linux/arm64");
    }

    void takesZstdLayers()
    {
        Scene scene;
        scene.registry.addPacked("team/app", "z",
                                 {{scene.archive, TarBuilder::zstd(scene.archive)}});
        const auto image = scene.pull("team/app:z");
        VERIFY_OK(image);
        QCOMPARE(scene.content(image, "bin/tool").size(), 300'000);
    }

    void sharesOnePull()
    {
        Scene scene;
        VERIFY_OK(scene.start());
        int done = 0;
        for (const char *container : {"c1", "c2", "c3", "c4"}) {
            ProvisionEvents events;
            events.done = [&done](const Result<ProvisionedImage> &image) { done += image ? 1 : 0; };
            scene.provisioner->provision(
                {container, ProvisionerFixture::docker(QStringLiteral("team/app:1"))}, events);
        }
        QTRY_COMPARE_WITH_TIMEOUT(done, 4, 30000);
        QCOMPARE(scene.registry.countOf("/manifests/"), 1);
        QCOMPARE(scene.registry.countOf("/blobs/"), 2); // config and layer
    }

    void sharesLayersBetweenImages()
    {
        Scene scene;
        const QByteArray own = TarBuilder().file("own", "x").plain();
        scene.registry.addImage("team/other", "1", {scene.archive, own});
        VERIFY_OK(scene.start());
        int done = 0;
        for (const char *name : {"team/app:1", "team/other:1"}) {
            ProvisionEvents events;
            events.done = [&done](const Result<ProvisionedImage> &image) { done += image ? 1 : 0; };
            scene.provisioner->provision(
                {name, ProvisionerFixture::docker(QString::fromLatin1(name))}, events);
        }
        QTRY_COMPARE_WITH_TIMEOUT(done, 2, 30000);
        QCOMPARE(scene.registry.countOf(FakeRegistry::digest(TarBuilder::gzipped(scene.archive))),
                 1);
    }

    void cancellingLeavesNothing()
    {
        Scene scene;
        std::vector<std::shared_ptr<http::ResponseStream>> open;
        beginLayers(scene, open);
        VERIFY_OK(scene.start());
        bool told = false;
        ProvisionEvents events;
        events.done = [&told](const Result<ProvisionedImage> &) { told = true; };
        scene.provisioner->provision(
            {"c1", ProvisionerFixture::docker(QStringLiteral("team/app:1"))}, events);
        QTRY_COMPARE_WITH_TIMEOUT(open.size(), std::size_t(1), 30000);
        QTRY_COMPARE_WITH_TIMEOUT(scene.staged().size(), 1, 30000);
        const auto destroyed = scene.destroy("c1");
        VERIFY_OK(destroyed);
        QVERIFY(!*destroyed); // there was no root file system yet
        QTRY_COMPARE_WITH_TIMEOUT(scene.staged(), QStringList(), 30000);
        QTRY_VERIFY_WITH_TIMEOUT(!open.front()->isOpen() || !open.front()->write("more"), 30000);
        QVERIFY(!told);
        QCOMPARE(scene.layers(), QStringList());
        open.clear();
        scene.registry.filter = nullptr;
        VERIFY_OK(scene.pull());
    }

    void aPullThatIsKilledCountsForNothing()
    {
        Scene scene;
        std::vector<std::shared_ptr<http::ResponseStream>> open;
        beginLayers(scene, open);
        VERIFY_OK(scene.start());
        scene.provisioner->provision(
            {"c1", ProvisionerFixture::docker(QStringLiteral("team/app:1"))},
            {{}, [](const Result<ProvisionedImage> &) {}});
        QTRY_COMPARE_WITH_TIMEOUT(scene.staged().size(), 1, 30000);
        VERIFY_OK(scene.start()); // the next agent
        QTRY_COMPARE_WITH_TIMEOUT(scene.staged(), QStringList(), 30000);
        QCOMPARE(scene.layers(), QStringList());
        scene.registry.filter = nullptr;
        VERIFY_OK(scene.pull());
    }

    void silenceEnds()
    {
        Scene scene;
        std::vector<std::shared_ptr<http::Responder>> silent;
        scene.registry.filter = [&silent](const Request &, const auto &responder) {
            silent.push_back(responder);
            return true;
        };
        scene.options.stallTimeout = std::chrono::milliseconds(50);
        VERIFY_REFUSED(scene.pull(), "given up after 6 attempts");
        QCOMPARE(silent.size(), std::size_t(6));
    }

    void speaksTls()
    {
        for (const char *program : {"socat", "openssl"}) {
            if (QStandardPaths::findExecutable(QLatin1String(program)).isEmpty())
                MESETA_MISSING(
                    QStringLiteral("the program %1 is missing").arg(QLatin1String(program)));
        }
        Scene scene;
        const QString key = scene.folder() + QStringLiteral("/key.pem"),
                      certificate = scene.folder() + QStringLiteral("/cert.pem");
        VERIFY_OK(test::runProgram(
            QStringLiteral("openssl"),
            {QStringLiteral("req"), QStringLiteral("-x509"), QStringLiteral("-newkey"),
             QStringLiteral("rsa:2048"), QStringLiteral("-nodes"), QStringLiteral("-keyout"), key,
             QStringLiteral("-out"), certificate, QStringLiteral("-days"), QStringLiteral("2"),
             QStringLiteral("-subj"), QStringLiteral("/CN=localhost"), QStringLiteral("-addext"),
             QStringLiteral("subjectAltName=DNS:localhost")}));
        const quint16 port = test::freePort();
        test::ServerProcess proxy;
        VERIFY_OK(proxy.start(
            QStringLiteral("socat"),
            {QStringLiteral(
                 "OPENSSL-LISTEN:%1,fork,reuseaddr,bind=127.0.0.1,cert=%2,key=%3,verify=0")
                 .arg(port)
                 .arg(certificate, key),
             QStringLiteral("TCP:127.0.0.1:%1").arg(scene.registry.port())},
            [port] { return test::acceptsConnections(port); }));
        const auto https = [port](const char *host) {
            return "https://" + std::string(host) + ":" + std::to_string(port);
        };
        scene.options.caFile = certificate.toStdString();
        scene.options.dockerRegistry = https("localhost");
        VERIFY_OK(scene.pull());

        Scene otherName;
        otherName.options.caFile = certificate.toStdString();
        otherName.options.dockerRegistry = https("127.0.0.1");
        VERIFY_REFUSED(otherName.pull(), "not trusted");
        VERIFY_REFUSED(otherName.pull(), "SSL_CERT_FILE");
        Scene unknown;
        unknown.options.dockerRegistry = https("localhost");
        VERIFY_REFUSED(unknown.pull(), "not trusted");
    }

private:
    static QByteArray noise(int size)
    {
        QByteArray bytes(size, Qt::Uninitialized);
        quint32 state = 1;
        for (auto &c : bytes) {
            state = state * 1664525U + 1013904223U;
            c = char(state >> 24);
        }
        return bytes;
    }
};

QTEST_GUILESS_MAIN(TestRegistryPull)
#include "tst_registry_pull.moc"
