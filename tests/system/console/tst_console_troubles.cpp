#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include "gui/model/blast_radius.h"
#include "gui/model/replica.h"
#include "gui/session/cluster.h"
#include "gui/session/master_session.h"
#include "gui/views/cluster_view.h"
#include "gui/views/deed_dialog.h"
#include "gui/views/ha_page.h"
#include "gui/views/main_window.h"
#include "gui/views/table_page.h"
#include "gui/widgets/connection_banner.h"
#include "gui/widgets/language.h"
#include "gui/widgets/message_bar.h"
#include "gui/widgets/table_view.h"
#include "tests/system/ha/ha_cluster.h"
#include "tests/system/ha/ha_scheduler.h"

using namespace meseta;
using namespace meseta::console;
using namespace meseta::test;

namespace {

/// A wire between the console and a master that a test can cut: connections end, new ones are
/// refused until it is mended.
class Wire
{
public:
    explicit Wire(quint16 to) : m_to(to)
    {
        QObject::connect(&m_server, &QTcpServer::newConnection, [this] { join(); });
        mend();
    }

    quint16 port() const { return m_port; }
    void cut()
    {
        m_server.close();
        for (QTcpSocket *end : m_server.findChildren<QTcpSocket *>())
            end->abort();
    }
    bool mend()
    {
        const bool listens = m_server.listen(QHostAddress::LocalHost, m_port);
        m_port = m_server.serverPort();
        return listens;
    }

private:
    void join()
    {
        while (QTcpSocket *near = m_server.nextPendingConnection()) {
            near->setParent(&m_server);
            auto *far = new QTcpSocket(&m_server);
            far->connectToHost(QHostAddress::LocalHost, m_to);
            carry(near, far);
            carry(far, near);
        }
    }
    static void carry(QTcpSocket *from, QTcpSocket *to)
    {
        QObject::connect(from, &QTcpSocket::readyRead, to,
                         [from, to] { to->write(from->readAll()); });
        QObject::connect(from, &QTcpSocket::disconnected, to, &QTcpSocket::disconnectFromHost);
        QObject::connect(from, &QTcpSocket::disconnected, from, &QObject::deleteLater);
    }

    QTcpServer m_server;
    quint16 m_to;
    quint16 m_port = 0;
};

} // namespace

/// The console watches while what it watches breaks: the leader dies, the connection is cut.
class ConsoleTroublesTest : public QObject
{
    Q_OBJECT

    HaCluster m_cluster{2000};
    std::unique_ptr<MainWindow> m_window;

    QString bannerText() const
    {
        QStringList texts;
        for (const QLabel *label :
             m_window->view()->findChild<ConnectionBanner *>()->findChildren<QLabel *>())
            texts << label->text();
        return texts.join(QLatin1Char(' '));
    }
    bool bannerShows() const
    {
        return m_window->view()->findChild<ConnectionBanner *>()->isVisible();
    }
    QTableView &table(int page) const { return m_window->view()->tablePage(page)->view(); }
    int runningTasks() const { return m_window->replica().figures().runningTasks; }

private Q_SLOTS:
    void initTestCase();
    void cleanup() { m_window.reset(); }
    void aCutStream();
    void theLeaderDies();
    void theBlastRadiusIsWhatIsTouched();
    void theBlastRadiusOfADrain();

private:
    QSet<QString> running() const; ///< keys of the tasks that do
    void watchCluster();
    BlastRadius agree(const char *deed); ///< asks for it, and says yes to what the question named
    static QSet<QString> keysOf(const QList<ObjectRef> &objects);
    /// For a person to look at, where MESETA_PICTURES names a folder.
    void keepPicture(const char *name)
    {
        if (const QString folder = qEnvironmentVariable("MESETA_PICTURES"); !folder.isEmpty())
            QVERIFY(m_window->grab().save(folder + QLatin1Char('/') + QLatin1String(name)
                                          + QLatin1String(".png")));
    }
};

void ConsoleTroublesTest::initTestCase()
{
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(QStringLiteral("MesetaTest"));
    QCoreApplication::setApplicationName(QStringLiteral("tst_console_troubles"));
    QSettings().clear();
    Language::use(QStringLiteral("en"));
    if (!hasZookeeper())
        MESETA_MISSING(QStringLiteral("ZooKeeper is not installed"));
    const auto started = m_cluster.start(3, 2);
    QVERIFY2(started, started ? "" : started.error().message.c_str());
}

