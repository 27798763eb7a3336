#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemons/agent/containerizer/containerizer.h"
#include "daemons/agent/core/agent_context.h"
#include "daemons/agent/executors/pull_progress.h"
#include "daemons/agent/executors/uri_fetcher.h"
#include "daemons/agent/sandbox/sandbox_store.h"

namespace meseta::agent {

/// A ContainerID as one text, outermost first: "<executor's container>.<child>". This is the name
/// containerizers know a nested container by.
std::string containerKey(const mesos::v1::ContainerID &id);

/// The ContainerID behind such a text.
mesos::v1::ContainerID containerIdOf(const std::string &key);

/// Containers inside those of executors: started for the tasks of groups, and on the agent's API;
/// and standalone ones of that API, with what is inside them. Each has a sandbox below its
/// parent's, its own URIs and its own containerizer; how it ended is kept until it is removed or
/// its outermost container is over. Source: Mesos nested and standalone containers.
class NestedContainers
{
public:
    struct Means
    {
        std::vector<Containerizer *> containerizers; ///< in the order of --containerizers
        SandboxStore *sandboxes = nullptr;
        UriFetcher *fetcher = nullptr;
    };

    struct Events
    {
        std::function<void(const mesos::v1::ContainerStatus &)> started;
        std::function<void(const ContainerTermination &)> ended; ///< once, also without a start
        std::function<void(const PullProgress &)> progress = {}; ///< while its image comes
    };

    using Waiter = std::function<void(const ContainerTermination &)>;

    NestedContainers(AgentContext context, Means means);
    ~NestedContainers();
    NestedContainers(const NestedContainers &) = delete;
    NestedContainers &operator=(const NestedContainers &) = delete;

    /// Starts `spec.command` as the container `key`, in a sandbox that is made below
    /// `parentSandbox`; what is wrong with it is told by `ended`, never from inside. False when a
    /// container of that key is known already: nothing happens then.
    bool launch(const std::string &key, ContainerSpec spec, const std::string &parentSandbox,
                Events events);

    /// Takes up a checkpointed container that an earlier agent launched; `ended` when nothing is
    /// left of it. False as with `launch`.
    bool recover(const std::string &key, ContainerSpec spec, const std::string &parentSandbox,
                 Events events);

    /// SIGTERM, and SIGKILL after `grace`. One that is not started yet never is.
    void kill(const std::string &key, Duration grace);
    /// One signal to its command (SIGKILL ends all of it). False when nothing runs there.
    bool signal(const std::string &key, int number);

    /// Calls back when the container is over: at once when it is. False when it is not known.
    bool wait(const std::string &key, Waiter waiter);

    /// Forgets how an ended container ended. False while it runs; one that is not known is
    /// forgotten already.
    bool remove(const std::string &key);

    /// The sandbox of one that is over goes, with all in it; there may be none.
    Result<> removeSandbox(const std::string &sandbox);

    /// An outermost container is over: all inside it end now, and are forgotten.
    void rootEnded(const std::string &rootId);

    /// The sandbox of a container that runs; nothing for others.
    std::optional<std::string> sandboxOf(const std::string &key) const;
    /// What it was started with; null when it is not known, or over.
    const ContainerSpec *running(const std::string &key) const;
    Containerizer *containerizerOf(const std::string &key) const;
    /// Standalone ones that run.
    std::vector<std::string> standalone() const;
    /// Those running inside this outermost container, by key.
    std::vector<std::string> runningIn(const std::string &rootId) const;
    /// All that run, by key.
    std::vector<std::string> running() const;
    std::optional<mesos::v1::ContainerStatus> status(const std::string &key) const;

    /// Ended containers that are remembered in each outermost one, and ended standalone ones; the
    /// oldest goes first.
    static constexpr std::size_t maxEndedPerRoot = 1000;
    /// Callers that may wait for one container.
    static constexpr std::size_t maxWaiters = 100;

private:
    enum class Phase { Preparing, Launched, Over };

    struct Entry
    {
        ContainerSpec spec;
        Containerizer *containerizer = nullptr;
        Phase phase = Phase::Preparing;
        Events events;
        mesos::v1::ContainerStatus status;
        ContainerTermination termination;
        std::vector<Waiter> waiters;
        std::uint64_t number = 0; ///< tells this one from another of the same key
    };

    Entry *find(const std::string &key, std::uint64_t number);
    Containerizer *choose(const ContainerSpec &spec) const;
    Result<> prepare(Entry &entry, const std::string &parentSandbox);
    void fetch(const std::string &key, std::uint64_t number);
    void start(const std::string &key, std::uint64_t number);
    ContainerEvents eventsFor(const std::string &key, std::uint64_t number);
    void over(const std::string &key, std::uint64_t number,
              const ContainerTermination &termination);
    void overLater(const std::string &key, std::uint64_t number,
                   const ContainerTermination &termination);
    void forget(const std::string &key);
    void forgetOldest(const std::string &key);

    AgentContext m_context;
    Means m_means;
    std::map<std::string, Entry> m_entries;
    std::uint64_t m_nextNumber = 1;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace meseta::agent
