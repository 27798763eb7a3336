#include <QTest>

#include "gui/model/failover_check.h"

using namespace meseta::console;

namespace {

FailoverFacts healthy()
{
    FailoverFacts facts;
    facts.flagsKnown = facts.usesZooKeeper = facts.registryKept = facts.contendersKnown = true;
    facts.standbys = {{QStringLiteral("10.0.0.2:5050"), QStringLiteral("1.11.0"), true},
                      {QStringLiteral("10.0.0.3:5050"), QStringLiteral("1.11.0"), true}};
    facts.leaderVersion = QStringLiteral("1.11.0");
    facts.servers = facts.serversReached = 3;
    facts.agents = 5;
    facts.frameworks = 1;
    facts.sessionSeconds = 10;
    facts.lastReturnSeconds = 1.5;
    return facts;
}

Tone verdict(const FailoverFacts &facts)
{
    return failoverVerdict(checkFailover(facts)).look.tone;
}

} // namespace

/// The rehearsal: what would stop a failover, what would only hurt it, and what is not known.
class FailoverCheckTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aSoundClusterWouldDo();
    void aLoneMasterWouldNot();
    void theEnsembleNeedsItsMajority();
    void standbysMustAnswer();
    void whatHurtsIsSaid();
    void whatIsNotKnownIsNotGuessed();
};

void FailoverCheckTest::aSoundClusterWouldDo()
{
    QCOMPARE(verdict(healthy()), Tone::Good);
    const auto answers = checkFailover(healthy());
    QCOMPARE(answers.size(), 6);
    QVERIFY(answers.first().text.contains(QStringLiteral("10.0.0.2:5050 is next")));
}

void FailoverCheckTest::aLoneMasterWouldNot()
{
    FailoverFacts facts = healthy();
    facts.standbys.clear();
    QCOMPARE(verdict(facts), Tone::Bad);
    facts = healthy();
    facts.usesZooKeeper = false;
    QCOMPARE(verdict(facts), Tone::Bad);
    QVERIFY(checkFailover(facts).first().text.contains(QStringLiteral("--zk")));
    facts = healthy();
    facts.registryKept = false;
    QCOMPARE(verdict(facts), Tone::Bad);
}

void FailoverCheckTest::theEnsembleNeedsItsMajority()
{
    FailoverFacts facts = healthy();
    facts.serversReached = 2;
    QCOMPARE(verdict(facts), Tone::Busy); // none may fail
    facts.serversReached = 1;
    QCOMPARE(verdict(facts), Tone::Bad);
    facts.servers = facts.serversReached = 1;
    QCOMPARE(verdict(facts), Tone::Busy);
}

void FailoverCheckTest::standbysMustAnswer()
{
    FailoverFacts facts = healthy();
    facts.standbys[1].healthy = false;
    QCOMPARE(verdict(facts), Tone::Busy);
    facts.standbys[0].healthy = false;
    QCOMPARE(verdict(facts), Tone::Bad);
    facts = healthy();
    facts.standbys[0].version = QStringLiteral("1.9.0");
    QCOMPARE(verdict(facts), Tone::Busy);
    QVERIFY(checkFailover(facts).first().text.contains(QStringLiteral("1.9.0")));
}

void FailoverCheckTest::whatHurtsIsSaid()
{
    FailoverFacts facts = healthy();
    facts.agentsAway = 2;
    QCOMPARE(verdict(facts), Tone::Busy);
    facts = healthy();
    facts.frameworksWithoutTimeout = {QStringLiteral("spark")};
    QCOMPARE(verdict(facts), Tone::Busy);
    QVERIFY(checkFailover(facts).at(4).text.contains(QStringLiteral("spark")));
}

void FailoverCheckTest::whatIsNotKnownIsNotGuessed()
{
    QCOMPARE(verdict(FailoverFacts{}), Tone::Muted);
    FailoverFacts facts = healthy();
    facts.sessionSeconds = 0; // one open question does not spoil the rest
    QCOMPARE(verdict(facts), Tone::Good);
    QCOMPARE(checkFailover(facts).last().look.tone, Tone::Muted);
}

QTEST_GUILESS_MAIN(FailoverCheckTest)
#include "tst_failover_check.moc"
