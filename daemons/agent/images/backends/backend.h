#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"

namespace meseta::agent {

/// A layer as a backend needs it.
struct LayerFolder
{
    std::string rootfs;
    bool describesRoot = false;
    bool hasWhiteouts = false;
};

/// A root file system to make. All paths are absolute.
struct RootfsPlan
{
    std::vector<LayerFolder> layers; ///< lowest first, at least one
    std::string rootfs; ///< does not exist yet; its parent does
    std::string scratch; ///< for the backend's own files, likewise
};

/// Puts layers together to one root file system. Source: Mesos containerizer documentation,
/// provisioner backends. Works on worker threads.
class RootfsBackend
{
public:
    virtual ~RootfsBackend() = default;
    virtual std::string name() const = 0;
    virtual bool isReadOnly() const { return false; }

    /// Whether it can work with layers below `store` and root file systems below `work` (both
    /// exist); the error says why not.
    virtual Result<> probe(const std::string &store, const std::string &work) const = 0;

    /// Leaves nothing behind when it fails, or what `remove` takes away.
    virtual Result<> make(const RootfsPlan &plan) const = 0;

    /// Takes it out of use: nothing is mounted there any more, its files are only to be removed.
    virtual Result<> detach(const std::string &rootfs) const
    {
        static_cast<void>(rootfs);
        return {};
    }

    /// Takes away what `make` made, also when that was cut short. Does nothing for what is not
    /// there.
    virtual Result<> remove(const std::string &rootfs, const std::string &scratch) const = 0;
};

std::unique_ptr<RootfsBackend> makeOverlayBackend();
std::unique_ptr<RootfsBackend> makeCopyBackend();
std::unique_ptr<RootfsBackend> makeBindBackend();
/// By its name; nothing when there is no such backend.
std::unique_ptr<RootfsBackend> makeBackend(const std::string &name);

struct ChosenBackend
{
    std::unique_ptr<RootfsBackend> backend;
    std::vector<std::string> notes; ///< why others were passed over
};

/// The backend of --image_provisioner_backend, or when that is empty the first that works of
/// overlay and copy.
Result<ChosenBackend> chooseBackend(const std::string &wanted, const std::string &store,
                                    const std::string &work);

/// Unmounts a path, even when it is busy. Fine when nothing is mounted there.
Result<> unmount(const std::string &path);

} // namespace meseta::agent
