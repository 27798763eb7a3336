#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QStandardPaths>
#include <QTableView>
#include <QTest>

#include "gui/inspect/log_panel.h"
#include "gui/launch/launch_dialog.h"
#include "gui/model/replica.h"
#include "gui/session/cluster.h"
#include "gui/session/master_session.h"
#include "gui/session/playback.h"
#include "gui/views/cluster_view.h"
#include "gui/views/deed_dialog.h"
#include "gui/views/inspector_panel.h"
#include "gui/views/main_window.h"
#include "gui/views/table_page.h"
#include "gui/widgets/command_palette.h"
#include "gui/widgets/connection_banner.h"
#include "gui/widgets/event_list.h"
#include "gui/widgets/filter_bar.h"
#include "gui/widgets/language.h"
#include "gui/widgets/message_bar.h"
#include "gui/widgets/message_row.h"
#include "gui/widgets/notice_button.h"
#include "gui/widgets/theme.h"
#include "tests/gui/support/fake_master.h"
#include "tests/gui/support/sample_cluster.h"

using namespace meseta::console;

namespace {

/// One agent at the fake master's own address (so that its files are read there), one framework,
/// one running task.
void fill(FakeMaster &master)
{
    auto *subscribed = master.snapshot.mutable_subscribed();
    subscribed->set_cluster("staging");
    auto *state = subscribed->mutable_get_state();
    auto agent = sample::agent("S0", 4, 1);
    agent.mutable_agent_info()->set_hostname("alpha");
    agent.set_pid("slave(1)@127.0.0.1:" + std::to_string(master.port()));
    *state->mutable_get_agents()->add_agents() = agent;
    *state->mutable_get_frameworks()->add_frameworks() = sample::framework("F", "<b>bold</b>");
    auto task = sample::task("t", "F", "S0", mesos::v1::TASK_RUNNING);
    task.set_name("<img src=http://127.0.0.1:1/x>");
    *state->mutable_get_tasks()->add_tasks() = task;
}

MasterAddress addressOf(const FakeMaster &master)
{
    return {QStringLiteral("127.0.0.1"), master.port()};
}

QTableView *table(MainWindow &window, const char *name)
{
    return window.findChild<QTableView *>(QString::fromLatin1(name));
}

double luminance(const QColor &color)
{
    const auto part = [](float value) {
        return value <= 0.03928 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * part(color.redF()) + 0.7152 * part(color.greenF())
        + 0.0722 * part(color.blueF());
}

double contrast(const QColor &a, const QColor &b)
{
    const double x = luminance(a) + 0.05, y = luminance(b) + 0.05;
    return std::max(x, y) / std::min(x, y);
}

/// A window on a master that tells of one agent and one task.
struct Connected
{
    Connected()
    {
        fill(master);
        window.show();
        window.connectTo(addressOf(master));
    }

    FakeMaster master;
    MainWindow window;
};

} // namespace

class MainWindowTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void showsWhatTheMasterTells();
    void followsEvents();
    void whatGoesLeavesNothingSelected();
    void newestEventsFillTheirRoom();
    void asksForTheRoomOfOnePage();
    void aHiddenPageLeavesTheInspectorAlone();
    void tailsTheSelectedTask();
    void reconnectsAndSaysWhatIsOld();
    void worksWithAStockMaster();
    void showsServerTextAsPlainText();
    void launchFormNamesWhatIsWrong();
    void switchesLanguageLive();
    void takesTheSignsOfAChineseInputMethod();
    void thePaletteLeadsToObjects();
    void theInspectorLeadsBothWays();
    void asksBeforeItActs();
    void actsOnSeveralAtOnceAndBack();
    void messagesWithAWayBackStay();
    void messagesOfOneSubjectShareARow();
    void whatIsBeingKilledHasNoUndo();
    void troublesAreListed();
    void severalClustersSideBySide();
    void goesBackInTime();
    void followsTheTheme();
    void tellsHowTheNextLeaderCameBack();
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
    Connected connected;
    auto &[master, window] = connected;
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
    master.send(sample::offerAdded(sample::offer("O1", "F", "S0", 3), 1000));
    QTRY_COMPARE(table(window, "offers")->model()->rowCount(), 1);
    master.send(sample::offerRemoved("O1", sample::Event::OfferRemoved::DECLINED, 1001));
    QTRY_COMPARE(table(window, "offers")->model()->rowCount(), 0);
}

