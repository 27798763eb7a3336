#pragma once

#include <functional>
#include <memory>

#include "common/base/result.h"

namespace meseta::agent {

struct AgentFlags;

/// The agent program: the core, and everything it is joined to (server, daemon wire,
/// containerizers, fetcher, sandboxes, APIs), built from the flags.
class AgentDaemon
{
public:
    explicit AgentDaemon(AgentFlags flags);
    ~AgentDaemon();

    /// Takes the work_dir and the port, cleans up after an earlier agent, and begins to register.
    /// The error says what stands in the way and which flag to change.
    Result<> start();

    /// Ends for a while (SIGTERM): what is checkpointed goes on.
    void stop(const char *why);
    /// Ends for good (SIGUSR1), with all it runs.
    void leave(const char *why);

    /// The process should leave with this code.
    std::function<void(int exitCode)> onFinished;

    struct Private;

private:
    std::unique_ptr<Private> d;
};

} // namespace meseta::agent
