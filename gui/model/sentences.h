#pragma once

#include <QLocale>
#include <QString>

namespace meseta::console {

/// What stands between two sentences in the language of the console: nothing in Chinese, where a
/// full stop brings its own room.
inline QString betweenSentences()
{
    return QLocale().language() == QLocale::Chinese ? QString() : QStringLiteral(" ");
}

} // namespace meseta::console
