#include "gui/model/formats.h"

#include <array>
#include <cmath>

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

namespace meseta::console {

namespace {

struct FormatsText
{
    Q_DECLARE_TR_FUNCTIONS(Formats)
};

struct Unit
{
    QLatin1String name;
    double factor;
};

/// A number and one of the units after it; the first unit is meant when there is none.
template <std::size_t N>
std::optional<double> parseWithUnit(QStringView text, const std::array<Unit, N> &units)
{
    text = text.trimmed();
    qsizetype digits = 0;
    while (digits < text.size() && (text[digits].isDigit() || text[digits] == QLatin1Char('.')))
        ++digits;
    bool isNumber = false;
    const double number = text.left(digits).toDouble(&isNumber);
    if (!isNumber)
        return std::nullopt;
    const QStringView unit = text.mid(digits).trimmed();
    if (unit.isEmpty())
        return number * units.front().factor;
    for (const Unit &known : units) {
        if (unit.compare(known.name, Qt::CaseInsensitive) == 0)
            return number * known.factor;
    }
    return std::nullopt;
}

QString two(qint64 large, const char *largeUnit, qint64 small, const char *smallUnit)
{
    const QString head = FormatsText::tr(largeUnit).arg(large);
    return small == 0 ? head : head + QLatin1Char(' ') + FormatsText::tr(smallUnit).arg(small);
}

} // namespace

QString amountText(double value)
{
    return QLocale().toString(value, 'g', 6);
}

QString countText(double value)
{
    return QLocale().toString(value, 'f', 0);
}

QString memoryText(double mebibytes)
{
    return mebibytes <= 0 ? QStringLiteral("0") : bytesText(mebibytes * 1024 * 1024);
}

QString bytesText(double bytes)
{
    const int digits = bytes < 1024 ? 0 : 1;
    const QLocale locale;
    const QString text =
        locale.formattedDataSize(static_cast<qint64>(bytes), digits, QLocale::DataSizeIecFormat);
    const QString nothing = locale.decimalPoint() + locale.zeroDigit();
    const qsizetype unit = text.lastIndexOf(QLatin1Char(' '));
    if (unit >= nothing.size() && text.left(unit).endsWith(nothing)) // 512 MiB, not 512.0 MiB
        return text.left(unit - nothing.size()) + text.mid(unit);
    return text;
}

QString listText(const QStringList &parts)
{
    return parts.join(FormatsText::tr(", ", "between the parts of a list"));
}

QString timeText(double secondsSinceEpoch)
{
    if (secondsSinceEpoch <= 0)
        return {};
    const auto when = QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(secondsSinceEpoch * 1000));
    return when.date() == QDate::currentDate() ? when.time().toString(QStringLiteral("HH:mm:ss"))
                                               : when.toString(QStringLiteral("yyyy-MM-dd HH:mm"));
}

QString fullTimeText(double secondsSinceEpoch)
{
    if (secondsSinceEpoch <= 0)
        return {};
    return QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(secondsSinceEpoch * 1000))
        .toString(QStringLiteral("yyyy-MM-dd HH:mm:ss.zzz"));
}

QString durationText(double seconds)
{
    if (seconds < 0)
        seconds = 0;
    if (seconds < 0.9995)
        return FormatsText::tr("%1 ms").arg(std::lround(seconds * 1000));
    const auto whole = static_cast<qint64>(seconds);
    if (whole < 60)
        return FormatsText::tr("%1 s").arg(whole);
    if (whole < 3600)
        return two(whole / 60, QT_TRANSLATE_NOOP("Formats", "%1 min"), whole % 60,
                   QT_TRANSLATE_NOOP("Formats", "%1 s"));
    if (whole < 24 * 3600)
        return two(whole / 3600, QT_TRANSLATE_NOOP("Formats", "%1 h"), whole / 60 % 60,
                   QT_TRANSLATE_NOOP("Formats", "%1 min"));
    return two(whole / 86400, QT_TRANSLATE_NOOP("Formats", "%1 d"), whole / 3600 % 24,
               QT_TRANSLATE_NOOP("Formats", "%1 h"));
}

QString percentText(double share)
{
    return FormatsText::tr("%1 %").arg(QLocale().toString(share * 100, 'f', share < 0.1 ? 1 : 0));
}

std::optional<double> parseMemory(QStringView text)
{
    constexpr double kibi = 1.0 / 1024;
    static const std::array<Unit, 13> units = {{
        {QLatin1String("MiB"), 1},
        {QLatin1String("M"), 1},
        {QLatin1String("MB"), 1},
        {QLatin1String("K"), kibi},
        {QLatin1String("KB"), kibi},
        {QLatin1String("KiB"), kibi},
        {QLatin1String("G"), 1024},
        {QLatin1String("GB"), 1024},
        {QLatin1String("GiB"), 1024},
        {QLatin1String("T"), 1048576},
        {QLatin1String("TB"), 1048576},
        {QLatin1String("TiB"), 1048576},
        {QLatin1String("B"), kibi / 1024},
    }};
    return parseWithUnit(text, units);
}

std::optional<double> parseDuration(QStringView text)
{
    static const std::array<Unit, 8> units = {{
        {QLatin1String("s"), 1},
        {QLatin1String("sec"), 1},
        {QLatin1String("ms"), 0.001},
        {QLatin1String("m"), 60},
        {QLatin1String("min"), 60},
        {QLatin1String("h"), 3600},
        {QLatin1String("d"), 86400},
        {QLatin1String("w"), 604800},
    }};
    return parseWithUnit(text, units);
}

} // namespace meseta::console
