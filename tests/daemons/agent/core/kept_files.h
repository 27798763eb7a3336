#pragma once

#include <map>
#include <string>

#include "common/store/disk.h"
#include "daemons/agent/checkpoint/change.h"

namespace meseta::agent {

/// What an agent kept, in memory: files by their path below "meta".
class KeptFiles final : public store::Disk
{
public:
    void apply(const CheckpointChange &change);

    Result<std::optional<std::string>> read(const std::string &path) override;
    Result<std::vector<std::string>> list(const std::string &folder) override;
    Result<> makeFolder(const std::string &) override { return {}; }
    Result<std::unique_ptr<store::DiskFile>> open(const std::string &path, Open how) override;
    Result<> rename(const std::string &, const std::string &) override { return {}; }
    Result<> remove(const std::string &) override { return {}; }
    Result<> removeTree(const std::string &) override { return {}; }
    Result<> pointLink(const std::string &path, const std::string &target) override
    {
        files[path] = target;
        return {};
    }
    Result<std::optional<std::string>> readLink(const std::string &path) override
    {
        return read(path);
    }
    Result<> syncFolder(const std::string &) override { return {}; }

    /// The id of the latest agent; empty when there is none.
    std::string latestAgent() const;
    /// The paths that end so.
    std::vector<std::string> ending(const std::string &suffix) const;

    std::map<std::string, std::string> files;
    std::map<std::string, int> flushes; ///< how often each file was flushed
};

} // namespace meseta::agent
