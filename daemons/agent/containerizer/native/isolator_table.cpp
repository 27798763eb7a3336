#include "daemons/agent/containerizer/native/isolator_table.h"

#include <algorithm>
#include <map>

#include "daemons/agent/containerizer/native/isolators/isolator_rows.h"

namespace meseta::agent {

namespace {

using Names = std::vector<std::string>;

const std::map<std::string, Names> aliases = {
    {"process", {"posix/cpu", "posix/mem"}},
    {"cgroups", {"cgroups/cpu", "cgroups/mem"}},
    {"posix/disk", {"disk/du"}},
};

/// Of Mesos, but not of this agent: worth another answer than a misspelling.
const std::map<std::string, const char *> elsewhere = {
    {"filesystem/shared", "use filesystem/linux, which does more"},
    {"cgroups/io", "use cgroups/blkio, which is io on cgroup v2"},
    {"cgroups/net_cls", "traffic is not marked by container; use network/cni"},
    {"cgroups/net_prio", "traffic has no priorities by container; use network/cni"},
    {"cgroups/perf_event", "containers are not sampled by perf"},
    {"disk/xfs",
     "project quotas of XFS are not set; use disk/du and "
     "--enforce_container_disk_quota"},
    {"docker/volume",
     "volumes of Docker's drivers are not mounted; mount them on the host and use "
     "volume/host_path"},
    {"gpu/nvidia",
     "it needs Nvidia's management library; let tasks use the devices with "
     "cgroups/devices and --allowed_devices"},
    {"linux/devices",
     "the devices of --allowed_devices are not made in a container's /dev; give them to it with "
     "volume/host_path"},
    {"network/port_mapping", "use network/cni with the plugin portmap"},
    {"volume/csi",
     "volumes of CSI plugins are not mounted; mount them on the host and use "
     "volume/host_path"},
};

bool contains(const Names &names, const std::string &name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::string joined(const Names &names)
{
    std::string text;
    for (const std::string &name : names)
        text += (text.empty() ? "" : ", ") + name;
    return text;
}

Names split(const std::string &text)
{
    Names names;
    for (const QByteArray &item : QByteArray::fromStdString(text).split(','))
        names.push_back(item.trimmed().toStdString());
    return names;
}

Result<Names> resolveAliases(const std::string &isolation)
{
    Names names;
    for (const std::string &given : split(isolation)) {
        const auto alias = aliases.find(given);
        for (const std::string &name : alias == aliases.end() ? Names{given} : alias->second) {
            if (contains(names, name))
                return fail("'" + name + "' is named twice in '" + isolation + "': name it once");
            names.push_back(name);
        }
    }
    return names;
}

Result<> checkKnown(const Names &names, const std::vector<IsolatorRow> &table)
{
    for (const std::string &name : names) {
        const bool known = std::any_of(table.begin(), table.end(),
                                       [&](const IsolatorRow &row) { return row.name == name; });
        if (known)
            continue;
        if (const auto why = elsewhere.find(name); why != elsewhere.end())
            return fail("'" + name + "' is not among the isolators of this agent: " + why->second);
        Names all;
        for (const IsolatorRow &row : table)
            all.push_back(row.name);
        return fail("'" + name + "' is no isolator; there are " + joined(all));
    }
    return {};
}

/// Those of one kind, of which there may be one only.
Names ofKind(const Names &names, const std::string &prefix, const std::string &except = {})
{
    Names found;
    for (const std::string &name : names) {
        if (name.starts_with(prefix) && name != except)
            found.push_back(name);
    }
    return found;
}

Result<> checkAlone(const Names &names)
{
    if (names.size() > 1)
        return fail(joined(names) + " exclude one another: leave all but one out");
    return {};
}

/// What Mesos adds to the isolators that were named.
void addImplied(Names &names, const std::vector<IsolatorRow> &table)
{
    const auto add = [&](const char *name) {
        const bool known = std::any_of(table.begin(), table.end(),
                                       [&](const IsolatorRow &row) { return row.name == name; });
        if (known && !contains(names, name))
            names.emplace_back(name);
    };
    if (ofKind(names, "filesystem/").empty())
        add("filesystem/posix");
    if (contains(names, "filesystem/linux")) {
        add("volume/image");
        add("volume/host_path");
    }
    add("volume/sandbox_path"); // links where nothing can be mounted
    if (ofKind(names, "network/", "network/ports").empty())
        add("network/cni");
    add("environment_secret");
    add("volume/persistent");
    add("cgroups/core"); // where the launcher is linux: keeps a container's processes together
    if (contains(names, "cgroups/all"))
        std::erase_if(names, [](const std::string &name) {
            return name.starts_with("cgroups/") && name != "cgroups/all" && name != "cgroups/core";
        });
}

Result<Names> planned(const std::string &isolation, const std::vector<IsolatorRow> &table)
{
    auto names = resolveAliases(isolation);
    if (!names)
        return names;
    if (auto known = checkKnown(*names, table); !known)
        return fail(known.error());
    if (auto alone = checkAlone(ofKind(*names, "filesystem/")); !alone)
        return fail(alone.error());
    if (auto alone = checkAlone(ofKind(*names, "network/", "network/ports")); !alone)
        return fail(alone.error());
    addImplied(*names, table);
    return names;
}

Result<std::unique_ptr<Isolator>> make(const IsolatorRow &row, const IsolatorContext &context)
{
    if (row.needsRoot && !context.root)
        return fail("it needs root: start the agent as root or leave it out");
    if (row.needsRoot && !context.linuxLauncher)
        return fail("it needs the linux launcher: start the agent with --launcher=linux");
    if (const auto lack = row.lacks ? row.lacks(context) : std::nullopt)
        return fail(*lack + "; leave it out of --isolation");
    return row.make(context);
}

std::optional<std::string> whyNot(const IsolatorRow &row, const IsolatorContext &context)
{
    if (row.needsRoot && !context.root)
        return "it needs an agent that runs as root";
    if (row.needsRoot && !context.linuxLauncher)
        return "it needs --launcher=linux, which is not the default where there are no cgroups";
    return row.lacks ? row.lacks(context) : std::nullopt;
}

} // namespace

std::vector<IsolatorRow> isolatorTable()
{
    std::vector<IsolatorRow> table = rows::processIsolators();
    for (IsolatorRow &row : rows::resourceIsolators())
        table.push_back(std::move(row));
    std::stable_sort(table.begin(), table.end(),
                     [](const auto &a, const auto &b) { return a.stage < b.stage; });
    return table;
}

Result<Names> isolatorNames(const std::string &isolation)
{
    return planned(isolation, isolatorTable());
}

Result<std::vector<std::unique_ptr<Isolator>>> makeIsolators(const IsolatorContext &context)
{
    const auto table = isolatorTable();
    const std::string given = context.flags.string("isolation");
    const auto names = planned(given, table);
    if (!names)
        return fail(names.error().within("--isolation"));
    const auto asked = resolveAliases(given);
    std::vector<std::unique_ptr<Isolator>> isolators;
    for (const IsolatorRow &row : table) {
        if (!contains(*names, row.name))
            continue;
        auto isolator = make(row, context);
        if (isolator)
            isolators.push_back(std::move(*isolator));
        else if (contains(*asked, row.name) || (row.wanted && row.wanted(context.flags)))
            return fail(
                isolator.error().within("--isolation: '" + row.name + "' cannot be offered here"));
    }
    return isolators;
}

std::vector<std::string> isolatorsOutOfReach(const IsolatorContext &context)
{
    std::vector<std::pair<std::string, Names>> reasons; // in the order they come up
    for (const IsolatorRow &row : isolatorTable()) {
        const auto why = whyNot(row, context);
        if (!why)
            continue;
        const auto known = std::find_if(reasons.begin(), reasons.end(),
                                        [&](const auto &entry) { return entry.first == *why; });
        if (known == reasons.end())
            reasons.push_back({*why, {row.name}});
        else
            known->second.push_back(row.name);
    }
    std::vector<std::string> lines;
    for (const auto &[why, names] : reasons)
        lines.push_back(joined(names) + ": " + why);
    return lines;
}

} // namespace meseta::agent
