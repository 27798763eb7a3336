#include <QtTest>

#include <arpa/inet.h>

#include "common/base/simulated_clock.h"
#include "common/zookeeper/contender.h"
#include "common/zookeeper/detector.h"
#include "common/zookeeper/lease.h"
#include "common/zookeeper/membership.h"
#include "tests/common/zookeeper/fake_ensemble.h"

using namespace meseta;
using namespace meseta::zookeeper;
using namespace std::chrono_literals;
using meseta::test::FakeClient;
using meseta::test::FakeEnsemble;

namespace {

mesos::v1::MasterInfo masterAt(const std::string &id, unsigned port)
{
    mesos::v1::MasterInfo info;
    info.set_id(id);
    info.set_ip(htonl(INADDR_LOOPBACK));
    info.set_port(port);
    info.set_pid("master@127.0.0.1:" + std::to_string(port));
    info.set_hostname("127.0.0.1");
    info.set_version("1.11.0");
    info.mutable_address()->set_hostname("127.0.0.1");
    info.mutable_address()->set_ip("127.0.0.1");
    info.mutable_address()->set_port(static_cast<int>(port));
    info.add_capabilities()->set_type(mesos::v1::MasterInfo::Capability::AGENT_UPDATE);
    return info;
}

} // namespace

class TestZookeeperGroup : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void membersAreToldByTheirNames()
    {
        QCOMPARE(Member::parse("json.info_0000000012")->number, 12);
        QCOMPARE(Member::parse("json.info_0000000012")->label, "json.info");
        QCOMPARE(Member::parse("info_0000000003")->label, "info");
        QCOMPARE(Member::parse("0000000004")->label, "");
        QVERIFY(!Member::parse("log_replicas"));
        QVERIFY(!Member::parse("json.info_"));
        QVERIFY(!Member::parse("json.info_12x"));
        QCOMPARE(leaderOf({"log_replicas", "json.info_0000000012", "info_0000000003"})->number, 3);
        QVERIFY(!leaderOf({"log_replicas"}));
    }

    void masterTextIsWhatOthersRead()
    {
        // As the recorded master wrote it, but for its values.
        QCOMPARE(masterText(masterAt("c9e40c09", 15450)),
                 "{\"address\":{\"hostname\":\"127.0.0.1\",\"ip\":\"127.0.0.1\",\"port\":15450},"
                 "\"capabilities\":[{\"type\":\"AGENT_UPDATE\"}],\"hostname\":\"127.0.0.1\","
                 "\"id\":\"c9e40c09\",\"ip\":16777343,\"pid\":\"master@127.0.0.1:15450\","
                 "\"port\":15450,\"version\":\"1.11.0\"}");
    }

    void readsWhatMastersEverWrote()
    {
        const auto info = masterAt("x", 5050);
        QCOMPARE(parseMaster(*Member::parse("json.info_1"), masterText(info))->pid(), info.pid());
        QCOMPARE(parseMaster(*Member::parse("info_1"), info.SerializeAsString())->port(), 5050u);
        QCOMPARE(parseMaster(*Member::parse("1"), "master@10.0.0.1:5051")->port(), 5051u);
        QVERIFY(!parseMaster(*Member::parse("1"), "10.0.0.1"));
        QVERIFY(!parseMaster(*Member::parse("json.info_1"), "{\"id\":\"x\"}"));
        QVERIFY(!parseMaster(*Member::parse("other_1"), "{}"));
    }

    void theFirstLeadsAndTheNextFollows()
    {
        const auto a = ensemble->client();
        const auto b = ensemble->client();
        Contender first(*a, "/mesos", clock);
        Contender second(*b, "/mesos", clock);
        Detector detector(*b, "/mesos", clock);
        detector.start();
        settle();
        QVERIFY(!detector.leader());
        first.contend(masterText(masterAt("a", 1)));
        settle();
        QCOMPARE(first.node(), "json.info_0000000000");
        QCOMPARE(detector.leader()->id(), "a");
        second.contend(masterText(masterAt("b", 2)));
        settle();
        QCOMPARE(detector.leader()->id(), "a");
        QCOMPARE(detector.contenders(), std::size_t(2));
        first.withdraw();
        settle();
        QCOMPARE(detector.leader()->id(), "b");
        QCOMPARE(first.node(), "");
    }

    void aCutContenderLosesItsNode()
    {
        const auto a = ensemble->client(10s);
        const auto watching = ensemble->client();
        Contender contender(*a, "/mesos", clock);
        Detector detector(*watching, "/mesos", clock);
        detector.start();
        contender.contend(masterText(masterAt("a", 1)));
        settle();
        QVERIFY(detector.leader());
        QSignalSpy lost(&contender, &Contender::lost);
        a->cut();
        clock.advance(9s);
        QVERIFY(detector.leader());
        QCOMPARE(lost.count(), 0);
        clock.advance(2s);
        QVERIFY(!detector.leader());
        QCOMPARE(lost.count(), 1);
        a->restore();
        clock.advance(5s);
        QVERIFY(!detector.leader()); // it enters again only when it is told to
        contender.contend(masterText(masterAt("a2", 1)));
        settle();
        QCOMPARE(detector.leader()->id(), "a2");
    }

    void aShortCutLosesNothing()
    {
        const auto a = ensemble->client(10s);
        Contender contender(*a, "/mesos", clock);
        Detector detector(*a, "/mesos", clock);
        detector.start();
        contender.contend("{}");
        settle();
        const std::string node = contender.node();
        QSignalSpy changed(&detector, &Detector::leaderChanged);
        a->cut();
        clock.advance(5s);
        a->restore();
        clock.advance(60s);
        QCOMPARE(contender.node(), node);
        QCOMPARE(changed.count(), 0);
    }

    void removesNodesWhoseMakingWasNotAnswered()
    {
        const auto a = ensemble->client();
        Contender contender(*a, "/mesos", clock);
        settle();
        a->loseAnswers(true);
        contender.contend(masterText(masterAt("a", 1)));
        clock.advance(10s);
        QCOMPARE(contender.node(), "");
        a->loseAnswers(false);
        clock.advance(10s);
        QCOMPARE(ensemble->childrenOf("/mesos"), std::vector<std::string>{contender.node()});
    }

    void aChangeOfMindIsCarriedOut()
    {
        const auto a = ensemble->client();
        Contender contender(*a, "/mesos", clock);
        contender.contend("1");
        contender.withdraw();
        contender.contend("2");
        settle();
        QCOMPARE(ensemble->childrenOf("/mesos").size(), std::size_t(1));
        QCOMPARE(*ensemble->dataOf("/mesos/" + contender.node()), "2");
        contender.contend("3");
        contender.withdraw();
        settle();
        QVERIFY(ensemble->childrenOf("/mesos").empty());
    }

    void tellsWhenSomebodyRemovesTheNode()
    {
        const auto a = ensemble->client();
        Contender contender(*a, "/mesos", clock);
        contender.contend("1");
        settle();
        QSignalSpy lost(&contender, &Contender::lost);
        ensemble->erase("/mesos/" + contender.node());
        settle();
        QCOMPARE(lost.count(), 1);
    }

    void aLeaderThatCannotBeReadIsNone()
    {
        const auto a = ensemble->client();
        Detector detector(*a, "/mesos", clock);
        detector.start();
        settle();
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("cannot be read")));
        ensemble->put("/mesos/json.info_0000000001", "nonsense");
        settle();
        QVERIFY(!detector.leader());
        ensemble->put("/mesos/json.info_0000000002", masterText(masterAt("b", 2)));
        settle();
        QVERIFY(!detector.leader()); // the smallest number leads, whatever it wrote
        ensemble->erase("/mesos/json.info_0000000001");
        settle();
        QCOMPARE(detector.leader()->id(), "b");
    }

    void theLeaseEndsBeforeTheSessionMay()
    {
        const auto a = ensemble->client(10s);
        Lease lease(*a, clock);
        lease.start();
        settle();
        QVERIFY(lease.isHeld());
        clock.advance(60s);
        QVERIFY(lease.isHeld()); // renewed all the while
        a->cut();
        clock.advance(6s);
        QVERIFY(!lease.isHeld()); // the session still lives
        a->restore();
        settle();
        QVERIFY(lease.isHeld()); // and so it may be renewed
        a->expireNow();
        clock.advance(3ms);
        QVERIFY(!lease.isHeld());
        settle();
        QVERIFY(lease.isHeld()); // by the next session
    }

    void init() { ensemble = std::make_unique<FakeEnsemble>(clock); }
    void cleanup() { ensemble.reset(); }

private:
    void settle() { clock.advance(100ms); }

    SimulatedClock clock;
    std::unique_ptr<FakeEnsemble> ensemble;
};

QTEST_GUILESS_MAIN(TestZookeeperGroup)
#include "tst_zookeeper_group.moc"
