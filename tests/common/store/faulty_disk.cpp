#include "tests/common/store/faulty_disk.h"

namespace meseta::store::test {

class FaultyFile final : public DiskFile
{
public:
    FaultyFile(FaultyDisk &disk, std::shared_ptr<FaultyDisk::Inode> inode)
        : m_disk(disk), m_inode(std::move(inode))
    { }

    Result<> append(std::string_view bytes) override
    {
        if (m_disk.m_free && bytes.size() > *m_disk.m_free) {
            m_inode->content.append(bytes.substr(0, *m_disk.m_free));
            m_disk.m_free = 0;
            return fail("no space left");
        }
        if (m_disk.m_free)
            *m_disk.m_free -= bytes.size();
        const bool hadPower = m_disk.m_power;
        const Result<> done = m_disk.change();
        if (hadPower)
            m_inode->content.append(bytes); // in a power cut, `reboot` chooses how much is kept
        return done;
    }

    Result<> truncate(std::uint64_t size) override
    {
        const Result<> done = m_disk.change();
        if (done) {
            m_inode->content.resize(size);
            if (m_inode->flushed.size() > size)
                m_inode->flushed.resize(size);
        }
        return done;
    }

    Result<> sync() override
    {
        const Result<> done = m_disk.change();
        if (done)
            m_inode->flushed = m_inode->content;
        return done;
    }

private:
    FaultyDisk &m_disk;
    std::shared_ptr<FaultyDisk::Inode> m_inode;
};

Result<> FaultyDisk::change()
{
    ++m_operations;
    if (m_operations == m_cutAt)
        m_power = false;
    return m_power ? Result<>() : fail("the power is off");
}

/// The names of one folder as they are now may be what is found later.
void FaultyDisk::nameChanged(const std::string &folder)
{
    Names state;
    for (const auto &[path, inode] : m_names) {
        if (folderOf(path) == folder)
            state.emplace(path, inode);
    }
    m_states[folder].push_back(std::move(state));
}

void FaultyDisk::reboot(Random &random)
{
    m_names.clear();
    for (auto &[folder, states] : m_states) {
        if (states.empty())
            continue;
        states = {states[random.below(states.size())]};
        m_names.insert(states.front().begin(), states.front().end());
    }
    for (const auto &[path, inode] : m_names) {
        if (inode->content.size() > inode->flushed.size()) {
            const std::size_t more = inode->content.size() - inode->flushed.size();
            const std::size_t kept = inode->flushed.size() + random.below(more + 1);
            const std::size_t zeros =
                random.below(3) == 0 ? random.below(inode->content.size() - kept + 1) : 0;
            inode->content.resize(kept);
            inode->content.append(zeros, '\0');
        } else {
            inode->content = inode->flushed;
        }
        inode->flushed = inode->content;
    }
    m_power = true;
    m_cutAt = 0;
}

Result<std::optional<std::string>> FaultyDisk::read(const std::string &path)
{
    if (!m_power)
        return fail("the power is off");
    const auto at = m_names.find(path);
    return at == m_names.end() ? std::nullopt : std::optional(at->second->content);
}

Result<std::vector<std::string>> FaultyDisk::list(const std::string &folder)
{
    if (!m_power)
        return fail("the power is off");
    std::vector<std::string> names;
    for (const auto &[path, inode] : m_names) {
        if (folderOf(path) == folder)
            names.push_back(path.substr(folder.size() + 1));
    }
    return names;
}

Result<std::unique_ptr<DiskFile>> FaultyDisk::open(const std::string &path, Open how)
{
    const bool isNew = !m_names.contains(path);
    if (isNew || how == Open::Truncate) {
        if (const Result<> changed = change(); !changed)
            return fail(changed.error());
    }
    if (m_states[folderOf(path)].empty())
        nameChanged(folderOf(path)); // as it was before anything was made in it
    std::shared_ptr<Inode> &inode = m_names[path];
    if (!inode)
        inode = std::make_shared<Inode>();
    if (how == Open::Truncate) {
        inode->content.clear();
        inode->flushed.clear();
    }
    if (isNew)
        nameChanged(folderOf(path));
    return std::unique_ptr<DiskFile>(std::make_unique<FaultyFile>(*this, inode));
}

Result<> FaultyDisk::rename(const std::string &from, const std::string &to)
{
    if (const Result<> changed = change(); !changed)
        return changed;
    auto node = m_names.extract(from);
    if (!node)
        return fail("no such file");
    m_names[to] = node.mapped();
    nameChanged(folderOf(to));
    return {};
}

Result<> FaultyDisk::remove(const std::string &path)
{
    if (const Result<> changed = change(); !changed)
        return changed;
    if (m_names.erase(path) > 0)
        nameChanged(folderOf(path));
    return {};
}

Result<> FaultyDisk::removeTree(const std::string &path)
{
    std::vector<std::string> paths;
    for (const auto &[name, inode] : m_names) {
        if (name == path || name.starts_with(path + "/"))
            paths.push_back(name);
    }
    for (const std::string &one : paths) {
        if (const Result<> removed = remove(one); !removed)
            return removed;
    }
    return {};
}

Result<> FaultyDisk::pointLink(const std::string &path, const std::string &target)
{
    const auto file = open(path + ".new", Open::Truncate);
    if (!file)
        return fail(file.error());
    if (const Result<> written = (*file)->append(target); !written)
        return written;
    return rename(path + ".new", path);
}

Result<> FaultyDisk::syncFolder(const std::string &path)
{
    if (const Result<> changed = change(); !changed)
        return changed;
    std::vector<Names> &states = m_states[path];
    if (states.size() > 1)
        states = {states.back()};
    return {};
}

} // namespace meseta::store::test
