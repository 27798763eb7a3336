#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "daemons/containerizer/file_descriptor.h"
#include "mesos/v1/container.pb.h"
#include "mesos/v1/statistics.pb.h"
#include "mesos/v1/task.pb.h"

namespace meseta {
class MetricsRegistry;
}

namespace meseta::agent {

/// What to run. Made by the executors room; the containerizer that says `supports` takes it.
struct ContainerSpec
{
    std::string containerId; ///< UUID text
    std::string sandbox; ///< host path of the run directory, exists, owned by `user`
    mesos::v1::CommandInfo command; ///< uris are already fetched
    std::optional<mesos::v1::ContainerInfo> container;
    std::string user; ///< empty: the agent's own
    std::map<std::string, std::string>
        environment; ///< complete, but for what the containerizer adds (MESOS_SANDBOX …)
    double cpus = 0; ///< requests; 0: not set
    double memBytes = 0;
    std::optional<double> cpusLimit; ///< limits when set apart (infinity: unlimited)
    std::optional<double> memLimitBytes;
    std::vector<mesos::v1::Resource> resources;
    std::string frameworkId;
    std::string executorId; ///< for Docker labels and names
    std::string taskId; ///< empty for a custom executor's container
    std::string agentId;
    bool checkpoint = false; ///< may outlive the agent
    bool isExecutor = false; ///< the command is a custom executor, not the task itself
    bool holdsOthers = false; ///< runs nothing: is there for what containers inside it share with
                              ///< it (see `sharesWithNested`)
    bool besideParent = false; ///< a nested one: runs in all that its parent's command has, as a
                               ///< session or a check does (Mesos: class DEBUG)
    bool session = false; ///< somebody waits for its output, and may write to its input
};

/// How a container ended.
struct ContainerTermination
{
    std::optional<int> waitStatus; ///< as waitpid gives it: exit 10 is 2560
    bool killed = false; ///< `kill` or `destroy` was called before it ended
    std::optional<mesos::v1::TaskStatus::Reason>
        reason; ///< e.g. CONTAINER_LIMITATION_MEMORY, CONTAINER_LAUNCH_FAILED
    std::optional<mesos::v1::TaskResourceLimitation> limitation;
    std::string message; ///< a sentence: what happened and why
    /// After `recover`: it never came to be and never will, so that it may be launched again.
    bool neverStarted = false;
    bool destroyFailed = false; ///< something of it could not be ended or taken down
};

/// What a container reports while it lives. All on the agent's thread, never from inside a call to
/// the containerizer.
struct ContainerEvents
{
    std::function<void(const std::string &message, std::uint64_t doneBytes,
                       std::uint64_t totalBytes)>
        progress;
    std::function<void(const mesos::v1::ContainerStatus &)> started;
    std::function<void(const ContainerTermination &)>
        ended; ///< exactly once, also when the launch failed
    /// Just before `started`: what `docker inspect` prints (a JSON array of one object). Mesos'
    /// Docker executor sends it as TaskStatus.data.
    std::function<void(const std::string &json)> inspected = {};
};

/// What a container may use from now on: requests, and limits where they are set apart.
struct ContainerResources
{
    std::vector<mesos::v1::Resource> requests;
    double cpus = 0; ///< request; 0: none
    double memBytes = 0;
    std::optional<double> cpusLimit; ///< infinity: unlimited
    std::optional<double> memLimitBytes;
};

/// Starts, watches and ends containers of one kind ("docker", "mesos").
class Containerizer
{
public:
    virtual ~Containerizer() = default;

    virtual std::string name() const = 0;

    /// Whether this containerizer runs such a task; the agent asks in the order of
    /// --containerizers.
    virtual bool supports(const std::optional<mesos::v1::ContainerInfo> &container) const = 0;

    /// Ready to launch, or why not ("the Docker engine at … does not answer").
    virtual Result<> ready() const = 0;

    /// Calls back once, when it is known whether the containerizer can launch (at once when it
    /// already is).
    virtual void whenReady(std::function<void(Result<>)> done) { done(ready()); }

