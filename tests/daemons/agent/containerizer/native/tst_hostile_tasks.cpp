// Tasks that mean harm: nothing of the host changes, the agent stays at its work, and they can be
// ended. Bounded by limits, so that a failure does no harm either.

#include <memory>

#include <QCryptographicHash>
#include <QElapsedTimer>
#include <QTest>

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "daemons/containerizer/process_tree.h"
#include "tests/daemons/agent/containerizer/native/native_fixture.h"
#include "tests/support/missing.h"

using namespace meseta;
using namespace meseta::agent;
using namespace std::chrono_literals;

namespace {

const QStringList programs{QStringLiteral("/bin/sh"), QStringLiteral("/bin/sleep")};

QByteArray hashOf(const QString &path)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    QFile file(path);
    if (file.open(QIODevice::ReadOnly))
        hash.addData(&file);
    return hash.result();
}

/// Of large files the kernel's own marks are enough: whoever writes leaves them.
QByteArray describe(const QString &path)
{
    constexpr qint64 large = 8 << 20;
    struct stat info = {};
    if (::stat(QFile::encodeName(path).constData(), &info) != 0)
        return "none";
    const QByteArray attributes = QByteArray::number(info.st_mode, 8) + ' '
        + QByteArray::number(qint64(info.st_uid)) + ' ' + QByteArray::number(qint64(info.st_size));
    if (info.st_size < large)
        return attributes + ' ' + hashOf(path).toHex();
    return attributes + ' ' + QByteArray::number(qint64(info.st_ctim.tv_sec)) + '.'
        + QByteArray::number(qint64(info.st_ctim.tv_nsec));
}

mesos::v1::ContainerInfo limited(mesos::v1::RLimitInfo::RLimit::Type type, std::uint64_t value)
{
    auto info = imageContainer();
    auto *limit = info.mutable_rlimit_info()->add_rlimits();
    limit->set_type(type);
    limit->set_soft(value);
    limit->set_hard(value);
    return info;
}

} // namespace

