#include "daemons/agent/images/appc/appc_manifest.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace meseta::agent {

namespace {

std::string textOf(const QJsonObject &object, const char *key)
{
    return object.value(QLatin1String(key)).toString().toStdString();
}

/// [{"name": …, "value": …}, …] in its order.
std::vector<std::pair<std::string, std::string>> pairsOf(const QJsonValue &value)
{
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const auto &item : value.toArray())
        pairs.emplace_back(textOf(item.toObject(), "name"), textOf(item.toObject(), "value"));
    return pairs;
}

ImageRuntime runtimeOf(const QJsonObject &app)
{
    ImageRuntime runtime;
    for (const auto &argument : app.value(u"exec").toArray())
        runtime.command.push_back(argument.toString().toStdString());
    for (const auto &[name, value] : pairsOf(app.value(u"environment"))) {
        if (!name.empty() && name.find('=') == std::string::npos)
            runtime.environment.push_back(name + "=" + value);
    }
    runtime.workingDirectory = textOf(app, "workingDirectory");
    runtime.user = textOf(app, "user");
    runtime.group = textOf(app, "group");
    for (const auto &mount : app.value(u"mountPoints").toArray())
        runtime.volumes.push_back(textOf(mount.toObject(), "path"));
    for (const auto &port : app.value(u"ports").toArray())
        runtime.exposedPorts.push_back(std::to_string(port.toObject().value(u"port").toInt()) + "/"
                                       + textOf(port.toObject(), "protocol"));
    return runtime;
}

Result<AppcName> dependencyOf(const QJsonObject &object)
{
    AppcName dependency;
    dependency.name = textOf(object, "imageName");
    if (dependency.name.empty())
        dependency.name = textOf(object, "app"); // older manifests
    for (auto &[name, value] : pairsOf(object.value(u"labels")))
        dependency.labels.emplace(std::move(name), std::move(value));
    if (const auto id = textOf(object, "imageID"); !id.empty()) {
        auto parsed = parseAppcId(id);
        if (!parsed)
            return fail(parsed.error().within("a dependency of the image"));
        dependency.id = std::move(*parsed);
    }
    if (dependency.name.empty())
        return fail("a dependency of the image has no imageName");
    return dependency;
}

bool isSafe(const std::string &text)
{
    return !text.empty() && text.front() != '/' && text.find("..") == std::string::npos
        && text.find_first_of("?#%\\ \n\r") == std::string::npos;
}

} // namespace

Result<Digest> parseAppcId(const std::string &text)
{
    std::string digest = text;
    if (const auto dash = digest.find('-'); dash != std::string::npos)
        digest[dash] = ':';
    auto parsed = Digest::parse(digest);
    if (!parsed || parsed->algorithm != "sha512")
        return fail("'" + text.substr(0, 160)
                    + "' is no id of an appc image: the form is sha512- and 128 lower case hex "
                      "digits");
    return parsed;
}

Result<AppcName> AppcName::of(const mesos::v1::Image::Appc &image)
{
    AppcName wanted;
    wanted.name = image.name();
    for (const auto &label : image.labels().labels())
        wanted.labels[label.key()] = label.value();
    if (image.has_id()) {
        auto id = parseAppcId(image.id());
        if (!id)
            return fail(id.error());
        wanted.id = std::move(*id);
    }
    if (!isSafe(wanted.name))
        return fail("'" + wanted.name + "' is not the name of an appc image");
    return wanted;
}

std::string AppcName::text() const
{
    std::string text = name;
    for (const auto &[label, value] : labels)
        text += "," + label + "=" + value;
    return id ? text + "@" + id->fileName() : text;
}

Result<std::string> AppcName::discoveryPath() const
{
    const auto version = labels.find("version");
    std::string path = name + "-" + (version != labels.end() ? version->second : "latest");
    for (const char *required : {"os", "arch"}) {
        const auto label = labels.find(required);
        if (label == labels.end())
            return fail("the appc image " + text() + " cannot be looked for: its label '" + required
                        + "' is missing");
        path += "-" + label->second;
    }
    if (!isSafe(path))
        return fail("the appc image " + text()
                    + " cannot be looked for: a label has characters that no file name has");
    return path + ".aci";
}

Result<AppcManifest> parseAppcManifest(const std::string &json)
{
    const auto document = QJsonDocument::fromJson(QByteArray::fromStdString(json));
    const QJsonObject object = document.object();
    if (object.value(u"acKind").toString() != QLatin1String("ImageManifest"))
        return fail("the manifest of the appc image has not the acKind ImageManifest");
    AppcManifest manifest;
    manifest.name = textOf(object, "name");
    if (object.contains(u"app"))
        manifest.runtime = runtimeOf(object.value(u"app").toObject());
    for (auto &[name, value] : pairsOf(object.value(u"annotations")))
        manifest.runtime.labels[name] = value;
    for (const auto &value : object.value(u"dependencies").toArray()) {
        auto dependency = dependencyOf(value.toObject());
        if (!dependency)
            return fail(dependency.error());
        manifest.dependencies.push_back(std::move(*dependency));
    }
    return manifest;
}

} // namespace meseta::agent
