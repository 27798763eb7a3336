#pragma once

#include <memory>

#include "common/base/result.h"

namespace meseta::master {

struct MasterFlags;

/// A master with everything around it: HTTP server, daemon messages, clock, and the doors of
/// schedulers and operators. Runs on the event loop of the thread that made it.
class MasterDaemon
{
public:
    MasterDaemon();
    ~MasterDaemon();

    /// Listens, and leads or stands for election (--zk). The error says which flag to change.
    Result<> start(const MasterFlags &flags);

    /// Hands over at once, when there is somebody to hand over to: stops acting, leaves the
    /// election. The end of this closes the session with ZooKeeper.
    void stop();

    std::uint16_t port() const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace meseta::master
