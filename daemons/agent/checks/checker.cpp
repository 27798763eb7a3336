#include "daemons/agent/checks/checker.h"

#include <sys/wait.h>

#include <cmath>
#include <utility>

#include "common/base/duration_text.h"
#include "daemons/agent/checks/check_loop.h"

namespace meseta::agent {

namespace {

using mesos::v1::CheckInfo;
using mesos::v1::CheckStatusInfo;

/// Why this try shows an unhealthy task; nothing when it shows a healthy one.
std::optional<std::string> whyUnhealthy(const ProbeResult &result)
{
    if (result.waitStatus) {
        const int status = *result.waitStatus;
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
            return std::nullopt;
        return WIFEXITED(status)
            ? "the command exited with status " + std::to_string(WEXITSTATUS(status))
            : "the command was ended by signal " + std::to_string(WTERMSIG(status));
    }
    if (result.httpCode) {
        if (*result.httpCode >= 200 && *result.httpCode < 400)
            return std::nullopt;
        return "the answer has the status " + std::to_string(*result.httpCode)
            + ", not one from 200 to 399";
    }
    if (result.tcpConnected) {
        if (*result.tcpConnected)
            return std::nullopt;
        return result.failure.empty() ? "nothing accepts connections at the port" : result.failure;
    }
    return result.failure.empty() ? "it came to no result" : result.failure;
}

} // namespace

struct HealthChecker::Private : std::enable_shared_from_this<HealthChecker::Private>
{
    mesos::v1::HealthCheck check;
    Clock &clock;
    HealthEvents events;
    Duration started;
    std::uint32_t failures = 0; ///< in a row
    bool everHealthy = false;
    bool killed = false;
    std::unique_ptr<CheckLoop> loop;

    Private(const mesos::v1::HealthCheck &what, Clock &time, HealthEvents told)
        : check(what), clock(time), events(std::move(told)), started(time.monotonic())
    { }

    void onResult(const ProbeResult &result)
    {
        const auto keepAlive =
            shared_from_this(); // what is told may end in the checker being deleted
        if (const std::optional<std::string> why = whyUnhealthy(result))
            onFailure(*why);
        else
            onSuccess();
    }

    bool inGracePeriod() const
    {
        const Duration grace(std::llround(check.grace_period_seconds() * 1e9));
        return !everHealthy && grace > Duration::zero() && clock.monotonic() - started <= grace;
    }

    void onFailure(const std::string &why)
    {
        if (killed || inGracePeriod())
            return;
        ++failures;
        const std::string message = "The health check failed " + std::to_string(failures)
            + (failures == 1 ? " time: " : " times in a row: ") + why;
        killed = failures >= check.consecutive_failures();
        if (events.health)
            events.health(false, message);
        if (killed && events.kill)
            events.kill(message);
    }

    void onSuccess()
    {
        if (killed)
            return;
        const bool isNews = !everHealthy || failures > 0;
        everHealthy = true;
        failures = 0;
        if (isNews && events.health)
            events.health(true, "The health check passed");
    }
};

HealthChecker::HealthChecker(const mesos::v1::HealthCheck &check, Clock &clock,
                             std::shared_ptr<Prober> prober, HealthEvents events)
    : d(std::make_shared<Private>(check, clock, std::move(events)))
{
    d->loop = std::make_unique<CheckLoop>(
        planOf(check), clock, std::move(prober),
        [state = d.get()](const ProbeResult &result) { state->onResult(result); });
}

HealthChecker::~HealthChecker()
{
    d->events = {};
    d->loop->pause();
}

void HealthChecker::pause()
{
    d->loop->pause();
}

void HealthChecker::resume()
{
    d->loop->resume();
}

struct Checker::Private : std::enable_shared_from_this<Checker::Private>
{
    CheckInfo check;
    CheckEvents events;
    std::string lastStatus; ///< serialized
    std::unique_ptr<CheckLoop> loop;

    Private(const CheckInfo &what, CheckEvents told)
        : check(what)
        , events(std::move(told))
        , lastStatus(initialCheckStatus(what).SerializeAsString())
    { }

    void onResult(const ProbeResult &result)
    {
        const auto keepAlive = shared_from_this();
        CheckStatusInfo status = initialCheckStatus(check);
        if (result.waitStatus && WIFEXITED(*result.waitStatus))
            status.mutable_command()->set_exit_code(WEXITSTATUS(*result.waitStatus));
        else if (result.httpCode)
            status.mutable_http()->set_status_code(static_cast<std::uint32_t>(*result.httpCode));
        else if (result.tcpConnected)
            status.mutable_tcp()->set_succeeded(*result.tcpConnected);
        std::string bytes = status.SerializeAsString();
        if (bytes == lastStatus)
            return;
        lastStatus = std::move(bytes);
        if (events.status)
            events.status(status);
    }
};

Checker::Checker(const CheckInfo &check, Clock &clock, std::shared_ptr<Prober> prober,
                 CheckEvents events)
    : d(std::make_shared<Private>(check, std::move(events)))
{
    d->loop = std::make_unique<CheckLoop>(
        planOf(check), clock, std::move(prober),
        [state = d.get()](const ProbeResult &result) { state->onResult(result); });
}

Checker::~Checker()
{
    d->events = {};
    d->loop->pause();
}

void Checker::pause()
{
    d->loop->pause();
}

void Checker::resume()
{
    d->loop->resume();
}

CheckStatusInfo initialCheckStatus(const CheckInfo &check)
{
    CheckStatusInfo status;
    status.set_type(check.type());
    switch (check.type()) {
    case CheckInfo::COMMAND:
        status.mutable_command();
        break;
    case CheckInfo::HTTP:
        status.mutable_http();
        break;
    case CheckInfo::TCP:
        status.mutable_tcp();
        break;
    default:
        break;
    }
    return status;
}

} // namespace meseta::agent
