// Where an agent keeps persistent volumes, and which resources are ones.

#include <QtTest/QtTest>

#include "common/resources/persistent_volume.h"
#include "mesos/v1/resource.pb.h"

using namespace meseta;
using mesos::v1::Resource;
using Source = Resource::DiskInfo::Source;

namespace {

Resource volumeOf(const char *role)
{
    Resource disk;
    disk.set_name("disk");
    disk.add_reservations()->set_role(role);
    disk.mutable_disk()->mutable_persistence()->set_id("v");
    disk.mutable_disk()->mutable_volume()->set_container_path("data");
    return disk;
}

Resource volumeOnDisk(Source::Type type, const char *root)
{
    Resource disk = volumeOf("r");
    Source &source = *disk.mutable_disk()->mutable_source();
    source.set_type(type);
    if (type == Source::MOUNT)
        source.mutable_mount()->set_root(root);
    else
        source.mutable_path()->set_root(root);
    return disk;
}

} // namespace

class TestPersistentVolume : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void liesBelowTheWorkDir()
    {
        QCOMPARE(persistentVolumePath("/w", volumeOf("r")), std::string("/w/volumes/roles/r/v"));
    }

    void slashesOfARoleAreSpaces()
    {
        QCOMPARE(persistentVolumePath("/w", volumeOf("eng/web/a")),
                 std::string("/w/volumes/roles/eng web a/v"));
    }

    void theLastReservationIsTheVolumes()
    {
        Resource refined = volumeOf("eng");
        refined.add_reservations()->set_role("eng/web");
        QCOMPARE(persistentVolumePath("/w", refined), std::string("/w/volumes/roles/eng web/v"));
    }

    void theRoleOfOlderResourcesCounts()
    {
        Resource older = volumeOf("ignored");
        older.clear_reservations();
        older.set_role("r");
        QCOMPARE(persistentVolumePath("/w", older), std::string("/w/volumes/roles/r/v"));
    }

    void disksOfOtherKindsAreElsewhere_data()
    {
        QTest::addColumn<int>("type");
        QTest::addColumn<QByteArray>("root");
        QTest::addColumn<QByteArray>("path");
        QTest::newRow("folder") << int(Source::PATH) << QByteArray("/disk")
                                << QByteArray("/disk/volumes/roles/r/v");
        QTest::newRow("folder with a slash at its end")
            << int(Source::PATH) << QByteArray("/disk/") << QByteArray("/disk/volumes/roles/r/v");
        QTest::newRow("folder of the work_dir") << int(Source::PATH) << QByteArray("disks/1")
                                                << QByteArray("/w/disks/1/volumes/roles/r/v");
        QTest::newRow("whole disk")
            << int(Source::MOUNT) << QByteArray("/disk") << QByteArray("/disk");
        QTest::newRow("whole disk of the work_dir")
            << int(Source::MOUNT) << QByteArray("disks/1") << QByteArray("/w/disks/1");
    }
    void disksOfOtherKindsAreElsewhere()
    {
        QFETCH(int, type);
        QFETCH(QByteArray, root);
        QFETCH(QByteArray, path);
        const Resource disk = volumeOnDisk(static_cast<Source::Type>(type), root.constData());
        QCOMPARE(persistentVolumePath("/w", disk), path.toStdString());
        QCOMPARE(isWholeDisk(disk), type == Source::MOUNT);
    }

    void whatIsAVolume()
    {
        QVERIFY(isPersistentVolume(volumeOf("r")));
        QVERIFY(!isWholeDisk(volumeOf("r")));
        Resource nowhere = volumeOf("r");
        nowhere.mutable_disk()->clear_volume();
        QVERIFY(!isPersistentVolume(nowhere));
        Resource plain = volumeOf("r");
        plain.mutable_disk()->clear_persistence();
        QVERIFY(!isPersistentVolume(plain));
        Resource memory = volumeOf("r");
        memory.set_name("mem");
        QVERIFY(!isPersistentVolume(memory));
    }
};

QTEST_GUILESS_MAIN(TestPersistentVolume)
#include "tst_persistent_volume.moc"
