#pragma once

#include <memory>
#include <string>
#include <vector>

#include <QObject>

#include "common/zookeeper/client.h"

namespace meseta::zookeeper {

/// Stands for election: keeps a node of its own, ephemeral and numbered, in a group. When a call's
/// outcome was lost, nodes of the same session that may have been left behind are removed before a
/// new one is made. Source: Mesos high availability, znodes.
class Contender : public QObject
{
    Q_OBJECT
public:
    /// `client` must outlive this.
    Contender(Client &client, std::string path, Clock &clock, QObject *parent = nullptr);
    ~Contender() override;

    /// Enters with this text (`masterText`) as soon as there is a connection, instead of what it
    /// stood with before.
    void contend(std::string text);
    /// Takes the node back, as soon as there is a connection. The end of the session does it too.
    void withdraw();

    /// "json.info_0000000007" while it stands for election; else empty.
    const std::string &node() const { return m_node; }

Q_SIGNALS:
    void entered();
    /// The node is gone: the session ended, or somebody removed it. It does not enter again by
    /// itself.
    void lost();

private:
    void proceed();
    void step();
    void makeGroup();
    void makeNode();
    void watchNode();
    void sweep();
    void sweepNext();
    void failed(const Failure &failure);
    void forget();
    template <typename Callback> auto guarded(Callback callback);

    Client &m_client;
    std::string m_path;
    Clock &m_clock;
    std::string m_text;
    bool m_wanted = false;
    bool m_busy = false; ///< a call is under way
    bool m_unclean = false; ///< nodes of this session may be there that are not wanted
    bool m_groupMade = false;
    std::string m_node;
    std::vector<std::string> m_toSweep;
    std::uint64_t m_session = 0;
    Clock::TimerId m_retry = 0;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace meseta::zookeeper
