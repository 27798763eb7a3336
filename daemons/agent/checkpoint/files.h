#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/store/disk.h"
#include "daemons/agent/checkpoint/change.h"

namespace meseta::agent {

/// Makes changes of the checkpoint on a disk, one after the other. Files that grow stay open until
/// this goes, so that many changes of one file are flushed together.
class CheckpointFiles
{
public:
    /// The files that are known to survive a power cut as they are.
    using Flushed = std::set<std::string>;

    /// `metaFolder` is `<work_dir>/meta`. The disk and what was flushed must outlive this.
    CheckpointFiles(store::Disk &disk, std::string metaFolder, Flushed &flushed)
        : m_disk(disk), m_metaFolder(std::move(metaFolder)), m_flushed(flushed)
    { }

    /// The error names the file.
    Result<> apply(const CheckpointChange &change);
    /// What has grown and must survive a power cut: it does once each was synced.
    std::vector<store::DiskFile *> toFlush() const;

private:
    struct OpenFile
    {
        std::unique_ptr<store::DiskFile> file;
        bool flush = false;
    };

    Result<> remove(const std::string &path);
    Result<> replace(const CheckpointChange &change, const std::string &path,
                     const std::string &bytes);
    Result<> pointLink(const std::string &path, const CheckpointChange &change);
    Result<> append(const CheckpointChange &change, const std::string &path);
    Result<> flushWith(const std::vector<std::string> &others);
    void forget(const std::string &path);

    store::Disk &m_disk;
    const std::string m_metaFolder;
    Flushed &m_flushed;
    std::map<std::string, OpenFile> m_open; ///< by path
};

} // namespace meseta::agent
