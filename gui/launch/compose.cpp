#include "gui/launch/compose.h"

#include <yaml-cpp/yaml.h>

#include <QCoreApplication>
#include <QRegularExpression>

namespace meseta::console {

namespace {

constexpr qsizetype maxBytes = 1 << 20;
constexpr int maxNodes = 10000;

struct ComposeText
{
    Q_DECLARE_TR_FUNCTIONS(Compose)
};

// The member of a map, also of one that is merged in with "<<"; a null node when there is none.
YAML::Node member(const YAML::Node &node, const char *key)
{
    if (!node.IsMap())
        return YAML::Node();
    if (const YAML::Node own = node[key]; own.IsDefined())
        return own;
    const YAML::Node merged = node["<<"];
    if (merged.IsDefined() && merged.IsSequence()) {
        for (const auto &entry : merged) {
            if (const YAML::Node found = member(entry, key); !found.IsNull())
                return found;
        }
        return YAML::Node();
    }
    return merged.IsDefined() ? member(merged, key) : YAML::Node();
}

QString scalar(const YAML::Node &node)
{
    return node.IsScalar() ? QString::fromStdString(node.Scalar()) : QString();
}

// Aliases can make a small file huge.
bool withinBounds(const YAML::Node &node, int &left, int depth = 0)
{
    if (--left < 0 || depth > 50)
        return false;
    if (node.IsMap()) {
        for (const auto &entry : node) {
            if (!withinBounds(entry.second, left, depth + 1))
                return false;
        }
    } else if (node.IsSequence()) {
        for (const auto &entry : node) {
            if (!withinBounds(entry, left, depth + 1))
                return false;
        }
    }
    return true;
}

// "A: 1" maps and "A=1" lists are the same thing in Compose.
QList<std::pair<QString, QString>> pairs(const YAML::Node &node)
{
    QList<std::pair<QString, QString>> found;
    if (node.IsMap()) {
        for (const auto &entry : node)
            found.push_back({scalar(entry.first), scalar(entry.second)});
    } else if (node.IsSequence()) {
        for (const auto &entry : node) {
            const QString text = scalar(entry);
            found.push_back(
                {text.section(QLatin1Char('='), 0, 0), text.section(QLatin1Char('='), 1)});
        }
    }
    return found;
}

// A line for the shell's rules, or a list of words.
QString wordsOf(const YAML::Node &node)
{
    if (!node.IsSequence())
        return scalar(node);
    QStringList words;
    for (const auto &entry : node)
        words << scalar(entry);
    return joinWords(words);
}

QStringList listOf(const YAML::Node &node)
{
    QStringList items;
    if (node.IsSequence()) {
        for (const auto &entry : node)
            items << scalar(entry);
    } else if (node.IsScalar()) {
        items << scalar(node);
    }
    return items;
}

class Service
{
public:
    explicit Service(const YAML::Node &node) : m_node(node) { }

    Result<ImportedLaunch> read(const QString &name)
    {
        request().name = name;
        request().network = LaunchRequest::Network::Bridge;
        request().image = scalar(member(m_node, "image"));
        if (request().image.isEmpty())
            return fail(ComposeText::tr("it names no image; one that is built has to be pushed to "
                                        "a registry first")
                            .toStdString());
        for (const auto &step : {&Service::readPlain, &Service::readPorts, &Service::readVolumes,
                                 &Service::readSize, &Service::readHealth, &Service::readNetwork}) {
            if (auto done = (this->*step)(); !done)
                return fail(done.error());
        }
        readParameters();
        noteRest();
        return m_launch;
    }

private:
    LaunchRequest &request() { return m_launch.request; }

    Result<> readPlain()
    {
        if (!member(m_node, "command").IsNull())
            request().command = wordsOf(member(m_node, "command"));
        if (!member(m_node, "environment").IsNull())
            request().environment = pairs(member(m_node, "environment"));
        request().user = scalar(member(m_node, "user"));
        request().hostname = scalar(member(m_node, "hostname"));
        request().privileged = scalar(member(m_node, "privileged")) == QLatin1String("true");
        request().forcePull = scalar(member(m_node, "pull_policy")) == QLatin1String("always");
        return {};
    }

