#pragma once

#include <vector>

#include "common/base/flags.h"

// The agent's flag table in parts, one function a topic.
namespace meseta::agent::rows {

std::vector<FlagRow> identity();
std::vector<FlagRow> cluster();
std::vector<FlagRow> executors();
std::vector<FlagRow> sandboxes();
std::vector<FlagRow> docker();
std::vector<FlagRow> isolation();
std::vector<FlagRow> images();
std::vector<FlagRow> cgroups();
std::vector<FlagRow> network();
std::vector<FlagRow> disks();
std::vector<FlagRow> security();

} // namespace meseta::agent::rows
