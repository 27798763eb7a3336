#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemons/agent/images/backends/backend.h"
#include "daemons/agent/images/unpack/rooted_tree.h"
#include "daemons/containerizer/file_descriptor.h"

namespace meseta::agent {

namespace {

constexpr std::size_t maxLayers = 500; // of the kernel's overlayfs
constexpr std::size_t longestNames = 3500; // all options of a mount share a page

std::string errnoText()
{
    return std::strerror(errno);
}

tl::unexpected<Error> failOn(const std::string &doing, const std::string &path)
{
    return fail("cannot " + doing + " " + path + ": " + errnoText());
}

/// Works in a folder, on this thread alone: the options of an overlay mount have to fit in a page,
/// and relative names are short and need no escapes.
class InFolder
{
public:
    explicit InFolder(const std::string &folder)
        : m_entered(::unshare(CLONE_FS) == 0 && ::chdir(folder.c_str()) == 0)
    { }
    ~InFolder()
    {
        if (::chdir("/") != 0)
            return; // every path elsewhere is absolute
    }
    bool entered() const { return m_entered; }

private:
    bool m_entered;
};

Result<> makeFolder(const std::string &path, mode_t mode)
{
    return ::mkdir(path.c_str(), mode) == 0 ? Result<>() : failOn("make the folder", path);
}

/// The merged root directory has the attributes of the upper one.
Result<> describeRoot(const RootfsPlan &plan, const std::string &upper)
{
    struct stat status
    { };
    for (auto layer = plan.layers.rbegin(); layer != plan.layers.rend(); ++layer) {
        if (!layer->describesRoot)
            continue;
        if (::stat(layer->rootfs.c_str(), &status) != 0)
            return failOn("look at", layer->rootfs);
        break;
    }
    if (status.st_mode == 0)
        return ::chmod(upper.c_str(), 0755) == 0 ? Result<>() : failOn("set the mode of", upper);
    const std::array<timespec, 2> times{status.st_atim, status.st_mtim};
    if (::chown(upper.c_str(), status.st_uid, status.st_gid) != 0
        || ::chmod(upper.c_str(), status.st_mode & 07777) != 0
        || ::utimensat(AT_FDCWD, upper.c_str(), times.data(), 0) != 0)
        return failOn("set the attributes of", upper);
    return {};
}

/// The layers as overlay's option wants them, uppermost first.
std::string namesOf(const RootfsPlan &plan)
{
    std::string lower;
    for (auto layer = plan.layers.rbegin(); layer != plan.layers.rend(); ++layer)
        lower += (lower.empty() ? "" : ":") + layer->rootfs;
    return lower;
}

/// Whether the paths of the layers can be said as they are.
bool canBeNamed(const RootfsPlan &plan)
{
    std::size_t size = 0;
    for (const auto &layer : plan.layers) {
        size += layer.rootfs.size() + 1;
        if (layer.rootfs.find_first_of(":,\\ ") != std::string::npos)
            return false;
    }
    return size < longestNames;
}

/// Numbered links to the layers; gives their names.
Result<std::string> linkLayers(const RootfsPlan &plan)
{
    if (auto made = makeFolder(plan.scratch + "/links", 0700); !made)
        return fail(made.error());
    std::string lower;
    std::size_t number = 0;
    for (auto layer = plan.layers.rbegin(); layer != plan.layers.rend(); ++layer, ++number) {
        const std::string name = "links/" + std::to_string(number);
        const std::string path = plan.scratch + "/" + name;
        if (::symlink(layer->rootfs.c_str(), path.c_str()) != 0)
            return failOn("make the link", path);
        lower += (lower.empty() ? "" : ":") + name;
    }
    return lower;
}

class OverlayBackend final : public RootfsBackend
{
public:
    std::string name() const override { return "overlay"; }

    Result<> probe(const std::string &store, const std::string &work) const override
    {
        if (::geteuid() != 0)
            return fail("overlay mounts need an agent that runs as root");
        const std::string lower = store + "/.overlay-probe", merged = work + "/.overlay-probe",
                          scratch = work + "/.overlay-probe-scratch";
        ::mkdir(lower.c_str(), 0700);
        RootfsPlan plan;
        plan.layers.push_back({lower});
        plan.rootfs = merged;
        plan.scratch = scratch;
        auto cleared = remove(merged, scratch); // of an agent that died here
        auto made = cleared ? make(plan) : cleared;
        cleared = remove(merged, scratch);
        ::rmdir(lower.c_str());
        if (!made)
            return fail("the trial mount below " + work + " failed: " + made.error().message);
        return cleared;
    }

    Result<> make(const RootfsPlan &plan) const override
    {
        if (plan.layers.size() > maxLayers)
            return fail("the image has " + std::to_string(plan.layers.size())
                        + " layers; overlayfs takes " + std::to_string(maxLayers));
        const std::string upper = plan.scratch + "/upperdir";
        for (const auto &folder : {plan.scratch, upper, plan.scratch + "/workdir", plan.rootfs}) {
            if (auto made = makeFolder(folder, folder == plan.rootfs ? 0755 : 0700); !made)
                return made;
        }
        if (auto described = describeRoot(plan, upper); !described)
            return described;
        const auto lower = canBeNamed(plan) ? Result<std::string>(namesOf(plan)) : linkLayers(plan);
        if (!lower)
            return fail(lower.error());
        return mountAt(plan, "lowerdir=" + *lower + ",upperdir=upperdir,workdir=workdir");
    }

    Result<> detach(const std::string &rootfs) const override { return unmount(rootfs); }

    Result<> remove(const std::string &rootfs, const std::string &scratch) const override
    {
        if (auto detached = detach(rootfs); !detached)
            return detached;
        if (auto removed = removeTree(scratch); !removed)
            return removed;
        return removeTree(rootfs);
    }

private:
    static Result<> mountAt(const RootfsPlan &plan, const std::string &options)
    {
        const InFolder inScratch(plan.scratch);
        if (!inScratch.entered())
            return failOn("enter the folder", plan.scratch);
        // What a container writes in its root ends with it, so nothing is to be synced: unmounting
        // would else wait until the whole disk is. Kernels before 5.10 do not know the option.
        const std::string unsynced = options + ",volatile";
        const char *target = plan.rootfs.c_str();
        if (::mount("overlay", target, "overlay", 0, unsynced.c_str()) != 0
            && (errno != EINVAL || ::mount("overlay", target, "overlay", 0, options.c_str()) != 0))
            return failOn("mount the layers at", plan.rootfs);
        // Takes what the host unmounts, and passes it on to containers.
        if (::mount(nullptr, plan.rootfs.c_str(), nullptr, MS_SLAVE, nullptr) != 0
            || ::mount(nullptr, plan.rootfs.c_str(), nullptr, MS_SHARED, nullptr) != 0)
            return failOn("set the propagation of", plan.rootfs);
        return {};
    }
};

} // namespace

std::unique_ptr<RootfsBackend> makeOverlayBackend()
{
    return std::make_unique<OverlayBackend>();
}

} // namespace meseta::agent
