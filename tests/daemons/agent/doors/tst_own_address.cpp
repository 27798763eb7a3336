#include <QtTest>

#include "common/base/address_flags.h"
#include "daemons/agent/core/own_address.h"

using namespace meseta;
using namespace meseta::agent;

class TestOwnAddress : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void masterByAddressAndByName();
    void masterThatDoesNotResolve();
    void advertised_data();
    void advertised();
    void hostnameWithoutLookup();
};

void TestOwnAddress::masterByAddressAndByName()
{
    QCOMPARE(masterPid("192.0.2.7:5050")->text(), std::string("master@192.0.2.7:5050"));
    QCOMPARE(masterPid("localhost:5050")->text(), std::string("master@127.0.0.1:5050"));
}

void TestOwnAddress::masterThatDoesNotResolve()
{
    const auto pid = masterPid("no-such-host.invalid:5050");
    QVERIFY(!pid);
    const QString message = QString::fromStdString(pid.error().message);
    QVERIFY(message.contains(QLatin1String("--master"))
            && message.contains(QLatin1String("no-such-host.invalid")));
}

void TestOwnAddress::advertised_data()
{
    QTest::addColumn<QString>("ip");
    QTest::addColumn<QString>("advertise");
    QTest::addColumn<QString>("listen");
    QTest::addColumn<QString>("told");
    QTest::newRow("nothing given: as the master is reached") << ""
                                                             << ""
                                                             << "0.0.0.0"
                                                             << "127.0.0.1";
    QTest::newRow("ip") << "127.0.0.2"
                        << ""
                        << "127.0.0.2"
                        << "127.0.0.2";
    QTest::newRow("advertised") << ""
                                << "192.0.2.1"
                                << "0.0.0.0"
                                << "192.0.2.1";
    QTest::newRow("both") << "127.0.0.2"
                          << "192.0.2.1"
                          << "127.0.0.2"
                          << "192.0.2.1";
    QTest::newRow("any") << "0.0.0.0"
                         << ""
                         << "0.0.0.0"
                         << "127.0.0.1";
}

void TestOwnAddress::advertised()
{
    QFETCH(QString, ip);
    QFETCH(QString, advertise);
    QFETCH(QString, listen);
    QFETCH(QString, told);
    AddressFlags flags;
    if (!ip.isEmpty())
        flags.ip = ip.toStdString();
    if (!advertise.isEmpty())
        flags.advertiseIp = advertise.toStdString();
    const OwnAddress own = ownAddress(flags, {"master", "127.0.0.1", 5050});
    QCOMPARE(QString::fromStdString(own.listenIp), listen);
    QCOMPARE(QString::fromStdString(own.advertisedIp), told);
}

void TestOwnAddress::hostnameWithoutLookup()
{
    QCOMPARE(hostnameOf("127.0.0.1", false), std::string("127.0.0.1"));
    QCOMPARE(hostnameOf("192.0.2.1", true), std::string("192.0.2.1")); // has no name
}

QTEST_GUILESS_MAIN(TestOwnAddress)
#include "tst_own_address.moc"
