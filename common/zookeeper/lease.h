#pragma once

#include <memory>

#include <QObject>

#include "common/zookeeper/client.h"

namespace meseta::zookeeper {

/// Until when a session certainly lives, by this process's own clock, so that who leads by it can
/// stop before another starts.
///
/// Every eighth of the session's timeout it asks the ensemble for a `sync`, which only a server in
/// touch with a quorum answers. The ensemble cannot end the session sooner than a timeout after it
/// last heard of the client; what a client told a follower may reach the leading server half a tick
/// later, and a tick is at most half a timeout. So a proof is good from its sending for the
/// timeout, less a quarter of it, less the time between two proofs, less a twentieth for clocks
/// that differ.
class Lease : public QObject
{
    Q_OBJECT
public:
    /// `client` must outlive this.
    Lease(Client &client, Clock &clock, QObject *parent = nullptr);
    ~Lease() override;

    void start();

    /// On the monotonic clock; a time long ago when there is no proof.
    Duration heldUntil() const { return m_until; }
    bool isHeld() const { return m_clock.monotonic() < m_until; }

    /// What a proof is good for, from when it was asked for.
    static Duration term(Duration sessionTimeout)
    {
        return sessionTimeout - sessionTimeout / 4 - interval(sessionTimeout) - sessionTimeout / 20;
    }
    /// Between two proofs.
    static Duration interval(Duration sessionTimeout) { return sessionTimeout / 8; }

Q_SIGNALS:
    void renewed();

private:
    void prove();
    void forget();

    Client &m_client;
    Clock &m_clock;
    Duration m_until = Duration::min();
    Clock::TimerId m_timer = 0;
    bool m_started = false;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace meseta::zookeeper
