#include <QTest>

#include "common/store/log_store.h"
#include "tests/common/store/faulty_disk.h"

using namespace meseta;
using namespace meseta::store;
using namespace meseta::store::test;

namespace {

/// Snapshot and batches of a store are one list of words.
std::string words(const Contents &contents)
{
    std::string all = contents.snapshot;
    for (const std::string &batch : contents.batches)
        all += batch;
    return all;
}

/// Adds words to a store until the power goes; every third time the whole is made a snapshot.
struct Writer
{
    explicit Writer(FaultyDisk &disk) : store(disk, "data/registry") { }

    void run(int count)
    {
        const auto contents = store.open();
        if (!contents)
            return;
        kept = words(*contents);
        for (int i = 0; i < count; ++i) {
            const std::string word = std::to_string(kept.size()) + " ";
            attempted = kept + word;
            if (!store.append(word))
                return;
            kept = attempted;
            if (i % 3 == 2 && !store.replace(kept))
                return;
        }
    }

    LogStore store;
    std::string kept; ///< what the store said it keeps
    std::string attempted; ///< with what it was told last
};

} // namespace

/// The store of a snapshot and the batches after it.
class TestLogStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatWasWrittenIsReadBack()
    {
        FaultyDisk disk;
        Writer writer(disk);
        writer.run(8);
        LogStore again(disk, "data/registry");
        const auto contents = again.open();
        QCOMPARE(words(*contents), writer.kept);
        QCOMPARE(contents->batches.size(), std::size_t(2));
        QVERIFY(disk.has("data/registry/snapshot-2") && disk.has("data/registry/log-2"));
        QVERIFY(!disk.has("data/registry/snapshot-1") && !disk.has("data/registry/log-1"));
    }

    void nothingIsAppendedBeforeItIsOpen()
    {
        FaultyDisk disk;
        LogStore store(disk, "data/registry");
        QVERIFY(!store.append("x"));
        QVERIFY(!store.replace("x"));
    }

    /// Power cuts at every write, twice in a row, with every outcome the seeds lead to.
    void afterAPowerCutAllThatWasPromisedIsThere()
    {
        FaultyDisk whole;
        Writer(whole).run(7);
        QVERIFY(whole.operations() > 30);
        for (std::size_t cut = 1; cut <= whole.operations(); ++cut) {
            for (std::uint64_t seed = 0; seed < 30; ++seed) {
                FaultyDisk disk;
                SeededRandom random(seed);
                std::string kept;
                for (int life = 0; life < 3; ++life) {
                    Writer writer(disk);
                    disk.cutPowerAt(disk.operations() + 1
                                    + (cut + random.below(7) * std::size_t(life)));
                    writer.run(7);
                    if (writer.attempted.empty())
                        writer.attempted = writer.kept = kept; // it died before it was open
                    disk.reboot(random);
                    LogStore after(disk, "data/registry");
                    const auto contents = after.open();
                    QVERIFY2(contents, contents ? "" : contents.error().message.c_str());
                    const std::string found = words(*contents);
                    if (found != writer.kept && found != writer.attempted)
                        qWarning("found '%s', promised '%s'", found.c_str(), writer.kept.c_str());
                    QVERIFY(found == writer.kept || found == writer.attempted);
                    kept = found;
                }
            }
        }
    }

    void aLogCutAnywhereKeepsWhatIsBeforeTheCut()
    {
        FaultyDisk original;
        Writer writer(original);
        writer.run(2);
        const std::string log = original.bytes("data/registry/log-0");
        for (std::size_t size = 0; size < log.size(); ++size) {
            FaultyDisk disk;
            Writer(disk).run(2);
            disk.bytes("data/registry/log-0").resize(size);
            LogStore store(disk, "data/registry");
            const auto contents = store.open();
            QVERIFY(contents);
            QVERIFY(writer.kept.starts_with(words(*contents)));
            QVERIFY(store.append("more"));
            LogStore again(disk, "data/registry");
            QCOMPARE(words(*again.open()), words(*contents) + "more");
        }
    }

    void everyFlippedBitIsToldWithTheFile()
    {
        FaultyDisk original;
        Writer(original).run(5);
        for (const std::string name : {"snapshot-1", "log-1"}) {
            const std::string path = "data/registry/" + name;
            for (std::size_t bit = 0; bit < original.bytes(path).size() * 8; ++bit) {
                FaultyDisk disk;
                Writer(disk).run(5);
                char &byte = disk.bytes(path)[bit / 8];
                byte = static_cast<char>(byte ^ (1 << (bit % 8)));
                LogStore store(disk, "data/registry");
                const auto contents = store.open();
                QVERIFY(!contents);
                QVERIFY(contents.error().message.find(path) != std::string::npos);
            }
        }
    }

    void aFullDiskIsSurvived()
    {
        FaultyDisk disk;
        Writer writer(disk);
        writer.run(2);
        disk.setFreeBytes(3);
        QVERIFY(!writer.store.append("lost"));
        QVERIFY(!writer.store.append("refused"));
        QCOMPARE(words(*writer.store.open()), writer.kept);
        QVERIFY(!writer.store.replace("a snapshot"));
        QCOMPARE(words(*writer.store.open()), writer.kept);
        disk.setFreeBytes({});
        QVERIFY(writer.store.append("more"));
    }
};

QTEST_GUILESS_MAIN(TestLogStore)
#include "tst_log_store.moc"
