#pragma once

#include <functional>
#include <memory>

#include "common/zookeeper/client.h"
#include "common/zookeeper/contender.h"
#include "common/zookeeper/detector.h"
#include "common/zookeeper/lease.h"
#include "daemons/master/leadership/leadership.h"

namespace meseta::master {

/// Joins a leadership to a ZooKeeper client: who stands, who leads, and until when that is certain.
class Election
{
public:
    /// All must outlive this. `path` is the group's node.
    Election(zookeeper::Client &client, const std::string &path, Clock &clock,
             Leadership &leadership);
    ~Election();

    void start();
    void contend(const mesos::v1::MasterInfo &master);
    void withdraw() { m_contender.withdraw(); }

    /// How many masters stand, the leader included.
    std::size_t contenders() const { return m_detector.contenders(); }

private:
    zookeeper::Contender m_contender;
    zookeeper::Detector m_detector;
    zookeeper::Lease m_lease;
};

} // namespace meseta::master
