#pragma once

#include <string_view>

namespace meseta::agent {

/// For tests of recovery: the process dies here, as by kill -9, when the environment variable
/// MESETA_CRASH_AT names this point and its turn: "after-task.info#2" is the second time it is
/// passed. With MESETA_CRASH_LOG each point passed is written to that file as one line of the same
/// form. Without either this costs a look at a flag. May be called from any thread.
void crashPoint(std::string_view place, std::string_view what);

} // namespace meseta::agent
