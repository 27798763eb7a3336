#include <QDir>
#include <QFile>
#include <QScopeGuard>
#include <QTest>

#include <unistd.h>

#include "tests/support/docker_engine.h"
#include "tests/support/missing.h"
#include "tests/support/oci_image.h"
#include "tests/support/registry.h"
#include "tests/support/root_folder.h"
#include "tests/support/server_process.h"

using namespace meseta;
using namespace meseta::test;

/// What the documentation tells to type, word for word, with the registry it means: Redis from
/// registry-1.docker.io over TLS, in a namespace where that name is ours (documented_lines/run).
class DocumentedLinesTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    QString path(const char *name) const { return m_folder.filePath(QLatin1String(name)); }
    Result<> makeImage() const;
    Result<> makeCertificate() const;
    QByteArray log(const char *name) const;

private Q_SLOTS:
    void initTestCase();
    void workAsTheyAreWritten_data();
    void workAsTheyAreWritten();
};

Result<> DocumentedLinesTest::makeImage() const
{
    OciImage image;
    if (auto made = image.create(); !made)
        return made;
    const auto fill = [](const QString &root) {
        return RootFolder(root).addProgram(QStringLiteral("/usr/bin/redis-server"));
    };
    if (auto added = image.addLayer(fill); !added)
        return added;
    if (auto configured = image.configure(
            {QStringLiteral("--config.entrypoint=/usr/bin/redis-server"),
             QStringLiteral("--config.cmd=--protected-mode"), QStringLiteral("--config.cmd=no")});
        !configured)
        return configured;
    return image.copyTo(path("image"));
}

Result<> DocumentedLinesTest::makeCertificate() const
{
    const auto made = runProgram(
        QStringLiteral("openssl"),
        {QStringLiteral("req"), QStringLiteral("-x509"), QStringLiteral("-newkey"),
         QStringLiteral("rsa:2048"), QStringLiteral("-nodes"), QStringLiteral("-days"),
         QStringLiteral("2"), QStringLiteral("-keyout"), path("key.pem"), QStringLiteral("-out"),
         path("cert.pem"), QStringLiteral("-subj"), QStringLiteral("/CN=registry-1.docker.io"),
         QStringLiteral("-addext"), QStringLiteral("subjectAltName=DNS:registry-1.docker.io")});
    return made ? Result<>() : fail(made.error());
}

QByteArray DocumentedLinesTest::log(const char *name) const
{
    QFile file(path(name));
    return file.open(QIODevice::ReadOnly) ? "--- " + QByteArray(name) + '\n' + file.readAll()
                                          : QByteArray();
}

void DocumentedLinesTest::initTestCase()
{
    if (::geteuid() != 0)
        MESETA_MISSING(QStringLiteral("namespaces need root"));
    for (const auto &missing : {OciImage::missing(), TestRegistry::missing()}) {
        if (!missing.isEmpty())
            MESETA_MISSING(missing);
    }
    for (const auto &made : {makeImage(), makeCertificate()})
        QVERIFY2(made, made ? "" : made.error().message.c_str());
    QFile hosts(path("hosts"));
    QVERIFY(hosts.open(QIODevice::WriteOnly)
            && hosts.write("127.0.0.1 localhost registry-1.docker.io\n") > 0);
}

void DocumentedLinesTest::workAsTheyAreWritten_data()
{
    QTest::addColumn<QString>("engine");
    QTest::addColumn<QByteArray>("output");
    QTest::newRow("without an engine")
        << QStringLiteral("none")
        << QByteArray("the docker containerizer cannot launch now\n+PONG\nsilence\nregistered\n");
    QTest::newRow("with an engine")
        << QStringLiteral("engine") << QByteArray("+PONG\nsilence\nregistered\n");
}

void DocumentedLinesTest::workAsTheyAreWritten()
{
    QFETCH(QString, engine);
    QFETCH(QByteArray, output);
    if (const QString missing = TestDockerEngine::missing();
        engine == u"engine" && !missing.isEmpty())
        MESETA_MISSING(missing);
    QDir().mkpath(QStringLiteral("/tmp/mesos")); // where others have theirs: only to mount on
    const auto tidy = qScopeGuard([] { ::rmdir("/tmp/mesos"); });
    const auto ran = runProgram(QStringLiteral("unshare"),
                                {QStringLiteral("--net"), QStringLiteral("--mount"),
                                 QStringLiteral("--pid"), QStringLiteral("--fork"),
                                 QStringLiteral("--kill-child"), QStringLiteral("--mount-proc"),
                                 qEnvironmentVariable("MESETA_SOURCE_DIR")
                                     + QStringLiteral("/tests/system/native/documented_lines/run"),
                                 m_folder.path(), engine},
                                280'000);
    const QByteArray logs = log("agent.log") + log("execute.log") + log("another.log");
    QVERIFY2(ran, (ran ? QByteArray() : QByteArray::fromStdString(ran.error().message)) + logs);
    QVERIFY2(*ran == output, *ran + logs);
    QVERIFY2(log("execute.log").contains("Pulling library/redis: "), logs);
    QVERIFY2(log("execute.log").contains("TASK_KILLED"), logs);
}

QTEST_GUILESS_MAIN(DocumentedLinesTest)
#include "tst_documented_lines.moc"
