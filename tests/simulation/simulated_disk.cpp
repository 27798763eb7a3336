#include "tests/simulation/simulated_disk.h"

namespace meseta::simulation {

namespace {
const char *dead = "the process is dead";
}

class SimulatedDisk::File final : public store::DiskFile
{
public:
    File(SimulatedDisk &disk, Entry inode) : m_disk(disk), m_inode(std::move(inode)) { }

    Result<> append(std::string_view bytes) override
    {
        const bool wasAlive = !m_disk.m_left || *m_disk.m_left > 0;
        if (m_disk.step()) {
            m_inode->content += bytes;
            return {};
        }
        if (wasAlive) // it dies here
            m_inode->content += bytes.substr(
                0, static_cast<std::size_t>(m_disk.m_part * static_cast<double>(bytes.size())));
        return fail(dead);
    }

    Result<> truncate(std::uint64_t size) override
    {
        if (!m_disk.step())
            return fail(dead);
        m_inode->content.resize(size);
        if (m_inode->flushed.size() > size)
            m_inode->flushed.resize(size);
        return {};
    }

    Result<> sync() override
    {
        if (!m_disk.step())
            return fail(dead);
        if (m_disk.m_flushes) {
            m_inode->flushed = m_inode->content;
            m_disk.m_journal.clear(); // one journal for all names
        }
        return {};
    }

private:
    SimulatedDisk &m_disk;
    Entry m_inode;
};

void SimulatedDisk::dieAfter(std::size_t operations, double part)
{
    m_left = operations + 1;
    m_part = part;
}

bool SimulatedDisk::step()
{
    if (!m_left)
        return true;
    if (*m_left > 0)
        --*m_left;
    return *m_left > 0;
}

void SimulatedDisk::name(Undo &undo, const std::string &path, Entry entry)
{
    const auto at = m_names.find(path);
    undo.emplace_back(path, at == m_names.end() ? nullptr : at->second);
    if (entry)
        m_names[path] = std::move(entry);
    else if (at != m_names.end())
        m_names.erase(at);
}

void SimulatedDisk::journal(Undo undo)
{
    constexpr std::size_t atMost = 64; // the kernel writes its journal every few seconds
    if (m_journal.size() == atMost)
        m_journal.erase(m_journal.begin());
    m_journal.push_back(std::move(undo));
}

void SimulatedDisk::losePower(Random &random)
{
    const std::size_t kept = random.below(m_journal.size() + 1);
    while (m_journal.size() > kept) {
        const Undo undo = std::move(m_journal.back());
        m_journal.pop_back();
        for (auto at = undo.rbegin(); at != undo.rend(); ++at) {
            if (at->second)
                m_names[at->first] = at->second;
            else
                m_names.erase(at->first);
        }
    }
    m_journal.clear();
    for (const auto &[path, inode] : m_names) {
        if (inode->content.size() > inode->flushed.size()
            && inode->content.starts_with(inode->flushed)) {
            const std::size_t more = inode->content.size() - inode->flushed.size();
            const std::size_t part = random.below(more + 1);
            const std::size_t zeros = random.below(3) == 0 ? random.below(more - part + 1) : 0;
            inode->content.resize(inode->flushed.size() + part);
            inode->content.append(zeros, '\0');
        } else {
            inode->content = inode->flushed;
        }
        inode->flushed = inode->content;
    }
}

Result<std::optional<std::string>> SimulatedDisk::read(const std::string &path)
{
    const auto at = m_names.find(path);
    return at == m_names.end() ? std::nullopt : std::optional(at->second->content);
}

Result<std::vector<std::string>> SimulatedDisk::list(const std::string &folder)
{
    std::vector<std::string> names;
    const std::string prefix = folder + "/";
    auto at = m_names.lower_bound(prefix);
    while (at != m_names.end() && at->first.starts_with(prefix)) {
        const std::size_t end = at->first.find('/', prefix.size());
        names.push_back(at->first.substr(prefix.size(), end - prefix.size()));
        if (end == std::string::npos)
            ++at;
        else // past all that is in that folder
            at = m_names.lower_bound(at->first.substr(0, end) + char('/' + 1));
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

Result<std::unique_ptr<store::DiskFile>> SimulatedDisk::open(const std::string &path, Open how)
{
    const auto at = m_names.find(path);
    Entry inode = at == m_names.end() ? nullptr : at->second;
    if ((!inode || how == Open::Truncate) && !step())
        return fail(dead);
    if (!inode) {
        inode = std::make_shared<Inode>();
        Undo undo;
        name(undo, path, inode);
        journal(std::move(undo));
    }
    if (how == Open::Truncate) {
        inode->content.clear();
        inode->flushed.clear();
    }
    return std::unique_ptr<store::DiskFile>(std::make_unique<File>(*this, std::move(inode)));
}

Result<> SimulatedDisk::rename(const std::string &from, const std::string &to)
{
    if (!step())
        return fail(dead);
    std::vector<std::pair<std::string, Entry>> moved; // a file, or all of a folder
    if (const auto at = m_names.find(from); at != m_names.end())
        moved.push_back(*at);
    const std::string prefix = from + "/";
    for (auto at = m_names.lower_bound(prefix);
         at != m_names.end() && at->first.starts_with(prefix); ++at)
        moved.push_back(*at);
    const auto there = m_names.lower_bound(to + "/");
    if (moved.empty() || (there != m_names.end() && there->first.starts_with(to + "/")))
        return fail("cannot rename " + from + ": it is not there, or the other is no empty folder");
    Undo undo;
    for (const auto &[path, inode] : moved) {
        name(undo, path, nullptr);
        name(undo, to + path.substr(from.size()), inode);
    }
    journal(std::move(undo));
    return {};
}

Result<> SimulatedDisk::remove(const std::string &path)
{
    if (!step())
        return fail(dead);
    Undo undo;
    name(undo, path, nullptr);
    journal(std::move(undo));
    return {};
}

Result<> SimulatedDisk::removeTree(const std::string &path)
{
    std::vector<std::string> paths;
    if (m_names.contains(path))
        paths.push_back(path);
    const std::string prefix = path + "/";
    for (auto at = m_names.lower_bound(prefix);
         at != m_names.end() && at->first.starts_with(prefix); ++at)
        paths.push_back(at->first);
    // A folder's files are removed in no order that could be relied on: from the last here.
    for (auto one = paths.rbegin(); one != paths.rend(); ++one) {
        if (const Result<> removed = remove(*one); !removed)
            return removed;
    }
    return {};
}

Result<> SimulatedDisk::pointLink(const std::string &path, const std::string &target)
{
    if (!step())
        return fail(dead);
    const auto link = std::make_shared<Inode>(Inode{target, target}); // kept with its name
    Undo undo;
    name(undo, path + ".new", link);
    journal(std::move(undo));
    return rename(path + ".new", path);
}

Result<> SimulatedDisk::syncFolder(const std::string &)
{
    if (!step())
        return fail(dead);
    if (m_flushes)
        m_journal.clear();
    return {};
}

} // namespace meseta::simulation
