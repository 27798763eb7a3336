#include <QTest>

#include "gui/session/master_address.h"

using namespace meseta::console;

class MasterAddressTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void reads_data();
    void reads();
    void refuses_data();
    void refuses();
};

void MasterAddressTest::reads_data()
{
    QTest::addColumn<QString>("given");
    QTest::addColumn<QString>("address");
    QTest::newRow("host and port") << "master.example:5050"
                                   << "master.example:5050";
    QTest::newRow("port left out") << "localhost"
                                   << "localhost:5050";
    QTest::newRow("spaces around") << "  10.0.0.1:80 "
                                   << "10.0.0.1:80";
    QTest::newRow("a pasted URL") << "http://localhost:5051/state"
                                  << "localhost:5051";
    QTest::newRow("with the colon of a Chinese input method")
        << QString::fromUtf8("10.0.0.1：80") << QStringLiteral("10.0.0.1:80");
    QTest::newRow("IPv6") << "[::1]:5050"
                          << "[::1]:5050";
    QTest::newRow("ZooKeeper") << "zk://a,b:2182/mesos"
                               << "zk://a:2181,b:2182/mesos";
    QTest::newRow("ZooKeeper with a password") << "zk://ann:secret@a/mesos"
                                               << "zk://ann@a:2181/mesos";
}

void MasterAddressTest::reads()
{
    QFETCH(QString, given);
    QFETCH(QString, address);
    const auto parsed = MasterAddress::parse(given);
    QVERIFY2(parsed, parsed ? "" : parsed.error().message.c_str());
    QCOMPARE(parsed->text(), address);
}

void MasterAddressTest::refuses_data()
{
    QTest::addColumn<QString>("given");
    QTest::newRow("nothing") << "";
    QTest::newRow("port that is none") << "localhost:port";
    QTest::newRow("port too large") << "localhost:70000";
    QTest::newRow("another scheme") << "ftp://localhost";
    QTest::newRow("ZooKeeper without a path") << "zk://localhost:2181";
}

void MasterAddressTest::refuses()
{
    QFETCH(QString, given);
    const auto parsed = MasterAddress::parse(given);
    QVERIFY(!parsed);
    QVERIFY(parsed.error().message.find(given.toStdString()) != std::string::npos);
}

QTEST_GUILESS_MAIN(MasterAddressTest)
#include "tst_master_address.moc"
