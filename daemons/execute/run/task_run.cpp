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

} // namespace

TaskRun::TaskRun(TaskOrder order, Clock &clock, TaskRunEffects effects)
    : m_order(std::move(order))
    , m_clock(clock)
    , m_effects(std::move(effects))
    , m_wanted(m_order.task.resources())
{ }

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
    auto *task = reconcile.mutable_reconcile()->add_tasks();
    *task->mutable_task_id() = m_order.task.task_id();
    task->mutable_agent_id()->set_value(m_agentId);
    m_effects.send(reconcile);
    if (m_killing)
        kill();
}

void TaskRun::onOffer(const Offer &offer)
{
    if (!m_agentId.empty() || m_killing)
        return decline(offer);
    const Resources offered(offer.resources());
    if (const auto taken = pickResources(offered, m_wanted, m_order.framework.role()))
        return launch(offer, *taken);
    ++m_tooSmall;
    m_bestOffer = offered.unallocated().text() + " on " + offer.hostname();
    decline(offer);
}

void TaskRun::launch(const Offer &offer, const Resources &taken)
{
    m_agentId = offer.agent_id().value();
    m_clock.cancel(m_waitTimer);
    Call accept = call(Call::ACCEPT);
    *accept.mutable_accept()->add_offer_ids() = offer.id();
    Offer::Operation *operation = accept.mutable_accept()->add_operations();
    operation->set_type(Offer::Operation::LAUNCH);
    mesos::v1::TaskInfo *task = operation->mutable_launch()->add_task_infos();
    *task = m_order.task;
    *task->mutable_agent_id() = offer.agent_id();
    *task->mutable_resources() = taken.proto();
    m_effects.send(accept);
    m_effects.print("Submitted task '" + m_order.task.name() + "' to agent '" + m_agentId + "'\n");
    m_effects.send(call(Call::SUPPRESS)); // one task is all there is to launch
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
    if (status.task_id().value() != m_order.task.task_id().value())
        return;
    if (isTerminal(status.state()))
        return finish(status.state() == mesos::v1::TASK_FINISHED ? finished : failed);
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
    m_effects.print("Asked to kill task '" + m_order.task.task_id().value() + "' on agent '"
                    + m_agentId + "'\n");
    Call killing = call(Call::KILL);
    *killing.mutable_kill()->mutable_task_id() = m_order.task.task_id();
    killing.mutable_kill()->mutable_agent_id()->set_value(m_agentId);
    m_effects.send(killing);
}

void TaskRun::interrupt()
{
    if (m_finished)
        return;
    if (m_agentId.empty()) {
        m_effects.hint("Leaving: the task '" + m_order.task.name() + "' was not launched yet\n");
        return finish(failed);
    }
    if (m_killing) {
        m_effects.hint("Leaving without waiting for the end of task '" + m_order.task.name()
                       + "'; the master ends it\n");
        return finish(failed);
    }
    m_clock.cancel(m_killTimer);
    kill();
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
