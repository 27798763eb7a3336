// Containers up and down in numbers, ended at any moment in any way: nothing of them is left, and
// the agent grows by nothing. MESETA_CHURN says how many (2,000 for the long run).

#include <csignal>
#include <random>

#include <QTest>

#include <unistd.h>

#include "daemons/containerizer/process_tree.h"
#include "tests/daemons/agent/containerizer/native/native_fixture.h"
#include "tests/support/missing.h"
#include "tests/support/mounts.h"

using namespace meseta;
using namespace meseta::agent;
using namespace std::chrono_literals;

namespace {

constexpr int atOnce = 8;

QByteArray readAll(const char *path)
{
    QFile file(QString::fromLatin1(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

qint64 residentKilobytes()
{
    const QByteArray status = readAll("/proc/self/status");
    const auto at = status.indexOf("VmRSS:");
    return status.mid(at + 6, status.indexOf("kB", at) - at - 6).trimmed().toLongLong();
}

qsizetype openFiles()
{
    return QDir(QStringLiteral("/proc/self/fd")).entryList(QDir::AllEntries | QDir::System).size();
}

/// Every cgroup whose name begins as the containers' do.
QStringList cgroupsLeft()
{
    QStringList found;
    const QDir root(QStringLiteral("/sys/fs/cgroup"));
    for (const QString &hierarchy : root.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        const QDir folder(root.filePath(hierarchy + u'/' + QString::fromStdString(testCgroup())));
        for (const QString &name : folder.entryList({QStringLiteral("churn-*")}, QDir::Dirs))
            found.append(folder.filePath(name));
    }
    return found;
}

} // namespace

class TestNativeChurn : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestRoot> m_root;
    QTemporaryDir m_runtime;
    std::unique_ptr<MesosContainerizer> m_containerizer;
    std::vector<std::unique_ptr<TestContainer>> m_running;
    std::mt19937 m_random{20};
    int m_next = 0;

    void start()
    {
        const FlagValues values =
            agentFlagValues({"--isolation=filesystem/linux,docker/runtime,namespaces/"
                             "pid,namespaces/ipc,linux/nnp"});
        const IsolatorContext context{values, m_runtime.path().toStdString(),
                                      m_runtime.path().toStdString(), true, true};
        auto isolators = makeIsolators(context);
        if (!isolators)
            qFatal("%s", isolators.error().message.c_str());
        ContainerImage image;
        image.rootfs = m_root->path();
        MesosOptions options;
        options.helper = nativeHelperPath();
        options.runtimeDir = m_runtime.path().toStdString();
        options.isolators = std::move(*isolators);
        options.images = std::make_unique<TestImages>(image);
        m_containerizer = std::make_unique<MesosContainerizer>(std::move(options));
        std::optional<Result<int>> cleaned;
        m_containerizer->cleanOrphans({}, [&](Result<int> result) { cleaned = result; });
        QTRY_VERIFY_WITH_TIMEOUT(cleaned, 20000);
        QVERIFY2(*cleaned, cleaned->has_value() ? "" : cleaned->error().message.c_str());
    }

    int chance(int below) { return static_cast<int>(m_random() % static_cast<unsigned>(below)); }

    void launchOne()
    {
        const std::string id = "churn-" + std::to_string(m_next++);
        auto container = std::unique_ptr<TestContainer>(TestContainer::shell(
            id, chance(2) == 0 ? "exit 0" : "(sleep 100 &) ; setsid sleep 100 & sleep 100"));
        container->spec.container = imageContainer();
        m_containerizer->launch(container->spec, container->probe.events());
        const int end = chance(5);
        if (end == 0)
            m_containerizer->destroy(id);
        else if (end == 1)
            QTimer::singleShot(chance(12), this, [this, id] {
                if (m_containerizer)
                    m_containerizer->destroy(id);
            });
        else if (end == 2)
            QTimer::singleShot(chance(12), this, [this, id] { killHelper(id); });
        else
            QTimer::singleShot(chance(60), this, [this, id] {
                if (m_containerizer)
                    m_containerizer->kill(id, 0ms);
            });
        m_running.push_back(std::move(container));
    }

    void killHelper(const std::string &id)
    {
        if (!m_containerizer)
            return;
        const auto status = m_containerizer->status(id);
        if (status && status->executor_pid() > 0)
            ::kill(static_cast<pid_t>(status->executor_pid()), SIGKILL);
        m_containerizer->destroy(id);
    }

    /// One turn: keep so many going until `total` have been.
    void churn(int total)
    {
        const int end = m_next + total;
        while (m_next < end || !m_running.empty()) {
            while (m_next < end && m_running.size() < atOnce)
                launchOne();
            QVERIFY2(QTest::qWaitFor(
                         [&] {
                             return std::erase_if(
                                        m_running,
                                        [](const auto &c) { return c->probe.ended.has_value(); })
                                 > 0;
                         },
                         30000),
                     m_running.empty() ? "" : m_running.front()->spec.containerId.c_str());
        }
    }

private Q_SLOTS:
    void nothingIsLeft()
    {
        if (::geteuid() != 0)
            MESETA_MISSING(QStringLiteral("containers with a root of their own need root"));
        m_root = std::make_unique<TestRoot>(QStringList{QStringLiteral("/bin/sh"),
                                                        QStringLiteral("/bin/sleep"),
                                                        QStringLiteral("/usr/bin/setsid")});
        const int total = std::max(100, qEnvironmentVariableIntValue("MESETA_CHURN"));
        start();
        churn(40); // so that everything that is made once is there
        const auto files = openFiles();
        const auto memory = residentKilobytes();

        churn(total / 2);
        for (int i = 0; i < 4; ++i) { // the agent falls in the middle of things
            for (int n = 0; n < atOnce; ++n)
                launchOne();
            QTest::qWait(chance(25));
            m_containerizer.reset();
            m_running.clear();
            start();
        }
        churn(total / 2);

        QCOMPARE(test::mountsOf({m_root->file({}), m_runtime.path()}), QByteArrayList());
        QCOMPARE(QDir(m_runtime.filePath(QStringLiteral("containers")))
                     .entryList(QDir::AllEntries | QDir::NoDotAndDotDot),
                 QStringList());
        QTRY_COMPARE(cgroupsLeft(), QStringList());
        QTRY_COMPARE(openFiles(), files);
        QTRY_VERIFY_WITH_TIMEOUT(leftOver().isEmpty(), 10000);
        QVERIFY2(residentKilobytes() < memory + 4096,
                 qPrintable(QString::number(residentKilobytes() - memory)));
    }

    void cleanup()
    {
        m_containerizer.reset();
        m_root.reset();
        removeTestCgroup();
    }

private:
    /// Processes whose root is that of the containers.
    QStringList leftOver() const
    {
        QStringList found;
        for (const QString &pid : QDir(QStringLiteral("/proc")).entryList(QDir::Dirs)) {
            const QString root =
                QFile::symLinkTarget(QStringLiteral("/proc/") + pid + QStringLiteral("/root"));
            const auto stat = containerizer::processStat(pid.toInt());
            if (root.startsWith(QString::fromStdString(m_root->path())) && stat
                && stat->state != 'Z')
                found.append(pid);
        }
        return found;
    }
};

QTEST_GUILESS_MAIN(TestNativeChurn)
#include "tst_native_churn.moc"
