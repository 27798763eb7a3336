#pragma once

#include <tl/expected.hpp>

#include "common/http/message.h"
#include "mesos/v1/master/master.pb.h"

namespace meseta::master {

/// What a request to an endpoint from before the operator API asks for, as the call of that API
/// that means the same; or the answer (400) to one that is not well formed, which says what is
/// missing or wrong in it. Source: Mesos master endpoints.
using LegacyForm = tl::expected<mesos::v1::master::Call, http::Response>;

/// POST /reserve: slaveId=<id>&resources=<JSON list of Resource>, source=<the same> when the
/// reservations are changed.
LegacyForm reserveForm(const http::Request &request);
/// POST /unreserve: slaveId, resources.
LegacyForm unreserveForm(const http::Request &request);
/// POST /create-volumes: slaveId, volumes.
LegacyForm createVolumesForm(const http::Request &request);
/// POST /destroy-volumes: slaveId, volumes.
LegacyForm destroyVolumesForm(const http::Request &request);
/// POST /quota: QuotaRequest in JSON.
LegacyForm setQuotaForm(const http::Request &request);
/// DELETE /quota/<role>: the role is all that follows, slashes and all.
LegacyForm removeQuotaForm(const http::Request &request);
/// PUT /weights: a JSON list of WeightInfo.
LegacyForm weightsForm(const http::Request &request);
/// POST /maintenance/schedule: Schedule in JSON.
LegacyForm scheduleForm(const http::Request &request);
/// POST /machine/down and /machine/up: a JSON list of MachineID.
LegacyForm machinesDownForm(const http::Request &request);
LegacyForm machinesUpForm(const http::Request &request);
/// POST /teardown: frameworkId=<id>.
LegacyForm teardownForm(const http::Request &request);

} // namespace meseta::master
