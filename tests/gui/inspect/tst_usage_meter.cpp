#include <QTest>

#include "gui/inspect/usage_probe.h"

using namespace meseta::console;
using Containers = mesos::v1::agent::Response::GetContainers;

namespace {

void add(Containers &containers, const char *executor, double time, double busy, double memoryMiB)
{
    auto *container = containers.add_containers();
    container->mutable_framework_id()->set_value("F");
    container->mutable_executor_id()->set_value(executor);
    container->mutable_container_id()->set_value(executor);
    auto *measured = container->mutable_resource_statistics();
    measured->set_timestamp(time);
    measured->set_cpus_user_time_secs(busy);
    measured->set_cpus_limit(2);
    measured->set_mem_rss_bytes(static_cast<std::uint64_t>(memoryMiB * 1024 * 1024));
    measured->set_mem_limit_bytes(256 * 1024 * 1024);
}

} // namespace

class UsageMeterTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void ratesNeedTwoMeasures();
    void sumsAnAgent();
    void aRestartIsNoNegativeUse();
};

void UsageMeterTest::ratesNeedTwoMeasures()
{
    UsageMeter meter;
    meter.watch(QStringLiteral("F"), QStringLiteral("a"));
    Containers first, second;
    add(first, "a", 100, 10, 64);
    add(first, "b", 100, 99, 512);
    add(second, "a", 102, 11, 96);
    QVERIFY(meter.take(first).cpus < 0);
    const Usage usage = meter.take(second);
    QCOMPARE(usage.cpus, 0.5);
    QCOMPARE(usage.cpuLimit, 2.0);
    QCOMPARE(usage.memory, 96.0);
    QCOMPARE(usage.memoryLimit, 256.0);
    QCOMPARE(usage.containers, 1);
}

void UsageMeterTest::sumsAnAgent()
{
    UsageMeter meter;
    meter.watch({}, {});
    Containers containers;
    add(containers, "a", 100, 10, 64);
    add(containers, "b", 100, 20, 32);
    const Usage usage = meter.take(containers);
    QCOMPARE(usage.containers, 2);
    QCOMPARE(usage.memory, 96.0);
}

void UsageMeterTest::aRestartIsNoNegativeUse()
{
    UsageMeter meter;
    meter.watch(QStringLiteral("F"), QStringLiteral("a"));
    Containers first, second;
    add(first, "a", 100, 50, 64);
    add(second, "a", 102, 1, 64);
    meter.take(first);
    QVERIFY(meter.take(second).cpus < 0);
}

QTEST_GUILESS_MAIN(UsageMeterTest)
#include "tst_usage_meter.moc"
