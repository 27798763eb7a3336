#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "daemons/agent/images/backends/backend.h"
#include "daemons/agent/images/store/image_index.h"
#include "daemons/agent/images/store/layer_store.h"

namespace meseta::agent {

/// What a root file system is made of, as it is kept on disk.
struct RootfsRecord
{
    std::string id;
    std::string image; ///< name in the index
    std::vector<std::string> layers;
};

/// The root file systems of containers in Mesos' layout:
///
///     <work_dir>/provisioner/containers/<id>/layers                          what they are made of
///     …/<id>/backends/<backend>/rootfses/<uuid>                              a root file system
///     …/<id>/backends/overlay/scratch/<uuid>/{upperdir,workdir}
///     …/<id>/containers/<nested id>/…
///     <work_dir>/provisioner/trash/<uuid>                                    taken away
///
/// Works on worker threads, one at a time for a container.
class ContainerRootfses
{
public:
    ContainerRootfses(const std::string &workDir, std::shared_ptr<RootfsBackend> backend);

    /// Where all of them are; made by `prepare`.
    const std::string &folder() const { return m_folder; }
    Result<> prepare() const;

    /// Puts the layers together for a container; gives the path.
    Result<std::string> make(const std::string &containerId, const ImageRecord &image,
                             const LayerStore &store) const;

    /// Takes away all of a container and of those nested in it: nothing is mounted any more, and
    /// the files are where only `sweep` finds them. False when there is nothing.
    Result<bool> remove(const std::string &containerId) const;

    /// Removes the files of containers that were taken away, until told to stop; disks take their
    /// time for that.
    void sweep(const std::stop_token &stop) const;

    /// How often a root of the backend `bind` could not be taken away.
    std::uint64_t bindErrors() const { return m_bindErrors; }

    /// Every container that has a folder, parents first.
    std::vector<std::string> containers() const;
    std::vector<RootfsRecord> recordsOf(const std::string &containerId) const;

private:
    std::string folderOf(const std::string &containerId) const;
    Result<> detachFolder(const std::string &folder) const;
    Result<> keepRecord(const std::string &containerId, RootfsRecord record) const;

    std::string m_folder;
    std::shared_ptr<RootfsBackend> m_backend;
    mutable std::atomic<std::uint64_t> m_bindErrors = 0;
};

} // namespace meseta::agent
