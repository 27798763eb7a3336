#include <QTest>

#include "common/base/qt_clock.h"
#include "common/zookeeper/contender.h"
#include "common/zookeeper/membership.h"
#include "common/zookeeper/session.h"
#include "gui/session/contender_watch.h"
#include "tests/support/missing.h"
#include "tests/support/zookeeper/ensemble.h"

using namespace meseta;
using namespace meseta::console;
using meseta::test::ZookeeperEnsemble;

namespace {

/// A master that stands for election, with a session of its own.
struct Standing
{
    Standing(const zookeeper::Url &url, const std::string &id, unsigned port)
        : session(url, {}, clock), contender(session, url.path, clock)
    {
        mesos::v1::MasterInfo info;
        info.set_id(id);
        info.set_ip(0x0100007f);
        info.set_port(port);
        info.set_hostname("host-" + id);
        info.set_version("1.11.0");
        info.mutable_address()->set_ip("127.0.0.1");
        info.mutable_address()->set_hostname("host-" + id);
        info.mutable_address()->set_port(static_cast<int>(port));
        session.open();
        contender.contend(zookeeper::masterText(info));
    }

    QtClock clock;
    zookeeper::Session session;
    zookeeper::Contender contender;
};

} // namespace

/// Who stands for election, as a real ensemble tells it.
class ContenderWatchTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void tellsThemInTheirOrder();
    void followsWhoComesAndGoes();
    void whatCannotBeReadIsNamedByItsNode();
    void saysWhyNothingIsKnown();

private:
    zookeeper::Url url(const char *path) const
    {
        return *zookeeper::Url::parse(m_ensemble.url(QString::fromLatin1(path)).toStdString());
    }

    ZookeeperEnsemble m_ensemble{1};
};

void ContenderWatchTest::initTestCase()
{
    if (!test::hasZookeeper())
        MESETA_MISSING(QStringLiteral("ZooKeeper is not installed"));
    const auto started = m_ensemble.start();
    QVERIFY2(started, started ? "" : started.error().message.c_str());
}

void ContenderWatchTest::tellsThemInTheirOrder()
{
    Standing first(url("/order"), "a", 5050);
    QTRY_VERIFY_WITH_TIMEOUT(!first.contender.node().empty(), 30000);
    Standing second(url("/order"), "b", 5051);
    QTRY_VERIFY_WITH_TIMEOUT(!second.contender.node().empty(), 30000);
    ContenderWatch watch(m_ensemble.url(QStringLiteral("/order")));
    QTRY_COMPARE_WITH_TIMEOUT(watch.contenders().size(), 2, 30000);
    const Contender leader = watch.contenders().first();
    QCOMPARE(leader.id, QStringLiteral("a"));
    QCOMPARE(leader.address, QStringLiteral("127.0.0.1:5050"));
    QCOMPARE(leader.hostname, QStringLiteral("host-a"));
    QCOMPARE(leader.version, QStringLiteral("1.11.0"));
    QCOMPARE(leader.session, static_cast<qint64>(first.session.sessionId()));
    QVERIFY(leader.since > 1.7e9); // the server's clock
    QVERIFY(leader.number < watch.contenders().last().number);
    QCOMPARE(watch.contenders().last().id, QStringLiteral("b"));
    QVERIFY(watch.isConnected());
    QVERIFY(watch.problem().isEmpty());
}

void ContenderWatchTest::followsWhoComesAndGoes()
{
    auto first = std::make_unique<Standing>(url("/changes"), "a", 5050);
    QTRY_VERIFY_WITH_TIMEOUT(!first->contender.node().empty(), 30000);
    ContenderWatch watch(m_ensemble.url(QStringLiteral("/changes")));
    QTRY_COMPARE_WITH_TIMEOUT(watch.contenders().size(), 1, 30000);
    Standing second(url("/changes"), "b", 5051);
    QTRY_COMPARE_WITH_TIMEOUT(watch.contenders().size(), 2, 30000);
    first.reset(); // its session ends, and its node with it
    QTRY_COMPARE_WITH_TIMEOUT(watch.contenders().size(), 1, 30000);
    QCOMPARE(watch.contenders().first().id, QStringLiteral("b"));
}

void ContenderWatchTest::whatCannotBeReadIsNamedByItsNode()
{
    QtClock clock;
    zookeeper::Session session(url("/strange"), {}, clock);
    session.open();
    bool made = false;
    session.createPath("/strange", [&](const zookeeper::Answer<void> &) {
        session.create(
            "/strange/json.info_", "<b>no master</b>", zookeeper::CreateMode::EphemeralSequential,
            [&](const zookeeper::Answer<std::string> &path) { made = path.has_value(); });
    });
    QTRY_VERIFY_WITH_TIMEOUT(made, 30000);
    ContenderWatch watch(m_ensemble.url(QStringLiteral("/strange")));
    QTRY_COMPARE_WITH_TIMEOUT(watch.contenders().size(), 1, 30000);
    QVERIFY(watch.contenders().first().address.isEmpty());
    QVERIFY(watch.contenders().first().node.startsWith(QStringLiteral("json.info_")));
}

void ContenderWatchTest::saysWhyNothingIsKnown()
{
    ContenderWatch wrong(QStringLiteral("localhost:2181"));
    QVERIFY(!wrong.problem().isEmpty());
    QVERIFY(!wrong.isConnected());
    ContenderWatch nobody(QStringLiteral("zk://127.0.0.1:1/mesos"));
    QVERIFY(!nobody.isConnected());
    ContenderWatch empty(m_ensemble.url(QStringLiteral("/nothing/here")));
    QTRY_VERIFY_WITH_TIMEOUT(!empty.problem().isEmpty(), 30000);
    QVERIFY(empty.contenders().isEmpty());
}

QTEST_GUILESS_MAIN(ContenderWatchTest)
#include "tst_contender_watch.moc"
