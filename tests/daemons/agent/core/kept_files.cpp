#include "kept_files.h"

#include <set>

#include "common/store/record_format.h"

namespace meseta::agent {

namespace {

class KeptFile final : public store::DiskFile
{
public:
    KeptFile(std::string &bytes, int &flushes) : m_bytes(bytes), m_flushes(flushes) { }
    Result<> append(std::string_view bytes) override
    {
        m_bytes += bytes;
        return {};
    }
    Result<> truncate(std::uint64_t size) override
    {
        m_bytes.resize(size);
        return {};
    }
    Result<> sync() override
    {
        ++m_flushes;
        return {};
    }

private:
    std::string &m_bytes;
    int &m_flushes;
};

} // namespace

void KeptFiles::apply(const CheckpointChange &change)
{
    const std::string path = "meta/" + change.path;
    switch (change.kind) {
    case CheckpointChange::Kind::Record:
        files[path] = store::framed(change.bytes);
        break;
    case CheckpointChange::Kind::Append:
        files[path] += store::framed(change.bytes);
        break;
    case CheckpointChange::Kind::Text:
    case CheckpointChange::Kind::Link:
        files[path] = change.bytes;
        break;
    case CheckpointChange::Kind::Remove:
        std::erase_if(files, [&path](const auto &file) {
            return file.first == path || file.first.starts_with(path + "/");
        });
    }
}

Result<std::optional<std::string>> KeptFiles::read(const std::string &path)
{
    const auto it = files.find(path);
    return it == files.end() ? std::nullopt : std::optional(it->second);
}

Result<std::vector<std::string>> KeptFiles::list(const std::string &folder)
{
    std::set<std::string> names;
    for (const auto &[path, bytes] : files) {
        if (path.starts_with(folder + "/"))
            names.insert(path.substr(folder.size() + 1,
                                     path.find('/', folder.size() + 1) - folder.size() - 1));
    }
    return std::vector<std::string>(names.begin(), names.end());
}

Result<std::unique_ptr<store::DiskFile>> KeptFiles::open(const std::string &path, Open)
{
    return std::make_unique<KeptFile>(files[path], flushes[path]);
}

std::string KeptFiles::latestAgent() const
{
    const auto it = files.find("meta/slaves/latest");
    return it == files.end() ? std::string() : it->second.substr(it->second.rfind('/') + 1);
}

std::vector<std::string> KeptFiles::ending(const std::string &suffix) const
{
    std::vector<std::string> found;
    for (const auto &[path, bytes] : files) {
        if (path.ends_with(suffix))
            found.push_back(path);
    }
    return found;
}

} // namespace meseta::agent
