#include "gui/launch/request_fields.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include "gui/launch/docker_run.h"

namespace meseta::console {

namespace {

struct FieldText
{
    Q_DECLARE_TR_FUNCTIONS(RequestFields)
};

using Rule = LaunchRequest::Constraint::Rule;

QStringList linesOf(const QString &text)
{
    QStringList lines;
    for (const QString &line : text.split(QLatin1Char('\n'))) {
        if (!line.trimmed().isEmpty())
            lines << line.trimmed();
    }
    return lines;
}

} // namespace

Result<QList<LaunchRequest::PortMapping>> parsePorts(const QString &text)
{
    QList<LaunchRequest::PortMapping> ports;
    for (const QString &part : text.split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        if (part.trimmed().isEmpty())
            continue;
        const auto parsed = parsePublished(part.trimmed());
        if (!parsed)
            return fail(FieldText::tr("\"%1\" is not a port; write 8080:80, 6379 or 53/udp.")
                            .arg(part.trimmed())
                            .toStdString());
        ports += *parsed;
    }
    return ports;
}

QString portsText(const QList<LaunchRequest::PortMapping> &ports)
{
    QStringList parts;
    for (const auto &port : ports) {
        QString part = QString::number(port.containerPort);
        if (port.hostPort != 0)
            part.prepend(QString::number(port.hostPort) + QLatin1Char(':'));
        if (port.protocol != QLatin1String("tcp"))
            part += QLatin1Char('/') + port.protocol;
        parts << part;
    }
    return parts.join(QStringLiteral(", "));
}

Result<QList<std::pair<QString, QString>>> parsePairs(const QString &text, const QString &what)
{
    QList<std::pair<QString, QString>> pairs;
    for (const QString &line : linesOf(text)) {
        const auto equals = line.indexOf(QLatin1Char('='));
        if (equals <= 0)
            return fail(FieldText::tr("%1: \"%2\" has no \"=\"; write NAME=value, one a line.")
                            .arg(what, line)
                            .toStdString());
        pairs.push_back({line.left(equals).trimmed(), line.mid(equals + 1)});
    }
    return pairs;
}

QString pairsText(const QList<std::pair<QString, QString>> &pairs)
{
    QStringList lines;
    for (const auto &[name, value] : pairs)
        lines << name + QLatin1Char('=') + value;
    return lines.join(QLatin1Char('\n'));
}

Result<QList<LaunchRequest::Volume>> parseVolumes(const QString &text)
{
    QList<LaunchRequest::Volume> volumes;
    for (const QString &line : linesOf(text)) {
        const auto volume = parseVolume(line);
        if (!volume)
            return fail(
                FieldText::tr("\"%1\" is not a volume; write /on/the/agent:/in/the/container, "
                              "and :ro to keep it from being written.")
                    .arg(line)
                    .toStdString());
        volumes << *volume;
    }
    return volumes;
}

QString volumesText(const QList<LaunchRequest::Volume> &volumes)
{
    QStringList lines;
    for (const auto &volume : volumes)
        lines << volume.hostPath + QLatin1Char(':') + volume.containerPath
                + (volume.readOnly ? QStringLiteral(":ro") : QString());
    return lines.join(QLatin1Char('\n'));
}

Result<QList<LaunchRequest::Constraint>> parseConstraints(const QString &text)
{
    static const QRegularExpression form(
        QStringLiteral("^([^\\s=!~]+)\\s*(?:(=|!=|~)\\s*(.+)|\\s(unique))$"));
    QList<LaunchRequest::Constraint> constraints;
    for (const QString &line : linesOf(text)) {
        const auto match = form.match(line);
        if (!match.hasMatch())
            return fail(
                FieldText::tr("\"%1\" is not a rule; write rack = r1, rack != r1, rack ~ r[12] "
                              "or hostname unique.")
                    .arg(line)
                    .toStdString());
        const QString sign = match.captured(2);
        const Rule rule = !match.captured(4).isEmpty() ? Rule::OncePerValue
            : sign == QLatin1String("=")               ? Rule::Is
            : sign == QLatin1String("!=")              ? Rule::IsNot
                                                       : Rule::Matches;
        constraints.push_back({match.captured(1), rule, match.captured(3).trimmed()});
    }
    return constraints;
}

QString constraintsText(const QList<LaunchRequest::Constraint> &constraints)
{
    QStringList lines;
    for (const auto &constraint : constraints) {
        switch (constraint.rule) {
        case Rule::Is:
            lines << constraint.attribute + QStringLiteral(" = ") + constraint.value;
            break;
        case Rule::IsNot:
            lines << constraint.attribute + QStringLiteral(" != ") + constraint.value;
            break;
        case Rule::Matches:
            lines << constraint.attribute + QStringLiteral(" ~ ") + constraint.value;
            break;
        case Rule::OncePerValue:
            lines << constraint.attribute + QStringLiteral(" unique");
            break;
        }
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace meseta::console
