#pragma once

#include <string>
#include <vector>

namespace meseta::master {

/// Counters of the master that are told from the start, also while they are 0, without "master/".
const std::vector<std::string> &masterCounterNames();

/// The same of each framework, without "master/frameworks/<name>/<id>/".
const std::vector<std::string> &frameworkCounterNames();

} // namespace meseta::master
