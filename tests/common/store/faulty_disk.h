#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/base/random.h"
#include "common/store/disk.h"

namespace meseta::store::test {

/// A disk in memory that keeps only what was flushed. The power can be cut at any operation that
/// changes something: that one may be done in part, all after it fail. `reboot` then shows one of
/// the states the disk may be found in: of each file's unflushed bytes a part from the beginning,
/// perhaps followed by zeros; of each folder's unflushed changes of names those up to some point.
class FaultyDisk final : public Disk
{
public:
    /// How many operations have changed something, or tried to.
    std::size_t operations() const { return m_operations; }
    /// Cuts the power in the operation of this number, counted from 1.
    void cutPowerAt(std::size_t operation) { m_cutAt = operation; }
    bool hasPower() const { return m_power; }
    void reboot(Random &random);

    /// The disk is full: from now on `append` writes only so many bytes more.
    void setFreeBytes(std::optional<std::uint64_t> bytes) { m_free = bytes; }
    /// The bytes of a file, to be damaged.
    std::string &bytes(const std::string &path) { return m_names.at(path)->content; }
    bool has(const std::string &path) const { return m_names.contains(path); }

    Result<std::optional<std::string>> read(const std::string &path) override;
    Result<std::vector<std::string>> list(const std::string &folder) override;
    Result<> makeFolder(const std::string &) override { return change(); }
    Result<std::unique_ptr<DiskFile>> open(const std::string &path, Open how) override;
    Result<> rename(const std::string &from, const std::string &to) override;
    Result<> remove(const std::string &path) override;
    Result<> removeTree(const std::string &path) override;
    Result<> pointLink(const std::string &path, const std::string &target) override;
    Result<std::optional<std::string>> readLink(const std::string &path) override
    {
        return read(path); // a link is a file that holds its target
    }
    Result<> syncFolder(const std::string &path) override;

private:
    friend class FaultyFile;

    struct Inode
    {
        std::string content;
        std::string flushed;
    };
    using Names = std::map<std::string, std::shared_ptr<Inode>>;

    Result<> change();
    void nameChanged(const std::string &folder);

    Names m_names;
    std::map<std::string, std::vector<Names>> m_states; ///< by folder: flushed one first
    std::size_t m_operations = 0;
    std::size_t m_cutAt = 0;
    std::optional<std::uint64_t> m_free;
    bool m_power = true;
};

} // namespace meseta::store::test
