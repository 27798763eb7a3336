#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "common/base/clock.h"
#include "common/resources/resources.h"

namespace meseta::master {

struct Agent;
struct Framework;

/// Resources of one agent held out to one framework under one role.
struct Offer
{
    std::string id; ///< "<master id>-O<n>"
    std::uint64_t number = 0; ///< the n of its id
    Framework *framework = nullptr;
    Agent *agent = nullptr;
    std::string role;
    Resources resources; ///< allocated form
    double offeredTime = 0; ///< seconds since the epoch
    Clock::TimerId timeout = 0;
};

/// A framework asked to leave an agent whose machine is to go.
struct InverseOffer
{
    std::string id; ///< "<master id>-O<n>", of the same count as offers
    std::string agentId;
    std::string frameworkId;
};

/// Oldest first.
struct OfferOrder
{
    bool operator()(const Offer *a, const Offer *b) const { return a->number < b->number; }
};
using OfferSet = std::set<Offer *, OfferOrder>;

/// The offer as schedulers get it: without allocation info for old-style frameworks, resources in
/// the reservation format the framework reads. Source: Mesos scheduler API, Offers.
mesos::v1::Offer toProto(const Offer &offer);

/// Where the agent is reached, as offers tell it.
void fillUrl(const Agent &agent, mesos::v1::URL &url);

} // namespace meseta::master
