#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"

namespace meseta {

/// The rule for ids that schedulers and operators choose (task, executor, framework, agent, operation, persistence):
/// 1 to 255 bytes, neither "." nor "..", without '/', '\' and control characters. Spaces are fine.
/// `what` names the field in the error: "task_id".
Result<> validateId(std::string_view id, std::string_view what = "id");

/// `validateId` as a yes or no.
bool isValidId(std::string_view id);

/// Ids of containers that users start through the agent API: as `validateId`, at most 242 bytes, and no '.' or space.
Result<> validateContainerIdValue(std::string_view value);

/// A role: "*", or components joined by '/', none of them empty, ".", "..", "*" or beginning with '-', without white
/// space, control characters and '\'. Hierarchical roles need no blessing. The empty string is no role.
Result<> validateRole(std::string_view role);

/// Whether `role` lies strictly below `ancestor` ("a/b" below "a").
bool isSubrole(std::string_view role, std::string_view ancestor);

} // namespace meseta
