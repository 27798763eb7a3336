#include "daemons/agent/images/registry/manifest.h"

#include <set>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <sys/utsname.h>

namespace meseta::agent {

namespace {

constexpr double largestSize = 1e15;
constexpr qsizetype mostPlatforms = 1000;

const char dockerManifest[] = "application/vnd.docker.distribution.manifest.v2+json";
const char dockerList[] = "application/vnd.docker.distribution.manifest.list.v2+json";
const char ociManifest[] = "application/vnd.oci.image.manifest.v1+json";
const char ociIndex[] = "application/vnd.oci.image.index.v1+json";

Result<Descriptor> descriptorOf(const QJsonValue &value, const char *what)
{
    const QJsonObject object = value.toObject();
    const auto digest = Digest::parse(object.value(u"digest").toString().toStdString());
    if (!digest)
        return fail(digest.error().within(std::string("the manifest's ") + what));
    const double size = object.value(u"size").toDouble(-1);
    if (size < 0 || size > largestSize)
        return fail(std::string("the manifest's ") + what + " has no valid size");
    Descriptor descriptor;
    descriptor.mediaType = object.value(u"mediaType").toString().toStdString();
    descriptor.digest = *digest;
    descriptor.size = static_cast<std::uint64_t>(size);
    for (const auto &url : object.value(u"urls").toArray())
        descriptor.urls.push_back(url.toString());
    return descriptor;
}

Result<ManifestDocument> manifestOf(const QJsonObject &object)
{
    ManifestDocument document;
    Manifest &manifest = document.manifest.emplace();
    auto config = descriptorOf(object.value(u"config"), "config");
    if (!config)
        return fail(config.error());
    manifest.config = std::move(*config);
    for (const auto &value : object.value(u"layers").toArray()) {
        auto layer = descriptorOf(value, "layer");
        if (!layer)
            return fail(layer.error());
        manifest.layers.push_back(std::move(*layer));
    }
    if (manifest.layers.empty())
        return fail("the image has no layers");
    return document;
}

Result<ManifestDocument> choose(const QJsonArray &manifests, const std::string &architecture)
{
    if (manifests.size() > mostPlatforms)
        return fail("the image's index has more than " + std::to_string(mostPlatforms)
                    + " platforms");
    const QString wanted = QString::fromStdString(architecture);
    std::set<std::string> offered;
    for (const auto &value : manifests) {
        const QJsonObject platform = value.toObject().value(u"platform").toObject();
        const QString os = platform.value(u"os").toString(),
                      processor = platform.value(u"architecture").toString();
        // An archive of a single image often does not say.
        const bool unsaid = platform.isEmpty() && manifests.size() == 1;
        if (!unsaid && (os != QLatin1String("linux") || processor != wanted)) {
            offered.insert((os + QLatin1Char('/') + processor).toStdString());
            continue;
        }
        auto descriptor = descriptorOf(value, "index");
        if (!descriptor)
            return fail(descriptor.error());
        ManifestDocument document;
        document.chosen = std::move(*descriptor);
        return document;
    }
    std::string list;
    for (const auto &platform : offered)
        list += (list.empty() ? "" : ", ") + platform;
    return fail("the image is not there for linux/" + architecture + "; it is for " + list);
}

std::vector<std::string> textsOf(const QJsonValue &value)
{
    std::vector<std::string> texts;
    if (value.isString())
        texts.push_back(value.toString().toStdString());
    for (const auto &item : value.toArray())
        texts.push_back(item.toString().toStdString());
    return texts;
}

ImageRuntime runtimeOf(const QJsonObject &config)
{
    ImageRuntime runtime;
    runtime.entrypoint = textsOf(config.value(u"Entrypoint"));
    runtime.command = textsOf(config.value(u"Cmd"));
    for (auto &line : textsOf(config.value(u"Env"))) {
        if (const auto equals = line.find('='); equals != std::string::npos && equals > 0)
            runtime.environment.push_back(std::move(line));
    }
    runtime.workingDirectory = config.value(u"WorkingDir").toString().toStdString();
    runtime.user = config.value(u"User").toString().toStdString();
    runtime.stopSignal = config.value(u"StopSignal").toString().toStdString();
    for (const auto &volume : config.value(u"Volumes").toObject().keys())
        runtime.volumes.push_back(volume.toStdString());
    for (const auto &port : config.value(u"ExposedPorts").toObject().keys())
        runtime.exposedPorts.push_back(port.toStdString());
    const QJsonObject labels = config.value(u"Labels").toObject();
    for (auto label = labels.begin(); label != labels.end(); ++label)
        runtime.labels[label.key().toStdString()] = label.value().toString().toStdString();
    return runtime;
}

} // namespace

QByteArray manifestTypes()
{
    return QByteArray(dockerManifest) + ", " + dockerList + ", " + ociManifest + ", " + ociIndex;
}

std::string machineArchitecture()
{
    utsname names{};
    ::uname(&names);
    const std::string machine = static_cast<const char *>(names.machine);
    if (machine == "x86_64")
        return "amd64";
    if (machine == "aarch64")
        return "arm64";
    if (machine == "armv7l" || machine == "armv6l")
        return "arm";
    return machine == "i686" ? "386" : machine;
}

Result<ManifestDocument> parseManifest(const QByteArray &json, const std::string &architecture)
{
    QJsonParseError error;
    const auto document = QJsonDocument::fromJson(json, &error);
    if (!document.isObject())
        return fail("the manifest is no JSON object: " + error.errorString().toStdString());
    const QJsonObject object = document.object();
    const int version = object.value(u"schemaVersion").toInt();
    if (version == 1)
        return fail("the manifest is of the old schema 1, which carries no digest of its content; "
                    "push the image again with a current tool");
    if (version != 2)
        return fail("the manifest has no schemaVersion 2");
    if (object.contains(u"manifests"))
        return choose(object.value(u"manifests").toArray(), architecture);
    return manifestOf(object);
}

Result<ImageConfig> parseImageConfig(const QByteArray &json)
{
    QJsonParseError error;
    const auto document = QJsonDocument::fromJson(json, &error);
    if (!document.isObject())
        return fail("the image's config is no JSON object: " + error.errorString().toStdString());
    ImageConfig config;
    config.runtime = runtimeOf(document.object().value(u"config").toObject());
    const QJsonObject layers = document.object().value(u"rootfs").toObject();
    for (const auto &value : layers.value(u"diff_ids").toArray()) {
        auto digest = Digest::parse(value.toString().toStdString());
        if (!digest)
            return fail(digest.error().within("the image's config"));
        config.diffIds.push_back(std::move(*digest));
    }
    return config;
}

} // namespace meseta::agent
