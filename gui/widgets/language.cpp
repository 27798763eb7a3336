#include "gui/widgets/language.h"

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QSettings>
#include <QTranslator>

#include "gui/model/rows.h"

namespace meseta::console {

QString Language::s_current = QStringLiteral("en");

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

QString Language::current()
{
    return s_current;
}

void Language::use(const QString &code)
{
    s_current = code;
    retranslateRows();
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
