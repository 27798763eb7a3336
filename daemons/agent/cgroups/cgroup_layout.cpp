#include "daemons/agent/cgroups/cgroup_layout.h"

#include <fstream>
#include <sstream>

namespace meseta::agent {

namespace {

/// What counts as a controller among the super options of a version 1 mount.
bool isController(const std::string &option)
{
    static const std::set<std::string> known{
        "cpu",  "cpuacct", "cpuset",   "memory",  "devices",    "freezer", "blkio",
        "pids", "net_cls", "net_prio", "hugetlb", "perf_event", "rdma",    "misc"};
    return known.contains(option);
}

/// mountinfo writes space, tab, newline and backslash as \ooo.
std::string unescaped(const std::string &text)
{
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 3 < text.size()) {
            result += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8
                                        + (text[i + 3] - '0'));
            i += 3;
        } else {
            result += text[i];
        }
    }
    return result;
}

struct Mount
{
    std::string path;
    std::string type;
    std::string options;
};

/// "36 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:4 - cgroup cgroup rw,memory"
std::optional<Mount> mountOf(const std::string &line)
{
    std::istringstream words(line);
    std::string skipped, path, word, source;
    for (int i = 0; i < 4; ++i)
        words >> skipped;
    words >> path;
    while (words >> word && word != "-") { }
    Mount mount;
    if (!(words >> mount.type >> source >> mount.options))
        return std::nullopt;
    mount.path = unescaped(path);
    return mount;
}

bool isWithin(const std::string &path, const std::string &folder)
{
    return path == folder || path.starts_with(folder + "/");
}

std::set<std::string> wordsOf(const std::string &text, char separator)
{
    std::set<std::string> words;
    std::istringstream stream(text);
    for (std::string word; std::getline(stream, word, separator);) {
        while (!word.empty() && word.back() == '\n')
            word.pop_back();
        if (!word.empty())
            words.insert(word);
    }
    return words;
}

std::set<std::string> controllersOf(const Mount &mount)
{
    if (mount.type == "cgroup2") {
        std::ifstream file(mount.path + "/cgroup.controllers");
        std::string line;
        std::getline(file, line);
        return wordsOf(line, ' ');
    }
    std::set<std::string> controllers;
    for (const auto &option : wordsOf(mount.options, ','))
        if (isController(option))
            controllers.insert(option);
    return controllers;
}

std::string withoutSlash(std::string path)
{
    while (path.size() > 1 && path.back() == '/')
        path.pop_back();
    return path;
}

} // namespace

std::string_view unifiedControllerName(std::string_view controller)
{
    if (controller == "blkio")
        return "io";
    return controller == "cpuacct" ? "cpu" : controller;
}

Result<CgroupLayout> CgroupLayout::look(const CgroupPlaces &places)
{
    std::ifstream file(places.mountInfo);
    if (!file)
        return fail("cannot read " + places.mountInfo + ", which tells where cgroups are mounted");
    const std::string hierarchy = withoutSlash(places.hierarchy);
    CgroupLayout layout;
    for (std::string line; std::getline(file, line);) {
        const auto mount = mountOf(line);
        if (!mount || (mount->type != "cgroup" && mount->type != "cgroup2")
            || !isWithin(mount->path, hierarchy))
            continue;
        CgroupHierarchy found{mount->path, mount->type == "cgroup2", controllersOf(*mount)};
        // A tree without controllers that is not unified belongs to someone (name=systemd).
        const bool again = std::any_of(
            layout.m_hierarchies.begin(), layout.m_hierarchies.end(), [&](const auto &h) {
                return h.unified == found.unified && h.controllers == found.controllers;
            });
        if (!again && (found.unified || !found.controllers.empty()))
            layout.m_hierarchies.push_back(std::move(found));
    }
    return layout;
}

CgroupLayout::Kind CgroupLayout::kind() const
{
    bool first = false, second = false;
    for (const auto &hierarchy : m_hierarchies)
        (hierarchy.unified ? second : first) = true;
    if (first)
        return second ? Kind::Hybrid : Kind::V1;
    return second ? Kind::V2 : Kind::None;
}

const CgroupHierarchy *CgroupLayout::unified() const
{
    for (const auto &hierarchy : m_hierarchies)
        if (hierarchy.unified)
            return &hierarchy;
    return nullptr;
}

const CgroupHierarchy *CgroupLayout::of(std::string_view controller) const
{
    const std::string name(controller), second(unifiedControllerName(controller));
    for (const auto &hierarchy : m_hierarchies)
        if (hierarchy.controllers.contains(hierarchy.unified ? second : name))
            return &hierarchy;
    const bool builtIn = controller == "devices" || controller == "freezer";
    return builtIn && kind() == Kind::V2 ? unified() : nullptr;
}

std::string CgroupLayout::text() const
{
    switch (kind()) {
    case Kind::V1:
        return "cgroup v1";
    case Kind::Hybrid:
        return "hybrid cgroups";
    case Kind::V2:
        return "cgroup v2";
    case Kind::None:
        break;
    }
    return "no cgroups";
}

} // namespace meseta::agent