QSet<QString> ConsoleTroublesTest::running() const
{
    QSet<QString> keys;
    m_window->replica().tasks().forEach([&](const TaskRow &task) {
        if (task.state == mesos::v1::TASK_RUNNING)
            keys.insert(task.key);
    });
    return keys;
}

BlastRadius ConsoleTroublesTest::agree(const char *deed)
{
    m_window->view()->run(QStringLiteral("object.") + QLatin1String(deed));
    auto *question = m_window->findChild<DeedDialog *>();
    if (!question)
        return {};
    const BlastRadius radius = question->radius();
    QTest::mouseClick(question->findChild<QPushButton *>(QStringLiteral("go")), Qt::LeftButton);
    delete question;
    return radius;
}

QSet<QString> ConsoleTroublesTest::keysOf(const QList<ObjectRef> &objects)
{
    QSet<QString> keys;
    for (const ObjectRef &object : objects)
        keys.insert(object.key);
    return keys;
}

/// What is shown stays, greyed and with its age; the banner counts down to the next try, and when
/// the wire is whole again the console is, too.
void ConsoleTroublesTest::aCutStream()
{
    const int leader = m_cluster.awaitLeader();
    QVERIFY(leader >= 0);
    Wire wire(m_cluster.master(leader).port());
    m_window = std::make_unique<MainWindow>();
    m_window->show();
    m_window->connectTo({QStringLiteral("127.0.0.1"), wire.port(), {}});
    QTRY_COMPARE_WITH_TIMEOUT(m_window->session().state(), MasterSession::State::Live, 20000);
    m_window->showPage(ClusterView::Agents);
    QTRY_COMPARE_WITH_TIMEOUT(table(ClusterView::Agents).model()->rowCount(), 2, 20000);
    QVERIFY(!bannerShows());
    const QImage fresh = table(ClusterView::Agents).viewport()->grab().toImage();

    wire.cut();
    QTRY_COMPARE_WITH_TIMEOUT(m_window->session().state(), MasterSession::State::Waiting, 20000);
    QVERIFY(bannerShows());
    QCOMPARE(table(ClusterView::Agents).model()->rowCount(), 2);
    keepPicture("cut");
    QVERIFY(table(ClusterView::Agents).viewport()->grab().toImage() != fresh); // greyed
    QTRY_VERIFY2_WITH_TIMEOUT(bannerText().contains(QStringLiteral("Next try in 3 s.")),
                              qPrintable(bannerText()), 20000);
    QTRY_VERIFY2_WITH_TIMEOUT(bannerText().contains(QStringLiteral("Next try in 1 s.")),
                              qPrintable(bannerText()), 20000);
    QTRY_VERIFY2_WITH_TIMEOUT(bannerText().contains(QStringLiteral("seconds old")),
                              qPrintable(bannerText()), 20000);

    QVERIFY(wire.mend());
    QTRY_COMPARE_WITH_TIMEOUT(m_window->session().state(), MasterSession::State::Live, 30000);
    QVERIFY(!bannerShows());
    QCOMPARE(table(ClusterView::Agents).model()->rowCount(), 2);
    m_window->grab();
}

