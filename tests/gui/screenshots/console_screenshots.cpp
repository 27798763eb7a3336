#include <QApplication>
#include <QDateTime>
#include <QDir>
#include <QPushButton>
#include <QSettings>
#include <QStandardPaths>
#include <QTest>

#include "gui/launch/launch_dialog.h"
#include "gui/model/blast_radius.h"
#include "gui/model/replica.h"
#include "gui/session/cluster.h"
#include "gui/session/playback.h"
#include "gui/views/cluster_view.h"
#include "gui/terminal/terminal_dialog.h"
#include "gui/views/deed_dialog.h"
#include "gui/views/incident_dialog.h"
#include "gui/views/main_window.h"
#include "gui/views/settings_dialog.h"
#include "gui/views/table_page.h"
#include "gui/views/what_if_dialog.h"
#include "gui/views/why_panel.h"
#include "gui/widgets/command_palette.h"
#include "gui/widgets/filter_bar.h"
#include "gui/widgets/language.h"
#include "gui/widgets/theme.h"
#include "tests/gui/support/fake_master.h"
#include "tests/gui/support/synthetic_cluster.h"

using namespace meseta::console;

/// Draws every page and dialog of the console, in both languages, light and dark, for a small and a
/// large cluster, into the folder given (default: console-screenshots). A second argument "small"
/// leaves the large cluster out, a third is the size of text. Run it with QT_SCALE_FACTOR=2 for the
/// pictures of a dense screen.

