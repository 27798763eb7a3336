#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/base/random.h"
#include "common/store/disk.h"

namespace meseta::simulation {

/// The disk of a simulated machine, in memory. A process that writes may die in the middle of any
/// operation; what the operations before it did is there for the next one. When the power fails,
/// of what was not flushed a part is lost: bytes at the ends of files, and the latest changes of
/// names, as with a journaling file system.
class SimulatedDisk final : public store::Disk
{
public:
    /// From now on only so many operations are done; the one after them may be done in part, and
    /// all the others fail.
    void dieAfter(std::size_t operations, double part);
    /// A new process works with it.
    void revive() { m_left.reset(); }
    void losePower(Random &random);
    /// The agent id whose keeping was told; empty while there is none to come back as.
    std::string keptAgentId;
    /// A planted bug: flushing does nothing.
    void forgetFlushes() { m_flushes = false; }

    Result<std::optional<std::string>> read(const std::string &path) override;
    Result<std::vector<std::string>> list(const std::string &folder) override;
    Result<> makeFolder(const std::string &) override { return {}; }
    Result<std::unique_ptr<store::DiskFile>> open(const std::string &path, Open how) override;
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
    class File;
    struct Inode
    {
        std::string content;
        std::string flushed;
    };
    using Entry = std::shared_ptr<Inode>;
    /// How names were before a change; null: not there.
    using Undo = std::vector<std::pair<std::string, Entry>>;

    /// False: the process is dead.
    bool step();
    void name(Undo &undo, const std::string &path, Entry entry);
    void journal(Undo undo);

    std::map<std::string, Entry> m_names;
    std::vector<Undo> m_journal; ///< changes of names that were not flushed, in order
    std::optional<std::size_t> m_left; ///< operations until the process is dead
    double m_part = 0; ///< of the last append that is done
    bool m_flushes = true;
};

} // namespace meseta::simulation
