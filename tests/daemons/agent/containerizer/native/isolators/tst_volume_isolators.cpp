// What the isolators of volumes and secrets ask of the launcher, and what they refuse.

#include <QTest>

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemons/agent/containerizer/native/isolators/secrets/secret_isolators.h"
#include "daemons/agent/containerizer/native/isolators/volumes/path_volumes.h"
#include "daemons/agent/containerizer/native/isolators/volumes/persistent_volumes.h"
#include "tests/daemons/agent/containerizer/native/isolators/isolator_fixture.h"

using namespace meseta;
using namespace meseta::agent;
using containerizer::LaunchSpec;
using containerizer::MountEntry;
using mesos::v1::Volume;

namespace {

Volume volume(const std::string &containerPath)
{
    Volume v;
    v.set_container_path(containerPath);
    v.set_mode(Volume::RO);
    return v;
}

Volume hostVolume(const std::string &containerPath, const std::string &hostPath)
{
    Volume v = volume(containerPath);
    v.set_host_path(hostPath);
    return v;
}

Volume sandboxVolume(const std::string &containerPath, const std::string &path,
                     Volume::Source::SandboxPath::Type type)
{
    Volume v = volume(containerPath);
    v.mutable_source()->set_type(Volume::Source::SANDBOX_PATH);
    v.mutable_source()->mutable_sandbox_path()->set_type(type);
    v.mutable_source()->mutable_sandbox_path()->set_path(path);
    return v;
}

mesos::v1::Resource persistentVolume(const std::string &id, const std::string &containerPath)
{
    mesos::v1::Resource disk;
    disk.set_name("disk");
    disk.set_type(mesos::v1::Value::SCALAR);
    disk.mutable_scalar()->set_value(8);
    disk.add_reservations()->set_role("r1");
    disk.mutable_disk()->mutable_persistence()->set_id(id);
    disk.mutable_disk()->mutable_volume()->set_container_path(containerPath);
    disk.mutable_disk()->mutable_volume()->set_mode(Volume::RW);
    return disk;
}

ContainerResources with(std::vector<mesos::v1::Resource> resources)
{
    ContainerResources all;
    all.requests = std::move(resources);
    return all;
}

QString linkAt(const IsolatedContainer &c, const char *name)
{
    return QFile::symLinkTarget(QString::fromStdString(c.spec.sandbox + "/" + name));
}

} // namespace

class TestVolumeIsolators : public QObject
{
    Q_OBJECT
    std::unique_ptr<IsolatorFixture> m_fixture;
    LaunchSpec m_launch;

    VolumeSettings settings(bool canMount = true) const
    {
        return {m_fixture->path("data"), "/mnt/mesos/sandbox", canMount, false};
    }
    IsolatedContainer container(std::initializer_list<Volume> volumes, bool image)
    {
        auto c = m_fixture->container("c");
        auto &info = c.spec.container.emplace();
        info.set_type(mesos::v1::ContainerInfo::MESOS);
        for (const Volume &v : volumes)
            *info.add_volumes() = v;
        if (image)
            c.image.emplace();
        return c;
    }
    /// Why it is refused; empty when it is not.
    std::string refusal(Isolator &isolator, const IsolatedContainer &c)
    {
        m_launch = {};
        const auto result = prepare(isolator, c, m_launch);
        return result ? std::string() : result.error().message;
    }

private Q_SLOTS:
    void init() { m_fixture = std::make_unique<IsolatorFixture>(); }

    void hostFoldersAndFilesAreMounted()
    {
        HostPathVolumes isolator(settings(), {});
        const auto c =
            container({hostVolume("/data", "/usr"), hostVolume("names", "/etc/passwd")}, true);
        QCOMPARE(refusal(isolator, c), std::string());
        QCOMPARE(m_launch.mounts.size(), std::size_t(2));
        const MountEntry &folder = m_launch.mounts[0], &file = m_launch.mounts[1];
        QCOMPARE(folder.source, std::string("/usr"));
        QCOMPARE(folder.target, std::string("/data"));
        QVERIFY(folder.flags & MS_RDONLY);
        QVERIFY(folder.flags & MS_REC);
        QCOMPARE(folder.missing, MountEntry::Missing::MakeDirectory);
        QCOMPARE(file.target, std::string("/mnt/mesos/sandbox/names"));
        QCOMPARE(file.missing, MountEntry::Missing::MakeFile);
    }