/// Connected through ZooKeeper. From the death of the leader to the end of the failover no page is
/// ever empty; the next leader is found without being told, and the page of the masters holds it.
void ConsoleTroublesTest::theLeaderDies()
{
    const auto address = MasterAddress::parse(m_cluster.url());
    QVERIFY2(address, address ? "" : address.error().message.c_str());
    m_window = std::make_unique<MainWindow>();
    m_window->show();
    m_window->connectTo(*address);
    QTRY_COMPARE_WITH_TIMEOUT(m_window->session().state(), MasterSession::State::Live, 30000);
    QTRY_COMPARE_WITH_TIMEOUT(table(ClusterView::Agents).model()->rowCount(), 2, 20000);
    HaScheduler scheduler(m_cluster.url(), m_cluster.file(QStringLiteral("starts")));
    scheduler.launchLasting(2);
    QTRY_COMPARE_WITH_TIMEOUT(runningTasks(), 2, 60000);

    int fewestAgents = 2, fewestTasks = 2, fewestFrameworks = 1;
    connect(&m_window->replica(), &Replica::flushed, m_window.get(), [&] {
        fewestAgents = std::min(fewestAgents, table(ClusterView::Agents).model()->rowCount());
        fewestTasks = std::min(fewestTasks, table(ClusterView::Tasks).model()->rowCount());
        fewestFrameworks =
            std::min(fewestFrameworks, table(ClusterView::Frameworks).model()->rowCount());
    });
    const int old = m_cluster.awaitLeader();
    QVERIFY(old >= 0);
    const quint16 oldPort = m_cluster.master(old).port();
    m_cluster.master(old).kill();
    QTRY_COMPARE_WITH_TIMEOUT(m_window->session().state(), MasterSession::State::Waiting, 20000);
    QVERIFY(bannerShows());
    QTRY_COMPARE_WITH_TIMEOUT(m_window->session().state(), MasterSession::State::Live, 60000);
    QVERIFY(m_window->session().address().port != oldPort);
    QVERIFY(!bannerShows());

    const auto activeAgents = [this] { return m_window->replica().figures().activeAgents; };
    QTRY_COMPARE_WITH_TIMEOUT(activeAgents(), 2, 60000);
    QTRY_COMPARE_WITH_TIMEOUT(runningTasks(), 2, 30000);
    QCOMPARE(fewestAgents, 2);
    QCOMPARE(fewestTasks, 2);
    QCOMPARE(fewestFrameworks, 1);

    m_window->showPage(ClusterView::Masters);
    QTRY_COMPARE_WITH_TIMEOUT(m_window->view()->cluster().failovers().size(), 1, 20000);
    const auto &failover = m_window->view()->cluster().failovers().first();
    QVERIFY(failover.found > failover.lost);
    QVERIFY(failover.leadership.has_value());
    QTRY_VERIFY_WITH_TIMEOUT(failover.leadership->has_all_agents_seconds(), 30000);
    QVERIFY2(failover.found - failover.lost < 30,
             qPrintable(QString::number(failover.found - failover.lost)));
    // Those who stand by, in their order, and the ensemble, as the page of the masters tells them.
    auto *page = m_window->view()->findChild<HaPage *>();
    QTRY_VERIFY_WITH_TIMEOUT(page->contenders(), 20000); // once the leader has told its ensemble
    const auto *contenders = page->contenders();
    QTRY_COMPARE_WITH_TIMEOUT(contenders->contenders().size(), 2, 30000);
    QCOMPARE(contenders->contenders().first().address.section(QLatin1Char(':'), 1).toInt(),
             static_cast<int>(m_window->session().address().port));
    const auto &servers = page->probe().servers();
    QTRY_VERIFY_WITH_TIMEOUT(std::all_of(servers.begin(), servers.end(),
                                         [](const auto &server) { return server.reached; }),
                             30000);
    keepPicture("masters");
}

/// A window that is live on the cluster and its two agents.
void ConsoleTroublesTest::watchCluster()
{
    const auto address = MasterAddress::parse(m_cluster.url());
    QVERIFY(address);
    m_window = std::make_unique<MainWindow>();
    m_window->show();
    m_window->connectTo(*address);
    QTRY_COMPARE_WITH_TIMEOUT(m_window->session().state(), MasterSession::State::Live, 30000);
    QTRY_COMPARE_WITH_TIMEOUT(m_window->replica().figures().activeAgents, 2, 60000);
}

