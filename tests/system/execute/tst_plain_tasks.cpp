#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QTcpServer>
#include <QTest>

#include "common/http/server.h"
#include "tests/support/daemons.h"
#include "tests/support/server_process.h"
#include "tests/system/support/scheduler.h"

using namespace meseta;
using namespace meseta::test;

namespace {

QJsonObject with(QJsonObject task, const char *field, const QJsonObject &value)
{
    task[QLatin1String(field)] = value;
    return task;
}

} // namespace

/// Command tasks without an image on a real agent, by a scheduler of the HTTP API.
class PlainTasksTest : public QObject
{
    Q_OBJECT

    Cluster m_cluster;
    std::unique_ptr<Scheduler> m_scheduler;

    /// Launches on the next offer.
    void launch(const QList<QJsonObject> &tasks);
    QString message(const char *task) const
    {
        return m_scheduler->lastStatus(QLatin1String(task)).value(u"message").toString();
    }
    bool wasHealthy(const char *task) const;

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void hundredInOneAccept();
    void commandHealthCheck();
    void httpHealthCheck();
    void tcpHealthCheck();
    void httpCheck();
    void killPolicyGrace();
    void fetchedArchiveAndProgram();
    void fetchOfWhatIsNotThere();
};

void PlainTasksTest::initTestCase()
{
    QVERIFY(m_cluster.startMaster());
    QVERIFY2(m_cluster.startAgent(), m_cluster.logTails());
}

void PlainTasksTest::init()
{
    m_scheduler = std::make_unique<Scheduler>(m_cluster.masterPort());
    QVERIFY(m_scheduler->subscribe());
}

void PlainTasksTest::cleanup()
{
    QCOMPARE(m_scheduler->teardown(), 202);
    m_scheduler.reset();
}

void PlainTasksTest::launch(const QList<QJsonObject> &tasks)
{
    const auto offer = m_scheduler->takeOffer();
    QVERIFY2(!offer.isEmpty(), m_cluster.logTails());
    QCOMPARE(m_scheduler->launch(offer, tasks), 202);
}

bool PlainTasksTest::wasHealthy(const char *task) const
{
    const auto all = m_scheduler->statuses(QLatin1String(task));
    return std::any_of(all.begin(), all.end(), [](const QJsonObject &status) {
        return status.value(u"healthy").toBool(false);
    });
}

void PlainTasksTest::hundredInOneAccept()
{
    QList<QJsonObject> tasks;
    for (int number = 0; number < 100; ++number) {
        auto task =
            commandTask(QStringLiteral("true-%1").arg(number), QStringLiteral("true"), 0.01);
        task[QStringLiteral("resources")] = QJsonArray{scalar("cpus", 0.01), scalar("mem", 10)};
        tasks << task;
    }
    QElapsedTimer time;
    time.start();
    launch(tasks);
    QTRY_COMPARE_WITH_TIMEOUT(m_scheduler->count("TASK_FINISHED"), 100, 30000);
    qInfo("100 tasks of `true` in one ACCEPT: all finished after %lld ms", time.elapsed());
    QCOMPARE(m_scheduler->count("TASK_RUNNING"), 100);
    QCOMPARE(m_scheduler->states(QStringLiteral("true-42")),
             QStringLiteral("TASK_STARTING TASK_RUNNING TASK_FINISHED"));
    // Acknowledged, too: the agent's executors are gone.
    QTRY_COMPARE(getJson(m_cluster.agentPort(), "/state").value(u"frameworks").toArray().size(), 0);
}

void PlainTasksTest::commandHealthCheck()
{
    const auto check =
        json("{'type':'COMMAND','command':{'value':'test -e "
             "ready'},'delay_seconds':0,'interval_seconds':0.1,"
             "'grace_period_seconds':10,'consecutive_failures':2,'timeout_seconds':5}");
    launch({with(commandTask(QStringLiteral("by-command"),
                             QStringLiteral("touch ready; sleep 1.5; rm ready; sleep 600")),
                 "health_check", check)});
    QTRY_VERIFY_WITH_TIMEOUT(wasHealthy("by-command"), 10000);
    QVERIFY(m_scheduler->sees(QStringLiteral("by-command"), "TASK_KILLED"));
    QCOMPARE(m_scheduler->lastStatus(QStringLiteral("by-command")).value(u"healthy").toBool(true),
             false);
}

void PlainTasksTest::httpHealthCheck()
{
    http::Server server;
    int status = 200;
    server.route("health", "/z",
                 [&status](const http::Request &, std::shared_ptr<http::Responder> responder) {
                     responder->send(http::Response::text(status, "so it is"));
                 });
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    auto check = json("{'type':'HTTP','delay_seconds':0,'interval_seconds':0.1,'consecutive_"
                      "failures':2,'timeout_seconds':5,"
                      "'grace_period_seconds':0}");
    check[QStringLiteral("http")] =
        QJsonObject{{QStringLiteral("port"), server.port()},
                    {QStringLiteral("path"), QStringLiteral("/health/z")}};
    launch({with(commandTask(QStringLiteral("by-http"), QStringLiteral("sleep 600")),
                 "health_check", check)});
    QTRY_VERIFY_WITH_TIMEOUT(wasHealthy("by-http"), 10000);
    status = 500;
    QVERIFY(m_scheduler->sees(QStringLiteral("by-http"), "TASK_KILLED"));
}