    void nothingIsMadeOnTheHost()
    {
        HostPathVolumes isolator(settings(), {});
        QVERIFY(refusal(isolator, container({hostVolume("/not/there", "/usr")}, false))
                    .find("'/not/there' does not exist")
                != std::string::npos);
        QCOMPARE(refusal(isolator, container({hostVolume("/mnt", "/usr")}, false)), std::string());
        QCOMPARE(m_launch.mounts[0].missing, MountEntry::Missing::Refuse);
        QCOMPARE(refusal(isolator, container({hostVolume("/usr", "/usr")}, false)), std::string());
        QVERIFY(m_launch.mounts.empty()); // it is there already
        QVERIFY(refusal(isolator, container({hostVolume("/../etc", "/usr")}, true)).find("'..'")
                != std::string::npos);
    }

    void missingSourcesAreMadeOnlyWhereAllowed()
    {
        const std::string base = m_fixture->path("data");
        const auto c = container({hostVolume("/data", base + "/made/here")}, true);
        HostPathVolumes strict(settings(), {base + "/other"});
        QVERIFY(refusal(strict, c).find("--host_path_volume_force_creation") != std::string::npos);
        HostPathVolumes open(settings(), {base + "/made"});
        QCOMPARE(refusal(open, c), std::string());
        QVERIFY(QFileInfo(QString::fromStdString(base + "/made/here")).isDir());
        const auto around = container({hostVolume("/data", base + "/made/../elsewhere")}, true);
        QVERIFY(!refusal(open, around).empty());
    }

    void aVolumeHasOneSource()
    {
        HostPathVolumes isolator(settings(), {});
        Volume both = hostVolume("/data", "/usr");
        both.mutable_image()->set_type(mesos::v1::Image::DOCKER);
        QVERIFY(refusal(isolator, container({both}, true)).find("just one of host_path")
                != std::string::npos);
        QVERIFY(!refusal(isolator, container({volume("/data")}, true)).empty());
    }

    void kindsThatNobodyTakesCareOfAreRefused()
    {
        HostPathVolumes isolator(settings(), {});
        Volume driver = volume("/data");
        driver.mutable_source()->set_type(Volume::Source::DOCKER_VOLUME);
        QVERIFY(refusal(isolator, container({driver}, true)).find("Docker's drivers")
                != std::string::npos);
        Volume secret = volume("/key");
        secret.mutable_source()->set_type(Volume::Source::SECRET);
        QVERIFY(refusal(isolator, container({secret}, true)).find("need volume/secret")
                != std::string::npos);
        auto with = settings();
        with.secrets = true;
        HostPathVolumes other(with, {});
        QCOMPARE(refusal(other, container({secret}, true)), std::string());
    }

    void ownSandboxFoldersBelongToItsOwner()
    {
        SandboxPathVolumes isolator(settings());
        const std::string sandbox = m_fixture->path("sandbox");
        if (::geteuid() == 0)
            QCOMPARE(::chown(sandbox.c_str(), 4242, 4243), 0);
        const auto c = container(
            {sandboxVolume("/data", "deep/folder", Volume::Source::SandboxPath::SELF)}, true);
        QCOMPARE(refusal(isolator, c), std::string());
        QCOMPARE(m_launch.mounts[0].sourceRoot, sandbox);
        QCOMPARE(m_launch.mounts[0].source, std::string("deep/folder"));
        struct stat info = {};
        QCOMPARE(::stat((sandbox + "/deep/folder").c_str(), &info), 0);
        if (::geteuid() == 0)
            QCOMPARE(info.st_uid, 4242u);
        const auto relative = container({hostVolume("/data", "folder")}, true); // the older form
        QCOMPARE(refusal(isolator, relative), std::string());
        QCOMPARE(m_launch.mounts[0].source, std::string("folder"));
    }

