#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QStandardPaths>
#include <QTableView>
#include <QTest>

#include "gui/inspect/log_panel.h"
#include "gui/launch/launch_dialog.h"
#include "gui/model/replica.h"
#include "gui/session/master_session.h"
#include "gui/views/cluster_view.h"
#include "gui/views/deed_dialog.h"
#include "gui/views/main_window.h"
#include "gui/views/table_page.h"
#include "gui/widgets/language.h"
#include "gui/widgets/message_bar.h"
#include "gui/widgets/table_view.h"
#include "tests/system/support/docker_cluster.h"

using namespace meseta;
using namespace meseta::console;
using namespace meseta::test;

/// The console's window on a real cluster: it shows the agent, launches a Docker task, follows what
/// the task writes and kills it, as a person would by its form, table and buttons.
class ConsoleOnClusterTest : public QObject
{
    Q_OBJECT

    DockerCluster m_cluster;
    std::unique_ptr<MainWindow> m_window;

    QTableView *table(const char *name) const
    {
        return m_window->findChild<QTableView *>(QLatin1String(name));
    }
    const TaskRow *task(const QString &name) const;

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() { m_window.reset(); }
    void showsTheAgent();
    void launchesReadsAndKills();
    void reservesAndGivesBack();
    void theBlastRadiusIsWhatIsTouched();
    void seesTheAgentGoAndComeBack();
};

void ConsoleOnClusterTest::initTestCase()
{
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(QStringLiteral("MesetaTest"));
    QCoreApplication::setApplicationName(QStringLiteral("tst_console_on_cluster"));
    QSettings().clear();
    Language::use(QStringLiteral("en"));
    if (const auto missing = DockerCluster::missing(); !missing.isEmpty())
        MESETA_MISSING(missing);
    auto started = m_cluster.start();
    if (started)
        started = m_cluster.publishScript(
            QStringLiteral("library/speaker"),
            "echo first line; n=0; while :; do n=$((n+1)); echo line $n; sleep 0.2; done");
    QVERIFY2(started, started ? "" : started.error().message.c_str());
    m_window = std::make_unique<MainWindow>();
    m_window->show();
    m_window->connectTo({QStringLiteral("127.0.0.1"), m_cluster.masterPort()});
    QTRY_COMPARE(m_window->session().state(), MasterSession::State::Live);
}

const TaskRow *ConsoleOnClusterTest::task(const QString &name) const
{
    const auto &tasks = m_window->replica().tasks();
    for (int slot = 0; slot < tasks.slotCount(); ++slot) {
        if (tasks.isLive(slot) && tasks.at(slot).name == name)
            return &tasks.at(slot);
    }
    return nullptr;
}

void ConsoleOnClusterTest::showsTheAgent()
{
    QVERIFY(!m_window->session().isStock());
    QTRY_COMPARE(table("agents")->model()->rowCount(), 1);
    QCOMPARE(table("tasks")->model()->rowCount(), 0);
}

