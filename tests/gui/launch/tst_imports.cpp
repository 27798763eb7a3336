#include <QMimeData>
#include <QTemporaryDir>
#include <QTest>
#include <QUrl>

#include "gui/launch/compose.h"
#include "gui/launch/drop_payload.h"
#include "gui/launch/launch_task.h"

using namespace meseta::console;

namespace {

using Pairs = QList<std::pair<QString, QString>>;
using Network = LaunchRequest::Network;
using Kind = LaunchRequest::HealthCheck::Kind;

LaunchRequest run(const char *line)
{
    const auto launch = parseDockerRun(QString::fromUtf8(line));
    return launch ? launch->request : LaunchRequest();
}

QString error(const meseta::Result<ImportedLaunch> &launch)
{
    return launch ? QString() : QString::fromStdString(launch.error().message);
}

const char composeFile[] = "# a small shop\n"
                           "version: \"3.9\"\n"
                           "x-common: &common\n"
                           "  restart: always\n"
                           "services:\n"
                           "  web:\n"
                           "    <<: *common\n"
                           "    image: nginx:1.25\n"
                           "    ports: [\"8080:80\", \"443\"]\n"
                           "    environment:\n"
                           "      MODE: production\n"
                           "      TOKEN: ${TOKEN}\n"
                           "    volumes:\n"
                           "      - /srv/www:/usr/share/nginx/html:ro\n"
                           "      - ./conf:/etc/nginx\n"
                           "    depends_on: [db]\n"
                           "    deploy:\n"
                           "      replicas: 3\n"
                           "      resources: {limits: {cpus: \"0.5\", memory: 256M}}\n"
                           "    healthcheck:\n"
                           "      test: [\"CMD\", \"curl\", \"-f\", \"http://localhost/a b\"]\n"
                           "      interval: 1m30s\n"
                           "      retries: 5\n"
                           "  db:\n"
                           "    image: postgres:16\n"
                           "    command: postgres -c \"shared_buffers=256 MB\"\n"
                           "    entrypoint: [\"/sbin/tini\", \"--\", \"entry.sh\"]\n"
                           "    network_mode: host\n"
                           "    environment: [\"POSTGRES_PASSWORD=secret=1\"]\n";

} // namespace

class ImportsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void splitsWordsAsAShellDoes_data();
    void splitsWordsAsAShellDoes();
    void joinsWordsSoThatTheySplitAgain();

    void readsTheUsualLine();
    void readsShortOptionsTogether();
    void readsHealthChecks();
    void keepsOptionsOfTheEngineAsParameters();
    void notesWhatAClusterHasNoUseFor();
    void namesTheOptionThatIsWrong_data();
    void namesTheOptionThatIsWrong();
    void readsPorts_data();
    void readsPorts();
    void readsSizes_data();
    void readsSizes();

    void readsComposeServices();
    void namesWhatIsWrongWithACompose_data();
    void namesWhatIsWrongWithACompose();

    void understandsDrops_data();
    void understandsDrops();
    void readsDroppedFiles();
};

void ImportsTest::splitsWordsAsAShellDoes_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QStringList>("words");
    const auto row = [](const char *line, QStringList words) {
        QTest::newRow(line) << QString::fromUtf8(line) << words;
    };
    row("a b", {QStringLiteral("a"), QStringLiteral("b")});
    row("  a\t b ", {QStringLiteral("a"), QStringLiteral("b")});
    row("'a b' c", {QStringLiteral("a b"), QStringLiteral("c")});
    row("\"a \\\"b\\\" \\n\"", {QStringLiteral("a \"b\" \\n")});
    row("a\\ b", {QStringLiteral("a b")});
    row("x='y z'", {QStringLiteral("x=y z")});
    row("''", {QString()});
    row("a \\\n b", {QStringLiteral("a"), QStringLiteral("b")});
    row("", {});
}

void ImportsTest::splitsWordsAsAShellDoes()
{
    QFETCH(QString, line);
    QFETCH(QStringList, words);
    const auto split = splitWords(line);
    QVERIFY(split);
    QCOMPARE(*split, words);
    QVERIFY(!splitWords(line + QStringLiteral(" 'open")));
}

