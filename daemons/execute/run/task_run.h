#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/resources/resources.h"
#include "meseta/v1/meseta.pb.h"
#include "mesos/v1/scheduler/scheduler.pb.h"

namespace meseta::execute {

/// What to run.
struct TaskOrder
{
    mesos::v1::FrameworkInfo framework; ///< without id
    mesos::v1::TaskInfo task; ///< without agent_id
    std::optional<Duration> killAfter;
    /// Several tasks that start together, instead of `task`; without agent_id. They run under
    /// Mesos' default executor.
    std::optional<mesos::v1::TaskGroupInfo> group = {};
};

/// What a run wants done. All of it may be called from inside any function of TaskRun.
struct TaskRunEffects
{
    std::function<void(const mesos::v1::scheduler::Call &)> send; ///< any call but SUBSCRIBE
    std::function<void(const std::string &)> print; ///< the run's story; ends with a line break
    std::function<void(const std::string &)>
        hint; ///< for a person who waits; ends with a line break
    std::function<void()> askWhyNoOffer; ///< answered by `onDecisions`, or not at all
    std::function<void(int exitCode)> finish; ///< once; sent calls should still get through
};

/// One task, or a group of them, from the first offer to the last status, as a scheduler of the
/// Mesos v1 API sees it.
/// Deterministic: no sockets, no output, no wall clock of its own.
class TaskRun
{
public:
    static constexpr int finished = 0; ///< exit codes
    static constexpr int failed = 1;

    TaskRun(TaskOrder order, Clock &clock, TaskRunEffects effects);
    ~TaskRun();
    TaskRun(const TaskRun &) = delete;
    TaskRun &operator=(const TaskRun &) = delete;

    /// For SUBSCRIBE: with the framework's id once there is one.
    const mesos::v1::FrameworkInfo &framework() const { return m_order.framework; }

    void onEvent(const mesos::v1::scheduler::Event &event);
    void onDecisions(const std::vector<meseta::v1::OfferDecision> &decisions);

    /// Ctrl-C: kills the task and waits for its end, a minute at most; a second one does not wait.
    void interrupt();

private:
    using Call = mesos::v1::scheduler::Call;

    Call call(Call::Type type) const;
    void onSubscribed(const mesos::v1::scheduler::Event::Subscribed &subscribed);
    void onOffer(const mesos::v1::Offer &offer);
    void onUpdate(const mesos::v1::TaskStatus &status);
    std::optional<mesos::v1::Offer::Operation> operationFor(const mesos::v1::Offer &offer) const;
    void launch(const mesos::v1::Offer &offer, mesos::v1::Offer::Operation operation);
    void decline(const mesos::v1::Offer &offer);
    void acknowledge(const mesos::v1::TaskStatus &status);
    void kill();
    void explainWaiting();
    void finish(int exitCode);

    std::string names() const;

    TaskOrder m_order;
    std::vector<mesos::v1::TaskInfo> m_tasks;
    std::optional<mesos::v1::ExecutorInfo> m_executor; ///< of a group
    std::set<std::string> m_open; ///< ids of tasks that have not ended
    Clock &m_clock;
    TaskRunEffects m_effects;
    Resources m_wanted;
    std::string m_agentId; ///< set once launched
    std::string m_bestOffer; ///< of those that were too small
    std::size_t m_tooSmall = 0;
    bool m_subscribed = false;
    bool m_killing = false;
    bool m_allFinished = true; ///< of those that ended
    bool m_finished = false;
    Clock::TimerId m_killTimer = 0;
    Clock::TimerId m_waitTimer = 0;
};

/// Why no offer came, in sentences: one line a reason, with how many agents it holds for.
std::string decisionsText(const std::vector<meseta::v1::OfferDecision> &decisions);

} // namespace meseta::execute
