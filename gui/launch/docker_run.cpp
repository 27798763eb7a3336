#include "gui/launch/docker_run.h"

#include <functional>

#include <QCoreApplication>
#include <QHash>
#include <QRegularExpression>
#include <QSet>

namespace meseta::console {

namespace {

struct DockerRunText
{
    Q_DECLARE_TR_FUNCTIONS(DockerRun)
};

using Take = std::function<Result<>(const QString &value, ImportedLaunch &launch)>;

template <typename Parsed, typename Store> Result<> store(Result<Parsed> parsed, Store keep)
{
    if (!parsed)
        return fail(parsed.error());
    keep(*parsed);
    return {};
}

tl::unexpected<Error> wrong(const QString &sentence)
{
    return fail(sentence.toStdString());
}

/// `source` is translated when it is told: the language may have changed since the table was made.
Take note(const char *source)
{
    return [source](const QString &, ImportedLaunch &launch) -> Result<> {
        const QString text = DockerRunText::tr(source);
        if (!launch.notes.contains(text))
            launch.notes << text;
        return {};
    };
}

Result<> takeEnvironment(const QString &value, ImportedLaunch &launch)
{
    const auto equals = value.indexOf(QLatin1Char('='));
    if (equals < 0) {
        launch.notes
            << DockerRunText::tr("%1 was to come from your shell; give it a value.").arg(value);
        launch.request.environment.push_back({value, {}});
    } else {
        launch.request.environment.push_back({value.left(equals), value.mid(equals + 1)});
    }
    return {};
}

Result<> takePublished(const QString &value, ImportedLaunch &launch)
{
    return store(parsePublished(value), [&](const auto &ports) { launch.request.ports += ports; });
}

Result<> takeVolume(const QString &value, ImportedLaunch &launch)
{
    if (!value.contains(QLatin1Char(':'))) { // an anonymous volume
        launch.request.parameters.push_back({QStringLiteral("volume"), value});
        return {};
    }
    return store(parseVolume(value), [&](const auto &volume) { launch.request.volumes << volume; });
}

Result<> takeMount(const QString &value, ImportedLaunch &launch)
{
    QHash<QString, QString> fields;
    for (const QString &field : value.split(QLatin1Char(',')))
        fields.insert(field.section(QLatin1Char('='), 0, 0), field.section(QLatin1Char('='), 1));
    const auto first = [&](std::initializer_list<const char *> names) {
        for (const char *name : names) {
            if (const auto at = fields.constFind(QLatin1String(name)); at != fields.constEnd())
                return *at;
        }
        return QString();
    };
    const QString type = fields.value(QStringLiteral("type"), QStringLiteral("volume"));
    const QString from = first({"source", "src"});
    if (type == QLatin1String("tmpfs") || from.isEmpty()) {
        launch.request.parameters.push_back({QStringLiteral("mount"), value});
        return {};
    }
    const bool readOnly =
        fields.contains(QStringLiteral("readonly")) || fields.contains(QStringLiteral("ro"));
    launch.request.volumes.push_back({from, first({"target", "destination", "dst"}), readOnly});
    return {};
}

Result<> takeNetwork(const QString &value, ImportedLaunch &launch)
{
    using Network = LaunchRequest::Network;
    static const QHash<QString, Network> known{{QStringLiteral("host"), Network::Host},
                                               {QStringLiteral("bridge"), Network::Bridge},
                                               {QStringLiteral("default"), Network::Bridge},
                                               {QStringLiteral("none"), Network::None}};
    launch.request.network = known.value(value, Network::Named);
    if (launch.request.network == Network::Named)
        launch.request.networkName = value;
    return {};
}

Result<> takeMemory(const QString &value, ImportedLaunch &launch)
{
    return store(parseMebibytes(value), [&](double size) { launch.request.memory = size; });
}

Result<> takeCpus(const QString &value, ImportedLaunch &launch)
{
    bool ok = false;
    launch.request.cpus = value.toDouble(&ok);
    return ok ? Result<>{} : wrong(DockerRunText::tr("\"%1\" is not a number").arg(value));
}

Result<> takeShares(const QString &value, ImportedLaunch &launch)
{
    bool ok = false;
    launch.request.cpus = value.toDouble(&ok) / 1024;
    return ok ? Result<>{} : wrong(DockerRunText::tr("\"%1\" is not a number").arg(value));
}

Take text(QString LaunchRequest::*field)
{
    return [field](const QString &value, ImportedLaunch &launch) -> Result<> {
        launch.request.*field = value;
        return {};
    };
}

Take seconds(double LaunchRequest::HealthCheck::*field)
{
    return [field](const QString &value, ImportedLaunch &launch) {
        return store(parseSeconds(value),
                     [&](double time) { launch.request.healthCheck.*field = time; });
    };
}

Result<> takeHealthCommand(const QString &value, ImportedLaunch &launch)
{
    launch.request.healthCheck.kind = LaunchRequest::HealthCheck::Kind::Command;
    launch.request.healthCheck.command = value;
    return {};
}

Result<> takeRetries(const QString &value, ImportedLaunch &launch)
{
    launch.request.healthCheck.failures = value.toInt();
    return {};
}

Result<> takePull(const QString &value, ImportedLaunch &launch)
{
    launch.request.forcePull = value == QLatin1String("always");
    return {};
}

Result<> takePrivileged(const QString &, ImportedLaunch &launch)
{
    launch.request.privileged = true;
    return {};
}

const QHash<QString, Take> &optionsWithValue()
{
    static const QHash<QString, Take> table{
        {QStringLiteral("name"), text(&LaunchRequest::name)},
        {QStringLiteral("env"), takeEnvironment},
        {QStringLiteral("env-file"),
         note(QT_TRANSLATE_NOOP("DockerRun",
                                "Files of variables stay on your machine: paste their lines."))},
        {QStringLiteral("publish"), takePublished},
        {QStringLiteral("volume"), takeVolume},
        {QStringLiteral("mount"), takeMount},
        {QStringLiteral("network"), takeNetwork},
        {QStringLiteral("net"), takeNetwork},
        {QStringLiteral("user"), text(&LaunchRequest::user)},
        {QStringLiteral("hostname"), text(&LaunchRequest::hostname)},
        {QStringLiteral("memory"), takeMemory},
        {QStringLiteral("cpus"), takeCpus},
        {QStringLiteral("cpu-shares"), takeShares},
        {QStringLiteral("health-cmd"), takeHealthCommand},
        {QStringLiteral("health-interval"), seconds(&LaunchRequest::HealthCheck::interval)},
        {QStringLiteral("health-timeout"), seconds(&LaunchRequest::HealthCheck::timeout)},
        {QStringLiteral("health-start-period"), seconds(&LaunchRequest::HealthCheck::grace)},
        {QStringLiteral("health-retries"), takeRetries},
        {QStringLiteral("pull"), takePull},
        {QStringLiteral("restart"),
         note(QT_TRANSLATE_NOOP(
             "DockerRun",
             "Restarting is up to the framework: the console tells when a task ends."))},
        {QStringLiteral("cidfile"),
         note(QT_TRANSLATE_NOOP("DockerRun", "--cidfile has no meaning on a cluster."))},
        {QStringLiteral("attach"),
         note(QT_TRANSLATE_NOOP("DockerRun", "The console shows the output of the task instead."))},
        {QStringLiteral("detach-keys"),
         note(QT_TRANSLATE_NOOP("DockerRun", "The console shows the output of the task instead."))},
        {QStringLiteral("platform"),
         note(QT_TRANSLATE_NOOP("DockerRun", "The agent picks the platform."))},
    };
    return table;
}

const QHash<QString, Take> &switches()
{
    const char *output =
        QT_TRANSLATE_NOOP("DockerRun", "The console shows the output of the task instead.");
    static const QHash<QString, Take> table{
        {QStringLiteral("privileged"), takePrivileged},
        {QStringLiteral("detach"), [](const QString &, ImportedLaunch &) { return Result<>{}; }},
        {QStringLiteral("rm"), [](const QString &, ImportedLaunch &) { return Result<>{}; }},
        {QStringLiteral("quiet"), [](const QString &, ImportedLaunch &) { return Result<>{}; }},
        {QStringLiteral("interactive"), note(output)},
        {QStringLiteral("tty"), note(output)},
        {QStringLiteral("sig-proxy"), [](const QString &, ImportedLaunch &) { return Result<>{}; }},
        {QStringLiteral("publish-all"),
         note(QT_TRANSLATE_NOOP(
             "DockerRun", "Name the ports to publish: those of the image are not known here."))},
    };
    return table;
}

// What the Docker containerizer hands to the engine as it is.
bool isParameter(const QString &name)
{
    static const QSet<QString> names = [] {
        const QString list = QStringLiteral(
            "add-host blkio-weight cap-add cap-drop cgroup-parent cgroupns cpu-period cpu-quota "
            "cpu-rt-period cpu-rt-runtime cpuset-cpus cpuset-mems device device-cgroup-rule "
            "device-read-bps device-read-iops device-write-bps device-write-iops dns dns-opt "
            "dns-option dns-search domainname entrypoint expose gpus group-add ip ipc "
            "kernel-memory "
            "label link log-driver log-opt mac-address memory-reservation memory-swap "
            "memory-swappiness net-alias network-alias oom-score-adj pid pids-limit runtime "
            "security-opt shm-size stop-signal stop-timeout storage-opt sysctl tmpfs ulimit userns "
            "uts volume-driver volumes-from workdir");
        const auto words = list.split(QLatin1Char(' '));
        return QSet<QString>(words.begin(), words.end());
    }();
    return names.contains(name);
}

bool isParameterSwitch(const QString &name)
{
    static const QSet<QString> names{QStringLiteral("init"), QStringLiteral("read-only"),
                                     QStringLiteral("oom-kill-disable"),
                                     QStringLiteral("no-healthcheck")};
    return names.contains(name);
}

QString longName(QChar letter)
{
    static const QHash<QChar, QString> names{{QLatin1Char('e'), QStringLiteral("env")},
                                             {QLatin1Char('p'), QStringLiteral("publish")},
                                             {QLatin1Char('v'), QStringLiteral("volume")},
                                             {QLatin1Char('w'), QStringLiteral("workdir")},
                                             {QLatin1Char('u'), QStringLiteral("user")},
                                             {QLatin1Char('h'), QStringLiteral("hostname")},
                                             {QLatin1Char('m'), QStringLiteral("memory")},
                                             {QLatin1Char('c'), QStringLiteral("cpu-shares")},
                                             {QLatin1Char('l'), QStringLiteral("label")},
                                             {QLatin1Char('a'), QStringLiteral("attach")},
                                             {QLatin1Char('d'), QStringLiteral("detach")},
                                             {QLatin1Char('i'), QStringLiteral("interactive")},
                                             {QLatin1Char('t'), QStringLiteral("tty")},
                                             {QLatin1Char('P'), QStringLiteral("publish-all")},
                                             {QLatin1Char('q'), QStringLiteral("quiet")}};
    return names.value(letter);
}

bool isSwitch(const QString &name)
{
    return switches().contains(name) || isParameterSwitch(name);
}

class RunLine
{
public:
    explicit RunLine(QStringList words) : m_words(std::move(words)) { }

