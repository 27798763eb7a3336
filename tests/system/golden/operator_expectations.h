#pragma once

#include <vector>

#include "tests/system/golden/scheduler_replay.h"

namespace meseta::test {

/// Where the answers to reads differ from the recordings in tests/golden/operator and
/// tests/golden/legacy, and why. Matched against "request path: what". Of metrics the values are
/// compared, too, but for the named ones.
const std::vector<Expected> &operatorExpectations();

} // namespace meseta::test
