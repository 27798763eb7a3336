#include "agent_harness.h"

#include "daemons/agent/checkpoint/compatibility.h"

using namespace meseta;
using namespace meseta::agent;
using namespace std::chrono_literals;

/// What becomes of a damaged work_dir: each record cut off at each byte, and with each byte
/// changed.
class TestCheckpointDamage : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void everyRecordCutAtEveryByte();
    void everyRecordChangedAtEveryByte();
    void everyFileMissing();
    void smallTextsCutAtEveryByte();
    void damageByPowerCutIsNoted();
    void tasksMayBeNamedLikeLinks();
    void errorSaysWhatToDo();
    void tornUpdateIsCutOff();
    void whatIsTakenUpSurvivesAPowerCut();
    void recordsOfMesosAreRead();
    void taskRecordKeepsEverything();

private:
    Result<RecoveredAgent> read(KeptFiles &files, bool strict) const;
    const messages::Pid driver{"executor(1)", "10.0.0.7", 40123};

    static bool isRecord(const std::string &path);
    std::string check(const std::string &path, const std::string &bytes) const;

    KeptFiles m_files; ///< of an agent with a command task under way and an executor's task
};

void TestCheckpointDamage::initTestCase()
{
    Harness h;
    h.checkpoint = true;
    h.registerAgent();
    h.plain.obeysKill = false;
    h.launch(h.task("t"));
    h.plain.start("t");
    QCOMPARE(h.drain(), std::string("t TASK_STARTING, t TASK_RUNNING"));
    h.kill("t", 10s);
    h.launch(h.executorTask("e", "ex"));
    h.subscribe("ex");
    h.launch(h.executorTask("d", "with driver"));
    mesos::internal::RegisterExecutorMessage registration;
    registration.mutable_framework_id()->set_value(h.frameworkId);
    registration.mutable_executor_id()->set_value("with driver");
    h.from(driver, registration);
    mesos::internal::DrainSlaveMessage drain;
    drain.mutable_config()->set_mark_gone(true);
    h.fromMaster(drain);
    h.clock.settle();
    m_files = h.outbox.files;
    const auto whole = read(m_files, true);
    QVERIFY(whole.has_value());
    QCOMPARE(whole->frameworks.size(), std::size_t(1));
    QCOMPARE(whole->frameworks[0].runs.size(), std::size_t(3));
    QCOMPARE(whole->frameworks[0].runs[2].driver, std::optional(driver));
    QVERIFY(whole->drain.has_value());
}

Result<RecoveredAgent> TestCheckpointDamage::read(KeptFiles &files, bool strict) const
{
    return readAgent(files, {"meta", files.latestAgent(), "this one", strict});
}

bool TestCheckpointDamage::isRecord(const std::string &path)
{
    for (const char *end : {".info", ".updates", ".kill", ".config", ".record"}) {
        if (path.ends_with(end))
            return true;
    }
    return false;
}

/// Reads with this file damaged; what is wrong with how that went, empty when nothing is.
std::string TestCheckpointDamage::check(const std::string &path, const std::string &bytes) const
{
    KeptFiles files = m_files;
    files.files[path] = bytes;
    const auto strict = read(files, true);
    if (!strict
        && (strict.error().message.find(path) == std::string::npos
            || strict.error().message.find("--no-strict") == std::string::npos))
        return "does not name it: " + strict.error().message;
    files.files[path] = bytes;
    const auto lenient = read(files, false);
    if (!lenient)
        return "stops even with --no-strict: " + lenient.error().message;
    if (strict.has_value() != lenient->errors.empty())
        return "noted without --strict only";
    // What was taken must have been said.
    for (const auto &framework : lenient->frameworks) {
        for (const auto &run : framework.runs) {
            for (const auto &task : run.tasks) {
                const std::string &id = task.kept.task.task_id().value();
                if (id != "t" && id != "e" && id != "d")
                    return "made up task '" + id + "'";
                for (const auto &update : task.updates) {
                    if (update.status().task_id().value() != id)
                        return "made up an update";
                }
            }
        }
    }
    return {};
}