void MainWindowTest::newestEventsFillTheirRoom()
{
    Replica replica;
    for (int i = 0; i < 100; ++i)
        replica.noteConnection(true, QStringLiteral("master"), {});
    EventList list(replica);
    list.resize(400, 6 * Theme::rowHeight());
    list.show();
    list.refresh();
    QCOMPARE(list.count(), 7);
    list.resize(400, 12 * Theme::rowHeight()); // nothing happens any more, and the window grows
    QCOMPARE(list.count(), 13);
}

void MainWindowTest::asksForTheRoomOfOnePage()
{
    Connected connected;
    auto &[master, window] = connected;
    QTRY_COMPARE(window.session().state(), MasterSession::State::Live);
    const auto needed = [&window] { return window.view()->minimumSizeHint().height(); };
    window.showPage(ClusterView::Agents);
    const int small = window.view()->tablePage(ClusterView::Agents)->minimumSizeHint().height();
    QTRY_VERIFY2(needed() < small + 60, qPrintable(QString::number(needed())));
    window.showPage(ClusterView::Overview);
    QTRY_VERIFY(needed() > 2 * small);
    window.showPage(ClusterView::Agents);
    QTRY_VERIFY(needed() < small + 60);
}

/// Neither does another row take its place: it would be acted on unasked for.
void MainWindowTest::whatGoesLeavesNothingSelected()
{
    Connected connected;
    auto &[master, window] = connected;
    QTRY_COMPARE(table(window, "agents")->model()->rowCount(), 1);
    for (const char *offer : {"O1", "O2", "O3"})
        master.send(sample::offerAdded(sample::offer(offer, "F", "S0", 1), 1000));
    QTRY_COMPARE(table(window, "offers")->model()->rowCount(), 3);
    window.showPage(ClusterView::Offers);
    window.view()->showObject({ObjectRef::Kind::Offer, QStringLiteral("O2")});
    QTRY_VERIFY(window.view()->tablePage(ClusterView::Offers)->currentKey() == QLatin1String("O2"));
    master.send(sample::offerRemoved("O2", sample::Event::OfferRemoved::DECLINED, 1001));
    QTRY_COMPARE(table(window, "offers")->model()->rowCount(), 2);
    QVERIFY(!table(window, "offers")->currentIndex().isValid());
    QVERIFY(!table(window, "offers")->selectionModel()->hasSelection());
    QCOMPARE(window.view()->inspector().object().key,
             QStringLiteral("O2")); // which says it is gone
}

void MainWindowTest::aHiddenPageLeavesTheInspectorAlone()
{
    Connected connected;
    auto &[master, window] = connected;
    QTRY_COMPARE(table(window, "tasks")->model()->rowCount(), 1);
    ClusterView *view = window.view();
    view->showObject({ObjectRef::Kind::Agent, QStringLiteral("S0")});
    TablePage *tasks = view->tablePage(ClusterView::Tasks);
    QTRY_VERIFY(!tasks->currentKey().isEmpty()); // the first is chosen as soon as there is one
    QCOMPARE(view->inspector().object().kind, ObjectRef::Kind::Agent);
    window.showPage(ClusterView::Tasks);
    QCOMPARE(view->inspector().object().key, tasks->currentKey());
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
    Connected connected;
    auto &[master, window] = connected;
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
    FakeMaster master;
    fill(master);
    MainWindow window;
    window.connectTo(addressOf(master));
    const auto *filter = window.view()->tablePage(ClusterView::Tasks);
    const auto hint = [&] {
        return const_cast<TablePage *>(filter)->filterBar().placeholderText();
    };
    QVERIFY(hint().contains(QStringLiteral("Filter")));
    Language::use(QStringLiteral("zh_CN"));
    QTRY_VERIFY(hint().contains(QStringLiteral("筛选")));
    Language::use(QStringLiteral("en"));
    QTRY_VERIFY(hint().contains(QStringLiteral("Filter")));
}

