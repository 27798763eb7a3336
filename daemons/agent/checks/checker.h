#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "mesos/v1/task.pb.h"

namespace meseta::agent {

/// How one try of a check ended. Exactly one of `waitStatus`, `httpCode`, `tcpConnected` is set
/// when it came to a result; none when it did not (`failure` says why: timed out, cannot connect,
/// the container refused the command).
struct ProbeResult
{
    std::optional<int> waitStatus; ///< COMMAND: as waitpid gives it
    std::optional<int> httpCode; ///< HTTP: of the last answer, redirects followed
    std::optional<bool> tcpConnected; ///< TCP
    std::string failure;
    bool discarded = false; ///< neither success nor failure: the agent could not try (ends paused,
                            ///< or shutting down)
};

/// Makes one try. `done` is called once, never from inside `probe`; a probe that is taking longer
/// than `timeout` (zero: no limit) ends with a failure.
class Prober
{
public:
    using Done = std::function<void(ProbeResult)>;
    virtual ~Prober() = default;

    virtual void command(const mesos::v1::CommandInfo &command, Duration timeout, Done done) = 0;

    /// GET scheme://127.0.0.1:port/path ([::1] with `ipv6`), seen from the container.
    struct HttpTarget
    {
        std::string scheme = "http";
        std::uint16_t port = 0;
        std::string path;
        bool ipv6 = false;
    };
    virtual void http(const HttpTarget &target, Duration timeout, Done done) = 0;
    virtual void tcp(std::uint16_t port, bool ipv6, Duration timeout, Done done) = 0;
};

/// What a checker tells of its task. Never called from inside a call to the checker.
struct HealthEvents
{
    /// To be sent as TASK_RUNNING with REASON_TASK_HEALTH_CHECK_STATUS_UPDATED and `healthy`: on
    /// each failure that counts, and on a success that is the first or follows a failure.
    std::function<void(bool healthy, const std::string &message)> health;

    /// The task failed `consecutive_failures` times: it has to be killed.
    std::function<void(const std::string &message)> kill;
};

struct CheckEvents
{
    /// To be sent as TASK_RUNNING with REASON_TASK_CHECK_STATUS_UPDATED: only when it differs from
    /// the one before.
    std::function<void(const mesos::v1::CheckStatusInfo &)> status;
};

/// Runs the health check of one task from now until it is deleted. Deterministic: time from the
/// clock, tries by the prober. Source: Mesos health checks documentation (delay 15 s, interval 10 s
/// after each result, timeout 20 s, grace period 10 s, 3 consecutive failures by default).
class HealthChecker
{
public:
    HealthChecker(const mesos::v1::HealthCheck &check, Clock &clock, std::shared_ptr<Prober> prober,
                  HealthEvents events);
    ~HealthChecker();

    /// While paused (the agent lost its executor's connection) no try is begun and results of begun
    /// ones do not count.
    void pause();
    void resume();

    struct Private;

private:
    std::shared_ptr<Private> d;
};

/// Runs the general check of one task (TaskInfo.check) from now until it is deleted. Its results
/// never kill.
class Checker
{
public:
    Checker(const mesos::v1::CheckInfo &check, Clock &clock, std::shared_ptr<Prober> prober,
            CheckEvents events);
    ~Checker();

    void pause();
    void resume();

    struct Private;

private:
    std::shared_ptr<Private> d;
};

/// The status a task with this check begins with: its type, and an empty result.
mesos::v1::CheckStatusInfo initialCheckStatus(const mesos::v1::CheckInfo &check);

/// Makes a stream socket of this address family (AF_INET, AF_INET6), where the container would:
/// the caller owns the descriptor.
using SocketMaker = std::function<Result<int>(int family)>;

/// A prober that runs commands by `exec` (the containerizer's), and for HTTP and TCP connects to
/// the loopback address by sockets of `socket` (unset: by the agent's own), as Mesos does from
/// inside the container's network namespace: what is asked is the container, whatever its network,
/// also what listens on its loopback only. Certificates are not checked.
using CommandRunner = std::function<void(const mesos::v1::CommandInfo &, Duration timeout,
                                         std::function<void(Result<int> waitStatus)>)>;
std::shared_ptr<Prober> makeProber(CommandRunner exec, SocketMaker socket = {});

} // namespace meseta::agent
