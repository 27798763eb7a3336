#include <map>
#include <set>

#include "recovery_bench.h"

using namespace meseta;
using namespace meseta::agent;

namespace {

/// Lives that go on at the same time.
constexpr std::size_t sideBySide = 6;
constexpr int longestLifeMs = 60000;

/// One thing that has to come about; true when it has.
using Stage = std::function<bool(RecoveryBench &)>;

/// What happens to a task of an agent, and what must have come of it; told anew for each life.
struct Story
{
    std::function<std::vector<Stage>()> stages;
    std::function<bool(RecoveryBench &)> isRight;
};

/// A story under an agent that is started again whenever it dies. It advances a little at a time,
/// so that several go side by side.
class Life
{
public:
    Life(const Story &story, const QString &environment)
        : m_stages(story.stages()), m_isRight(story.isRight)
    {
        m_sinceStart.start();
        if (!m_bench.start({environment}))
            end("the agent does not start");
    }

    void goOn()
    {
        if (m_bench.agent->process.state() == QProcess::NotRunning && !m_bench.start())
            return end("the agent does not start again");
        while (m_stage < m_stages.size() && m_stages[m_stage](m_bench))
            ++m_stage;
        if (m_stage == m_stages.size())
            end(judgement());
        else if (m_sinceStart.elapsed() > longestLifeMs)
            end("it does not get any further\n" + m_bench.account());
    }

    bool isOver() const { return m_over; }
    /// Empty when all went as it should.
    const QByteArray &problem() const { return m_problem; }
    RecoveryBench &bench() { return m_bench; }

private:
    void end(const QByteArray &problem)
    {
        m_over = true;
        m_problem = problem;
    }

    QByteArray judgement()
    {
        // Once told to have ended, it stays ended: at most the same update comes again.
        std::set<std::string> ends;
        for (const auto &update : m_bench.master.updates) {
            if (!isOpen(update.status().state()))
                ends.insert(update.uuid());
            else if (!ends.empty())
                return "it goes on after its end: " + m_bench.master.states("t").toUtf8();
        }
        if (ends.size() != 1)
            return "it ended " + QByteArray::number(static_cast<int>(ends.size())) + " times";
        if (m_bench.read("starts").count('\n') > 1)
            return "it was started twice";
        return m_isRight(m_bench) ? QByteArray() : "another end was due\n" + m_bench.account();
    }

public:
    static bool isOpen(mesos::v1::TaskState state)
    {
        return state == mesos::v1::TASK_STAGING || state == mesos::v1::TASK_STARTING
            || state == mesos::v1::TASK_RUNNING || state == mesos::v1::TASK_KILLING;
    }

private:
    RecoveryBench m_bench;
    std::vector<Stage> m_stages;
    std::function<bool(RecoveryBench &)> m_isRight;
    std::size_t m_stage = 0;
    QElapsedTimer m_sinceStart;
    bool m_over = false;
    QByteArray m_problem;
};

bool ended(const RecoveryBench &b)
{
    return !Life::isOpen(b.master.last("t").state());
}

bool endedWithoutTrace(const RecoveryBench &b)
{
    return ended(b) && b.leftovers().isEmpty() && b.processes().isEmpty();
}

/// Launches the task and waits until it runs, or has ended (it is dropped when the agent died
/// before it knew of it). An agent that died before it knew its own id registers as a new one: then
/// what was sent to it before is lost, and is sent again.
Stage launched(std::function<mesos::v1::TaskInfo(const RecoveryBench &)> task)
{
    return [task = std::move(task), newcomers = std::size_t(0)](RecoveryBench &b) mutable {
        if (b.master.newcomers.size() > newcomers) {
            newcomers = b.master.newcomers.size();
            b.master.launch(task(b));
        }
        return b.master.last("t").state() == mesos::v1::TASK_RUNNING || ended(b);
    };
}

bool kill(RecoveryBench &b)
{
    b.master.kill("t");
    return true;
}

bool isKilledOrDropped(const RecoveryBench &b)
{
    const auto state = b.master.last("t").state();
    return state == mesos::v1::TASK_KILLED || state == mesos::v1::TASK_DROPPED;
}

Story commandStory()
{
    return {[] {
                return std::vector<Stage>{
                    launched([](const RecoveryBench &b) { return b.waiter("t", 7); }),
                    [](RecoveryBench &b) {
                        b.touch("go");
                        return true;
                    },
                    endedWithoutTrace};
            },
            [](RecoveryBench &b) {
                // Its real exit code, unless it had never been known.
                const auto last = b.master.last("t");
                return last.state() == mesos::v1::TASK_DROPPED
                    ? b.read("starts").isEmpty()
                    : last.message().find("exited with status 7") != std::string::npos;
            }};
}

Story killStory()
{
    return {[] {
                return std::vector<Stage>{
                    launched([](const RecoveryBench &b) { return b.waiter("t", 0); }), kill,
                    endedWithoutTrace};
            },
            isKilledOrDropped};
}

Story executorStory()
{
    return {[] {
                return std::vector<Stage>{
                    launched([](const RecoveryBench &b) { return b.executorTask("t", "ex"); }),
                    kill, ended};
            },
            isKilledOrDropped};
}

} // namespace

