#include <csignal>

#include <QtTest>

#include "common/base/qt_clock.h"
#include "common/zookeeper/session.h"
#include "tests/support/missing.h"
#include "tests/support/zookeeper/ensemble.h"

using namespace meseta;
using namespace meseta::zookeeper;
using meseta::test::ZookeeperEnsemble;

namespace {

/// The answer of one call, once it has come.
template <typename T> struct Waiter
{
    std::shared_ptr<std::optional<Answer<T>>> came = std::make_shared<std::optional<Answer<T>>>();

    Done<T> done() const
    {
        return [came = came](Answer<T> answer) { *came = std::move(answer); };
    }
    Answer<T> wait() const
    {
        if (!QTest::qWaitFor([this] { return came->has_value(); }, 10000))
            return tl::unexpected(Failure{Code::Other, "no answer within 10 s"});
        return **came;
    }
};

Answer<std::string> create(Client &client, const std::string &path, const std::string &data,
                           CreateMode mode = CreateMode::Persistent)
{
    const Waiter<std::string> waiter;
    client.create(path, data, mode, waiter.done());
    return waiter.wait();
}

Answer<Node> get(Client &client, const std::string &path, Client::Changed changed = {})
{
    const Waiter<Node> waiter;
    client.get(path, waiter.done(), std::move(changed));
    return waiter.wait();
}

Answer<Stat> set(Client &client, const std::string &path, const std::string &data,
                 std::int32_t version = anyVersion)
{
    const Waiter<Stat> waiter;
    client.set(path, data, version, waiter.done());
    return waiter.wait();
}

Answer<std::vector<std::string>> list(Client &client, const std::string &path,
                                      Client::Changed changed = {})
{
    const Waiter<std::vector<std::string>> waiter;
    client.children(path, waiter.done(), std::move(changed));
    return waiter.wait();
}

Answer<void> createPath(Client &client, const std::string &path)
{
    const Waiter<void> waiter;
    client.createPath(path, waiter.done());
    return waiter.wait();
}

} // namespace

