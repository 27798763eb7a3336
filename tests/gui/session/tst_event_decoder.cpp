#include <thread>

#include <QSignalSpy>
#include <QTest>

#include "gui/model/replica.h"
#include "gui/session/event_decoder.h"
#include "tests/gui/support/synthetic_cluster.h"

using namespace meseta::console;
using Form = EventDecoder::Form;

namespace {

constexpr double began = 1700000000;

/// All that comes out of what was added, in order.
std::vector<Told> all(EventDecoder &decoder)
{
    std::vector<Told> told;
    while (!decoder.isIdle()) {
        for (Told &one : decoder.take())
            told.push_back(std::move(one));
        std::this_thread::yield(); // it works on a thread of its own
    }
    return told;
}

/// What a replica holds of agents, tasks and offers, as text.
QString rowsOf(const Replica &replica)
{
    QStringList lines;
    replica.agents().forEach([&](const AgentRow &row) {
        lines << QStringLiteral("agent %1 %2 %3").arg(row.id, row.name).arg(row.tasks);
    });
    replica.frameworks().forEach([&](const FrameworkRow &row) {
        lines << QStringLiteral("framework %1 %2 %3").arg(row.id, row.name).arg(row.completed);
    });
    replica.tasks().forEach([&](const TaskRow &row) {
        lines << QStringLiteral("task %1 %2 %3 %4 %5")
                     .arg(row.key, row.hostname, row.frameworkName, stateName(row.state))
                     .arg(row.removed);
    });
    replica.offers().forEach([&](const OfferRow &row) {
        lines << QStringLiteral("offer %1 %2").arg(row.id, row.frameworkName);
    });
    lines.sort();
    return lines.join(QLatin1Char('\n'));
}

void take(Replica &replica, std::vector<Told> &&told)
{
    for (Told &one : told) {
        if (auto *head = std::get_if<SnapshotHead>(&one.what))
            replica.beginSnapshot(*head);
        else if (auto *piece = std::get_if<SnapshotPiece>(&one.what))
            replica.takePiece(std::move(*piece));
        else if (std::holds_alternative<SnapshotEnd>(one.what))
            replica.endSnapshot();
        else if (auto *event = std::get_if<::meseta::v1::Event>(&one.what))
            replica.apply(*event);
    }
}

} // namespace

/// The thread that reads a master's stream: bytes in, what they say out.
class EventDecoderTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aSnapshotInPiecesIsTheSnapshot();
    void aStockMasterTellsTheSame();
    void keepsTheOrder();
    void whatCannotBeReadIsSaid_data();
    void whatCannotBeReadIsSaid();
    void saysWhenItIsFull();
    void saysWhenThereIsRoomAgain();
    void forgetsWhatIsNotWantedAnyMore();
};

void EventDecoderTest::aSnapshotInPiecesIsTheSnapshot()
{
    SyntheticCluster city({300, 2000, 8, 40}, began);
    const sample::Event snapshot = city.snapshot();
    Replica whole;
    whole.apply(snapshot);
    EventDecoder decoder;
    decoder.add(snapshot.SerializeAsString(), Form::Ours, 1);
    std::vector<Told> told = all(decoder);
    const auto *head = std::get_if<SnapshotHead>(&told.front().what);
    QVERIFY(head);
    QCOMPARE(head->agents, 300);
    QCOMPARE(head->tasks, 2000);
    QCOMPARE(head->clusterName, QStringLiteral("production"));
    QCOMPARE(head->time, began);
    const auto *end = std::get_if<SnapshotEnd>(&told.back().what);
    QVERIFY(end);
    sample::Event recorded;
    QVERIFY(recorded.ParseFromString(end->record)); // what a recording keeps of it
    QCOMPARE(recorded.subscribed().get_state().get_agents().agents_size(), 300);
    QVERIFY(told.size() > 8);
    Replica pieces;
    take(pieces, std::move(told));
    QVERIFY(!pieces.loading());
    QCOMPARE(rowsOf(pieces), rowsOf(whole));
}

void EventDecoderTest::aStockMasterTellsTheSame()
{
    SyntheticCluster city({20, 100, 3, 5}, began);
    sample::Event snapshot = city.snapshot();
    auto &state = *snapshot.mutable_subscribed()->mutable_get_state();
    *state.mutable_get_frameworks()->mutable_frameworks(0)->add_offers() =
        snapshot.subscribed().offers(0).offer(); // where a stock master tells them
    snapshot.mutable_subscribed()->clear_offers();
    Replica whole;
    whole.apply(snapshot);
    QCOMPARE(whole.offers().size(), 1);

    mesos::v1::master::Event first;
    first.set_type(mesos::v1::master::Event::SUBSCRIBED);
    *first.mutable_subscribed()->mutable_get_state() = state;
    mesos::v1::master::Response polled;
    polled.set_type(mesos::v1::master::Response::GET_STATE);
    *polled.mutable_get_state() = state;
    for (const bool isPolled : {false, true}) {
        EventDecoder decoder;
        decoder.add(isPolled ? polled.SerializeAsString() : first.SerializeAsString(),
                    isPolled ? Form::State : Form::Mesos, 1);
        std::vector<Told> told = all(decoder);
        const auto *end = std::get_if<SnapshotEnd>(&told.back().what);
        QVERIFY(end);
        sample::Event recorded;
        QVERIFY(recorded.ParseFromString(end->record));
        QCOMPARE(recorded.type(), sample::Event::SUBSCRIBED);
        Replica replica;
        take(replica, std::move(told));
        QCOMPARE(rowsOf(replica), rowsOf(whole));
    }
}

