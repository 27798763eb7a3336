#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>

#include "daemons/agent/images/backends/backend.h"
#include "daemons/agent/images/backends/tree_copy.h"
#include "daemons/agent/images/unpack/rooted_tree.h"

namespace meseta::agent {

namespace {

/// A copy for each container: slow and large, but it works everywhere.
class CopyBackend final : public RootfsBackend
{
public:
    std::string name() const override { return "copy"; }
    Result<> probe(const std::string &, const std::string &) const override { return {}; }

    Result<> make(const RootfsPlan &plan) const override
    {
        if (::mkdir(plan.rootfs.c_str(), 0755) != 0 || ::chmod(plan.rootfs.c_str(), 0755) != 0)
            return fail("cannot make the folder " + plan.rootfs + ": " + std::strerror(errno));
        const LayerFolder *described = nullptr;
        for (const auto &layer : plan.layers) {
            if (auto copied = copyLayer(layer.rootfs, plan.rootfs, layer.describesRoot); !copied)
                return copied;
            described = layer.describesRoot ? &layer : described;
        }
        // What later layers wrote has changed the root's times.
        struct stat status
        { };
        if (described != nullptr && ::stat(described->rootfs.c_str(), &status) == 0) {
            const std::array<timespec, 2> times{status.st_atim, status.st_mtim};
            ::utimensat(AT_FDCWD, plan.rootfs.c_str(), times.data(), 0);
        }
        return {};
    }

    Result<> remove(const std::string &rootfs, const std::string &) const override
    {
        return removeTree(rootfs);
    }
};

} // namespace

std::unique_ptr<RootfsBackend> makeCopyBackend()
{
    return std::make_unique<CopyBackend>();
}

} // namespace meseta::agent
