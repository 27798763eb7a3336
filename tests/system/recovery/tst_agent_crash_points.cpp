#include <csignal>

#include "recovery_bench.h"

using namespace meseta;
using namespace meseta::agent;

/// The agent dies at each step of a task's life: before and after each record it writes, each
/// message it sends or takes. A first run notes which steps there are; then each of them is one
/// where it dies.
class TestAgentCrashPoints : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void commandTask_data();
    void commandTask();
    void killedTask_data();
    void killedTask();
    void customExecutor_data();
    void customExecutor();

private:
    using Story = std::function<bool(RecoveryBench &)>;
    void noteSteps(const Story &story);
    void dieAtOnce(const Story &story);
};

namespace {

/// Keeps an agent running, whatever kills it, while the story goes on.
bool survive(RecoveryBench &b, const std::function<bool()> &reached)
{
    return QTest::qWaitFor(
        [&] {
            if (b.agent->process.state() == QProcess::NotRunning && !b.start())
                return true;
            return reached();
        },
        20000);
}

bool ended(const RecoveryBench &b)
{
    switch (b.master.last("t").state()) {
    case mesos::v1::TASK_STAGING:
    case mesos::v1::TASK_STARTING:
    case mesos::v1::TASK_RUNNING:
    case mesos::v1::TASK_KILLING:
        return false;
    default:
        return true;
    }
}

bool untilEnd(RecoveryBench &b)
{
    return survive(b, [&b] { return ended(b) && b.leftovers().isEmpty(); });
}

/// Launches the task and waits until it runs, or has ended (it is dropped when the agent died
/// before it knew of it). An agent that died before it knew its own id registers as a new one: then
/// what was sent to it before is lost, and is sent again.
bool launched(RecoveryBench &b, const mesos::v1::TaskInfo &task)
{
    int registrations = 0, starts = 0;
    return survive(b, [&] {
        if (b.master.registrations > registrations && b.starts() > starts) {
            starts = b.starts();
            b.master.launch(task);
        }
        registrations = b.master.registrations;
        return b.master.last("t").state() == mesos::v1::TASK_RUNNING || ended(b);
    });
}

bool commandStory(RecoveryBench &b)
{
    if (!launched(b, b.waiter("t", 7)))
        return false;
    b.touch("go");
    return untilEnd(b);
}

bool killStory(RecoveryBench &b)
{
    if (!launched(b, b.waiter("t", 0)))
        return false;
    b.master.kill("t");
    return untilEnd(b);
}

bool executorStory(RecoveryBench &b)
{
    if (!launched(b, b.executorTask("t", "ex")))
        return false;
    b.master.kill("t");
    return survive(b, [&b] { return ended(b); });
}

} // namespace

void TestAgentCrashPoints::noteSteps(const Story &story)
{
    QTest::addColumn<QString>("step");
    RecoveryBench b;
    const QString log = b.path("steps");
    QVERIFY(b.start({QStringLiteral("MESETA_CRASH_LOG=") + log}));
    QVERIFY(story(b));
    b.kill();
    for (const QByteArray &step : b.read("steps").split('\n')) {
        if (!step.isEmpty())
            QTest::newRow(step.constData()) << QString::fromUtf8(step);
    }
}

void TestAgentCrashPoints::dieAtOnce(const Story &story)
{
    QFETCH(QString, step);
    RecoveryBench b;
    QVERIFY(b.start({QStringLiteral("MESETA_CRASH_AT=") + step}));
    QVERIFY2(story(b), b.account().constData());

    // Once told to have ended, it stays ended: at most the same update comes again.
    std::set<std::string> ends;
    for (const auto &update : b.master.updates) {
        const auto state = update.status().state();
        if (state != mesos::v1::TASK_STARTING && state != mesos::v1::TASK_RUNNING
            && state != mesos::v1::TASK_KILLING)
            ends.insert(update.uuid());
        else
            QVERIFY2(ends.empty(), qPrintable(b.master.states("t")));
    }
    QCOMPARE(ends.size(), std::size_t(1));
    QVERIFY(b.read("starts").count('\n') <= 1); // never started twice
}

void TestAgentCrashPoints::commandTask_data()
{
    noteSteps(commandStory);
}

void TestAgentCrashPoints::commandTask()
{
    dieAtOnce([](RecoveryBench &one) {
        if (!commandStory(one))
            return false;
        // Its real exit code, unless it had never been known.
        const auto last = one.master.last("t");
        return last.state() == mesos::v1::TASK_DROPPED
            ? one.read("starts").isEmpty()
            : QString::fromStdString(last.message()).contains(QLatin1String("exited with status 7"))
                && one.processes().isEmpty();
    });
}

void TestAgentCrashPoints::killedTask_data()
{
    noteSteps(killStory);
}

void TestAgentCrashPoints::killedTask()
{
    dieAtOnce([](RecoveryBench &one) {
        if (!killStory(one))
            return false;
        const auto state = one.master.last("t").state();
        return (state == mesos::v1::TASK_KILLED || state == mesos::v1::TASK_DROPPED)
            && one.processes().isEmpty();
    });
}

void TestAgentCrashPoints::customExecutor_data()
{
    noteSteps(executorStory);
}

void TestAgentCrashPoints::customExecutor()
{
    dieAtOnce([](RecoveryBench &one) {
        if (!executorStory(one))
            return false;
        const auto state = one.master.last("t").state();
        return state == mesos::v1::TASK_KILLED || state == mesos::v1::TASK_DROPPED;
    });
}

QTEST_GUILESS_MAIN(TestAgentCrashPoints)
#include "tst_agent_crash_points.moc"
