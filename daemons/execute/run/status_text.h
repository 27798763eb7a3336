#pragma once

#include <string>

#include "mesos/v1/task.pb.h"

namespace meseta::execute {

/// A status update as readers of mesos-execute know it: a line with the state, and indented ones
/// with what else is set.
std::string statusText(const mesos::v1::TaskStatus &status);

/// Whether a task in this state is over.
bool isTerminal(mesos::v1::TaskState state);

} // namespace meseta::execute
