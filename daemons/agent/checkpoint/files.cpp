#include "daemons/agent/checkpoint/files.h"

#include "common/store/record_file.h"
#include "common/store/record_format.h"

namespace meseta::agent {

Result<> CheckpointFiles::apply(const CheckpointChange &change)
{
    const std::string path = m_metaFolder + "/" + change.path;
    if (change.kind == CheckpointChange::Kind::Remove) {
        std::erase_if(m_open, [&](const auto &open) { return open.first.starts_with(path + "/"); });
        forget(path);
        return remove(path);
    }
    if (auto made = m_disk.makeFolder(store::folderOf(path)); !made)
        return made;
    switch (change.kind) {
    case CheckpointChange::Kind::Record:
        return replace(change, path, store::framed(change.bytes));
    case CheckpointChange::Kind::Text:
        return replace(change, path, change.bytes);
    case CheckpointChange::Kind::Link:
        return pointLink(path, change);
    default:
        return append(change, path);
    }
}

/// What survives a power cut must not give way to what does not.
Result<> CheckpointFiles::replace(const CheckpointChange &change, const std::string &path,
                                  const std::string &bytes)
{
    const auto before = m_disk.read(path);
    const bool isThere = before && *before;
    if (isThere && **before == bytes && !change.survivesPowerCut)
        return {};
    m_open.erase(path);
    m_flushed.erase(path);
    return store::replaceFile(m_disk, path, bytes,
                              change.survivesPowerCut || isThere ? store::Durability::PowerCut
                                                                 : store::Durability::ProcessDeath);
}

Result<> CheckpointFiles::pointLink(const std::string &path, const CheckpointChange &change)
{
    const Result<> pointed = m_disk.pointLink(path, m_metaFolder + "/" + change.bytes);
    return pointed && change.survivesPowerCut ? m_disk.syncFolder(store::folderOf(path)) : pointed;
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
    return done ? flushWith(change.with) : done;
}

/// Once for each of them, as long as it stays as it is.
Result<> CheckpointFiles::flushWith(const std::vector<std::string> &others)
{
    for (const std::string &other : others) {
        const std::string path = m_metaFolder + "/" + other;
        if (m_flushed.contains(path) || m_open.contains(path))
            continue;
        const auto there = m_disk.read(path);
        if (!there || !*there)
            continue;
        auto opened = m_disk.open(path, store::Disk::Open::Append);
        if (!opened)
            return fail(opened.error());
        m_open[path] = {std::move(*opened), true};
        m_flushed.insert(path);
    }
    return {};
}

void CheckpointFiles::forget(const std::string &path)
{
    m_flushed.erase(path);
    const auto first = m_flushed.lower_bound(path + "/");
    auto last = first;
    while (last != m_flushed.end() && last->starts_with(path + "/"))
        ++last;
    m_flushed.erase(first, last);
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
