#pragma once

#include "common/endpoints/shared_endpoints.h"
#include "common/http/server.h"
#include "daemons/master/operator_api/operator_services.h"

namespace meseta::master {

/// The master's endpoints that are older than the v1 API: /state, /state-summary, /slaves,
/// /frameworks, /tasks, /roles, /quota, /weights, /maintenance/*, /teardown, /redirect,
/// /registrar(1)/registry, /allocator/offer_constraints_debug, and those that change reservations
/// and machines, which are refused with 501. Source: Mesos master endpoints.
void installLegacyEndpoints(http::Server &server, const OperatorServices &services);

/// The lines of /help.
std::vector<EndpointHelp> legacyEndpointHelp();

} // namespace meseta::master
