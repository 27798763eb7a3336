#include "daemons/master/leadership/election.h"

#include "common/zookeeper/membership.h"

namespace meseta::master {

using namespace zookeeper;

Election::Election(Client &client, const std::string &path, Clock &clock, Leadership &leadership)
    : m_contender(client, path, clock), m_detector(client, path, clock), m_lease(client, clock)
{
    QObject::connect(&m_lease, &Lease::renewed, &m_lease,
                     [this, &leadership] { leadership.leaseRenewed(m_lease.heldUntil()); });
    QObject::connect(&m_contender, &Contender::entered, &m_contender,
                     [&leadership] { leadership.candidacyEntered(); });
    QObject::connect(&m_contender, &Contender::lost, &m_contender,
                     [&leadership] { leadership.candidacyLost(); });
    QObject::connect(&m_detector, &Detector::leaderChanged, &m_detector,
                     [this, &leadership] { leadership.detected(m_detector.leader()); });
}

Election::~Election() = default;

void Election::start()
{
    m_lease.start();
    m_detector.start();
}

void Election::contend(const mesos::v1::MasterInfo &master)
{
    m_contender.contend(masterText(master));
}

} // namespace meseta::master