class TestHostileTasks : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestRoot> m_root;
    QTemporaryDir m_runtime;
    QTemporaryDir m_canary;
    std::unique_ptr<MesosContainerizer> m_containerizer;
    QList<QByteArray> m_before;

    /// A tree that stands for all of the host, its programs that containers come near, and what
    /// they would like to change.
    QList<QByteArray> hashes() const
    {
        QStringList paths{QStringLiteral("/etc/passwd"),
                          QStringLiteral("/etc/shadow"),
                          QStringLiteral("/etc/hosts"),
                          QStringLiteral("/etc/ld.so.cache"),
                          QStringLiteral("/proc/sys/kernel/hostname"),
                          QStringLiteral("/proc/sys/kernel/core_pattern")};
        for (const QString &name : programs)
            paths.append(QFileInfo(name).canonicalFilePath());
        const QDir own(QFileInfo(QString::fromStdString(nativeHelperPath())).path());
        for (const QString &name : own.entryList({QStringLiteral("mesos-*")}, QDir::Files))
            paths.append(own.filePath(name));
        QDirIterator canary(m_canary.path(), QDir::Files | QDir::Hidden,
                            QDirIterator::Subdirectories);
        while (canary.hasNext())
            paths.append(canary.next());
        paths.sort();
        QList<QByteArray> found;
        for (const QString &path : paths)
            found.append(path.toUtf8() + ' ' + describe(path));
        return found;
    }
    void start(const std::string &isolation, const SandboxLogLimits &logs = {})
    {
        m_containerizer.reset();
        const FlagValues values = agentFlagValues({"--isolation=" + isolation});
        auto isolators = makeIsolators(
            {values, m_runtime.path().toStdString(), m_runtime.path().toStdString(), true, true});
        if (!isolators)
            qFatal("%s", isolators.error().message.c_str());
        ContainerImage image;
        image.rootfs = m_root->path();
        MesosOptions options;
        options.helper = nativeHelperPath();
        options.runtimeDir = m_runtime.path().toStdString();
        options.logs = logs;
        options.isolators = std::move(*isolators);
        options.images = std::make_unique<TestImages>(image);
        m_containerizer = std::make_unique<MesosContainerizer>(std::move(options));
    }
    std::unique_ptr<TestContainer> launch(const std::string &script,
                                          const mesos::v1::ContainerInfo &info = imageContainer())
    {
        std::unique_ptr<TestContainer> c(TestContainer::shell("hostile", script));
        c->spec.container = info;
        m_containerizer->launch(c->spec, c->probe.events());
        return c;
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (::geteuid() != 0)
            MESETA_MISSING(QStringLiteral("containers with a root of their own need root"));
        m_root = std::make_unique<TestRoot>(programs);
        QFile::copy(QFileInfo(QString::fromStdString(nativeHelperPath())).path()
                        + QStringLiteral("/hostile_probe"),
                    m_root->file(QStringLiteral("usr/bin/probe")));
        // The kernel's log, as a device that comes with the image.
        QCOMPARE(::mknod(QFile::encodeName(m_root->file(QStringLiteral("device"))).constData(),
                         S_IFCHR | 0666, ::makedev(1, 11)),
                 0);
        QVERIFY(QDir(m_canary.path()).mkpath(QStringLiteral("a/b")));
        for (const char *name : {"canary", "a/canary", "a/b/.canary"}) {
            QFile canary(m_canary.filePath(QLatin1String(name)));
            QVERIFY(canary.open(QIODevice::WriteOnly) && canary.write("sings") > 0);
        }
        m_before = hashes();
    }
    void cleanup()
    {
        m_containerizer.reset();
        QCOMPARE(hashes(), m_before);
    }

    void whatReachesForTheHostIsRefused_data()
    {
        QTest::addColumn<QString>("isolation");
        QTest::newRow("by capabilities") << QStringLiteral("filesystem/linux,namespaces/pid");
        QTest::newRow("and by seccomp")
            << QStringLiteral("filesystem/linux,namespaces/pid,linux/seccomp,linux/nnp");
        QTest::newRow("and by cgroups")
            << QStringLiteral("filesystem/linux,namespaces/pid,cgroups/devices");
    }
    void whatReachesForTheHostIsRefused()
    {
        QFETCH(QString, isolation);
        start(isolation.toStdString());
        const auto c = launch("probe");
        QTRY_VERIFY(c->probe.ended);
        const QByteArray seen = c->file(QStringLiteral("stdout"));
        QVERIFY2(seen.contains("sethostname: Operation not permitted"), seen.constData());
        // Keys of its own and a ring buffer harm nobody: without seccomp they are to be had, and
        // whether users may make namespaces is for the host's settings to say.
        const bool seccomp = isolation.contains(QStringLiteral("seccomp"));
        for (const QByteArray &line : seen.split('\n')) {
            const bool harmless = line.startsWith("add_key") || line.startsWith("keyctl")
                || line.startsWith("io_uring") || line.startsWith("user namespace");
            if (seccomp || !harmless)
                QVERIFY2(!line.endsWith(": done"), line.constData());
        }
    }

    void aForkBombEndsWithItsContainer()
    {
        start("filesystem/linux,namespaces/pid,posix/rlimits");
        auto info = limited(mesos::v1::RLimitInfo::RLimit::RLMT_NPROC, 60);
        std::unique_ptr<TestContainer> c(TestContainer::shell(
            "hostile", "f() { f | f & }; f 2>/dev/null; while :; do sleep 1; done"));
        c->spec.container = info;
        c->spec.user = "nobody"; // root is not limited in number
        m_containerizer->launch(c->spec, c->probe.events());
        QTRY_VERIFY(c->probe.started);
        // It is looked at all the while: which processes there are at one moment is chance.
        const auto first = static_cast<pid_t>(c->probe.started->executor_pid());
        std::vector<pid_t> below;
        std::size_t most = 0;
        QElapsedTimer bombing;
        bombing.start();
        while (bombing.elapsed() < 300 || (most < 2 && bombing.elapsed() < 20'000)) {
            below = containerizer::descendants(first);
            most = std::max(most, below.size());
            QCoreApplication::processEvents();
        }
        // Processes come and go while they are counted; unbounded they would be thousands.
        QVERIFY2(most > 1 && most <= 120, qPrintable(QString::number(most)));
        m_containerizer->destroy("hostile");
        QTRY_VERIFY(c->probe.ended);
        for (const pid_t pid : below) {
            const auto stat = containerizer::processStat(pid);
            QVERIFY(!stat || stat->state == 'Z');
        }
    }

    void aMemoryBombEndsItself()
    {
        start("filesystem/linux,namespaces/pid,posix/rlimits");
        const auto c = launch("x=0123456789; while :; do x=$x$x$x$x; done",
                              limited(mesos::v1::RLimitInfo::RLimit::RLMT_AS, 64 << 20));
        QTRY_VERIFY(c->probe.ended);
        QVERIFY(c->probe.ended->waitStatus != std::optional<int>(0));
    }

    void aFloodOfOutputStaysBounded()
    {
        SandboxLogLimits logs;
        logs.maxStdoutBytes = 64 * 1024;
        logs.keep = 2;
        start("filesystem/linux,namespaces/pid", logs);
        const auto c = launch("while :; do echo floooooooooooooooooooooooooooooood; done");
        QTRY_VERIFY(c->probe.started);
        QElapsedTimer answered;
        for (int i = 0; i < 20; ++i) { // the agent is not held up meanwhile
            answered.start();
            std::optional<Result<mesos::v1::ResourceStatistics>> usage;
            m_containerizer->usage("hostile", [&](auto result) { usage = result; });
            QTRY_VERIFY(usage);
            QVERIFY(answered.elapsed() < 1000);
        }
        const auto rotated = [&] { return !c->file(QStringLiteral("stdout.1")).isEmpty(); };
        QTRY_VERIFY_WITH_TIMEOUT(rotated(), 20000);
        m_containerizer->destroy("hostile");
        QTRY_VERIFY(c->probe.ended);
        qint64 bytes = 0;
        for (const QFileInfo &file : QDir(c->sandbox.path()).entryInfoList(QDir::Files))
            bytes += file.size();
        QVERIFY2(bytes <= 4 * 64 * 1024, qPrintable(QString::number(bytes)));
    }

    void cleanupTestCase() { removeTestCgroup(); }
};

QTEST_GUILESS_MAIN(TestHostileTasks)
#include "tst_hostile_tasks.moc"
