#pragma once

#include <string>

#include "common/http/server.h"

namespace meseta::master {

/// Serves the files of --webui_dir at / (index.html), /app/** and /assets/**, and whatever else no
/// route matched. Nothing outside the folder is reached. Without the folder the paths are 404.
/// Source: Mesos master, web UI.
void installWebUi(http::Server &server, const std::string &folder);

} // namespace meseta::master
