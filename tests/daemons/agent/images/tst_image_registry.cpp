#include <QTest>

#include "common/http/client.h"
#include "tests/daemons/agent/images/file_tree.h"
#include "tests/daemons/agent/images/provisioner_fixture.h"
#include "tests/daemons/agent/images/token_server.h"
#include "tests/support/results.h"
#include "tests/support/tcp_relay.h"

using namespace meseta;
using namespace meseta::agent;
using namespace meseta::test;
using meseta::http::Request;
using meseta::http::Response;

namespace {

constexpr qint64 largeBytes = 8'000'000;

QString said(const QByteArray &text)
{
    return QString::fromLatin1(text);
}

/// What no archive makes smaller.
QByteArray noise(qint64 size)
{
    QByteArray bytes(qsizetype(size), Qt::Uninitialized);
    quint32 state = 1;
    for (auto &c : bytes) {
        state = state * 1664525U + 1013904223U;
        c = char(state >> 24);
    }
    return bytes;
}

/// A Docker config with who:secret for one registry.
std::string configFor(const QString &host, const char *pair = "who:secret")
{
    return "{\"auths\":{\"" + host.toStdString() + "\":{\"auth\":\""
        + QByteArray(pair).toBase64().toStdString() + "\"}}}";
}

} // namespace

/// A real registry, with all that lies between it and an agent: passwords, tokens, TLS, indexes,
/// redirects, connections that break.
class TestImageRegistry : public QObject
{
    Q_OBJECT

    TestRegistry m_registry;
    OciImage m_difficult;
    OciImage m_large;
    QByteArrayList m_expected;
    http::Client m_client;

    static void useHere(ProvisionerFixture &fixture, const QString &host)
    {
        fixture.options.dockerRegistry = "http://" + host.toStdString();
        fixture.options.retryPause = std::chrono::milliseconds(50);
    }

    Result<Response> call(const QByteArray &method, quint16 port, const QByteArray &target,
                          http::Headers headers, const QByteArray &body = {})
    {
        Request request;
        request.method = method;
        request.target = target;
        request.headers = std::move(headers);
        request.body = body;
        std::optional<Result<Response>> answer;
        m_client.call(http::Endpoint::tcp(QStringLiteral("127.0.0.1"), port), request,
                      [&answer](Result<Response> response) { answer = std::move(response); });
        if (!QTest::qWaitFor([&answer] { return answer.has_value(); }, 30000))
            return fail("no answer");
        return *answer;
    }

    static Result<QByteArray> inspected(const QString &name, const QString &what)
    {
        auto text = runProgram(QStringLiteral("skopeo"),
                               {QStringLiteral("inspect"), QStringLiteral("--tls-verify=false"),
                                what, QStringLiteral("docker://") + name});
        return text ? text->trimmed() : text;
    }

    /// An index of images of the registry: architecture and tag.
    Result<> putIndex(const QByteArray &repository, const QByteArray &type,
                      const QList<std::pair<QString, QString>> &images)
    {
        QJsonArray manifests;
        const QByteArray manifest = type.contains("oci")
            ? QByteArray("application/vnd.oci.image.manifest.v1+json")
            : QByteArray("application/vnd.docker.distribution.manifest.v2+json");
        for (const auto &[architecture, tag] : images) {
            const QString name =
                m_registry.host() + QLatin1Char('/') + said(repository) + QLatin1Char(':') + tag;
            const auto digest = inspected(name, QStringLiteral("--format={{.Digest}}"));
            if (!digest)
                return fail(digest.error());
            http::Headers accept;
            accept.add("Accept", manifest);
            const auto raw = call("GET", m_registry.port(),
                                  "/v2/" + repository + "/manifests/" + *digest, accept);
            if (!raw || raw->status != 200)
                return fail("no manifest of " + name.toStdString());
            manifests.append(
                QJsonObject{{QStringLiteral("mediaType"), said(manifest)},
                            {QStringLiteral("digest"), said(*digest)},
                            {QStringLiteral("size"), raw->body.size()},
                            {QStringLiteral("platform"),
                             QJsonObject{{QStringLiteral("architecture"), architecture},
                                         {QStringLiteral("os"), QStringLiteral("linux")}}}});
        }
        const QJsonObject index{{QStringLiteral("schemaVersion"), 2},
                                {QStringLiteral("mediaType"), said(type)},
                                {QStringLiteral("manifests"), manifests}};
        http::Headers headers;
        headers.add("Content-Type", type);
        const auto put = call("PUT", m_registry.port(), "/v2/" + repository + "/manifests/index",
                              headers, QJsonDocument(index).toJson());
        if (!put || put->status != 201)
            return fail("the registry does not take the index: "
                        + (put ? put->body.toStdString() : put.error().message));
        return {};
    }

