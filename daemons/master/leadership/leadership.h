#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/base/clock.h"
#include "mesos/v1/cluster.pb.h"

namespace meseta::master {

/// What leadership asks of the world. Nothing here calls back from inside.
class LeadershipOutbox
{
public:
    virtual ~LeadershipOutbox() = default;

    /// Makes a fresh master, with an id of its own, that does not act yet; the one before is gone.
    virtual mesos::v1::MasterInfo freshMaster() = 0;
    /// Stands for election with that master.
    virtual void contend(const mesos::v1::MasterInfo &master) = 0;
    /// Leaves the election.
    virtual void withdraw() = 0;
    /// Has the master read its registry; `recovered` or `recoveryFailed` follows.
    virtual void recover() = 0;
    /// From now on the master acts: see `Leadership::acts`.
    virtual void lead() = 0;
    /// The master acts again after a pause: what arrived meanwhile is due.
    virtual void resume() = 0;
    /// The master is not to act any more, nor to be heard; its streams end.
    virtual void endTerm(const std::string &why) = 0;
};

/// How long each phase of the way to the present state took.
struct LeadershipTimes
{
    std::optional<Duration> elected; ///< monotonic: when this master was found to lead
    std::optional<Duration> recovered; ///< when its registry was read
    unsigned terms = 0; ///< how often this process came to lead
};

/// Decides whether this master leads, by what an election tells it. Deterministic: an injected
/// clock, no sockets.
///
/// A master leads when its node is the first of the group, and acts while it can prove that no
/// other may lead: until its lease is over, whatever else it believes. Without a lease it pauses;
/// when it is renewed it goes on, as nobody can have led in between. When it is another's turn, the
/// master is dropped whole, and a fresh one contends in the same process.
class Leadership
{
public:
    enum class Phase {
        Idle, ///< not started, or stopped
        Standing, ///< contends, or follows
        Recovering, ///< elected; reads the registry
        Leading, ///< acts while the lease is held
    };

    Leadership(Clock &clock, LeadershipOutbox &outbox);
    ~Leadership();

    /// Contends from now on.
    void start();
    /// Stops acting at once, for good.
    void stop();

    // --- What the election tells.
    void detected(const std::optional<mesos::v1::MasterInfo> &leader);
    /// The node of this master stands, and no other of its making is there. Only then may it lead:
    /// a node whose making was not answered may still be taken back.
    void candidacyEntered();
    /// The node of this master is gone.
    void candidacyLost();
    /// Until when nobody else can lead while this master's node is the first (monotonic).
    void leaseRenewed(Duration until);

    // --- What the master tells.
    void recovered();
    void recoveryFailed(const std::string &why);
    /// The master cannot go on as the leader: its registry was fenced off, or it could not finish
    /// what it had begun.
    void fail(const std::string &why);

    /// Whether this master may do anything to the cluster right now. To be asked before each thing
    /// done, as time may have passed unseen (a stopped process).
    bool acts() const { return m_phase == Phase::Leading && leaseHeld(); }
    bool leaseHeld() const { return m_clock.monotonic() < m_leaseUntil; }
    Phase phase() const { return m_phase; }
    /// Leads, but may not act for want of a lease.
    bool isPaused() const { return m_phase == Phase::Leading && !leaseHeld(); }
    /// Whom clients are to turn to: this master only while it acts; nobody when unsure.
    std::optional<mesos::v1::MasterInfo> leader() const;
    const LeadershipTimes &times() const { return m_times; }

    /// After a registry that could not be read, others are given this long to lead.
    static constexpr Duration recoveryPause = std::chrono::seconds(5);

private:
    bool isOwn(const std::optional<mesos::v1::MasterInfo> &leader) const;
    void considerLeading();
    void stepDown(const std::string &why, Duration pause = {});
    void contendAfresh();

    Clock &m_clock;
    LeadershipOutbox &m_outbox;
    Phase m_phase = Phase::Idle;
    mesos::v1::MasterInfo m_self;
    std::optional<mesos::v1::MasterInfo> m_detected;
    Duration m_leaseUntil = Duration::min();
    bool m_entered = false;
    bool m_paused = false; ///< something may have been held back since the lease ended
    LeadershipTimes m_times;
    Clock::TimerId m_contendTimer = 0;
    Clock::TimerId m_leaseTimer = 0;
};

} // namespace meseta::master