namespace {

QDir folder;
QString prefix;
double fontScale = 1;

void save(QWidget &widget, const QString &name)
{
    QTest::qWait(60); // painting and layouts that were put off
    const QString file = folder.filePath(prefix + name + QLatin1String(".png"));
    if (!widget.grab().save(file))
        qFatal("cannot write %s", qPrintable(file));
}

void drawPages(MainWindow &window)
{
    ClusterView &view = *window.view();
    for (int page = 0; page < ClusterView::pageCount; ++page) {
        window.showPage(page);
        QTest::qWait(30);
        if (TablePage *table = view.tablePage(page); table && table->model().rowCount() > 0)
            table->select(table->model().keyOfRow(0));
        save(window, ClusterView::pageId(page));
    }
    window.showPage(ClusterView::Tasks);
    view.tablePage(ClusterView::Tasks)->setFilter(QStringLiteral("state:failed cpus>lots"));
    save(window, QStringLiteral("filter"));
    view.tablePage(ClusterView::Tasks)->setFilter({});
    window.commandPalette().open(QStringLiteral("re"));
    save(window, QStringLiteral("palette"));
    QTest::keyClick(&window.commandPalette().line(), Qt::Key_Escape);
}

QList<DecisionLadder> someLadders(const Replica &replica)
{
    using Decision = ::meseta::v1::OfferDecision;
    QList<DecisionLadder> ladders;
    for (const auto gate : {Decision::QUOTA, Decision::FILTER, Decision::OFFERED}) {
        Decision decision;
        for (int slot = 0; slot < replica.agents().slotCount(); ++slot)
            decision.mutable_agent_id()->set_value(replica.agents().at(slot).id.toStdString());
        decision.mutable_framework_id()->set_value(replica.frameworks().at(0).id.toStdString());
        decision.set_role("web");
        decision.set_gate(gate);
        decision.set_time(1700000000);
        decision.set_detail("limit cpus:8, allocated cpus:8");
        ladders << ladderOf(decision, replica);
    }
    return ladders;
}

void drawDialogs(MainWindow &window)
{
    ClusterView &view = *window.view();
    Cluster &cluster = view.cluster();
    const ObjectRef framework{ObjectRef::Kind::Framework, cluster.replica().frameworks().at(0).id};
    WhyDialog why(cluster, framework);
    why.show(someLadders(cluster.replica()));
    static_cast<QWidget &>(why).show();
    save(why, QStringLiteral("dialog-why"));
    DeedDialog deed(blastRadius(Deed::TearDown, framework, cluster.replica()));
    deed.show();
    save(deed, QStringLiteral("dialog-teardown"));
    SettingsDialog settings;
    settings.show();
    save(settings, QStringLiteral("dialog-settings"));
    AboutDialog about;
    about.show();
    save(about, QStringLiteral("dialog-about"));
    WhatIfDialog whatIf(cluster.replica());
    QTest::mouseClick(whatIf.findChild<QPushButton *>(QStringLiteral("add")), Qt::LeftButton);
    whatIf.show();
    save(whatIf, QStringLiteral("dialog-whatif"));
    cluster.recorder().flush();
    IncidentHead head;
    head.cluster = cluster.name();
    head.until = cluster.replica().now();
    IncidentDialog incident(cluster.recorder().path(), head);
    incident.show();
    save(incident, QStringLiteral("dialog-incident"));
    TerminalDialog terminal({}, QStringLiteral("redis"), QStringLiteral("agent-1"));
    terminal.screen().write("\x1b[1;32mroot@redis\x1b[0m:\x1b[34m/data\x1b[0m# ls\r\n"
                            "\x1b[36mdump.rdb\x1b[0m  \xe8\xaf\xb4\xe6\x98\x8e.txt\r\n"
                            "\x1b[1;32mroot@redis\x1b[0m:\x1b[34m/data\x1b[0m# ");
    static_cast<QWidget &>(terminal).show();
    save(terminal, QStringLiteral("dialog-terminal"));
    view.openLaunchDialog();
    if (QWidget *launch = view.findChild<LaunchDialog *>())
        save(*launch, QStringLiteral("dialog-launch"));
    if (auto *launch = view.findChild<LaunchDialog *>())
        launch->close();
}

void drawAll(const char *size, SyntheticCluster::Size count)
{
    const double now = static_cast<double>(QDateTime::currentSecsSinceEpoch());
    for (const QString &language : Language::codes()) {
        for (const auto mode : {Theme::Mode::Light, Theme::Mode::Dark}) {
            prefix =
                QStringLiteral("%1-%2-%3-").arg(QLatin1String(size), language, Theme::nameOf(mode));
            Language::use(language);
            Theme::apply(*qApp, mode, fontScale);
            auto master = std::make_unique<FakeMaster>();
            SyntheticCluster city(count, now - 120);
            master->snapshot = city.snapshot();
            MainWindow window;
            window.resize(1280, 800);
            window.show();
            save(window, QStringLiteral("welcome"));
            window.connectTo({QStringLiteral("127.0.0.1"), master->port(), {}});
            if (!QTest::qWaitFor([&] { return window.replica().agents().size() == count.agents; },
                                 60000))
                qFatal("the made-up cluster was not read");
            for (int i = 0; i < 60; ++i)
                master->send(city.next(now - 60 + i));
            QTest::qWait(400);
            drawPages(window);
            drawDialogs(window);
            window.view()->cluster().recorder().flush();
            if (window.openRecording(window.view()->cluster().recorder().path())) {
                Playback &playback = *window.view()->cluster().playback();
                playback.seek(playback.begin() + (playback.end() - playback.begin()) * 0.6);
                window.showPage(ClusterView::Tasks);
                save(window, QStringLiteral("recording"));
                window.closeCluster();
            }
            master.reset();
            QTest::qWait(900);
            window.showPage(ClusterView::Tasks);
            save(window, QStringLiteral("lost"));
        }
    }
}

} // namespace

int main(int argc, char **argv)
{
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QStandardPaths::setTestModeEnabled(true);
    QApplication application(argc, argv);
    QCoreApplication::setOrganizationName(QStringLiteral("MesetaTest"));
    QCoreApplication::setApplicationName(QStringLiteral("console_screenshots"));
    QCoreApplication::setApplicationVersion(QStringLiteral("1.11.0"));
    QSettings().clear();
    const QStringList arguments = application.arguments();
    folder = QDir(arguments.value(1, QStringLiteral("console-screenshots")));
    folder.mkpath(QStringLiteral("."));
    fontScale = std::max(1.0, arguments.value(3, QStringLiteral("1")).toDouble());
    drawAll("small", {2, 6, 2, 3});
    if (arguments.value(2) != QLatin1String("small"))
        drawAll("large", {10000, 20000, 40, 300});
    return 0;
}
