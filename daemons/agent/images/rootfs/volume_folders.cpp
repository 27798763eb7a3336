#include "daemons/agent/images/rootfs/volume_folders.h"

#include <algorithm>

#include "daemons/agent/images/unpack/rooted_tree.h"

namespace meseta::agent {

namespace {

constexpr std::size_t maxVolumes = 1000; // of an image; nobody means more

Result<> makeFolder(RootedTree &tree, const std::string &volume)
{
    auto components = componentsOf(volume);
    if (!components)
        return fail(components.error());
    auto inside = *components;
    inside.emplace_back("any");
    if (components->empty() || tree.parentOf(inside)) // the folder is there
        return {};
    auto entered = tree.enter(*components);
    return entered ? Result<>() : fail(entered.error());
}

} // namespace

Result<> makeVolumeFolders(const std::string &rootfs, const std::vector<std::string> &volumes)
{
    if (volumes.empty())
        return {};
    auto tree = RootedTree::open(rootfs);
    if (!tree)
        return fail(tree.error());
    Result<> first;
    for (std::size_t i = 0; i < std::min(volumes.size(), maxVolumes); ++i) {
        auto made = makeFolder(*tree, volumes[i]);
        if (!made && first)
            first = fail(made.error().within("the volume " + volumes[i] + " of the image"));
    }
    const auto finished = tree->finish();
    return first ? finished : first;
}

} // namespace meseta::agent
