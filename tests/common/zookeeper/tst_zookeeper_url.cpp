#include <QTemporaryFile>
#include <QtTest>

#include "common/zookeeper/url.h"

using meseta::zookeeper::Url;

class TestZookeeperUrl : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsServersAndPath()
    {
        const auto url = Url::parse("zk://10.0.0.1:2181,zoo2:2182,zoo3/mesos/east");
        QVERIFY(url);
        const std::vector<Url::Server> servers{{"10.0.0.1", 2181}, {"zoo2", 2182}, {"zoo3", 2181}};
        QCOMPARE(url->servers, servers);
        QCOMPARE(url->path, "/mesos/east");
        QVERIFY(!url->credentials);
        QCOMPARE(url->text(), "zk://10.0.0.1:2181,zoo2:2182,zoo3:2181/mesos/east");
    }

    void splitsCredentialsAtTheLastAt()
    {
        const auto url = Url::parse(" zk://user:p@ss@zoo:2181/mesos\n");
        QVERIFY(url);
        QCOMPARE(*url->credentials, "user:p@ss");
        QCOMPARE(url->servers.front().host, "zoo");
    }

    void readsIpv6Addresses()
    {
        const auto url = Url::parse("zk://[::1]:2182,[fe80::1]/m");
        QVERIFY(url);
        QCOMPARE(url->servers[0], (Url::Server{"::1", 2182}));
        QCOMPARE(url->servers[1], (Url::Server{"fe80::1", 2181}));
    }

    void neverShowsThePassword()
    {
        QCOMPARE(Url::parse("zk://ann:secret@zoo/m")->text(), "zk://ann@zoo:2181/m");
        const auto wrong = Url::parse("zk://ann:secret@zoo");
        QVERIFY(!wrong);
        QVERIFY2(wrong.error().message.find("secret") == std::string::npos,
                 wrong.error().message.c_str());
    }

    void refuses_data()
    {
        QTest::addColumn<std::string>("text");
        QTest::addColumn<std::string>("reason");
        QTest::newRow("scheme") << std::string("http://zoo/m") << std::string("zk://");
        QTest::newRow("no path") << std::string("zk://zoo:2181") << std::string("'/' cannot be");
        QTest::newRow("root") << std::string("zk://zoo:2181/") << std::string("'/' cannot be");
        QTest::newRow("slash at the end") << std::string("zk://zoo/m/") << std::string("is empty");
        QTest::newRow("empty part") << std::string("zk://zoo/a//b") << std::string("is empty");
        QTest::newRow("dots") << std::string("zk://zoo/a/../b") << std::string("'..'");
        QTest::newRow("no host") << std::string("zk:///m") << std::string("no host");
        QTest::newRow("hole") << std::string("zk://a,,b/m") << std::string("no host");
        QTest::newRow("port 0") << std::string("zk://a:0/m") << std::string("no port");
        QTest::newRow("port text") << std::string("zk://a:x/m") << std::string("no port");
        QTest::newRow("port high") << std::string("zk://a:65536/m") << std::string("no port");
        QTest::newRow("user only") << std::string("zk://ann@a/m") << std::string("user:password");
        QTest::newRow("bracket") << std::string("zk://[::1/m") << std::string("bracket");
    }
    void refuses()
    {
        QFETCH(std::string, text);
        QFETCH(std::string, reason);
        const auto url = Url::parse(text);
        QVERIFY(!url);
        QVERIFY2(url.error().message.find(reason) != std::string::npos,
                 url.error().message.c_str());
    }

    void readsFiles()
    {
        QTemporaryFile file;
        QVERIFY(file.open());
        file.write("zk://ann:secret@zoo:2181/mesos\n");
        file.close();
        const std::string path = file.fileName().toStdString();
        QCOMPARE(Url::read("file://" + path)->path, "/mesos");
        QCOMPARE(*Url::read(path)->credentials, "ann:secret");
        QVERIFY(!Url::read("file:///nowhere/at/all"));
        QVERIFY(Url::read("zk://zoo/m"));
    }
};

QTEST_APPLESS_MAIN(TestZookeeperUrl)
#include "tst_zookeeper_url.moc"
