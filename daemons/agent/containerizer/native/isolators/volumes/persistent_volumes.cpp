#include "daemons/agent/containerizer/native/isolators/volumes/persistent_volumes.h"

#include <algorithm>
#include <filesystem>

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "common/resources/persistent_volume.h"

namespace meseta::agent {

using containerizer::LaunchSpec;
using containerizer::MountEntry;
using mesos::v1::Resource;
using mesos::v1::Volume;

namespace {

/// Others have their tasks' volumes from the start to the end.
bool hasTasksThatComeAndGo(const IsolatedContainer &container)
{
    return container.spec.isExecutor && !container.spec.holdsOthers && container.parent == nullptr;
}

bool hasPlace(const std::vector<LiveMount> &places, const LiveMount &wanted)
{
    return std::any_of(places.begin(), places.end(), [&wanted](const LiveMount &place) {
        return place.name == wanted.name && place.source == wanted.source
            && place.readOnly == wanted.readOnly;
    });
}

QString recordPath(const IsolatedContainer &container)
{
    return QString::fromStdString(container.runtimeDirectory + "/persistent_volumes.json");
}

Result<> writeRecord(const IsolatedContainer &container, const std::vector<LiveMount> &places)
{
    QJsonArray list;
    for (const LiveMount &place : places)
        list.append(QJsonObject{{QStringLiteral("source"), QString::fromStdString(place.source)},
                                {QStringLiteral("sandbox"), QString::fromStdString(place.sandbox)},
                                {QStringLiteral("name"), QString::fromStdString(place.name)},
                                {QStringLiteral("read_only"), place.readOnly}});
    // Need not outlast the machine, whose start ends every container.
    QFile file(recordPath(container) + QStringLiteral(".new"));
    const bool written = file.open(QIODevice::WriteOnly)
        && file.write(QJsonDocument(list).toJson(QJsonDocument::Compact)) >= 0 && file.flush();
    file.close();
    std::error_code error;
    if (written)
        std::filesystem::rename(file.fileName().toStdString(), recordPath(container).toStdString(),
                                error);
    if (!written || error)
        return fail("cannot write " + recordPath(container).toStdString() + ": "
                    + (error ? error.message() : file.errorString().toStdString()));
    return {};
}

std::vector<LiveMount> readRecord(const IsolatedContainer &container)
{
    std::vector<LiveMount> places;
    QFile file(recordPath(container));
    if (!file.open(QIODevice::ReadOnly))
        return places;
    for (const auto &value : QJsonDocument::fromJson(file.readAll()).array())
        places.push_back({value[u"source"].toString().toStdString(),
                          value[u"sandbox"].toString().toStdString(),
                          value[u"name"].toString().toStdString(), value[u"read_only"].toBool()});
    return places;
}

} // namespace

/// As Mesos: a path with a slash is left to the executor. A shared volume of several tasks is one.
Result<PersistentVolumes::Places>
PersistentVolumes::placesOf(const IsolatedContainer &container,
                            const std::vector<Resource> &resources) const
{
    const bool hasRoot = container.image || container.info().mesos().has_image();
    const std::string &sandbox = hasRoot ? m_settings.sandboxDirectory : container.spec.sandbox;
    Places places;
    for (const Resource &resource : resources) {
        const Volume &volume = resource.disk().volume();
        const std::string &path = volume.container_path();
        if (!isPersistentVolume(resource) || path.find('/') != std::string::npos)
            continue;
        if (path.empty() || path == "." || path == "..")
            return fail("container_path '" + path
                        + "' of a persistent volume must name a folder of the sandbox");
        const LiveMount place{persistentVolumePath(m_settings.workDir, resource), sandbox, path,
                              volume.mode() == Volume::RO};
        const auto same =
            std::find_if(places.begin(), places.end(),
                         [&path](const LiveMount &other) { return other.name == path; });
        if (same != places.end() && same->source != place.source)
            return fail("two persistent volumes, " + same->source + " and " + place.source
                        + ", have the same container_path '" + path
                        + "': give tasks of one executor different ones");
        if (same != places.end()) {
            same->readOnly = same->readOnly && place.readOnly;
            continue;
        }
        if (auto made = makeReady(container, resource, place.source); !made)
            return fail(made.error());
        places.push_back(place);
    }
    return places;
}

Result<> PersistentVolumes::makeReady(const IsolatedContainer &container, const Resource &volume,
                                      const std::string &folder) const
{
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        return fail("cannot make the persistent volume " + folder + ": " + error.message());
    struct stat sandbox = {};
    // A shared volume may be in use by somebody else already.
    if (!volume.has_shared() && ::stat(container.spec.sandbox.c_str(), &sandbox) == 0
        && ::chown(folder.c_str(), sandbox.st_uid, sandbox.st_gid) != 0 && ::geteuid() == 0)
        return fail("cannot give the persistent volume " + folder + " to the container's user");
    return {};
}

void PersistentVolumes::prepare(const IsolatedContainer &container, LaunchSpec &launch, Done done)
{
    if (container.debug) {
        done({});
        return;
    }
    const auto places = placesOf(container, container.spec.resources);
    Result<> result = places ? Result<>() : fail(places.error());
    if (result && !places->empty() && hasTasksThatComeAndGo(container)) {
        Entry &entry = m_entries[container.id()];
        entry.placed = entry.wanted = *places;
        result = writeRecord(container, *places);
    }
    for (std::size_t i = 0; result && i < places->size(); ++i)
        result = add(container, (*places)[i], launch);
    done(result);
}

Result<> PersistentVolumes::add(const IsolatedContainer &container, const LiveMount &place,
                                LaunchSpec &launch) const
{
    if (!m_settings.canMount)
        return linkInSandbox(container.spec.sandbox, place.name, place.source);
    MountEntry entry =
        MountEntry::bind(place.source, place.sandbox + "/" + place.name, place.readOnly);
    entry.flags |= MS_REC | MS_NODEV;
    launch.newNamespaces |= CLONE_NEWNS;
    launch.mounts.push_back(std::move(entry));
    return {};
}

/// One that an earlier agent started is known from its record.
PersistentVolumes::Entry &PersistentVolumes::entryOf(const IsolatedContainer &container)
{
    const auto [found, isNew] = m_entries.try_emplace(container.id());
    if (isNew) {
        found->second.placed = readRecord(container);
        found->second.sure = found->second.placed.empty();
    }
    return found->second;
}

void PersistentVolumes::update(const IsolatedContainer &container,
                               const ContainerResources &resources, Done done)
{
    if (!hasTasksThatComeAndGo(container)) {
        done({});
        return;
    }
    auto wanted = placesOf(container, resources.requests);
    if (!wanted) {
        done(fail(wanted.error()));
        return;
    }
    Entry &entry = entryOf(container);
    entry.wanted = std::move(*wanted);
    if (m_settings.canMount && container.pid <= 0)
        entry.waiting.push_back(std::move(done));
    else
        done(apply(container, entry));
}

void PersistentVolumes::watch(const IsolatedContainer &container,
                              std::function<void(const ContainerLimitation &)>)
{
    const auto found = m_entries.find(container.id());
    if (found == m_entries.end() || found->second.waiting.empty())
        return;
    const auto waiting = std::exchange(found->second.waiting, {});
    const Result<> result = apply(container, found->second);
    for (const Done &done : waiting)
        done(result);
}

/// What is to be there is on record before it is: a later agent that finds less makes up for it.
Result<> PersistentVolumes::apply(const IsolatedContainer &container, Entry &entry)
{
    const Places wanted = entry.wanted;
    const Places before = entry.placed;
    std::copy_if(wanted.begin(), wanted.end(), std::back_inserter(entry.placed),
                 [&before](const LiveMount &place) { return !hasPlace(before, place); });
    if (entry.placed.size() != before.size()) {
        if (const auto written = writeRecord(container, entry.placed); !written)
            return written;
    }
    for (const LiveMount &place : before) {
        if (hasPlace(wanted, place))
            continue;
        if (const auto gone = takeAway(container, place); !gone)
            return gone;
    }
    const bool sure = std::exchange(entry.sure, false); // until all went well
    for (const LiveMount &mount : wanted) {
        if (sure && hasPlace(before, mount))
            continue;
        if (const auto done = place(container, mount); !done)
            return done;
    }
    entry.sure = true;
    const bool less = entry.placed.size() != wanted.size();
    entry.placed = wanted;
    return less ? writeRecord(container, wanted) : Result<>();
}

Result<> PersistentVolumes::place(const IsolatedContainer &container, const LiveMount &mount) const
{
    return m_settings.canMount ? mountIn(container.pid, mount)
                               : linkInSandbox(container.spec.sandbox, mount.name, mount.source);
}

Result<> PersistentVolumes::takeAway(const IsolatedContainer &container,
                                     const LiveMount &mount) const
{
    return m_settings.canMount ? unmountIn(container.pid, mount)
                               : unlinkInSandbox(container.spec.sandbox, mount.name, mount.source);
}

void PersistentVolumes::cleanup(const IsolatedContainer &container, Done done)
{
    const auto entry = m_entries.extract(container.id());
    if (!entry.empty()) {
        for (const Done &waiting : entry.mapped().waiting)
            waiting({}); // nothing is left to change
    }
    done({});
}

} // namespace meseta::agent