void ImportsTest::joinsWordsSoThatTheySplitAgain()
{
    const QStringList words{QStringLiteral("plain"), QStringLiteral("a b"), QString(),
                            QStringLiteral("it's"), QStringLiteral("$HOME\\\"")};
    QCOMPARE(*splitWords(joinWords(words)), words);
    QCOMPARE(joinWords({QStringLiteral("redis-server"), QStringLiteral("--port=1")}),
             QStringLiteral("redis-server --port=1"));
}

void ImportsTest::readsTheUsualLine()
{
    const LaunchRequest got = run("$ sudo docker run -d --name web -p 8080:80 -v /srv:/data:ro \\\n"
                                  "  -e MODE=\"a b\" --memory=512m --cpus 1.5 --net mine "
                                  "-u www:www -h box nginx:1.25 nginx -g 'daemon off;'");
    QCOMPARE(got.name, QStringLiteral("web"));
    QCOMPARE(got.image, QStringLiteral("nginx:1.25"));
    QCOMPARE(got.ports, (QList<LaunchRequest::PortMapping>{{80, QStringLiteral("tcp"), 8080}}));
    QCOMPARE(
        got.volumes,
        (QList<LaunchRequest::Volume>{{QStringLiteral("/srv"), QStringLiteral("/data"), true}}));
    QCOMPARE(got.environment, (Pairs{{QStringLiteral("MODE"), QStringLiteral("a b")}}));
    QCOMPARE(got.memory, 512.0);
    QCOMPARE(got.cpus, 1.5);
    QCOMPARE(got.network, Network::Named);
    QCOMPARE(got.networkName, QStringLiteral("mine"));
    QCOMPARE(got.user, QStringLiteral("www:www"));
    QCOMPARE(got.hostname, QStringLiteral("box"));
    QCOMPARE(got.command, QStringLiteral("nginx -g 'daemon off;'"));
    QVERIFY(!got.problem());
}

void ImportsTest::readsShortOptionsTogether()
{
    const LaunchRequest got = run("docker run -itd -p6379:6379 -eA=1 redis --port 1 -d");
    QCOMPARE(got.image, QStringLiteral("redis"));
    QCOMPARE(got.ports.size(), 1);
    QCOMPARE(got.environment.size(), 1);
    QCOMPARE(got.command, QStringLiteral("--port 1 -d"));
    QCOMPARE(got.network, Network::Bridge);
}

void ImportsTest::readsHealthChecks()
{
    const auto check = run("podman run --health-cmd 'curl -f localhost' --health-interval=1m30s "
                           "--health-timeout 500ms --health-retries 2 nginx")
                           .healthCheck;
    QCOMPARE(check.kind, Kind::Command);
    QCOMPARE(check.command, QStringLiteral("curl -f localhost"));
    QCOMPARE(check.interval, 90.0);
    QCOMPARE(check.timeout, 0.5);
    QCOMPARE(check.failures, 2);
}

void ImportsTest::keepsOptionsOfTheEngineAsParameters()
{
    const LaunchRequest got =
        run("docker run --entrypoint sh --cap-add=NET_ADMIN --init --ulimit nofile=1024 busybox");
    QCOMPARE(got.parameters,
             (Pairs{{QStringLiteral("entrypoint"), QStringLiteral("sh")},
                    {QStringLiteral("cap-add"), QStringLiteral("NET_ADMIN")},
                    {QStringLiteral("init"), QStringLiteral("true")},
                    {QStringLiteral("ulimit"), QStringLiteral("nofile=1024")}}));
}

void ImportsTest::notesWhatAClusterHasNoUseFor()
{
    const auto launch =
        parseDockerRun(QStringLiteral("docker run -it --rm --restart=always -e HOME redis"));
    QVERIFY(launch);
    QCOMPARE(launch->notes.size(), 3); // the terminal, restarting, and HOME
    QVERIFY(parseDockerRun(QStringLiteral("docker run --rm -d redis"))->notes.isEmpty());
}

