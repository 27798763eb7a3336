#pragma once

#include <functional>
#include <memory>

#include "common/base/clock.h"
#include "daemons/agent/checks/checker.h"
#include "mesos/v1/task.pb.h"

namespace meseta::agent {

/// What both kinds of checks have in common: when to try, and what.
struct CheckPlan
{
    Duration delay{};
    Duration interval{};
    Duration timeout{}; ///< zero: none
    /// Begins one try.
    std::function<void(Prober &, Duration timeout, Prober::Done)> probe;
};

CheckPlan planOf(const mesos::v1::HealthCheck &check);
CheckPlan planOf(const mesos::v1::CheckInfo &check);

/// Tries again and again: first after the delay, then an interval after each result, until it is
/// deleted. Results that come while paused, too late, or not at all do not count; resuming tries at
/// once.
class CheckLoop
{
public:
    using Handler = std::function<void(const ProbeResult &)>;

    CheckLoop(CheckPlan plan, Clock &clock, std::shared_ptr<Prober> prober, Handler handler);
    ~CheckLoop();
    CheckLoop(const CheckLoop &) = delete;
    CheckLoop &operator=(const CheckLoop &) = delete;

    void pause();
    void resume();

private:
    struct State;
    std::shared_ptr<State> m_state;
};

} // namespace meseta::agent
