#include <QtTest>

#include "daemons/agent/core/resource_detection.h"

using namespace meseta;
using namespace meseta::agent;

class TestResourceDetection : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void resources_data();
    void resources();
    void mistakesAreExplained();
    void defaultRole();
    void thisMachine();
};

void TestResourceDetection::resources_data()
{
    QTest::addColumn<QString>("flag");
    QTest::addColumn<double>("memory");
    QTest::addColumn<double>("disk");
    QTest::addColumn<QString>("expected");
    QTest::newRow("large machine")
        << QString() << 16384.0 << 102400.0
        << QStringLiteral("cpus:8;mem:15360;disk:97280;ports:[31000-32000]");
    QTest::newRow("small machine")
        << QString() << 1500.0 << 6000.0
        << QStringLiteral("cpus:8;mem:750;disk:3000;ports:[31000-32000]");
    QTest::newRow("ports only") << QStringLiteral("ports:[40001-44000]") << 16384.0 << 102400.0
                                << QStringLiteral(
                                       "cpus:8;mem:15360;disk:97280;ports:[40001-44000]");
    QTest::newRow("more than there is")
        << QStringLiteral("cpus:1000;mem:9000000;disk:1;ports:[1-2]") << 1024.0 << 1024.0
        << QStringLiteral("cpus:1000;mem:9000000;disk:1;ports:[1-2]");
    QTest::newRow("none of one") << QStringLiteral("disk:0") << 16384.0 << 102400.0
                                 << QStringLiteral("cpus:8;mem:15360;ports:[31000-32000]");
    QTest::newRow("custom")
        << QStringLiteral("licences:{a,b}") << 16384.0 << 102400.0
        << QStringLiteral("cpus:8;mem:15360;disk:97280;ports:[31000-32000];licences:{a,b}");
    QTest::newRow("JSON") << QStringLiteral(
        R"([{"name":"cpus","type":"SCALAR","scalar":{"value":2}}])")
                          << 16384.0 << 102400.0
                          << QStringLiteral("cpus:2;mem:15360;disk:97280;ports:[31000-32000]");
}

void TestResourceDetection::resources()
{
    QFETCH(QString, flag);
    QFETCH(double, memory);
    QFETCH(double, disk);
    QFETCH(QString, expected);
    const auto found = agentResources(
        flag.isNull() ? std::nullopt : std::optional(flag.toStdString()), "*", {8, memory, disk});
    QVERIFY2(found.has_value(), found ? "" : found.error().message.c_str());
    const Resources wanted = *Resources::parse(expected.toStdString());
    QVERIFY2(*found == wanted, found->text().c_str());
}

void TestResourceDetection::mistakesAreExplained()
{
    for (const char *flag : {"cpus", "cpus:-1", "ports:[5-1]", "[{\"name\":1}]"}) {
        const auto found = agentResources(flag, "*", {8, 4096, 4096});
        QVERIFY2(!found, flag);
        QVERIFY2(
            QString::fromStdString(found.error().message).contains(QLatin1String("--resources")),
            flag);
    }
}

void TestResourceDetection::defaultRole()
{
    const auto found = agentResources("cpus:2", "web", {8, 4096, 20480});
    QVERIFY(found.has_value());
    QVERIFY(found->unreserved().empty());
    QCOMPARE(found->reservedTo("web").scalar("cpus"), 2.0);
}

void TestResourceDetection::thisMachine()
{
    const MachineCapacity machine = machineCapacity("/tmp");
    QVERIFY(machine.cpus >= 1);
    QVERIFY(machine.memMegabytes > 100);
    QVERIFY(machine.diskMegabytes > 10);
}

QTEST_GUILESS_MAIN(TestResourceDetection)
#include "tst_resource_detection.moc"
