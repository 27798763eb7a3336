#include <filesystem>

#include <QTemporaryDir>
#include <QtTest>

#include "common/store/record_file.h"
#include "daemons/agent/checkpoint/writer.h"

using namespace meseta;
using namespace meseta::agent;
using Kind = CheckpointChange::Kind;

/// The thread that writes checkpoints: order, flushing, failures.
class TestCheckpointWriter : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void changesAreMadeInOrder();
    void appendedRecordsAreReadBack();
    void linksAreReplaced();
    void removesWhatIsBelow();
    void whatAnUpdateNeedsIsFlushedWithIt();
    void failureNamesTheFile();
    void everythingIsWrittenBeforeItGoes();
    void manyFlushesTakeLittleTime();

private:
    std::string meta() const { return m_folder->path().toStdString() + "/meta"; }
    std::string read(const std::string &path) const;
    bool write(CheckpointWriter &writer, std::vector<CheckpointChange> changes, Result<> *out);

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestCheckpointWriter::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
}

std::string TestCheckpointWriter::read(const std::string &path) const
{
    return store::systemDisk().read(meta() + "/" + path)->value_or("(not there)");
}

bool TestCheckpointWriter::write(CheckpointWriter &writer, std::vector<CheckpointChange> changes,
                                 Result<> *out)
{
    bool done = false;
    writer.write(std::move(changes), [&](const Result<> &result) {
        done = true;
        *out = result;
    });
    return QTest::qWaitFor([&done] { return done; });
}

void TestCheckpointWriter::changesAreMadeInOrder()
{
    CheckpointWriter writer(store::systemDisk(), meta());
    std::vector<int> order;
    for (int i = 0; i < 100; ++i)
        writer.write({{Kind::Text, "a/b", std::to_string(i), i % 3 == 0}},
                     [&order, i](const Result<> &) { order.push_back(i); });
    QTRY_COMPARE(order.size(), std::size_t(100));
    QCOMPARE(read("a/b"), std::string("99"));
}

void TestCheckpointWriter::appendedRecordsAreReadBack()
{
    CheckpointWriter writer(store::systemDisk(), meta());
    Result<> done;
    QVERIFY(write(writer,
                  {{Kind::Append, "t/task.updates", "one", true},
                   {Kind::Append, "t/task.updates", "two"},
                   {Kind::Record, "t/task.info", "info"}},
                  &done));
    QVERIFY(done.has_value());
    const auto list = store::readRecords(store::systemDisk(), meta() + "/t/task.updates");
    QCOMPARE(list->records, (std::vector<std::string>{"one", "two"}));
}

void TestCheckpointWriter::linksAreReplaced()
{
    CheckpointWriter writer(store::systemDisk(), meta());
    Result<> done;
    QVERIFY(write(
        writer,
        {{Kind::Link, "slaves/latest", "slaves/A"}, {Kind::Link, "slaves/latest", "slaves/B"}},
        &done));
    QVERIFY(done.has_value());
    QCOMPARE(std::filesystem::read_symlink(meta() + "/slaves/latest").string(),
             meta() + "/slaves/B");
}

void TestCheckpointWriter::removesWhatIsBelow()
{
    CheckpointWriter writer(store::systemDisk(), meta());
    Result<> done;
    QVERIFY(write(writer,
                  {{Kind::Append, "run/tasks/t/task.updates", "one", true},
                   {Kind::Text, "kept", "k"},
                   {Kind::Remove, "run", {}},
                   {Kind::Remove, "not/there", {}}},
                  &done));
    QVERIFY(done.has_value());
    QVERIFY(!std::filesystem::exists(meta() + "/run"));
    QCOMPARE(read("kept"), std::string("k"));
}

void TestCheckpointWriter::whatAnUpdateNeedsIsFlushedWithIt()
{
    const CheckpointChange update{Kind::Append, "task.updates", "u", true, {"task.info", "none"}};
    CheckpointFiles::Flushed flushed;
    const auto filesToFlush = [&](const std::vector<CheckpointChange> &changes) {
        CheckpointFiles files(store::systemDisk(), meta(), flushed);
        for (const CheckpointChange &change : changes)
            (void)files.apply(change);
        return files.toFlush().size();
    };
    QCOMPARE(filesToFlush({{Kind::Record, "task.info", "t"}, update}), std::size_t(2));
    QCOMPARE(filesToFlush({update}), std::size_t(1)); // once is enough
    QCOMPARE(filesToFlush({{Kind::Record, "task.info", "t"}, update}), std::size_t(1)); // the same
    QCOMPARE(filesToFlush({{Kind::Remove, "task.info", {}}, update}), std::size_t(1));
    QCOMPARE(filesToFlush({{Kind::Record, "task.info", "other"}, update}), std::size_t(2));
}

void TestCheckpointWriter::failureNamesTheFile()
{
    CheckpointWriter writer(store::systemDisk(), meta());
    Result<> done;
    QVERIFY(write(writer, {{Kind::Text, "file", "x"}}, &done));
    QVERIFY(write(writer, {{Kind::Record, "file/below", "y"}, {Kind::Text, "after", "not written"}},
                  &done));
    QVERIFY(!done);
    QVERIFY2(done.error().message.find(meta() + "/file") != std::string::npos,
             done.error().message.c_str());
    QCOMPARE(read("after"), std::string("(not there)"));
    QVERIFY(write(writer, {{Kind::Text, "other", "z"}}, &done)); // the next is on its own
    QVERIFY(done.has_value());
}

void TestCheckpointWriter::everythingIsWrittenBeforeItGoes()
{
    {
        CheckpointWriter writer(store::systemDisk(), meta());
        for (int i = 0; i < 50; ++i)
            writer.write({{Kind::Text, "n" + std::to_string(i), "x", true}}, {});
    }
    QCOMPARE(read("n0"), std::string("x"));
    QCOMPARE(read("n49"), std::string("x"));
}

void TestCheckpointWriter::manyFlushesTakeLittleTime()
{
    CheckpointWriter writer(store::systemDisk(), meta());
    int done = 0;
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < 100; ++i)
        writer.write({{Kind::Append, "t" + std::to_string(i) + "/task.updates",
                       std::string(500, 'u'), true}},
                     [&done](const Result<> &) { ++done; });
    QTRY_COMPARE_WITH_TIMEOUT(done, 100, 20000);
    qInfo("100 updates of 100 tasks were flushed after %lld ms",
          static_cast<long long>(timer.elapsed()));
}

QTEST_GUILESS_MAIN(TestCheckpointWriter)
#include "tst_checkpoint_writer.moc"
