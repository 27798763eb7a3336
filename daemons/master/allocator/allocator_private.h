#pragma once

#include "daemons/master/allocator/allocator_state.h"

namespace meseta::master {

/// The allocator behind its interface: state, timers, and the pause after a failover.
struct Allocator::Private
{
    Private(AllocatorOptions options, Clock &clock, Random &random, OfferCallback callback)
        : state(std::move(options), clock, random), offer(std::move(callback))
    { }
    ~Private();

    void requestRun();
    void run();
    void armFilterTimer(std::optional<Duration> next);
    bool isPaused() const { return awaitedAgents > 0; }
    void resume();

    void describe(FrameworkState &framework, const AllocatorFramework &description);
    void describeRole(RoleOfFramework &role, const AllocatorFramework &description);
    void refuse(const std::string &frameworkId, AgentState &agent, const Resources &resources,
                Duration duration);
    /// A refused agent is offered to the next framework at once, but not without end: with very
    /// many frameworks that want nothing, offers would go round as fast as they are refused. From
    /// this many on it waits for the next interval.
    static constexpr int mostRefusals = 8;
    void countRefusal(AgentState &agent, const Resources &returned);
    void endRest();
    /// Something came back: the agent is looked at, and with quotas everything, since room was
    /// made.
    void freed(AgentState &agent);
    std::vector<RoleOfFramework *> rolesOf(const std::string &frameworkId,
                                           const std::set<std::string> &roles);

    AllocatorState state;
    OfferCallback offer;
    Clock::TimerId runTimer = 0;
    Clock::TimerId filterTimer = 0;
    Clock::TimerId pauseTimer = 0;
    Clock::TimerId restTimer = 0;
    std::vector<std::uint64_t> resting; ///< numbers of agents
    std::optional<Duration> filterTimerAt;
    std::size_t awaitedAgents = 0;
    std::uint64_t runs = 0;
    Duration lastRun{0};
    std::chrono::steady_clock::time_point requestedAt; ///< of the run that waits
    RunObserver observeRun;
};

} // namespace meseta::master
