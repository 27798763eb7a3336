#include "daemons/agent/images/rootfs/container_rootfses.h"

#include <cerrno>
#include <cstring>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QUuid>

#include <unistd.h>

#include "daemons/agent/images/unpack/rooted_tree.h"

namespace meseta::agent {

namespace {

QJsonObject jsonOf(const RootfsRecord &record)
{
    QJsonArray layers;
    for (const auto &layer : record.layers)
        layers.append(QString::fromStdString(layer));
    return {{QStringLiteral("id"), QString::fromStdString(record.id)},
            {QStringLiteral("image"), QString::fromStdString(record.image)},
            {QStringLiteral("layers"), layers}};
}

RootfsRecord recordOf(const QJsonObject &object)
{
    RootfsRecord record{object.value(u"id").toString().toStdString(),
                        object.value(u"image").toString().toStdString(),
                        {}};
    for (const auto &layer : object.value(u"layers").toArray())
        record.layers.push_back(layer.toString().toStdString());
    return record;
}

void collect(const std::string &folder, const std::string &prefix, std::vector<std::string> &found)
{
    for (const auto &name : namesIn(folder)) {
        found.push_back(prefix + name);
        collect(folder + "/" + name + "/containers", prefix + name + ".", found);
    }
}

} // namespace

ContainerRootfses::ContainerRootfses(const std::string &workDir,
                                     std::shared_ptr<RootfsBackend> backend)
    : m_folder(workDir + "/provisioner"), m_backend(std::move(backend))
{ }

Result<> ContainerRootfses::prepare() const
{
    if (auto made = makeFolders(m_folder + "/containers"); !made)
        return made;
    return makeFolders(m_folder + "/trash");
}

std::string ContainerRootfses::folderOf(const std::string &containerId) const
{
    std::string path = m_folder;
    for (const auto &part : QString::fromStdString(containerId).split(QLatin1Char('.')))
        path += "/containers/" + part.toStdString();
    return path;
}

Result<> ContainerRootfses::keepRecord(const std::string &containerId, RootfsRecord record) const
{
    QJsonArray rootfses;
    for (const auto &known : recordsOf(containerId))
        rootfses.append(jsonOf(known));
    rootfses.append(jsonOf(record));
    // A power failure ends the containers, too: no need to wait for the disk.
    return replaceFile(folderOf(containerId) + "/layers",
                       QJsonDocument(rootfses).toJson(QJsonDocument::Compact).toStdString(), false);
}

std::vector<RootfsRecord> ContainerRootfses::recordsOf(const std::string &containerId) const
{
    std::vector<RootfsRecord> records;
    const auto text = readFile(folderOf(containerId) + "/layers");
    if (!text)
        return records;
    for (const auto &value : QJsonDocument::fromJson(QByteArray::fromStdString(*text)).array())
        records.push_back(recordOf(value.toObject()));
    return records;
}

Result<std::string> ContainerRootfses::make(const std::string &containerId,
                                            const ImageRecord &image, const LayerStore &store) const
{
    const std::string id = QUuid::createUuid().toString(QUuid::WithoutBraces).toStdString();
    const std::string base = folderOf(containerId) + "/backends/" + m_backend->name();
    RootfsPlan plan;
    plan.rootfs = base + "/rootfses/" + id;
    plan.scratch = base + "/scratch/" + id;
    for (const auto &layer : image.layers) {
        const auto note = store.noteOf(layer);
        if (!note)
            return fail(note.error());
        plan.layers.push_back({store.rootfsOf(layer), note->describesRoot, note->hasWhiteouts});
    }
    for (const char *folder : {"/rootfses", "/scratch"}) {
        if (auto made = makeFolders(base + folder); !made)
            return fail(made.error());
    }
    if (auto kept = keepRecord(containerId, {id, image.name, image.layers}); !kept)
        return fail(kept.error());
    if (auto made = m_backend->make(plan); !made) {
        static_cast<void>(m_backend->remove(plan.rootfs, plan.scratch));
        return fail(made.error());
    }
    return plan.rootfs;
}

Result<> ContainerRootfses::detachFolder(const std::string &folder) const
{
    for (const auto &nested : namesIn(folder + "/containers")) {
        if (auto detached = detachFolder(folder + "/containers/" + nested); !detached)
            return detached;
    }
    for (const auto &name : namesIn(folder + "/backends")) {
        const std::string rootfses = folder + "/backends/" + name + "/rootfses";
        const auto backend = makeBackend(name);
        for (const auto &id : backend ? namesIn(rootfses) : std::vector<std::string>()) {
            if (auto detached = backend->detach(rootfses + "/" + id); !detached) {
                m_bindErrors += name == "bind" ? 1 : 0;
                return detached;
            }
        }
    }
    return {};
}

Result<bool> ContainerRootfses::remove(const std::string &containerId) const
{
    const std::string folder = folderOf(containerId);
    if (::access(folder.c_str(), F_OK) != 0)
        return false;
    if (auto detached = detachFolder(folder); !detached)
        return fail(detached.error());
    const std::string target =
        m_folder + "/trash/" + QUuid::createUuid().toString(QUuid::WithoutBraces).toStdString();
    if (::rename(folder.c_str(), target.c_str()) != 0)
        return fail("cannot move " + folder + " to " + target + ": " + std::strerror(errno));
    return true;
}

void ContainerRootfses::sweep(const std::stop_token &stop) const
{
    for (const auto &name : namesIn(m_folder + "/trash")) {
        if (stop.stop_requested())
            return;
        static_cast<void>(removeTree(m_folder + "/trash/" + name)); // or the next time
    }
}

std::vector<std::string> ContainerRootfses::containers() const
{
    std::vector<std::string> found;
    collect(m_folder + "/containers", "", found);
    return found;
}

} // namespace meseta::agent
