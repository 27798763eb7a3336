#include "daemons/agent/checkpoint/files.h"

#include "common/store/record_file.h"
#include "common/store/record_format.h"

namespace meseta::agent {

Result<> CheckpointFiles::apply(const CheckpointChange &change)
{
    const std::string path = m_metaFolder + "/" + change.path;
    const auto durability =
        change.survivesPowerCut ? store::Durability::PowerCut : store::Durability::ProcessDeath;
    if (change.kind == CheckpointChange::Kind::Remove) {
        std::erase_if(m_open, [&](const auto &open) { return open.first.starts_with(path + "/"); });
        return remove(path);
    }
    if (auto made = m_disk.makeFolder(store::folderOf(path)); !made)
        return made;
    switch (change.kind) {
    case CheckpointChange::Kind::Record:
        return store::replaceFile(m_disk, path, store::framed(change.bytes), durability);
    case CheckpointChange::Kind::Text:
        return store::replaceFile(m_disk, path, change.bytes, durability);
    case CheckpointChange::Kind::Link:
        return m_disk.pointLink(path, m_metaFolder + "/" + change.bytes);
    default:
        return append(change, path);
    }
}

/// Out of the way at once, then piece by piece: half of a folder must not be taken for the whole.
Result<> CheckpointFiles::remove(const std::string &path)
{
    const std::string aside = m_metaFolder + "/removed";
    if (!m_disk.rename(path, aside)) {
        if (auto cleared = m_disk.removeTree(aside); !cleared) // an earlier agent died here
            return cleared;
        if (!m_disk.rename(path, aside))
            return m_disk.removeTree(path); // most likely there is nothing
    }
    return m_disk.removeTree(aside);
}

Result<> CheckpointFiles::append(const CheckpointChange &change, const std::string &path)
{
    OpenFile &open = m_open[path];
    if (!open.file) {
        auto opened = m_disk.open(path, store::Disk::Open::Append);
        if (!opened) {
            m_open.erase(path);
            return fail(opened.error());
        }
        open.file = std::move(*opened);
    }
    Result<> done = open.file->append(store::framed(change.bytes));
    if (!done) { // a part of it may be there; the next has to follow a whole one
        if (const auto list = store::readRecords(m_disk, path))
            (void)open.file->truncate(list->goodBytes);
    }
    open.flush = open.flush || change.survivesPowerCut;
    return done;
}

std::vector<store::DiskFile *> CheckpointFiles::toFlush() const
{
    std::vector<store::DiskFile *> files;
    for (const auto &[path, open] : m_open) {
        if (open.flush)
            files.push_back(open.file.get());
    }
    return files;
}

} // namespace meseta::agent
