#include "gui/widgets/language.h"

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QSettings>
#include <QTranslator>

namespace meseta::console {

QStringList Language::codes()
{
    return {QStringLiteral("en"), QStringLiteral("zh_CN")};
}

QString Language::nativeName(const QString &code)
{
    return code == QLatin1String("zh_CN") ? QStringLiteral("简体中文") : QStringLiteral("English");
}

QString Language::preferred()
{
    const QString chosen = QSettings().value(QStringLiteral("language")).toString();
    if (codes().contains(chosen))
        return chosen;
    return QLocale::system().language() == QLocale::Chinese ? QStringLiteral("zh_CN")
                                                            : QStringLiteral("en");
}

void Language::use(const QString &code)
{
    static QTranslator ours, qts;
    QCoreApplication::removeTranslator(&ours);
    QCoreApplication::removeTranslator(&qts);
    QLocale::setDefault(QLocale(code));
    // English has a file too: for the plural forms.
    if (ours.load(QStringLiteral(":/i18n/meseta_") + code))
        QCoreApplication::installTranslator(&ours);
    if (qts.load(QStringLiteral("qtbase_") + code,
                 QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
        QCoreApplication::installTranslator(&qts);
}

void Language::choose(const QString &code)
{
    use(code);
    QSettings().setValue(QStringLiteral("language"), code);
}

} // namespace meseta::console
