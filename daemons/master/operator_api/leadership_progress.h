#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "daemons/master/cluster/cluster_event.h"
#include "meseta/v1/meseta.pb.h"

namespace meseta::master {

struct Core;

/// How the present leadership came about, and how much of the cluster is back since: what our own
/// operator stream tells of it. All stamps are of the monotonic clock.
class LeadershipProgress
{
public:
    explicit LeadershipProgress(const Core &core) : m_core(core) { }

    /// When this master was elected (monotonic); without, it leads from the first.
    void setElected(Duration elected) { m_elected = elected; }

    /// What is to be told of this change.
    std::vector<::meseta::v1::Event> observe(const ClusterEvent &event);

    /// The whole, as it is now; nothing while this master does not lead.
    std::optional<::meseta::v1::Leadership> now() const;

private:
    void begin(bool leading);
    bool noteAgent();
    bool noteFramework(const Framework &framework);
    ::meseta::v1::Event leadershipEvent() const;
    double sinceElected(Duration then) const;

    const Core &m_core;
    std::optional<Duration> m_elected;
    std::optional<Duration> m_leading;
    std::size_t m_missing = 0; ///< agents of the registry that were not back when last looked
    std::size_t m_back = 0;
    std::size_t m_givenUp = 0;
    std::optional<Duration> m_firstAgent;
    std::optional<Duration> m_allAgents;
    std::optional<Duration> m_firstFramework;
    std::set<std::string> m_frameworks; ///< of an earlier leader, that subscribed again; bounded
};

} // namespace meseta::master
