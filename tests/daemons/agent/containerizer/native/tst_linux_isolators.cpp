// Capabilities, limits and seccomp profiles: what becomes of a task's wishes and the agent's flags.

#include <QTemporaryDir>
#include <QTest>

#include <linux/filter.h>
#include <sys/resource.h>

#include "daemons/agent/containerizer/native/isolators/linux_isolators.h"
#include "daemons/agent/containerizer/native/isolators/seccomp_isolator.h"

using namespace meseta;
using namespace meseta::agent;
using containerizer::LaunchSpec;
using mesos::v1::CapabilityInfo;

namespace {

template <typename Change> IsolatedContainer containerWith(Change change)
{
    IsolatedContainer container;
    container.spec.container.emplace().set_type(mesos::v1::ContainerInfo::MESOS);
    change(*container.spec.container);
    return container;
}

struct Outcome
{
    LaunchSpec launch;
    std::string error;
};

Outcome prepare(Isolator &isolator, const IsolatedContainer &container)
{
    Outcome outcome;
    isolator.prepare(container, outcome.launch, [&](const Result<> &result) {
        if (!result)
            outcome.error = result.error().message;
    });
    return outcome;
}

constexpr std::uint64_t bit(int capability)
{
    return std::uint64_t(1) << capability;
}

const char *profile(const char *rules)
{
    static std::string text;
    text = R"({"defaultAction":"SCMP_ACT_ALLOW","archMap":[],"syscalls":[)" + std::string(rules)
        + "]}";
    return text.c_str();
}

} // namespace

