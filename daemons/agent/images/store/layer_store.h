#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "daemons/agent/images/store/layer_pins.h"
#include "daemons/containerizer/file_descriptor.h"

namespace meseta::agent {

/// What is known of a layer besides its files.
struct LayerNote
{
    std::uint64_t bytes = 0;
    bool describesRoot = false; ///< has attributes for the root directory
    bool hasWhiteouts = false;
    std::vector<std::string> impliedFolders; ///< whose attributes are those of a lower layer
};

/// Unpacked layers on disk by what they contain, shared by all images:
///
///     <folder>/lock                  held by the agent that uses the store
///     <folder>/staging/<n>/          being unpacked, or being removed
///     <folder>/layers/<id>/rootfs/   the files; <id> is "sha256-<hex of the uncompressed archive>"
///     <folder>/layers/<id>/note      LayerNote in JSON
///     <folder>/layers/<id>/unsynced  the boot in which it was written, until it is surely on disk
///
/// A layer is unpacked beside and comes in by one rename: it is there whole or not at all, also
/// after a kill or a power failure. Functions may be called on any thread.
class LayerStore
{
public:
    /// Makes the folders, takes the lock and drops what was not finished. The error names the
    /// folder and `flag`.
    static Result<std::unique_ptr<LayerStore>> open(const std::string &folder,
                                                    const std::string &flag);
    LayerStore(const LayerStore &) = delete;
    LayerStore &operator=(const LayerStore &) = delete;

    const std::string &folder() const { return m_folder; }
    bool holds(const std::string &id) const;
    std::string pathOf(const std::string &id) const { return m_folder + "/layers/" + id; }
    std::string rootfsOf(const std::string &id) const { return pathOf(id) + "/rootfs"; }
    Result<LayerNote> noteOf(const std::string &id) const;
    std::vector<std::string> layers() const;

    /// A fresh, empty folder in staging.
    Result<std::string> stage();
    /// Takes a staged folder in as a layer; it is dropped when the layer is there already.
    Result<> install(const std::string &staged, const std::string &id, const LayerNote &note);
    /// Makes sure that what was installed survives a power failure. Takes as long as the disk does.
    Result<> settle();
    /// While the pin lives `retire` leaves the layer alone: to be had before asking whether the
    /// store holds it.
    LayerPin pin(const std::string &id) { return m_pins.pin(id); }
    /// Takes a layer out of the store at once, unless it is pinned; gives the folder that is still
    /// to be removed.
    Result<std::optional<std::string>> retire(const std::string &id);

    /// What an earlier agent left in staging; to be called on a worker.
    void sweepStaging(const std::vector<std::string> &names) const;
    const std::vector<std::string> &leftovers() const { return m_leftovers; }

private:
    LayerStore() = default;
    Result<> prepare(const std::string &flag);
    Result<> dropUnsynced() const;

    std::string m_folder;
    std::string m_boot;
    containerizer::FileDescriptor m_lock;
    LayerPins m_pins;
    std::vector<std::string> m_leftovers;
};

/// Replaces a file's content in one step; when `durable`, for good once it returns.
Result<> replaceFile(const std::string &path, const std::string &content, bool durable = true);
/// The content of a small file; fails beyond `maxBytes`.
Result<std::string> readFile(const std::string &path, std::size_t maxBytes = 16 << 20);
/// The names in a folder, without "." and ".."; none when it is not there.
std::vector<std::string> namesIn(const std::string &folder);
/// Makes a folder and its parents, for the owner alone.
Result<> makeFolders(const std::string &path);

} // namespace meseta::agent
