#pragma once

#include <optional>

#include <QString>
#include <QStringList>

namespace meseta::console {

// Numbers as a person reads them, in the language of the console.

QString amountText(double value); ///< "1.5"
QString countText(double value); ///< "12,345"
QString memoryText(double mebibytes); ///< "2 GiB"
QString bytesText(double bytes); ///< "1.2 MiB", "512 MiB"
QString listText(const QStringList &parts); ///< "1 CPU, 2 GiB", as the language lists things
QString timeText(double secondsSinceEpoch); ///< local, short; "" for 0
QString fullTimeText(double secondsSinceEpoch); ///< date, time and milliseconds
QString durationText(double seconds); ///< "350 ms", "12 s", "3 min 5 s", "2 h 10 min", "4 d 3 h"
QString percentText(double share); ///< "42 %"

// And as a person types them, whatever the language.

/// "2G", "512 MiB", "1.5t" in MiB; a bare number is MiB.
std::optional<double> parseMemory(QStringView text);
/// "90s", "5m", "2h", "1d", "300ms" in seconds; a bare number is seconds.
std::optional<double> parseDuration(QStringView text);

} // namespace meseta::console
