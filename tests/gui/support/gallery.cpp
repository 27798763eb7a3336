#include "tests/gui/support/gallery.h"

#include <QAction>
#include <QApplication>
#include <QDragEnterEvent>
#include <QDragLeaveEvent>
#include <QInputDialog>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QMimeData>
#include <QPushButton>
#include <QTabWidget>
#include <QTest>
#include <QToolButton>
#include <QTreeWidget>

#include "gui/inspect/log_pane.h"
#include "gui/inspect/log_panel.h"
#include "gui/inspect/log_view.h"
#include "gui/inspect/sandbox_dialog.h"
#include "gui/launch/image_shelf.h"
#include "gui/launch/launch_dialog.h"
#include "gui/model/blast_radius.h"
#include "gui/model/replica.h"
#include "gui/session/cluster.h"
#include "gui/session/deed_runner.h"
#include "gui/session/master_session.h"
#include "gui/session/playback.h"
#include "gui/terminal/terminal_dialog.h"
#include "gui/views/cluster_view.h"
#include "gui/views/deed_dialog.h"
#include "gui/views/ha_page.h"
#include "gui/views/incident_dialog.h"
#include "gui/views/inspector_panel.h"
#include "gui/views/main_window.h"
#include "gui/views/settings_dialog.h"
#include "gui/views/table_page.h"
#include "gui/views/what_if_dialog.h"
#include "gui/views/why_panel.h"
#include "gui/widgets/cluster_map.h"
#include "gui/widgets/cluster_switch.h"
#include "gui/widgets/command_palette.h"
#include "gui/widgets/fit_lens.h"
#include "gui/widgets/message_bar.h"
#include "gui/widgets/notice_button.h"
#include "gui/widgets/table_view.h"
#include "tests/gui/support/fake_agent.h"
#include "tests/gui/support/fake_master.h"