/// What is composed stands in the line until it is committed; the signs of the filter's language
/// are understood in either width, but for those in quotes.
void MainWindowTest::takesTheSignsOfAChineseInputMethod()
{
    Connected connected;
    auto &[master, window] = connected;
    QTRY_COMPARE(table(window, "tasks")->model()->rowCount(), 1);
    FilterBar &line = window.view()->tablePage(ClusterView::Tasks)->filterBar();
    const auto commit = [&line](const char *text) {
        QInputMethodEvent event;
        event.setCommitString(QString::fromUtf8(text));
        QCoreApplication::sendEvent(&line, &event);
    };
    QInputMethodEvent composing(QStringLiteral("yun xing"), {});
    QCoreApplication::sendEvent(&line, &composing);
    QCOMPARE(line.text(), QString());
    commit("state：运行");
    QCOMPARE(line.text(), QString::fromUtf8("state:运行"));
    commit(" cpus＞0 \"a：b\"");
    QCOMPARE(line.text(), QString::fromUtf8("state:运行 cpus>0 \"a：b\""));
}

void MainWindowTest::thePaletteLeadsToObjects()
{
    Connected connected;
    auto &[master, window] = connected;
    QTRY_COMPARE(table(window, "agents")->model()->rowCount(), 1);
    CommandPalette &palette = window.commandPalette();
    palette.open(QStringLiteral("@alph"));
    QVERIFY(palette.isVisible());
    QCOMPARE(palette.entries().size(), 1);
    QTest::keyClick(&palette.line(), Qt::Key_Return);
    QVERIFY(!palette.isVisible());
    QCOMPARE(window.view()->page(), int(ClusterView::Agents));
    QCOMPARE(window.view()->inspector().object().key, QStringLiteral("S0"));
}

void MainWindowTest::theInspectorLeadsBothWays()
{
    Connected connected;
    auto &[master, window] = connected;
    QTRY_COMPARE(table(window, "tasks")->model()->rowCount(), 1);
    ClusterView *view = window.view();
    view->showObject({ObjectRef::Kind::Task, QStringLiteral("F/t")});
    QCOMPARE(view->page(), int(ClusterView::Tasks));
    Q_EMIT view->inspector().linkChosen({ObjectRef::Kind::Framework, QStringLiteral("F")});
    QCOMPARE(view->page(), int(ClusterView::Frameworks));
    QCOMPARE(view->inspector().object().key, QStringLiteral("F"));
    view->inspector().back();
    QCOMPARE(view->inspector().object().key, QStringLiteral("F/t"));
    QCOMPARE(view->page(), int(ClusterView::Tasks));
}

void MainWindowTest::asksBeforeItActs()
{
    Connected connected;
    auto &[master, window] = connected;
    QTRY_COMPARE(window.session().state(), MasterSession::State::Live);
    QTRY_COMPARE(table(window, "tasks")->model()->rowCount(), 1);
    ClusterView *view = window.view();
    view->showObject({ObjectRef::Kind::Framework, QStringLiteral("F")});
    QTRY_VERIFY(view->inspector().findChild<QPushButton *>(QStringLiteral("action.teardown")));
    QTest::mouseClick(view->inspector().findChild<QPushButton *>(QStringLiteral("action.teardown")),
                      Qt::LeftButton);
    auto *dialog = view->findChild<DeedDialog *>();
    QVERIFY(dialog);
    QCOMPARE(dialog->radius().tasks.size(), 1);
    QVERIFY(!dialog->findChild<QPushButton *>(QStringLiteral("go"))->isDefault());
    dialog->reject();
    // A connection that is read-only offers nothing that changes the cluster, and says so.
    view->cluster().setReadOnly(true);
    QTRY_VERIFY(!view->inspector()
                     .findChild<QPushButton *>(QStringLiteral("action.teardown"))
                     ->isEnabled());
    window.openLaunchDialog(); // as Ctrl+L does
    QVERIFY(!view->launchDialog());
    const QString told = view->messages().text();
    QVERIFY2(told.contains(QStringLiteral("read-only")), qPrintable(told));
}