    Result<> readPorts()
    {
        for (const auto &entry : member(m_node, "ports")) {
            QString text = scalar(entry);
            if (entry.IsMap()) {
                text = scalar(member(entry, "target"));
                if (!member(entry, "published").IsNull())
                    text.prepend(scalar(member(entry, "published")) + QLatin1Char(':'));
                if (!member(entry, "protocol").IsNull())
                    text += QLatin1Char('/') + scalar(member(entry, "protocol"));
            }
            const auto ports = parsePublished(text);
            if (!ports)
                return fail(ports.error().within("ports"));
            request().ports += *ports;
        }
        return {};
    }

    Result<> readVolumes()
    {
        for (const auto &entry : member(m_node, "volumes")) {
            if (entry.IsMap()) {
                request().volumes.push_back(
                    {scalar(member(entry, "source")), scalar(member(entry, "target")),
                     scalar(member(entry, "read_only")) == QLatin1String("true")});
                continue;
            }
            const QString text = scalar(entry);
            if (!text.contains(QLatin1Char(':'))) {
                request().parameters.push_back({QStringLiteral("volume"), text});
                continue;
            }
            const auto volume = parseVolume(text);
            if (!volume)
                return fail(volume.error().within("volumes"));
            if (volume->hostPath.startsWith(QLatin1Char('.')))
                m_launch.notes << ComposeText::tr(
                                      "%1 lies beside the Compose file; agents do not see it.")
                                      .arg(volume->hostPath);
            request().volumes << *volume;
        }
        return {};
    }

    Result<> readSize()
    {
        const YAML::Node limits = member(member(member(m_node, "deploy"), "resources"), "limits");
        const QString cpus = !member(m_node, "cpus").IsNull() ? scalar(member(m_node, "cpus"))
                                                              : scalar(member(limits, "cpus"));
        const QString memory = !member(m_node, "mem_limit").IsNull()
            ? scalar(member(m_node, "mem_limit"))
            : scalar(member(limits, "memory"));
        if (!cpus.isEmpty())
            request().cpus = cpus.toDouble();
        if (!memory.isEmpty()) {
            const auto size = parseMebibytes(memory);
            if (!size)
                return fail(size.error().within("memory"));
            request().memory = *size;
        }
        if (const QString replicas = scalar(member(member(m_node, "deploy"), "replicas"));
            !replicas.isEmpty())
            request().instances = replicas.toInt();
        return {};
    }

    Result<> readHealth()
    {
        const YAML::Node given = member(m_node, "healthcheck");
        if (given.IsNull() || member(given, "test").IsNull()
            || scalar(member(given, "disable")) == QLatin1String("true"))
            return {};
        auto &check = request().healthCheck;
        check.kind = LaunchRequest::HealthCheck::Kind::Command;
        QStringList words = listOf(member(given, "test"));
        if (member(given, "test").IsScalar()) {
            check.command = words.value(0);
        } else if (words.value(0) == QLatin1String("NONE")) {
            check = {};
            return {};
        } else {
            const bool line = words.takeFirst() == QLatin1String("CMD-SHELL");
            check.command = line ? words.join(QLatin1Char(' ')) : joinWords(words);
        }
        const std::pair<const char *, double *> times[] = {{"interval", &check.interval},
                                                           {"timeout", &check.timeout},
                                                           {"start_period", &check.grace}};
        for (const auto &[key, field] : times) {
            if (member(given, key).IsNull())
                continue;
            const auto time = parseSeconds(scalar(member(given, key)));
            if (!time)
                return fail(time.error().within(std::string("healthcheck.") + key));
            *field = *time;
        }
        if (!member(given, "retries").IsNull())
            check.failures = scalar(member(given, "retries")).toInt();
        return {};
    }

    Result<> readNetwork()
    {
        const QString mode = scalar(member(m_node, "network_mode"));
        if (mode == QLatin1String("host"))
            request().network = LaunchRequest::Network::Host;
        else if (mode == QLatin1String("none"))
            request().network = LaunchRequest::Network::None;
        else if (!member(m_node, "networks").IsNull())
            m_launch.notes << ComposeText::tr(
                "Networks of the Compose file do not reach across agents: the bridge is taken.");
        if (request().network != LaunchRequest::Network::Bridge)
            request().ports.clear();
        return {};
    }

