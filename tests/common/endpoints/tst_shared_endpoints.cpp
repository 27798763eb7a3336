#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include "common/base/qt_clock.h"
#include "common/codec/json.h"
#include "common/endpoints/build_info.h"
#include "common/endpoints/file_service.h"
#include "common/endpoints/logging_level.h"
#include "common/endpoints/metrics_registry.h"
#include "common/endpoints/shared_endpoints.h"
#include "common/http/client.h"
#include "common/http/server.h"
#include "mesos/v1/agent/agent.pb.h"
#include "mesos/v1/master/master.pb.h"

using namespace meseta;

class SharedEndpointsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_dir.isValid());
        QFile out(m_dir.filePath(QStringLiteral("stdout")));
        QVERIFY(out.open(QIODevice::WriteOnly));
        out.write("out\n");
        out.close();
        QFile big(m_dir.filePath(QStringLiteral("big.txt")));
        QVERIFY(big.open(QIODevice::WriteOnly));
        big.write(QByteArray(5 * 1024 * 1024, 'b'));
        big.close();
        QVERIFY(m_files.attach(m_dir.path().toStdString(), "/run"));
        m_metrics.gauge("slave/registered", [] { return 1.0; });
        m_server.setDelegate("slave(1)");
        m_endpoints = std::make_unique<SharedEndpoints>(
            m_server, "slave(1)",
            SharedServices{{{"port", "5051"}, {"quiet", "false"}}, m_metrics, m_files, m_logging},
            m_clock);
        const auto listening = m_server.listen(QHostAddress::LocalHost, 0);
        QVERIFY2(listening, listening ? "" : listening.error().message.c_str());
    }

    void versionIsDottedIntegers()
    {
        const QJsonObject version = json("/version").object();
        QVERIFY(QRegularExpression(QStringLiteral("^\\d+\\.\\d+\\.\\d+$"))
                    .match(version[QStringLiteral("version")].toString())
                    .hasMatch());
        for (const char *key : {"build_date", "build_time", "build_user"})
            QVERIFY2(version.contains(QLatin1String(key)), key);
    }

    void flagsUnderTheDelegateAndWithout()
    {
        for (const char *path : {"/flags", "/slave(1)/flags", "/slave(1)/flags/"}) {
            const QJsonObject flags = json(path).object()[QStringLiteral("flags")].toObject();
            QCOMPARE(flags[QStringLiteral("port")].toString(), QStringLiteral("5051"));
            QCOMPARE(flags.size(), 2);
        }
    }

    void healthIsEmpty()
    {
        const http::Response answer = get("/health");
        QCOMPARE(answer.status, 200);
        QVERIFY(answer.body.isEmpty());
    }

    void jsonpWraps()
    {
        const http::Response answer = get("/flags?jsonp=angular.callbacks._0");
        QCOMPARE(answer.headers.value("Content-Type"), QByteArray("text/javascript"));
        QVERIFY(answer.body.startsWith("angular.callbacks._0({"));
        QVERIFY(answer.body.endsWith(")"));
        QCOMPARE(get("/flags?jsonp=alert(1)//").status, 400);
    }

    void metricsSnapshotIsOneFlatObject()
    {
        const QJsonObject metrics = json("/metrics/snapshot").object();
        QCOMPARE(metrics[QStringLiteral("slave/registered")].toDouble(), 1.0);
        QCOMPARE(get("/metrics/snapshot?timeout=soon").status, 400);
        QCOMPARE(get("/metrics/snapshot?timeout=2secs").status, 200);
    }

    void systemStats()
    {
        const QJsonObject stats = json("/system/stats.json").object();
        for (const char *key : {"avg_load_1min", "avg_load_5min", "avg_load_15min", "cpus_total",
                                "mem_free_bytes", "mem_total_bytes"})
            QVERIFY2(stats[QLatin1String(key)].isDouble(), key);
    }

    void loggingToggle()
    {
        QCOMPARE(get("/logging/toggle").body, QByteArray("0\n"));
        QCOMPARE(get("/logging/toggle?level=2").status, 400);
        QCOMPARE(get("/logging/toggle?duration=1secs").status, 400);
        QCOMPARE(get("/logging/toggle?level=x&duration=1secs").status, 400);
        QCOMPARE(get("/logging/toggle?level=-1&duration=1secs").status, 400);
        QCOMPARE(get("/logging/toggle?level=2&duration=x").status, 400);
        QCOMPARE(get("/logging/toggle?level=2&duration=10mins").status, 200);
        QCOMPARE(get("/logging/toggle").body, QByteArray("2\n"));
        QCOMPARE(get("/logging/toggle?level=0&duration=10mins").status, 200);
        QCOMPARE(get("/logging/toggle").body, QByteArray("0\n"));
    }

    void filesBrowse()
    {
        const QJsonArray entries = json("/files/browse?path=/run").array();
        QCOMPARE(entries.size(), 2);
        const QJsonObject file = entries[1].toObject();
        QCOMPARE(
            file.keys(),
            (QStringList{QStringLiteral("gid"), QStringLiteral("mode"), QStringLiteral("mtime"),
                         QStringLiteral("nlink"), QStringLiteral("path"), QStringLiteral("size"),
                         QStringLiteral("uid")}));
        QCOMPARE(file[QStringLiteral("path")].toString(), QStringLiteral("/run/stdout"));
        QCOMPARE(file[QStringLiteral("size")].toInt(), 4);
        QVERIFY(file[QStringLiteral("mode")].toString().startsWith(QLatin1String("-rw")));
        QCOMPARE(get("/files/browse").status, 400);
        const http::Response missing = get("/files/browse?path=/nope");
        QCOMPARE(missing.status, 404);
        QVERIFY(missing.body.isEmpty());
    }

    void filesRead_data()
    {
        QTest::addColumn<QByteArray>("query");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("no path") << QByteArray() << 400 << QByteArray();
        QTest::newRow("unknown") << QByteArray("path=/nope") << 404 << QByteArray();
        QTest::newRow("size") << QByteArray("path=/run/stdout") << 200
                              << QByteArray(R"({"data":"","offset":4})");
        QTest::newRow("end") << QByteArray("path=/run/stdout&offset=-1") << 200
                             << QByteArray(R"({"data":"","offset":4})");
        QTest::newRow("piece") << QByteArray("path=/run/stdout&offset=0&length=10") << 200
                               << QByteArray(R"({"data":"out\n","offset":0})");
        QTest::newRow("length -1") << QByteArray("path=/run/stdout&offset=0&length=-1") << 200
                                   << QByteArray(R"({"data":"out\n","offset":0})");
        QTest::newRow("negative") << QByteArray("path=/run/stdout&offset=-2") << 400
                                  << QByteArray();
        QTest::newRow("no number")
            << QByteArray("path=/run/stdout&offset=zz") << 400 << QByteArray();
        QTest::newRow("folder") << QByteArray("path=/run&offset=0") << 400 << QByteArray();
    }

    void filesRead()
    {
        QFETCH(QByteArray, query);
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        const http::Response answer = get("/files/read?" + query);
        QCOMPARE(answer.status, status);
        if (status == 200)
            QCOMPARE(answer.body, body);
        else
            QCOMPARE(answer.body.isEmpty(), status == 404);
    }

    void filesDownload()
    {
        const http::Response small = get("/files/download?path=/run/stdout");
        QCOMPARE(small.body, QByteArray("out\n"));
        QCOMPARE(small.headers.value("Content-Type"), QByteArray("application/octet-stream"));
        QCOMPARE(small.headers.value("Content-Disposition"),
                 QByteArray("attachment; filename=stdout"));
        const http::Response big = get("/files/download?path=/run/big.txt");
        QCOMPARE(big.headers.value("Content-Type"), QByteArray("text/plain"));
        QCOMPARE(big.body, QByteArray(5 * 1024 * 1024, 'b'));
        QCOMPARE(get("/files/download?path=/nope").status, 404);
        QCOMPARE(get("/files/download?path=/run").status, 400);
    }

    void filesDebug()
    {
        const QJsonObject debug = json("/files/debug").object();
        QCOMPARE(debug[QStringLiteral("/run")].toString(), m_dir.path());
    }

    void helpListsEndpoints()
    {
        m_endpoints->describe({{"slave(1)", "/containers", "Containers that run here."}});
        QVERIFY(get("/help").body.contains("/slave(1)/containers"));
        QVERIFY(!get("/help/files").body.contains("/slave(1)/containers"));
        QVERIFY(get("/help/files/read").body.contains("/files/read"));
        QCOMPARE(get("/help/nope").status, 404);
        QVERIFY(json("/__processes__").array().size() > 3);
    }

    void sharedCallsOfBothApis()
    {
        SharedServices &services = m_endpoints->services();
        mesos::v1::agent::Call read;
        read.set_type(mesos::v1::agent::Call::READ_FILE);
        read.mutable_read_file()->set_path("/run/stdout");
        read.mutable_read_file()->set_offset(2);
        QCOMPARE(answerSharedCall(read, codec::MediaType::Json, services)->body,
                 QByteArray(R"({"type":"READ_FILE","read_file":{"size":4,"data":"dAo="}})"));

        mesos::v1::master::Call call;
        call.set_type(mesos::v1::master::Call::GET_FLAGS);
        QCOMPARE(
            answerSharedCall(call, codec::MediaType::Json, services)->body,
            QByteArray(
                R"({"type":"GET_FLAGS","get_flags":{"flags":[{"name":"port","value":"5051"},{"name":"quiet","value":"false"}]}})"));
        call.set_type(mesos::v1::master::Call::LIST_FILES);
        call.mutable_list_files()->set_path("");
        QCOMPARE(answerSharedCall(call, codec::MediaType::Json, services)->status, 404);
        call.set_type(mesos::v1::master::Call::GET_METRICS);
        mesos::v1::master::Response metrics;
        QVERIFY(metrics.ParseFromString(
            answerSharedCall(call, codec::MediaType::Protobuf, services)->body.toStdString()));
        QCOMPARE(metrics.get_metrics().metrics(0).name(), std::string("slave/registered"));
        QCOMPARE(metrics.get_metrics().metrics(1).name(), std::string("system/cpus_total"));
        call.set_type(mesos::v1::master::Call::GET_STATE);
        QVERIFY(!answerSharedCall(call, codec::MediaType::Json, services));
    }

    void loggingLevelByCall()
    {
        SharedServices &services = m_endpoints->services();
        mesos::v1::agent::Call call;
        call.set_type(mesos::v1::agent::Call::SET_LOGGING_LEVEL);
        call.mutable_set_logging_level()->set_level(3);
        call.mutable_set_logging_level()->mutable_duration()->set_nanoseconds(3'600'000'000'000);
        QCOMPARE(answerSharedCall(call, codec::MediaType::Json, services)->status, 200);
        QCOMPARE(m_logging.current(), 3u);
        call.mutable_set_logging_level()->set_level(
            static_cast<unsigned>(-1)); // as some JSON clients write it
        QCOMPARE(answerSharedCall(call, codec::MediaType::Json, services)->status, 200);
        QCOMPARE(m_logging.current(), 0u);
    }

