#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/base/clock.h"
#include "common/endpoints/shared_calls.h"
#include "mesos/v1/cluster.pb.h"

namespace meseta::http {
class Server;
}

namespace meseta {
class SharedEndpoints;
}

namespace meseta::master {

struct Core;

struct OperatorApiOptions
{
    std::size_t maxSubscribers = 1000; ///< --max_operator_event_stream_subscribers
    std::string webuiDir; ///< --webui_dir; may not exist
    bool perFrameworkMetrics = true; ///< --publish_per_framework_metrics
};

/// The operator's doors of a master on an HTTP server: POST /api/v1, POST /meseta/v1, the GET
/// endpoints, the web UI, and the master's metrics. The server's delegate must be "master"; the
/// shared endpoints are made here as well. A master leads and has recovered from the start, unless
/// it is told otherwise. Must live while the server takes requests.
class OperatorApi
{
public:
    OperatorApi(http::Server &server, Core &core, SharedServices services,
                OperatorApiOptions options = {});
    ~OperatorApi();

    /// Who leads now; nobody is absent. `electedTime` is when this master came to lead, seconds
    /// since the epoch.
    void setLeader(std::optional<mesos::v1::MasterInfo> leader, std::optional<double> electedTime);
    /// The same, with `leader` asked at every request.
    void setLeader(std::function<std::optional<mesos::v1::MasterInfo>()> leader,
                   std::optional<double> electedTime);

    /// When this master was elected (monotonic clock): what the phases of its recovery are told from.
    void setElected(Duration elected);

    /// Until the registry is read, calls are answered 503.
    void setRecovered(bool recovered);

    std::size_t subscribers() const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace meseta::master