    void aLinkInTheSandboxLeadsNowhere()
    {
        SandboxPathVolumes isolator(settings());
        const QString sandbox = QString::fromStdString(m_fixture->path("sandbox"));
        QVERIFY(QFile::link(QStringLiteral("/"), sandbox + QStringLiteral("/link")));
        const auto c = container(
            {sandboxVolume("/data", "link/evil-folder", Volume::Source::SandboxPath::SELF)}, true);
        QCOMPARE(refusal(isolator, c), std::string());
        QVERIFY(!QFileInfo::exists(QStringLiteral("/evil-folder")));
        QVERIFY(QFileInfo(sandbox + QStringLiteral("/evil-folder")).isDir()); // "/" is the sandbox
    }

    void parentSandboxesAreForNestedContainers()
    {
        using Path = Volume::Source::SandboxPath;
        const auto outer = m_fixture->container("outer");
        auto inner = container({sandboxVolume("data", "shared", Path::PARENT)}, false);
        SandboxPathVolumes mounting(settings());
        QVERIFY(refusal(mounting, inner).find("nested containers only") != std::string::npos);
        inner.parent = &outer;
        QDir(m_fixture->folder.path()).mkpath(QStringLiteral("nested"));
        inner.spec.sandbox = m_fixture->path("nested");
        QCOMPARE(refusal(mounting, inner), std::string());
        QCOMPARE(m_launch.mounts[0].sourceRoot, outer.spec.sandbox);
        QCOMPARE(m_launch.mounts[0].target, inner.spec.sandbox + "/data");

        SandboxPathVolumes linking(settings(false));
        QCOMPARE(refusal(linking, inner), std::string());
        QCOMPARE(QFile::symLinkTarget(QString::fromStdString(inner.spec.sandbox + "/data")),
                 QString::fromStdString(outer.spec.sandbox + "/shared"));
        auto absolute = inner;
        absolute.spec.container->mutable_volumes(0)->set_container_path("/data");
        QVERIFY(refusal(linking, absolute).find("filesystem/linux") != std::string::npos);
        auto self = inner;
        *self.spec.container->mutable_volumes(0) = sandboxVolume("data", "x", Path::SELF);
        QVERIFY(refusal(mounting, self).find("absolute container_path") != std::string::npos);
        auto above = inner;
        *above.spec.container->mutable_volumes(0) = sandboxVolume("data", "x/..", Path::PARENT);
        QVERIFY(refusal(mounting, above).find("'x/..' must stay in the sandbox")
                != std::string::npos);
    }

    /// With filesystem/linux the volume is mounted where only the parent sees it.
    void persistentVolumesOfTheParentAreTakenFromTheirPlace()
    {
        using Path = Volume::Source::SandboxPath;
        auto outer = m_fixture->container("outer");
        outer.spec.resources = {persistentVolume("vol1", "data")};
        auto inner = container({sandboxVolume("whole", "data", Path::PARENT),
                                sandboxVolume("part", "data/below", Path::PARENT),
                                sandboxVolume("other", "database", Path::PARENT)},
                               false);
        inner.parent = &outer;
        const std::string volume = m_fixture->path("data") + "/volumes/roles/r1/vol1";
        QDir().mkpath(QString::fromStdString(volume));
        SandboxPathVolumes mounting(settings());
        QCOMPARE(refusal(mounting, inner), std::string());
        QCOMPARE(m_launch.mounts.size(), std::size_t(3));
        QCOMPARE(m_launch.mounts[0].sourceRoot + ":" + m_launch.mounts[0].source, volume + ":.");
        QCOMPARE(m_launch.mounts[1].sourceRoot + ":" + m_launch.mounts[1].source,
                 volume + ":below");
        QVERIFY(QFileInfo(QString::fromStdString(volume + "/below")).isDir());
        QCOMPARE(m_launch.mounts[2].sourceRoot, outer.spec.sandbox);
    }

