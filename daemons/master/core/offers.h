#pragma once

#include <optional>
#include <vector>

#include "daemons/master/core/core.h"

namespace meseta::master {

/// Turns what the allocator decided into offers and tells the frameworks. What can no longer be
/// offered goes back.
void makeOffers(Core &core, const std::vector<Allocation> &allocations);

/// Takes an offer back and tells the framework (RESCIND).
void rescindOffer(Core &core, Offer &offer, OfferRemoved::Why why = OfferRemoved::Why::Rescinded,
                  std::optional<Duration> refuse = std::nullopt);

/// Takes an offer back without a word: its framework failed over or is gone.
void discardOffer(Core &core, Offer &offer);

/// The framework declines: its resources are not offered to it again for a while.
void declineOffer(Core &core, Offer &offer, std::optional<Duration> refuse);

/// The framework accepts: the resources stay allocated to it, and the offer is no more.
Resources consumeOffer(Core &core, Offer &offer);

void rescindOffersOf(Core &core, Agent &agent);
/// With `tell`, rescinds; else discards.
void removeOffersOf(Core &core, Framework &framework, bool tell);

} // namespace meseta::master
