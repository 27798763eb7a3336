#include "daemons/agent/containerizer/native/isolators/volumes/path_volumes.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <sys/mount.h>

#include "common/resources/persistent_volume.h"

namespace meseta::agent {

namespace fs = std::filesystem;
using containerizer::LaunchSpec;
using containerizer::MountEntry;
using mesos::v1::Volume;

namespace {

bool isAbsolute(const std::string &path)
{
    return !path.empty() && path.front() == '/';
}

bool hasSource(const Volume &volume, Volume::Source::Type type)
{
    return volume.has_source() && volume.source().type() == type;
}

/// Whether what is mounted around `path` is shared, so that mounts can come back out of a
/// container.
bool isShared(const std::string &path)
{
    std::ifstream mounts("/proc/self/mountinfo");
    std::string best;
    bool shared = false;
    for (std::string line; std::getline(mounts, line);) {
        std::istringstream words(line);
        std::string skipped, point, word;
        words >> skipped >> skipped >> skipped >> skipped >> point;
        const std::string below = point == "/" ? point : point + "/";
        if ((path + "/").rfind(below, 0) != 0 || point.size() < best.size())
            continue;
        best = point;
        shared = false;
        while (words >> word && word != "-")
            shared = shared || word.starts_with("shared:");
    }
    return shared;
}

template <typename Add> Result<> forEachVolume(const IsolatedContainer &container, Add add)
{
    for (const Volume &volume : container.info().volumes()) {
        Result<> result = checkVolume(volume);
        if (result)
            result = add(volume);
        if (!result)
            return result;
    }
    return {};
}

} // namespace

void HostPathVolumes::prepare(const IsolatedContainer &container, LaunchSpec &launch, Done done)
{
    done(forEachVolume(container,
                       [&](const Volume &volume) { return add(container, volume, launch); }));
}

Result<> HostPathVolumes::makeSource(const std::string &path) const
{
    const std::string clean = fs::path(path).lexically_normal();
    const bool may =
        std::any_of(m_creatable.begin(), m_creatable.end(), [&clean](const std::string &folder) {
            return (clean + "/").rfind(folder + "/", 0) == 0;
        });
    if (!may)
        return fail("the host has no '" + path
                    + "', and it is not below a folder of --host_path_volume_force_creation");
    std::error_code error;
    fs::create_directories(clean, error);
    return error ? fail("cannot make '" + path + "' on the host: " + error.message()) : Result<>();
}

/// Of kinds that nothing here takes care of; without this they would just be missing.
Result<> HostPathVolumes::checkKind(const Volume &volume) const
{
    if (hasSource(volume, Volume::Source::DOCKER_VOLUME)
        || hasSource(volume, Volume::Source::CSI_VOLUME))
        return fail(volumeName(volume)
                    + ": volumes of Docker's drivers and of CSI plugins are not available; mount "
                      "it on the host and name its path");
    if (hasSource(volume, Volume::Source::SECRET) && !m_settings.secrets)
        return fail(volumeName(volume)
                    + ": volumes of secrets need volume/secret in the agent's --isolation");
    return {};
}

Result<> HostPathVolumes::add(const IsolatedContainer &container, const Volume &volume,
                              LaunchSpec &launch) const
{
    if (const Result<> known = checkKind(volume); !known)
        return known;
    std::string source;
    bool bothWays = false;
    if (volume.has_host_path() && isAbsolute(volume.host_path()))
        source = volume.host_path();
    if (hasSource(volume, Volume::Source::HOST_PATH)) {
        const auto &path = volume.source().host_path();
        if (!isAbsolute(path.path()))
            return fail(volumeName(volume) + ": the path '" + path.path()
                        + "' of the host must be absolute");
        source = path.path();
        bothWays = path.mount_propagation().mode() == mesos::v1::MountPropagation::BIDIRECTIONAL;
    }
    if (source.empty())
        return {};
    if (container.debug)
        return fail(volumeName(volume)
                    + ": a command beside a container's own cannot have volumes");
    std::error_code ignored;
    if (!fs::exists(source, ignored)) {
        if (const Result<> made = makeSource(source); !made)
            return fail(made.error().within(volumeName(volume)));
    }
    if (bothWays && !isShared(source))
        return fail(volumeName(volume) + ": '" + source
                    + "' is not on a shared mount, so mounts cannot be passed in both directions");
    auto entry = volumeMount(container, m_settings, source, volume);
    if (!entry)
        return fail(entry.error().within(volumeName(volume)));
    if (bothWays)
        entry->propagation = MS_SHARED;
    if (container.image || entry->target != source)
        launch.mounts.push_back(std::move(*entry));
    return {};
}

void SandboxPathVolumes::prepare(const IsolatedContainer &container, LaunchSpec &launch, Done done)
{
    done(forEachVolume(container,
                       [&](const Volume &volume) { return add(container, volume, launch); }));
}

Result<> SandboxPathVolumes::add(const IsolatedContainer &container, const Volume &volume,
                                 LaunchSpec &launch) const
{
    using Path = Volume::Source::SandboxPath;
    Path path;
    if (volume.has_host_path() && !isAbsolute(volume.host_path())) {
        path.set_type(Path::SELF);
        path.set_path(volume.host_path());
    } else if (hasSource(volume, Volume::Source::SANDBOX_PATH)) {
        path = volume.source().sandbox_path();
    } else {
        return {};
    }
    const auto refused = [&volume](const std::string &why) {
        return fail(volumeName(volume) + ": " + why);
    };
    if (container.debug)
        return refused("a command beside a container's own cannot have volumes");
    if (path.path().empty() || isAbsolute(path.path()))
        return refused("the path '" + path.path() + "' must be relative to the sandbox");
    if (("/" + path.path() + "/").find("/../") != std::string::npos)
        return refused("the path '" + path.path() + "' must stay in the sandbox, without '..'");
    if (path.type() != Path::SELF && path.type() != Path::PARENT)
        return refused("sandbox_path.type must be SELF or PARENT");
    if (path.type() == Path::SELF && !isAbsolute(volume.container_path()))
        return refused("of type SELF it needs an absolute container_path; a relative one is in the "
                       "sandbox already");
    if (path.type() == Path::PARENT && container.parent == nullptr)
        return refused("of type PARENT it is for nested containers only, and this one is not");
    if (!m_settings.canMount && isAbsolute(volume.container_path()))
        return refused("an absolute container_path needs filesystem/linux in --isolation");

    const auto [root, below] = path.type() == Path::SELF
        ? FolderPlace{container.spec.sandbox, path.path()}
        : placeInParent(*container.parent, path.path());
    if (const Result<> made = makeSandboxFolder(root, below); !made)
        return fail(made.error().within(volumeName(volume)));
    if (!m_settings.canMount)
        return linkInSandbox(container.spec.sandbox, volume.container_path(), root + "/" + below);
    auto entry = volumeMount(container, m_settings, root + "/" + below, volume);
    if (!entry)
        return fail(entry.error().within(volumeName(volume)));
    entry->source = below;
    entry->sourceRoot = root;
    entry->flags |= MS_NODEV;
    launch.mounts.push_back(std::move(*entry));
    return {};
}

/// A persistent volume of the parent's is in its sandbox for itself only.
SandboxPathVolumes::FolderPlace SandboxPathVolumes::placeInParent(const IsolatedContainer &parent,
                                                                  const std::string &path) const
{
    const auto slash = path.find('/');
    for (const auto &resource : parent.spec.resources) {
        if (isPersistentVolume(resource)
            && resource.disk().volume().container_path() == path.substr(0, slash))
            return {persistentVolumePath(m_settings.workDir, resource),
                    slash == std::string::npos ? "." : path.substr(slash + 1)};
    }
    return {parent.spec.sandbox, path};
}

} // namespace meseta::agent