void TestCheckpointDamage::everyRecordCutAtEveryByte()
{
    int cuts = 0;
    for (const auto &[path, bytes] : m_files.files) {
        for (std::size_t length = 0; isRecord(path) && length < bytes.size(); ++length, ++cuts) {
            const std::string wrong = check(path, bytes.substr(0, length));
            QVERIFY2(wrong.empty(), (path + " at " + std::to_string(length) + " " + wrong).c_str());
        }
    }
    QVERIFY(cuts > 1000);
}

void TestCheckpointDamage::everyRecordChangedAtEveryByte()
{
    for (const auto &[path, bytes] : m_files.files) {
        for (std::size_t at = 0; isRecord(path) && at < bytes.size(); ++at) {
            for (const char bits : {'\x01', '\x80', '\xff'}) {
                std::string changed = bytes;
                changed[at] = static_cast<char>(changed[at] ^ bits);
                const std::string wrong = check(path, changed);
                QVERIFY2(wrong.empty(), (path + " at " + std::to_string(at) + " " + wrong).c_str());
                KeptFiles files = m_files;
                files.files[path] = changed;
                QVERIFY2(!read(files, true),
                         (path + " at " + std::to_string(at) + " was changed, and nobody noticed")
                             .c_str());
            }
        }
    }
}

void TestCheckpointDamage::everyFileMissing()
{
    for (const auto &[path, bytes] : m_files.files) {
        KeptFiles files = m_files;
        files.files.erase(path);
        QVERIFY2(read(files, true).has_value(), path.c_str()); // it died before it wrote that
    }
}

/// Texts that Mesos reads, too, have no checksum. A part of one must not be taken for another.
void TestCheckpointDamage::smallTextsCutAtEveryByte()
{
    const std::string boot = "0c9a4e0e-7d3b-4f5a-9c1d-2b6f8e7a5d43";
    KeptFiles original = m_files;
    original.files["meta/boot_id"] = boot;
    std::set<std::string> seen;
    for (const auto &[path, bytes] : original.files) {
        for (std::size_t length = 0; !isRecord(path) && length < bytes.size(); ++length) {
            KeptFiles files = original;
            files.files[path] = bytes.substr(0, length);
            if (path.ends_with("latest"))
                continue; // a link, which is never there in part
            seen.insert(path.substr(path.rfind('/') + 1));
            const auto found = readAgent(files, {"meta", original.latestAgent(), boot, true});
            if (!found) {
                QVERIFY2(found.error().message.find(path) != std::string::npos, path.c_str());
                QVERIFY2(found.error().message.find("--no-strict") != std::string::npos,
                         path.c_str());
                continue;
            }
            QVERIFY2(!found->rebooted, path.c_str());
            const auto &runs = found->frameworks.at(0).runs;
            QCOMPARE(runs.size(), std::size_t(3));
            QVERIFY2(!runs[0].isCommand && runs[1].isCommand && !runs[2].isCommand, path.c_str());
            QCOMPARE(runs[2].driver, std::optional(driver));
        }
    }
    QVERIFY(seen.contains("boot_id") && seen.contains("libprocess.pid")
            && seen.contains("executor_generated_for_command_task"));
}

/// What was not flushed may be gone in part when the machine starts again; nobody has to come.
void TestCheckpointDamage::damageByPowerCutIsNoted()
{
    KeptFiles files = m_files;
    files.files["meta/boot_id"] = "the one before";
    files.files[files.ending("t/task.info").at(0)].resize(10);
    const auto found = readAgent(files, {"meta", files.latestAgent(), "the one after.", true});
    QVERIFY2(found.has_value(), found ? "" : found.error().message.c_str());
    QVERIFY(found->rebooted);
    QCOMPARE(found->errors.size(), std::size_t(1));
    QCOMPARE(found->frameworks.at(0).runs.size(), std::size_t(2));
    // It goes: the next agent of this start of the machine would take it for damage.
    QVERIFY(std::any_of(found->leftovers.begin(), found->leftovers.end(),
                        [](const auto &path) { return path.ends_with("t/task.info"); }));

    files.files[files.ending("slave.info").at(0)].resize(10); // was flushed
    QVERIFY(!readAgent(files, {"meta", files.latestAgent(), "the one after.", true}));
}

