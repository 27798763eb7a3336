#include "daemons/agent/containerizer/native/isolators/cni/cni_network.h"

#include <sstream>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>

#include "common/codec/json.h"

namespace meseta::agent {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 maxConfigBytes = 1024 * 1024;
const QString mesosArguments = u"org.apache.mesos"_s;
const QString portMapper = u"mesos-cni-port-mapper"_s;
const QString chainVersion = u"0.4.0"_s; ///< the least that hands results from plugin to plugin

Result<QJsonObject> objectOf(const QByteArray &json)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(json, &error);
    if (!document.isObject())
        return fail(error.error == QJsonParseError::NoError ? "it is no object in JSON"
                                                            : error.errorString().toStdString()
                            + " at byte " + std::to_string(error.offset));
    return document.object();
}

/// Networks name folders of ours, so no name may lead elsewhere.
bool isName(const QString &name)
{
    return !name.isEmpty() && !name.startsWith(u'.') && !name.contains(u'/') && name.size() < 200;
}

/// Mesos' port mapper as the plugins that do its work.
Result<std::vector<QJsonObject>> portMapping(const QJsonObject &config)
{
    QJsonObject first = config.value(u"delegate").toObject();
    if (first.value(u"type").toString().isEmpty())
        return fail("it has no 'delegate' with a 'type', the plugin that makes the interface");
    if (config.contains(u"args"))
        first[u"args"_s] = config.value(u"args");
    QJsonObject ports{{u"type"_s, u"portmap"_s},
                      {u"snat"_s, true},
                      {u"capabilities"_s, QJsonObject{{u"portMappings"_s, true}}}};
    QJsonArray conditions;
    for (const auto &device : config.value(u"excludeDevices").toArray())
        for (const QString &word : {u"!"_s, u"-i"_s, device.toString()})
            conditions.append(word);
    if (!conditions.isEmpty())
        ports[u"conditionsV4"_s] = conditions;
    return std::vector{first, ports};
}

Result<std::vector<QJsonObject>> pluginsOf(const QJsonObject &config, const CniPlaces &places)
{
    std::vector<QJsonObject> plugins;
    const bool list = config.value(u"plugins").isArray();
    if (list) {
        for (const auto &plugin : config.value(u"plugins").toArray())
            plugins.push_back(plugin.toObject());
    } else if (config.value(u"type").toString() == portMapper
               && !places.plugin(portMapper.toStdString())) {
        auto mapped = portMapping(config);
        if (!mapped)
            return fail(mapped.error());
        plugins = std::move(*mapped);
    } else {
        plugins.push_back(config);
    }
    if (plugins.empty())
        return fail("it lists no plugins");
    QString version = config.value(u"cniVersion").toString();
    if (version.isEmpty() && plugins.size() > 1)
        version = chainVersion;
    for (QJsonObject &plugin : plugins) {
        if (!plugin.contains(u"cniVersion") || plugins.size() > 1)
            if (!version.isEmpty())
                plugin[u"cniVersion"_s] = version;
        plugin[u"name"_s] = config.value(u"name");
    }
    return plugins;
}

Result<> checkPlugins(const std::vector<QJsonObject> &plugins, const CniPlaces &places)
{
    for (const QJsonObject &plugin : plugins) {
        const QString ipam = plugin.value(u"ipam").toObject().value(u"type").toString();
        for (const QString &type : {plugin.value(u"type").toString(), ipam}) {
            if (type.isEmpty() && &type == &ipam)
                continue;
            if (type.isEmpty() && plugin.value(u"type").toString().isEmpty())
                return fail("a plugin of it has no 'type'");
            if (!type.isEmpty() && !places.plugin(type.toStdString()))
                return fail("the plugin '" + type.toStdString() + "' is not in "
                            + places.pluginPath);
        }
        if (plugin.value(u"args").toObject().contains(mesosArguments))
            return fail("'org.apache.mesos' in 'args' is set by the agent; leave it out");
    }
    return {};
}

Result<CniNetwork> load(const CniPlaces &places, const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(file.errorString().toStdString());
    if (file.size() > maxConfigBytes)
        return fail("it has more than a megabyte");
    const auto config = objectOf(file.readAll());
    if (!config)
        return fail(config.error());
    CniNetwork network;
    network.file = path.toStdString();
    const QString name = config->value(u"name").toString();
    if (!isName(name))
        return fail("its 'name' is missing, or is '.' or has a slash in it");
    network.name = name.toStdString();
    auto plugins = pluginsOf(*config, places);
    if (!plugins)
        return fail(plugins.error());
    if (const Result<> fine = checkPlugins(*plugins, places); !fine)
        return fail(fine.error());
    network.plugins = std::move(*plugins);
    return network;
}

QJsonArray portMappings(const mesos::v1::NetworkInfo &info)
{
    QJsonArray mappings;
    for (const auto &mapping : info.port_mappings()) {
        const QString protocol = mapping.has_protocol()
            ? QString::fromStdString(mapping.protocol()).toLower()
            : u"tcp"_s;
        mappings.append(
            QJsonObject{{u"hostPort"_s, static_cast<qint64>(mapping.host_port())},
                        {u"containerPort"_s, static_cast<qint64>(mapping.container_port())},
                        {u"protocol"_s, protocol}});
    }
    return mappings;
}

