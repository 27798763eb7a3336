// The values of options of `docker run`, which Compose files write alike.

#include <QCoreApplication>
#include <QRegularExpression>

#include "gui/launch/docker_run.h"

namespace meseta::console {

namespace {

struct DockerRunText
{
    Q_DECLARE_TR_FUNCTIONS(DockerRun)
};

tl::unexpected<Error> wrong(const QString &sentence, const QString &value)
{
    return fail(sentence.arg(value).toStdString());
}

struct PortRange
{
    int first = 0;
    int last = 0;
};

Result<PortRange> parseRange(const QString &text)
{
    static const QRegularExpression form(QStringLiteral("^(\\d{1,5})(?:-(\\d{1,5}))?$"));
    const auto match = form.match(text);
    if (!match.hasMatch())
        return wrong(DockerRunText::tr("\"%1\" is not a port or a range of ports"), text);
    PortRange range{match.captured(1).toInt(), 0};
    range.last = match.captured(2).isEmpty() ? range.first : match.captured(2).toInt();
    if (range.first < 1 || range.last > 65535 || range.last < range.first)
        return wrong(DockerRunText::tr("\"%1\" is not within the ports 1 to 65535"), text);
    return range;
}

} // namespace

Result<QList<LaunchRequest::PortMapping>> parsePublished(const QString &text)
{
    const QString protocol = text.section(QLatin1Char('/'), 1);
    QStringList parts = text.section(QLatin1Char('/'), 0, 0).split(QLatin1Char(':'));
    if (parts.size() > 2)
        parts = parts.mid(parts.size() - 2); // the address to listen on is the agent's business
    const auto container = parseRange(parts.last());
    if (!container)
        return fail(container.error());
    PortRange host;
    if (parts.size() == 2 && !parts.first().isEmpty()) {
        const auto given = parseRange(parts.first());
        if (!given)
            return fail(given.error());
        if (given->last - given->first != container->last - container->first)
            return wrong(DockerRunText::tr("\"%1\": the two ranges differ in length"), text);
        host = *given;
    }
    QList<LaunchRequest::PortMapping> ports;
    for (int i = 0; i <= container->last - container->first; ++i)
        ports.push_back({container->first + i,
                         protocol.isEmpty() ? QStringLiteral("tcp") : protocol.toLower(),
                         host.first == 0 ? 0 : host.first + i});
    return ports;
}

Result<LaunchRequest::Volume> parseVolume(const QString &text)
{
    const QStringList parts = text.split(QLatin1Char(':'));
    if (parts.size() < 2 || parts[0].isEmpty() || !parts[1].startsWith(QLatin1Char('/')))
        return wrong(DockerRunText::tr("\"%1\" does not name what to mount and where: "
                                       "host:/container[:ro]"),
                     text);
    LaunchRequest::Volume volume{parts[0], parts[1], false};
    if (parts.size() > 2)
        volume.readOnly = parts[2].split(QLatin1Char(',')).contains(QLatin1String("ro"));
    return volume;
}

Result<double> parseMebibytes(const QString &text)
{
    static const QRegularExpression form(
        QStringLiteral("^([0-9]*\\.?[0-9]+) ?([bkmgtp]?)(?:i?b)?$"),
        QRegularExpression::CaseInsensitiveOption);
    const auto match = form.match(text.trimmed());
    if (!match.hasMatch())
        return wrong(DockerRunText::tr("\"%1\" is not a size such as 512m or 1g"), text);
    const QString unit = match.captured(2).toLower();
    const auto power = unit.isEmpty() || unit == QLatin1String("b")
        ? 0
        : QStringLiteral("kmgtp").indexOf(unit) + 1;
    double value = match.captured(1).toDouble();
    for (auto step = power; step < 2; ++step)
        value /= 1024;
    for (auto step = power; step > 2; --step)
        value *= 1024;
    return value;
}

Result<double> parseSeconds(const QString &text)
{
    static const QRegularExpression whole(QStringLiteral("^(?:[0-9.]+(?:h|ms|m|us|ns|s))+$"));
    static const QRegularExpression part(QStringLiteral("([0-9.]+)(h|ms|m|us|ns|s)"));
    if (!whole.match(text).hasMatch())
        return wrong(DockerRunText::tr("\"%1\" is not a duration such as 30s or 1m30s"), text);
    static const QHash<QString, double> units{
        {QStringLiteral("h"), 3600},  {QStringLiteral("m"), 60},    {QStringLiteral("s"), 1},
        {QStringLiteral("ms"), 1e-3}, {QStringLiteral("us"), 1e-6}, {QStringLiteral("ns"), 1e-9}};
    double seconds = 0;
    for (auto at = part.globalMatch(text); at.hasNext();) {
        const auto match = at.next();
        seconds += match.captured(1).toDouble() * units.value(match.captured(2));
    }
    return seconds;
}

} // namespace meseta::console