void ConsoleOnClusterTest::launchesReadsAndKills()
{
    m_window->openLaunchDialog();
    LaunchDialog *dialog = m_window->launchDialog();
    QVERIFY(dialog);
    LaunchRequest request;
    request.image = QStringLiteral("library/speaker");
    request.name = QStringLiteral("speaker");
    request.memory = 64;
    dialog->setRequest(request);
    auto *launch = dialog->findChild<QPushButton *>(QStringLiteral("launch"));
    QVERIFY(launch->isEnabled());
    QTest::mouseClick(launch, Qt::LeftButton);

    QTRY_VERIFY_WITH_TIMEOUT(task(QStringLiteral("speaker")), 15000);
    QTRY_COMPARE_WITH_TIMEOUT(task(QStringLiteral("speaker"))->state, mesos::v1::TASK_RUNNING,
                              30000);
    QTRY_COMPARE(table("frameworks")->model()->rowCount(), 1);

    // It was selected by itself, so the panel below follows its stdout.
    QTRY_VERIFY2_WITH_TIMEOUT(
        m_window->log().shownText().startsWith(QStringLiteral("first line\nline 1\n")),
        qPrintable(m_window->log().shownText()), 15000);
    const auto read = m_window->log().shownText().size();
    QTRY_VERIFY(m_window->log().shownText().size() > read);

    // Restarted, the same runs again under another id; killed, it can be launched again.
    const QString before = task(QStringLiteral("speaker"))->id;
    m_window->view()->run(QStringLiteral("object.restart"));
    auto *restart = m_window->findChild<DeedDialog *>();
    QVERIFY(restart);
    QTest::mouseClick(restart->findChild<QPushButton *>(QStringLiteral("go")), Qt::LeftButton);
    const auto running = [&] {
        const TaskRow *found = nullptr;
        m_window->replica().tasks().forEach([&](const TaskRow &row) {
            if (row.state == mesos::v1::TASK_RUNNING)
                found = &row;
        });
        return found;
    };
    QTRY_VERIFY_WITH_TIMEOUT(running() && running()->id != before, 30000);
    QCOMPARE(running()->image, QStringLiteral("library/speaker"));
    const QString again = running()->key;
    m_window->view()->showObject({ObjectRef::Kind::Task, again});

    auto &inspector = m_window->view()->inspector();
    const auto kill = [&] {
        return inspector.findChild<QPushButton *>(QStringLiteral("action.kill"));
    };
    QTRY_VERIFY(kill() && kill()->isEnabled());
    QTest::mouseClick(kill(), Qt::LeftButton);
    auto *question = m_window->findChild<DeedDialog *>();
    QVERIFY(question);
    QCOMPARE(question->radius().tasks.size(), 1);
    QTest::mouseClick(question->findChild<QPushButton *>(QStringLiteral("go")), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(m_window->replica().tasks().find(again)->state,
                              mesos::v1::TASK_KILLED, 20000);
    QCOMPARE(m_cluster.containers(true), QStringList());
}

/// What a task was launched with stays reserved for its role when it has ended, until it is given
/// back; and then it can be reserved again.
void ConsoleOnClusterTest::reservesAndGivesBack()
{
    ClusterView &view = *m_window->view();
    m_window->openLaunchDialog();
    LaunchDialog *dialog = m_window->launchDialog();
    LaunchRequest request;
    request.image = QStringLiteral("library/speaker");
    request.name = QStringLiteral("settler");
    request.cpus = 0.25;
    request.memory = 64;
    request.reserve = true;
    dialog->setRequest(request);
    auto *launch = dialog->findChild<QPushButton *>(QStringLiteral("launch"));
    QVERIFY(!launch->isEnabled()); // for whom?
    dialog->findChild<QLineEdit *>(QStringLiteral("role"))->setText(QStringLiteral("web"));
    QVERIFY(launch->isEnabled());
    QTest::mouseClick(launch, Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(task(QStringLiteral("settler"))
                                 && task(QStringLiteral("settler"))->state
                                     == mesos::v1::TASK_RUNNING,
                             45000);
    const auto agent = [this] {
        const AgentRow *found = nullptr;
        m_window->replica().agents().forEach([&](const AgentRow &row) { found = &row; });
        return found;
    };
    const QString reserved = QStringLiteral("web: 0.25 CPUs, 64 MiB");
    QTRY_COMPARE(agent()->reserved, reserved);
    QVERIFY(agent()->freeReservations.isEmpty()); // the task runs on it
    view.showObject({ObjectRef::Kind::Task, task(QStringLiteral("settler"))->key});
    const auto agree = [&](const char *deed) {
        view.run(QStringLiteral("object.") + QLatin1String(deed));
        auto *question = m_window->findChild<DeedDialog *>();
        if (!question)
            return QString();
        const QString consequence = question->radius().consequence;
        QTest::mouseClick(question->findChild<QPushButton *>(QStringLiteral("go")), Qt::LeftButton);
        delete question;
        return consequence;
    };
    QVERIFY(!agree("kill").isEmpty());
    QTRY_VERIFY_WITH_TIMEOUT(!agent()->freeReservations.isEmpty(), 30000);
    QCOMPARE(agent()->reserved, reserved);

    view.showPage(ClusterView::Agents);
    view.showObject({ObjectRef::Kind::Agent, agent()->id});
    QVERIFY(agree("unreserve").contains(reserved));
    QTRY_COMPARE(agent()->reserved, QString());
    QTRY_VERIFY2(view.messages().text().contains(QStringLiteral("unreserved")),
                 qPrintable(view.messages().text()));
    QVERIFY(view.messages().runAction());
    QTRY_COMPARE(agent()->reserved, reserved);
    QTRY_VERIFY(!agent()->freeReservations.isEmpty());
    QVERIFY(!agree("unreserve").isEmpty());
    QTRY_COMPARE(agent()->reserved, QString());
}

/// Of three instances two are killed and one is restarted: what the question named ends, in the
/// console and in the engine, and nothing else.
void ConsoleOnClusterTest::theBlastRadiusIsWhatIsTouched()
{
    ClusterView &view = *m_window->view();
    m_window->openLaunchDialog();
    LaunchRequest request;
    request.image = QStringLiteral("library/redis"); // which ends at once when it is told to
    request.command = QStringLiteral("--port 0 --unixsocket /tmp/redis.sock");
    request.name = QStringLiteral("chorus");
    request.memory = 64;
    request.instances = 3;
    m_window->launchDialog()->setRequest(request);
    QTest::mouseClick(m_window->launchDialog()->findChild<QPushButton *>(QStringLiteral("launch")),
                      Qt::LeftButton);
    const auto running = [this] {
        QSet<QString> keys;
        m_window->replica().tasks().forEach([&](const TaskRow &row) {
            if (row.state == mesos::v1::TASK_RUNNING)
                keys.insert(row.key);
        });
        return keys;
    };
    QTRY_COMPARE_WITH_TIMEOUT(running().size(), 3, 60000);
    const auto agree = [&](const QStringList &keys, const char *deed) {
        QTableView &tasks = view.tablePage(ClusterView::Tasks)->view();
        view.showPage(ClusterView::Tasks);
        tasks.clearSelection();
        for (int row = 0; row < tasks.model()->rowCount(); ++row) {
            if (keys.contains(view.tablePage(ClusterView::Tasks)->model().keyOfRow(row)))
                tasks.selectionModel()->select(tasks.model()->index(row, 0),
                                               QItemSelectionModel::Select
                                                   | QItemSelectionModel::Rows);
        }
        if (keys.size() == 1)
            view.showObject({ObjectRef::Kind::Task, keys.first()});
        view.run(QStringLiteral("object.") + QLatin1String(deed));
        auto *question = m_window->findChild<DeedDialog *>();
        QSet<QString> named;
        if (!question)
            return named;
        for (const ObjectRef &task : question->radius().tasks)
            named.insert(task.key);
        QTest::mouseClick(question->findChild<QPushButton *>(QStringLiteral("go")), Qt::LeftButton);
        delete question;
        return named;
    };

    const QSet<QString> all = running();
    const QString stays = *all.begin();
    QSet<QString> named = agree((all - QSet<QString>{stays}).values(), "kill");
    QCOMPARE(named, all - QSet<QString>{stays});
    QTRY_COMPARE_WITH_TIMEOUT(running(), QSet<QString>{stays}, 30000);
    QTRY_COMPARE_WITH_TIMEOUT(m_cluster.containers(true).size(), 1, 30000);

    named = agree({stays}, "restart");
    QCOMPARE(named, QSet<QString>{stays});
    QTRY_VERIFY_WITH_TIMEOUT(running().size() == 1 && !running().contains(stays), 60000);
    QTRY_COMPARE_WITH_TIMEOUT(m_cluster.containers(true).size(), 1, 30000);
    named = running();
    QCOMPARE(agree(named.values(), "kill"), named);
    QTRY_VERIFY_WITH_TIMEOUT(running().isEmpty(), 30000);
    QTRY_COMPARE_WITH_TIMEOUT(m_cluster.containers(true), QStringList(), 20000);
}

/// Pushed, not polled: an agent that leaves goes from the table, and one that comes is in it.
void ConsoleOnClusterTest::seesTheAgentGoAndComeBack()
{
    const auto active = [this] {
        const auto &agents = m_window->replica().agents();
        int count = 0;
        for (int slot = 0; slot < agents.slotCount(); ++slot)
            count += agents.isLive(slot) && agents.at(slot).active ? 1 : 0;
        return count;
    };
    QTRY_COMPARE(active(), 1);
    m_cluster.agent().stop();
    QTRY_COMPARE(active(), 0);
    const auto back = m_cluster.startAgent();
    QVERIFY2(back, back ? "" : back.error().message.c_str());
    QTRY_COMPARE(active(), 1);
}

QTEST_MAIN(ConsoleOnClusterTest)
#include "tst_console_on_cluster.moc"