std::vector<std::string> texts(const QJsonValue &list)
{
    std::vector<std::string> result;
    for (const auto &item : list.toArray())
        result.push_back(item.toString().toStdString());
    return result;
}

void append(std::vector<std::string> &to, const std::vector<std::string> &from)
{
    to.insert(to.end(), from.begin(), from.end());
}

std::string line(const char *keyword, const std::vector<std::string> &words)
{
    std::string text;
    for (const std::string &word : words)
        text += " " + word;
    return text.empty() ? text : keyword + text + "\n";
}

} // namespace

QByteArray CniNetwork::toJson() const
{
    QJsonArray list;
    for (const QJsonObject &plugin : plugins)
        list.append(plugin);
    const QJsonObject object{{u"name"_s, QString::fromStdString(name)}, {u"plugins"_s, list}};
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

Result<CniNetwork> CniNetwork::fromJson(const QByteArray &json)
{
    const auto object = objectOf(json);
    if (!object)
        return fail(object.error());
    CniNetwork network;
    network.name = object->value(u"name").toString().toStdString();
    for (const auto &plugin : object->value(u"plugins").toArray())
        network.plugins.push_back(plugin.toObject());
    if (network.plugins.empty())
        return fail("it lists no plugins");
    return network;
}

std::optional<std::string> CniPlaces::plugin(const std::string &type) const
{
    if (type.empty() || type.find('/') != std::string::npos)
        return std::nullopt;
    std::istringstream folders(pluginPath);
    for (std::string folder; std::getline(folders, folder, ':');) {
        const QFileInfo file(QString::fromStdString(folder + "/" + type));
        if (!folder.empty() && file.isFile() && file.isExecutable())
            return file.absoluteFilePath().toStdString();
    }
    return std::nullopt;
}

Result<CniNetwork> findCniNetwork(const CniPlaces &places, const std::string &name)
{
    if (places.configDirectory.empty())
        return fail("Unknown CNI network '" + name
                    + "': the agent was started without --network_cni_config_dir");
    std::string problems;
    const QDir folder(QString::fromStdString(places.configDirectory));
    for (const QFileInfo &file : folder.entryInfoList(QDir::Files, QDir::Name)) {
        auto network = load(places, file.filePath());
        if (network && network->name == name)
            return network; // the first of several with the name
        if (!network)
            problems +=
                "; " + file.filePath().toStdString() + " is left out: " + network.error().message;
    }
    return fail("Unknown CNI network '" + name + "': no file of " + places.configDirectory
                + " describes it" + problems);
}

Result<CniNetwork> forContainer(const CniNetwork &network, const mesos::v1::NetworkInfo &info)
{
    const auto told = objectOf(QByteArray::fromStdString(codec::toJson(info)));
    if (!told)
        return fail(told.error());
    CniNetwork result = network;
    const QJsonArray mappings = portMappings(info);
    for (QJsonObject &plugin : result.plugins) {
        QJsonObject arguments = plugin.value(u"args").toObject();
        arguments[mesosArguments] = QJsonObject{{u"network_info"_s, *told}};
        plugin[u"args"_s] = arguments;
        const QJsonObject capabilities = plugin.take(u"capabilities"_s).toObject();
        if (capabilities.value(u"portMappings").toBool() && !mappings.isEmpty())
            plugin[u"runtimeConfig"_s] = QJsonObject{{u"portMappings"_s, mappings}};
    }
    return result;
}

void CniDns::add(const CniDns &other)
{
    append(nameservers, other.nameservers);
    append(search, other.search);
    append(options, other.options);
    if (!other.domain.empty())
        domain = other.domain;
}

std::string CniDns::resolvConf() const
{
    std::string text = domain.empty() ? std::string() : "domain " + domain + "\n";
    text += line("search", search) + line("options", options);
    for (const std::string &server : nameservers)
        text += "nameserver " + server + "\n";
    return text;
}

CniDns CniDns::of(const QJsonObject &dns)
{
    return {texts(dns.value(u"nameservers")), dns.value(u"domain").toString().toStdString(),
            texts(dns.value(u"search")), texts(dns.value(u"options"))};
}

Result<CniResult> CniResult::of(const QByteArray &json)
{
    const auto object = objectOf(json);
    if (!object)
        return fail(object.error().within("the plugin's answer"));
    QStringList addresses;
    for (const QString &key : {u"ip4"_s, u"ip6"_s})
        addresses.append(object->value(key).toObject().value(u"ip").toString());
    for (const auto &ip : object->value(u"ips").toArray())
        addresses.append(ip.toObject().value(u"address").toString());
    addresses.removeAll(QString());
    std::stable_sort(addresses.begin(), addresses.end(), [](const QString &a, const QString &b) {
        return !a.contains(u':') && b.contains(u':');
    });
    CniResult result;
    for (const QString &address : addresses)
        result.addresses.push_back(address.section(u'/', 0, 0).toStdString());
    result.dns = CniDns::of(object->value(u"dns").toObject());
    return result;
}

} // namespace meseta::agent