private:
    http::Response get(const QByteArray &target)
    {
        http::Request request;
        request.method = "GET";
        request.target = target;
        std::optional<Result<http::Response>> answer;
        m_client.call(http::Endpoint::tcp(QStringLiteral("127.0.0.1"), m_server.port()), request,
                      [&answer](Result<http::Response> given) { answer = std::move(given); });
        if (!QTest::qWaitFor([&answer] { return answer.has_value(); }, 10000) || !*answer)
            qFatal("no answer to %s: %s", target.constData(),
                   answer ? answer->error().message.c_str() : "timeout");
        return **answer;
    }

    QJsonDocument json(const QByteArray &target)
    {
        const http::Response answer = get(target);
        if (answer.status != 200 || answer.headers.value("Content-Type") != "application/json")
            qFatal("%s: %d %s", target.constData(), answer.status, answer.body.constData());
        return QJsonDocument::fromJson(answer.body);
    }

    QTemporaryDir m_dir;
    QtClock m_clock;
    MetricsRegistry m_metrics{m_clock};
    FileService m_files;
    LoggingLevel m_logging{m_clock, 0, {}};
    http::Server m_server;
    http::Client m_client;
    std::unique_ptr<SharedEndpoints> m_endpoints;
};

QTEST_GUILESS_MAIN(SharedEndpointsTest)
#include "tst_shared_endpoints.moc"
