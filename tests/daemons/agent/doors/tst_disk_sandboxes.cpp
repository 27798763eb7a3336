#include <QtTest>

#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/simulated_clock.h"
#include "common/endpoints/file_service.h"
#include "daemons/agent/sandbox/agent_checkpoint.h"
#include "daemons/agent/sandbox/disk_sandboxes.h"
#include "tests/support/missing.h"

using namespace meseta;
using namespace meseta::agent;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

class TestDiskSandboxes : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void makesTheDocumentedLayout();
    void latestFollowsTheNewestRun();
    void isShownUnderThreeNames();
    void unknownUserIsExplained();
    void unwritableWorkDirIsExplained();
    void retiredSandboxesAreCollectedAfterTheirDelay();
    void runningSandboxesStay();
    void oldAgentsAreCollected();
    void endedRunsOfAnEarlierAgentAreCollected();
    void nestedSandboxesAreTakenAway();
    void theWayToANestedSandboxHasNoLinks();
    void nestedSandboxesAreCollectedWhenAskedFor();
    void linksTheLatestAgent();
    void workDirHasOneAgent();

private:
    std::unique_ptr<DiskSandboxes> make(Duration delay = 1h, bool collectNested = false);
    std::string work() const { return m_dir->path().toStdString() + "/data"; }

    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<SimulatedClock> m_clock;
    std::unique_ptr<FileService> m_files;
};

void TestDiskSandboxes::init()
{
    m_dir = std::make_unique<QTemporaryDir>();
    m_clock = std::make_unique<SimulatedClock>(std::chrono::system_clock::now().time_since_epoch());
    m_files = std::make_unique<FileService>();
}

std::unique_ptr<DiskSandboxes> TestDiskSandboxes::make(Duration delay, bool collectNested)
{
    SandboxOptions options;
    options.workDir = work();
    options.gcDelay = delay;
    options.gcDiskHeadroom = 0;
    options.collectNested = collectNested;
    auto sandboxes = std::make_unique<DiskSandboxes>(options, *m_clock, *m_files);
    const auto prepared = sandboxes->prepare();
    if (!prepared)
        qFatal("%s", prepared.error().message.c_str());
    return sandboxes;
}

void TestDiskSandboxes::makesTheDocumentedLayout()
{
    const auto sandboxes = make();
    const auto path = sandboxes->create({"S0", "F", "E", "C1"}, {});
    QVERIFY(path.has_value());
    QCOMPARE(*path, work() + "/slaves/S0/frameworks/F/executors/E/runs/C1");
    struct stat info
    { };
    QCOMPARE(::stat(path->c_str(), &info), 0);
    QCOMPARE(info.st_mode & 07777u, 0750u);
}

void TestDiskSandboxes::latestFollowsTheNewestRun()
{
    const auto sandboxes = make();
    const std::string latest = work() + "/slaves/S0/frameworks/F/executors/E/runs/latest";
    const auto first = sandboxes->create({"S0", "F", "E", "C1"}, {});
    QCOMPARE(fs::read_symlink(latest).string(), *first);
    const auto second = sandboxes->create({"S0", "F", "E", "C2"}, {});
    QCOMPARE(fs::read_symlink(latest).string(), *second);
}

void TestDiskSandboxes::isShownUnderThreeNames()
{
    const auto sandboxes = make();
    const auto path = sandboxes->create({"S0", "F", "E", "C1"}, {});
    std::ofstream(*path + "/stdout") << "hello";
    const std::string runs = work() + "/slaves/S0/frameworks/F/executors/E/runs";
    for (const std::string &name :
         {runs + "/C1", runs + "/latest", std::string("/frameworks/F/executors/E/runs/latest")}) {
        const auto piece = m_files->read(name + "/stdout", 0, 100);
        QVERIFY2(piece.has_value(), name.c_str());
        QCOMPARE(piece->data, std::string("hello"));
    }
}