class TestZookeeperSession : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (!test::hasZookeeper())
            MESETA_MISSING(QStringLiteral("ZooKeeper (apt install zookeeper)"));
        const auto started = m_ensemble.start();
        QVERIFY2(started, started ? "" : started.error().message.c_str());
    }

    void keepsNodesWithVersions()
    {
        const auto session = open();
        QVERIFY(createPath(*session, "/versions/a/b"));
        QVERIFY(createPath(*session, "/versions/a/b")); // again is no error
        QCOMPARE(set(*session, "/versions/a/b", "one")->version, 1);
        QCOMPARE(set(*session, "/versions/a/b", "two", 0).error().code, Code::BadVersion);
        QCOMPARE(set(*session, "/versions/a/b", "two", 1)->version, 2);
        const auto node = get(*session, "/versions/a/b");
        QCOMPARE(node->data, "two");
        QCOMPARE(node->stat.version, 2);
        QCOMPARE(node->stat.owner, std::int64_t(0));
        QCOMPARE(get(*session, "/versions/nothing").error().code, Code::NoNode);
        QCOMPARE(create(*session, "/versions/a", "").error().code, Code::NodeExists);
        QCOMPARE(create(*session, "/versions/x/y", "").error().code, Code::NoNode);

        const Waiter<void> removed;
        session->remove("/versions/a", anyVersion, removed.done());
        QCOMPARE(removed.wait().error().code, Code::NotEmpty);
        const Waiter<void> synced;
        session->sync("/versions", synced.done());
        QVERIFY(synced.wait());
    }

    void keepsBytesAsTheyAre()
    {
        const auto session = open();
        std::string data(256 * 1024, '\0');
        for (std::size_t i = 0; i < data.size(); ++i)
            data[i] = static_cast<char>(i * 31);
        QVERIFY(create(*session, "/bytes", data));
        QVERIFY(get(*session, "/bytes")->data == data);
        QCOMPARE(set(*session, "/bytes", {})->version, 1);
        QCOMPARE(get(*session, "/bytes")->data, std::string());
        QCOMPARE(
            create(*session, "/large", std::string(Session::maxCallBytes + 1, 'x')).error().code,
            Code::Other);
        QVERIFY(session->isConnected()); // it was not tried on the servers
    }

    void doesAllOfATransactionOrNothing()
    {
        const auto session = open();
        QVERIFY(createPath(*session, "/multi/fence"));
        const Waiter<std::vector<OperationResult>> done;
        session->multi({Operation::check("/multi/fence", 0), Operation::create("/multi/a", "1"),
                        Operation::create("/multi/n-", "", CreateMode::PersistentSequential),
                        Operation::set("/multi/a", "2", 0)},
                       done.done());
        const auto results = done.wait();
        QVERIFY(results);
        QCOMPARE(results->at(1).path, "/multi/a");
        QVERIFY(results->at(2).path.starts_with("/multi/n-00000"));
        QCOMPARE(results->at(3).stat.version, 1);

        const Waiter<std::vector<OperationResult>> fenced;
        session->multi({Operation::set("/multi/a", "3"), Operation::check("/multi/fence", 7),
                        Operation::remove("/multi/a")},
                       fenced.done());
        const auto refused = fenced.wait();
        QCOMPARE(refused.error().code, Code::BadVersion);
        QVERIFY2(refused.error().message.find("/multi/fence") != std::string::npos,
                 refused.error().message.c_str());
        QCOMPARE(get(*session, "/multi/a")->data, "2");
    }

    void tellsChangesOnce()
    {
        const auto session = open();
        const auto other = open();
        QVERIFY(createPath(*session, "/watched"));
        int changes = 0;
        int comings = 0;
        QVERIFY(get(*session, "/watched", [&] { ++changes; }));
        QVERIFY(list(*session, "/watched", [&] { ++comings; }));
        int madeLater = 0;
        const Waiter<std::optional<Stat>> absent;
        session->stat("/watched/x", absent.done(), [&] { ++madeLater; });
        QVERIFY(absent.wait() && !absent.wait()->has_value());

        QVERIFY(set(*other, "/watched", "1"));
        QTRY_COMPARE(changes, 1);
        QVERIFY(set(*other, "/watched", "2"));
        QVERIFY(create(*other, "/watched/x", ""));
        QTRY_COMPARE(comings, 1);
        QTRY_COMPARE(madeLater, 1);
        QCOMPARE(changes, 1);
        QCOMPARE(list(*session, "/watched")->size(), std::size_t(1));
    }

    void closingRemovesEphemeralNodesAtOnce()
    {
        auto session = open();
        const auto other = open();
        QVERIFY(createPath(*session, "/group"));
        const auto made = create(*session, "/group/n-", "me", CreateMode::EphemeralSequential);
        QCOMPARE(get(*other, *made)->stat.owner, session->sessionId());
        bool gone = false;
        QVERIFY(list(*other, "/group", [&] { gone = true; }));
        QElapsedTimer timer;
        timer.start();
        session.reset();
        QTRY_VERIFY(gone);
        QVERIFY2(timer.elapsed() < 1500, "the session was left to expire");
        QCOMPARE(get(*other, *made).error().code, Code::NoNode);
    }

    void credentialsGuardNodes()
    {
        const auto owner = open("ann:secret");
        QVERIFY(createPath(*owner, "/guarded"));
        const auto stranger = open();
        QCOMPARE(get(*stranger, "/guarded")->data, std::string()); // the world reads
        QCOMPARE(set(*stranger, "/guarded", "x").error().code, Code::NoAuth);
        QCOMPARE(create(*stranger, "/guarded/x", "").error().code, Code::NoAuth);
        const auto again = open("ann:secret");
        QVERIFY(set(*again, "/guarded", "mine"));
        const auto wrong = open("ann:guess");
        QCOMPARE(set(*wrong, "/guarded", "x").error().code, Code::NoAuth);
    }

    void findsAnotherServerAndKeepsItsSession()
    {
        const auto session = open();
        QVERIFY(createPath(*session, "/kept"));
        QVERIFY(create(*session, "/kept/e", "", CreateMode::Ephemeral));
        bool changed = false;
        QVERIFY(get(*session, "/kept", [&] { changed = true; }));
        const std::int64_t id = session->sessionId();
        QSignalSpy expired(session.get(), &Client::expired);
        // One after the other is stopped and comes back: each client meets it at least once.
        for (int i = 0; i < m_ensemble.count(); ++i) {
            m_ensemble.stopServer(i);
            QTRY_VERIFY_WITH_TIMEOUT(get(*session, "/kept/e").has_value(), 10000);
            const auto back = m_ensemble.startServer(i);
            QVERIFY2(back, back ? "" : back.error().message.c_str());
        }
        QCOMPARE(session->sessionId(), id);
        QCOMPARE(expired.count(), 0);
        QTRY_VERIFY(set(*session, "/kept", "x").has_value());
        QTRY_VERIFY(changed);
    }

    void expiresByItsOwnClockAndComesBack()
    {
        const auto session = open({}, std::chrono::seconds(2));
        QSignalSpy lost(session.get(), &Client::disconnected);
        QSignalSpy expired(session.get(), &Client::expired);
        const std::int64_t id = session->sessionId();
        for (int i = 0; i < m_ensemble.count(); ++i)
            m_ensemble.stopServer(i);
        QTRY_COMPARE(lost.count(), 1);
        QElapsedTimer sinceLost;
        sinceLost.start();
        QTRY_COMPARE(expired.count(), 1);
        QVERIFY(sinceLost.elapsed() > 1500);
        QVERIFY(!session->isConnected());
        QCOMPARE(get(*session, "/").error().isPassing(), true);

        const auto started = m_ensemble.start();
        QVERIFY2(started, started ? "" : started.error().message.c_str());
        QTRY_VERIFY_WITH_TIMEOUT(session->isConnected(), 15000);
        QVERIFY(session->sessionId() != id);
        QTRY_VERIFY(createPath(*session, "/after").has_value());
    }

    void hearsFromTheEnsembleThatItExpired()
    {
        // Frozen servers: the client leaves them, and the session is over when they come back.
        const auto session = open({}, std::chrono::milliseconds(1000));
        const auto ids = session->sessionId();
        QSignalSpy expired(session.get(), &Client::expired);
        for (int i = 0; i < m_ensemble.count(); ++i)
            m_ensemble.signalServer(i, SIGSTOP);
        QTRY_VERIFY(!session->isConnected());
        QTRY_COMPARE(expired.count(), 1);
        for (int i = 0; i < m_ensemble.count(); ++i)
            m_ensemble.signalServer(i, SIGCONT);
        QTRY_VERIFY_WITH_TIMEOUT(session->isConnected(), 20000);
        QVERIFY(session->sessionId() != ids);
    }

    void saysWhenNoNameResolves()
    {
        Session session(*Url::parse("zk://no-such-host.invalid/x"), {}, m_clock);
        QSignalSpy trouble(&session, &Client::trouble);
        session.open();
        QTRY_COMPARE(trouble.count(), 1);
        QCOMPARE(get(session, "/x").error().code, Code::ConnectionLoss);
    }

    void tellsNothingOnceItIsGone()
    {
        auto session = open();
        bool told = false;
        session->get("/", [&](const auto &) { told = true; });
        session.reset();
        const auto later = open(); // what was under way would arrive before this one's answer
        QVERIFY(get(*later, "/"));
        QVERIFY(!told);
    }

private:
    std::unique_ptr<Session> openUnconnected(const std::string &credentials, Duration timeout)
    {
        const auto url =
            Url::parse(m_ensemble.url(QStringLiteral("/any"), QString::fromStdString(credentials))
                           .toStdString());
        auto session = std::make_unique<Session>(*url, SessionOptions{timeout}, m_clock);
        session->open();
        return session;
    }
    std::unique_ptr<Client> open(const std::string &credentials = {},
                                 Duration timeout = std::chrono::seconds(8))
    {
        auto session = openUnconnected(credentials, timeout);
        [&] { QTRY_VERIFY_WITH_TIMEOUT(session->isConnected(), 15000); }();
        return session;
    }

    QtClock m_clock;
    ZookeeperEnsemble m_ensemble{3};
};

QTEST_GUILESS_MAIN(TestZookeeperSession)
#include "tst_zookeeper_session.moc"
