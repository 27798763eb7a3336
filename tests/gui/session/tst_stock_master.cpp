#include <QJsonDocument>
#include <QSettings>
#include <QStandardPaths>
#include <QTest>

#include "common/codec/json.h"
#include "common/codec/record_io.h"
#include "gui/session/cluster.h"
#include "tests/gui/support/fake_master.h"
#include "tests/gui/support/sample_cluster.h"
#include "tests/system/golden/transcript.h"

using namespace meseta::console;
using meseta::test::Transcript;
using Event = mesos::v1::master::Event;

/// The operator stream of a stock Mesos 1.11 master, as it was recorded from one, told to the
/// console.
class StockMasterTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void showsWhatARealMasterTold();
    void readsTheStateWhereTheStreamIsSilent();

private:
    void replay(const Transcript &transcript, FakeMaster &master);
};

void StockMasterTest::initTestCase()
{
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(QStringLiteral("MesetaTest"));
    QCoreApplication::setApplicationName(QStringLiteral("tst_stock_master"));
    QSettings().clear();
}

/// Sends all events but the first, which a subscriber gets.
void StockMasterTest::replay(const Transcript &transcript, FakeMaster &master)
{
    for (const auto &row : transcript.rows) {
        if (!row.has("event"))
            continue;
        Event event;
        const auto text = QJsonDocument(row.value("event").toObject()).toJson();
        const auto parsed = meseta::codec::parseJson(text.toStdString(), event);
        QVERIFY2(parsed, parsed ? "" : parsed.error().message.c_str());
        master.sendRaw(
            QByteArray::fromStdString(meseta::codec::encodeRecord(event.SerializeAsString())));
    }
}

void StockMasterTest::showsWhatARealMasterTold()
{
    const auto transcript = Transcript::load(QStringLiteral("operator/master-subscribe"));
    QVERIFY2(transcript, transcript ? "" : transcript.error().message.c_str());
    FakeMaster master;
    master.setStock(true);
    master.answersState = false;
    for (const auto &row : transcript->rows) {
        const QString chunk = row.text("raw_chunk");
        const auto begin = chunk.indexOf(QLatin1Char('{')),
                   end = chunk.lastIndexOf(QLatin1Char('}'));
        if (!chunk.contains(QStringLiteral("SUBSCRIBED")))
            continue;
        Event first;
        const auto parsed =
            meseta::codec::parseJson(chunk.mid(begin, end - begin + 1).toStdString(), first);
        QVERIFY2(parsed, parsed ? "" : parsed.error().message.c_str());
        *master.snapshot.mutable_subscribed()->mutable_get_state() = first.subscribed().get_state();
    }
    Cluster cluster({});
    cluster.open({QStringLiteral("127.0.0.1"), master.port(), {}});
    const Replica &replica = cluster.replica();
    QTRY_VERIFY_WITH_TIMEOUT(replica.agents().size() >= 1, 20000);
    QVERIFY(cluster.session().isStock());
    const int agents = replica.agents().size();
    replay(*transcript, master);
    const auto state = [&replica](const char *task) {
        const TaskRow *row = replica.tasks().find(QStringLiteral("M1-0000/") + QLatin1String(task));
        return row ? stateName(row->state) : QString();
    };
    QTRY_COMPARE_WITH_TIMEOUT(state("run2"), QStringLiteral("TASK_GONE_BY_OPERATOR"), 20000);
    QCOMPARE(state("fin"), QStringLiteral("TASK_FINISHED"));
    QCOMPARE(state("bad"), QStringLiteral("TASK_FAILED"));
    QCOMPARE(state("run1"), QStringLiteral("TASK_KILLED"));
    const TaskRow *bad = replica.tasks().find(QStringLiteral("M1-0000/bad"));
    QCOMPARE(bad->message, QStringLiteral("Command exited with status 3"));
    QCOMPARE(bad->steps.size(), 3); // starting, running, failed
    const FrameworkRow *framework = replica.frameworks().find(QStringLiteral("M1-0000"));
    QVERIFY(framework);
    QCOMPARE(framework->name, QStringLiteral("golden-2")); // it was updated
    QTRY_VERIFY_WITH_TIMEOUT(framework->completed, 20000);
    QCOMPARE(replica.agents().size(), agents); // one came and left
    QCOMPARE(cluster.session().state(), MasterSession::State::Live);
}

/// Agents that change and offers are in no event of a stock master: its state is asked for.
void StockMasterTest::readsTheStateWhereTheStreamIsSilent()
{
    FakeMaster master;
    master.setStock(true);
    auto *state = sample::state(master.snapshot);
    *state->mutable_get_agents()->add_agents() = sample::agent("A", 4);
    *state->mutable_get_frameworks()->add_frameworks() = sample::framework("F", "f");
    Cluster cluster({});
    cluster.open({QStringLiteral("127.0.0.1"), master.port(), {}});
    QTRY_COMPARE_WITH_TIMEOUT(cluster.replica().agents().size(), 1, 20000);
    QCOMPARE(cluster.replica().figures().allocated.cpus, 0.0);
    *state->mutable_get_agents()->mutable_agents(0) = sample::agent("A", 4, 3);
    *state->mutable_get_frameworks()->mutable_frameworks(0)->add_offers() =
        sample::offer("O", "F", "A", 1);
    QTRY_COMPARE_WITH_TIMEOUT(cluster.replica().figures().allocated.cpus, 3.0, 20000);
    QCOMPARE(cluster.replica().offers().size(), 1);
    state->mutable_get_frameworks()->mutable_frameworks(0)->clear_offers();
    QTRY_COMPARE_WITH_TIMEOUT(cluster.replica().offers().size(), 0, 20000);
}

QTEST_GUILESS_MAIN(StockMasterTest)
#include "tst_stock_master.moc"
