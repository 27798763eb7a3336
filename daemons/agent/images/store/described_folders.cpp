#include "daemons/agent/images/store/described_folders.h"

#include <cerrno>
#include <cstring>
#include <set>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "daemons/agent/images/digest/digest.h"
#include "daemons/agent/images/unpack/folder_attributes.h"
#include "daemons/agent/images/unpack/layer_writer.h"
#include "daemons/agent/images/unpack/rooted_tree.h"

namespace meseta::agent {

using containerizer::FileDescriptor;

namespace {

constexpr int folderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

/// One layer as it is looked at, never through its links.
class LayerView
{
public:
    LayerView(const std::string &rootfs, const std::vector<std::string> &implied)
        : m_root(::open(rootfs.c_str(), folderFlags)), m_implied(implied.begin(), implied.end())
    { }

    struct Sight
    {
        FileDescriptor folder; ///< open when the layer has it
        bool hides = false; ///< what is below this layer cannot be seen at this path
    };

    Sight at(const std::string &path) const
    {
        Sight sight;
        FileDescriptor current(::dup(m_root.get()));
        const auto components = componentsOf(path);
        for (const auto &name : components ? *components : std::vector<std::string>()) {
            FileDescriptor next(::openat(current.get(), name.c_str(), folderFlags));
            if (!next.valid()) {
                sight.hides = sight.hides || errno != ENOENT; // a file, a link or a whiteout
                return sight;
            }
            sight.hides = sight.hides || isOpaque(next.get());
            current = std::move(next);
        }
        sight.folder = std::move(current);
        return sight;
    }

    bool implies(const std::string &path) const { return m_implied.contains(path); }
    const std::set<std::string> &implied() const { return m_implied; }

private:
    static bool isOpaque(int folder)
    {
        char mark = 0;
        return ::fgetxattr(folder, opaqueMark(::geteuid() == 0).c_str(), &mark, 1) == 1;
    }

    FileDescriptor m_root;
    std::set<std::string> m_implied;
};

/// The folder that gives `path` its attributes in the whole image; none when the path is no folder
/// there.
FileDescriptor describing(const std::vector<LayerView> &layers, const std::string &path)
{
    FileDescriptor uppermost;
    for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {
        LayerView::Sight sight = layer->at(path);
        const bool there = sight.folder.valid();
        if (there && !layer->implies(path))
            return std::move(sight.folder);
        if (there && !uppermost.valid())
            uppermost = std::move(sight.folder);
        if (sight.hides)
            break;
    }
    return uppermost;
}

/// Implied folders with those on the way to them, parents first.
std::set<std::string> concerned(const std::vector<LayerView> &layers)
{
    std::set<std::string> paths;
    for (const auto &layer : layers) {
        for (const auto &path : layer.implied()) {
            for (auto slash = path.find('/'); slash != std::string::npos;
                 slash = path.find('/', slash + 1))
                paths.insert(path.substr(0, slash));
            paths.insert(path);
        }
    }
    return paths;
}

Result<bool> fill(const std::vector<LayerView> &layers, const std::string &rootfs)
{
    auto tree = RootedTree::open(rootfs);
    if (!tree)
        return fail(tree.error());
    bool any = false;
    for (const auto &path : concerned(layers)) {
        const FileDescriptor source = describing(layers, path);
        if (!source.valid())
            continue;
        auto components = *componentsOf(path);
        const std::string leaf = components.back();
        components.pop_back();
        if (auto entered = tree->enter(components); !entered)
            return fail(entered.error());
        auto attributes = readAttributes(source.get());
        if (!attributes)
            return fail(attributes.error());
        if (auto made = tree->makeDirectory(leaf, std::move(*attributes)); !made)
            return fail(made.error());
        any = true;
    }
    if (auto finished = tree->finish(); !finished)
        return fail(finished.error());
    return any;
}

} // namespace

Result<std::optional<FolderLayer>> describeFolders(LayerStore &store,
                                                   const std::vector<std::string> &layers)
{
    std::vector<LayerView> views;
    std::string names;
    bool any = false;
    for (const auto &id : layers) {
        const auto note = store.noteOf(id);
        if (!note)
            return fail(note.error());
        any = any || (!note->impliedFolders.empty() && !views.empty());
        views.emplace_back(store.rootfsOf(id), note->impliedFolders);
        names += id + "\n";
    }
    const std::string id = "folders-" + digestOf(names).hex;
    if (!any)
        return std::optional<FolderLayer>();
    FolderLayer layer{id, store.pin(id)};
    if (store.holds(id))
        return std::optional(std::move(layer));
    const auto staged = store.stage();
    if (!staged)
        return fail(staged.error());
    const std::string rootfs = *staged + "/rootfs";
    if (::mkdir(rootfs.c_str(), 0755) != 0)
        return fail("cannot make the folder " + rootfs + ": " + std::strerror(errno));
    const auto filled = fill(views, rootfs);
    if (filled && *filled) {
        if (auto installed = store.install(*staged, id, {}); !installed)
            return fail(installed.error());
        return std::optional(std::move(layer));
    }
    static_cast<void>(removeTree(*staged));
    return filled ? Result<std::optional<FolderLayer>>(std::nullopt) : fail(filled.error());
}

} // namespace meseta::agent