void MainWindowTest::actsOnSeveralAtOnceAndBack()
{
    using Call = mesos::v1::master::Call;
    FakeMaster master;
    fill(master);
    auto *agents = sample::state(master.snapshot)->mutable_get_agents();
    *agents->add_agents() = sample::agent("S1", 4);
    *agents->add_agents() = sample::agent("S2", 4);
    MainWindow window;
    window.show();
    window.connectTo(addressOf(master));
    QTRY_COMPARE(table(window, "agents")->model()->rowCount(), 3);
    ClusterView *view = window.view();
    window.showPage(ClusterView::Agents);
    table(window, "agents")->selectAll();
    // The inspector shows them together, and acts on all of them.
    const auto button = [&] {
        return view->inspector().findChild<QPushButton *>(QStringLiteral("action.deactivate"));
    };
    QTRY_VERIFY(button() && button()->text().contains(QLatin1Char('3')));
    QTest::mouseClick(button(), Qt::LeftButton);
    auto *dialog = view->findChild<DeedDialog *>();
    QVERIFY(dialog);
    QCOMPARE(dialog->radius().objects.size(), 3);
    QVERIFY(dialog->radius().tasks.isEmpty());
    QTest::mouseClick(dialog->findChild<QPushButton *>(QStringLiteral("go")), Qt::LeftButton);
    const auto sent = [&](Call::Type type) {
        QStringList ids;
        for (const Call &call : master.calls) {
            if (call.type() != type)
                continue;
            ids << QString::fromStdString(type == Call::DEACTIVATE_AGENT
                                              ? call.deactivate_agent().agent_id().value()
                                              : call.reactivate_agent().agent_id().value());
        }
        ids.sort();
        return ids;
    };
    const QStringList all{QStringLiteral("S0"), QStringLiteral("S1"), QStringLiteral("S2")};
    QTRY_COMPARE(sent(Call::DEACTIVATE_AGENT), all); // what was shown, and no more
    QTRY_VERIFY(view->messages().text().contains(QStringLiteral("deactivated")));
    for (const auto &agent : agents->agents()) {
        sample::Event changed;
        changed.set_type(sample::Event::AGENT_CHANGED);
        *changed.mutable_agent_changed() = agent;
        changed.mutable_agent_changed()->set_deactivated(true);
        master.send(changed);
    }
    QTRY_VERIFY(view->cluster().replica().agents().find(all.last())->deactivated);
    window.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&window));
    QTest::keyClick(&window, Qt::Key_Z, Qt::ControlModifier);
    QTRY_COMPARE(sent(Call::REACTIVATE_AGENT), all);
}

void MainWindowTest::messagesWithAWayBackStay()
{
    MessageBar bar;
    int undone = 0;
    bar.show(Tone::Good, QStringLiteral("killed"), {QStringLiteral("Undo"), [&] { ++undone; }});
    bar.show(Tone::Accent, QStringLiteral("redis: killed")); // news of the same
    QCOMPARE(bar.text(), QStringLiteral("redis: killed"));
    QVERIFY(bar.runAction());
    QCOMPARE(undone, 1);
    QVERIFY(!bar.runAction()); // once
    QVERIFY(!bar.isHidden());
    bar.withdraw();
    QVERIFY(bar.isHidden());
}

