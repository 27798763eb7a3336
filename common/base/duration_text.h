#pragma once

#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/result.h"

namespace meseta {

/// Reads a duration as Mesos writes them: a number, fractions allowed, then ns, us, ms, secs, mins,
/// hrs, days or weeks
/// ("60mins", "1.5secs"). Source: Mesos configuration documentation.
Result<Duration> parseDuration(std::string_view text);

/// Writes it back in the largest unit that leaves a whole number, else the largest that is not
/// below one: "15secs", "1mins", "2weeks", "90mins", "0ns".
std::string durationText(Duration duration);

} // namespace meseta