/// What the question names is what ends, and nothing else: two tasks of one framework, while those
/// of another run on; an agent that is deactivated, with its tasks.
void ConsoleTroublesTest::theBlastRadiusIsWhatIsTouched()
{
    watchCluster();
    QVERIFY(!QTest::currentTestFailed());
    QSet<QString> frameworksBefore;
    m_window->replica().frameworks().forEach(
        [&](const FrameworkRow &row) { frameworksBefore.insert(row.id); });
    const int others = runningTasks();
    HaScheduler scheduler(m_cluster.url(), m_cluster.file(QStringLiteral("more-starts")));
    scheduler.launchLasting(2);
    QTRY_COMPARE_WITH_TIMEOUT(runningTasks(), others + 2, 60000);
    ObjectRef framework;
    m_window->replica().frameworks().forEach([&](const FrameworkRow &row) {
        if (!frameworksBefore.contains(row.id))
            framework = {ObjectRef::Kind::Framework, row.id};
    });
    QVERIFY(framework.isValid());
    QSet<QString> before = running();
    m_window->view()->showObject(framework);
    BlastRadius radius = agree("teardown");
    QCOMPARE(radius.tasks.size(), 2);
    QTRY_COMPARE_WITH_TIMEOUT(runningTasks(), others, 30000);
    QCOMPARE(before - running(), keysOf(radius.tasks));

    before = running();
    const QString agent = m_window->replica().agents().at(0).id;
    m_window->view()->showObject({ObjectRef::Kind::Agent, agent});
    radius = agree("deactivate");
    QCOMPARE(keysOf(radius.objects), QSet<QString>{agent});
    QVERIFY(radius.tasks.isEmpty());
    const auto deactivated = [this] {
        QSet<QString> keys;
        m_window->replica().agents().forEach([&](const AgentRow &row) {
            if (row.deactivated)
                keys.insert(row.id);
        });
        return keys;
    };
    QTRY_COMPARE_WITH_TIMEOUT(deactivated(), keysOf(radius.objects), 30000);
    QCOMPARE(running(), before);
    QVERIFY(m_window->view()->messages().runAction()); // and back
    QTRY_VERIFY_WITH_TIMEOUT(deactivated().isEmpty(), 30000);
}

/// An agent is drained: what the question named ends, what runs elsewhere runs on, and when the
/// agent is empty the way back is offered.
void ConsoleTroublesTest::theBlastRadiusOfADrain()
{
    watchCluster();
    QVERIFY(!QTest::currentTestFailed());
    // Schedulers that are gone acknowledge nothing: an agent with their tasks is never empty.
    QList<ObjectRef> gone;
    m_window->replica().frameworks().forEach([&](const FrameworkRow &row) {
        if (!row.completed)
            gone.append({ObjectRef::Kind::Framework, row.id});
    });
    for (const ObjectRef &framework : std::as_const(gone)) {
        m_window->view()->showObject(framework);
        agree("teardown");
    }
    QTRY_VERIFY_WITH_TIMEOUT(running().isEmpty(), 60000);
    HaScheduler scheduler(m_cluster.url(), m_cluster.file(QStringLiteral("drained-starts")));
    scheduler.launchLasting(3);
    QTRY_COMPARE_WITH_TIMEOUT(running().size(), 3, 60000);
    const QSet<QString> before = running();
    const QString agent = m_window->replica().tasks().find(*before.begin())->agentId;
    QSet<QString> onIt;
    for (const QString &key : before) {
        if (m_window->replica().tasks().find(key)->agentId == agent)
            onIt.insert(key);
    }

    m_window->view()->showObject({ObjectRef::Kind::Agent, agent});
    const BlastRadius radius = agree("drain");
    QCOMPARE(keysOf(radius.objects), QSet<QString>{agent});
    QCOMPARE(keysOf(radius.tasks), onIt);
    const auto drain = [&] { return m_window->replica().agents().find(agent)->drain; };
    QTRY_VERIFY_WITH_TIMEOUT(!drain().isEmpty(), 30000);
    QTRY_VERIFY_WITH_TIMEOUT(!running().intersects(onIt), 60000);
    QCOMPARE(before - running(), keysOf(radius.tasks));
    for (const ObjectRef &offer : radius.offers)
        QTRY_VERIFY_WITH_TIMEOUT(!m_window->replica().offers().find(offer.key), 30000);

    MessageBar &messages = m_window->view()->messages();
    QTRY_VERIFY2_WITH_TIMEOUT(messages.text().contains(QStringLiteral("is drained")),
                              qPrintable(messages.text()), 60000);
    QVERIFY(messages.runAction()); // and back
    QTRY_VERIFY_WITH_TIMEOUT(drain().isEmpty(), 30000);
    QTRY_VERIFY_WITH_TIMEOUT(!m_window->replica().agents().find(agent)->deactivated, 30000);
    QVERIFY(running().contains(before - onIt));
}

QTEST_MAIN(ConsoleTroublesTest)
#include "tst_console_troubles.moc"
