// --isolation: in any order, aliases, what Mesos adds, and refusals that say why.

#include <algorithm>

#include <QTest>

#include <unistd.h>

#include "tests/daemons/agent/containerizer/native/native_fixture.h"

using namespace meseta;
using namespace meseta::agent;

namespace {

QStringList namesOf(const std::vector<std::unique_ptr<Isolator>> &isolators)
{
    QStringList names;
    for (const auto &isolator : isolators)
        names.append(QString::fromStdString(isolator->name()));
    return names;
}

Result<std::vector<std::unique_ptr<Isolator>>> make(const std::string &isolation, bool linux = true,
                                                    bool root = true)
{
    const FlagValues values = agentFlagValues({"--isolation=" + isolation});
    QTemporaryDir folder;
    return makeIsolators(
        {values, folder.path().toStdString(), folder.path().toStdString(), linux, root});
}

} // namespace

class TestIsolatorTable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void orderIsTheTables()
    {
        const auto one = make("linux/nnp,docker/runtime,posix/rlimits,filesystem/linux");
        const auto other = make("filesystem/linux,posix/rlimits,docker/runtime,linux/nnp");
        QVERIFY2(one, one ? "" : one.error().message.c_str());
        QCOMPARE(namesOf(*one), namesOf(*other));
        const QStringList names = namesOf(*one);
        QVERIFY(names.indexOf(u"filesystem/linux") < names.indexOf(u"posix/rlimits"));
        QVERIFY(names.indexOf(u"posix/rlimits") < names.indexOf(u"docker/runtime"));
        QVERIFY(names.indexOf(u"docker/runtime") < names.indexOf(u"linux/nnp"));
    }

    void whatIsMeantIsAdded()
    {
        const auto isolators = make("process", false, false);
        QVERIFY(isolators);
        const QStringList names = namesOf(*isolators);
        QVERIFY(names.contains(u"posix/cpu") && names.contains(u"posix/mem"));
        QVERIFY(names.contains(u"filesystem/posix"));
    }

    void refusals_data()
    {
        QTest::addColumn<QString>("isolation");
        QTest::addColumn<QString>("part");
        const auto row = [](const char *isolation, const char *part) {
            QTest::newRow(isolation) << QString::fromLatin1(isolation) << QString::fromLatin1(part);
        };
        row("posix/cpu,posix/gpu", "'posix/gpu' is no isolator");
        row("posix/cpu,process", "'posix/cpu' is named twice");
        row("filesystem/linux,filesystem/posix", "exclude one another");
        row("gpu/nvidia", "not among the isolators of this agent");
        row("", "is no isolator");
    }
    void refusals()
    {
        QFETCH(QString, isolation);
        QFETCH(QString, part);
        const auto refused = isolatorNames(isolation.toStdString());
        QVERIFY(!refused);
        QVERIFY2(QString::fromStdString(refused.error().message).contains(part),
                 refused.error().message.c_str());
    }

    void whatNeedsRootSaysSo()
    {
        const auto noRoot = make("filesystem/linux", false, false);
        QVERIFY(!noRoot);
        QVERIFY2(noRoot.error().message.find("'filesystem/linux' cannot be offered here: it needs "
                                             "root")
                     != std::string::npos,
                 noRoot.error().message.c_str());
        const auto noLauncher = make("namespaces/pid", false, true);
        QVERIFY(!noLauncher);
        QVERIFY(noLauncher.error().message.find("--launcher=linux") != std::string::npos);
    }

    void whatTheKernelLacksIsRefusedWithTheReason()
    {
        QTemporaryDir none;
        const FlagValues values = agentFlagValues(
            {"--isolation=cgroups/pids", "--cgroups_hierarchy=" + none.path().toStdString()});
        const auto refused = makeIsolators(
            {values, none.path().toStdString(), none.path().toStdString(), true, true});
        QVERIFY(!refused);
        QCOMPARE(QString::fromStdString(refused.error().message),
                 QStringLiteral("--isolation: 'cgroups/pids' cannot be offered here: no cgroups "
                                "are mounted at %1 (see --cgroups_hierarchy); leave it out of "
                                "--isolation")
                     .arg(none.path()));
    }

    void whatIsOutOfReachIsTold()
    {
        QTemporaryDir none;
        const std::string folder = none.path().toStdString();
        const FlagValues values =
            agentFlagValues({"--isolation=posix/cpu", "--cgroups_hierarchy=" + folder});
        const auto linesFor = [&](bool linux, bool root) {
            return isolatorsOutOfReach({values, folder, folder, linux, root});
        };
        const auto contains = [](const std::vector<std::string> &lines, const char *part) {
            return std::any_of(lines.begin(), lines.end(), [&](const std::string &line) {
                return line.find(part) != std::string::npos;
            });
        };
        const auto asRoot = linesFor(true, true);
        QVERIFY(contains(asRoot,
                         "cgroups/pids, cgroups/devices, cgroups/blkio, cgroups/cpuset, "
                         "cgroups/hugetlb: no cgroups are mounted at "));
        QVERIFY(!contains(asRoot, "filesystem/linux"));
        QVERIFY(!contains(asRoot, "posix/"));
        const auto asUser = linesFor(false, false);
        QCOMPARE(asUser.size(), std::size_t(1));
        QVERIFY(contains(asUser, "filesystem/linux, cgroups/core, "));
        QVERIFY(asUser.front().ends_with(": it needs an agent that runs as root"));
        QVERIFY(contains(linesFor(false, true), ": it needs --launcher=linux, which "));
    }
};

QTEST_GUILESS_MAIN(TestIsolatorTable)
#include "tst_isolator_table.moc"
