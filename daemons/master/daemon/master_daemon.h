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

    /// Listens and leads. The error says which flag to change.
    Result<> start(const MasterFlags &flags);

    std::uint16_t port() const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace meseta::master
