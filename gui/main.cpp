#include <QApplication>
#include <QCommandLineParser>
#include <QFileInfo>
#include <QIcon>
#include <QRegularExpression>
#include <QScreen>
#include <QSettings>
#include <QTimer>

#include "gui/model/replica.h"
#include "gui/session/cluster.h"
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
    const bool isRecording = window.view()->cluster().isRecording();
    QObject::connect(&window.replica(), &Replica::flushed, settled, [=, &window] {
        const bool isLive = window.session().state() == MasterSession::State::Live;
        if ((isLive || isRecording) && !settled->isActive())
            settled->start();
    });
    if (isRecording)
        settled->start(); // a small one is all there
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

void declareOptions(QCommandLineParser &parser)
{
    const auto add = [&parser](const char *name, const QString &meaning, const char *value) {
        parser.addOption({QString::fromLatin1(name), meaning, QString::fromLatin1(value)});
    };
    parser.setApplicationDescription(
        QCoreApplication::translate("main", "A desktop console for Mesos clusters."));
    parser.addHelpOption();
    parser.addVersionOption();
    add("master", QCoreApplication::translate("main", "The master to connect to, as host:port."),
        "address");
    add("language", QCoreApplication::translate("main", "en or zh_CN."), "code");
    add("theme", QCoreApplication::translate("main", "light, dark or system."), "name");
    add("page",
        QCoreApplication::translate("main", "The page to open: its number, or its English name."),
        "page");
    add("size", QCoreApplication::translate("main", "The size of the window, as 1280x800."),
        "pixels");
    add("screenshot", QCoreApplication::translate("main", "Draw the window to this file and end."),
        "file");
    parser.addPositionalArgument(
        QStringLiteral("file"),
        QCoreApplication::translate("main", "A recording or an incident to open."),
        QStringLiteral("[file]"));
}

/// Says what is wrong with the value of an option, if it is one of those that are known.
bool isOneOf(const QCommandLineParser &parser, const char *option, const QStringList &known)
{
    const QString value = parser.value(QString::fromLatin1(option));
    if (value.isEmpty() || known.contains(value))
        return true;
    qCritical("--%s: \"%s\" is not known; it is one of %s", option, qPrintable(value),
              qPrintable(known.join(QLatin1String(", "))));
    return false;
}

bool readSize(const QString &text, QSize *size)
{
    const QRegularExpression form(QStringLiteral("^([1-9]\\d{1,4})x([1-9]\\d{1,4})$"));
    const QRegularExpressionMatch match = form.match(text);
    *size = QSize(match.captured(1).toInt(), match.captured(2).toInt());
    if (match.hasMatch() || text.isEmpty())
        return true;
    qCritical("--size: \"%s\" is no size; write width and height, like 1280x800", qPrintable(text));
    return false;
}

std::optional<Options> parse(QCommandLineParser &parser, const QStringList &arguments)
{
    Language::use(Language::preferred()); // what is told of the options is in it
    declareOptions(parser);
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
    if (!options.recording.isEmpty() && !QFileInfo(options.recording).isReadable()) {
        qCritical("%s: there is no such file, or it may not be read",
                  qPrintable(options.recording));
        return std::nullopt;
    }
    const QStringList themes = {QStringLiteral("light"), QStringLiteral("dark"),
                                QStringLiteral("system")};
    if (!isOneOf(parser, "language", Language::codes()) || !isOneOf(parser, "theme", themes)
        || !readSize(parser.value(QStringLiteral("size")), &options.size))
        return std::nullopt;
    options.screenshot = parser.value(QStringLiteral("screenshot"));
    options.page = parser.value(QStringLiteral("page"));
    if (parser.isSet(QStringLiteral("language")))
        Language::use(parser.value(QStringLiteral("language")));
    if (!options.page.isEmpty() && !pageOf(options.page)) { // known in the language as well
        qCritical("--page: there is no page \"%s\"; it is 1 to %d, or one of %s",
                  qPrintable(options.page), ClusterView::pageCount, qPrintable(pageNames()));
        return std::nullopt;
    }
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
    const int page =
        pageOf(options->page.isEmpty() ? settings.value(QStringLiteral("window/page")).toString()
                                       : options->page)
            .value_or(0);
    const auto begin = [&window, page, &file = options->screenshot] {
        window.showPage(page);
        if (!file.isEmpty() && window.view())
            takeScreenshot(window, file);
    };
    const auto giveUp = [&file = options->screenshot](const QString &problem) {
        if (file.isEmpty())
            return; // the window says it
        qCritical("%s", qPrintable(problem));
        QCoreApplication::exit(1);
    };
    if (!options->recording.isEmpty())
        window.openRecordingSoon(options->recording, begin, giveUp);
    else if (options->master)
        window.connectTo(*options->master);
    else
        window.restoreSession();
    if (options->recording.isEmpty())
        begin();
    return application.exec();
}
