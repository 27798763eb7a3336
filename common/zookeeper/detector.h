#pragma once

#include <memory>
#include <optional>

#include <QObject>

#include "common/zookeeper/client.h"
#include "mesos/v1/cluster.pb.h"

namespace meseta::zookeeper {

/// Finds the master that leads, by the nodes of a group, and follows it. Source: Mesos high
/// availability; unlike there, a node that cannot be read is told and taken for no leader, and the
/// search goes on.
class Detector : public QObject
{
    Q_OBJECT
public:
    /// `client` must outlive this.
    Detector(Client &client, std::string path, Clock &clock, QObject *parent = nullptr);
    ~Detector() override;

    void start();

    /// The master that leads as far as is known; nothing when there is none, or when the session
    /// ended and no other began yet.
    const std::optional<mesos::v1::MasterInfo> &leader() const { return m_leader; }
    /// How many masters stand for election, the leader included.
    std::size_t contenders() const { return m_contenders; }

Q_SIGNALS:
    /// The leader is another one, whole MasterInfo compared.
    void leaderChanged();

private:
    void read();
    void onChildren(const Answer<std::vector<std::string>> &children);
    void readLeader(const std::string &name);
    void makeGroup();
    void finish();
    void retryLater(const Failure &failure);
    void forget();
    void setLeader(std::optional<mesos::v1::MasterInfo> leader);
    template <typename Callback> auto guarded(Callback callback);

    Client &m_client;
    std::string m_path;
    Clock &m_clock;
    std::optional<mesos::v1::MasterInfo> m_leader;
    std::string m_leaderNode; ///< whose data `m_leader` is
    std::size_t m_contenders = 0;
    bool m_started = false;
    bool m_reading = false;
    bool m_readAgain = false;
    bool m_watching = false; ///< a watch on the children is set
    Clock::TimerId m_retry = 0;
    std::uint64_t m_session = 0; ///< grows with each session: answers of the old ones do not count
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace meseta::zookeeper
