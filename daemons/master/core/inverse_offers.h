#pragma once

#include "daemons/master/core/core.h"

namespace meseta::master {

/// Inverse offers: a framework that holds something of an agent whose machine is to go is asked to
/// leave; its answer is kept for the operator. Source: Mesos maintenance primitives, scheduler API
/// INVERSE_OFFERS.

/// Asks every framework that holds something of the agent, is connected, and neither has such an
/// offer nor declined one a moment ago. Nothing for an agent without maintenance.
void makeInverseOffers(Core &core, Agent &agent);
/// The same for all agents that this framework holds something of.
void makeInverseOffersTo(Core &core, const Framework &framework);

void acceptInverseOffers(Core &core, Framework &framework,
                         const mesos::v1::scheduler::Call::AcceptInverseOffers &call);
void declineInverseOffers(Core &core, Framework &framework,
                          const mesos::v1::scheduler::Call::DeclineInverseOffers &call);

void rescindInverseOffersOf(Core &core, Agent &agent);
/// Without a word: the agent or the framework is gone, or the framework failed over.
void forgetInverseOffersOf(Core &core, const std::string &agentId);
void forgetInverseOffersTo(Core &core, const std::string &frameworkId);

} // namespace meseta::master
