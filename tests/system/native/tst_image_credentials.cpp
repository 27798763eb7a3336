#include <QTest>

#include "tests/support/missing.h"
#include "tests/system/native/image_cluster.h"
#include "tests/system/support/execute.h"

using namespace meseta;
using namespace meseta::test;

/// Images of a registry that lets only those in who know the password: from the agent's
/// --docker_config, or from what a task brings along.
class ImageCredentialsTest : public QObject
{
    Q_OBJECT

    ImageCluster m_parts;
    TestRegistry m_closed;

    QString image() const { return m_closed.host() + QStringLiteral("/team/probe:1"); }
    QByteArray config(const QByteArray &pair) const;
    QJsonObject task(const QString &name, const QJsonObject &secret) const;
    QJsonObject byValue(const QByteArray &content) const;
    QByteArray outcome(const QJsonObject &task);

private Q_SLOTS:
    void initTestCase();
    void withoutThemItIsRefused();
    void whatCannotBeUsedIsNamed_data();
    void whatCannotBeUsedIsNamed();
    void aTaskBringsThemByValue();
    void theAgentHasThem();
};

QByteArray ImageCredentialsTest::config(const QByteArray &pair) const
{
    return R"({"auths":{")" + m_closed.host().toLatin1() + R"(":{"auth":")" + pair.toBase64()
        + R"("}}})";
}

/// `data` is of type bytes: base64 in JSON.
QJsonObject ImageCredentialsTest::byValue(const QByteArray &content) const
{
    const QJsonObject value{{QStringLiteral("data"), QString::fromLatin1(content.toBase64())}};
    return {{QStringLiteral("type"), QStringLiteral("VALUE")}, {QStringLiteral("value"), value}};
}

QJsonObject ImageCredentialsTest::task(const QString &name, const QJsonObject &secret) const
{
    QJsonObject task = m_parts.task(name, image(), {});
    auto container = task[u"container"].toObject(), mesos = container[u"mesos"].toObject(),
         wanted = mesos[u"image"].toObject(), docker = wanted[u"docker"].toObject();
    docker[u"config"] = secret;
    wanted[u"docker"] = docker;
    mesos[u"image"] = wanted;
    container[u"mesos"] = mesos;
    task[u"container"] = container;
    return task;
}

QByteArray ImageCredentialsTest::outcome(const QJsonObject &task)
{
    Execute execute(m_parts.cluster().masterPort());
    execute.startTask(task);
    execute.exitCode(60000);
    return execute.output();
}

void ImageCredentialsTest::initTestCase()
{
    if (const QString missing = ImageCluster::missing(); !missing.isEmpty())
        MESETA_MISSING(missing);
    OciImage probe;
    for (const auto &done :
         {m_parts.start(), m_closed.start(QStringLiteral("who"), QStringLiteral("pass")),
          ImageCluster::makeProbe(probe),
          probe.push(m_closed.host(), QStringLiteral("team/probe:1"),
                     {QStringLiteral("--dest-creds=who:pass")}),
          m_parts.startAgent()})
        QVERIFY2(done, done ? "" : done.error().message.c_str());
}

void ImageCredentialsTest::withoutThemItIsRefused()
{
    const QByteArray said = m_parts.run(image(), {});
    QVERIFY2(said.contains("REASON_CONTAINER_LAUNCH_FAILED"), said);
    QVERIFY2(said.contains("--docker_config"), said);
}

void ImageCredentialsTest::whatCannotBeUsedIsNamed_data()
{
    QTest::addColumn<QJsonObject>("secret");
    QTest::addColumn<QByteArray>("told");
    QTest::newRow("kept elsewhere")
        << json("{'type':'REFERENCE','reference':{'name':'vault','key':'k'}}")
        << QByteArray("the secret 'vault' is kept elsewhere");
    QTest::newRow("no JSON") << byValue("who:pass") << QByteArray("it has to be a Docker config");
    QTest::newRow("wrong password")
        << byValue(config("who:wrong")) << QByteArray("does not accept the user 'who'");
}

void ImageCredentialsTest::whatCannotBeUsedIsNamed()
{
    QFETCH(QJsonObject, secret);
    QFETCH(QByteArray, told);
    const QString name = QString::fromLatin1(QTest::currentDataTag()).replace(u' ', u'-');
    const QByteArray said = outcome(task(name, secret));
    QVERIFY2(said.contains("REASON_CONTAINER_LAUNCH_FAILED"), said);
    QVERIFY2(said.contains(told), said);
    QVERIFY2(!said.contains("who:pass"), said); // secrets are not told
}

void ImageCredentialsTest::aTaskBringsThemByValue()
{
    const QByteArray said = outcome(task(QStringLiteral("bringing"), byValue(config("who:pass"))));
    QVERIFY2(said.contains("TASK_FINISHED"), said);
    QVERIFY(m_parts.outputOf(QStringLiteral("bringing")).startsWith("greetings in "));
    // What is there is there for all, as in Mesos.
    QVERIFY(m_parts.run(image(), {}).startsWith("greetings in "));
}

void ImageCredentialsTest::theAgentHasThem()
{
    m_parts.agent().stop();
    QVERIFY2(m_parts.startAgent(
                 {QStringLiteral("--docker_config=") + QString::fromLatin1(config("who:pass")),
                  QStringLiteral("--docker_store_dir=") + m_parts.cluster().folder()
                      + QStringLiteral("/another")}),
             m_parts.cluster().logTails());
    QVERIFY(m_parts.run(image(), {}).startsWith("greetings in "));
}

QTEST_GUILESS_MAIN(ImageCredentialsTest)
#include "tst_image_credentials.moc"
