#include <cerrno>
#include <cstring>

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemons/agent/images/backends/backend.h"
#include "daemons/agent/images/unpack/rooted_tree.h"

namespace meseta::agent {

namespace {

/// The one layer of an image, read-only and shared by its containers.
class BindBackend final : public RootfsBackend
{
public:
    std::string name() const override { return "bind"; }
    bool isReadOnly() const override { return true; }

    Result<> probe(const std::string &, const std::string &) const override
    {
        return ::geteuid() == 0 ? Result<>() : fail("mounts need an agent that runs as root");
    }

    Result<> make(const RootfsPlan &plan) const override
    {
        if (plan.layers.size() != 1)
            return fail("the image has " + std::to_string(plan.layers.size())
                        + " layers and the backend bind takes only one; use "
                          "--image_provisioner_backend=overlay or copy");
        if (::mkdir(plan.rootfs.c_str(), 0755) != 0)
            return cannot("make the folder", plan.rootfs);
        const char *target = plan.rootfs.c_str();
        if (::mount(plan.layers.front().rootfs.c_str(), target, nullptr, MS_BIND, nullptr) != 0)
            return cannot("mount the layer at", plan.rootfs);
        if (::mount(nullptr, target, nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr) != 0)
            return cannot("make read-only", plan.rootfs);
        if (::mount(nullptr, target, nullptr, MS_SLAVE, nullptr) != 0
            || ::mount(nullptr, target, nullptr, MS_SHARED, nullptr) != 0)
            return cannot("set the propagation of", plan.rootfs);
        return {};
    }

    Result<> detach(const std::string &rootfs) const override { return unmount(rootfs); }

    Result<> remove(const std::string &rootfs, const std::string &) const override
    {
        if (auto detached = detach(rootfs); !detached)
            return detached;
        if (::rmdir(rootfs.c_str()) != 0 && errno != ENOENT)
            return cannot("remove the folder", rootfs);
        return {};
    }

private:
    static tl::unexpected<Error> cannot(const std::string &doing, const std::string &path)
    {
        return fail("cannot " + doing + " " + path + ": " + std::strerror(errno));
    }
};

} // namespace

std::unique_ptr<RootfsBackend> makeBindBackend()
{
    return std::make_unique<BindBackend>();
}

} // namespace meseta::agent
