#include "agent_harness.h"

using namespace meseta;
using namespace meseta::agent;
using namespace std::chrono_literals;

namespace {

mesos::internal::StatusUpdate update(const std::string &task, mesos::v1::TaskState state,
                                     const std::string &uuid)
{
    mesos::internal::StatusUpdate made;
    made.mutable_framework_id()->set_value("F");
    made.mutable_status()->mutable_task_id()->set_value(task);
    made.mutable_status()->set_state(state);
    made.set_timestamp(0);
    made.set_uuid(uuid);
    return made;
}

} // namespace

class TestUpdateStreams : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void unacknowledgedIsSentAgainAtDoublingIntervals();
    void oneOutstandingAtATimeInOrder();
    void repeatedUuidIsTakenOnce();
    void acknowledgementOfAnotherUuidIsIgnored();
    void terminalAcknowledgementEndsTheStream();
    void nothingLeavesWhilePaused();
    void resumeAndResendStartOverAtTenSeconds();
    void forgottenFrameworksSendNothing();
};

void TestUpdateStreams::unacknowledgedIsSentAgainAtDoublingIntervals()
{
    SimulatedClock clock;
    std::vector<long> sentAt;
    UpdateStreams streams(clock, [&](const auto &) {
        sentAt.push_back(
            std::chrono::duration_cast<std::chrono::seconds>(clock.monotonic()).count());
    });
    streams.resume();
    streams.add(update("t", mesos::v1::TASK_RUNNING, "1"));
    clock.advance(3600s);
    const std::vector<long> expected{0, 10, 30, 70, 150, 310, 630, 1230, 1830, 2430, 3030};
    QCOMPARE(sentAt, expected); // waits of 10, 20, 40 … 320 and from then on 600 seconds
}

void TestUpdateStreams::oneOutstandingAtATimeInOrder()
{
    SimulatedClock clock;
    std::vector<std::string> sent;
    UpdateStreams streams(clock, [&](const auto &one) { sent.push_back(one.uuid()); });
    streams.resume();
    QVERIFY(streams.add(update("t", mesos::v1::TASK_STARTING, "1")));
    QVERIFY(streams.add(update("t", mesos::v1::TASK_RUNNING, "2")));
    QVERIFY(streams.add(update("u", mesos::v1::TASK_RUNNING, "3"))); // another task does not wait
    QCOMPARE(joined(sent), std::string("1, 3"));
    QCOMPARE(streams.pending("F", "t"), std::size_t(2));
    QVERIFY(streams.acknowledge("F", "t", "1").has_value());
    QCOMPARE(joined(sent), std::string("1, 3, 2"));
}

void TestUpdateStreams::repeatedUuidIsTakenOnce()
{
    SimulatedClock clock;
    int sent = 0;
    UpdateStreams streams(clock, [&](const auto &) { ++sent; });
    streams.resume();
    QVERIFY(streams.add(update("t", mesos::v1::TASK_RUNNING, "1")));
    QVERIFY(!streams.add(update("t", mesos::v1::TASK_RUNNING, "1")));
    QVERIFY(streams.acknowledge("F", "t", "1").has_value());
    QVERIFY(
        !streams.add(update("t", mesos::v1::TASK_RUNNING, "1"))); // also after its acknowledgement
    QCOMPARE(sent, 1);
}

void TestUpdateStreams::acknowledgementOfAnotherUuidIsIgnored()
{
    SimulatedClock clock;
    UpdateStreams streams(clock, [](const auto &) {});
    streams.resume();
    streams.add(update("t", mesos::v1::TASK_RUNNING, "1"));
    QVERIFY(!streams.acknowledge("F", "t", "2"));
    QVERIFY(!streams.acknowledge("F", "unknown", "1"));
    QCOMPARE(streams.pending("F", "t"), std::size_t(1));
}

void TestUpdateStreams::terminalAcknowledgementEndsTheStream()
{
    SimulatedClock clock;
    UpdateStreams streams(clock, [](const auto &) {});
    streams.resume();
    streams.add(update("t", mesos::v1::TASK_FINISHED, "1"));
    QVERIFY(streams.acknowledge("F", "t", "1").has_value());
    QCOMPARE(streams.size(), std::size_t(0));
    QCOMPARE(clock.pendingTimers(), std::size_t(0));
}

void TestUpdateStreams::nothingLeavesWhilePaused()
{
    SimulatedClock clock;
    int sent = 0;
    UpdateStreams streams(clock, [&](const auto &) { ++sent; });
    streams.add(update("t", mesos::v1::TASK_RUNNING, "1")); // before the first registration
    clock.advance(100s);
    QCOMPARE(sent, 0);
    streams.resume();
    QCOMPARE(sent, 1);
    streams.pause();
    clock.advance(100s);
    QCOMPARE(sent, 1);
}

void TestUpdateStreams::resumeAndResendStartOverAtTenSeconds()
{
    SimulatedClock clock;
    int sent = 0;
    UpdateStreams streams(clock, [&](const auto &) { ++sent; });
    streams.resume();
    streams.add(update("t", mesos::v1::TASK_RUNNING, "1"));
    clock.advance(31s); // sent at 0, 10 and 30
    QCOMPARE(sent, 3);
    streams.resend("F");
    QCOMPARE(sent, 4);
    clock.advance(10s);
    QCOMPARE(sent, 5);
    streams.resend("other");
    QCOMPARE(sent, 5);
}

void TestUpdateStreams::forgottenFrameworksSendNothing()
{
    SimulatedClock clock;
    int sent = 0;
    UpdateStreams streams(clock, [&](const auto &) { ++sent; });
    streams.resume();
    streams.add(update("t", mesos::v1::TASK_RUNNING, "1"));
    streams.forget("F");
    clock.advance(1000s);
    QCOMPARE(sent, 1);
}

QTEST_GUILESS_MAIN(TestUpdateStreams)
#include "tst_update_streams.moc"
