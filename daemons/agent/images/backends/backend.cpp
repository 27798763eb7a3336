#include "daemons/agent/images/backends/backend.h"

#include <cerrno>
#include <cstring>

#include <sys/mount.h>

namespace meseta::agent {

std::unique_ptr<RootfsBackend> makeBackend(const std::string &name)
{
    if (name == "overlay")
        return makeOverlayBackend();
    if (name == "copy")
        return makeCopyBackend();
    return name == "bind" ? makeBindBackend() : nullptr;
}

Result<ChosenBackend> chooseBackend(const std::string &wanted, const std::string &store,
                                    const std::string &work)
{
    ChosenBackend chosen;
    if (!wanted.empty()) {
        chosen.backend = makeBackend(wanted);
        if (!chosen.backend)
            return fail("--image_provisioner_backend=" + wanted
                        + (wanted == "aufs" ? ": the kernel has no aufs any more"
                                            : ": there is no such backend")
                        + "; the backends are overlay, copy and bind");
        if (auto works = chosen.backend->probe(store, work); !works)
            return fail("--image_provisioner_backend=" + wanted
                        + " cannot be used here: " + works.error().message);
        return chosen;
    }
    for (const char *name : {"overlay", "copy"}) {
        chosen.backend = makeBackend(name);
        const auto works = chosen.backend->probe(store, work);
        if (works)
            return chosen;
        chosen.notes.push_back("the backend " + std::string(name)
                               + " cannot be used: " + works.error().message);
    }
    return fail("no backend for images works here: " + chosen.notes.back());
}

Result<> unmount(const std::string &path)
{
    if (::umount2(path.c_str(), UMOUNT_NOFOLLOW) == 0 || errno == EINVAL || errno == ENOENT
        || errno == EPERM)
        return {}; // without root nothing was mounted
    if (errno == EBUSY && ::umount2(path.c_str(), UMOUNT_NOFOLLOW | MNT_DETACH) == 0)
        return {};
    return fail("cannot unmount " + path + ": " + std::strerror(errno));
}

} // namespace meseta::agent
