#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QStandardPaths>
#include <QTest>
#include <QTreeView>

#include "gui/inspect/log_panel.h"
#include "gui/launch/launch_dialog.h"
#include "gui/views/main_window.h"
#include "gui/widgets/connection_banner.h"
#include "gui/widgets/language.h"
#include "tests/gui/support/fake_master.h"

using namespace meseta::console;
using Ours = ::meseta::v1::Event;

namespace {

void addScalar(google::protobuf::RepeatedPtrField<mesos::v1::Resource> *resources, const char *name,
               double value)
{
    auto *resource = resources->Add();
    resource->set_name(name);
    resource->set_type(mesos::v1::Value::SCALAR);
    resource->mutable_scalar()->set_value(value);
}

/// One agent at the fake master's own address (so that its files are read there), one framework,
/// one running task.
void fill(FakeMaster &master)
{
    auto *subscribed = master.snapshot.mutable_subscribed();
    subscribed->set_cluster("staging");
    auto *state = subscribed->mutable_get_state();
    auto *agent = state->mutable_get_agents()->add_agents();
    agent->mutable_agent_info()->mutable_id()->set_value("S0");
    agent->mutable_agent_info()->set_hostname("alpha");
    agent->set_active(true);
    agent->set_version("1.11.0");
    agent->set_pid("slave(1)@127.0.0.1:" + std::to_string(master.port()));
    addScalar(agent->mutable_total_resources(), "cpus", 4);
    addScalar(agent->mutable_total_resources(), "mem", 4096);
    addScalar(agent->mutable_allocated_resources(), "cpus", 1);
    auto *framework = state->mutable_get_frameworks()->add_frameworks();
    framework->mutable_framework_info()->mutable_id()->set_value("F");
    framework->mutable_framework_info()->set_name("<b>bold</b>");
    framework->mutable_framework_info()->set_user("root");
    framework->set_active(true);
    framework->set_connected(true);
    framework->set_recovered(false);
    auto *task = state->mutable_get_tasks()->add_tasks();
    task->set_name("<img src=http://127.0.0.1:1/x>");
    task->mutable_task_id()->set_value("t");
    task->mutable_framework_id()->set_value("F");
    task->mutable_agent_id()->set_value("S0");
    task->set_state(mesos::v1::TASK_RUNNING);
    addScalar(task->mutable_resources(), "cpus", 1);
}

MasterAddress addressOf(const FakeMaster &master)
{
    return {QStringLiteral("127.0.0.1"), master.port()};
}

QTreeView *table(MainWindow &window, const char *name)
{
    return window.findChild<QTreeView *>(QString::fromLatin1(name));
}

} // namespace

class MainWindowTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void showsWhatTheMasterTells();
    void followsEvents();
    void tailsTheSelectedTask();
    void reconnectsAndSaysWhatIsOld();
    void worksWithAStockMaster();
    void showsServerTextAsPlainText();
    void launchFormNamesWhatIsWrong();
    void switchesLanguageLive();
};

void MainWindowTest::initTestCase()
{
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(QStringLiteral("MesetaTest"));
    QCoreApplication::setApplicationName(QStringLiteral("tst_main_window"));
    QSettings().clear();
    Language::use(QStringLiteral("en"));
}

void MainWindowTest::showsWhatTheMasterTells()
{
    FakeMaster master;
    fill(master);
    MainWindow window;
    window.show();
    window.connectTo(addressOf(master));
    QTRY_COMPARE(window.session().state(), MasterSession::State::Live);
    QTRY_COMPARE(table(window, "tasks")->model()->rowCount(), 1);
    QCOMPARE(table(window, "agents")->model()->rowCount(), 1);
    QCOMPARE(table(window, "frameworks")->model()->rowCount(), 1);
    QTRY_VERIFY(window.windowTitle().contains(QStringLiteral("staging")));
}

