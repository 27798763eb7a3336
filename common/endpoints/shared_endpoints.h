#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/endpoints/shared_calls.h"

namespace meseta::http {
class Server;
}

namespace meseta {

/// One line of /help.
struct EndpointHelp
{
    std::string process; ///< "master"
    std::string path; ///< "/state"
    std::string text; ///< one sentence
};

/// The GET endpoints that master and agent share, put on a server for as long as this lives:
/// /version, /flags, /health (these two also under the delegate's name), /metrics/snapshot,
/// /logging/toggle, /system/stats.json, /files/browse, /files/read, /files/download, /files/debug,
/// /help, /__processes__. Adds the system/* metrics as well. Source: Mesos endpoints.
class SharedEndpoints
{
public:
    /// `delegate` is the process that owns /flags and /health: "master", "slave(1)".
    SharedEndpoints(http::Server &server, std::string delegate, SharedServices services,
                    Clock &clock);
    ~SharedEndpoints();

    SharedServices &services();

    /// Lists further endpoints in /help.
    void describe(std::vector<EndpointHelp> endpoints);

private:
    struct Private;
    std::shared_ptr<Private> d;
};

} // namespace meseta