    /// Whether containers inside another ("<id>.<child>") live in something of that one: its
    /// network, its cgroups. Then a default executor needs a container, too (`holdsOthers`).
    virtual bool sharesWithNested() const { return false; }

    virtual void launch(const ContainerSpec &spec, ContainerEvents events) = 0;

    /// Takes up a checkpointed container that an earlier agent launched: `started` when it still
    /// runs, `ended` when it is (or has been) over; both later, never from inside. False, and no
    /// event ever, when it was never started and cannot start any more (the launch was cut off
    /// before): it may be launched again under the same id. A containerizer that has to ask first
    /// says true, and then `ended` with `neverStarted`.
    ///
    /// Until `forget`, it tells how a checkpointed container ended each time it is asked.
    virtual bool recover(const ContainerSpec &spec, ContainerEvents events)
    {
        static_cast<void>(spec);
        static_cast<void>(events);
        return false;
    }

    /// The end of a checkpointed container is on the agent's own record now: what the containerizer
    /// kept of it for a later agent may go. Ignored while the container runs.
    virtual void forget(const std::string &containerId) { static_cast<void>(containerId); }

    /// SIGTERM (Docker: the image's stop signal), SIGKILL when it still runs after `grace`.
    /// Repeating it with a shorter grace is allowed.
    virtual void kill(const std::string &containerId, Duration grace) = 0;

    /// One signal to the container's command, other than SIGKILL. Where only its end can be asked
    /// for, that is what happens.
    virtual void signal(const std::string &containerId, int number)
    {
        static_cast<void>(number);
        kill(containerId, std::chrono::hours(24));
    }

    /// Ends it at once, with everything it started.
    virtual void destroy(const std::string &containerId) = 0;

    /// Changes what a running container may use, where the containerizer limits that at all.
    virtual void update(const std::string &containerId, const ContainerResources &resources,
                        std::function<void(Result<>)> done)
    {
        static_cast<void>(containerId);
        static_cast<void>(resources);
        done({});
    }

    virtual void usage(const std::string &containerId,
                       std::function<void(Result<mesos::v1::ResourceStatistics>)> done) = 0;
    virtual std::optional<mesos::v1::ContainerStatus>
    status(const std::string &containerId) const = 0;

    /// A process in the container's network namespace; 0 while there is none.
    virtual pid_t networkProcess(const std::string &containerId) const
    {
        static_cast<void>(containerId);
        return 0;
    }

    enum class Stream { Output, Input };

    /// Joins the streams of a running container that is a session or has a terminal: one end of a
    /// socket that speaks packets (daemons/containerizer/attachment.h).
    virtual Result<containerizer::FileDescriptor> attach(const std::string &containerId,
                                                         Stream stream)
    {
        static_cast<void>(stream);
        return fail("Unsupported: the containerizer '" + name() + "' that runs container "
                    + containerId + " does not attach to its containers");
    }

    /// Runs a command inside the container (COMMAND checks); gives its wait status. `timeout` ends
    /// it.
    virtual void exec(const std::string &containerId, const mesos::v1::CommandInfo &command,
                      Duration timeout, std::function<void(Result<int> waitStatus)> done) = 0;

    /// Removes images that no container uses, but for `excluded`. Whoever keeps none has nothing to
    /// do. Source: Mesos agent API, PRUNE_IMAGES.
    virtual void pruneImages(const std::vector<mesos::v1::Image> &excluded,
                             std::function<void(Result<>)> done)
    {
        static_cast<void>(excluded);
        done({});
    }

    /// Adds its figures ("containerizer/<name>/…"), once; `metrics` outlives it.
    virtual void addMetrics(MetricsRegistry &metrics) { static_cast<void>(metrics); }

    /// Ends what an earlier agent left behind that `known` does not name; `done` tells how many.
    virtual void cleanOrphans(const std::vector<std::string> &known,
                              std::function<void(Result<int>)> done) = 0;
};

} // namespace meseta::agent
