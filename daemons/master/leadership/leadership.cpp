#include "daemons/master/leadership/leadership.h"

namespace meseta::master {

Leadership::Leadership(Clock &clock, LeadershipOutbox &outbox)
    : m_clock(clock), m_outbox(outbox) { }

Leadership::~Leadership()
{
    m_clock.cancel(m_contendTimer);
    m_clock.cancel(m_leaseTimer);
}

void Leadership::start()
{
    contendAfresh();
}

void Leadership::contendAfresh()
{
    m_self = m_outbox.freshMaster();
    m_phase = Phase::Standing;
    m_entered = false;
    m_outbox.contend(m_self);
}

void Leadership::stop()
{
    m_clock.cancel(std::exchange(m_contendTimer, 0));
    m_clock.cancel(std::exchange(m_leaseTimer, 0));
    const Phase before = std::exchange(m_phase, Phase::Idle);
    if (before == Phase::Leading || before == Phase::Recovering)
        m_outbox.endTerm("it was asked to end");
    m_outbox.withdraw();
}

bool Leadership::isOwn(const std::optional<mesos::v1::MasterInfo> &leader) const
{
    return leader && leader->id() == m_self.id();
}

std::optional<mesos::v1::MasterInfo> Leadership::leader() const
{
    if (m_phase == Phase::Recovering)
        return m_self; // it answers that it is not ready
    if (m_phase == Phase::Leading)
        return leaseHeld() ? std::optional(m_self) : std::nullopt;
    // A node of an earlier term of this process leads nobody.
    if (m_detected && m_detected->pid() == m_self.pid())
        return std::nullopt;
    return m_detected;
}

void Leadership::detected(const std::optional<mesos::v1::MasterInfo> &leader)
{
    m_detected = leader;
    if (leader)
        qInfo("The leading master is %s (%s)", leader->pid().c_str(), leader->id().c_str());
    else
        qInfo("No master leads");
    if (m_phase == Phase::Standing)
        return considerLeading();
    if ((m_phase == Phase::Recovering || m_phase == Phase::Leading) && !isOwn(leader))
        stepDown(leader ? "another master leads" : "no master leads any more");
}

void Leadership::considerLeading()
{
    if (m_phase != Phase::Standing || !m_entered || !isOwn(m_detected) || !leaseHeld())
        return;
    qInfo("Elected to lead; reading the registry");
    m_phase = Phase::Recovering;
    m_times.elected = m_clock.monotonic();
    m_times.recovered.reset();
    m_outbox.recover();
}

void Leadership::candidacyEntered()
{
    m_entered = true;
    considerLeading();
}

void Leadership::candidacyLost()
{
    m_entered = false;
    if (m_phase == Phase::Recovering || m_phase == Phase::Leading)
        return stepDown("it lost its place in the election");
    if (m_phase == Phase::Standing && m_contendTimer == 0)
        m_outbox.contend(m_self);
}

void Leadership::leaseRenewed(Duration until)
{
    m_leaseUntil = until;
    m_clock.cancel(std::exchange(m_leaseTimer, 0));
    m_leaseTimer = m_clock.after(until - m_clock.monotonic(), [this] {
        m_leaseTimer = 0;
        m_paused = m_phase == Phase::Leading;
        if (m_paused)
            qWarning("ZooKeeper was not heard of for too long: this master pauses until it is, as "
                     "another may come to lead");
    });
    if (m_phase == Phase::Standing)
        return considerLeading();
    if (m_phase == Phase::Leading && leaseHeld()) {
        if (std::exchange(m_paused, false))
            qInfo("ZooKeeper is back in time: this master goes on leading");
        m_outbox.resume();
    }
}

void Leadership::recovered()
{
    if (m_phase != Phase::Recovering)
        return;
    m_phase = Phase::Leading;
    m_paused = false;
    m_times.recovered = m_clock.monotonic();
    ++m_times.terms;
    m_outbox.lead();
}

void Leadership::recoveryFailed(const std::string &why)
{
    if (m_phase == Phase::Recovering)
        stepDown("its registry could not be read: " + why, recoveryPause);
}

void Leadership::fail(const std::string &why)
{
    if (m_phase == Phase::Leading || m_phase == Phase::Recovering)
        stepDown(why);
}

/// The master is shut off now; the fresh one is made at the next turn, as the old may be what is
/// calling.
void Leadership::stepDown(const std::string &why, Duration pause)
{
    qWarning("This master leads no more: %s", why.c_str());
    m_phase = Phase::Standing;
    m_entered = false;
    m_times.elected.reset();
    m_times.recovered.reset();
    m_self.clear_id(); // its node may be there for a while yet
    m_outbox.endTerm(why);
    m_outbox.withdraw();
    m_clock.cancel(m_contendTimer);
    m_contendTimer = m_clock.after(pause, [this] {
        m_contendTimer = 0;
        contendAfresh();
    });
}

} // namespace meseta::master
