#include <QTemporaryDir>
#include <QTest>

#include "daemons/master/registry/local_storage.h"
#include "tests/common/store/faulty_disk.h"

using namespace meseta;
using namespace meseta::master;

namespace {

/// The answer of a storage, once it has come.
template <typename T> struct Answer
{
    std::optional<Result<T>> result;
    auto taker()
    {
        return [this](Result<T> given) { result = std::move(given); };
    }
};

} // namespace

/// The registry of a single master in its work_dir.
class TestLocalStorage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatWasStoredIsThereAgain()
    {
        QTemporaryDir work;
        const std::string folder = work.path().toStdString() + "/registry";
        {
            LocalStorage storage(store::systemDisk(), folder);
            Answer<store::Contents> opened;
            Answer<void> appended, replaced, more;
            storage.open(opened.taker());
            QTRY_VERIFY(opened.result);
            QVERIFY(opened.result->has_value());
            storage.append("one", appended.taker());
            QVERIFY(!appended.result); // never from inside the call
            QTRY_VERIFY(appended.result);
            storage.replace("snapshot", replaced.taker());
            QTRY_VERIFY(replaced.result);
            storage.append("two", more.taker());
        } // what was asked for last is still written
        LocalStorage storage(store::systemDisk(), folder);
        Answer<store::Contents> opened;
        storage.open(opened.taker());
        QTRY_VERIFY(opened.result);
        QCOMPARE((*opened.result)->snapshot, std::string("snapshot"));
        QCOMPARE((*opened.result)->batches, std::vector<std::string>{"two"});
    }

    void twoMastersDoNotShareAFolder()
    {
        QTemporaryDir work;
        const std::string folder = work.path().toStdString() + "/registry";
        LocalStorage one(store::systemDisk(), folder), other(store::systemDisk(), folder);
        Answer<store::Contents> first, second;
        one.open(first.taker());
        QTRY_VERIFY(first.result);
        other.open(second.taker());
        QTRY_VERIFY(second.result);
        QVERIFY(first.result->has_value());
        QVERIFY(!second.result->has_value());
        QVERIFY(second.result->error().message.find("--work_dir") != std::string::npos);
    }

    void aFolderThatCannotBeMadeIsTold()
    {
        LocalStorage storage(store::systemDisk(), "/proc/none/registry");
        Answer<store::Contents> opened;
        storage.open(opened.taker());
        QTRY_VERIFY(opened.result);
        QVERIFY(opened.result->error().message.find("/proc/none") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestLocalStorage)
#include "tst_local_storage.moc"
