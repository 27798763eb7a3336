#include <QFile>
#include <QLabel>
#include <QSettings>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include "gui/model/replica.h"
#include "gui/session/master_session.h"
#include "gui/views/cluster_view.h"
#include "gui/views/inspector_panel.h"
#include "gui/views/main_window.h"
#include "gui/widgets/command_palette.h"
#include "gui/widgets/language.h"
#include "tests/gui/support/fake_master.h"
#include "tests/gui/support/sample_cluster.h"

using namespace meseta::console;

namespace {

double megabytes()
{
    QFile status(QStringLiteral("/proc/self/status"));
    if (!status.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &line : status.readAll().split('\n')) {
        if (line.startsWith("VmRSS:"))
            return line.mid(6).trimmed().split(' ').first().toDouble() / 1024;
    }
    return 0;
}

} // namespace

/// A server that means harm: the console shows its text as text, asks nobody else, and stays within
/// bounds.
class HostileMasterTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void markupStaysText();
    void hugeStringsAreCut();
    void anEndlessStreamStaysBounded();
    void rubbishEndsTheStreamOnly();

private:
    void connectTo(FakeMaster &master);

    std::unique_ptr<FakeMaster> m_master;
    std::unique_ptr<MainWindow> m_window;
};

void HostileMasterTest::initTestCase()
{
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(QStringLiteral("MesetaTest"));
    QCoreApplication::setApplicationName(QStringLiteral("tst_hostile_master"));
    QSettings().clear();
    Language::use(QStringLiteral("en"));
}

void HostileMasterTest::init()
{
    m_window.reset();
    m_master = std::make_unique<FakeMaster>();
    m_window = std::make_unique<MainWindow>();
    m_window->show();
}

void HostileMasterTest::connectTo(FakeMaster &master)
{
    m_window->connectTo({QStringLiteral("127.0.0.1"), master.port(), {}});
    QTRY_COMPARE(m_window->session().state(), MasterSession::State::Live);
}

void HostileMasterTest::markupStaysText()
{
    QTcpServer trap; // whoever follows the markup comes here
    QVERIFY(trap.listen(QHostAddress::LocalHost));
    const std::string evil = "<img src=http://127.0.0.1:" + std::to_string(trap.serverPort())
        + "/x><a href='http://127.0.0.1/'>b</a><style>*{color:red}</style>%1%2&amp;\n\x1b[31m";
    auto *state = sample::state(m_master->snapshot);
    m_master->snapshot.mutable_subscribed()->set_cluster(evil);
    auto agent = sample::agent(evil, 4);
    agent.mutable_agent_info()->set_hostname(evil);
    agent.set_version(evil);
    agent.set_pid("slave(1)@" + evil);
    *state->mutable_get_agents()->add_agents() = agent;
    *state->mutable_get_frameworks()->add_frameworks() = sample::framework(evil, evil, evil);
    auto task = sample::task(evil, evil, evil, mesos::v1::TASK_RUNNING, evil);
    auto *status = task.add_statuses();
    status->set_state(mesos::v1::TASK_RUNNING);
    status->mutable_task_id()->set_value(evil);
    status->set_message(evil);
    *state->mutable_get_tasks()->add_tasks() = task;
    connectTo(*m_master);
    QTRY_COMPARE(m_window->replica().tasks().size(), 1);
    m_master->send(sample::offerAdded(sample::offer(evil, evil, evil, 1), 1));
    QTRY_COMPARE(m_window->replica().offers().size(), 1);

    ClusterView &view = *m_window->view();
    for (int page = 0; page < ClusterView::pageCount; ++page) {
        m_window->showPage(page);
        QCoreApplication::processEvents();
        m_window->grab();
    }
    const QString id = QString::fromStdString(evil);
    for (const auto kind : {ObjectRef::Kind::Agent, ObjectRef::Kind::Framework,
                            ObjectRef::Kind::Offer, ObjectRef::Kind::Role}) {
        view.showObject({kind, id});
        m_window->grab();
    }
    view.showObject({ObjectRef::Kind::Task, Replica::taskKey(id, id)});
    m_window->commandPalette().open(QStringLiteral("img"));
    m_window->grab();
    for (const QLabel *label : m_window->findChildren<QLabel *>())
        QVERIFY2(label->textFormat() == Qt::PlainText || !label->text().contains(QLatin1Char('<')),
                 qPrintable(label->text()));
    for (const QWidget *widget : m_window->findChildren<QWidget *>())
        QVERIFY2(!widget->toolTip().contains(QLatin1String("<img")), qPrintable(widget->toolTip()));
    QCoreApplication::processEvents();
    QTcpSocket last; // whatever had been asked for would have come before this
    last.connectToHost(QHostAddress::LocalHost, trap.serverPort());
    QTRY_VERIFY_WITH_TIMEOUT(trap.hasPendingConnections(), 20000);
    QTRY_COMPARE(last.state(), QAbstractSocket::ConnectedState);
    QCOMPARE(trap.nextPendingConnection()->peerPort(), last.localPort());
}