class TestLinuxIsolators : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void capabilitiesOfTheTaskGoBeforeTheAgents()
    {
        Capabilities isolator(bit(0), bit(0) | bit(5));
        auto outcome = prepare(isolator, containerWith([](auto &) {}));
        QCOMPARE(outcome.launch.capabilities->effective, bit(0));
        QCOMPARE(outcome.launch.capabilities->bounding, bit(0) | bit(5));
        outcome = prepare(
            isolator, containerWith([](auto &info) {
                info.mutable_linux_info()->mutable_effective_capabilities()->add_capabilities(
                    CapabilityInfo::KILL);
            }));
        QCOMPARE(outcome.launch.capabilities->effective, bit(5));
        QCOMPARE(outcome.launch.capabilities->ambient, bit(5));
        Capabilities nothing(std::nullopt, std::nullopt);
        QVERIFY(!prepare(nothing, containerWith([](auto &) {})).launch.capabilities);
    }

    void capabilitiesBeyondTheBoundsAreRefused()
    {
        Capabilities isolator(std::nullopt, bit(5));
        const auto effective = prepare(
            isolator, containerWith([](auto &info) {
                info.mutable_linux_info()->mutable_effective_capabilities()->add_capabilities(
                    CapabilityInfo::SYS_ADMIN);
            }));
        QVERIFY2(effective.error.find("SYS_ADMIN") != std::string::npos, effective.error.c_str());
        const auto bounding = prepare(
            isolator, containerWith([](auto &info) {
                info.mutable_linux_info()->mutable_bounding_capabilities()->add_capabilities(
                    CapabilityInfo::SYS_ADMIN);
            }));
        QVERIFY(bounding.error.find("--bounding_capabilities") != std::string::npos);
    }

    void limitsNeedBothOrNeither()
    {
        ResourceLimits isolator;
        const auto limit = [&](std::optional<int> soft, std::optional<int> hard) {
            return prepare(isolator, containerWith([&](auto &info) {
                               auto *added = info.mutable_rlimit_info()->add_rlimits();
                               added->set_type(mesos::v1::RLimitInfo::RLimit::RLMT_CORE);
                               if (soft)
                                   added->set_soft(static_cast<std::uint64_t>(*soft));
                               if (hard)
                                   added->set_hard(static_cast<std::uint64_t>(*hard));
                           }));
        };
        QCOMPARE(limit(1, 2).launch.limits.at(0).soft, std::uint64_t(1));
        QCOMPARE(limit({}, {}).launch.limits.at(0).hard, std::uint64_t(RLIM_INFINITY));
        QVERIFY(limit(1, {}).error.find("RLMT_CORE has only one") != std::string::npos);
        QVERIFY(limit(3, 2).error.find("above its hard limit") != std::string::npos);
    }

    void theDefaultProfileCompiles()
    {
        const auto profile = SeccompProfile::parse(defaultSeccompProfile());
        QVERIFY2(profile, profile ? "" : profile.error().message.c_str());
        const auto without = profile->compile(0);
        const auto with = profile->compile(~std::uint64_t(0));
        QVERIFY(without && with);
        QVERIFY(without->size() % sizeof(sock_filter) == 0 && !without->empty());
        QVERIFY(*without != *with); // some calls come with capabilities
    }

    void profilesThatAreWrongSayWhere_data()
    {
        QTest::addColumn<QString>("rules");
        QTest::addColumn<QString>("part");
        const auto row = [](const char *name, const char *rules, const char *part) {
            QTest::newRow(name) << QString::fromLatin1(rules) << QString::fromLatin1(part);
        };
        row("no args",
            R"({"names":["read"],"action":"SCMP_ACT_ALLOW","includes":{},"excludes":{}})",
            "syscalls[0]: it has no 'args'");
        row("no names",
            R"({"names":[],"action":"SCMP_ACT_ERRNO","args":[],"includes":{},"excludes":{}})",
            "names is empty");
        row("unknown call",
            R"({"names":["reed"],"action":"SCMP_ACT_ERRNO","args":[],"includes":{},"excludes":{}})",
            "'reed' is no system call");
        row("unknown action",
            R"({"names":["read"],"action":"DENY","args":[],"includes":{},"excludes":{}})",
            "'DENY' is no action");
        row("unknown capability",
            R"({"names":["read"],"action":"SCMP_ACT_ERRNO","args":[],"includes":{"caps":["X"]},"excludes":{}})",
            "'X' is no capability");
    }
    void profilesThatAreWrongSayWhere()
    {
        QFETCH(QString, rules);
        QFETCH(QString, part);
        const auto parsed = SeccompProfile::parse(profile(rules.toLatin1().constData()));
        QVERIFY(!parsed);
        QVERIFY2(QString::fromStdString(parsed.error().message).contains(part),
                 parsed.error().message.c_str());
    }

    void aTaskNamesItsProfile()
    {
        QTemporaryDir folder;
        QFile file(folder.filePath(QStringLiteral("quiet.json")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(profile(
            R"({"names":["sync"],"action":"SCMP_ACT_ERRNO","args":null,"includes":{},"excludes":{}})"));
        file.close();
        auto isolator = SeccompIsolator::create({folder.path().toStdString(), {}});
        QVERIFY(isolator);
        const auto with = [&](const std::function<void(mesos::v1::SeccompInfo &)> &change) {
            return prepare(**isolator, containerWith([&](auto &info) {
                change(*info.mutable_linux_info()->mutable_seccomp());
            }));
        };
        const auto byDefault = prepare(**isolator, containerWith([](auto &) {}));
        const auto named = with([](auto &s) { s.set_profile_name("quiet.json"); });
        QVERIFY(!named.launch.seccompFilter.empty());
        QVERIFY(named.launch.seccompFilter != byDefault.launch.seccompFilter);
        QVERIFY(with([](auto &s) { s.set_unconfined(true); }).launch.seccompFilter.empty());
        QVERIFY(with([](auto &) {}).error.find("needs a profile_name") != std::string::npos);
        QVERIFY(with([](auto &s) { s.set_profile_name("../quiet.json"); }).error.find("../quiet")
                != std::string::npos);
        QVERIFY(with([](auto &s) {
                    s.set_unconfined(true);
                    s.set_profile_name("quiet.json");
                }).error.find("and unconfined=true; give one")
                != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestLinuxIsolators)
#include "tst_linux_isolators.moc"
