#include "daemons/execute/run/task_run.h"

#include <map>
#include <utility>

#include "daemons/execute/run/resource_pick.h"
#include "daemons/execute/run/status_text.h"

namespace meseta::execute {

namespace {

using namespace std::chrono_literals;
using mesos::v1::Offer;
using mesos::v1::TaskStatus;
using mesos::v1::scheduler::Event;

constexpr Duration firstHintAfter = 5s;
constexpr Duration furtherHintsAfter = 60s;
constexpr Duration endAwaited = std::chrono::minutes(1); ///< longer, and nobody seems to answer

/// What Mesos' mesos-execute asks for the default executor, too.
mesos::v1::ExecutorInfo defaultExecutor()
{
    mesos::v1::ExecutorInfo executor;
    executor.set_type(mesos::v1::ExecutorInfo::DEFAULT);
    executor.mutable_executor_id()->set_value("default-executor");
    *executor.mutable_resources() = Resources::parse("cpus:0.1;mem:32;disk:32")->proto();
    return executor;
}

} // namespace

TaskRun::TaskRun(TaskOrder order, Clock &clock, TaskRunEffects effects)
    : m_order(std::move(order)), m_clock(clock), m_effects(std::move(effects))
{
    m_tasks = {m_order.task};
    if (m_order.group) {
        m_tasks.assign(m_order.group->tasks().begin(), m_order.group->tasks().end());
        m_executor = defaultExecutor();
        m_wanted += Resources(m_executor->resources());
    }
    for (const mesos::v1::TaskInfo &task : m_tasks) {
        m_wanted += Resources(task.resources());
        m_open.insert(task.task_id().value());
    }
}

TaskRun::~TaskRun()
{
    m_clock.cancel(m_killTimer);
    m_clock.cancel(m_waitTimer);
}

TaskRun::Call TaskRun::call(Call::Type type) const
{
    Call call;
    call.set_type(type);
    *call.mutable_framework_id() = m_order.framework.id();
    return call;
}

void TaskRun::onEvent(const Event &event)
{
    if (m_finished)
        return;
    switch (event.type()) {
    case Event::SUBSCRIBED:
        onSubscribed(event.subscribed());
        break;
    case Event::OFFERS:
        for (const Offer &offer : event.offers().offers())
            onOffer(offer);
        break;
    case Event::UPDATE:
        onUpdate(event.update().status());
        break;
    case Event::ERROR:
        m_effects.hint("The master ended the subscription: " + event.error().message() + "\n");
        finish(failed);
        break;
    default:
        break; // heartbeats, rescinded offers and the like need no answer here
    }
}

void TaskRun::onSubscribed(const Event::Subscribed &subscribed)
{
    *m_order.framework.mutable_id() = subscribed.framework_id();
    m_effects.print("Subscribed with ID " + subscribed.framework_id().value() + "\n");
    m_subscribed = true;
    if (m_agentId.empty()) {
        m_clock.cancel(m_waitTimer);
        m_waitTimer = m_clock.after(firstHintAfter, [this] { explainWaiting(); });
        return;
    }
    // The connection was lost meanwhile, and maybe updates or the kill with it.
    Call reconcile = call(Call::RECONCILE);
    for (const std::string &id : m_open) {
        auto *task = reconcile.mutable_reconcile()->add_tasks();
        task->mutable_task_id()->set_value(id);
        task->mutable_agent_id()->set_value(m_agentId);
    }
    m_effects.send(reconcile);
    if (m_killing)
        kill();
}

void TaskRun::onOffer(const Offer &offer)
{
    if (!m_agentId.empty() || m_killing)
        return decline(offer);
    if (auto operation = operationFor(offer))
        return launch(offer, std::move(*operation));
    ++m_tooSmall;
    m_bestOffer = Resources(offer.resources()).unallocated().text() + " on " + offer.hostname();
    decline(offer);
}

/// What to do with the offer, each task with its share of it; nothing when it is too small.
std::optional<Offer::Operation> TaskRun::operationFor(const Offer &offer) const
{
    Resources left = Resources(offer.resources()).unallocated();
    const auto take = [&](google::protobuf::RepeatedPtrField<mesos::v1::Resource> &resources) {
        const auto taken = pickResources(left, Resources(resources), m_order.framework.role());
        if (taken) {
            left -= *taken;
            resources = taken->proto();
        }
        return taken.has_value();
    };
    Offer::Operation operation;
    operation.set_type(m_executor ? Offer::Operation::LAUNCH_GROUP : Offer::Operation::LAUNCH);
    auto &group = *operation.mutable_launch_group();
    if (m_executor) {
        *group.mutable_executor() = *m_executor;
        *group.mutable_executor()->mutable_framework_id() = m_order.framework.id();
        if (!take(*group.mutable_executor()->mutable_resources()))
            return std::nullopt;
    }
    for (const mesos::v1::TaskInfo &wanted : m_tasks) {
        mesos::v1::TaskInfo &task = *group.mutable_task_group()->add_tasks();
        task = wanted;
        *task.mutable_agent_id() = offer.agent_id();
        if (!take(*task.mutable_resources()))
            return std::nullopt;
    }
    if (!m_executor) {
        operation.mutable_launch()->mutable_task_infos()->Swap(
            group.mutable_task_group()->mutable_tasks());
        operation.clear_launch_group();
    }
    return operation;
}

void TaskRun::launch(const Offer &offer, Offer::Operation operation)
{
    m_agentId = offer.agent_id().value();
    m_clock.cancel(m_waitTimer);
    Call accept = call(Call::ACCEPT);
    *accept.mutable_accept()->add_offer_ids() = offer.id();
    accept.mutable_accept()->add_operations()->Swap(&operation);
    m_effects.send(accept);
    m_effects.print("Submitted " + names() + " to agent '" + m_agentId + "'\n");
    m_effects.send(call(Call::SUPPRESS)); // there is nothing else to launch
}

/// As it is called in what is printed: "task 'a'", "task group with tasks [ a, b ]".
std::string TaskRun::names() const
{
    if (!m_executor)
        return "task '" + m_order.task.name() + "'";
    std::string list;
    for (const mesos::v1::TaskInfo &task : m_tasks)
        list += (list.empty() ? "" : ", ") + task.task_id().value();
    return "task group with tasks [ " + list + " ]";
}

void TaskRun::decline(const Offer &offer)
{
    Call declining = call(Call::DECLINE);
    *declining.mutable_decline()->add_offer_ids() = offer.id();
    m_effects.send(declining);
}

void TaskRun::onUpdate(const TaskStatus &status)
{
    m_effects.print(statusText(status));
    if (status.has_uuid())
        acknowledge(status);
    if (!m_open.contains(status.task_id().value()))
        return;
    if (isTerminal(status.state())) {
        m_open.erase(status.task_id().value());
        m_allFinished = m_allFinished && status.state() == mesos::v1::TASK_FINISHED;
        if (m_open.empty())
            finish(m_allFinished ? finished : failed);
        return;
    }
    if (status.state() == mesos::v1::TASK_RUNNING && m_order.killAfter && m_killTimer == 0)
        m_killTimer = m_clock.after(*m_order.killAfter, [this] { kill(); });
}

void TaskRun::acknowledge(const TaskStatus &status)
{
    Call acknowledging = call(Call::ACKNOWLEDGE);
    *acknowledging.mutable_acknowledge()->mutable_agent_id() = status.agent_id();
    *acknowledging.mutable_acknowledge()->mutable_task_id() = status.task_id();
    acknowledging.mutable_acknowledge()->set_uuid(status.uuid());
    m_effects.send(acknowledging);
}

void TaskRun::kill()
{
    m_killing = true;
    for (const std::string &id : m_open) {
        m_effects.print("Asked to kill task '" + id + "' on agent '" + m_agentId + "'\n");
        Call killing = call(Call::KILL);
        killing.mutable_kill()->mutable_task_id()->set_value(id);
        killing.mutable_kill()->mutable_agent_id()->set_value(m_agentId);
        m_effects.send(killing);
    }
}

void TaskRun::interrupt()
{
    if (m_finished)
        return;
    if (m_agentId.empty()) {
        m_effects.hint("Leaving: the " + names() + " was not launched yet\n");
        return finish(failed);
    }
    if (m_killing) {
        m_effects.hint("Leaving without waiting for the end of " + names()
                       + "; the master ends it\n");
        return finish(failed);
    }
    m_clock.cancel(m_killTimer);
    kill();
    m_killTimer = m_clock.after(endAwaited, [this] { interrupt(); });
    m_effects.hint("Waiting for the task to end; press Ctrl-C again to leave at once\n");
}

void TaskRun::explainWaiting()
{
    std::string text =
        "Waiting for an offer of " + m_wanted.text() + " for the role " + m_order.framework.role();
    if (m_tooSmall == 0)
        text += "; no offer has come yet\n";
    else
        text += "; " + std::to_string(m_tooSmall)
            + (m_tooSmall == 1 ? " offer was" : " offers were") + " too small, the last one "
            + m_bestOffer + "\n";
    m_effects.hint(text);
    m_effects.askWhyNoOffer();
    m_waitTimer = m_clock.after(furtherHintsAfter, [this] { explainWaiting(); });
}

void TaskRun::onDecisions(const std::vector<meseta::v1::OfferDecision> &decisions)
{
    if (m_finished || !m_agentId.empty())
        return;
    std::vector<meseta::v1::OfferDecision> news;
    for (const meseta::v1::OfferDecision &decision : decisions) {
        // What was declined by this run is already told.
        if (decision.gate() != meseta::v1::OfferDecision::FILTER
            && decision.gate() != meseta::v1::OfferDecision::OFFERED)
            news.push_back(decision);
    }
    const std::string text = decisionsText(news);
    if (!text.empty())
        m_effects.hint(text);
}

void TaskRun::finish(int exitCode)
{
    m_finished = true;
    m_clock.cancel(m_killTimer);
    m_clock.cancel(m_waitTimer);
    m_effects.finish(exitCode);
}

namespace {

const char *gateText(meseta::v1::OfferDecision::Gate gate)
{
    using Decision = meseta::v1::OfferDecision;
    switch (gate) {
    case Decision::OFFERED:
        return "it was offered";
    case Decision::AGENT_INACTIVE:
        return "the agent is disconnected, deactivated or draining";
    case Decision::AGENT_NOT_WHITELISTED:
        return "the agent is not on the master's --whitelist";
    case Decision::FRAMEWORK_INACTIVE:
        return "this framework is disconnected";
    case Decision::ROLE_SUPPRESSED:
        return "offers for the role are suppressed";
    case Decision::CAPABILITY_MISSING:
        return "the agent asks for a capability that was not announced";
    case Decision::OFFER_CONSTRAINTS:
        return "the offer constraints exclude the agent";
    case Decision::QUOTA:
        return "the role's quota, or what is held back for the quota of others, is used up";
    case Decision::NOTHING_LEFT:
        return "nothing is free for the role";
    case Decision::BELOW_MINIMUM:
        return "less is free than the master's --min_allocatable_resources";
    case Decision::FILTER:
        return "an offer was declined as too small a moment ago";
    case Decision::RECOVERY_PAUSE:
        return "the master waits for its agents to come back";
    }
    return "another reason";
}

} // namespace

std::string decisionsText(const std::vector<meseta::v1::OfferDecision> &decisions)
{
    struct Reason
    {
        std::size_t agents = 0;
        std::string detail; ///< of one of them
    };
    std::map<int, Reason> reasons;
    for (const meseta::v1::OfferDecision &decision : decisions) {
        Reason &reason = reasons[decision.gate()];
        ++reason.agents;
        if (reason.detail.empty())
            reason.detail = decision.detail();
    }
    std::string text;
    for (const auto &[gate, reason] : reasons) {
        text += "  " + std::to_string(reason.agents)
            + (reason.agents == 1 ? " agent: " : " agents: ")
            + gateText(static_cast<meseta::v1::OfferDecision::Gate>(gate));
        text += (reason.detail.empty() ? "" : " (" + reason.detail + ")") + "\n";
    }
    return text;
}

} // namespace meseta::execute