void HostileMasterTest::hugeStringsAreCut()
{
    auto *state = sample::state(m_master->snapshot);
    auto task = sample::task("t", "F", "A", mesos::v1::TASK_RUNNING);
    task.set_name(std::string(100'000'000, 'x'));
    *state->mutable_get_tasks()->add_tasks() = task;
    connectTo(*m_master);
    QTRY_COMPARE_WITH_TIMEOUT(m_window->replica().tasks().size(), 1, 20000);
    QCOMPARE(m_window->replica().tasks().find(QStringLiteral("F/t"))->name.size(), 4096);
    m_window->showPage(ClusterView::Tasks);
    m_window->grab();
}

void HostileMasterTest::anEndlessStreamStaysBounded()
{
    connectTo(*m_master);
    const double before = megabytes();
    for (int round = 0; round < 60; ++round) {
        for (int i = 0; i < 1000; ++i) {
            auto task = sample::task("t" + std::to_string(round * 1000 + i), "F", "A",
                                     mesos::v1::TASK_FINISHED);
            m_master->send(sample::taskAdded(task, 1));
            sample::Event removed;
            removed.set_type(sample::Event::TASK_REMOVED);
            removed.mutable_task_removed()->mutable_framework_id()->set_value("F");
            removed.mutable_task_removed()->mutable_task_id()->set_value(
                "t" + std::to_string(round * 1000 + i));
            m_master->send(removed);
        }
        const QString newest = QStringLiteral("F/t%1").arg(round * 1000 + 999);
        QVERIFY(QTest::qWaitFor([&] { return m_window->replica().tasks().find(newest) != nullptr; },
                                60000));
    }
    QTRY_VERIFY_WITH_TIMEOUT(
        m_window->replica().tasks().find(QStringLiteral("F/t59999")) != nullptr, 60000);
    QVERIFY(m_window->replica().tasks().size() <= 20001); // ended ones are forgotten, oldest first
    QVERIFY(m_window->replica().events().size() <= 20000);
    QVERIFY2(megabytes() - before < 250, qPrintable(QString::number(megabytes() - before)));
}

void HostileMasterTest::rubbishEndsTheStreamOnly()
{
    connectTo(*m_master);
    m_master->sendRaw("12\nnot a record");
    QTRY_COMPARE(m_window->session().state(), MasterSession::State::Waiting);
    QVERIFY(!m_window->session().problem().isEmpty());
    QTRY_COMPARE(m_window->session().state(), MasterSession::State::Live); // it tries again
    m_master->sendRaw("99999999999999999999\n");
    QTRY_COMPARE(m_window->session().state(), MasterSession::State::Waiting);
}

QTEST_MAIN(HostileMasterTest)
#include "tst_hostile_master.moc"