/// The agent dies at each step of a task's life: before and after each record it writes, each
/// message it sends or takes. A first life notes which steps there are; then in each of the others
/// it dies at one of them.
class TestAgentCrashPoints : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void commandTask_data() { live(commandStory()); }
    void commandTask() { tell(); }
    void killedTask_data() { live(killStory()); }
    void killedTask() { tell(); }
    void customExecutor_data() { live(executorStory()); }
    void customExecutor() { tell(); }

private:
    static QStringList stepsOf(const Story &story);
    static void live(const Story &story);
    static void tell();
};

QStringList TestAgentCrashPoints::stepsOf(const Story &story)
{
    const QTemporaryDir folder;
    QFile log(folder.filePath(QStringLiteral("steps")));
    Life life(story, QStringLiteral("MESETA_CRASH_LOG=") + log.fileName());
    const bool over = QTest::qWaitFor(
        [&life] {
            if (!life.isOver())
                life.goOn();
            return life.isOver();
        },
        2 * longestLifeMs);
    if (!over || !life.problem().isEmpty() || !log.open(QIODevice::ReadOnly)) {
        qWarning("%s", life.problem().constData());
        return {};
    }
    life.bench().kill();
    return QString::fromUtf8(log.readAll()).split(u'\n', Qt::SkipEmptyParts);
}

void TestAgentCrashPoints::live(const Story &story)
{
    QTest::addColumn<QByteArray>("problem");
    QStringList waiting = stepsOf(story);
    QVERIFY(!waiting.isEmpty());
    std::map<QString, std::unique_ptr<Life>> living;
    const auto goOn = [&] {
        while (living.size() < sideBySide && !waiting.isEmpty()) {
            const QString step = waiting.takeFirst();
            living[step] = std::make_unique<Life>(story, QStringLiteral("MESETA_CRASH_AT=") + step);
        }
        for (auto it = living.begin(); it != living.end();) {
            if (!it->second->isOver())
                it->second->goOn();
            if (!it->second->isOver()) {
                ++it;
                continue;
            }
            QTest::newRow(qUtf8Printable(it->first)) << it->second->problem();
            it = living.erase(it);
        }
        return living.empty() && waiting.isEmpty();
    };
    QVERIFY(QTest::qWaitFor(goOn, 10 * longestLifeMs));
}

void TestAgentCrashPoints::tell()
{
    QFETCH(QByteArray, problem);
    QVERIFY2(problem.isEmpty(), problem.constData());
}

QTEST_GUILESS_MAIN(TestAgentCrashPoints)
#include "tst_agent_crash_points.moc"