    void persistentVolumesAreInTheSandbox()
    {
        auto c = m_fixture->container("c");
        c.spec.resources = {persistentVolume("vol1", "data"), persistentVolume("vol2", "a/b")};
        const std::string source = m_fixture->path("data") + "/volumes/roles/r1/vol1";
        PersistentVolumes linking(settings(false));
        QCOMPARE(refusal(linking, c), std::string());
        QCOMPARE(QFile::symLinkTarget(QString::fromStdString(c.spec.sandbox + "/data")),
                 QString::fromStdString(source));
        QVERIFY(QFileInfo(QString::fromStdString(source)).isDir());
        QCOMPARE(refusal(linking, c), std::string()); // once more: the link is right already

        c.image.emplace();
        PersistentVolumes mounting(settings());
        QCOMPARE(refusal(mounting, c), std::string());
        QCOMPARE(m_launch.mounts.size(), std::size_t(1)); // a path with a slash is the executor's
        QCOMPARE(m_launch.mounts[0].source, source);
        QCOMPARE(m_launch.mounts[0].target, std::string("/mnt/mesos/sandbox/data"));
    }

    /// As with a custom executor, whose tasks come and go.
    void volumesOfLaterTasksAreLinkedAndTakenAway()
    {
        auto c = m_fixture->container("c");
        c.spec.isExecutor = true;
        c.spec.resources = {persistentVolume("vol1", "one")};
        PersistentVolumes linking(settings(false));
        QCOMPARE(refusal(linking, c), std::string());
        const auto one = persistentVolume("vol1", "one"), two = persistentVolume("vol2", "two");
        QVERIFY(update(linking, c, with({one, two})));
        QCOMPARE(linkAt(c, "two"),
                 QString::fromStdString(m_fixture->path("data") + "/volumes/roles/r1/vol2"));
        QFile note(linkAt(c, "one") + QStringLiteral("/note"));
        QVERIFY(note.open(QIODevice::WriteOnly));
        QVERIFY(update(linking, c, with({two})));
        QCOMPARE(linkAt(c, "one"), QString());
        QVERIFY(note.exists()); // the data stay
        QVERIFY(!linkAt(c, "two").isEmpty());
        QVERIFY(update(linking, c, with({one}))); // another task has it
        QCOMPARE(linkAt(c, "one") + QStringLiteral("/note"), note.fileName());
        QCOMPARE(linkAt(c, "two"), QString());
        QVERIFY(cleanUp(linking, c));
    }

    void aVolumeThatTasksShareStaysForTheLastOfThem()
    {
        auto c = m_fixture->container("c");
        c.spec.isExecutor = true;
        PersistentVolumes linking(settings(false));
        auto reader = persistentVolume("vol1", "data");
        reader.mutable_shared();
        auto writer = reader;
        reader.mutable_disk()->mutable_volume()->set_mode(Volume::RO);
        QVERIFY(update(linking, c, with({reader, writer})));
        const QString place = linkAt(c, "data");
        QVERIFY(!place.isEmpty());
        QVERIFY(update(linking, c, with({reader})));
        QCOMPARE(linkAt(c, "data"), place);
        QVERIFY(update(linking, c, with({})));
        QCOMPARE(linkAt(c, "data"), QString());
    }

