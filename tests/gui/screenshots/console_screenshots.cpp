#include <QApplication>
#include <QDateTime>
#include <QDir>
#include <QSettings>
#include <QStandardPaths>
#include <QTest>

#include "gui/model/replica.h"
#include "gui/views/main_window.h"
#include "gui/widgets/language.h"
#include "gui/widgets/theme.h"
#include "tests/gui/support/fake_agent.h"
#include "tests/gui/support/fake_master.h"
#include "tests/gui/support/gallery.h"
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
            FakeAgent agent;
            city.placeAgent(0, agent.pid());
            master->snapshot = city.snapshot();
            Gallery::furnish(master->snapshot, agent);
            MainWindow window;
            window.resize(1280, 800);
            window.show();
            save(window, QStringLiteral("welcome"));
            window.connectTo({QStringLiteral("127.0.0.1"), master->port(), {}});
            if (!QTest::qWaitFor([&] { return window.replica().agents().size() == count.agents; },
                                 60000))
                qFatal("the made-up cluster was not read");
            if (!QTest::qWaitFor([&] { return !window.replica().loading(); }, 60000))
                qFatal("the tasks of the made-up cluster were not read");
            for (int i = 0; i < 60; ++i)
                master->send(city.next(now - 60 + i));
            QTest::qWait(400);
            Gallery gallery(window, *master, agent, save);
            gallery.showPages();
            gallery.showTroubles();
            gallery.showDialogs();
            gallery.showLaunch();
            gallery.showMenus();
            gallery.showFiles();
            gallery.showWithoutMaster();
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
