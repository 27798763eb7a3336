#include "common/store/log_store.h"

#include <charconv>

#include "common/store/record_format.h"

namespace meseta::store {

namespace {

constexpr auto Snapshot = "snapshot";
constexpr auto Log = "log";

/// The generation in "snapshot-12"; nothing for any other name.
std::optional<std::uint64_t> generationOf(std::string_view name, std::string_view kind)
{
    if (!name.starts_with(kind) || name.size() <= kind.size() || name[kind.size()] != '-')
        return std::nullopt;
    name.remove_prefix(kind.size() + 1);
    std::uint64_t generation = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), generation);
    if (error != std::errc() || end != name.data() + name.size())
        return std::nullopt;
    return generation;
}

Result<std::string> onlyRecord(Disk &disk, const std::string &path)
{
    Result<RecordList> list = readRecords(disk, path);
    if (!list)
        return fail(list.error());
    if (!list->damage.empty())
        return fail(list->damage);
    if (list->records.size() != 1 || list->tornBytes > 0)
        return fail("'" + path + "' is damaged: it should hold one whole record");
    return std::move(list->records.front());
}

} // namespace

std::string LogStore::path(const char *kind, std::uint64_t generation) const
{
    return m_folder + "/" + kind + "-" + std::to_string(generation);
}

Result<std::optional<std::uint64_t>> LogStore::newestGeneration()
{
    const Result<std::vector<std::string>> names = m_disk.list(m_folder);
    if (!names)
        return fail(names.error());
    std::optional<std::uint64_t> newest;
    for (const std::string &name : *names) {
        if (const auto generation = generationOf(name, Snapshot))
            newest = std::max(newest.value_or(0), *generation);
    }
    return newest;
}

/// What an interrupted switch of generations left behind.
Result<> LogStore::removeOthers()
{
    const Result<std::vector<std::string>> names = m_disk.list(m_folder);
    if (!names)
        return fail(names.error());
    for (const std::string &name : *names) {
        auto generation = generationOf(name, Snapshot);
        if (!generation)
            generation = generationOf(name, Log);
        const bool unfinished = name.starts_with(Snapshot) && name.ends_with(".new");
        if ((!generation || *generation == m_generation) && !unfinished)
            continue;
        if (const Result<> removed = m_disk.remove(m_folder + "/" + name); !removed)
            return removed;
    }
    return {};
}

Result<> LogStore::startLog(std::uint64_t goodBytes)
{
    Result<RecordStream> log =
        RecordStream::open(m_disk, path(Log, m_generation), goodBytes, Durability::PowerCut);
    if (!log)
        return fail(log.error());
    m_log.emplace(std::move(*log));
    return {};
}

Result<Contents> LogStore::open()
{
    m_log.reset();
    if (const Result<> made = m_disk.makeFolder(m_folder); !made)
        return fail(made.error());
    if (const Result<> kept = m_disk.syncFolder(folderOf(m_folder)); !kept)
        return fail(kept.error());
    const Result<std::optional<std::uint64_t>> newest = newestGeneration();
    if (!newest)
        return fail(newest.error());
    m_generation = newest->value_or(0);
    Contents contents;
    if (*newest) {
        Result<std::string> snapshot = onlyRecord(m_disk, path(Snapshot, m_generation));
        if (!snapshot)
            return fail(snapshot.error());
        contents.snapshot = std::move(*snapshot);
    }
    Result<RecordList> batches = readRecords(m_disk, path(Log, m_generation));
    if (!batches)
        return fail(batches.error());
    if (!batches->damage.empty())
        return fail(batches->damage);
    contents.batches = std::move(batches->records);
    Result<> ready = removeOthers();
    if (ready)
        ready = startLog(batches->goodBytes);
    if (!ready)
        return fail(ready.error());
    return contents;
}

Result<> LogStore::append(std::string_view batch)
{
    if (!m_log)
        return fail("the store in '" + m_folder + "' is not open");
    const Result<> appended = m_log->append(batch);
    if (!appended)
        m_log.reset();
    return appended;
}

Result<> LogStore::replace(std::string_view snapshot)
{
    if (!m_log)
        return fail("the store in '" + m_folder + "' is not open");
    m_log.reset();
    const Result<> written = replaceFile(m_disk, path(Snapshot, m_generation + 1), framed(snapshot),
                                         Durability::PowerCut);
    if (!written)
        return written;
    ++m_generation;
    if (const Result<> removed = removeOthers(); !removed)
        return removed;
    return startLog(0);
}

} // namespace meseta::store