    void whatCannotBeLinkedIsNamed()
    {
        auto c = m_fixture->container("c");
        c.spec.isExecutor = true;
        PersistentVolumes linking(settings(false));
        QDir(QString::fromStdString(c.spec.sandbox)).mkdir(QStringLiteral("data"));
        const auto taken = update(linking, c, with({persistentVolume("vol1", "data")}));
        QVERIFY(!taken);
        QVERIFY2(taken.error().message.find("'data' of the sandbox") != std::string::npos
                     && taken.error().message.find("already") != std::string::npos,
                 taken.error().message.c_str());
        const auto twice = update(
            linking, c, with({persistentVolume("vol1", "same"), persistentVolume("vol2", "same")}));
        QVERIFY(!twice);
        QVERIFY2(twice.error().message.find("same container_path 'same'") != std::string::npos,
                 twice.error().message.c_str());
        const auto above = update(linking, c, with({persistentVolume("vol1", "..")}));
        QVERIFY(!above);
        QVERIFY(above.error().message.find("'..'") != std::string::npos);
    }

    /// What an earlier agent linked is taken away by a later one; what it had only begun is done.
    void volumesAreKnownToALaterAgent()
    {
        auto c = m_fixture->container("c");
        c.spec.isExecutor = true;
        const auto one = persistentVolume("vol1", "one"), two = persistentVolume("vol2", "two");
        PersistentVolumes earlier(settings(false));
        QVERIFY(update(earlier, c, with({one, two})));
        QVERIFY(QFile::remove(QString::fromStdString(c.spec.sandbox + "/two")));
        PersistentVolumes later(settings(false));
        QVERIFY(update(later, c, with({two})));
        QCOMPARE(linkAt(c, "one"), QString());
        QVERIFY(!linkAt(c, "two").isEmpty());
    }

    /// Mounting needs the container's process; until it is known the update waits.
    void anUpdateWaitsForTheProcess()
    {
        auto c = m_fixture->container("c");
        c.spec.isExecutor = true;
        PersistentVolumes mounting(settings());
        int done = 0;
        mounting.update(c, with({}), [&done](const Result<> &result) { done += result ? 1 : 100; });
        QCOMPARE(done, 0);
        c.pid = ::getpid();
        mounting.watch(c, {});
        QCOMPARE(done, 1);
        c.pid = -1;
        mounting.update(c, with({}), [&done](const Result<> &result) { done += result ? 1 : 100; });
        QVERIFY(cleanUp(mounting, c));
        QCOMPARE(done, 2);
    }

    /// The tasks of groups have theirs in their own sandboxes.
    void othersHaveTheirVolumesFromTheStart()
    {
        PersistentVolumes linking(settings(false));
        auto holder = m_fixture->container("c");
        holder.spec.isExecutor = holder.spec.holdsOthers = true;
        QVERIFY(update(linking, holder, with({persistentVolume("vol1", "data")})));
        auto task = m_fixture->container("d");
        QVERIFY(update(linking, task, with({persistentVolume("vol1", "data")})));
        QVERIFY(!QFileInfo::exists(QString::fromStdString(task.spec.sandbox + "/data")));
    }

    void secretsInTheEnvironmentAreResolved()
    {
        EnvironmentSecrets isolator;
        auto c = m_fixture->container("c");
        auto *variable = c.spec.command.mutable_environment()->add_variables();
        variable->set_name("PASSWORD");
        variable->set_type(mesos::v1::Environment::Variable::SECRET);
        variable->mutable_secret()->set_type(mesos::v1::Secret::VALUE);
        variable->mutable_secret()->mutable_value()->set_data("hush");
        QCOMPARE(refusal(isolator, c), std::string());
        QCOMPARE(m_launch.environment, (std::vector<std::string>{"PASSWORD=hush"}));
        variable->mutable_secret()->mutable_value()->set_data(std::string("a\0b", 3));
        QVERIFY(refusal(isolator, c).find("zero byte") != std::string::npos);
        variable->mutable_secret()->set_type(mesos::v1::Secret::REFERENCE);
        variable->mutable_secret()->mutable_reference()->set_name("vault/x");
        QVERIFY(refusal(isolator, c).find("'vault/x' is kept elsewhere") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestVolumeIsolators)
#include "tst_volume_isolators.moc"
