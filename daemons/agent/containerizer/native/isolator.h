#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "daemons/agent/containerizer/containerizer.h"
#include "daemons/agent/containerizer/native/container_image.h"
#include "daemons/containerizer/launch_spec.h"

namespace meseta::agent {

/// Called once, when the work is over; from inside the call when nothing had to be waited for.
using Done = std::function<void(Result<>)>;

/// A container as its isolators see it, from `prepare` to `cleanup`. Stays where it is meanwhile.
struct IsolatedContainer
{
    ContainerSpec spec; ///< spec.containerId is "root" or, of a nested one, "root.child"
    std::optional<ContainerImage> image; ///< its own root file system; absent: the host's
    std::string runtimeDirectory; ///< exists; <runtime_dir>/containers/<id>, removed after cleanup
    const IsolatedContainer *parent = nullptr; ///< of a nested container
    bool debug =
        false; ///< runs beside the parent's command, in its namespaces (a check, a session)
    pid_t pid = -1; ///< the first process as the host sees it, once there is one
    pid_t helper = -1; ///< mesos-containerizer, its parent

    const std::string &id() const { return spec.containerId; }
    const std::string &rootId() const { return parent != nullptr ? parent->rootId() : id(); }
    const mesos::v1::ContainerInfo &info() const; ///< an empty one when the task has none
};

/// A limit that a container broke; it is ended for it.
struct ContainerLimitation
{
    mesos::v1::TaskStatus::Reason reason = mesos::v1::TaskStatus::REASON_CONTAINER_LIMITATION;
    std::string message; ///< "The container ran out of memory: its limit is 32MB ..."
    std::vector<mesos::v1::Resource> resources; ///< what was exceeded (TaskStatus.limitation)
};

/// One way of keeping containers apart ("cgroups/mem", "network/cni"). Made from `--isolation` by
/// its name (isolator_table.h), asked in the table's order and cleaned up in the reverse one.
///
/// All calls come on the agent's thread and must not hold it for more than a millisecond or so:
/// longer work goes elsewhere and ends in `done`. An isolator keeps what it must remember by the
/// container's id. Source of the steps: Mesos' isolator interface
/// (include/mesos/slave/isolator.hpp).
class Isolator
{
public:
    virtual ~Isolator() = default;

    virtual std::string name() const = 0;

    /// Whether containers inside another live in what this isolator made for that one.
    virtual bool sharesWithNested() const { return false; }

    /// First of all, once: the containers of an earlier agent that still run (`isolate` and
    /// `prepare` were called then; their `pid` is not known yet, `watch` comes with it), and the
    /// ids of those that are over. The isolator takes up the former and removes whatever else of
    /// its kind it finds, also of ids that nobody names.
    virtual void recover(const std::vector<const IsolatedContainer *> &running,
                         const std::vector<std::string> &over, Done done)
    {
        static_cast<void>(running);
        static_cast<void>(over);
        done({});
    }

    /// Before the container's first process: makes what it needs and says in `launch` how the
    /// process is to be started. `launch` holds what earlier isolators and the command asked for,
    /// and lives until `done`. After an error, `cleanup` follows.
    virtual void prepare(const IsolatedContainer &container, containerizer::LaunchSpec &launch,
                         Done done)
    {
        static_cast<void>(container);
        static_cast<void>(launch);
        done({});
    }

    /// The first process is there (`container.pid`), in its cgroups and namespaces, and waits.
    /// Called only when `prepare` of some isolator set `LaunchSpec::awaitIsolation`.
    virtual void isolate(const IsolatedContainer &container, Done done)
    {
        static_cast<void>(container);
        done({});
    }

    /// The container runs. `broken` is called at most once, later, when it passes a limit.
    virtual void watch(const IsolatedContainer &container,
                       std::function<void(const ContainerLimitation &)> broken)
    {
        static_cast<void>(container);
        static_cast<void>(broken);
    }

    virtual void update(const IsolatedContainer &container, const ContainerResources &resources,
                        Done done)
    {
        static_cast<void>(container);
        static_cast<void>(resources);
        done({});
    }

    /// Adds what it knows to the statistics.
    virtual void usage(const IsolatedContainer &container,
                       mesos::v1::ResourceStatistics &statistics)
    {
        static_cast<void>(container);
        static_cast<void>(statistics);
    }

    /// Adds what it knows (addresses, cgroups).
    virtual void status(const IsolatedContainer &container, mesos::v1::ContainerStatus &status)
    {
        static_cast<void>(container);
        static_cast<void>(status);
    }

    /// Every process of the container is gone and `cleanup` follows: whether a limit that `watch`
    /// has not told of yet was what ended it (the kernel's OOM killer is quicker than its event).
    virtual std::optional<ContainerLimitation> brokenLimit(const IsolatedContainer &container)
    {
        static_cast<void>(container);
        return std::nullopt;
    }

    /// Every process of the container is gone, or there never was one: removes what `prepare` and
    /// `isolate` made. Must do for a container it has never heard of. An error is only logged.
    virtual void cleanup(const IsolatedContainer &container, Done done)
    {
        static_cast<void>(container);
        done({});
    }
};

} // namespace meseta::agent