void TestDiskSandboxes::unknownUserIsExplained()
{
    if (::geteuid() != 0)
        MESETA_MISSING(QStringLiteral("changing owners needs root"));
    const auto sandboxes = make();
    const auto path = sandboxes->create({"S0", "F", "E", "C1"}, "no-such-user");
    QVERIFY(!path);
    QVERIFY(QString::fromStdString(path.error().message).contains(QLatin1String("no-such-user")));
    QVERIFY(!fs::exists(work() + "/slaves/S0/frameworks/F/executors/E/runs/C1"));
}

void TestDiskSandboxes::unwritableWorkDirIsExplained()
{
    std::ofstream(work()) << "a file in the way";
    SandboxOptions options;
    options.workDir = work();
    DiskSandboxes sandboxes(options, *m_clock, *m_files);
    const auto prepared = sandboxes.prepare();
    QVERIFY(!prepared);
    QVERIFY(QString::fromStdString(prepared.error().message).contains(QLatin1String("--work_dir")));
}

void TestDiskSandboxes::retiredSandboxesAreCollectedAfterTheirDelay()
{
    const auto sandboxes = make(1h);
    const auto path = sandboxes->create({"S0", "F", "E", "C1"}, {});
    sandboxes->retire({"S0", "F", "E", "C1"});
    QCOMPARE(sandboxes->figures().pending, std::size_t(1));
    m_clock->advance(61s); // far from an hour, unless the disk is nearly full
    QVERIFY(fs::exists(*path));
    m_clock->advance(2h);
    QTRY_VERIFY(!fs::exists(*path));
    QTRY_COMPARE(sandboxes->figures().succeeded, std::uint64_t(1));
    QVERIFY(!fs::exists(work() + "/slaves/S0/frameworks/F")); // nothing else was in there
    QVERIFY(!m_files->browse("/frameworks/F/executors/E/runs/latest").has_value());
}

void TestDiskSandboxes::runningSandboxesStay()
{
    const auto sandboxes = make(1h);
    const auto old = sandboxes->create({"S0", "F", "E", "C1"}, {});
    sandboxes->retire({"S0", "F", "E", "C1"});
    const auto running = sandboxes->create({"S0", "F", "E", "C2"}, {});
    m_clock->advance(100h);
    QTRY_VERIFY(!fs::exists(*old));
    QVERIFY(fs::exists(*running));
    QVERIFY(m_files->browse("/frameworks/F/executors/E/runs/latest")
                .has_value()); // it is the newer run's by now
}

void TestDiskSandboxes::oldAgentsAreCollected()
{
    fs::create_directories(work() + "/slaves/old-S3/frameworks/F");
    fs::create_directories(work() + "/meta/slaves/old-S3/frameworks/F"); // what it kept goes, too
    const auto sandboxes = make(1h);
    QCOMPARE(sandboxes->figures().pending, std::size_t(2));
    m_clock->advance(3h);
    QTRY_VERIFY(!fs::exists(work() + "/slaves/old-S3"));
    QTRY_VERIFY(!fs::exists(work() + "/meta/slaves/old-S3"));
}

void TestDiskSandboxes::endedRunsOfAnEarlierAgentAreCollected()
{
    const SandboxId ended{"S1", "F", "ended", "c1"}, live{"S1", "F", "live", "c2"};
    {
        const auto before = make(1h);
        QVERIFY(before->create(ended, {}) && before->create(live, {}));
    }
    SandboxOptions options;
    options.workDir = work();
    options.gcDelay = 1h;
    options.gcDiskHeadroom = 0;
    DiskSandboxes sandboxes(options, *m_clock, *m_files);
    QVERIFY(sandboxes.prepare("S1").has_value());
    const std::string goesOn = sandboxes.adopt(live);
    QVERIFY(fs::exists(goesOn));
    QVERIFY(fs::exists(sandboxes.showEnded(ended)));
    QVERIFY(m_files->browse("/frameworks/F/executors/ended/runs/latest").has_value());
    std::vector<std::string> collected;
    sandboxes.onCollected = [&](const SandboxId &id) { collected.push_back(id.containerId); };
    QTRY_COMPARE(sandboxes.figures().pending, std::size_t(1));
    m_clock->advance(3h);
    QCOMPARE(collected, std::vector<std::string>{"c1"});
    QVERIFY(!m_files->browse("/frameworks/F/executors/ended/runs/latest"));
    QTRY_VERIFY(!fs::exists(work() + "/slaves/S1/frameworks/F/executors/ended"));
    QVERIFY(fs::exists(goesOn));
}

