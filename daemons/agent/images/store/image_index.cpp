#include "daemons/agent/images/store/image_index.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <unistd.h>

#include "daemons/agent/images/digest/digest.h"
#include "daemons/agent/images/store/layer_store.h"

namespace meseta::agent {

namespace {

std::string textOf(const ImageRecord &record)
{
    QJsonArray layers;
    for (const auto &layer : record.layers)
        layers.append(QString::fromStdString(layer));
    const QJsonObject object{{QStringLiteral("name"), QString::fromStdString(record.name)},
                             {QStringLiteral("digest"), QString::fromStdString(record.digest)},
                             {QStringLiteral("config"), QString::fromStdString(record.config)},
                             {QStringLiteral("layers"), layers}};
    return QJsonDocument(object).toJson().toStdString();
}

std::optional<ImageRecord> recordOf(const std::string &text)
{
    const auto object = QJsonDocument::fromJson(QByteArray::fromStdString(text)).object();
    ImageRecord record;
    record.name = object.value(u"name").toString().toStdString();
    record.digest = object.value(u"digest").toString().toStdString();
    record.config = object.value(u"config").toString().toStdString();
    for (const auto &layer : object.value(u"layers").toArray())
        record.layers.push_back(layer.toString().toStdString());
    return record.name.empty() || record.layers.empty() ? std::nullopt
                                                        : std::optional(std::move(record));
}

} // namespace

Result<ImageIndex> ImageIndex::open(const std::string &folder)
{
    ImageIndex index;
    index.m_folder = folder;
    if (auto made = makeFolders(folder); !made)
        return fail(made.error());
    for (const auto &name : namesIn(folder)) {
        const std::string path = folder + "/" + name;
        const auto text = readFile(path);
        auto record = text ? recordOf(*text) : std::nullopt;
        if (record && index.m_images.size() < maxImages && path == index.fileOf(record->name))
            index.m_images.emplace(record->name, std::move(*record));
        else
            ::unlink(path.c_str());
    }
    return index;
}

std::string ImageIndex::fileOf(const std::string &name) const
{
    return m_folder + "/" + digestOf(name).hex + ".json";
}

const ImageRecord *ImageIndex::find(const std::string &name) const
{
    const auto found = m_images.find(name);
    return found != m_images.end() ? &found->second : nullptr;
}

Result<> ImageIndex::put(ImageRecord record)
{
    if (m_images.size() >= maxImages && !m_images.contains(record.name))
        return fail("the image store has " + std::to_string(maxImages)
                    + " images; remove some with PRUNE_IMAGES");
    if (auto written = replaceFile(fileOf(record.name), textOf(record)); !written)
        return written;
    m_images.insert_or_assign(record.name, std::move(record));
    return {};
}

void ImageIndex::forget(const std::string &name)
{
    m_images.erase(name);
    ::unlink(fileOf(name).c_str());
}

} // namespace meseta::agent