    static QByteArray content(const ProvisionedImage &image, const char *path)
    {
        QFile file(QString::fromStdString(image.rootfs) + QLatin1String(path));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(none)");
    }

    /// A task that wants the large image; what became of it.
    static std::shared_ptr<std::optional<Result<ProvisionedImage>>>
    start(ProvisionerFixture &fixture, const std::string &container,
          const std::optional<std::string> &credentials = {})
    {
        auto answer = std::make_shared<std::optional<Result<ProvisionedImage>>>();
        ProvisionEvents events;
        events.done = [answer](Result<ProvisionedImage> image) { *answer = std::move(image); };
        fixture.provisioner->provision(
            {container, ProvisionerFixture::docker(QStringLiteral("test/large:1")), credentials},
            events);
        return answer;
    }

private Q_SLOTS:
    void initTestCase()
    {
        for (const auto &missing : {OciImage::missing(), TestRegistry::missing()}) {
            if (!missing.isEmpty())
                MESETA_MISSING(missing);
        }
        const auto large = [](const QString &root) -> Result<> {
            writeFile(root + QStringLiteral("/noise"), noise(largeBytes));
            return {};
        };
        for (const Result<> &done :
             {m_registry.start(), m_difficult.create(), fillDifficult(m_difficult),
              m_large.create(), m_large.addLayer(large),
              m_large.push(m_registry.host(), QStringLiteral("test/large:1"))})
            VERIFY_OK(done);
        const auto unpacked = m_difficult.unpacked();
        VERIFY_OK(unpacked);
        m_expected = describeTree(*unpacked);
    }

    void everyFormOfAManifest_data()
    {
        QTest::addColumn<QString>("form");
        QTest::addColumn<QByteArray>("type");
        QTest::newRow("OCI") << QStringLiteral("oci")
                             << QByteArray("application/vnd.oci.image.config.v1+json");
        QTest::newRow("Docker, schema 2")
            << QStringLiteral("v2s2")
            << QByteArray("application/vnd.docker.container.image.v1+json");
    }
    void everyFormOfAManifest()
    {
        QFETCH(QString, form);
        QFETCH(QByteArray, type);
        const QString name = QStringLiteral("forms/") + form + QStringLiteral(":1");
        VERIFY_OK(m_difficult.push(m_registry.host(), name, {QStringLiteral("--format=") + form}));
        const auto raw =
            inspected(m_registry.host() + QLatin1Char('/') + name, QStringLiteral("--raw"));
        VERIFY_OK(raw);
        QVERIFY2(raw->contains(type), raw->constData());
        ProvisionerFixture fixture;
        useHere(fixture, m_registry.host());
        VERIFY_OK(fixture.start());
        const auto image = fixture.provision("c1", fixture.docker(name));
        VERIFY_OK(image);
        QCOMPARE(treeDifference(m_expected, describeTree(QString::fromStdString(image->rootfs))),
                 QByteArray());
    }

    void anIndexGivesThisMachinesImage_data()
    {
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QString>("form");
        QTest::newRow("OCI") << QByteArray("application/vnd.oci.image.index.v1+json")
                             << QStringLiteral("oci");
        QTest::newRow("Docker") << QByteArray(
            "application/vnd.docker.distribution.manifest.list.v2+json")
                                << QStringLiteral("v2s2");
    }
    void anIndexGivesThisMachinesImage()
    {
        QFETCH(QByteArray, type);
        QFETCH(QString, form);
        const QByteArray repository = "many/" + form.toLatin1();
        const QList<std::pair<QString, QString>> images{
            {QStringLiteral("arm64"), QStringLiteral("one")},
            {QStringLiteral("amd64"), QStringLiteral("two")}};
        for (const auto &[architecture, tag] : images) {
            OciImage image;
            VERIFY_OK(image.create());
            VERIFY_OK(image.addLayer([name = architecture](const QString &root) -> Result<> {
                writeFile(root + QStringLiteral("/machine"), name.toLatin1());
                return {};
            }));
            VERIFY_OK(image.configure({QStringLiteral("--architecture=") + architecture}));
            VERIFY_OK(image.push(m_registry.host(), said(repository) + QLatin1Char(':') + tag,
                                 {QStringLiteral("--format=") + form}));
        }
        VERIFY_OK(putIndex(repository, type, images));
        VERIFY_OK(runProgram(
            QStringLiteral("skopeo"), // once more through somebody else's hands
            {QStringLiteral("copy"), QStringLiteral("--all"), QStringLiteral("--insecure-policy"),
             QStringLiteral("--src-tls-verify=false"), QStringLiteral("--dest-tls-verify=false"),
             QStringLiteral("docker://%1/%2:index").arg(m_registry.host(), said(repository)),
             QStringLiteral("docker://%1/%2:copied").arg(m_registry.host(), said(repository))}));
        for (const auto &[platform, expected] :
             {std::pair{"amd64", "amd64"}, std::pair{"arm64", "arm64"}, std::pair{"s390x", ""}}) {
            ProvisionerFixture fixture;
            useHere(fixture, m_registry.host());
            fixture.options.platform = platform;
            VERIFY_OK(fixture.start());
            const auto image =
                fixture.provision("c1", fixture.docker(said(repository + ":copied")));
            if (*expected == '\0') {
                VERIFY_REFUSED(image, "s390x");
                continue;
            }
            VERIFY_OK(image);
            QCOMPARE(content(*image, "/machine"), QByteArray(expected));
        }
    }