void TestCheckpointDamage::tasksMayBeNamedLikeLinks()
{
    Harness h;
    h.checkpoint = true;
    h.registerAgent();
    h.launch(h.task("latest"));
    h.clock.settle();
    KeptFiles files = h.outbox.files;
    // The agent died while it pointed the link to the run.
    const std::string run = files.ending("runs/latest").at(0);
    files.files[run + ".new"] = files.files[run];
    const auto found = read(files, true);
    QVERIFY(found.has_value());
    QCOMPARE(found->frameworks.at(0).runs.size(), std::size_t(1));
    QCOMPARE(found->frameworks[0].runs[0].tasks.at(0).kept.task.task_id().value(),
             std::string("latest"));
}

void TestCheckpointDamage::errorSaysWhatToDo()
{
    KeptFiles files = m_files;
    const std::string path = files.ending("t/task.info").at(0);
    files.files[path][10] ^= 1;
    const auto strict = read(files, true);
    QVERIFY(!strict);
    const QString words = QString::fromStdString(strict.error().message);
    QVERIFY2(words.contains(QString::fromStdString(path)), qPrintable(words));
    QVERIFY2(words.contains(QLatin1String("task 't' of framework 'M-0000' would be unknown here")),
             qPrintable(words));
    QVERIFY2(words.contains(QLatin1String("--no-strict")), qPrintable(words));
}

void TestCheckpointDamage::tornUpdateIsCutOff()
{
    KeptFiles files = m_files;
    const std::string path = files.ending("t/task.updates").at(0);
    const std::string whole = files.files[path];
    files.files[path] += std::string("\x40\0\0\0half", 8);
    const auto found = read(files, true);
    QVERIFY(found.has_value());
    QCOMPARE(files.files[path], whole); // what is appended next can be read again
    QCOMPARE(found->frameworks[0].runs[1].tasks[0].updates.size(), std::size_t(3));
    QCOMPARE(found->frameworks[0].runs[1].tasks[0].acknowledged.size(), std::size_t(2));
}

/// The earlier agent may have died between writing an update or its acknowledgement and flushing
/// it; the one that acts on it has it flushed before.
void TestCheckpointDamage::whatIsTakenUpSurvivesAPowerCut()
{
    KeptFiles files = m_files;
    files.flushes.clear();
    const auto updates = files.ending("t/task.updates");
    QVERIFY(!updates.empty());
    QVERIFY(read(files, true).has_value());
    for (const std::string &path : updates)
        QCOMPARE(files.flushes[path], 1);
}

void TestCheckpointDamage::recordsOfMesosAreRead()
{
    // Length and message, without a checksum.
    KeptFiles files = m_files;
    const std::string path = files.ending("framework.info").at(0);
    Harness h;
    const std::string message = h.framework().SerializeAsString();
    const auto size = static_cast<std::uint32_t>(message.size());
    files.files[path] = std::string(reinterpret_cast<const char *>(&size), sizeof size) + message;
    const auto found = read(files, true);
    QVERIFY(found.has_value());
    QCOMPARE(found->frameworks[0].info.name(), std::string("tests"));
}

void TestCheckpointDamage::taskRecordKeepsEverything()
{
    Harness h;
    const KeptTask kept{makeTask(h.task("t"), "F"), h.task("t"), 77s};
    const auto back = decodeTask(encodeTask(kept));
    QVERIFY(back.has_value());
    QCOMPARE(back->task.SerializeAsString(), kept.task.SerializeAsString());
    QCOMPARE(back->info.SerializeAsString(), kept.info.SerializeAsString());
    QCOMPARE(back->launched, Duration(77s));
    TaskEnding ending;
    ending.killGrace = 3s;
    ending.since = 99s;
    ending.unhealthy = true;
    const auto again = decodeEnding(encodeEnding(ending));
    QVERIFY(again.has_value());
    QCOMPARE(again->killGrace, std::optional<Duration>(3s));
    QCOMPARE(again->since, Duration(99s));
    QVERIFY(again->unhealthy && !again->tooLong && !again->duringLaunch);
}

QTEST_GUILESS_MAIN(TestCheckpointDamage)
#include "tst_checkpoint_damage.moc"