void ImportsTest::namesTheOptionThatIsWrong_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("named");
    QTest::newRow("unknown") << "docker run --frobnicate redis"
                             << "--frobnicate";
    QTest::newRow("unknown letter") << "docker run -x redis"
                                    << "-x";
    QTest::newRow("no value") << "docker run --name"
                              << "--name";
    QTest::newRow("no image") << "docker run -d"
                              << "image";
    QTest::newRow("bad memory") << "docker run -m lots redis"
                                << "lots";
    QTest::newRow("bad port") << "docker run -p 99999:1 redis"
                              << "99999";
    QTest::newRow("open quote") << "docker run redis 'a"
                                << "quote";
    QTest::newRow("no run line") << "docker build ."
                                 << "docker run";
}

void ImportsTest::namesTheOptionThatIsWrong()
{
    QFETCH(QString, line);
    QFETCH(QString, named);
    const QString text = error(parseDockerRun(line));
    QVERIFY2(text.contains(named), qPrintable(text));
}

void ImportsTest::readsPorts_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected"); // host:container/protocol, or "error"
    QTest::newRow("both") << "8080:80"
                          << "8080:80/tcp";
    QTest::newRow("container only") << "80"
                                    << "0:80/tcp";
    QTest::newRow("address") << "127.0.0.1:8080:80/udp"
                             << "8080:80/udp";
    QTest::newRow("range") << "8000-8001:80-81"
                           << "8000:80/tcp 8001:81/tcp";
    QTest::newRow("uneven") << "8000-8001:80"
                            << "error";
    QTest::newRow("zero") << "0"
                          << "error";
    QTest::newRow("word") << "http"
                          << "error";
}

void ImportsTest::readsPorts()
{
    QFETCH(QString, text);
    QFETCH(QString, expected);
    const auto ports = parsePublished(text);
    QStringList got;
    for (const auto &port : ports.value_or(QList<LaunchRequest::PortMapping>()))
        got << QStringLiteral("%1:%2/%3")
                   .arg(port.hostPort)
                   .arg(port.containerPort)
                   .arg(port.protocol);
    QCOMPARE(ports ? got.join(QLatin1Char(' ')) : QStringLiteral("error"), expected);
}

void ImportsTest::readsSizes_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<double>("mebibytes"); // -1: an error
    QTest::newRow("m") << "512m" << 512.0;
    QTest::newRow("g") << "1.5G" << 1536.0;
    QTest::newRow("bytes") << "1048576" << 1.0;
    QTest::newRow("gib") << "2GiB" << 2048.0;
    QTest::newRow("k") << "512kb" << 0.5;
    QTest::newRow("word") << "much" << -1.0;
}

void ImportsTest::readsSizes()
{
    QFETCH(QString, text);
    QFETCH(double, mebibytes);
    QCOMPARE(parseMebibytes(text).value_or(-1.0), mebibytes);
}

void ImportsTest::readsComposeServices()
{
    const auto launches = parseCompose(QString::fromUtf8(composeFile));
    QVERIFY2(launches, launches ? "" : launches.error().message.c_str());
    QCOMPARE(launches->size(), 2);
    const LaunchRequest web = launches->at(0).request;
    QCOMPARE(web.name, QStringLiteral("web"));
    QCOMPARE(web.image, QStringLiteral("nginx:1.25"));
    QCOMPARE(web.ports,
             (QList<LaunchRequest::PortMapping>{{80, QStringLiteral("tcp"), 8080},
                                                {443, QStringLiteral("tcp"), 0}}));
    QCOMPARE(web.cpus, 0.5);
    QCOMPARE(web.memory, 256.0);
    QCOMPARE(web.instances, 3);
    QCOMPARE(web.healthCheck.command, QStringLiteral("curl -f 'http://localhost/a b'"));
    QCOMPARE(web.healthCheck.interval, 90.0);
    QCOMPARE(web.healthCheck.failures, 5);
    QVERIFY(web.volumes.at(0).readOnly);
    // What cannot be taken over is told: the relative path, depends_on, and ${TOKEN}.
    QCOMPARE(launches->at(0).notes.size(), 3);

    const LaunchRequest db = launches->at(1).request;
    QCOMPARE(db.network, Network::Host);
    QCOMPARE(db.environment,
             (Pairs{{QStringLiteral("POSTGRES_PASSWORD"), QStringLiteral("secret=1")}}));
    QCOMPARE(db.parameters.first(),
             (std::pair{QStringLiteral("entrypoint"), QStringLiteral("/sbin/tini")}));
    QCOMPARE(
        *splitWords(db.command),
        (QStringList{QStringLiteral("--"), QStringLiteral("entry.sh"), QStringLiteral("postgres"),
                     QStringLiteral("-c"), QStringLiteral("shared_buffers=256 MB")}));
}