    void tokensOfAServerOfItsOwn()
    {
        TokenServer tokens;
        tokens.credentials = "who:secret";
        VERIFY_OK(tokens.prepare());
        TestRegistry registry;
        VERIFY_OK(registry.start()); // open, to be filled
        for (const char *name : {"public/app:1", "private/app:1"})
            VERIFY_OK(m_difficult.push(registry.host(), QLatin1String(name)));
        registry.stop();
        registry.setTokens(tokens.realm(), tokens.certificate());
        VERIFY_OK(registry.start());

        ProvisionerFixture fixture;
        useHere(fixture, registry.host());
        VERIFY_OK(fixture.start());
        const auto open = fixture.provision("c1", fixture.docker(QStringLiteral("public/app:1")));
        VERIFY_OK(open);
        QCOMPARE(treeDifference(m_expected, describeTree(QString::fromStdString(open->rootfs))),
                 QByteArray());
        QCOMPARE(tokens.requests.size(), std::size_t(1)); // for manifest, config and layers

        const auto closed = fixture.docker(QStringLiteral("private/app:1"));
        VERIFY_REFUSED(fixture.provision("c2", closed), "--docker_config");
        VERIFY_REFUSED(fixture.provision("c3", closed, configFor(registry.host(), "who:wrong")),
                       "check the password");
        VERIFY_OK(fixture.provision("c4", closed, configFor(registry.host())));
    }

    void passwordsOverTls()
    {
        TokenServer files; // for its certificate
        VERIFY_OK(files.prepare());
        TestRegistry registry;
        VERIFY_OK(registry.start());
        VERIFY_OK(m_difficult.push(registry.host(), QStringLiteral("test/app:1")));
        registry.stop();
        registry.setTls(files.certificate(), files.key());
        VERIFY_OK(registry.start(QStringLiteral("who"), QStringLiteral("secret")));
        const auto name = ProvisionerFixture::docker(QStringLiteral("test/app:1"));

        ProvisionerFixture fixture;
        fixture.options.dockerRegistry = "https://" + registry.host().toStdString();
        fixture.options.caFile = files.certificate().toStdString();
        fixture.options.dockerConfig = configFor(registry.host());
        VERIFY_OK(fixture.start());
        VERIFY_OK(fixture.provision("c1", name));

        ProvisionerFixture stranger; // who knows the password, and not whom to trust
        stranger.options.dockerRegistry = fixture.options.dockerRegistry;
        stranger.options.dockerConfig = fixture.options.dockerConfig;
        VERIFY_OK(stranger.start());
        VERIFY_REFUSED(stranger.provision("c1", name), "not trusted");
    }

    /// The registry's front asks for a password and sends on to where the blobs are.
    void aRedirectTakesNoCredentialsAlong()
    {
        std::vector<Request> atStorage;
        const auto forward = [this](const Request &request, auto responder) {
            Request passed;
            passed.method = "GET";
            passed.target = request.target;
            passed.headers.add("Accept", request.headers.value("Accept"));
            m_client.call(http::Endpoint::tcp(QStringLiteral("127.0.0.1"), m_registry.port()),
                          passed, [responder](Result<Response> answer) {
                              responder->send(answer ? *answer : Response::text(502, "gone"));
                          });
        };
        http::Server storage, front;
        storage.setFallback([&](const Request &request, auto responder) {
            atStorage.push_back(request);
            forward(request, responder);
        });
        VERIFY_OK(storage.listen(QHostAddress::LocalHost, 0));
        front.setFallback([&](const Request &request, auto responder) {
            Response answer;
            if (request.headers.value("Authorization")
                != "Basic " + QByteArray("who:secret").toBase64()) {
                answer = Response::text(401, "who?");
                answer.headers.add("WWW-Authenticate", "Basic realm=\"front\"");
            } else if (request.path.contains("/blobs/")) {
                answer = Response::text(307, "there");
                answer.headers.add("Location",
                                   "http://127.0.0.1:" + QByteArray::number(storage.port())
                                       + request.target);
            } else {
                return forward(request, responder);
            }
            responder->send(answer);
        });
        VERIFY_OK(front.listen(QHostAddress::LocalHost, 0));

        const QString host = QStringLiteral("127.0.0.1:%1").arg(front.port());
        ProvisionerFixture fixture;
        useHere(fixture, host);
        fixture.options.dockerConfig = configFor(host);
        VERIFY_OK(fixture.start());
        const auto image = fixture.provision("c1", fixture.docker(QStringLiteral("test/large:1")));
        VERIFY_OK(image);
        QCOMPARE(content(*image, "/noise"), noise(largeBytes));
        QCOMPARE(atStorage.size(), std::size_t(2)); // config and layer
        for (const auto &request : atStorage)
            QVERIFY(!request.headers.has("Authorization"));
    }