void MainWindowTest::followsEvents()
{
    FakeMaster master;
    fill(master);
    MainWindow window;
    window.connectTo(addressOf(master));
    QTRY_COMPARE(table(window, "agents")->model()->rowCount(), 1);
    Ours event;
    event.set_type(Ours::OFFER_ADDED);
    auto *offer = event.mutable_offer_added()->mutable_offer();
    offer->mutable_id()->set_value("O1");
    offer->mutable_framework_id()->set_value("F");
    offer->mutable_agent_id()->set_value("S0");
    offer->set_hostname("alpha");
    master.send(event);
    QTRY_COMPARE(table(window, "offers")->model()->rowCount(), 1);
    Ours removed;
    removed.set_type(Ours::OFFER_REMOVED);
    removed.mutable_offer_removed()->mutable_offer_id()->set_value("O1");
    master.send(removed);
    QTRY_COMPARE(table(window, "offers")->model()->rowCount(), 0);
}

void MainWindowTest::tailsTheSelectedTask()
{
    FakeMaster master;
    fill(master);
    master.file = "first line\n";
    MainWindow window;
    window.connectTo(addressOf(master));
    QTRY_COMPARE(window.log().shownText(),
                 QStringLiteral("first line\n")); // the only task is selected by itself
    master.file += "второй\n";
    QTRY_VERIFY(window.log().shownText().endsWith(QStringLiteral("второй\n")));
}

void MainWindowTest::reconnectsAndSaysWhatIsOld()
{
    FakeMaster master;
    fill(master);
    MainWindow window;
    window.show();
    window.connectTo(addressOf(master));
    QTRY_COMPARE(window.session().state(), MasterSession::State::Live);
    auto *banner = window.findChild<ConnectionBanner *>();
    QVERIFY(!banner->isVisible());
    master.cut();
    QTRY_VERIFY(banner->isVisible());
    QVERIFY(banner->findChild<QLabel *>()->text().contains(QStringLiteral("not connected")));
    QTest::mouseClick(banner->findChild<QPushButton *>(), Qt::LeftButton);
    QTRY_COMPARE(window.session().state(), MasterSession::State::Live);
    QTRY_VERIFY(!banner->isVisible());
    QCOMPARE(master.subscriptions(), 2);
}

void MainWindowTest::worksWithAStockMaster()
{
    FakeMaster master;
    fill(master);
    master.setStock(true);
    MainWindow window;
    window.connectTo(addressOf(master));
    QTRY_COMPARE(window.session().state(), MasterSession::State::Live);
    QVERIFY(window.session().isStock());
    QTRY_COMPARE(table(window, "agents")->model()->rowCount(), 1);
}

void MainWindowTest::showsServerTextAsPlainText()
{
    FakeMaster master;
    fill(master);
    MainWindow window;
    window.connectTo(addressOf(master));
    QTRY_COMPARE(table(window, "tasks")->model()->rowCount(), 1);
    for (const QLabel *label : window.findChildren<QLabel *>())
        QVERIFY2(label->textFormat() == Qt::PlainText || !label->text().contains(QLatin1Char('<')),
                 qPrintable(label->text()));
}

void MainWindowTest::launchFormNamesWhatIsWrong()
{
    FakeMaster master;
    fill(master);
    MainWindow window;
    window.connectTo(addressOf(master));
    QTRY_COMPARE(table(window, "agents")->model()->rowCount(), 1);
    window.openLaunchDialog(QStringLiteral("S0"));
    LaunchDialog *dialog = window.launchDialog();
    QVERIFY(dialog);
    const auto enabled = [&] {
        return dialog->findChild<QPushButton *>(QStringLiteral("launch"))->isEnabled();
    };
    QVERIFY(!enabled());
    LaunchRequest request = dialog->request();
    QCOMPARE(request.agentId, QStringLiteral("S0"));
    request.image = QStringLiteral("library/redis");
    dialog->setRequest(request);
    QVERIFY(enabled());
    dialog->reject();
}

void MainWindowTest::switchesLanguageLive()
{
    MainWindow window;
    QVERIFY(window.findChild<QLineEdit *>()->placeholderText().contains(QStringLiteral("Filter")));
    Language::use(QStringLiteral("zh_CN"));
    QTRY_VERIFY(
        window.findChild<QLineEdit *>()->placeholderText().contains(QStringLiteral("筛选")));
    Language::use(QStringLiteral("en"));
}

QTEST_MAIN(MainWindowTest)
#include "tst_main_window.moc"
