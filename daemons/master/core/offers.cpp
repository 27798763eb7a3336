#include "daemons/master/core/offers.h"

namespace meseta::master {

namespace {
void startTimeout(Core &core, Offer &offer)
{
    if (!core.options.offerTimeout)
        return;
    offer.timeout = core.after(*core.options.offerTimeout, [&core, id = offer.id] {
        if (Offer *late = core.cluster.offer(id)) {
            late->timeout = 0;
            rescindOffer(core, *late, OfferRemoved::Why::TimedOut);
        }
    });
}

const Offer &makeOffer(Core &core, Framework &framework, Agent &agent, const std::string &role,
                       Resources resources)
{
    auto offer = std::make_unique<Offer>();
    offer->number = core.newOfferNumber();
    offer->id = core.info.id() + "-O" + std::to_string(offer->number);
    offer->framework = &framework;
    offer->agent = &agent;
    offer->role = role;
    offer->resources = std::move(resources);
    offer->offeredTime = core.clock.seconds();
    Offer &made = core.cluster.addOffer(std::move(offer));
    startTimeout(core, made);
    return made;
}

/// The offers of one allocation that still hold; the rest goes back to the allocator.
std::vector<const Offer *> offersOf(Core &core, const Allocation &allocation)
{
    std::vector<const Offer *> made;
    Framework *framework = core.cluster.framework(allocation.frameworkId);
    for (const auto &[role, byAgent] : allocation.byRoleAndAgent) {
        for (const auto &[agentId, resources] : byAgent) {
            Agent *agent = core.cluster.agent(agentId);
            if (framework && framework->active() && agent && agent->active)
                made.push_back(&makeOffer(core, *framework, *agent, role, resources));
            else
                core.allocator->recover(allocation.frameworkId, agentId, resources, std::nullopt);
        }
    }
    return made;
}

std::unique_ptr<Offer> take(Core &core, Offer &offer, OfferRemoved::Why why)
{
    core.clock.cancel(offer.timeout);
    core.events.publish(OfferRemoved{&offer, why});
    switch (why) {
    case OfferRemoved::Why::Accepted:
        countFor(core.figures, *offer.framework, "offers/accepted");
        break;
    case OfferRemoved::Why::Declined:
        countFor(core.figures, *offer.framework, "offers/declined");
        break;
    case OfferRemoved::Why::Rescinded:
    case OfferRemoved::Why::TimedOut:
        countFor(core.figures, *offer.framework, "offers/rescinded");
        break;
    case OfferRemoved::Why::Discarded:
        break;
    }
    return core.cluster.takeOffer(offer);
}
} // namespace

void makeOffers(Core &core, const std::vector<Allocation> &allocations)
{
    for (const Allocation &allocation : allocations) {
        const std::vector<const Offer *> made = offersOf(core, allocation);
        if (made.empty())
            continue;
        const Framework &framework = *made.front()->framework;
        core.sink(framework).offers(framework, made);
        countFor(core.figures, framework, "offers/sent", made.size());
        for (const Offer *offer : made)
            core.events.publish(OfferAdded{offer});
    }
}

void rescindOffer(Core &core, Offer &offer, OfferRemoved::Why why, std::optional<Duration> refuse)
{
    const std::unique_ptr<Offer> taken = take(core, offer, why);
    core.sink(*taken->framework).rescind(*taken->framework, taken->id);
    core.allocator->recover(taken->framework->id, taken->agent->id, taken->resources, refuse);
}

void discardOffer(Core &core, Offer &offer)
{
    const std::unique_ptr<Offer> taken = take(core, offer, OfferRemoved::Why::Discarded);
    core.allocator->recover(taken->framework->id, taken->agent->id, taken->resources, std::nullopt);
}

void declineOffer(Core &core, Offer &offer, std::optional<Duration> refuse)
{
    const std::unique_ptr<Offer> taken = take(core, offer, OfferRemoved::Why::Declined);
    core.allocator->recover(taken->framework->id, taken->agent->id, taken->resources, refuse);
}

Resources consumeOffer(Core &core, Offer &offer)
{
    return std::move(take(core, offer, OfferRemoved::Why::Accepted)->resources);
}

void rescindOffersOf(Core &core, Agent &agent)
{
    while (!agent.offers.empty())
        rescindOffer(core, **agent.offers.begin());
}

void removeOffersOf(Core &core, Framework &framework, bool tell)
{
    while (!framework.offers.empty()) {
        if (tell)
            rescindOffer(core, **framework.offers.begin());
        else
            discardOffer(core, **framework.offers.begin());
    }
}

} // namespace meseta::master
