#pragma once

#include <map>
#include <memory>
#include <set>

#include "common/endpoints/file_service.h"
#include "common/endpoints/logging_level.h"
#include "common/endpoints/metrics_registry.h"
#include "daemons/master/engine/master.h"
#include "daemons/master/operator_api/event_streams.h"
#include "tests/simulation/stream_replica.h"
#include "tests/simulation/world.h"

namespace meseta::simulation {

/// An operator who follows the event stream of a master and now and then asks for a new snapshot to
/// compare.
class OperatorProbe
{
public:
    OperatorProbe(World &world, Clock &clock, master::Master &master);
    ~OperatorProbe();

    /// What was followed must equal a new snapshot. Does nothing while nothing has changed.
    void compare();
    /// The agents that something changed on since the last call.
    std::set<std::string> takeTouched() { return std::exchange(m_fresh, {}); }

private:
    class Reader;

    std::shared_ptr<Reader> open();

    World &m_world;
    master::Master &m_master;
    MetricsRegistry m_metrics;
    FileService m_files;
    LoggingLevel m_logging;
    SharedServices m_shared;
    master::EventStreams m_streams;
    std::shared_ptr<Reader> m_reader;
    std::map<std::string, Duration>
        m_touched; ///< agents by when they changed last; told a little later
    std::set<std::string> m_fresh;
    std::size_t m_changes = 0;
    std::size_t m_compared = 0; ///< up to which of them
};

} // namespace meseta::simulation
