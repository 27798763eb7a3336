#include "daemons/agent/images/archive/image_archive.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <unistd.h>

#include "daemons/agent/images/unpack/tar_reader.h"

namespace meseta::agent {

namespace {

constexpr std::size_t maxMembers = 100'000;
constexpr int maxSteps = 4; // of links, and of indexes

struct Member
{
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::string link; ///< older archives share layers through links
};

std::string folderOf(const std::string &path)
{
    const auto slash = path.find_last_of('/');
    return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

/// "a/../b/./c" as "b/c".
std::string cleaned(const std::string &path)
{
    std::vector<std::string> parts;
    for (const auto &part : QString::fromStdString(path).split(QLatin1Char('/'))) {
        if (part == QLatin1String("..") && !parts.empty())
            parts.pop_back();
        else if (!part.isEmpty() && part != QLatin1String(".") && part != QLatin1String(".."))
            parts.push_back(part.toStdString());
    }
    std::string clean;
    for (const auto &part : parts)
        clean += (clean.empty() ? "" : "/") + part;
    return clean;
}

/// Where what lies in an archive.
class Members
{
public:
    Members(int file, const ImageLimits &limits) : m_file(file), m_limits(limits) { }

    Result<> scan()
    {
        FileSource source(m_file);
        TarReader reader(source, {m_limits.metadataBytes});
        for (;;) {
            const auto entry = reader.next();
            if (!entry)
                return fail(entry.error());
            if (!*entry)
                return {};
            if (m_members.size() >= maxMembers)
                return fail("it has more than " + std::to_string(maxMembers) + " members");
            const bool link = (*entry)->type == TarEntry::Type::SymbolicLink;
            const std::string name = cleaned((*entry)->name);
            m_members[name] = {reader.position(), (*entry)->size,
                               link ? cleaned(folderOf(name) + "/" + (*entry)->link)
                                    : std::string()};
        }
    }

    const Member *find(std::string name) const
    {
        name = cleaned(name);
        for (int step = 0; step < maxSteps; ++step) {
            const auto found = m_members.find(name);
            if (found == m_members.end())
                return nullptr;
            if (found->second.link.empty())
                return &found->second;
            name = found->second.link;
        }
        return nullptr;
    }

    Result<QByteArray> read(const std::string &name, std::uint64_t limit) const
    {
        const Member *member = find(name);
        if (member == nullptr)
            return fail("it has no " + name);
        if (member->size > limit)
            return fail("its " + name + " is larger than " + std::to_string(limit) + " bytes");
        QByteArray content(static_cast<qsizetype>(member->size), Qt::Uninitialized);
        const ssize_t got =
            ::pread(m_file, content.data(), static_cast<std::size_t>(content.size()),
                    static_cast<off_t>(member->offset));
        return got == content.size() ? Result<QByteArray>(content)
                                     : fail("its " + name + " is cut short");
    }

private:
    int m_file;
    const ImageLimits &m_limits;
    std::map<std::string, Member> m_members;
};

Result<ArchivedImage> assembled(const Members &members, const QByteArray &configText,
                                const std::vector<std::string> &layers)
{
    const auto config = parseImageConfig(configText);
    if (!config)
        return fail(config.error());
    if (layers.empty() || config->diffIds.size() != layers.size())
        return fail("its config names " + std::to_string(config->diffIds.size())
                    + " layers and its manifest " + std::to_string(layers.size()));
    ArchivedImage image;
    image.config = configText.toStdString();
    image.digest = digestOf(image.config).text();
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const Member *member = members.find(layers[i]);
        if (member == nullptr)
            return fail("its layer " + layers[i] + " is missing");
        image.layers.push_back({config->diffIds[i], member->offset, member->size});
    }
    return image;
}

bool names(const QJsonObject &entry, const ImageReference &wanted)
{
    for (const auto &tag : entry.value(u"RepoTags").toArray()) {
        const std::string text = tag.toString().toStdString();
        if (text == wanted.full() || text == wanted.repository + ":" + wanted.tag)
            return true;
    }
    return false;
}

Result<ArchivedImage> readDockerSave(const Members &members, const ImageReference &wanted,
                                     const ImageLimits &limits)
{
    const auto text = members.read("manifest.json", limits.manifestBytes);
    if (!text)
        return fail(text.error());
    const QJsonArray images = QJsonDocument::fromJson(*text).array();
    for (const auto &value : images) {
        const QJsonObject image = value.toObject();
        if (images.size() > 1 && !names(image, wanted))
            continue;
        const auto config =
            members.read(image.value(u"Config").toString().toStdString(), limits.configBytes);
        if (!config)
            return fail(config.error());
        std::vector<std::string> layers;
        for (const auto &layer : image.value(u"Layers").toArray())
            layers.push_back(layer.toString().toStdString());
        return assembled(members, *config, layers);
    }
    return fail("its manifest.json has no image " + wanted.full());
}

std::string blobName(const Digest &digest)
{
    return "blobs/" + digest.algorithm + "/" + digest.hex;
}

Result<QByteArray> readBlob(const Members &members, const Digest &digest, std::uint64_t limit)
{
    auto content = members.read(blobName(digest), limit);
    if (content && digestOf(content->toStdString(), digest.algorithm) != digest)
        return fail("its " + blobName(digest) + " has another digest");
    return content;
}

/// Of several images in one archive, the one that is annotated with the wanted tag.
QByteArray narrowed(const QByteArray &index, const ImageReference &wanted)
{
    QJsonObject object = QJsonDocument::fromJson(index).object();
    QJsonArray fitting;
    for (const auto &value : object.value(u"manifests").toArray()) {
        const auto name = value.toObject()
                              .value(u"annotations")
                              .toObject()
                              .value(u"org.opencontainers.image.ref.name")
                              .toString()
                              .toStdString();
        if (name == wanted.tag || name == wanted.full())
            fitting.append(value);
    }
    if (fitting.isEmpty())
        return index;
    object.insert(QStringLiteral("manifests"), fitting);
    return QJsonDocument(object).toJson();
}

Result<ArchivedImage> readOci(const Members &members, const ImageReference &wanted,
                              const ImageLimits &limits, const std::string &architecture)
{
    auto text = members.read("index.json", limits.manifestBytes);
    if (!text)
        return fail("it is no archive of an image: it has neither manifest.json nor index.json");
    *text = narrowed(*text, wanted);
    for (int step = 0; step < maxSteps; ++step) {
        const auto document = parseManifest(*text, architecture);
        if (!document)
            return fail(document.error());
        if (document->chosen) {
            text = readBlob(members, document->chosen->digest, limits.manifestBytes);
            if (!text)
                return fail(text.error());
            continue;
        }
        const auto config =
            readBlob(members, document->manifest->config.digest, limits.configBytes);
        if (!config)
            return fail(config.error());
        std::vector<std::string> layers;
        for (const auto &layer : document->manifest->layers)
            layers.push_back(blobName(layer.digest));
        return assembled(members, *config, layers);
    }
    return fail("its index leads from index to index");
}

} // namespace

Result<ArchivedImage> readImageArchive(int file, const ImageReference &wanted,
                                       const ImageLimits &limits, const std::string &architecture)
{
    Members members(file, limits);
    if (auto scanned = members.scan(); !scanned)
        return fail(scanned.error());
    return members.find("manifest.json") != nullptr
        ? readDockerSave(members, wanted, limits)
        : readOci(members, wanted, limits, architecture);
}

} // namespace meseta::agent