    Result<ImportedLaunch> read()
    {
        m_launch.request.network = LaunchRequest::Network::Bridge; // Docker's default
        while (m_at < m_words.size() && m_words[m_at].startsWith(QLatin1Char('-'))) {
            const QString word = m_words[m_at++];
            if (word == QLatin1String("--"))
                break;
            const auto taken = word.startsWith(QLatin1String("--")) ? takeLong(word.mid(2))
                                                                    : takeShort(word.mid(1));
            if (!taken)
                return fail(taken.error());
        }
        if (m_at >= m_words.size())
            return wrong(DockerRunText::tr("the line names no image"));
        m_launch.request.image = m_words[m_at];
        m_launch.request.command = joinWords(m_words.mid(m_at + 1));
        // A container that publishes nothing does as well on the bridge; the form's other defaults
        // hold.
        return m_launch;
    }

private:
    Result<> takeLong(const QString &word)
    {
        const auto equals = word.indexOf(QLatin1Char('='));
        const QString name = word.left(equals);
        if (equals >= 0)
            return apply(name, word.mid(equals + 1));
        if (isSwitch(name))
            return apply(name, QStringLiteral("true"));
        return applyNext(name);
    }

    // "-it", "-p80:80", "-p 80:80"
    Result<> takeShort(const QString &letters)
    {
        for (qsizetype i = 0; i < letters.size(); ++i) {
            const QString name = longName(letters[i]);
            if (name.isEmpty())
                return wrong(DockerRunText::tr("%1 is no option of docker run")
                                 .arg(QLatin1Char('-') + letters[i]));
            if (!isSwitch(name)) {
                QString value = letters.mid(i + 1);
                if (value.startsWith(QLatin1Char('=')))
                    value.remove(0, 1);
                return value.isEmpty() ? applyNext(name) : apply(name, value);
            }
            if (auto taken = apply(name, QStringLiteral("true")); !taken)
                return taken;
        }
        return {};
    }

