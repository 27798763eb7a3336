#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/http/message.h"
#include "daemons/agent/operator_api/container_reports.h"

namespace meseta::agent {

/// What the query of GET /containers asks for: nothing, `container_id` alone, `framework_id` alone,
/// or `framework_id` with `executor_id`.
Result<ContainerFilter> containerFilter(const http::Request &request);

/// The array of GET /containers, or of /monitor/statistics (without ids and status of the
/// container). Keys are sorted.
void writeLegacyContainers(const std::vector<ContainerReport> &reports, bool statisticsOnly,
                           std::string &json);

} // namespace meseta::agent