    void goesOnAfter_data()
    {
        QTest::addColumn<bool>("killed");
        QTest::newRow("a connection that breaks") << false;
        QTest::newRow("a registry that is killed") << true;
    }
    void goesOnAfter()
    {
        QFETCH(bool, killed);
        TcpRelay relay(m_registry.port());
        relay.whenReceived(largeBytes / 2, [&] {
            if (killed)
                m_registry.crash();
            relay.cut();
        });
        ProvisionerFixture fixture;
        useHere(fixture, relay.host());
        fixture.options.retryPause = std::chrono::milliseconds(200);
        VERIFY_OK(fixture.start());
        const auto answer = start(fixture, "c1");
        if (killed) {
            QTRY_VERIFY_WITH_TIMEOUT(relay.received() >= largeBytes / 2, 30000);
            VERIFY_OK(m_registry.start());
        }
        QTRY_VERIFY_WITH_TIMEOUT(answer->has_value(), 30000);
        VERIFY_OK(**answer);
        QCOMPARE(content(***answer, "/noise"), noise(largeBytes));
        QVERIFY2(relay.sent().contains("Range: bytes="), relay.sent().constData());
        QVERIFY(relay.received() < largeBytes + largeBytes / 4); // the first half came once
    }

    void severalContainersShareOnePull()
    {
        TcpRelay relay(m_registry.port());
        ProvisionerFixture fixture;
        useHere(fixture, relay.host());
        VERIFY_OK(fixture.start());
        const auto one = start(fixture, "c1"), two = start(fixture, "c2");
        QTRY_VERIFY_WITH_TIMEOUT(one->has_value() && two->has_value(), 30000);
        VERIFY_OK(**one);
        VERIFY_OK(**two);
        QCOMPARE(relay.sent().count("/blobs/"), 2); // config and layer
    }

    void whoseCredentialsAreWrongFailsAlone()
    {
        TestRegistry closed;
        VERIFY_OK(closed.start(QStringLiteral("who"), QStringLiteral("secret")));
        VERIFY_OK(m_large.push(closed.host(), QStringLiteral("test/large:1"),
                               {QStringLiteral("--dest-creds=who:secret")}));
        ProvisionerFixture fixture;
        useHere(fixture, closed.host());
        VERIFY_OK(fixture.start());
        const auto wrong = start(fixture, "c1", configFor(closed.host(), "who:wrong"));
        const auto right = start(fixture, "c2", configFor(closed.host()));
        const auto none = start(fixture, "c3");
        QTRY_VERIFY_WITH_TIMEOUT(wrong->has_value() && right->has_value() && none->has_value(),
                                 30000);
        VERIFY_REFUSED(**wrong, "does not accept the user 'who'");
        VERIFY_OK(**right);
        VERIFY_REFUSED(**none, "asks for a password");
        QCOMPARE(fixture.layers().size(), 1);
    }

    void whoLeavesStopsOnlyItsOwn_data()
    {
        QTest::addColumn<bool>("other");
        QTest::newRow("alone") << false;
        QTest::newRow("beside another") << true;
    }
    void whoLeavesStopsOnlyItsOwn()
    {
        QFETCH(bool, other);
        TcpRelay relay(m_registry.port());
        ProvisionerFixture fixture;
        useHere(fixture, relay.host());
        VERIFY_OK(fixture.start());
        bool left = false;
        relay.whenReceived(largeBytes / 2, [&] {
            fixture.provisioner->cancel("c1");
            left = true;
        });
        const auto first = start(fixture, "c1");
        const auto second = other ? start(fixture, "c2") : nullptr;
        QTRY_VERIFY_WITH_TIMEOUT(left, 30000);
        if (other) {
            QTRY_VERIFY_WITH_TIMEOUT(second->has_value(), 30000);
            VERIFY_OK(**second);
        }
        QTRY_COMPARE_WITH_TIMEOUT(fixture.staged(), QStringList(), 30000);
        QCOMPARE(fixture.layers().size(), other ? 1 : 0);
        QVERIFY(!first->has_value());
        QVERIFY(other || relay.received() < largeBytes);
    }
};

QTEST_GUILESS_MAIN(TestImageRegistry)
#include "tst_image_registry.moc"
