#include <QTemporaryDir>
#include <QTest>

#include "common/store/record_file.h"
#include "common/store/record_format.h"
#include "mesos/internal/messages.pb.h"
#include "tests/common/store/faulty_disk.h"

using namespace meseta;
using namespace meseta::store;
using namespace meseta::store::test;

namespace {

mesos::v1::FrameworkInfo framework(const std::string &name)
{
    mesos::v1::FrameworkInfo info;
    info.set_user("root");
    info.set_name(name);
    return info;
}

/// As Mesos writes it: a length and the message.
std::string mesosRecord(const std::string &message)
{
    const auto length = static_cast<std::uint32_t>(message.size());
    return std::string(reinterpret_cast<const char *>(&length), sizeof length) + message;
}

std::string text(const std::vector<std::string> &records)
{
    std::string all;
    for (const std::string &record : records)
        all += record + ",";
    return all;
}

} // namespace

/// Checkpoint files: what is written, what is read back, and what is made of damage.
class TestRecordFile : public QObject
{
    Q_OBJECT

    /// A file of three records.
    static std::string threeRecords()
    {
        return framed("first") + framed(std::string(300, 'x')) + framed("third");
    }

private Q_SLOTS:
    void aRecordComesBack()
    {
        FaultyDisk disk;
        QVERIFY(writeRecord(disk, "d/framework.info", framework("one")));
        QVERIFY(writeRecord(disk, "d/framework.info", framework("two")));
        mesos::v1::FrameworkInfo read;
        QCOMPARE(readRecord(disk, "d/framework.info", read).value(), true);
        QCOMPARE(read.name(), std::string("two"));
        QVERIFY(read.unknown_fields().empty());
        QCOMPARE(readRecord(disk, "d/other.info", read).value(), false);
        QVERIFY(!disk.has("d/framework.info.new"));
    }

    void mesosReadsOursAndWeReadThatOfMesos()
    {
        const std::string bytes = framework("one").SerializeAsString();
        const std::string ours = framed(bytes);
        std::uint32_t length = 0;
        std::memcpy(&length, ours.data(), sizeof length);
        QCOMPARE(std::size_t(length), ours.size() - sizeof length);
        mesos::v1::FrameworkInfo read;
        QVERIFY(read.ParseFromString(ours.substr(sizeof length)));
        QCOMPARE(read.name(), std::string("one"));

        FaultyDisk disk;
        QVERIFY(replaceFile(disk, "d/f", mesosRecord(bytes)));
        QCOMPARE(readRecord(disk, "d/f", read).value(), true);
        QCOMPARE(read.SerializeAsString(), bytes);
    }

    void recordsOfBothInOneFile()
    {
        const std::string bytes = mesosRecord("old one") + mesosRecord("old two") + framed("new");
        const RecordsFound found = findRecords(bytes);
        QCOMPARE(found.damage, std::string());
        QCOMPARE(text({found.records.begin(), found.records.end()}),
                 std::string("old one,old two,new,"));
    }

    void aStreamGrowsAndIsReopened()
    {
        FaultyDisk disk;
        {
            auto stream = RecordStream::open(disk, "d/task.updates", 0, Durability::PowerCut);
            QVERIFY(stream);
            QVERIFY(stream->append("one"));
            QVERIFY(stream->append(std::string_view("two")));
        }
        disk.bytes("d/task.updates") += framed("three").substr(0, 7); // cut off in the middle
        const auto list = readRecords(disk, "d/task.updates");
        QCOMPARE(text(list->records), std::string("one,two,"));
        QCOMPARE(list->tornBytes, 7U);
        QVERIFY(list->damage.empty());
        auto stream =
            RecordStream::open(disk, "d/task.updates", list->goodBytes, Durability::ProcessDeath);
        QVERIFY(stream->append("four"));
        QCOMPARE(text(readRecords(disk, "d/task.updates")->records), std::string("one,two,four,"));
    }

