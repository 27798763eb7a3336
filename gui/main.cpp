#include <QApplication>
#include <QCommandLineParser>
#include <QIcon>
#include <QSettings>
#include <QTimer>

#include "gui/inspect/log_panel.h"
#include "gui/views/main_window.h"
#include "gui/widgets/language.h"
#include "gui/widgets/theme.h"

using namespace meseta::console;

namespace {

struct Options
{
    MasterAddress master;
    QString screenshot;
    int page = 0;
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

std::optional<Options> parse(QCommandLineParser &parser, const QStringList &arguments)
{
    const QString remembered =
        QSettings()
            .value(QStringLiteral("session/master"), QStringLiteral("localhost:5050"))
            .toString();
    parser.setApplicationDescription(
        QCoreApplication::translate("main", "A desktop console for Mesos clusters."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addOption(
        {QStringLiteral("master"),
         QCoreApplication::translate("main", "The master to connect to, as host:port."),
         QStringLiteral("address"), remembered});
    parser.addOption({QStringLiteral("language"),
                      QCoreApplication::translate("main", "en or zh_CN."), QStringLiteral("code")});
    parser.addOption({QStringLiteral("theme"),
                      QCoreApplication::translate("main", "light, dark or system."),
                      QStringLiteral("name"), QStringLiteral("system")});
    parser.addOption({QStringLiteral("page"),
                      QCoreApplication::translate("main", "The page to open: 1 to 4."),
                      QStringLiteral("number"), QStringLiteral("1")});
    parser.addOption({QStringLiteral("screenshot"),
                      QCoreApplication::translate("main", "Draw the window to this file and end."),
                      QStringLiteral("file")});
    parser.process(arguments);

    const auto address = MasterAddress::parse(parser.value(QStringLiteral("master")));
    if (!address) {
        qCritical("%s", address.error().message.c_str());
        return std::nullopt;
    }
    return Options{*address, parser.value(QStringLiteral("screenshot")),
                   parser.value(QStringLiteral("page")).toInt() - 1};
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
    const QString theme = parser.value(QStringLiteral("theme"));
    Theme::apply(application,
                 theme == QLatin1String("dark")        ? Theme::Kind::Dark
                     : theme == QLatin1String("light") ? Theme::Kind::Light
                                                       : Theme::systemKind());
    MainWindow window;
    window.showPage(qBound(0, options->page, 3));
    window.show();
    if (!options->screenshot.isEmpty())
        takeScreenshot(window, options->screenshot);
    window.connectTo(options->master);
    return application.exec();
}
