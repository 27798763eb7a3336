#include <QTest>

#include "daemons/master/agents/maintenance.h"
#include "tests/daemons/master/core/kept_registry.h"

using namespace meseta;
using namespace meseta::master;
using namespace meseta::master::test;
using namespace Qt::StringLiterals;
using mesos::v1::maintenance::Schedule;

namespace {

Schedule scheduleOf(const std::string &hostname, const std::string &ip = "10.0.0.1")
{
    Schedule schedule;
    auto &window = *schedule.add_windows();
    window.add_machine_ids()->set_hostname(hostname);
    window.mutable_machine_ids(0)->set_ip(ip);
    window.mutable_unavailability()->mutable_start()->set_nanoseconds(5000);
    return schedule;
}

MachineIds machinesOf(const Schedule &schedule)
{
    return schedule.windows(0).machine_ids();
}

void good(const Result<> &done)
{
    QVERIFY(done);
}

} // namespace

/// Maintenance of machines, and how frameworks are asked to leave them.
class TestMasterMaintenance : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void frameworksAreAskedToLeave()
    {
        TestMaster t;
        const std::string agent = t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        t.run(one, "M-O0", TestMaster::task("t1", agent));
        updateSchedule(t.master.core(), scheduleOf("host"), good);
        COMPARE_LINES(t.take(), u"stream 1: INVERSE_OFFERS"_s);
        const auto &offer = t.outbox.events[one].back().inverse_offers().inverse_offers(0);
        QCOMPARE(offer.unavailability().start().nanoseconds(), 5000);
        QCOMPARE(offer.agent_id().value(), agent);
        QCOMPARE(offer.url().path(), std::string("/slave(1)"));
        QVERIFY(offer.resources().empty());

        Call decline;
        decline.set_type(Call::DECLINE_INVERSE_OFFERS);
        *decline.mutable_decline_inverse_offers()->add_inverse_offer_ids() = offer.id();
        t.call(one, decline);
        COMPARE_LINES(t.take());
        const auto status = maintenanceStatus(t.master.core());
        QCOMPARE(status.draining_machines(0).statuses(0).status(),
                 mesos::v1::allocator::InverseOfferStatus::DECLINE);
        t.clock.advance(5s);
        COMPARE_LINES(t.take(), u"stream 1: INVERSE_OFFERS"_s); // asked again

        updateSchedule(t.master.core(), {}, good);
        COMPARE_LINES(t.take(), u"stream 1: RESCIND_INVERSE_OFFER"_s);
        QVERIFY(maintenanceStatus(t.master.core()).draining_machines().empty());
    }

    void offersTellWhenTheMachineGoes()
    {
        TestMaster t;
        t.addAgent();
        const StreamHandle one = t.subscribe();
        t.take();
        updateSchedule(t.master.core(), scheduleOf("host"), good);
        const QStringList lines = t.take();
        QVERIFY(lines.contains(u"stream 1: RESCIND M-O0"_s));
        QCOMPARE(
            t.outbox.events[one].back().offers().offers(0).unavailability().start().nanoseconds(),
            5000);
    }

    void machinesGoDownAndComeUp()
    {
        KeptBytes kept;
        {
            TestMaster t(named("M"), on(kept));
            const std::string agent = t.addAgent();
            const StreamHandle one = t.subscribe();
            t.take();
            t.run(one, "M-O0", TestMaster::task("t1", agent));
            updateSchedule(t.master.core(), scheduleOf("host"), good);
            t.take();
            QVERIFY(validateStart(t.master.core(), machinesOf(scheduleOf("host"))));
            startMaintenance(t.master.core(), machinesOf(scheduleOf("host")), good);
            const QStringList lines = t.take();
            QVERIFY(lines.contains(
                u"slave(1)@10.0.0.1:5051: ShutdownMessage An operator took this machine down for maintenance"_s));
            QVERIFY(
                lines.contains(u"stream 1: UPDATE t1 TASK_LOST REASON_AGENT_REMOVED by MASTER"_s));
            QVERIFY(!t.master.cluster().agent(agent));
        }
        TestMaster t(named("N"), on(kept));
        t.registerAgent({});
        COMPARE_LINES(t.take(), u"slave(1)@10.0.0.1:5051: ShutdownMessage Machine is `DOWN`"_s);
        QCOMPARE(maintenanceStatus(t.master.core()).down_machines_size(), 1);
        stopMaintenance(t.master.core(), machinesOf(scheduleOf("host")), good);
        QCOMPARE(maintenanceStatus(t.master.core()).down_machines_size(), 0);
        QVERIFY(t.master.cluster().schedule.windows().empty());
        t.registerAgent({});
        QVERIFY(!t.take().filter(u"SlaveRegisteredMessage"_s).isEmpty());
    }

    void rulesOfSchedulesAndMachines()
    {
        TestMaster t;
        Core &core = t.master.core();
        const auto text = [](const Result<> &result) {
            return result ? std::string("good") : result.error().message;
        };
        Schedule empty;
        empty.add_windows()->mutable_unavailability()->mutable_start()->set_nanoseconds(1);
        QVERIFY(text(validateSchedule(core, empty)).find("no machine") != std::string::npos);
        QVERIFY(text(validateSchedule(core, scheduleOf("", ""))).find("has neither")
                != std::string::npos);
        QVERIFY(!validateSchedule(core, scheduleOf("a", "10.0.0")));
        Schedule twice = scheduleOf("a");
        *twice.add_windows() = twice.windows(0);
        QVERIFY(text(validateSchedule(core, twice)).find("two places") != std::string::npos);
        Schedule negative = scheduleOf("a");
        negative.mutable_windows(0)->mutable_unavailability()->mutable_duration()->set_nanoseconds(
            -5);
        QVERIFY(text(validateSchedule(core, negative)).find("negative") != std::string::npos);

        const MachineIds machines = machinesOf(scheduleOf("a"));
        QVERIFY(!validateStart(core, {}));
        QVERIFY(text(validateStart(core, machines)).find("in no maintenance schedule")
                != std::string::npos);
        updateSchedule(core, scheduleOf("a"), good);
        QVERIFY(text(validateStop(core, machines)).find("not DOWN") != std::string::npos);
        startMaintenance(core, machines, good);
        QVERIFY(text(validateStart(core, machines)).find("not DRAINING") != std::string::npos);
        QVERIFY(!validateSchedule(core, {})); // it is down
    }
};

QTEST_APPLESS_MAIN(TestMasterMaintenance)
#include "tst_master_maintenance.moc"