void PlainTasksTest::tcpHealthCheck()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    auto check = json("{'type':'TCP','delay_seconds':0,'interval_seconds':0.1,'consecutive_"
                      "failures':2,'timeout_seconds':5,"
                      "'grace_period_seconds':0}");
    check[QStringLiteral("tcp")] = QJsonObject{{QStringLiteral("port"), server.serverPort()}};
    launch({with(commandTask(QStringLiteral("by-tcp"), QStringLiteral("sleep 600")), "health_check",
                 check)});
    QTRY_VERIFY_WITH_TIMEOUT(wasHealthy("by-tcp"), 10000);
    server.close();
    QVERIFY(m_scheduler->sees(QStringLiteral("by-tcp"), "TASK_KILLED"));
}

/// A check tells, and kills nothing.
void PlainTasksTest::httpCheck()
{
    http::Server server;
    server.route("health", "/z",
                 [](const http::Request &, std::shared_ptr<http::Responder> responder) {
                     responder->send(http::Response::text(503, "not yet"));
                 });
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    auto check =
        json("{'type':'HTTP','delay_seconds':0,'interval_seconds':0.1,'timeout_seconds':5}");
    check[QStringLiteral("http")] =
        QJsonObject{{QStringLiteral("port"), server.port()},
                    {QStringLiteral("path"), QStringLiteral("/health/z")}};
    launch({with(commandTask(QStringLiteral("checked"), QStringLiteral("sleep 600")), "check",
                 check)});
    QTRY_COMPARE_WITH_TIMEOUT(m_scheduler->lastStatus(QStringLiteral("checked"))
                                  .value(u"check_status")[u"http"][u"status_code"]
                                  .toInt(),
                              503, 10000);
    QCOMPARE(m_scheduler->lastStatus(QStringLiteral("checked")).value(u"state").toString(),
             QStringLiteral("TASK_RUNNING"));
    QCOMPARE(m_scheduler->kill(QStringLiteral("checked")), 202);
    QVERIFY(m_scheduler->sees(QStringLiteral("checked"), "TASK_KILLED"));
}

void PlainTasksTest::killPolicyGrace()
{
    QTemporaryDir folder;
    const QString ready = folder.filePath(QStringLiteral("ready"));
    const QString stubborn =
        QStringLiteral("trap 'echo no' TERM; echo > %1; while :; do sleep 0.05; done").arg(ready);
    const auto policy = json("{'grace_period':{'nanoseconds':700000000}}");
    launch({with(commandTask(QStringLiteral("stubborn"), stubborn), "kill_policy", policy)});
    QVERIFY(m_scheduler->sees(QStringLiteral("stubborn"), "TASK_RUNNING"));
    QTRY_VERIFY(QFile::exists(ready)); // the shell has set its trap
    QElapsedTimer time;
    time.start();
    QCOMPARE(m_scheduler->kill(QStringLiteral("stubborn")), 202);
    QVERIFY(m_scheduler->sees(QStringLiteral("stubborn"), "TASK_KILLED"));
    QVERIFY2(time.elapsed() >= 600 && time.elapsed() < 5000,
             qPrintable(QString::number(time.elapsed())));
    QVERIFY2(message("stubborn").contains(u"signal"), qPrintable(message("stubborn")));
}

void PlainTasksTest::fetchedArchiveAndProgram()
{
    QTemporaryDir source;
    QVERIFY(QDir(source.path()).mkpath(QStringLiteral("inner")));
    QFile file(source.filePath(QStringLiteral("inner/text")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("from the archive");
    file.close();
    const auto archive = runProgram(
        QStringLiteral("tar"),
        {QStringLiteral("-C"), source.path(), QStringLiteral("-cz"), QStringLiteral("inner")});
    QVERIFY(archive);
    http::Server server;
    const auto serve = [&server](const QByteArray &path, const QByteArray &content) {
        server.route("files", path,
                     [content](const http::Request &, std::shared_ptr<http::Responder> responder) {
                         responder->send(http::Response::text(200, content));
                     });
    };
    serve("/some.tar.gz", *archive);
    serve("/tool", "#!/bin/sh\necho from the tool\n");
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));

    const QString base = QStringLiteral("http://127.0.0.1:%1/files/").arg(server.port());
    auto task =
        commandTask(QStringLiteral("fetching"),
                    QStringLiteral("test \"$(cat inner/text)\" = 'from the archive' && test "
                                   "\"$(./tool)\" = 'from the tool' && test ! -x some.tar.gz"));
    auto command = task[QStringLiteral("command")].toObject();
    command[QStringLiteral("uris")] =
        QJsonArray{QJsonObject{{QStringLiteral("value"), base + QStringLiteral("some.tar.gz")}},
                   QJsonObject{{QStringLiteral("value"), base + QStringLiteral("tool")},
                               {QStringLiteral("executable"), true}}};
    launch({with(task, "command", command)});
    QVERIFY2(m_scheduler->sees(QStringLiteral("fetching"), "TASK_FINISHED"),
             qPrintable(message("fetching")));
}

void PlainTasksTest::fetchOfWhatIsNotThere()
{
    http::Server server;
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
    auto task = commandTask(QStringLiteral("missing"), QStringLiteral("true"));
    auto command = task[QStringLiteral("command")].toObject();
    command[QStringLiteral("uris")] =
        QJsonArray{QJsonObject{{QStringLiteral("value"),
                                QStringLiteral("http://127.0.0.1:%1/nothing").arg(server.port())}}};
    launch({with(task, "command", command)});
    QVERIFY(m_scheduler->sees(QStringLiteral("missing"), "TASK_FAILED"));
    QVERIFY2(message("missing").contains(u"/nothing") && message("missing").contains(u"404"),
             qPrintable(message("missing")));
}

QTEST_GUILESS_MAIN(PlainTasksTest)
#include "tst_plain_tasks.moc"
