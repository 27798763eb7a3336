#include <QTest>

#include "gui/model/fair_share.h"
#include "gui/model/replica.h"
#include "tests/gui/support/sample_cluster.h"

using namespace meseta::console;

namespace {

FairShareRole role(const char *name, double cpus, double memory, double weight = 1)
{
    FairShareRole role;
    role.name = QLatin1String(name);
    role.task.cpus = cpus;
    role.task.memory = memory;
    role.weight = weight;
    return role;
}

QList<int> tasks(const Amounts &total, const QList<FairShareRole> &roles)
{
    QList<int> counts;
    for (const FairShareOutcome &outcome : fairShares(total, roles))
        counts << outcome.tasks;
    return counts;
}

Amounts cluster(double cpus, double memory)
{
    Amounts total;
    total.cpus = cpus;
    total.memory = memory;
    return total;
}

} // namespace

/// What the shares would be: figures that can be reckoned by hand.
class FairShareTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void dominantSharesAreEvened();
    void weightsTellMore();
    void whoWantsLittleLeavesTheRest();
    void quotaLimitsAndGuarantees();
    void quotaOfEveryResource();
    void amountsAsTyped();
    void nothingIsAskedFor();
    void largeClustersAreDoneSoon();
    void startsFromTheCluster();
};

/// The example of the DRF paper (Ghodsi et al. 2011): 9 CPUs and 18 GB; A takes <1, 4>, B <3, 1>.
void FairShareTest::dominantSharesAreEvened()
{
    const auto outcomes = fairShares(cluster(9, 18), {role("a", 1, 4), role("b", 3, 1)});
    QCOMPARE(outcomes[0].tasks, 3);
    QCOMPARE(outcomes[1].tasks, 2);
    QCOMPARE(outcomes[0].share, 12.0 / 18);
    QCOMPARE(outcomes[1].share, 6.0 / 9);
}

void FairShareTest::weightsTellMore()
{
    QCOMPARE(tasks(cluster(12, 12), {role("a", 1, 1, 2), role("b", 1, 1)}), (QList<int>{8, 4}));
}

void FairShareTest::whoWantsLittleLeavesTheRest()
{
    FairShareRole modest = role("a", 1, 1);
    modest.most = 2;
    QCOMPARE(tasks(cluster(12, 12), {modest, role("b", 1, 1)}), (QList<int>{2, 10}));
}

void FairShareTest::quotaLimitsAndGuarantees()
{
    FairShareRole limited = role("a", 1, 1);
    limited.limit.cpus = 3;
    QCOMPARE(tasks(cluster(12, 12), {limited, role("b", 1, 1)}), (QList<int>{3, 9}));
    FairShareRole guaranteed = role("a", 1, 1);
    guaranteed.guarantee.cpus = 9;
    QCOMPARE(tasks(cluster(12, 12), {guaranteed, role("b", 1, 1)}), (QList<int>{9, 3}));
}

/// Of every kind of resource, and a limit of nothing is one.
void FairShareTest::quotaOfEveryResource()
{
    FairShareRole limited = role("a", 1, 1);
    limited.limit.memory = 4;
    QCOMPARE(tasks(cluster(12, 12), {limited, role("b", 1, 1)}), (QList<int>{4, 8}));
    limited.limit = FairShareRole::unlimited;
    limited.limit.cpus = 0;
    QCOMPARE(tasks(cluster(12, 12), {limited, role("b", 1, 1)}), (QList<int>{0, 12}));
    FairShareRole guaranteed = role("a", 1, 1);
    guaranteed.guarantee.cpus = 8;
    guaranteed.guarantee.memory = 8;
    QCOMPARE(tasks(cluster(12, 12), {guaranteed, role("b", 1, 1, 100)}).first() >= 8, true);
}

void FairShareTest::amountsAsTyped()
{
    const auto read = parseAmounts(QStringLiteral("cpus:2, mem:1.5GiB; disk:10G gpus:1"));
    QVERIFY(read);
    QCOMPARE(read->cpus, 2.0);
    QCOMPARE(read->memory, 1536.0);
    QCOMPARE(read->disk, 10240.0);
    QCOMPARE(read->gpus, 1.0);
    QCOMPARE(typedAmounts(*read), QStringLiteral("cpus:2 mem:1.5GiB disk:10GiB gpus:1"));
    QCOMPARE(parseAmounts(QString(), -1)->cpus, -1.0);
    QCOMPARE(typedAmounts(FairShareRole::unlimited, -1), QString());
    QCOMPARE(typedAmounts(*parseAmounts(QStringLiteral("cpus:0"), -1), -1),
             QStringLiteral("cpus:0"));
    for (const char *wrong : {"2", "cpus", "cpus:", "cpus:-1", "mem:lots", "ports:1", "cpus:nan"})
        QVERIFY2(!parseAmounts(QString::fromLatin1(wrong)), wrong);
}

void FairShareTest::nothingIsAskedFor()
{
    QCOMPARE(tasks(cluster(12, 12), {role("a", 0, 0), role("b", 1, 1)}), (QList<int>{0, 12}));
    QCOMPARE(tasks(cluster(0, 0), {role("a", 1, 1)}), QList<int>{0});
    QVERIFY(fairShares(cluster(1, 1), {}).isEmpty());
}

void FairShareTest::largeClustersAreDoneSoon()
{
    const auto counts = tasks(cluster(200000, 800000), {role("a", 0.5, 1), role("b", 0.5, 1, 3)});
    QVERIFY2(std::abs(counts[0] - 100000) < 1000, qPrintable(QString::number(counts[0])));
    QVERIFY2(std::abs(counts[1] - 300000) < 1000, qPrintable(QString::number(counts[1])));
}

void FairShareTest::startsFromTheCluster()
{
    Replica replica;
    auto first = sample::snapshot();
    auto *state = sample::state(first);
    *state->mutable_get_agents()->add_agents() = sample::agent("A", 8);
    *state->mutable_get_frameworks()->add_frameworks() = sample::framework("F", "f", "web");
    *state->mutable_get_tasks()->add_tasks() =
        sample::task("t", "F", "A", mesos::v1::TASK_RUNNING, "web");
    replica.apply(first);
    replica.flush();
    const auto roles = rolesAsTheyAre(replica);
    QCOMPARE(roles.size(), 1);
    QCOMPARE(roles.first().name, QStringLiteral("web"));
    QCOMPARE(roles.first().task.cpus, 1.0);
    QCOMPARE(roles.first().task.memory, 256.0);
    QCOMPARE(roles.first().shareNow, 1.0 / 8);
    // And from its quotas and weights, once they are known.
    RoleSettings settings;
    settings.weight = 3;
    settings.guaranteed.cpus = 2;
    settings.limited = FairShareRole::unlimited;
    settings.limited->memory = 4096;
    replica.setRoleSettings({{QStringLiteral("web"), settings}});
    replica.flush();
    const FairShareRole web = rolesAsTheyAre(replica).first();
    QCOMPARE(web.weight, 3.0);
    QCOMPARE(web.guarantee.cpus, 2.0);
    QCOMPARE(web.limit.memory, 4096.0);
    QCOMPARE(web.limit.cpus, -1.0);
}

QTEST_GUILESS_MAIN(FairShareTest)
#include "tst_fair_share.moc"
