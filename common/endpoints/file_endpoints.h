#pragma once

#include <memory>

namespace meseta::http {
class Server;
}

namespace meseta {

class Clock;
class FileService;

/// /files/browse, /files/read, /files/download and /files/debug. They answer 404 once `alive` has
/// ended.
void installFileEndpoints(http::Server &server, FileService &files, Clock &clock,
                          std::weak_ptr<void> alive);

} // namespace meseta
