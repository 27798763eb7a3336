#include <QApplication>
#include <QDir>
#include <QTest>

#include "gui/widgets/language.h"
#include "gui/widgets/theme.h"
#include "tests/gui/support/fresh_settings.h"
#include "tests/gui/support/gallery_stage.h"
#include "tests/gui/support/painted.h"

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
    for (int round = 0; round < 2; ++round) // labels that wrap ask for their height once painted
        (void)waitForPaint(widget, 500);
    QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
    const QString file = folder.filePath(prefix + name + QLatin1String(".png"));
    if (!widget.grab().save(file))
        qFatal("cannot write %s", qPrintable(file));
}

void drawAll(const char *size, SyntheticCluster::Size count)
{
    for (const QString &language : Language::codes()) {
        for (const auto mode : {Theme::Mode::Light, Theme::Mode::Dark}) {
            prefix =
                QStringLiteral("%1-%2-%3-").arg(QLatin1String(size), language, Theme::nameOf(mode));
            Language::use(language);
            Theme::apply(*qApp, mode, fontScale);
            GalleryStage stage(count, {1280, 800});
            save(stage.window(), QStringLiteral("welcome"));
            if (!stage.open())
                qFatal("the made-up cluster was not read");
            stage.walk(save);
        }
    }
}

} // namespace

int main(int argc, char **argv)
{
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    QCoreApplication::setApplicationVersion(QStringLiteral("1.11.0"));
    useFreshSettings(QStringLiteral("console_screenshots"));
    const QStringList arguments = application.arguments();
    folder = QDir(arguments.value(1, QStringLiteral("console-screenshots")));
    folder.mkpath(QStringLiteral("."));
    fontScale = std::max(1.0, arguments.value(3, QStringLiteral("1")).toDouble());
    drawAll("small", {2, 6, 2, 3});
    if (arguments.value(2) != QLatin1String("small"))
        drawAll("large", {10000, 20000, 40, 300});
    return 0;
}
