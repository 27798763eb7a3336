#include "daemons/agent/containerizer/native/isolators/cgroups/cgroup_rows.h"

#include "common/codec/json.h"
#include "daemons/agent/containerizer/native/isolators/cgroups/cgroup_isolator.h"
#include "daemons/agent/containerizer/native/isolators/cgroups/cpu_controller.h"
#include "daemons/agent/containerizer/native/isolators/cgroups/memory_controller.h"
#include "daemons/agent/containerizer/native/isolators/cgroups/simple_controllers.h"
#include "daemons/agent/containerizer/native/isolators/kernel_features.h"

namespace meseta::agent::rows {

namespace {

using Controllers = std::vector<std::unique_ptr<CgroupController>>;
using Made = Result<std::unique_ptr<CgroupController>>;

/// The cgroups of the machine, opened by whichever isolator is made first.
Result<> open(CgroupSetup &setup, const IsolatorContext &context)
{
    if (setup.groups)
        return {};
    CgroupPlaces places;
    places.hierarchy = context.flags.string("cgroups_hierarchy");
    const auto layout = CgroupLayout::look(places);
    if (!layout)
        return fail(layout.error());
    ContainerCgroupOptions options;
    options.root = context.flags.string("cgroups_root");
    if (options.root.empty() || options.root.front() == '/'
        || ("/" + options.root + "/").find("/../") != std::string::npos)
        return fail("--cgroups_root=" + options.root
                    + ": it must be the path of a group below the mounts, like mesos");
    options.owner = context.workDir;
    options.destroyTimeout =
        context.flags.duration("cgroups_destroy_timeout").value_or(options.destroyTimeout);
    setup.files = std::make_unique<CgroupFiles>();
    auto groups = ContainerCgroups::open(*setup.files, *layout, std::move(options));
    if (!groups)
        return fail(groups.error());
    setup.groups = std::move(*groups);
    return {};
}

bool isUnified(const CgroupLayout &layout, const char *controller)
{
    const CgroupHierarchy *hierarchy = layout.of(controller);
    return hierarchy != nullptr && hierarchy->unified;
}

Made makeCpu(const IsolatorContext &context, const CgroupLayout &)
{
    return std::make_unique<CpuController>(
        CpuControllerOptions{context.flags.flag("cgroups_enable_cfs"),
                             context.flags.flag("revocable_cpu_low_priority")});
}

Made makeCpuAccount(const IsolatorContext &context, const CgroupLayout &)
{
    return std::make_unique<CpuAccountController>(
        context.flags.flag("cgroups_cpu_enable_pids_and_tids_count"));
}

Made makeMemory(const IsolatorContext &context, const CgroupLayout &layout)
{
    const bool swap = context.flags.flag("cgroups_limit_swap");
    const CgroupHierarchy *hierarchy = layout.of("memory");
    if (swap && isUnified(layout, "memory"))
        return fail("--cgroups_limit_swap cannot be had with cgroup v2, which limits memory and "
                    "swap apart; start without it");
    if (swap && hierarchy != nullptr
        && !CgroupFiles().exists(hierarchy->path + "/memory.memsw.limit_in_bytes"))
        return fail("--cgroups_limit_swap: this kernel does not count swap; boot it with "
                    "swapaccount=1 or start without the flag");
    return std::make_unique<MemoryController>(swap);
}

Made makePids(const IsolatorContext &, const CgroupLayout &)
{
    return std::make_unique<PidsController>();
}

Made makeDevices(const IsolatorContext &context, const CgroupLayout &)
{
    auto rules = defaultDeviceRules();
    if (const auto text = context.flags.text("allowed_devices")) {
        mesos::v1::DeviceWhitelist list;
        if (const Result<> parsed = codec::parseJson(*text, list); !parsed)
            return fail(parsed.error().within("--allowed_devices"));
        const auto more = deviceRulesOf(list);
        if (!more)
            return fail(more.error().within("--allowed_devices"));
        rules.insert(rules.end(), more->begin(), more->end());
    }
    return std::make_unique<DevicesController>(std::move(rules));
}

Made makeBlock(const IsolatorContext &, const CgroupLayout &)
{
    return std::make_unique<BlockController>();
}

template <const char *name> Made makePlain(const IsolatorContext &, const CgroupLayout &)
{
    return std::make_unique<PlainController>(name);
}
constexpr char cpuset[] = "cpuset", hugetlb[] = "hugetlb";

struct ControllerRow
{
    const char *isolator; ///< after "cgroups/"
    const char *controller;
    Made (*make)(const IsolatorContext &, const CgroupLayout &);
};
constexpr ControllerRow controllerRows[] = {
    {"cpu", "cpu", makeCpu},
    {"cpu", "cpuacct", makeCpuAccount},
    {"mem", "memory", makeMemory},
    {"pids", "pids", makePids},
    {"devices", "devices", makeDevices},
    {"blkio", "blkio", makeBlock},
    {"cpuset", "cpuset", makePlain<cpuset>},
    {"hugetlb", "hugetlb", makePlain<hugetlb>},
};

Result<Controllers> makeControllers(const std::string &isolator, const IsolatorContext &context,
                                    CgroupSetup &setup)
{
    const bool all = isolator == "all";
    Controllers controllers;
    for (const ControllerRow &row : controllerRows) {
        if (!all && row.isolator != isolator)
            continue;
        const CgroupLayout &layout = setup.groups->layout();
        if (all && layout.of(row.controller) == nullptr)
            continue; // all there are
        if (const Result<> enabled = setup.groups->enable(row.controller); !enabled)
            return fail(enabled.error());
        auto controller = row.make(context, layout);
        if (!controller)
            return fail(controller.error());
        controllers.push_back(std::move(*controller));
    }
    if (controllers.empty())
        return fail("no cgroup controller is mounted here (" + setup.groups->layout().text() + ")");
    return controllers;
}

std::optional<std::string> lackOf(const std::string &isolator, const IsolatorContext &context)
{
    for (const ControllerRow &row : controllerRows) {
        if (row.isolator != isolator)
            continue;
        if (auto lack = lackOfController(context, row.controller))
            return lack;
    }
    return lackOfController(context, {});
}

IsolatorRow row(const std::string &isolator, const std::shared_ptr<CgroupSetup> &setup)
{
    return {"cgroups/" + isolator,
            IsolatorStage::Cgroups,
            true,
            [isolator, setup](const IsolatorContext &context) -> Result<std::unique_ptr<Isolator>> {
                if (const Result<> opened = open(*setup, context); !opened)
                    return fail(opened.error());
                auto controllers = makeControllers(isolator, context, *setup);
                if (!controllers)
                    return fail(controllers.error());
                return std::make_unique<CgroupIsolator>("cgroups/" + isolator, setup,
                                                        std::move(*controllers));
            },
            {},
            [isolator](const IsolatorContext &context) { return lackOf(isolator, context); }};
}

} // namespace

std::vector<IsolatorRow> cgroupIsolators()
{
    const auto setup = std::make_shared<CgroupSetup>();
    std::vector<IsolatorRow> rows{
        {"cgroups/core",
         IsolatorStage::Cgroups,
         true,
         [setup](const IsolatorContext &context) -> Result<std::unique_ptr<Isolator>> {
             if (const Result<> opened = open(*setup, context); !opened)
                 return fail(opened.error());
             return std::make_unique<CgroupGroupsIsolator>(setup);
         },
         {},
         [](const IsolatorContext &context) { return lackOf("core", context); }}};
    for (const char *isolator :
         {"all", "cpu", "mem", "pids", "devices", "blkio", "cpuset", "hugetlb"})
        rows.push_back(row(isolator, setup));
    return rows;
}

} // namespace meseta::agent::rows
