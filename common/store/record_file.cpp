#include "common/store/record_file.h"

#include <google/protobuf/message_lite.h>

#include "common/store/record_format.h"

namespace meseta::store {

namespace {

Result<> writeNew(Disk &disk, const std::string &path, std::string_view bytes,
                  Durability durability)
{
    Result<std::unique_ptr<DiskFile>> file = disk.open(path, Disk::Open::Truncate);
    if (!file)
        return fail(file.error());
    if (const Result<> written = (*file)->append(bytes); !written)
        return written;
    return durability == Durability::PowerCut ? (*file)->sync() : Result<>();
}

} // namespace

Result<> replaceFile(Disk &disk, const std::string &path, std::string_view bytes,
                     Durability durability)
{
    const std::string fresh = path + ".new";
    Result<> done = writeNew(disk, fresh, bytes, durability);
    if (done)
        done = disk.rename(fresh, path);
    if (!done) {
        (void)disk.remove(fresh); // the first error is the one to tell
        return done;
    }
    return durability == Durability::PowerCut ? disk.syncFolder(folderOf(path)) : Result<>();
}

Result<> writeRecord(Disk &disk, const std::string &path,
                     const google::protobuf::MessageLite &message, Durability durability)
{
    return replaceFile(disk, path, framed(message.SerializePartialAsString()), durability);
}

Result<bool> readRecord(Disk &disk, const std::string &path, google::protobuf::MessageLite &message)
{
    const Result<RecordList> list = readRecords(disk, path);
    if (!list)
        return fail(list.error());
    if (!list->damage.empty())
        return fail(list->damage);
    if (list->records.empty() && list->tornBytes == 0)
        return false;
    if (list->records.size() != 1 || list->tornBytes > 0)
        return fail("'" + path + "' is damaged: it should hold one record and holds "
                    + std::to_string(list->records.size())
                    + (list->tornBytes > 0 ? " and a part of one" : ""));
    if (!message.ParseFromString(list->records.front()))
        return fail("'" + path + "' is damaged: its record is not a " + message.GetTypeName());
    return true;
}

Result<RecordList> readRecords(Disk &disk, const std::string &path)
{
    const Result<std::optional<std::string>> bytes = disk.read(path);
    if (!bytes)
        return fail(bytes.error());
    RecordList list;
    if (!*bytes)
        return list;
    const RecordsFound found = findRecords(**bytes);
    list.records.assign(found.records.begin(), found.records.end());
    list.goodBytes = found.goodBytes;
    if (found.torn)
        list.tornBytes = (*bytes)->size() - found.goodBytes;
    if (!found.damage.empty())
        list.damage = "'" + path + "' is damaged: " + found.damage;
    return list;
}

Result<RecordStream> RecordStream::open(Disk &disk, const std::string &path,
                                        std::uint64_t goodBytes, Durability durability)
{
    Result<std::unique_ptr<DiskFile>> file = disk.open(path, Disk::Open::Append);
    if (!file)
        return fail(file.error());
    Result<> ready = (*file)->truncate(goodBytes);
    if (ready && durability == Durability::PowerCut)
        ready = (*file)->sync();
    if (ready && durability == Durability::PowerCut)
        ready = disk.syncFolder(folderOf(path));
    if (!ready)
        return fail(ready.error());
    return RecordStream(path, std::move(*file), goodBytes, durability);
}

Result<> RecordStream::append(const google::protobuf::MessageLite &message)
{
    return write(framed(message.SerializePartialAsString()));
}

Result<> RecordStream::append(std::string_view message)
{
    return write(framed(message));
}

Result<> RecordStream::write(std::string_view record)
{
    if (m_broken)
        return fail("cannot write to '" + m_path
                    + "': an earlier write failed and could not be undone");
    Result<> done = m_file->append(record);
    if (done && m_durability == Durability::PowerCut) {
        done = m_file->sync();
        // After a failed flush nobody knows what is on the disk.
        m_broken = !done;
    }
    if (done) {
        m_size += record.size();
        return {};
    }
    m_broken = !m_file->truncate(m_size) || m_broken;
    return done;
}

} // namespace meseta::store