/// What is told of one launch stands in one row, with its way back as long as there is one.
void MainWindowTest::messagesOfOneSubjectShareARow()
{
    MessageBar bar;
    const auto rows = [&bar] {
        int shown = 0;
        for (const MessageRow *row : bar.findChildren<MessageRow *>())
            shown += row->isHidden() ? 0 : 1;
        return shown;
    };
    int undone = 0;
    const MessageBar::Action undo{QStringLiteral("Undo"), [&] { ++undone; }};
    const QString task = QStringLiteral("redis-1");
    bar.show(Tone::Accent, QStringLiteral("waiting"), {}, task);
    bar.show(Tone::Accent, QStringLiteral("pulling"), undo, task);
    bar.show(Tone::Good, QStringLiteral("running"), undo, task);
    QCOMPARE(rows(), 1);
    QCOMPARE(bar.text(), QStringLiteral("running"));
    bar.show(Tone::Accent, QStringLiteral("another"), {}, QStringLiteral("redis-2"));
    QCOMPARE(rows(), 2);
    bar.show(Tone::Bad, QStringLiteral("failed"), {}, task);
    QCOMPARE(rows(), 2);
    QVERIFY(!bar.runAction()); // what failed cannot be undone any more
    QCOMPARE(undone, 0);
}

/// Its way back is that of the kill; the row that offers this is not taken by news of the end.
void MainWindowTest::whatIsBeingKilledHasNoUndo()
{
    Connected connected;
    auto &[master, window] = connected;
    QTRY_COMPARE(table(window, "tasks")->model()->rowCount(), 1);
    LaunchFramework &launcher = window.view()->cluster().launcher();
    MessageBar &messages = window.view()->messages();
    const QString task = QStringLiteral("redis-1");
    Q_EMIT launcher.progress(task, QStringLiteral("starting"), false, Tone::Accent);
    launcher.cancel(task);
    QVERIFY(launcher.isEnding(task));
    int again = 0;
    messages.show(Tone::Neutral, QStringLiteral("being killed"),
                  {QStringLiteral("Launch again"), [&] { ++again; }});
    Q_EMIT launcher.progress(task, QStringLiteral("stopping"), false, Tone::Accent);
    QVERIFY(messages.runAction());
    QCOMPARE(again, 1);
}

void MainWindowTest::troublesAreListed()
{
    Connected connected;
    auto &[master, window] = connected;
    QTRY_COMPARE(table(window, "agents")->model()->rowCount(), 1);
    sample::Event gone;
    gone.set_type(sample::Event::AGENT_REMOVED);
    gone.mutable_agent_removed()->mutable_agent_id()->set_value("S0");
    gone.mutable_agent_removed()->set_why(sample::Event::AgentRemoved::UNREACHABLE);
    master.send(gone);
    const auto *notices = window.findChild<NoticeButton *>();
    QVERIFY(notices);
    QTRY_VERIFY(!notices->notices().isEmpty());
    QCOMPARE(notices->notices().first().tone, Tone::Bad);
    QVERIFY(notices->notices().first().text.contains(QStringLiteral("alpha")));
    QCOMPARE(window.view()->messages().text(), notices->notices().first().text); // in the bar too
}

void MainWindowTest::severalClustersSideBySide()
{
    FakeMaster one, two;
    fill(one);
    fill(two);
    two.snapshot.mutable_subscribed()->set_cluster("other");
    {
        MainWindow window;
        window.connectTo(addressOf(one));
        window.connectTo(addressOf(two));
        QCOMPARE(window.clusterCount(), 2);
        QTRY_VERIFY(window.windowTitle().contains(QStringLiteral("other")));
        window.connectTo(addressOf(one)); // brought to the front, not opened twice
        QCOMPARE(window.clusterCount(), 2);
        QTRY_VERIFY(window.windowTitle().contains(QStringLiteral("staging")));
        window.close();
    }
    MainWindow again;
    QVERIFY(!again.view());
    again.restoreSession();
    QCOMPARE(again.clusterCount(), 2);
    again.closeCluster();
    again.closeCluster();
    QVERIFY(!again.view());
}

