#pragma once

#include <optional>

#include "common/http/message.h"
#include "daemons/master/state_views/master_facts.h"

namespace meseta::master {

/// What a master that does not lead says instead of answering: 307 to the leader, under the path
/// led by the process, or 503 when no leader is known. Nothing when this master leads. Source:
/// Mesos HTTP endpoints, redirection.
std::optional<http::Response> redirectToLeader(const http::Request &request,
                                               const MasterFacts &master);

/// GET /redirect: 307 to the leader, also from the leader itself.
http::Response redirectAnswer(const http::Request &request, const MasterFacts &master);

} // namespace meseta::master