    Result<> applyNext(const QString &name)
    {
        if (m_at >= m_words.size())
            return wrong(DockerRunText::tr("%1 lacks its value").arg(QLatin1String("--") + name));
        return apply(name, m_words[m_at++]);
    }

    Result<> apply(const QString &name, const QString &value)
    {
        Result<> taken;
        if (optionsWithValue().contains(name))
            taken = optionsWithValue().value(name)(value, m_launch);
        else if (switches().contains(name))
            taken = value == QLatin1String("false") ? Result<>{}
                                                    : switches().value(name)(value, m_launch);
        else if (isParameter(name) || isParameterSwitch(name))
            m_launch.request.parameters.push_back({name, value});
        else
            return wrong(
                DockerRunText::tr("%1 is no option of docker run").arg(QLatin1String("--") + name));
        if (!taken)
            return fail(taken.error().within("--" + name.toStdString()));
        return {};
    }

    QStringList m_words;
    qsizetype m_at = 0;
    ImportedLaunch m_launch;
};

const QRegularExpression &runPrefix()
{
    static const QRegularExpression prefix(QStringLiteral(
        "^\\s*(?:[$#]\\s+)?(?:sudo\\s+)?(?:docker|podman|nerdctl)\\s+(?:container\\s+)?run\\s"));
    return prefix;
}

} // namespace

bool looksLikeDockerRun(const QString &line)
{
    return runPrefix().match(line).hasMatch();
}

Result<ImportedLaunch> parseDockerRun(const QString &line)
{
    const auto prefix = runPrefix().match(line + QLatin1Char(' '));
    if (!prefix.hasMatch())
        return wrong(DockerRunText::tr("the line does not begin with \"docker run\""));
    QString rest = line.mid(prefix.capturedEnd());
    rest.replace(QLatin1String("\r\n"), QLatin1String("\n"));
    auto words = splitWords(rest);
    if (!words)
        return fail(words.error());
    return RunLine(std::move(*words)).read();
}

} // namespace meseta::console
