#pragma once

#include "mesos/v1/ids.pb.h"

namespace meseta::console {

struct AgentRow;
struct EventRow;
struct FrameworkRow;

/// What a value means, apart from any colour.
enum class Tone { Neutral, Muted, Good, Busy, Bad, Accent };

/// A sign beside a value, so that nothing is told by colour alone.
enum class Sign { None, Dot, Ring, Half, Check, Cross, Square, Triangle, Pause };

/// How a cell or a field is drawn: a sign in a tone, or a bar of what is used and offered.
struct Look
{
    Tone tone = Tone::Neutral;
    Sign sign = Sign::None;
    double used = -1; ///< 0 to 1; below 0: no bar
    double offered = 0; ///< 0 to 1, drawn after `used`

    bool operator==(const Look &) const = default;
};

Look stateLook(mesos::v1::TaskState state);
Look agentLook(const AgentRow &agent);
Look frameworkLook(const FrameworkRow &framework);
Look eventLook(const EventRow &event);

} // namespace meseta::console
