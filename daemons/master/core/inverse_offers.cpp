#include "daemons/master/core/inverse_offers.h"

namespace meseta::master {

namespace {

using mesos::v1::allocator::InverseOfferStatus;

bool isAsked(const Core &core, const Agent &agent, const std::string &frameworkId)
{
    if (agent.inverseOffersRefused.contains(frameworkId))
        return true;
    for (const auto &[id, offer] : core.cluster.inverseOffers) {
        if (offer.agentId == agent.id && offer.frameworkId == frameworkId)
            return true;
    }
    return false;
}

mesos::v1::InverseOffer makeOffer(Core &core, const Agent &agent, const std::string &frameworkId)
{
    InverseOffer kept;
    kept.id = core.info.id() + "-O" + std::to_string(core.newOfferNumber());
    kept.agentId = agent.id;
    kept.frameworkId = frameworkId;
    mesos::v1::InverseOffer offer;
    offer.mutable_id()->set_value(kept.id);
    offer.mutable_framework_id()->set_value(frameworkId);
    offer.mutable_agent_id()->set_value(agent.id);
    fillUrl(agent, *offer.mutable_url());
    *offer.mutable_unavailability() = *agent.unavailability;
    core.cluster.inverseOffers.emplace(kept.id, kept);
    return offer;
}

void ask(Core &core, Agent &agent, const std::string &frameworkId)
{
    const Framework *framework = core.cluster.framework(frameworkId);
    if (!framework || !framework->active() || isAsked(core, agent, frameworkId))
        return;
    core.sink(*framework).inverseOffer(*framework, makeOffer(core, agent, frameworkId));
}

/// Takes the offers of a call, and asks again when the filter is over.
template <typename Ids>
void answer(Core &core, Framework &framework, const Ids &ids, const mesos::v1::Filters &filters,
            InverseOfferStatus::Status status)
{
    for (const mesos::v1::OfferID &id : ids) {
        const auto at = core.cluster.inverseOffers.find(id.value());
        if (at == core.cluster.inverseOffers.end() || at->second.frameworkId != framework.id)
            continue;
        const std::string agentId = at->second.agentId;
        core.cluster.inverseOffers.erase(at);
        Agent *agent = core.cluster.agent(agentId);
        if (!agent)
            continue;
        InverseOfferStatus &kept = agent->inverseOfferAnswers[framework.id];
        kept.set_status(status);
        kept.mutable_framework_id()->set_value(framework.id);
        kept.mutable_timestamp()->set_nanoseconds(core.clock.sinceEpoch().count());
        const Duration refuse = refuseDuration(filters).value_or(Duration::zero());
        agent->inverseOffersRefused.insert(framework.id);
        core.after(refuse, [&core, agentId, frameworkId = framework.id] {
            Agent *still = core.cluster.agent(agentId);
            if (!still)
                return;
            still->inverseOffersRefused.erase(frameworkId);
            makeInverseOffers(core, *still);
        });
    }
}

} // namespace

void makeInverseOffers(Core &core, Agent &agent)
{
    if (!agent.unavailability)
        return;
    for (const auto &[frameworkId, held] : agent.used)
        ask(core, agent, frameworkId);
}

void makeInverseOffersTo(Core &core, const Framework &framework)
{
    for (const auto &[agentId, held] : framework.used) {
        Agent *agent = core.cluster.agent(agentId);
        if (agent && agent->unavailability)
            ask(core, *agent, framework.id);
    }
}

void acceptInverseOffers(Core &core, Framework &framework,
                         const mesos::v1::scheduler::Call::AcceptInverseOffers &call)
{
    answer(core, framework, call.inverse_offer_ids(), call.filters(), InverseOfferStatus::ACCEPT);
}

void declineInverseOffers(Core &core, Framework &framework,
                          const mesos::v1::scheduler::Call::DeclineInverseOffers &call)
{
    answer(core, framework, call.inverse_offer_ids(), call.filters(), InverseOfferStatus::DECLINE);
}

void rescindInverseOffersOf(Core &core, Agent &agent)
{
    for (const auto &[id, offer] : core.cluster.inverseOffers) {
        if (offer.agentId != agent.id)
            continue;
        if (const Framework *framework = core.cluster.framework(offer.frameworkId))
            core.sink(*framework).rescindInverse(*framework, id);
    }
    forgetInverseOffersOf(core, agent.id);
}

void forgetInverseOffersOf(Core &core, const std::string &agentId)
{
    std::erase_if(core.cluster.inverseOffers,
                  [&agentId](const auto &entry) { return entry.second.agentId == agentId; });
}

void forgetInverseOffersTo(Core &core, const std::string &frameworkId)
{
    std::erase_if(core.cluster.inverseOffers, [&frameworkId](const auto &entry) {
        return entry.second.frameworkId == frameworkId;
    });
}

} // namespace meseta::master
