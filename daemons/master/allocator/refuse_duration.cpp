#include <algorithm>
#include <cmath>

#include "daemons/master/allocator/allocator.h"

namespace meseta::master {

std::optional<Duration> refuseDuration(const mesos::v1::Filters &filters)
{
    constexpr double defaultSeconds = 5;
    constexpr double mostSeconds = 365.0 * 24 * 3600;
    constexpr double representable = 9223372036.0; // what Mesos can count in nanoseconds
    double seconds = filters.refuse_seconds();
    if (std::isnan(seconds) || seconds < 0 || seconds > representable)
        seconds = defaultSeconds;
    seconds = std::min(seconds, mostSeconds);
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

} // namespace meseta::master
