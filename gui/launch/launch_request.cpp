#include "gui/launch/launch_request.h"

#include <QCoreApplication>
#include <QRegularExpression>

namespace meseta::console {

namespace {

struct RequestText
{
    Q_DECLARE_TR_FUNCTIONS(LaunchRequest)
};

using Problem = LaunchRequest::Problem;

std::optional<Problem> imageProblem(const QString &image)
{
    // Docker's reference grammar, loosely: what it refuses, the engine would refuse too.
    static const QRegularExpression reference(
        QStringLiteral("^[a-z0-9]([a-zA-Z0-9._:/@-]*[a-zA-Z0-9])?$"));
    if (image.isEmpty())
        return Problem{QStringLiteral("image"),
                       RequestText::tr("Name an image, for example library/redis.")};
    if (!reference.match(image).hasMatch())
        return Problem{
            QStringLiteral("image"),
            RequestText::tr("\"%1\" is not the name of an image; it looks like registry/name:tag.")
                .arg(image)};
    return std::nullopt;
}

std::optional<Problem> sizeProblem(const LaunchRequest &request)
{
    if (request.cpus < 0.01)
        return Problem{QStringLiteral("cpus"), RequestText::tr("A task needs at least 0.01 CPUs.")};
    if (request.memory < 4)
        return Problem{QStringLiteral("memory"),
                       RequestText::tr("Docker gives no container less than 4 MiB of memory.")};
    if (request.instances < 1 || request.instances > 1000)
        return Problem{QStringLiteral("instances"),
                       RequestText::tr("Launch between 1 and 1000 instances at a time.")};
    return std::nullopt;
}

std::optional<Problem> networkProblem(const LaunchRequest &request)
{
    using Network = LaunchRequest::Network;
    const bool mapped = request.network == Network::Bridge || request.network == Network::Named;
    if (!request.ports.isEmpty() && !mapped)
        return Problem{QStringLiteral("ports"),
                       RequestText::tr("Ports are mapped on the bridge network only.")};
    if (request.network == Network::Named && request.networkName.isEmpty())
        return Problem{QStringLiteral("network"), RequestText::tr("Name the network to join.")};
    if (request.network == Network::Bridge
        && request.containerizer == LaunchRequest::Containerizer::Mesos)
        return Problem{QStringLiteral("network"),
                       RequestText::tr("The Mesos containerizer has no bridge of its own; name one "
                                       "of the networks that its agents are set up with.")};
    for (const auto &port : request.ports) {
        for (const int number : {port.containerPort, port.hostPort}) {
            const bool chosen = number == 0 && number == port.hostPort;
            if (!chosen && (number < 1 || number > 65535))
                return Problem{
                    QStringLiteral("ports"),
                    RequestText::tr("%1 is not a port; ports go from 1 to 65535.").arg(number)};
        }
        if (port.hostPort != 0 && request.instances > 1)
            return Problem{QStringLiteral("ports"),
                           RequestText::tr("Several instances cannot all have host port %1; leave "
                                           "the choice of it to the offer.")
                               .arg(port.hostPort)};
    }
    return std::nullopt;
}

std::optional<Problem> volumeProblem(const LaunchRequest &request)
{
    for (const auto &volume : request.volumes) {
        if (!volume.containerPath.startsWith(QLatin1Char('/')))
            return Problem{QStringLiteral("volumes"),
                           RequestText::tr("\"%1\" must be an absolute path in the container.")
                               .arg(volume.containerPath)};
        if (volume.hostPath.isEmpty())
            return Problem{QStringLiteral("volumes"),
                           RequestText::tr("Say what to mount at %1.").arg(volume.containerPath)};
    }
    return std::nullopt;
}

std::optional<Problem> healthProblem(const LaunchRequest::HealthCheck &check)
{
    using Kind = LaunchRequest::HealthCheck::Kind;
    if (check.kind == Kind::None)
        return std::nullopt;
    const auto wrong = [](const QString &text) { return Problem{QStringLiteral("health"), text}; };
    if (check.kind == Kind::Command) {
        if (check.command.trimmed().isEmpty())
            return wrong(RequestText::tr("Write the command that tells whether the task is well."));
    } else if (check.port < 1 || check.port > 65535) {
        return wrong(
            RequestText::tr("%1 is not a port; ports go from 1 to 65535.").arg(check.port));
    }
    if (check.kind == Kind::Http && !check.path.startsWith(QLatin1Char('/')))
        return wrong(RequestText::tr("The path of a health check starts with \"/\"."));
    if (check.interval < 0 || check.timeout < 0 || check.grace < 0 || check.failures < 0)
        return wrong(RequestText::tr("The times of a health check cannot be negative."));
    return std::nullopt;
}

std::optional<Problem> constraintProblem(const LaunchRequest &request)
{
    for (const auto &constraint : request.constraints) {
        if (constraint.attribute.isEmpty())
            return Problem{QStringLiteral("constraints"),
                           RequestText::tr("Name the attribute that agents must have.")};
        if (constraint.rule == LaunchRequest::Constraint::Rule::Matches
            && !QRegularExpression(constraint.value).isValid())
            return Problem{
                QStringLiteral("constraints"),
                RequestText::tr("\"%1\" is not a regular expression.").arg(constraint.value)};
    }
    return std::nullopt;
}

std::optional<Problem> roleProblem(const LaunchRequest &request)
{
    const bool isNone = request.role.isEmpty() || request.role == QLatin1String("*");
    if (request.reserve && isNone)
        return Problem{
            QStringLiteral("role"),
            RequestText::tr("Resources are reserved for a role: name one other than *.")};
    return std::nullopt;
}

std::optional<Problem> wordsProblem(const LaunchRequest &request)
{
    if (request.name.contains(QLatin1Char('/')) || request.name.size() > 200)
        return Problem{
            QStringLiteral("name"),
            RequestText::tr("The name must be shorter than 200 characters and hold no \"/\".")};
    if (!request.shell && !splitWords(request.command))
        return Problem{QStringLiteral("command"),
                       RequestText::tr("A quote in the command is not closed.")};
    if (request.shell && request.command.trimmed().isEmpty())
        return Problem{QStringLiteral("command"),
                       RequestText::tr("Write the line that the shell is to run.")};
    for (const auto &[variable, value] : request.environment) {
        if (variable.isEmpty() || variable.contains(QLatin1Char('=')))
            return Problem{QStringLiteral("environment"),
                           RequestText::tr("Write each variable as NAME=value, one a line.")};
    }
    return std::nullopt;
}

bool isPlain(const QString &word)
{
    static const QRegularExpression plain(QStringLiteral("^[A-Za-z0-9_@%+=:,./-]+$"));
    return plain.match(word).hasMatch();
}

} // namespace

std::optional<Problem> LaunchRequest::problem() const
{
    if (auto found = imageProblem(image))
        return found;
    if (auto found = wordsProblem(*this))
        return found;
    if (auto found = sizeProblem(*this))
        return found;
    if (auto found = networkProblem(*this))
        return found;
    if (auto found = volumeProblem(*this))
        return found;
    if (auto found = healthProblem(healthCheck))
        return found;
    if (auto found = roleProblem(*this))
        return found;
    return constraintProblem(*this);
}

Result<QStringList> splitWords(const QString &line)
{
    QStringList words;
    QString word;
    bool inWord = false;
    QChar quote;
    for (qsizetype i = 0; i < line.size(); ++i) {
        const QChar c = line[i];
        const bool last = i + 1 == line.size();
        if (quote == QLatin1Char('\'')) {
            c == quote ? void(quote = QChar()) : void(word += c);
        } else if (c == QLatin1Char('\\') && !last) {
            const QChar next = line[++i];
            // Within double quotes a backslash escapes only what has a meaning there.
            const bool escapes = quote.isNull() || QStringLiteral("\"\\$`\n").contains(next);
            if (!escapes)
                word += c;
            if (next != QLatin1Char('\n')) {
                word += next;
                inWord = true;
            }
        } else if (!quote.isNull()) {
            c == quote ? void(quote = QChar()) : void(word += c);
        } else if (c == QLatin1Char('"') || c == QLatin1Char('\'')) {
            quote = c;
            inWord = true;
        } else if (c.isSpace()) {
            if (inWord)
                words << word;
            word.clear();
            inWord = false;
        } else {
            word += c;
            inWord = true;
        }
    }
    if (!quote.isNull())
        return fail("the quote " + QString(quote).toStdString() + " is not closed");
    if (inWord)
        words << word;
    return words;
}

QString joinWords(const QStringList &words)
{
    QStringList quoted;
    for (QString word : words) {
        if (!isPlain(word))
            word = QLatin1Char('\'') + word.replace(QLatin1String("'"), QLatin1String("'\\''"))
                + QLatin1Char('\'');
        quoted << word;
    }
    return quoted.join(QLatin1Char(' '));
}

} // namespace meseta::console
