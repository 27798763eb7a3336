#include <QApplication>
#include <QCommandLineParser>
#include <QIcon>
#include <QScreen>
#include <QSettings>
#include <QTimer>

#include "gui/model/replica.h"
#include "gui/session/master_session.h"
#include "gui/views/cluster_view.h"
#include "gui/views/main_window.h"
#include "gui/widgets/language.h"
#include "gui/widgets/theme.h"

using namespace meseta::console;

namespace {

struct Options
{
    std::optional<MasterAddress> master; ///< nothing: the clusters of the last session
    QString recording; ///< a file to open instead
    QString screenshot;
    QString page;
    QSize size;
};

/// Draws the window to a file as soon as it shows the cluster, then ends; gives up after a while.
void takeScreenshot(MainWindow &window, const QString &file)
{
    auto *settled = new QTimer(&window); // quiet for a moment: the picture is complete
    settled->setSingleShot(true);
    settled->setInterval(1500);
    QObject::connect(&window.replica(), &Replica::flushed, settled, [&window, settled] {
        if (window.session().state() == MasterSession::State::Live && !settled->isActive())
            settled->start();
    });
    QObject::connect(settled, &QTimer::timeout, &window, [&window, file] {
        const bool written = window.grab().save(file);
        if (!written)
            qCritical("cannot write %s: is the folder there, and does the name end in .png?",
                      qPrintable(file));
        QCoreApplication::exit(written ? 0 : 1);
    });
    QTimer::singleShot(30000, &window, [&window] {
        qCritical("no picture was taken: %s", qPrintable(window.session().problem()));
        QCoreApplication::exit(1);
    });
}

/// By its number, its English name or the one in the language of the console, in any case.
std::optional<int> pageOf(const QString &text)
{
    for (int page = 0; page < ClusterView::pageCount; ++page) {
        for (const QString &name :
             {ClusterView::pageId(page), ClusterView::pageName(page), QString::number(page + 1)}) {
            if (name.compare(text.trimmed(), Qt::CaseInsensitive) == 0)
                return page;
        }
    }
    return std::nullopt;
}

QString pageNames()
{
    QStringList names;
    for (int page = 0; page < ClusterView::pageCount; ++page)
        names << ClusterView::pageId(page);
    return names.join(QLatin1String(", "));
}

std::optional<Options> parse(QCommandLineParser &parser, const QStringList &arguments)
{
    parser.setApplicationDescription(
        QCoreApplication::translate("main", "A desktop console for Mesos clusters."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addOption(
        {QStringLiteral("master"),
         QCoreApplication::translate("main", "The master to connect to, as host:port."),
         QStringLiteral("address")});
    parser.addOption({QStringLiteral("language"),
                      QCoreApplication::translate("main", "en or zh_CN."), QStringLiteral("code")});
    parser.addOption({QStringLiteral("theme"),
                      QCoreApplication::translate("main", "light, dark or system."),
                      QStringLiteral("name")});
    parser.addOption(
        {QStringLiteral("page"),
         QCoreApplication::translate("main", "The page to open: its number, or its English name."),
         QStringLiteral("page")});
    parser.addOption({QStringLiteral("size"),
                      QCoreApplication::translate("main", "The size of the window, as 1280x800."),
                      QStringLiteral("pixels")});
    parser.addOption({QStringLiteral("screenshot"),
                      QCoreApplication::translate("main", "Draw the window to this file and end."),
                      QStringLiteral("file")});
    parser.addPositionalArgument(
        QStringLiteral("file"),
        QCoreApplication::translate("main", "A recording or an incident to open."),
        QStringLiteral("[file]"));
    parser.process(arguments);

    Options options;
    if (parser.isSet(QStringLiteral("master"))) {
        const auto address = MasterAddress::parse(parser.value(QStringLiteral("master")));
        if (!address) {
            qCritical("%s", address.error().message.c_str());
            return std::nullopt;
        }
        options.master = *address;
    }
    options.recording = parser.positionalArguments().value(0);
    options.screenshot = parser.value(QStringLiteral("screenshot"));
    options.page = parser.value(QStringLiteral("page"));
    if (!options.page.isEmpty() && !pageOf(options.page)) {
        qCritical("--page: there is no page \"%s\"; it is 1 to %d, or one of %s",
                  qPrintable(options.page), ClusterView::pageCount, qPrintable(pageNames()));
        return std::nullopt;
    }
    const QString size = parser.value(QStringLiteral("size"));
    options.size = QSize(size.section(QLatin1Char('x'), 0, 0).toInt(),
                         size.section(QLatin1Char('x'), 1).toInt());
    return options;
}

} // namespace

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("mesos-console"));
    QCoreApplication::setOrganizationName(QStringLiteral("Meseta"));
    QCoreApplication::setApplicationVersion(QStringLiteral(MESETA_VERSION));
    QGuiApplication::setWindowIcon(QIcon(QStringLiteral(":/icons/meseta.svg")));
    QGuiApplication::setDesktopFileName(QStringLiteral("io.github.meseta.console"));

    QCommandLineParser parser;
    const auto options = parse(parser, application.arguments());
    if (!options)
        return 1;
    Language::use(parser.isSet(QStringLiteral("language"))
                      ? parser.value(QStringLiteral("language"))
                      : Language::preferred());
    const QSettings settings;
    const QString theme = parser.isSet(QStringLiteral("theme"))
        ? parser.value(QStringLiteral("theme"))
        : settings.value(QStringLiteral("theme")).toString();
    Theme::apply(application, Theme::modeOf(theme),
                 settings.value(QStringLiteral("fontScale"), 1.0).toDouble());
    MainWindow window;
    if (!options->size.isEmpty())
        window.resize(options->size);
    else // with room for what a desktop draws around it
        window.resize(window.size().boundedTo(window.screen()->availableSize() - QSize(0, 40)));
    window.show();
    if (!options->recording.isEmpty())
        window.openRecording(options->recording);
    else if (options->master)
        window.connectTo(*options->master);
    else
        window.restoreSession();
    window.showPage(pageOf(options->page.isEmpty()
                               ? settings.value(QStringLiteral("window/page")).toString()
                               : options->page)
                        .value_or(0));
    if (!options->screenshot.isEmpty() && window.view())
        takeScreenshot(window, options->screenshot);
    return application.exec();
}
