#pragma once

#include <map>
#include <string>

namespace meseta::agent {

class Agent;

/// GET /state of an agent. Source: Mesos agent endpoints, /state.
void writeLegacyState(const Agent &agent, const std::map<std::string, std::string> &flags,
                      std::string &json);

} // namespace meseta::agent
