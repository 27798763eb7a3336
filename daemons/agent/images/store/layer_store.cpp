#include "daemons/agent/images/store/layer_store.h"

#include <atomic>
#include <cerrno>
#include <cstring>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemons/agent/checkpoint/crash_point.h"
#include "daemons/agent/images/unpack/rooted_tree.h"

namespace meseta::agent {

using containerizer::FileDescriptor;

namespace {

constexpr std::size_t noteBytes = 64 << 20;

std::string errnoText()
{
    return std::strerror(errno);
}

/// Names are bytes: each becomes a character of its own.
std::string noteText(const LayerNote &note)
{
    QJsonArray implied;
    for (const auto &folder : note.impliedFolders)
        implied.append(QString::fromLatin1(QByteArray::fromStdString(folder)));
    const QJsonObject object{{QStringLiteral("bytes"), static_cast<qint64>(note.bytes)},
                             {QStringLiteral("describes_root"), note.describesRoot},
                             {QStringLiteral("has_whiteouts"), note.hasWhiteouts},
                             {QStringLiteral("implied_folders"), implied}};
    return QJsonDocument(object).toJson(QJsonDocument::Compact).toStdString();
}

bool exists(const std::string &path)
{
    return ::access(path.c_str(), F_OK) == 0;
}

} // namespace

Result<std::unique_ptr<LayerStore>> LayerStore::open(const std::string &folder,
                                                     const std::string &flag)
{
    std::unique_ptr<LayerStore> store(new LayerStore);
    store->m_folder = folder;
    if (auto prepared = store->prepare(flag); !prepared)
        return fail(prepared.error());
    return store;
}

Result<> LayerStore::prepare(const std::string &flag)
{
    for (const char *part : {"", "/staging", "/layers"}) {
        if (auto made = makeFolders(m_folder + part); !made)
            return fail(made.error().within("--" + flag));
    }
    const std::string path = m_folder + "/lock";
    m_lock = FileDescriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!m_lock.valid())
        return fail("--" + flag + ": cannot open " + path + ": " + errnoText());
    if (::flock(m_lock.get(), LOCK_EX | LOCK_NB) != 0)
        return fail("--" + flag + ": another agent uses the image store " + m_folder
                    + "; give each agent of a machine a folder of its own");
    if (const auto boot = readFile("/proc/sys/kernel/random/boot_id"))
        m_boot = boot->substr(0, boot->find('\n'));
    m_leftovers = namesIn(m_folder + "/staging");
    return dropUnsynced();
}

/// What was written in an earlier boot and not confirmed may have holes.
Result<> LayerStore::dropUnsynced() const
{
    for (const auto &id : layers()) {
        const auto boot = readFile(pathOf(id) + "/unsynced", 4096);
        const bool whole = exists(rootfsOf(id)) && exists(pathOf(id) + "/note");
        if (whole && (!boot || *boot == m_boot))
            continue;
        if (auto removed = removeTree(pathOf(id)); !removed)
            return removed;
    }
    return {};
}

bool LayerStore::holds(const std::string &id) const
{
    return exists(rootfsOf(id));
}

Result<LayerNote> LayerStore::noteOf(const std::string &id) const
{
    const auto text = readFile(pathOf(id) + "/note", noteBytes);
    if (!text)
        return fail(text.error());
    const auto object = QJsonDocument::fromJson(QByteArray::fromStdString(*text)).object();
    LayerNote note;
    note.bytes = static_cast<std::uint64_t>(object.value(u"bytes").toDouble());
    note.describesRoot = object.value(u"describes_root").toBool();
    note.hasWhiteouts = object.value(u"has_whiteouts").toBool();
    for (const auto &folder : object.value(u"implied_folders").toArray())
        note.impliedFolders.push_back(folder.toString().toLatin1().toStdString());
    return note;
}

std::vector<std::string> LayerStore::layers() const
{
    return namesIn(m_folder + "/layers");
}

Result<std::string> LayerStore::stage()
{
    static std::atomic<unsigned> counter = 0;
    const std::string path =
        m_folder + "/staging/" + std::to_string(::getpid()) + "-" + std::to_string(counter++);
    if (auto cleared = removeTree(path); !cleared) // of an earlier process with this id
        return fail(cleared.error());
    if (::mkdir(path.c_str(), 0700) != 0)
        return fail("cannot make the folder " + path + ": " + errnoText());
    return path;
}

Result<> LayerStore::install(const std::string &staged, const std::string &id,
                             const LayerNote &note)
{
    for (const auto &[name, content] :
         {std::pair{"/note", noteText(note)}, std::pair{"/unsynced", m_boot}}) {
        if (auto written = replaceFile(staged + name, content, false); !written)
            return written;
    }
    crashPoint("before", "layer-install");
    if (::rename(staged.c_str(), pathOf(id).c_str()) == 0) {
        crashPoint("after", "layer-install");
        return {};
    }
    if (errno == EEXIST || errno == ENOTEMPTY)
        return removeTree(staged);
    return fail("cannot move " + staged + " to " + pathOf(id) + ": " + errnoText());
}

Result<> LayerStore::settle()
{
    std::vector<std::string> marks;
    for (const auto &id : layers()) {
        if (const auto mark = pathOf(id) + "/unsynced"; exists(mark))
            marks.push_back(mark);
    }
    if (!marks.empty() && ::syncfs(m_lock.get()) != 0)
        return fail("cannot write the image store " + m_folder + " to disk: " + errnoText());
    for (const auto &mark : marks)
        ::unlink(mark.c_str());
    return {};
}

Result<std::optional<std::string>> LayerStore::retire(const std::string &id)
{
    const auto staged = stage();
    if (!staged)
        return fail(staged.error());
    int error = 0;
    const bool taken = m_pins.unlessPinned(
        id, [&] { error = ::rename(pathOf(id).c_str(), staged->c_str()) == 0 ? 0 : errno; });
    if (!taken || error != 0)
        ::rmdir(staged->c_str());
    if (error != 0 && error != ENOENT)
        return fail("cannot take the layer " + id + " out of the store: " + std::strerror(error));
    return taken && error == 0 ? std::optional(*staged) : std::nullopt;
}

void LayerStore::sweepStaging(const std::vector<std::string> &names) const
{
    for (const auto &name : names)
        static_cast<void>(removeTree(m_folder + "/staging/" + name)); // next time, then
}

} // namespace meseta::agent
