#include <QtTest>

#include "daemons/execute/run/resource_pick.h"

using namespace meseta;
using namespace meseta::execute;

class TestResourcePick : public QObject
{
    Q_OBJECT
private:
    static Resources parse(const char *text) { return *Resources::parse(text); }

private Q_SLOTS:
    void picks_data()
    {
        QTest::addColumn<QString>("offered");
        QTest::addColumn<QString>("wanted");
        QTest::addColumn<QString>("role");
        QTest::addColumn<QString>("picked"); // empty: the offer is too small
        const auto row = [](const char *title, const char *offered, const char *wanted,
                            const char *role, const char *picked) {
            QTest::newRow(title) << QString::fromLatin1(offered) << QString::fromLatin1(wanted)
                                 << QString::fromLatin1(role) << QString::fromLatin1(picked);
        };
        row("plain", "cpus:4;mem:2048;disk:100", "cpus:1;mem:128", "*", "cpus:1;mem:128");
        row("all of it", "cpus:1;mem:128", "cpus:1;mem:128", "*", "cpus:1;mem:128");
        row("too little memory", "cpus:4;mem:64", "cpus:1;mem:128", "*", "");
        row("nothing of the kind", "cpus:4", "cpus:1;gpus:1", "*", "");
        row("fractions", "cpus:0.3", "cpus:0.1", "*", "cpus:0.1");
        row("reserved for others", "cpus(ads):4;mem:128", "cpus:1", "*", "");
        row("reserved first", "cpus(ads):1;cpus:4", "cpus:1", "ads", "cpus(ads):1");
        row("reserved, then nobody's", "cpus(ads):1;cpus:4", "cpus:3", "ads", "cpus(ads):1;cpus:2");
        row("ports", "ports:[31000-32000]", "ports:[31005-31006]", "*", "ports:[31005-31006]");
        row("ports elsewhere", "ports:[31000-32000]", "ports:[80-80]", "*", "");
        row("reserved ports", "ports(ads):[1-9];ports:[20-29]", "ports:[2-3]", "ads",
            "ports(ads):[2-3]");
        row("ports of nobody", "ports(ads):[1-9];ports:[20-29]", "ports:[20-21]", "ads",
            "ports:[20-21]");
    }

    void picks()
    {
        QFETCH(QString, offered);
        QFETCH(QString, wanted);
        QFETCH(QString, role);
        QFETCH(QString, picked);
        Resources offer = parse(qPrintable(offered));
        offer.allocate(role.toStdString());
        const auto result = pickResources(offer, parse(qPrintable(wanted)), role.toStdString());
        QCOMPARE(result.has_value(), !picked.isEmpty());
        if (result)
            QVERIFY2(*result == parse(qPrintable(picked)), result->text().c_str());
    }

    void revocableAndDedicatedResourcesAreLeftAlone()
    {
        Resources::Proto offered = parse("cpus:4;disk:100").proto();
        for (mesos::v1::Resource &resource : offered) {
            if (resource.name() == "cpus")
                resource.mutable_revocable();
            else
                resource.mutable_disk()->mutable_source()->set_type(
                    mesos::v1::Resource::DiskInfo::Source::MOUNT);
        }
        QVERIFY(!pickResources(Resources(offered), parse("cpus:1"), "*").has_value());
        QVERIFY(!pickResources(Resources(offered), parse("disk:10"), "*").has_value());
    }
};

QTEST_APPLESS_MAIN(TestResourcePick)
#include "tst_resource_pick.moc"