namespace meseta::console {

namespace {

using Kind = ObjectRef::Kind;

QString text(const char *utf8)
{
    return QString::fromUtf8(utf8);
}

/// Allocator's decisions on every agent for the first framework, as different as they can be.
QList<DecisionLadder> someLadders(const Replica &replica)
{
    using Decision = ::meseta::v1::OfferDecision;
    QList<DecisionLadder> ladders;
    const Decision::Gate gates[] = {Decision::QUOTA, Decision::FILTER, Decision::OFFERED};
    int next = 0;
    for (int slot = 0; slot < std::min(12, replica.agents().slotCount()); ++slot) {
        Decision decision;
        decision.mutable_agent_id()->set_value(replica.agents().at(slot).id.toStdString());
        decision.mutable_framework_id()->set_value(replica.frameworks().at(0).id.toStdString());
        decision.set_role("web");
        decision.set_gate(gates[next++ % 3]);
        decision.set_time(replica.now());
        decision.set_detail("limit cpus:8, allocated cpus:8");
        ladders << ladderOf(decision, replica);
    }
    return ladders;
}

/// A task on the agent that answers, running if there is one.
QString taskWithOutput(const Replica &replica)
{
    const QString agent = replica.agents().at(0).id;
    QString found;
    replica.tasks().forEach([&](const TaskRow &task) {
        if (task.agentId == agent && (found.isEmpty() || task.state == mesos::v1::TASK_RUNNING))
            found = task.key;
    });
    return found;
}

QAction *actionOf(MainWindow &window, const QKeySequence &keys)
{
    for (QAction *action : window.findChildren<QAction *>()) {
        if (action->shortcut() == keys)
            return action;
    }
    qFatal("no action has the shortcut %s", qPrintable(keys.toString()));
    return nullptr;
}

template <typename Dialog> Dialog *opened(QWidget &parent)
{
    for (Dialog *dialog : parent.findChildren<Dialog *>()) {
        if (dialog->isVisible())
            return dialog;
    }
    return nullptr;
}

} // namespace

Gallery::Gallery(MainWindow &window, FakeMaster &master, FakeAgent &agent, Look look)
    : m_window(window), m_master(master), m_agent(agent), m_look(std::move(look))
{ }

/// The window, when what was put off to a later frame is there as well.
void Gallery::lookAtWindow(const QString &name)
{
    if (ClusterView *view = m_window.view()) {
        const InspectorPanel &inspector = view->inspector();
        (void)QTest::qWaitFor(
            [&inspector] { return !inspector.isVisible() || inspector.isBuilt(); }, 5000);
    }
    m_look(m_window, name);
}

void Gallery::furnish(const meseta::v1::Event &snapshot, FakeAgent &agent)
{
    const auto &state = snapshot.subscribed().get_state();
    QByteArray lines(
        "\x1b[1m1:C 23 Nov 2026 03:12:07.101\x1b[0m * oO0OoO0OoO0Oo Redis is starting\n");
    for (int i = 0; i < 400; ++i) {
        lines += "1:M 23 Nov 2026 03:12:" + QByteArray::number(10 + i % 50) + ".0"
            + QByteArray::number(10 + i % 90);
        lines += i % 9 == 4 ? " \x1b[33m# WARNING: memory overcommit is off\x1b[0m\n"
            : i % 13 == 7   ? " \x1b[31m# Background saving error\x1b[0m\n"
                            : " * DB saved on disk, " + QByteArray::number(i * 37) + " keys\n";
    }
    agent.files[text("stdout")] = lines;
    agent.files[text("stderr")] = "a warning that came on the other side\n";
    agent.files[text("dump.rdb")] = QByteArray(90000, 'x');
    agent.containers.Clear();
    for (const auto &task : state.get_tasks().tasks()) {
        if (task.agent_id().value() != state.get_agents().agents(0).agent_info().id().value())
            continue;
        auto *container = agent.containers.add_containers();
        *container->mutable_framework_id() = task.framework_id();
        container->mutable_executor_id()->set_value(task.task_id().value());
        container->mutable_container_id()->set_value("c-" + task.task_id().value());
        auto *used = container->mutable_resource_statistics();
        used->set_timestamp(1000);
        used->set_cpus_limit(1);
        used->set_cpus_user_time_secs(10);
        used->set_cpus_system_time_secs(2);
        used->set_mem_rss_bytes(90ULL << 20);
        used->set_mem_limit_bytes(256ULL << 20);
    }
}

void Gallery::showPages()
{
    ClusterView &view = *m_window.view();
    for (int page = 0; page < ClusterView::pageCount; ++page) {
        m_window.showPage(page);
        if (TablePage *table = view.tablePage(page); table && table->model().rowCount() > 0)
            table->select(table->model().keyOfRow(0));
        if (page == ClusterView::Masters) {
            const auto *masters = view.findChild<HaPage *>();
            (void)QTest::qWaitFor([masters] { return masters->knowsFlags(); }, 2000);
        }
        lookAtWindow(QStringLiteral("page-") + ClusterView::pageId(page));
    }
    m_window.showPage(ClusterView::Tasks);
    TablePage &tasks = *view.tablePage(ClusterView::Tasks);
    tasks.view().selectAll();
    lookAtWindow(text("page-tasks-several"));
    tasks.view().clearSelection();
    showOutputs();
}

/// The outputs of two tasks side by side, with what was searched for.
void Gallery::showOutputs()
{
    ClusterView &view = *m_window.view();
    TablePage &tasks = *view.tablePage(ClusterView::Tasks);
    const QString key = taskWithOutput(m_window.replica());
    if (key.isEmpty() || !tasks.select(key))
        return;
    (void)QTest::qWaitFor([&] { return !view.log().shownText().isEmpty(); }, 5000);
    lookAtWindow(text("page-tasks-output"));
    Q_EMIT view.log().following().pinWanted();
    auto *search = view.log().following().findChild<QLineEdit *>();
    search->setText(text("WARNING"));
    QTest::keyClick(search, Qt::Key_F3, Qt::ShiftModifier);
    const auto isComplete = [&] {
        for (LogPane *pane : view.log().findChildren<LogPane *>()) {
            if (pane->view().shownText().isEmpty())
                return false;
        }
        return view.log().following().view().matchOffset() >= 0;
    };
    (void)QTest::qWaitFor(isComplete, 5000);
    lookAtWindow(text("page-tasks-outputs"));
    for (LogPane *pane : view.log().findChildren<LogPane *>()) {
        if (pane != &view.log().following())
            Q_EMIT pane->closeWanted();
    }
}

void Gallery::showTroubles()
{
    ClusterView &view = *m_window.view();
    TablePage &tasks = *view.tablePage(ClusterView::Tasks);
    m_window.showPage(ClusterView::Tasks);
    tasks.setFilter(text("state:failed cpus>lots"));
    lookAtWindow(text("filter"));
    tasks.setFilter({});
    for (const char *line : {"re", ">", "?m"}) {
        m_window.commandPalette().open(text(line));
        m_look(m_window,
               *line == 'r'       ? text("palette")
                   : *line == '>' ? text("palette-commands")
                                  : text("palette-why"));
        QTest::keyClick(&m_window.commandPalette().line(), Qt::Key_Escape);
    }
    view.messages().show(Tone::Good, DeedRunner::tr("%1 is being killed.").arg(text("redis-1")),
                         {ClusterView::tr("Undo"), [] {}});
    view.messages().show(Tone::Bad,
                         ClusterView::tr("%1 on %2 is %3: %4")
                             .arg(text("redis-2"), text("node-0001.eu-a"),
                                  stateText(mesos::v1::TASK_FAILED),
                                  text("Command exited with status 1")));
    lookAtWindow(text("messages"));
    view.messages().withdraw();
    view.messages().runAction();
    showDrag();
    view.cluster().setReadOnly(true);
    m_window.showPage(ClusterView::Agents);
    lookAtWindow(text("read-only"));
    view.cluster().setReadOnly(false);
}

void Gallery::showDrag()
{
    ClusterView &view = *m_window.view();
    view.toggleShelf();
    QMimeData data;
    data.setText(text("docker run --cpus 2 -m 2g library/redis:7"));
    const auto drag = [&](QWidget &surface, const QString &name) {
        QDragEnterEvent enter(QPoint(60, 60), Qt::CopyAction, &data, Qt::LeftButton, {});
        QCoreApplication::sendEvent(&surface, &enter);
        lookAtWindow(name);
        QDragLeaveEvent leave;
        QCoreApplication::sendEvent(&surface, &leave);
    };
    m_window.showPage(ClusterView::Map);
    auto *lens = m_window.findChild<FitLens *>();
    lens->setTinting(true);
    lookAtWindow(text("map-fit"));
    lens->setTinting(false);
    drag(*m_window.findChild<ClusterMap *>()->viewport(), text("map-drag"));
    m_window.showPage(ClusterView::Agents);
    drag(*view.tablePage(ClusterView::Agents)->view().viewport(), text("agents-drag"));
    view.toggleShelf();
}

void Gallery::showDialogs()
{
    ClusterView &view = *m_window.view();
    Cluster &cluster = view.cluster();
    const auto look = [this](QWidget &dialog, const char *name) {
        dialog.show();
        m_look(dialog, QStringLiteral("dialog-") + text(name));
        dialog.hide();
    };
    const ObjectRef framework{Kind::Framework, cluster.replica().frameworks().at(0).id};
    WhyDialog why(cluster, framework);
    why.show(someLadders(cluster.replica()));
    look(why, "why");
    DeedDialog tearDown(blastRadius(Deed::TearDown, framework, cluster.replica()));
    look(tearDown, "teardown");
    DeedDialog drain(blastRadius(Deed::Drain,
                                 ObjectRef{Kind::Agent, cluster.replica().agents().at(0).id},
                                 cluster.replica()));
    look(drain, "drain");
    SettingsDialog settings;
    look(settings, "settings");
    AboutDialog about;
    look(about, "about");
    ShortcutsDialog shortcuts(
        m_window.findChildren<QAction *>(QString(), Qt::FindDirectChildrenOnly));
    look(shortcuts, "shortcuts");
    WhatIfDialog whatIf(cluster.replica());
    QTest::mouseClick(whatIf.findChild<QPushButton *>(text("add")), Qt::LeftButton);
    look(whatIf, "whatif");
    cluster.recorder().flush();
    IncidentHead head;
    head.cluster = cluster.name();
    head.until = cluster.replica().now();
    auto recording = EventFile::open(cluster.recorder().path());
    if (!recording)
        return;
    IncidentDialog incident(std::move(*recording), head);
    look(incident, "incident");
    head.from = head.until - 300;
    head.words = text("The rack lost its power; half of the web tier was started elsewhere.");
    head.notes = {{head.until - 200, text("Agent node-0002.eu-b was lost")}};
    head.failovers = {
        {head.until - 90, text("master-1.eu-a was lost; master-2.eu-a was found after 4 s")}};
    IncidentNotes notes(head);
    look(notes, "incident-notes");
    TerminalDialog terminal({}, text("redis"), text("agent-1"));
    terminal.screen().write("\x1b[1;32mroot@redis\x1b[0m:\x1b[34m/data\x1b[0m# ls\r\n"
                            "\x1b[36mdump.rdb\x1b[0m  \xe8\xaf\xb4\xe6\x98\x8e.txt\r\n"
                            "\x1b[1;32mroot@redis\x1b[0m:\x1b[34m/data\x1b[0m# ");
    look(terminal, "terminal");
    SandboxDialog sandbox(QString::fromStdString(m_agent.pid()).section(QLatin1Char('@'), 1),
                          text("/sandbox"), text("redis"));
    auto *tree = sandbox.findChild<QTreeWidget *>();
    (void)QTest::qWaitFor([&] { return tree->topLevelItemCount() > 0; }, 5000);
    if (tree->topLevelItemCount() > 1) {
        tree->topLevelItem(0)->setExpanded(true);
        tree->setCurrentItem(tree->topLevelItem(1));
        (void)QTest::qWaitFor([&] { return tree->topLevelItem(0)->childCount() > 0; }, 5000);
    }
    look(sandbox, "sandbox");
    actionOf(m_window, QKeySequence(Qt::CTRL | Qt::Key_O))->trigger();
    if (auto *connecting = opened<QInputDialog>(m_window)) {
        m_look(*connecting, text("dialog-connect"));
        connecting->close();
    }
}

void Gallery::showLaunch()
{
    ClusterView &view = *m_window.view();
    view.openLaunchDialog();
    LaunchDialog *dialog = view.launchDialog();
    if (!dialog)
        return;
    m_look(*dialog, text("launch-new"));
    auto *paste = dialog->findChild<QLineEdit *>();
    paste->setText(
        text("docker run -d --name cache -p 6379:6379 -v /srv/cache:/data -e MAXMEMORY=64mb "
             "--memory 256m --cpus 0.5 --health-cmd 'redis-cli ping' --restart always "
             "library/redis:7 redis-server --appendonly yes"));
    if (auto *tabs = dialog->findChild<QTabWidget *>()) {
        for (int tab = 0; tab < tabs->count(); ++tab) {
            tabs->setCurrentIndex(tab);
            m_look(*dialog, QStringLiteral("launch-tab%1").arg(tab + 1));
        }
        tabs->setCurrentIndex(0);
    }
    auto *review = dialog->findChild<QPushButton *>(text("review"));
    review->click();
    m_look(*dialog, text("launch-review"));
    review->click();
    const DropPayload compose =
        readDropText(text("services:\n  web:\n    image: library/nginx:1.25\n    ports: ['80:80']\n"
                          "    deploy: {replicas: 2}\n  cache:\n    image: library/redis:7\n"
                          "    restart: always\n    build: .\n"));
    dialog->setPayload(compose, m_window.replica().agents().at(0).id);
    m_look(*dialog, text("launch-compose"));
    dialog->close();
}

void Gallery::showMenus()
{
    const auto popup = [this](const QString &name) {
        if (QWidget *menu = QApplication::activePopupWidget()) {
            m_look(*menu, name);
            menu->close();
        }
    };
    QTest::mouseClick(m_window.findChild<ClusterSwitch *>(), Qt::LeftButton);
    popup(text("menu-clusters"));
    QTest::mouseClick(m_window.findChild<NoticeButton *>(), Qt::LeftButton);
    popup(text("menu-notices"));
    m_window.showPage(ClusterView::Tasks);
    TablePage &tasks = *m_window.view()->tablePage(ClusterView::Tasks);
    Q_EMIT tasks.contextMenuWanted(m_window.mapToGlobal(QPoint(300, 300)));
    popup(text("menu-task"));
    for (QMenu *menu : m_window.findChildren<QMenu *>()) {
        if (!menu->actions().isEmpty()
            && menu->actions().contains(actionOf(m_window, QKeySequence(Qt::CTRL | Qt::Key_L)))) {
            menu->popup(m_window.mapToGlobal(QPoint(10, 20)));
            popup(text("menu-cluster"));
        }
    }
}

void Gallery::showFiles()
{
    Cluster &cluster = m_window.view()->cluster();
    cluster.recorder().flush();
    if (!m_window.openRecording(cluster.recorder().path()))
        return;
    Playback &playback = *m_window.view()->cluster().playback();
    playback.seek(playback.begin() + (playback.end() - playback.begin()) * 0.6);
    (void)QTest::qWaitFor([&] { return !playback.isSeeking(); }, 20000);
    m_window.showPage(ClusterView::Tasks);
    (void)QTest::qWaitFor(
        [this] {
            const Replica &replica = m_window.replica();
            return m_window.view()->tablePage(ClusterView::Tasks)->model().rowCount()
                == replica.tasks().size();
        },
        20000);
    lookAtWindow(text("recording"));
    m_window.closeCluster();
}

void Gallery::showWithoutMaster()
{
    m_master.cut();
    const auto isWaiting = [this] {
        return m_window.session().state() == MasterSession::State::Waiting;
    };
    (void)QTest::qWaitFor(isWaiting, 10000);
    m_window.showPage(ClusterView::Masters);
    lookAtWindow(text("masters-lanes"));
    m_master.stop(); // the next try is refused
    (void)QTest::qWaitFor(
        [&] { return isWaiting() && m_window.session().millisecondsToNextTry() > 1500; }, 10000);
    m_window.showPage(ClusterView::Tasks);
    lookAtWindow(text("lost"));
    m_window.showPage(ClusterView::Overview);
    lookAtWindow(text("lost-overview"));
}

} // namespace meseta::console
