#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/resources/role.h" // validateRole, isBelow: the rules of the other names that users choose

namespace mesos::v1 {
class ContainerID;
}

namespace meseta {

/// The rule for ids that schedulers and operators choose (task, executor, framework, agent,
/// operation, persistence): 1 to 255 bytes, neither "." nor "..", without '/', '\' and control
/// characters. Spaces are fine. `what` names the field in the error: "task_id".
Result<> validateId(std::string_view id, std::string_view what = "id");

/// `validateId` as a yes or no.
bool isValidId(std::string_view id);

/// Ids of containers that users start through the agent API, parents included: as `validateId`, at
/// most 242 bytes, and no '.' or space. (Mesos agent operator API.)
Result<> validateContainerId(const mesos::v1::ContainerID &id,
                             const std::string &what = "container_id");

} // namespace meseta
