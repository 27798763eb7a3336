#pragma once

#include <functional>

#include "common/http/message.h"
#include "daemons/master/core/frameworks.h"
#include "daemons/master/operator_api/operator_services.h"
#include "mesos/v1/master/master.pb.h"

namespace meseta::master {

/// How a change ends: well, or refused in the terms of HTTP.
using Written = std::function<void(const tl::expected<void, Refusal> &)>;

inline tl::unexpected<Refusal> refused(int status, std::string text)
{
    return tl::unexpected<Refusal>(Refusal{status, std::move(text)});
}

/// Whether a call of the operator API changes something (and is answered without a body).
bool changesSomething(mesos::v1::master::Call::Type type);

/// Carries out a call that changes something, whichever door it came through: POST /api/v1, or one
/// of the endpoints from before it (legacy_forms). The call is well formed; what it names may not
/// exist. `answer` is called once: at once when the call is refused, else when what has to outlast
/// this master is stored. Source: Mesos operator HTTP API; status codes are those of Mesos.
void carryOut(const OperatorServices &services, const mesos::v1::master::Call &call,
              const std::function<void(http::Response)> &answer);

} // namespace meseta::master
