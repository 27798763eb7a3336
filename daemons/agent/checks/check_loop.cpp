#include "daemons/agent/checks/check_loop.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "common/base/duration_text.h"

namespace meseta::agent {

namespace {

Duration ofSeconds(double seconds)
{
    constexpr double longest = 100.0 * 365 * 24 * 3600;
    return Duration(std::llround(std::clamp(seconds, 0.0, longest) * 1e9));
}

template <typename Check> CheckPlan timesOf(const Check &check)
{
    return {ofSeconds(check.delay_seconds()),
            ofSeconds(check.interval_seconds()),
            ofSeconds(check.timeout_seconds()),
            {}};
}

} // namespace

CheckPlan planOf(const mesos::v1::HealthCheck &check)
{
    CheckPlan plan = timesOf(check);
    switch (check.type()) {
    case mesos::v1::HealthCheck::HTTP: {
        const auto &http = check.http();
        const Prober::HttpTarget target{http.has_scheme() ? http.scheme() : "http",
                                        static_cast<std::uint16_t>(http.port()), http.path(),
                                        http.protocol() == mesos::v1::NetworkInfo::IPv6};
        plan.probe = [target](Prober &prober, Duration timeout, Prober::Done done) {
            prober.http(target, timeout, std::move(done));
        };
        break;
    }
    case mesos::v1::HealthCheck::TCP: {
        const auto port = static_cast<std::uint16_t>(check.tcp().port());
        const bool ipv6 = check.tcp().protocol() == mesos::v1::NetworkInfo::IPv6;
        plan.probe = [port, ipv6](Prober &prober, Duration timeout, Prober::Done done) {
            prober.tcp(port, ipv6, timeout, std::move(done));
        };
        break;
    }
    default:
        plan.probe = [command = check.command()](Prober &prober, Duration timeout,
                                                 Prober::Done done) {
            prober.command(command, timeout, std::move(done));
        };
    }
    return plan;
}

CheckPlan planOf(const mesos::v1::CheckInfo &check)
{
    CheckPlan plan = timesOf(check);
    switch (check.type()) {
    case mesos::v1::CheckInfo::HTTP: {
        const Prober::HttpTarget target{"http", static_cast<std::uint16_t>(check.http().port()),
                                        check.http().path(), false};
        plan.probe = [target](Prober &prober, Duration timeout, Prober::Done done) {
            prober.http(target, timeout, std::move(done));
        };
        break;
    }
    case mesos::v1::CheckInfo::TCP: {
        const auto port = static_cast<std::uint16_t>(check.tcp().port());
        plan.probe = [port](Prober &prober, Duration timeout, Prober::Done done) {
            prober.tcp(port, false, timeout, std::move(done));
        };
        break;
    }
    default:
        plan.probe = [command = check.command().command()](Prober &prober, Duration timeout,
                                                           Prober::Done done) {
            prober.command(command, timeout, std::move(done));
        };
    }
    return plan;
}

struct CheckLoop::State : std::enable_shared_from_this<CheckLoop::State>
{
    CheckPlan plan;
    Clock &clock;
    std::shared_ptr<Prober> prober;
    Handler handler;
    Clock::TimerId timer = 0; ///< of the next try, or of the end of this one
    std::uint64_t attempt = 0; ///< results of earlier tries are too late
    bool paused = false;

    State(CheckPlan what, Clock &time, std::shared_ptr<Prober> how, Handler then)
        : plan(std::move(what)), clock(time), prober(std::move(how)), handler(std::move(then))
    { }

    void schedule(Duration delay)
    {
        setTimer(delay, [](State &state) { state.tryOnce(); });
    }

    void setTimer(Duration delay, std::function<void(State &)> then)
    {
        clock.cancel(timer);
        timer = clock.after(delay, [weak = weak_from_this(), then = std::move(then)] {
            if (const auto self = weak.lock())
                then(*self);
        });
    }

    void tryOnce()
    {
        const std::uint64_t current = ++attempt;
        if (plan.timeout > Duration::zero())
            setTimer(plan.timeout, [current](State &state) { state.onTimeout(current); });
        plan.probe(*prober, plan.timeout, [weak = weak_from_this(), current](ProbeResult result) {
            if (const auto self = weak.lock())
                self->onResult(current, result);
        });
    }

    void onTimeout(std::uint64_t which)
    {
        ProbeResult result;
        result.failure = "it did not come to a result within " + durationText(plan.timeout);
        onResult(which, result);
    }

    void onResult(std::uint64_t which, const ProbeResult &result)
    {
        if (which != attempt || paused)
            return;
        ++attempt;
        schedule(plan.interval);
        if (!result.discarded)
            handler(result); // may delete the loop: nothing of it is touched afterwards
    }
};

CheckLoop::CheckLoop(CheckPlan plan, Clock &clock, std::shared_ptr<Prober> prober, Handler handler)
    : m_state(
        std::make_shared<State>(std::move(plan), clock, std::move(prober), std::move(handler)))
{
    m_state->schedule(m_state->plan.delay);
}

CheckLoop::~CheckLoop()
{
    m_state->clock.cancel(m_state->timer);
    m_state->paused = true;
}

void CheckLoop::pause()
{
    m_state->paused = true;
    m_state->clock.cancel(m_state->timer);
}

void CheckLoop::resume()
{
    if (!std::exchange(m_state->paused, false))
        return;
    ++m_state->attempt;
    m_state->schedule(Duration::zero());
}

} // namespace meseta::agent