    void cutAnywhereTheRecordsBeforeAreThere()
    {
        const std::string bytes = threeRecords();
        const std::size_t first = framed("first").size();
        const std::size_t second = first + framed(std::string(300, 'x')).size();
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            const RecordsFound found = findRecords(std::string_view(bytes).substr(0, size));
            const std::size_t whole = size >= second ? 2 : size >= first ? 1 : 0;
            QCOMPARE(found.records.size(), whole);
            QCOMPARE(found.damage, std::string());
            QCOMPARE(found.torn, size != 0 && size != first && size != second);
        }
    }

    void zerosAtTheEndAreNotDamage()
    {
        const std::string third = framed("third one");
        for (std::size_t written = 0; written < third.size(); ++written) {
            const std::string bytes = framed("first") + third.substr(0, written)
                + std::string(third.size() - written, '\0');
            const RecordsFound found = findRecords(bytes);
            QCOMPARE(found.damage, std::string());
            QVERIFY(found.torn);
            QCOMPARE(found.records.size(), std::size_t(1));
        }
    }

    /// Several records may have been on their way when the power went: zeros where the rest of them
    /// would be, and of the first only the beginning, maybe of its length.
    void zerosOfSeveralRecordsAreNotDamage()
    {
        for (const std::size_t size : {1U, 200U, 240U, 290U, 600U, 70000U}) {
            const std::string third = framed(std::string(size, 'x'));
            for (std::size_t written = 0; written < third.size(); written += 1 + written / 64) {
                const std::string bytes = framed("first") + third.substr(0, written)
                    + std::string(third.size() - written + 500, '\0');
                const RecordsFound found = findRecords(bytes);
                QCOMPARE(found.damage, std::string());
                QVERIFY(found.torn);
                QCOMPARE(found.records.size(), std::size_t(1));
            }
        }
    }

    void everyFlippedBitIsNoticed()
    {
        const std::string bytes = threeRecords();
        for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
            std::string damaged = bytes;
            damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
            const RecordsFound found = findRecords(damaged);
            if (found.damage.empty())
                QFAIL(qPrintable(QString::number(bit) + QStringLiteral(" was not noticed")));
            for (std::size_t i = 0; i < found.records.size(); ++i)
                QCOMPARE(found.records[i], findRecords(bytes).records[i]);
        }
    }

    void damageNamesTheFile()
    {
        FaultyDisk disk;
        QVERIFY(writeRecord(disk, "d/slave.info", framework("one")));
        disk.bytes("d/slave.info")[6] ^= 1;
        mesos::v1::FrameworkInfo read;
        const auto result = readRecord(disk, "d/slave.info", read);
        QVERIFY(!result);
        QVERIFY(result.error().message.starts_with("'d/slave.info' is damaged"));
    }

    void aFullDiskLeavesTheFileAsItWas()
    {
        FaultyDisk disk;
        auto stream = RecordStream::open(disk, "d/f", 0, Durability::PowerCut);
        QVERIFY(stream->append("one"));
        disk.setFreeBytes(5);
        QVERIFY(!stream->append("two"));
        disk.setFreeBytes({});
        QVERIFY(stream->append("three"));
        QCOMPARE(text(readRecords(disk, "d/f")->records), std::string("one,three,"));
    }

    void afterAPowerCutTheOldOrTheNewIsThere()
    {
        for (std::size_t cut = 1; cut <= 12; ++cut) {
            for (std::uint64_t seed = 0; seed < 50; ++seed) {
                FaultyDisk disk;
                SeededRandom random(seed);
                QVERIFY(writeRecord(disk, "d/f", framework("old")));
                disk.cutPowerAt(disk.operations() + cut);
                const bool told = writeRecord(disk, "d/f", framework("new")).has_value();
                disk.reboot(random);
                mesos::v1::FrameworkInfo read;
                QCOMPARE(readRecord(disk, "d/f", read).value(), true);
                QVERIFY(read.name() == "new" || (!told && read.name() == "old"));
            }
        }
    }

    void onThisMachine()
    {
        QTemporaryDir folder;
        const std::string path = folder.path().toStdString() + "/deep/er";
        Disk &disk = systemDisk();
        QVERIFY(disk.makeFolder(path));
        QVERIFY(writeRecord(disk, path + "/f", framework("one")));
        mesos::v1::FrameworkInfo read;
        QCOMPARE(readRecord(disk, path + "/f", read).value(), true);
        auto stream = RecordStream::open(disk, path + "/s", 0, Durability::PowerCut);
        QVERIFY(stream->append("one"));
        QCOMPARE(text(readRecords(disk, path + "/s")->records), std::string("one,"));
        QCOMPARE(disk.list(path).value(), (std::vector<std::string>{"f", "s"}));
        QVERIFY(disk.list(path + "/none").value().empty());
        QVERIFY(!disk.read(path + "/none").value());
        const auto refused = disk.open(path + "/none/x", Disk::Open::Append);
        QVERIFY(refused.error().message.find("No such file") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestRecordFile)
#include "tst_record_file.moc"