    void readParameters()
    {
        const auto add = [this](const char *key, const char *option) {
            for (const QString &value : listOf(member(m_node, key)))
                request().parameters.push_back({QString::fromLatin1(option), value});
        };
        if (!member(m_node, "entrypoint").IsNull()) {
            // The engine takes one word; what follows it goes before the command.
            auto words = splitWords(wordsOf(member(m_node, "entrypoint"))).value_or(QStringList());
            if (!words.isEmpty()) {
                request().parameters.push_back({QStringLiteral("entrypoint"), words.takeFirst()});
                request().command =
                    (joinWords(words) + QLatin1Char(' ') + request().command).trimmed();
            }
        }
        add("working_dir", "workdir");
        add("cap_add", "cap-add");
        add("cap_drop", "cap-drop");
        add("dns", "dns");
        add("extra_hosts", "add-host");
        add("shm_size", "shm-size");
        add("tmpfs", "tmpfs");
        add("security_opt", "security-opt");
        add("devices", "device");
        add("stop_signal", "stop-signal");
        if (scalar(member(m_node, "init")) == QLatin1String("true"))
            request().parameters.push_back({QStringLiteral("init"), QStringLiteral("true")});
        if (scalar(member(m_node, "read_only")) == QLatin1String("true"))
            request().parameters.push_back({QStringLiteral("read-only"), QStringLiteral("true")});
        for (const auto &[key, value] : pairs(member(m_node, "labels")))
            request().parameters.push_back(
                {QStringLiteral("label"), key + QLatin1Char('=') + value});
    }

    void noteRest()
    {
        static const char *const known[] = {"image",       "command",
                                            "environment", "user",
                                            "hostname",    "privileged",
                                            "pull_policy", "ports",
                                            "volumes",     "deploy",
                                            "cpus",        "mem_limit",
                                            "healthcheck", "network_mode",
                                            "networks",    "entrypoint",
                                            "working_dir", "cap_add",
                                            "cap_drop",    "dns",
                                            "extra_hosts", "shm_size",
                                            "tmpfs",       "security_opt",
                                            "devices",     "stop_signal",
                                            "init",        "read_only",
                                            "labels",      "expose",
                                            "<<",          "container_name",
                                            "restart",     "<<"};
        QStringList left;
        for (const auto &entry : m_node) {
            const QString key = scalar(entry.first);
            const bool taken =
                std::any_of(std::begin(known), std::end(known),
                            [&](const char *name) { return key == QLatin1String(name); });
            if (!taken && !key.startsWith(QLatin1String("x-")))
                left << key;
        }
        if (!left.isEmpty())
            m_launch.notes
                << ComposeText::tr("Not taken over: %1.").arg(left.join(QStringLiteral(", ")));
        for (const auto &[variable, value] : request().environment) {
            if (value.contains(QLatin1String("${")))
                m_launch.notes << ComposeText::tr(
                                      "%1 was to come from your shell; give it a value.")
                                      .arg(variable);
        }
    }

    const YAML::Node m_node;
    ImportedLaunch m_launch;
};

Result<QList<ImportedLaunch>> readServices(const YAML::Node &services)
{
    if (!services.IsMap() || services.size() == 0)
        return fail(ComposeText::tr("the file has no services").toStdString());
    QList<ImportedLaunch> launches;
    for (const auto &entry : services) {
        const QString name = scalar(entry.first);
        if (!entry.second.IsMap())
            return fail(ComposeText::tr("service \"%1\" is empty").arg(name).toStdString());
        auto launch = Service(entry.second).read(name);
        if (!launch)
            return fail(
                launch.error().within(ComposeText::tr("service \"%1\"").arg(name).toStdString()));
        launches << *launch;
    }
    return launches;
}

} // namespace

bool looksLikeCompose(const QString &text)
{
    static const QRegularExpression services(QStringLiteral("^services\\s*:"),
                                             QRegularExpression::MultilineOption);
    return services.match(text).hasMatch();
}

Result<QList<ImportedLaunch>> parseCompose(const QString &text)
{
    if (text.size() > maxBytes)
        return fail(ComposeText::tr("a Compose file of over 1 MiB is refused").toStdString());
    try {
        const YAML::Node root = YAML::Load(text.toStdString());
        int left = maxNodes;
        if (!withinBounds(root, left))
            return fail(ComposeText::tr("the file unfolds to too many entries").toStdString());
        if (!root.IsMap())
            return fail(ComposeText::tr("the file has no services").toStdString());
        return readServices(member(root, "services"));
    } catch (const YAML::Exception &problem) {
        return fail(ComposeText::tr("line %1: %2")
                        .arg(problem.mark.line + 1)
                        .arg(QString::fromStdString(problem.msg))
                        .toStdString());
    }
}

} // namespace meseta::console