void ImportsTest::namesWhatIsWrongWithACompose_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("named");
    QTest::newRow("no services") << "a: 1"
                                 << "services";
    QTest::newRow("no map") << "just text"
                            << "services";
    QTest::newRow("built") << "services:\n  web:\n    build: .\n"
                           << "web";
    QTest::newRow("bad port") << "services:\n  web:\n    image: a\n    ports: [x]\n"
                              << "ports";
    QTest::newRow("broken") << "services:\n  web: [\n"
                            << "line";
    QString bomb = QStringLiteral("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 9; ++i)
        bomb += QStringLiteral("a%1: &a%1 [*a%2,*a%2,*a%2,*a%2,*a%2,*a%2,*a%2,*a%2]\n")
                    .arg(i)
                    .arg(i - 1);
    QTest::newRow("bomb of aliases") << bomb << "too many";
    QTest::newRow("deep") << QString(5000, QLatin1Char('[')) << "line";
}

void ImportsTest::namesWhatIsWrongWithACompose()
{
    QFETCH(QString, text);
    QFETCH(QString, named);
    const auto launches = parseCompose(text);
    QVERIFY(!launches);
    QVERIFY2(QString::fromStdString(launches.error().message).contains(named),
             launches.error().message.c_str());
}

void ImportsTest::understandsDrops_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("image"); // of the first launch; "" where it is refused
    QTest::newRow("name") << " redis:7\n"
                          << "redis:7";
    QTest::newRow("registry") << "127.0.0.1:5000/a/b@sha256:0123"
                              << "127.0.0.1:5000/a/b@sha256:0123";
    QTest::newRow("pull line") << "docker pull library/redis"
                               << "library/redis";
    QTest::newRow("run line") << "docker run -d redis"
                              << "redis";
    QTest::newRow("compose") << QString::fromUtf8(composeFile) << "nginx:1.25";
    QTest::newRow("dockerfile") << "# syntax\nFROM golang AS build\nRUN x\nFROM debian:12\n"
                                << "debian:12";
    QTest::newRow("stages") << "FROM debian:12 AS base\nRUN x\nFROM base\n"
                            << "debian:12";
    QTest::newRow("scratch") << "FROM scratch\nCOPY a /\n"
                             << "";
    QTest::newRow("prose") << "hello there"
                           << "";
    QTest::newRow("capitals") << "Redis"
                              << "";
    QTest::newRow("markup") << "<img src=x>"
                            << "";
    QTest::newRow("nothing") << "  "
                             << "";
    QTest::newRow("bad run line") << "docker run --nope redis"
                                  << "";
}

void ImportsTest::understandsDrops()
{
    QFETCH(QString, text);
    QFETCH(QString, image);
    const DropPayload payload = readDropText(text);
    QCOMPARE(payload.launches.isEmpty() ? QString() : payload.launches.first().request.image,
             image);
    QCOMPARE(payload.kind == DropPayload::Kind::Nothing, image.isEmpty());
    QCOMPARE(payload.problem.isEmpty(), !image.isEmpty());
}

void ImportsTest::readsDroppedFiles()
{
    QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("compose.yaml")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(composeFile);
    file.close();
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(file.fileName())});
    QCOMPARE(readDrop(data).launches.size(), 2);

    QMimeData remote;
    remote.setUrls({QUrl(QStringLiteral("http://example.com/compose.yaml"))});
    QCOMPARE(readDrop(remote).kind, DropPayload::Kind::Nothing); // nothing is fetched

    QVERIFY(file.resize(2 << 20));
    QCOMPARE(readDrop(data).kind, DropPayload::Kind::Nothing);

    QMimeData shelf;
    shelf.setData(QLatin1String(imageMimeType), "library/redis");
    QCOMPARE(readDrop(shelf).launches.first().request.image, QStringLiteral("library/redis"));
}

QTEST_GUILESS_MAIN(ImportsTest)
#include "tst_imports.moc"
