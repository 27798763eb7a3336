#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "mesos/v1/resource.pb.h"

namespace meseta {

/// A value in the text form of the agent's flags: "4", "0.5" (SCALAR), "[1-5,8-8]" (RANGES,
/// overlapping ones merged),
/// "{a,b}" (SET), anything else TEXT.
Result<mesos::v1::Value> parseValue(std::string_view text);

/// Without blanks, tabs and line ends at both ends.
std::string_view trimmed(std::string_view text);

/// The parts between `separators`, trimmed; empty parts are left out.
std::vector<std::string_view> splitTrimmed(std::string_view text, std::string_view separators);

} // namespace meseta