void TestDiskSandboxes::nestedSandboxesAreTakenAway()
{
    const auto sandboxes = make();
    const auto parent = sandboxes->create({"S0", "F", "E", "C1"}, {});
    const auto child = sandboxes->createNested(*parent, "a", {});
    QVERIFY(child.has_value());
    fs::create_directories(*child + "/containers/deeper");
    std::ofstream(*child + "/stdout") << "hello";
    QVERIFY(sandboxes->removeNested(*child));
    QVERIFY(!fs::exists(*child)); // at once: the id may be used again
    QVERIFY(fs::exists(*parent));
    QTRY_VERIFY(fs::is_empty(work() + "/meta/removed"));
    QVERIFY(sandboxes->removeNested(*child)); // there is none any more
    QVERIFY(sandboxes->removeNested(*parent + "/containers/a/containers/b"));
    QVERIFY(sandboxes->createNested(*parent, "a", {}));
    QVERIFY(fs::is_empty(*child));
}

/// The sandbox is its task's, who may put links there; the agent removes as root.
void TestDiskSandboxes::theWayToANestedSandboxHasNoLinks()
{
    const auto sandboxes = make();
    const auto parent = sandboxes->create({"S0", "F", "E", "C1"}, {});
    const std::string elsewhere = m_dir->path().toStdString() + "/elsewhere";
    fs::create_directories(elsewhere + "/a");
    fs::create_symlink(elsewhere, *parent + "/containers");
    const auto removed = sandboxes->removeNested(*parent + "/containers/a");
    QVERIFY(!removed);
    QVERIFY2(removed.error().message.find(*parent + "/containers/a") != std::string::npos,
             removed.error().message.c_str());
    QVERIFY(fs::exists(elsewhere + "/a"));
}

void TestDiskSandboxes::nestedSandboxesAreCollectedWhenAskedFor()
{
    for (const bool asked : {false, true}) {
        const auto sandboxes = make(1h, asked);
        const auto over = sandboxes->createNested(work(), "over", {});
        const auto again = sandboxes->createNested(work(), "again", {});
        QVERIFY(over && again);
        sandboxes->retireNested(*over);
        sandboxes->retireNested(*again);
        QVERIFY(sandboxes->createNested(work(), "again", {})); // in use once more
        QCOMPARE(sandboxes->figures().pending, std::size_t(asked ? 1 : 0));
        m_clock->advance(3h);
        QTRY_COMPARE(fs::exists(*over), !asked);
        QVERIFY(fs::exists(*again));
    }
}

void TestDiskSandboxes::linksTheLatestAgent()
{
    const auto sandboxes = make();
    mesos::v1::AgentInfo info;
    info.set_hostname("h");
    info.mutable_id()->set_value("S7");
    sandboxes->agentRegistered(info);
    QCOMPARE(fs::read_symlink(work() + "/slaves/latest").string(), work() + "/slaves/S7");
}

void TestDiskSandboxes::workDirHasOneAgent()
{
    {
        const auto first = WorkDirLock::take(work());
        QVERIFY(first.has_value());
        const auto second = WorkDirLock::take(work());
        QVERIFY(!second);
        QVERIFY(
            QString::fromStdString(second.error().message).contains(QString::number(::getpid())));
    }
    QVERIFY(WorkDirLock::take(work()).has_value()); // free again
}

QTEST_GUILESS_MAIN(TestDiskSandboxes)
#include "tst_disk_sandboxes.moc"
