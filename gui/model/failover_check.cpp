#include "gui/model/failover_check.h"

#include <algorithm>

#include <QCoreApplication>

#include "gui/model/formats.h"
#include "gui/model/sentences.h"

namespace meseta::console {

namespace {

struct CheckText
{
    Q_DECLARE_TR_FUNCTIONS(FailoverCheck)
};

const Look good{Tone::Good, Sign::Check};
const Look careful{Tone::Busy, Sign::Triangle};
const Look bad{Tone::Bad, Sign::Cross};
const Look unknown{Tone::Muted, Sign::Ring};

FailoverAnswer aboutStandbys(const FailoverFacts &facts)
{
    FailoverAnswer answer{unknown, CheckText::tr("Does another master stand by?"), {}};
    if (!facts.contendersKnown) {
        answer.text = CheckText::tr("Who stands for election is not known yet.");
        return answer;
    }
    if (facts.standbys.isEmpty()) {
        answer.look = bad;
        answer.text = CheckText::tr("No: the leader is the only one. Start another master with "
                                    "the same --zk.");
        return answer;
    }
    QStringList ill, older;
    for (const FailoverFacts::Standby &standby : facts.standbys) {
        if (standby.healthy == false)
            ill << standby.address;
        else if (!standby.version.isEmpty() && standby.version != facts.leaderVersion)
            older << CheckText::tr("%1 has version %2").arg(standby.address, standby.version);
    }
    const int count = static_cast<int>(facts.standbys.size());
    answer.look = good;
    answer.text = CheckText::tr("%n master(s) stand by; %1 is next.", nullptr, count)
                      .arg(facts.standbys.first().address);
    if (!ill.isEmpty()) {
        answer.look = ill.size() == count ? bad : careful;
        answer.text +=
            QLatin1Char(' ') + CheckText::tr("No answer to /health from %1.").arg(listText(ill));
    }
    if (!older.isEmpty()) {
        answer.look = answer.look.tone == Tone::Bad ? bad : careful;
        answer.text += betweenSentences()
            + CheckText::tr("%1, the leader %2.").arg(listText(older), facts.leaderVersion);
    }
    return answer;
}

FailoverAnswer aboutQuorum(const FailoverFacts &facts)
{
    FailoverAnswer answer{unknown, CheckText::tr("Would the ensemble elect one?"), {}};
    if (facts.servers == 0) {
        answer.text = CheckText::tr("Its servers are not known.");
        return answer;
    }
    const int needed = facts.servers / 2 + 1;
    const int spare = facts.serversReached - needed;
    answer.text = CheckText::tr("%1 of %n server(s) answer, %2 are needed.", nullptr, facts.servers)
                      .arg(facts.serversReached)
                      .arg(needed);
    if (spare < 0) {
        answer.look = bad;
    } else if (spare == 0) {
        answer.look = careful;
        answer.text += QLatin1Char(' ') + CheckText::tr("None may fail.");
    } else {
        answer.look = good;
    }
    return answer;
}

FailoverAnswer aboutRegistry(const FailoverFacts &facts)
{
    FailoverAnswer answer{
        unknown, CheckText::tr("Does what was agreed on outlast the leader?"), {}};
    if (!facts.flagsKnown) {
        answer.text = CheckText::tr("The leader's flags are not known yet.");
    } else if (facts.registryKept) {
        answer.look = good;
        answer.text = CheckText::tr("The registry of agents, quotas and maintenance is kept.");
    } else {
        answer.look = bad;
        answer.text = CheckText::tr("The registry is in the leader's memory only: quotas, weights "
                                    "and maintenance would be lost. Start the masters with "
                                    "--registry=replicated_log.");
    }
    return answer;
}

FailoverAnswer aboutAgents(const FailoverFacts &facts)
{
    FailoverAnswer answer{good, CheckText::tr("Would the agents come back?"), {}};
    answer.text = facts.lastReturnSeconds > 0
        ? CheckText::tr("The last time all were back after %1.")
              .arg(durationText(facts.lastReturnSeconds))
        : CheckText::tr("%n agent(s) follow the ensemble; none has come back to a new leader "
                        "since the console connected.",
                        nullptr, facts.agents);
    if (facts.agentsAway > 0) {
        answer.look = careful;
        answer.text += betweenSentences()
            + CheckText::tr("%n are away now: the next leader waits for them in vain.", nullptr,
                            facts.agentsAway);
    }
    return answer;
}

FailoverAnswer aboutFrameworks(const FailoverFacts &facts)
{
    FailoverAnswer answer{good, CheckText::tr("Would the frameworks keep their tasks?"), {}};
    const auto count = static_cast<int>(facts.frameworksWithoutTimeout.size());
    if (count == 0) {
        answer.text = facts.frameworks == 0 ? CheckText::tr("None is subscribed.")
                                            : CheckText::tr("All have time to subscribe again.");
        return answer;
    }
    answer.look = careful;
    answer.text = CheckText::tr("%n of them have no failover timeout (%1): their tasks end when "
                                "they are slower than their next leader.",
                                nullptr, count)
                      .arg(listText(facts.frameworksWithoutTimeout.mid(0, 5)));
    return answer;
}

FailoverAnswer aboutTime(const FailoverFacts &facts)
{
    FailoverAnswer answer{unknown, CheckText::tr("How long would it take?"), {}};
    if (facts.sessionSeconds <= 0) {
        answer.text = CheckText::tr("As long as the leader's session in ZooKeeper lasts; how long "
                                    "that is, no server told.");
        return answer;
    }
    answer.look = good;
    answer.text = CheckText::tr("At most %1 until another leads: that long the session of a leader "
                                "that crashed lasts. One that ends in order hands over at once.")
                      .arg(durationText(facts.sessionSeconds));
    return answer;
}

} // namespace

QList<FailoverAnswer> checkFailover(const FailoverFacts &facts)
{
    if (facts.flagsKnown && !facts.usesZooKeeper)
        return {{bad, CheckText::tr("Does another master stand by?"),
                 CheckText::tr("No: this master runs without ZooKeeper (--zk), nobody takes over "
                               "when it ends.")},
                aboutRegistry(facts)};
    return {aboutStandbys(facts), aboutQuorum(facts),     aboutRegistry(facts),
            aboutAgents(facts),   aboutFrameworks(facts), aboutTime(facts)};
}

FailoverAnswer failoverVerdict(const QList<FailoverAnswer> &answers)
{
    const auto count = [&](Tone tone) {
        return static_cast<int>(
            std::count_if(answers.cbegin(), answers.cend(), [tone](const FailoverAnswer &answer) {
                return answer.look.tone == tone;
            }));
    };
    if (count(Tone::Bad) > 0)
        return {bad, CheckText::tr("A failover now would not go well."), {}};
    if (count(Tone::Muted) > 1)
        return {unknown, CheckText::tr("Too little is known to tell."), {}};
    if (count(Tone::Busy) > 0)
        return {careful, CheckText::tr("A failover now would work, with something to see to."), {}};
    return {good, CheckText::tr("A failover now would work."), {}};
}

} // namespace meseta::console