void EventDecoderTest::keepsTheOrder()
{
    EventDecoder decoder;
    for (int i = 0; i < 3000; ++i)
        decoder.add(sample::taskUpdated("t" + std::to_string(i), "F", mesos::v1::TASK_RUNNING, i)
                        .SerializeAsString(),
                    Form::Ours, i);
    decoder.add("it broke", Form::End, 3000);
    const std::vector<Told> told = all(decoder);
    QCOMPARE(told.size(), std::size_t(3001));
    for (int i = 0; i < 3000; ++i) {
        const auto *event = std::get_if<::meseta::v1::Event>(&told[std::size_t(i)].what);
        QVERIFY(event);
        QCOMPARE(event->time(), double(i));
        QCOMPARE(told[std::size_t(i)].stream, i);
    }
    QCOMPARE(std::get<StreamEnd>(told.back().what).reason, QStringLiteral("it broke"));
}

void EventDecoderTest::whatCannotBeReadIsSaid_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("rubbish") << QByteArray("not a record");
    QTest::newRow("an unfinished number") << QByteArray("\x08\xff\xff", 3);
    QTest::newRow("a length beyond the end") << QByteArray("\x08\x01\x1a\x7fxyz", 7);
    QTest::newRow("a damaged agent")
        << QByteArray("\x08\x01\x1a\x09\x0a\x07\x22\x05\x0a\x03\x0a\x7f\x01", 13);
}

void EventDecoderTest::whatCannotBeReadIsSaid()
{
    QFETCH(const QByteArray, bytes);
    EventDecoder decoder;
    decoder.add(bytes.toStdString(), Form::Ours, 1);
    const std::vector<Told> told = all(decoder);
    QVERIFY(!told.empty());
    QVERIFY(std::holds_alternative<BadRecord>(told.back().what));
}

void EventDecoderTest::saysWhenItIsFull()
{
    EventDecoder decoder;
    QSignalSpy ready(&decoder, &EventDecoder::ready);
    const std::string event =
        sample::taskUpdated("t", "F", mesos::v1::TASK_RUNNING, 1).SerializeAsString();
    int added = 0;
    while (!decoder.isFull() && added < 1000000) {
        decoder.add(event, Form::Ours, 1);
        ++added;
    }
    QVERIFY(decoder.isFull()); // nobody takes anything
    QVERIFY(added < 200000);
    QTRY_COMPARE(ready.size(), 1);
    std::size_t taken = 0;
    while (!decoder.isIdle()) {
        taken += decoder.take().size();
        std::this_thread::yield();
    }
    QCOMPARE(taken, std::size_t(added));
    QVERIFY(!decoder.isFull());
}

/// A record that fills it alone counts until it is told: who took the last of it hears once more.
void EventDecoderTest::saysWhenThereIsRoomAgain()
{
    const std::string large =
        sample::taskUpdated(std::string(6 << 20, 't'), "F", mesos::v1::TASK_RUNNING, 1)
            .SerializeAsString();
    EventDecoder decoder;
    bool waits = true;
    connect(&decoder, &EventDecoder::ready, &decoder, [&] {
        decoder.take();
        waits = decoder.isFull();
    });
    for (int i = 0; i < 20; ++i) {
        waits = true;
        decoder.add(large, Form::Ours, 1);
        QVERIFY(waits);
        QTRY_VERIFY_WITH_TIMEOUT(!waits, 20000);
    }
}

void EventDecoderTest::forgetsWhatIsNotWantedAnyMore()
{
    SyntheticCluster city({100, 60000, 8, 40}, began); // more pieces than it makes ahead
    EventDecoder decoder;
    decoder.add(city.snapshot().SerializeAsString(), Form::Ours, 1);
    QSignalSpy ready(&decoder, &EventDecoder::ready);
    QVERIFY(ready.wait(20000)); // it is in the midst of it, and waits to be heard
    decoder.clear();
    decoder.add(sample::taskUpdated("t", "F", mesos::v1::TASK_RUNNING, 7).SerializeAsString(),
                Form::Ours, 2);
    const std::vector<Told> told = all(decoder);
    QCOMPARE(told.size(), std::size_t(1));
    QCOMPARE(told.front().stream, 2);
}

QTEST_GUILESS_MAIN(EventDecoderTest)
#include "tst_event_decoder.moc"