void MainWindowTest::goesBackInTime()
{
    Connected connected;
    auto &[master, window] = connected;
    QTRY_COMPARE(table(window, "tasks")->model()->rowCount(), 1);
    const auto later = static_cast<double>(QDateTime::currentSecsSinceEpoch()) + 5;
    master.send(sample::taskUpdated("t", "F", mesos::v1::TASK_FINISHED, later));
    QTRY_COMPARE(window.replica().figures().finishedTasks, 1);
    EventRecorder &recorder = window.view()->cluster().recorder();
    recorder.flush();
    QVERIFY(window.openRecording(recorder.path()));
    QCOMPARE(window.clusterCount(), 2);
    Cluster &past = window.view()->cluster();
    QVERIFY(past.isRecording());
    QCOMPARE(past.replica().figures().runningTasks, 1); // as it began
    past.playback()->seek(past.playback()->end());
    QCOMPARE(past.replica().figures().finishedTasks, 1);
    // Nothing can be done to the past.
    window.view()->showObject({ObjectRef::Kind::Framework, QStringLiteral("F")});
    QTRY_VERIFY(
        window.view()->inspector().findChild<QPushButton *>(QStringLiteral("action.teardown")));
    QVERIFY(!window.view()
                 ->inspector()
                 .findChild<QPushButton *>(QStringLiteral("action.teardown"))
                 ->isEnabled());
    QVERIFY(!window.openRecording(QStringLiteral("/nowhere")));
}

void MainWindowTest::followsTheTheme()
{
    auto *application = qobject_cast<QApplication *>(QCoreApplication::instance());
    for (const auto mode : {Theme::Mode::Dark, Theme::Mode::Light}) {
        Theme::apply(*application, mode);
        const QPalette palette = QApplication::palette();
        for (const auto group : {QPalette::Active, QPalette::Inactive, QPalette::Disabled}) {
            for (int role = 0; role < QPalette::NColorRoles; ++role) {
                if (role == QPalette::NoRole)
                    continue;
                QVERIFY2(palette.isBrushSet(group, static_cast<QPalette::ColorRole>(role)),
                         qPrintable(QString::number(role)));
            }
        }
        // WCAG 2.1, 1.4.3: text has a contrast of at least 4.5:1.
        for (const QColor &back : {Theme::surface(), palette.color(QPalette::Window)}) {
            for (const Tone tone : {Tone::Neutral, Tone::Muted, Tone::Good, Tone::Busy, Tone::Bad})
                QVERIFY2(contrast(Theme::tone(tone), back) >= 4.5,
                         qPrintable(QStringLiteral("%1 on %2: %3")
                                        .arg(Theme::tone(tone).name(), back.name())
                                        .arg(contrast(Theme::tone(tone), back))));
        }
    }
}

void MainWindowTest::tellsHowTheNextLeaderCameBack()
{
    FakeMaster master;
    fill(master);
    MainWindow window;
    window.connectTo(addressOf(master));
    QTRY_COMPARE(window.session().state(), MasterSession::State::Live);
    auto *leadership = master.snapshot.mutable_subscribed()->mutable_leadership();
    leadership->set_elected_time(static_cast<double>(QDateTime::currentSecsSinceEpoch()) + 1);
    leadership->set_registry_seconds(0.2);
    leadership->set_agents_known(3);
    master.cut();
    QTRY_COMPARE(window.session().state(), MasterSession::State::Waiting);
    window.session().retryNow();
    const Cluster &cluster = window.view()->cluster();
    QTRY_VERIFY(!cluster.failovers().isEmpty() && cluster.failovers().last().leadership);
    sample::Event more;
    more.set_type(sample::Event::LEADERSHIP);
    *more.mutable_leadership() = *leadership;
    more.mutable_leadership()->set_agents_back(3);
    more.mutable_leadership()->set_all_agents_seconds(2.5);
    master.send(more);
    QTRY_COMPARE(cluster.failovers().last().leadership->all_agents_seconds(), 2.5);
    window.showPage(ClusterView::Masters);
    window.grab();
}

QTEST_MAIN(MainWindowTest)
#include "tst_main_window.moc"
