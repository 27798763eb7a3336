#pragma once

#include <QStringList>

namespace meseta::console {

/// The language of the console: chosen by the person, else by the system's locale; switched while
/// it runs.
class Language
{
public:
    static QStringList codes(); ///< "en", "zh_CN"
    static QString nativeName(const QString &code); ///< "English", "简体中文"
    static QString preferred(); ///< from the settings, else the locale
    static QString current();
    static void use(const QString &code); ///< loads it, for this run
    static void choose(const QString &code); ///< loads it and remembers it

private:
    static QString s_current;
};

} // namespace meseta::console
